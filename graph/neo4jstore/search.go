package neo4jstore

import (
	"context"

	"github.com/policygraph/policygraph/graph"
)

// Candidates implements [graph.Searcher].
func (s *Store) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	return nil, false, graph.ErrUnsupported
}
