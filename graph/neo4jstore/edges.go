package neo4jstore

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// The edges of many entities are one statement: queries that differ only in what they ask of whom are one part of it, whose keys say what
// that is. Each key is read by itself, a range of an index for each predicate, up to the size of its page.

// sides are the ends from which a statement is seen.
var sides = [...]struct {
	near, far string
	direction graph.Direction
}{
	{"subject", "object", graph.Out},
	{"object", "subject", graph.In},
}

// edgeGroup is queries with one text.
type edgeGroup struct {
	graph.EdgeQuery // what they have in common
	every           bool
	seen            [len(sides)]bool // from which sides a key asks
	keys            []any            // each {place, id, out, in, both, low, high}: place is that of its page in the answer, out and in its ranges at each side
}

// every says that a query asks for all predicates.
func every(q *graph.EdgeQuery) bool { return len(q.Relations) == 0 && len(q.Properties) == 0 }

// common is what of a query is in the text, not in the keys.
func common(q graph.EdgeQuery) graph.EdgeQuery {
	q.Entities = nil
	if len(q.CitedAs) == 0 {
		q.Relations, q.Properties, q.Direction = nil, nil, ""
	} else {
		q.CitedAs = q.CitedAs[:1]
	}
	for _, cursor := range []**graph.Cursor{&q.Page.After, &q.Page.Before} {
		if *cursor != nil {
			*cursor = new(graph.Cursor)
		}
	}
	return q
}

// ranges are what a query asks for at each side: predicates, or roles; of every predicate there is one range of all.
func ranges(q *graph.EdgeQuery) (out [len(sides)][]string) {
	if len(q.CitedAs) > 0 {
		return [len(sides)][]string{distinctOf(q.CitedAs), {}}
	}
	for i, side := range sides {
		asked := q.Direction == side.direction || q.Direction == graph.Both
		out[i] = []string{}
		switch {
		case every(q) && asked:
			out[i] = []string{""}
		case every(q):
		default:
			relations, properties := q.Relations, q.Properties
			if !asked {
				relations = nil
			}
			if side.direction != graph.Out {
				properties = nil
			}
			out[i] = append(out[i], predicates(relations, properties)...)
		}
	}
	return out
}

// distinctOf is values as the driver takes them, each once.
func distinctOf[T ~string](values []T) []string { return distinct(listOf(values)) }

// grouped sorts queries into groups, with the number of pages of all.
func grouped(queries []graph.EdgeQuery, r *redirects) (groups []*edgeGroup, pages int) {
	for _, q := range queries {
		q.Order = usual(q.Order, graph.ByDate)
		shape, all := common(q), every(&q) && len(q.CitedAs) == 0
		var group *edgeGroup
		for _, g := range groups {
			if g.every == all && reflect.DeepEqual(g.EdgeQuery, shape) {
				group = g
			}
		}
		if group == nil {
			group = &edgeGroup{EdgeQuery: shape, every: all}
			groups = append(groups, group)
		}
		ids, at, w := r.followed(q.Entities), ranges(&q), windowOf(q.Order, q.Page)
		for i := range at {
			group.seen[i] = group.seen[i] || len(at[i]) > 0
		}
		for _, id := range ids {
			group.keys = append(group.keys, params{
				"place": int64(pages), "id": id, "out": at[0], "in": at[1], "both": q.Direction == graph.Both, "low": w.low, "high": w.high,
			})
			pages++
		}
	}
	return groups, pages
}

// list is the list of edges of a key k.
func (g *edgeGroup) list(c *compiler) *list {
	l := &list{scope: []string{"k"}, order: g.Order, page: g.Page, low: "k.low", high: "k.high", carried: ", far, side"}
	key := sortKeys[g.Order.By]
	if len(g.CitedAs) > 0 {
		where := clauses{`c.source = k.id`, `c.role = p`}
		if names := predicates(g.Relations, g.Properties); len(names) > 0 {
			where = append(where, oneOf(c, `v.predicate`, names))
		}
		s := scan{ranges: "k.out", match: citing, key: "c.byDate", sorted: true, index: []string{"c.source", "c.role"}, columns: `, null AS far, '' AS side`}
		if g.Order.By != graph.ByDate {
			where.add(`c.byDate > ''`)
			s.key, s.sorted = "v."+key, false
		}
		s.where = append(where, c.statements(&g.Filter, "v", "null")...)
		l.scans, l.distinct = []scan{s}, true
	} else {
		for i, side := range sides {
			if !g.seen[i] && (i > 0 || g.seen[1]) { // of a list of nothing there is one scan
				continue
			}
			where := clauses{fmt.Sprintf(`v.%s = k.id`, side.near)}
			columns := []string{side.near, "predicate", "byDate"}
			if g.every {
				columns = []string{side.near, "byDate"}
			} else {
				where.add(`v.predicate = p`)
			}
			if side.direction == graph.In {
				where.add(`(NOT k.both OR v.subject <> v.object)`) // that one is seen from its subject
			}
			s := scan{
				ranges: []string{"k.out", "k.in"}[i], match: versions("StatementVersion", columns...).match(), key: "v." + key, sorted: true,
				columns: fmt.Sprintf(`, v.%s AS far, '%s' AS side`, side.far, side.direction),
			}
			for _, column := range columns[:len(columns)-1] {
				s.index = append(s.index, "v."+column)
			}
			if g.Order.By != graph.ByDate {
				where.add(`v.byDate > ''`)
				s.sorted = false
			}
			s.where = append(where, c.statements(&g.Filter, "v", "v."+side.far)...)
			l.scans = append(l.scans, s)
		}
	}
	l.row = `[v.id, v.addedIn, v.document, side, far]`
	if g.Ends {
		l.row = `[v.id, v.addedIn, v.document, side, v.subject, v.object]`
	}
	return l
}

// edgesText reads the pages of groups: [place, rows, total, below, above] of each, and the entities at the ends of the rows.
func edgesText(c *compiler, groups []*edgeGroup) (string, params) {
	var b strings.Builder
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = fmt.Sprintf("pages%d", i)
		l := g.list(c)
		subqueries, found := l.text()
		text := strings.ReplaceAll(subqueries, "$limit", c.add(int64(g.Page.First+g.Page.Last+1)))
		fmt.Fprintf(&b, "CALL (%s) {\n  UNWIND %s AS k\n%s\n  RETURN collect([k.place, [%s]]) AS %s\n}\n", strings.Join(names[max(i-1, 0):i], ""), c.add(g.keys), indent(text), found, names[i])
	}
	fmt.Fprintf(&b, "WITH %s AS pages\n", strings.Join(names, " + "))
	b.WriteString(entitiesOf("pages", "UNWIND pages AS page\nUNWIND page[1][0] AS row\nUNWIND row[4..] AS id"))
	b.WriteString("\nRETURN pages, entities")
	return b.String(), c.params
}

// Edges implements [graph.Reader].
func (s *Store) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return nil, err
	}
	defer s.leave()
	for i := range queries {
		if err := queries[i].Check(); err != nil {
			return nil, err
		}
	}
	out, err := s.edges(ctx, v, r, queries)
	return out, wrap(ctx, "read edges", err)
}

func (s *Store) edges(ctx context.Context, v graph.View, r *redirects, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	out := make([][]graph.EdgePage, len(queries))
	groups, n := grouped(queries, r)
	var pages []any
	named := make(entitiesNamed)
	for len(groups) > 0 {
		// All in one statement, if that does not become too long.
		part := len(groups)
		text, p := edgesText(newCompiler(v, r), groups)
		for part > 1 && len(text) > maxText {
			part = (part + 1) / 2
			text, p = edgesText(newCompiler(v, r), groups[:part])
		}
		groups = groups[part:]
		lists, err := s.lists(ctx, text, p, 2)
		if err != nil {
			return nil, err
		}
		pages = append(pages, lists[0]...)
		ends, err := s.named(lists[1])
		if err != nil {
			return nil, err
		}
		maps.Copy(named, ends)
	}
	if len(pages) != n {
		return nil, errShape
	}
	at := make([][]any, n) // what is found at each place
	for _, value := range pages {
		fields, ok := value.([]any)
		if !ok || len(fields) != 2 {
			return nil, errShape
		}
		place, ok0 := fields[0].(int64)
		found, ok1 := fields[1].([]any)
		if !ok0 || !ok1 || place < 0 || int(place) >= n {
			return nil, errShape
		}
		at[place] = found
	}
	for i, q := range queries {
		out[i] = make([]graph.EdgePage, len(q.Entities))
		for j := range out[i] {
			var err error
			if out[i][j], err = s.edgePage(q, at[0], named); err != nil {
				return nil, err
			}
			at = at[1:]
		}
	}
	return out, nil
}

// edgePage is the page of a query that was found, with entities by id.
func (s *Store) edgePage(q graph.EdgeQuery, values []any, named entitiesNamed) (page graph.EdgePage, err error) {
	f, err := foundOf(values)
	if err != nil {
		return page, err
	}
	rows, info := f.finish(q.Order, q.Page)
	page.PageInfo = info
	if len(rows) > 0 {
		page.Edges = make([]graph.Edge, len(rows))
	}
	for i, value := range rows {
		statement, err := decodedRow(s.statementCache, value)
		if err != nil {
			return page, err
		}
		row := value.([]any) // decodedRow has seen to it
		side, ok := row[3].(string)
		if !ok {
			return page, errShape
		}
		edge := graph.Edge{Statement: statement, Direction: graph.Direction(side)}
		switch edge.Direction {
		case graph.Out:
			edge.Node = named[statement.Object]
		case graph.In:
			edge.Node = named[statement.Subject]
		}
		if q.Ends {
			edge.Subject, edge.Object = named[statement.Subject], named[statement.Object]
		}
		page.Edges[i] = edge
	}
	return page, nil
}
