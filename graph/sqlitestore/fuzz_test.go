package sqlitestore_test

import (
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

func FuzzFilters(f *testing.F) {
	graphtest.Fuzz(f, func(tb testing.TB, clock *graphtest.Clock) graph.Store {
		return open(tb, tb.TempDir(), sqlitestore.Options{Now: clock.Now})
	})
}
