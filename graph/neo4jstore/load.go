package neo4jstore

import (
	"context"
	"iter"

	"github.com/policygraph/policygraph/graph"
)

// Begin implements [graph.Writer].
func (s *Store) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	return nil, errNotYet
}

// Dump implements [graph.Dumper].
func (s *Store) Dump(ctx context.Context, v graph.View) iter.Seq2[graph.Record, error] {
	return func(yield func(graph.Record, error) bool) { yield(graph.Record{}, errNotYet) }
}
