// Package resolvers answers GraphQL operations from a store of the graph. A root field reads what its selection asks for: relations of
// relations in one store call, other records a level at a time and one call each (see plan). The fields below then find it in the operation's
// tables. What is not found there is read when it is asked for: slower, never wrong.
package resolvers

//go:generate go run -C .. ./cmd/gqlgen

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// Store is the part of [graph.Store] that answers are made from.
type Store interface {
	graph.Reader
	graph.Lister
	graph.Searcher
	graph.Counter
	graph.Revisions
	graph.History
}

// Resolver is the root of all resolvers. It holds nothing of an operation.
type Resolver struct{}

// entity is an entity that a record of the graph names.
func (*Resolver) entity(ctx context.Context, v graph.View, id string) (gqlmodel.Entity, error) {
	return named[gqlmodel.Entity](ctx, v, id)
}

// statement is a statement that a record of the graph names.
func (*Resolver) statement(ctx context.Context, v graph.View, id string) (*gqlmodel.Statement, error) {
	s, err := operationOf(ctx).statements.get(ctx, v, id)
	if err == nil && s == nil {
		err = errors.New("the statement " + id + " is named by a record and missing")
	}
	return &gqlmodel.Statement{Claim: gqlmodel.Claim{Record: s, View: v}}, err
}

// changeEvent is a change event that a record of the graph names.
func (*Resolver) changeEvent(ctx context.Context, v graph.View, id string) (*gqlmodel.ChangeEvent, error) {
	e, err := operationOf(ctx).events.get(ctx, v, id)
	if err == nil && e == nil {
		err = errors.New("the change event " + id + " is named by a record and missing")
	}
	return &gqlmodel.ChangeEvent{Record: e, View: v}, err
}

// dataset is a data set that a citation names.
func (*Resolver) dataset(ctx context.Context, v graph.View, id string) (*gqlmodel.Dataset, error) {
	if onlyID(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field) {
		return &gqlmodel.Dataset{Dataset: graph.Dataset{ID: id}, View: v}, nil
	}
	all, err := operationOf(ctx).datasets.get(ctx, v, "")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(d graph.Dataset) bool { return d.ID == id })
	if i < 0 {
		return nil, errors.New("the dataset " + id + " is named by a citation and missing")
	}
	return &gqlmodel.Dataset{Dataset: all[i], View: v}, nil
}

// citations are a statement's citations.
func (*Resolver) citations(ctx context.Context, c gqlmodel.Claim) ([]gqlmodel.Citation, error) {
	evidence, err := operationOf(ctx).evidence.get(ctx, c.View, c.Record.ID)
	return gqlmodel.Citations(evidence.Citations, c.View), err
}

// basis is the legislation under which a statement holds.
func (*Resolver) basis(ctx context.Context, c gqlmodel.Claim) ([]gqlmodel.Basis, error) {
	evidence, err := operationOf(ctx).evidence.get(ctx, c.View, c.Record.ID)
	return gqlmodel.Bases(evidence.Basis, c.View), err
}

// statements answers the field of that name of every kind.
func (*Resolver) statements(ctx context.Context, of gqlmodel.Record) (*gqlmodel.StatementConnection, error) {
	return edges(ctx, of, func(e gqlmodel.Edge, _ *graph.Entity) (gqlmodel.StatementNodeEdge, error) {
		return gqlmodel.StatementNodeEdge{Edge: e}, nil
	})
}

// supports answers the field of that name of what may be cited.
func (*Resolver) supports(ctx context.Context, of gqlmodel.Record) (*gqlmodel.SupportConnection, error) {
	a, err := asked(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field, of.View)
	if err != nil {
		return nil, err
	}
	return edges(ctx, of, func(e gqlmodel.Edge, _ *graph.Entity) (gqlmodel.SupportEdge, error) {
		return gqlmodel.SupportEdge{StatementNodeEdge: gqlmodel.StatementNodeEdge{Edge: e}, Text: of.Entity.ID, Roles: a.query.CitedAs}, nil
	})
}

// passages are those of a statement's citations that cite a text in these roles.
func passages(citations []graph.Citation, text string, roles []graph.Role) (of []graph.Citation) {
	for _, c := range citations {
		if c.SourceID == text && slices.Contains(roles, c.Role) {
			of = append(of, c)
		}
	}
	return of
}

// related answers a relation field.
func related[T gqlmodel.Entity](ctx context.Context, _ *Resolver, of gqlmodel.Record) (*gqlmodel.ConnectionOf[gqlmodel.RelatedEdge[T]], error) {
	return edges(ctx, of, func(e gqlmodel.Edge, far *graph.Entity) (gqlmodel.RelatedEdge[T], error) {
		node, err := gqlmodel.As[T](gqlmodel.Record{Entity: far, View: of.View})
		return gqlmodel.RelatedEdge[T]{Edge: e, Node: node}, err
	})
}

// edges answers a field that lists statements of an entity; edge makes each edge from what all have and from the far end.
func edges[E any](ctx context.Context, of gqlmodel.Record, edge func(gqlmodel.Edge, *graph.Entity) (E, error)) (*gqlmodel.ConnectionOf[E], error) {
	page, err := operationOf(ctx).page(ctx, of)
	if err != nil {
		return nil, err
	}
	return connect(page.Edges, page.PageInfo, func(e graph.Edge) (E, gqlmodel.Cursor, error) {
		place := page.asked.cursor(of.View, e.Statement.Cursor(page.asked.query.Order))
		made, err := edge(gqlmodel.Edge{Claim: gqlmodel.Claim{Record: e.Statement, View: of.View}, Seen: e.Direction, Place: place}, e.Node)
		return made, place, err
	})
}

// conflicts are those of an entity or a statement.
func (*Resolver) conflicts(ctx context.Context, v graph.View, id string) ([]gqlmodel.Conflict, error) {
	found, err := operationOf(ctx).conflictsOf.get(ctx, v, id)
	out := make([]gqlmodel.Conflict, len(found))
	for i, c := range found {
		out[i] = gqlmodel.Conflict{Record: c, View: v}
	}
	return out, err
}

// changeEvents are those of an entity.
func (*Resolver) changeEvents(ctx context.Context, of gqlmodel.Record) ([]gqlmodel.ChangeEvent, error) {
	found, err := operationOf(ctx).eventsOf.get(ctx, of.View, of.Entity.ID)
	out := make([]gqlmodel.ChangeEvent, len(found))
	for i, e := range found {
		out[i] = gqlmodel.ChangeEvent{Record: e, View: of.View}
	}
	return out, err
}

// redirectedFrom are the ids that redirect to an entity.
func (*Resolver) redirectedFrom(ctx context.Context, of gqlmodel.Record) ([]string, error) {
	found, err := operationOf(ctx).redirectsTo.get(ctx, of.View, of.Entity.ID)
	return append([]string{}, found...), err
}
