package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
	"github.com/policygraph/policygraph/resolvers"
)

// TestSQLite asks a graph in SQLite.
func TestSQLite(t *testing.T) { suite(t, sqlite) }

// TestNeo4j asks the same of a graph in SQLite and one in Neo4j: see [client].
func TestNeo4j(t *testing.T) {
	suite(t, func(t testing.TB) stores { return append(sqlite(t), neo4j(t)...) })
}

// suite is what is asked of every store. Tests that only read share a graph.
func suite(t *testing.T, open func(testing.TB) stores) {
	t.Run("Fixture", func(t *testing.T) {
		s := fixtureStores(t, open)
		for _, test := range []struct {
			name string
			run  func(*testing.T, stores)
		}{
			{"Answers", testAnswers},
			{"SameObject", testSameObject},
			{"Paging", testPaging},
			{"ListPaging", testListPaging},
			{"Calls", testCalls},
			{"CallsOfPaths", testCallsOfPaths},
			{"ExamplesInDescriptions", testExamplesInDescriptions},
			{"Errors", testErrors},
			{"PartialAnswers", testPartialAnswers},
			{"Ambiguous", testAmbiguous},
			{"EndedContext", testEndedContext},
			{"Limits", testLimits},
		} {
			t.Run(test.name, func(t *testing.T) { test.run(t, s) })
		}
	})
	t.Run("Plans", func(t *testing.T) {
		s := open(t)
		load(t, s, dense())
		testPlans(t, s)
	})
	t.Run("Revisions", func(t *testing.T) { testRevisions(t, fixtureStores(t, open)) })
	t.Run("KnownAt", func(t *testing.T) { testKnownAt(t, fixtureStores(t, open)) })
	t.Run("NothingPublished", func(t *testing.T) { testNothingPublished(t, open(t)) })
}

// stores hold the same graph.
type stores []graph.Store

func fixtureStores(t testing.TB, open func(testing.TB) stores) stores {
	t.Helper()
	s := open(t)
	load(t, s, fixture())
	return s
}

func sqlite(t testing.TB) stores {
	t.Helper()
	return opened(t)(sqlitestore.Open(t.Context(), t.TempDir(), sqlitestore.Options{}))
}

func neo4j(t testing.TB) stores {
	t.Helper()
	server := neo4jtest.Shared(t)
	return opened(t)(neo4jstore.Open(t.Context(), server.URI("neo4j"), neo4jstore.Options{User: server.User, Password: server.Password}))
}

func opened(t testing.TB) func(graph.Store, error) stores {
	return func(store graph.Store, err error) stores {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		return stores{store}
	}
}

// tries is how many of n random operations to ask: a tenth where a server answers each as well, and plans most of its queries anew.
func (s stores) tries(n int) int {
	if len(s) > 1 {
		return n / 10
	}
	return n
}

// A client asks an operation over each of some stores. Their answers have to be the same bytes.
type client struct {
	t     testing.TB
	each  []counted
	calls [][]string // of each store, by the last operation
}

type counted struct {
	*resolvers.Client
	store *countingStore
}

func newClient(t testing.TB, s stores, o resolvers.Options) *client {
	c := &client{t: t}
	for _, store := range s {
		counting := &countingStore{Store: store}
		c.each = append(c.each, counted{resolvers.NewClient(counting, o), counting})
	}
	return c
}

func (c *client) Do(ctx context.Context, operation graphql.RawParams) *graphql.Response {
	var first *graphql.Response
	var want []byte
	c.calls = nil
	for i, of := range c.each {
		answer := of.Do(ctx, operation)
		c.calls = append(c.calls, of.store.taken())
		text, err := json.Marshal(answer)
		if err != nil {
			c.t.Fatal(err)
		}
		if i == 0 {
			first, want = answer, text
			continue
		}
		if !bytes.Equal(want, text) {
			c.t.Errorf("%s\n%v\nis answered (-first +other store):\n%s", operation.Query, operation.Variables, cmp.Diff(indented(want), indented(text)))
		}
	}
	return first
}

func indented(answer []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, answer, "", "  "); err != nil {
		return string(answer)
	}
	return b.String()
}
