package neo4jstore

import (
	"context"
	"errors"

	"github.com/policygraph/policygraph/graph"
)

// errNotYet marks what is still to be written.
var errNotYet = errors.New("neo4jstore: not implemented")

// Entities implements [graph.Reader].
func (s *Store) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	return nil, errNotYet
}

// EntitiesByIdentifier implements [graph.Reader].
func (s *Store) EntitiesByIdentifier(ctx context.Context, v graph.View, identifiers []graph.Identifier) ([][]*graph.Entity, error) {
	return nil, errNotYet
}

// Statements implements [graph.Reader].
func (s *Store) Statements(ctx context.Context, v graph.View, ids []string) ([]*graph.Statement, error) {
	return nil, errNotYet
}

// Edges implements [graph.Reader].
func (s *Store) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	return nil, errNotYet
}

// Evidence implements [graph.Reader].
func (s *Store) Evidence(ctx context.Context, v graph.View, statements []string) ([]graph.Evidence, error) {
	return nil, errNotYet
}

// ChangeEvents implements [graph.Reader].
func (s *Store) ChangeEvents(ctx context.Context, v graph.View, ids []string) ([]*graph.ChangeEvent, error) {
	return nil, errNotYet
}

// Datasets implements [graph.Reader].
func (s *Store) Datasets(ctx context.Context, v graph.View) ([]graph.Dataset, error) {
	return nil, errNotYet
}

// Candidates implements [graph.Searcher].
func (s *Store) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	return nil, false, errNotYet
}

// ListEntities implements [graph.Lister].
func (s *Store) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (graph.EntityPage, error) {
	return graph.EntityPage{}, errNotYet
}

// ListStatements implements [graph.Lister].
func (s *Store) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (graph.EdgePage, error) {
	return graph.EdgePage{}, errNotYet
}

// ListChangeEvents implements [graph.Lister].
func (s *Store) ListChangeEvents(ctx context.Context, v graph.View, q graph.ChangeEventQuery) (graph.ChangeEventPage, error) {
	return graph.ChangeEventPage{}, errNotYet
}

// ListConflicts implements [graph.Lister].
func (s *Store) ListConflicts(ctx context.Context, v graph.View, q graph.ConflictQuery) (graph.ConflictPage, error) {
	return graph.ConflictPage{}, errNotYet
}

// Conflicts implements [graph.Lister].
func (s *Store) Conflicts(ctx context.Context, v graph.View, ids []string) ([]*graph.Conflict, error) {
	return nil, errNotYet
}

// ConflictsOf implements [graph.Lister].
func (s *Store) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	return nil, errNotYet
}

// RedirectsTo implements [graph.Lister].
func (s *Store) RedirectsTo(ctx context.Context, v graph.View, ids []string) ([][]string, error) {
	return nil, errNotYet
}

// Count implements [graph.Counter].
func (s *Store) Count(ctx context.Context, v graph.View, q graph.CountQuery) (graph.Counts, error) {
	return graph.Counts{}, errNotYet
}
