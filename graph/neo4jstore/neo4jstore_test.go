package neo4jstore_test

import (
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

func TestStore(t *testing.T) {
	graphtest.Run(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		return open(t, neo4jtest.Shared(t), neo4jstore.Options{Now: clock.Now})
	})
}

func TestProperty(t *testing.T) {
	graphtest.Property(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		return open(t, neo4jtest.Shared(t), neo4jstore.Options{Now: clock.Now, JoinAfter: -1})
	}, graphtest.PropertyOptions{Queries: 500, Shapes: 60})
}

func open(t testing.TB, server neo4jtest.Server, o neo4jstore.Options) *neo4jstore.Store {
	t.Helper()
	o.User, o.Password = server.User, server.Password
	s, err := neo4jstore.Open(t.Context(), server.URI("neo4j"), o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}
