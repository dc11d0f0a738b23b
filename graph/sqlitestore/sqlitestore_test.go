package sqlitestore_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

func TestStore(t *testing.T) {
	graphtest.Run(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		return open(t, t.TempDir(), sqlitestore.Options{Now: clock.Now})
	})
}

func TestProperty(t *testing.T) {
	graphtest.Property(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		return open(t, t.TempDir(), sqlitestore.Options{Now: clock.Now})
	}, graphtest.PropertyOptions{})
}

// large adds the graphs that take minutes to load.
var large = flag.Bool("large", false, "measure on a graph of 1,000,000 statements too")

func BenchmarkStore(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if *large {
		sizes = append(sizes, 1_000_000)
	}
	for _, statements := range sizes {
		b.Run(fmt.Sprintf("statements=%d", statements), func(b *testing.B) {
			graphtest.Bench(b, statements, func(b *testing.B) graph.Store { return open(b, b.TempDir(), sqlitestore.Options{}) })
		})
	}
}

func open(t testing.TB, path string, o sqlitestore.Options) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path, o)
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
