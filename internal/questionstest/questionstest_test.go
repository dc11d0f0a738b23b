package questionstest

import (
	"os"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

var (
	records   = os.DirFS("../../seed")
	questions = os.DirFS("../../seed/questions")
)

func sqlite(t *testing.T) graph.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), t.TempDir(), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func neo4j(t *testing.T) graph.Store {
	t.Helper()
	server := neo4jtest.Shared(t)
	store, err := neo4jstore.Open(t.Context(), server.URI("neo4j"), neo4jstore.Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestSQLite(t *testing.T) { Run(t, records, questions, sqlite) }

func TestNeo4j(t *testing.T) { Run(t, records, questions, neo4j, sqlite) }

// TestSilence holds each question against no answer at all: nothing that is expected may be found in it.
func TestSilence(t *testing.T) {
	for name, text := range files(t, questions) {
		t.Run(strings.TrimSuffix(name, extension), func(t *testing.T) {
			q, err := parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range q.Expect {
				if len(e.check(nil)) == 0 {
					t.Errorf("at %s: nothing is as good as what is expected", e.At)
				}
			}
			for _, p := range q.Cite {
				if cites(nil, p) {
					t.Errorf("nothing cites %s", p)
				}
			}
		})
	}
}
