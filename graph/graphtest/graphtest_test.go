package graphtest_test

import (
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

func TestNaive(t *testing.T) {
	graphtest.Run(t, func(_ *testing.T, clock *graphtest.Clock) graph.Store { return graphtest.NewNaive(clock.Now) })
}

func TestNaiveProperty(t *testing.T) {
	graphtest.Property(t, func(_ *testing.T, clock *graphtest.Clock) graph.Store { return graphtest.NewNaive(clock.Now) }, graphtest.PropertyOptions{})
}
