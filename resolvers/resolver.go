// Package resolvers answers GraphQL operations from a store of the graph. A root field reads what its selection asks for, a level at a
// time and one store call each (see plan); the fields below then find it in the operation's tables. What is not found there is read
// when it is asked for: slower, never wrong.
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
	graph.Searcher
	graph.Revisions
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
		return &gqlmodel.Dataset{Dataset: graph.Dataset{ID: id}}, nil
	}
	all, err := operationOf(ctx).datasets.get(ctx, v, "")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(d graph.Dataset) bool { return d.ID == id })
	if i < 0 {
		return nil, errors.New("the dataset " + id + " is named by a citation and missing")
	}
	return &gqlmodel.Dataset{Dataset: all[i]}, nil
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
	page, err := operationOf(ctx).page(ctx, of)
	if err != nil {
		return nil, err
	}
	edges := make([]gqlmodel.StatementNodeEdge, len(page.Edges))
	for i, e := range page.Edges {
		edges[i] = gqlmodel.StatementNodeEdge{Edge: edgeOf(e, of.View)}
	}
	return &gqlmodel.StatementConnection{Edges: edges, PageInfo: pageInfo(page, of.View), TotalCount: page.Total}, nil
}

// related answers a relation field.
func related[T gqlmodel.Entity](ctx context.Context, _ *Resolver, of gqlmodel.Record) (*gqlmodel.ConnectionOf[T], error) {
	page, err := operationOf(ctx).page(ctx, of)
	if err != nil {
		return nil, err
	}
	edges := make([]gqlmodel.EdgeOf[T], len(page.Edges))
	for i, e := range page.Edges {
		node, err := gqlmodel.As[T](gqlmodel.Record{Entity: e.Node, View: of.View})
		if err != nil {
			return nil, err
		}
		edges[i] = gqlmodel.EdgeOf[T]{Edge: edgeOf(e, of.View), Node: node}
	}
	return &gqlmodel.ConnectionOf[T]{Edges: edges, PageInfo: pageInfo(page, of.View), TotalCount: page.Total}, nil
}

func edgeOf(e graph.Edge, v graph.View) gqlmodel.Edge {
	return gqlmodel.Edge{Claim: gqlmodel.Claim{Record: e.Statement, View: v}, Seen: e.Direction}
}

func pageInfo(page graph.EdgePage, v graph.View) gqlmodel.PageInfo {
	info := gqlmodel.PageInfo{HasPreviousPage: page.HasPrevious, HasNextPage: page.HasNext}
	if n := len(page.Edges); n > 0 {
		first := gqlmodel.CursorOf(gqlmodel.Claim{Record: page.Edges[0].Statement, View: v})
		last := gqlmodel.CursorOf(gqlmodel.Claim{Record: page.Edges[n-1].Statement, View: v})
		info.First, info.Last = &first, &last
	}
	return info
}
