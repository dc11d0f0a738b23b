package resolvers

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// ask is what a field that lists statements of an entity wants of each. It is made from the field alone, for plans and resolvers alike:
// were it made in two ways, a plan could read what its resolver does not look for.
type ask struct {
	query graph.EdgeQuery // without its entities
	window
}

func asked(oc *graphql.OperationContext, f graphql.CollectedField, v graph.View) (a ask, err error) {
	args := f.ArgumentMap(oc.Variables)
	a.query.Order = orderOf(args["orderBy"], graph.ByDate)
	relation := f.Definition.Directives.ForName("relation")
	switch {
	case relation != nil:
		a.query.Relations = []graph.RelationName{graph.RelationName(relation.Arguments.ForName("name").Value.Raw)}
		a.query.Direction = graph.Direction(relation.Arguments.ForName("direction").Value.Raw)
	case f.Name == "supports":
		if a.query.CitedAs = words[graph.Role](args["roles"]); len(a.query.CitedAs) == 0 {
			a.query.CitedAs = []graph.Role{graph.Supports}
		}
		a.query.Ends = endsAsked(oc, f)
	default:
		a.query.Relations = words[graph.RelationName](args["relations"])
		a.query.Properties = words[graph.PropertyName](args["properties"])
		a.query.Direction = graph.Both
		if d, ok := args["direction"].(string); ok {
			a.query.Direction = graph.Direction(d)
		}
	}
	a.query.Evidence = evidenceAsked(oc, f)
	narrow := where{view: v}
	a.query.Filter = narrow.statements("where", args["where"])
	if narrow.err != nil {
		return a, narrow.err
	}
	a.window, err = windowOf(oc, f, gqlmodel.Listing("statements", a.query.Order), v)
	a.query.Page = a.page
	if err == nil && !a.nothing {
		err = a.query.Check() // so that this field is refused, and not the one that plans for it
	}
	return a, err
}

// endsAsked says whether a list of statements is asked for their subjects or objects.
func endsAsked(oc *graphql.OperationContext, f graphql.CollectedField) bool {
	return selects(oc, f.Selections, []string{"edges"}, []string{"node", "statement"}, []string{"subject", "object"})
}

// evidenceAsked says whether a list of statements is asked for what bears them out.
func evidenceAsked(oc *graphql.OperationContext, f graphql.CollectedField) bool {
	return selects(oc, f.Selections, []string{"edges"}, []string{"citations", "passages", "basis"}) ||
		selects(oc, f.Selections, []string{"edges"}, []string{"node", "statement"}, []string{"citations", "basis", "attributedTo"})
}

// selects says whether a selection has one of some fields, of which one of others is selected, and so on.
func selects(oc *graphql.OperationContext, of ast.SelectionSet, path ...[]string) bool {
	return len(path) == 0 || slices.ContainsFunc(graphql.CollectFields(oc, of, nil), func(f graphql.CollectedField) bool {
		return slices.Contains(path[0], f.Name) && selects(oc, f.Selections, path[1:]...)
	})
}

// window is the part of a list that a field asks for.
type window struct {
	list    string // its name and order, as cursors carry them
	page    graph.Page
	size    int
	nothing bool // no field that needs a read is selected
}

// windowOf reads the arguments first, after, last and before, and what is selected of the connection.
func windowOf(oc *graphql.OperationContext, f graphql.CollectedField, name string, v graph.View) (w window, err error) {
	args := f.ArgumentMap(oc.Variables)
	first, hasFirst := intArg(args, "first")
	last, hasLast := intArg(args, "last")
	after, hasAfter := args["after"].(string)
	before, hasBefore := args["before"].(string)
	w.list, w.size = name, defaultPage
	switch {
	case hasFirst && hasLast:
		return w, graph.Invalidf("first and last are both given; give one of them")
	case hasFirst && (first < 0 || first > maxPage):
		return w, graph.At("first", rowsFault(args["first"]))
	case hasLast && (last < 0 || last > maxPage):
		return w, graph.At("last", rowsFault(args["last"]))
	case hasBefore && !hasLast:
		return w, graph.Invalidf("before goes with last; give last too, or after in its place")
	case hasAfter && hasLast:
		return w, graph.Invalidf("after goes with first; give first in place of last, or before in place of after")
	case hasFirst:
		w.size = first
	case hasLast:
		w.size = last
	}
	// Of a page of nothing one row is read, to know whether there is more.
	if hasLast {
		w.page.Last = max(w.size, 1)
	} else {
		w.page.First = max(w.size, 1)
	}
	for _, c := range []struct {
		given    bool
		argument string
		text     string
		place    **graph.Cursor
	}{{hasAfter, "after", after, &w.page.After}, {hasBefore, "before", before, &w.page.Before}} {
		if !c.given {
			continue
		}
		cursor, err := gqlmodel.ParseCursor(c.argument, c.text, name, v)
		if err != nil {
			return w, err
		}
		*c.place = &cursor.At
	}
	rows := false
	for _, c := range graphql.CollectFields(oc, f.Selections, nil) {
		switch c.Name {
		case "totalCount":
			w.page.Total = true
		case "edges", "pageInfo":
			rows = true
		}
	}
	if !rows {
		w.page = graph.Page{Total: w.page.Total}
		w.nothing = !w.page.Total
	}
	return w, nil
}

func rowsFault(asked any) error {
	return graph.Invalidf("%v rows are asked for; a page has from 0 to %d", asked, maxPage)
}

// cut is the page that was asked for, made of the one that was read.
func cut[R any](w window, rows []R, info graph.PageInfo) ([]R, graph.PageInfo) {
	if w.size > 0 {
		return rows, info
	}
	if w.page.Last > 0 {
		info.HasPrevious = len(rows) > 0
	} else {
		info.HasNext = len(rows) > 0
	}
	return nil, info
}

// cursor is the cursor of a row at a place in the list.
func (w window) cursor(v graph.View, at graph.Cursor) gqlmodel.Cursor {
	return gqlmodel.Cursor{List: w.list, View: v, At: at}
}

// connect makes a connection of rows: edge makes a row's edge and tells its place.
func connect[R, E any](rows []R, info graph.PageInfo, edge func(R) (E, gqlmodel.Cursor, error)) (*gqlmodel.ConnectionOf[E], error) {
	c := &gqlmodel.ConnectionOf[E]{
		Edges: make([]E, len(rows)), TotalCount: info.Total,
		PageInfo: gqlmodel.PageInfo{HasPreviousPage: info.HasPrevious, HasNextPage: info.HasNext},
	}
	for i, row := range rows {
		made, place, err := edge(row)
		if err != nil {
			return nil, err
		}
		c.Edges[i] = made
		if i == 0 {
			c.PageInfo.First = &place
		}
		c.PageInfo.Last = &place
	}
	return c, nil
}
