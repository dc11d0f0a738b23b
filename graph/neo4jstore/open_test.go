package neo4jstore_test

import (
	"errors"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
)

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "localhost:7687", "http://localhost:7474", "neo4j://", "bolt://user:secret@localhost", "neo4j+x://host"} {
		_, err := neo4jstore.Open(t.Context(), address, neo4jstore.Options{})
		if !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q: want an ErrInvalid, got %v", address, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	_, err := neo4jstore.Open(t.Context(), "bolt://127.0.0.1:1", neo4jstore.Options{})
	if want := "bolt://127.0.0.1:1 cannot be used: the database cannot be reached"; !errors.Is(err, graph.ErrUnavailable) || err.Error() != want {
		t.Errorf("want the ErrUnavailable %q, got %v", want, err)
	}
}
