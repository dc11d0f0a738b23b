package neo4jstore_test

import (
	"net/url"
	"os"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/neo4jstore"
)

func TestStore(t *testing.T) {
	address, o := server(t)
	graphtest.Run(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		wipe(t, address)
		o := o
		o.Now = clock.Now
		return open(t, address, o)
	})
}

func server(t testing.TB) (string, neo4jstore.Options) {
	t.Helper()
	u, err := url.Parse(os.Getenv("POLICYGRAPH_TEST_NEO4J"))
	if err != nil || u.Host == "" {
		t.Skip("no server")
	}
	return u.Scheme + "://" + u.Host, neo4jstore.Options{}
}

func wipe(t testing.TB, address string) {
	t.Helper()
	d, err := neo4j.NewDriverWithContext(address, neo4j.NoAuth())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	if _, err := neo4j.ExecuteQuery(t.Context(), d, `MATCH (n) DETACH DELETE n`, nil, neo4j.EagerResultTransformer); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, address string, o neo4jstore.Options) *neo4jstore.Store {
	t.Helper()
	s, err := neo4jstore.Open(t.Context(), address, o)
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
