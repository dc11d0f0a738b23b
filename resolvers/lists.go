package resolvers

import (
	"context"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// listing is what the field being answered asks of a list.
type listing struct {
	op    *operation
	view  graph.View
	field graphql.CollectedField
	args  map[string]any
	order graph.Order
	window
}

// listing reads the arguments of a list, whose elements are called what and which is usually sorted by usual.
func (r reads) listing(ctx context.Context, what string, usual graph.OrderBy) (l listing, err error) {
	v, err := r.view(ctx)
	if err != nil {
		return l, err
	}
	oc, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	l = listing{op: operationOf(ctx), view: v, field: field, args: field.ArgumentMap(oc.Variables)}
	l.order = orderOf(l.args["orderBy"], usual)
	l.window, err = windowOf(oc, field, gqlmodel.Listing(what, l.order), v)
	return l, err
}

// entities answers the lists of entities: of one kind or ("") of all.
func entities[T gqlmodel.Entity](ctx context.Context, r reads, kind graph.Kind) (*gqlmodel.ConnectionOf[gqlmodel.NodeEdge[T]], error) {
	l, err := r.listing(ctx, "entities", graph.ByName)
	if err != nil {
		return nil, err
	}
	narrow := where{view: l.view}
	q := graph.EntityQuery{Filter: narrow.entities("where", l.args["where"]), Order: l.order, Page: l.page}
	if narrow.err != nil {
		return nil, narrow.err
	}
	if kind != "" {
		q.Filter = ofKind(q.Filter, kind)
	}
	var page graph.EntityPage
	if !l.nothing {
		l.op.calls.Add(1)
		if page, err = l.op.store.ListEntities(ctx, l.view, q); err != nil {
			return nil, err
		}
	}
	return nodes(ctx, l, page.Entities, page.PageInfo,
		func(e *graph.Entity) (T, graph.Cursor, error) {
			node, err := gqlmodel.As[T](gqlmodel.Record{Entity: e, View: l.view})
			return node, e.Cursor(l.order, l.view.Date), err
		},
		(*plan).entity)
}

// ofKind narrows a filter to a kind, at no level of its own where it names no kinds itself.
func ofKind(f graph.EntityFilter, kind graph.Kind) graph.EntityFilter {
	if len(f.Kinds) == 0 {
		f.Kinds = []graph.Kind{kind}
		return f
	}
	return graph.EntityFilter{At: f.At, Kinds: []graph.Kind{kind}, And: []graph.EntityFilter{f}}
}

// nodes makes a connection of rows and reads what is asked of them.
func nodes[R, T any](ctx context.Context, l listing, rows []R, info graph.PageInfo,
	node func(R) (T, graph.Cursor, error), walk func(*plan, R, ast.SelectionSet),
) (*gqlmodel.ConnectionOf[gqlmodel.NodeEdge[T]], error) {
	rows, info = cut(l.window, rows, info)
	p := newPlan(ctx, l.view)
	p.nodes(l.field, func(node graphql.CollectedField) {
		for _, row := range rows {
			walk(p, row, node.Selections)
		}
	})
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	return connect(rows, info, func(row R) (gqlmodel.NodeEdge[T], gqlmodel.Cursor, error) {
		n, at, err := node(row)
		place := l.cursor(l.view, at)
		return gqlmodel.NodeEdge[T]{Node: n, Place: place}, place, err
	})
}

// Statements answers the field of that name.
func (r reads) Statements(ctx context.Context, _, _ map[string]any, _ *int, _ *string, _ *int, _ *string) (*gqlmodel.StatementConnection, error) {
	l, err := r.listing(ctx, "statements", graph.ByDate)
	if err != nil {
		return nil, err
	}
	narrow := where{view: l.view}
	q := graph.StatementQuery{Filter: narrow.statements("where", l.args["where"]), Order: l.order, Page: l.page, Ends: endsAsked(graphql.GetOperationContext(ctx), l.field)}
	if narrow.err != nil {
		return nil, narrow.err
	}
	var page graph.EdgePage
	if !l.nothing {
		l.op.calls.Add(1)
		if page, err = l.op.store.ListStatements(ctx, l.view, q); err != nil {
			return nil, err
		}
		l.op.keepEdges(l.view, page.Edges)
	}
	rows, info := cut(l.window, page.Edges, page.PageInfo)
	p := newPlan(ctx, l.view)
	p.page(rows, l.field, nil)
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	return connect(rows, info, func(e graph.Edge) (gqlmodel.StatementNodeEdge, gqlmodel.Cursor, error) {
		place := l.cursor(l.view, e.Statement.Cursor(l.order))
		return gqlmodel.StatementNodeEdge{Edge: gqlmodel.Edge{Claim: gqlmodel.Claim{Record: e.Statement, View: l.view}, Place: place}}, place, nil
	})
}

// ChangeEvents answers the field of that name.
func (r reads) ChangeEvents(ctx context.Context, filter, _ map[string]any, _ *int, _ *string, _ *int, _ *string) (*gqlmodel.ChangeEventConnection, error) {
	l, err := r.listing(ctx, "change events", graph.ByDate)
	if err != nil {
		return nil, err
	}
	in, narrow := object(l.args["where"]), where{view: l.view}
	q := graph.ChangeEventQuery{
		At:       "where",
		Kinds:    words[graph.ChangeKind](in["kinds"]),
		Entities: narrow.ids("where.entities", in["entities"], entity),
		Under:    narrow.ids("where.under", in["under"], legislation),
		Statuses: words[graph.Status](in["status"]),
		Ranks:    words[graph.Rank](in["rank"]),
		When:     optional("where.when", in["when"], narrow.dates),
		Order:    l.order,
		Page:     l.page,
	}
	if narrow.err != nil {
		return nil, narrow.err
	}
	var page graph.ChangeEventPage
	if !l.nothing {
		l.op.calls.Add(1)
		if page, err = l.op.store.ListChangeEvents(ctx, l.view, q); err != nil {
			return nil, err
		}
	}
	return nodes(ctx, l, page.ChangeEvents, page.PageInfo,
		func(e *graph.ChangeEvent) (*gqlmodel.ChangeEvent, graph.Cursor, error) {
			return &gqlmodel.ChangeEvent{Record: e, View: l.view}, e.Cursor(l.order), nil
		},
		(*plan).event)
}

// Conflicts answers the field of that name.
func (r reads) Conflicts(ctx context.Context, _ map[string]any, _ *int, _ *string, _ *int, _ *string) (*gqlmodel.ConflictConnection, error) {
	l, err := r.listing(ctx, "conflicts", graph.ByID)
	if err != nil {
		return nil, err
	}
	in, narrow := object(l.args["where"]), where{view: l.view}
	q := graph.ConflictQuery{At: "where", Kinds: words[graph.ConflictKind](in["kinds"]), Entities: narrow.ids("where.entities", in["entities"], entity), Page: l.page}
	if narrow.err != nil {
		return nil, narrow.err
	}
	var page graph.ConflictPage
	if !l.nothing {
		l.op.calls.Add(1)
		if page, err = l.op.store.ListConflicts(ctx, l.view, q); err != nil {
			return nil, err
		}
	}
	return nodes(ctx, l, page.Conflicts, page.PageInfo,
		func(c *graph.Conflict) (*gqlmodel.Conflict, graph.Cursor, error) {
			return &gqlmodel.Conflict{Record: c, View: l.view}, c.Cursor(), nil
		},
		(*plan).conflict)
}

// Revisions answers the field of that name.
func (r reads) Revisions(ctx context.Context, _ *int, _ *string) (*gqlmodel.RevisionConnection, error) {
	l, err := r.listing(ctx, "revisions", graph.ByID)
	if err != nil || l.nothing {
		return &gqlmodel.RevisionConnection{}, err
	}
	before := l.view.Revision + 1
	if l.page.After != nil {
		if before, err = strconv.ParseInt(l.page.After.ID, 10, 64); err != nil || before < 1 {
			return nil, graph.Invalidf("after is not a cursor that this API gave; take it from an edge or from pageInfo")
		}
	}
	l.op.calls.Add(1)
	found, err := l.op.store.ListRevisions(ctx, before, l.page.First+1)
	if err != nil {
		return nil, err
	}
	info := graph.PageInfo{HasPrevious: before <= l.view.Revision, HasNext: len(found) > l.page.First}
	rows, info := cut(l.window, found[:min(len(found), l.page.First)], info)
	return connect(rows, info, func(found graph.Revision) (gqlmodel.RevisionEdge, gqlmodel.Cursor, error) {
		place := l.cursor(l.view, graph.Cursor{ID: strconv.FormatInt(found.Number, 10)})
		return gqlmodel.RevisionEdge{Node: &gqlmodel.Revision{Revision: found}, Place: place}, place, nil
	})
}

// count answers a field of Statistics.
func count(ctx context.Context, v graph.View, of graph.Countable, by graph.CountBy, first *int) (*gqlmodel.Counts, error) {
	op, oc, field := operationOf(ctx), graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	q := graph.CountQuery{Of: of, By: by, Limit: defaultPage}
	if first != nil {
		if q.Limit = *first; q.Limit < 1 || q.Limit > maxPage {
			return nil, graph.At("first", graph.Invalidf("%d groups are asked for; a count shows from 1 to %d", q.Limit, maxPage))
		}
	}
	narrow, arg := where{view: v}, field.ArgumentMap(oc.Variables)["where"]
	if of == graph.CountEntities {
		if q.Entities = narrow.entities("where", arg); by != graph.CountByForm && !namesForm(&q.Entities) {
			q.Entities.Forms = []graph.Form{graph.Body}
		}
	} else {
		q.Statements = narrow.statements("where", arg)
	}
	if narrow.err != nil {
		return nil, narrow.err
	}
	op.calls.Add(1)
	counts, err := op.store.Count(ctx, v, q)
	if err != nil {
		return nil, err
	}
	c := &gqlmodel.Counts{Counts: counts, By: by, View: v}
	p := newPlan(ctx, v)
	for _, groups := range p.fields("Counts", field.Selections) {
		for _, f := range p.fields("Count", groups.Selections) {
			if f.Name == "entity" {
				for _, g := range c.Groups() {
					p.entityID(g.EntityID(), f.Selections)
				}
			}
		}
	}
	return c, p.run(ctx)
}

// namesForm says whether a node of the tree, of those joined by And, Or and Not, names forms.
func namesForm(f *graph.EntityFilter) bool {
	for _, nodes := range [][]graph.EntityFilter{f.And, f.Or} {
		for i := range nodes {
			if namesForm(&nodes[i]) {
				return true
			}
		}
	}
	return len(f.Forms) > 0 || f.Not != nil && namesForm(f.Not)
}
