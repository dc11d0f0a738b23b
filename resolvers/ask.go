package resolvers

import (
	"math"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// ask is what a relation field wants of each entity. It is made from the field alone, for plans and resolvers alike: were it made in
// two ways, a plan could read what its resolver does not look for.
type ask struct {
	query   graph.EdgeQuery // without its entities
	nothing bool            // no field that needs a read is selected
	empty   bool            // first or last is 0: only whether there is more
}

func asked(oc *graphql.OperationContext, f graphql.CollectedField, v graph.View) (ask, error) {
	args := f.ArgumentMap(oc.Variables)
	a := ask{query: graph.EdgeQuery{Direction: graph.Both}}
	if d := f.Definition.Directives.ForName("relation"); d != nil {
		a.query.Relations = []graph.RelationName{graph.RelationName(d.Arguments.ForName("name").Value.Raw)}
		a.query.Direction = graph.Direction(d.Arguments.ForName("direction").Value.Raw)
	} else {
		a.query.Relations = words[graph.RelationName](args["relations"])
		if d, ok := args["direction"].(string); ok {
			a.query.Direction = graph.Direction(d)
		}
	}
	if where, ok := args["where"].(map[string]any); ok {
		a.query.Filter = graph.StatementFilter{
			Holds:       words[graph.Holds](where["holds"]),
			Statuses:    words[graph.Status](where["status"]),
			Ranks:       words[graph.Rank](where["rank"]),
			Certainties: words[graph.Certainty](where["certainty"]),
			Datasets:    words[string](where["datasets"]),
		}
		if kinds := words[graph.Kind](where["kinds"]); len(kinds) > 0 {
			a.query.Filter.Node = &graph.EntityFilter{Kinds: kinds}
		}
	}
	if len(a.query.Filter.Holds) > 0 && !v.Dated() {
		return a, graph.Invalidf("where.holds needs a date; ask under at(date: …)")
	}
	page, err := pageOf(args, gqlmodel.OrderStart, v)
	if err != nil {
		return a, err
	}
	a.empty = page.size == 0
	if page.backward {
		a.query.Page.Last = max(page.size, 1)
	} else {
		a.query.Page.First = max(page.size, 1)
	}
	a.query.Page.After, a.query.Page.Before = statementCursor(page.after), statementCursor(page.before)
	edges := false
	for _, c := range graphql.CollectFields(oc, f.Selections, nil) {
		switch c.Name {
		case "totalCount":
			a.query.Page.Total = true
		case "edges", "pageInfo":
			edges = true
		}
	}
	if !edges {
		a.query.Page = graph.Page{Total: a.query.Page.Total}
		a.nothing = !a.query.Page.Total
	}
	return a, nil
}

// cut is the page that was asked for, made of the one that was read.
func (a ask) cut(page graph.EdgePage) graph.EdgePage {
	if a.empty {
		if a.query.Page.Last > 0 {
			page.HasPrevious = len(page.Edges) > 0
		} else {
			page.HasNext = len(page.Edges) > 0
		}
		page.Edges = nil
	}
	return page
}

// paging is what the arguments first, after, last and before say.
type paging struct {
	size          int
	backward      bool
	after, before *gqlmodel.Cursor
}

// pageOf reads the page arguments of a list with this order.
func pageOf(args map[string]any, order string, v graph.View) (p paging, err error) {
	first, hasFirst := intArg(args, "first")
	last, hasLast := intArg(args, "last")
	after, hasAfter := args["after"].(string)
	before, hasBefore := args["before"].(string)
	p.size = defaultPage
	switch {
	case hasFirst && hasLast:
		return p, graph.Invalidf("first and last are both given; give one of them")
	case hasFirst && (first < 0 || first > maxPage):
		return p, graph.Invalidf("first is %d; it is from 0 to %d", first, maxPage)
	case hasLast && (last < 0 || last > maxPage):
		return p, graph.Invalidf("last is %d; it is from 0 to %d", last, maxPage)
	case hasBefore && !hasLast:
		return p, graph.Invalidf("before goes with last; give last too, or after in its place")
	case hasAfter && hasLast:
		return p, graph.Invalidf("after goes with first; give first in place of last, or before in place of after")
	case hasFirst:
		p.size = first
	case hasLast:
		p.size, p.backward = last, true
	}
	if hasAfter {
		p.after, err = cursor("after", after, order, v)
	}
	if hasBefore {
		p.before, err = cursor("before", before, order, v)
	}
	return p, err
}

func cursor(argument, text, order string, v graph.View) (*gqlmodel.Cursor, error) {
	c, err := gqlmodel.ParseCursor(argument, text, order, v)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

func statementCursor(c *gqlmodel.Cursor) *graph.Cursor {
	if c == nil {
		return nil
	}
	return &graph.Cursor{Lo: graph.Day(c.A), Hi: graph.Day(c.B), ID: c.ID}
}

// words are a list argument's, which in GraphQL may also be one word without a list.
func words[T ~string](arg any) []T {
	switch arg := arg.(type) {
	case string:
		return []T{T(arg)}
	case []any:
		out := make([]T, 0, len(arg))
		for _, w := range arg {
			if w, ok := w.(string); ok {
				out = append(out, T(w))
			}
		}
		return out
	}
	return nil
}

// intArg is an integer argument, from a literal or from a variable as JSON was read.
func intArg(args map[string]any, name string) (n int, ok bool) {
	switch v := args[name].(type) {
	case int64:
		return int(v), true
	case int:
		return v, true
	case float64:
		return int(min(max(v, math.MinInt32), math.MaxInt32)), true
	case interface{ Int64() (int64, error) }: // json.Number
		n, err := v.Int64()
		return int(n), err == nil
	}
	return 0, false
}
