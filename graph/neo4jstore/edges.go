package neo4jstore

import (
	"context"
	"fmt"
	"hash/maphash"
	"reflect"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// The edges of many entities are one statement, with all that is asked of the nodes that they lead to: a part for each level of Then.
// Queries of a level that differ only in what they ask of whom are one part of it, whose keys say what that is. Each key is read by itself,
// a range of an index for each predicate, up to the size of its page.

// sides are the ends from which a statement is seen.
var sides = [...]struct {
	near, far string
	direction graph.Direction
}{
	{"subject", "object", graph.Out},
	{"object", "subject", graph.In},
}

// edgeStep is a query, of the caller or in Then, by the number of which its pages are told apart.
type edgeStep struct {
	graph.EdgeQuery
	then []int // numbers of the steps that it asks of its nodes
}

// edgeGroup is queries of a level with one text.
type edgeGroup struct {
	graph.EdgeQuery // what they have in common
	every           bool
	seen            [len(sides)]bool // from which sides a key asks
	asks            []any            // each {step, ids, out, in, both, low, high}: out and in are its ranges at each side; in Then also parent, size and kinds
}

// every says that a query asks for all predicates.
func every(q *graph.EdgeQuery) bool { return len(q.Relations) == 0 && len(q.Properties) == 0 }

// common is what of a query is in the text, not in the keys.
func common(q graph.EdgeQuery) graph.EdgeQuery {
	q.Entities, q.Kinds, q.Then, q.Near = nil, nil, nil, false
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

// edgePlan is queries made ready to be read in one statement.
type edgePlan struct {
	roots  []int // numbers of the caller's queries
	steps  []*edgeStep
	levels [][]*edgeGroup
	near   []string // entities that are read because their pages are
}

func planEdges(queries []graph.EdgeQuery, r *redirects) *edgePlan {
	p := new(edgePlan)
	for _, q := range queries {
		ids := distinct(r.followed(q.Entities))
		if q.Near {
			p.near = append(p.near, ids...)
		}
		p.roots = append(p.roots, p.add(q, 0, params{"ids": ids}))
	}
	p.near = distinct(p.near)
	return p
}

// add adds a query and what it asks then, and returns its number.
func (p *edgePlan) add(q graph.EdgeQuery, level int, ask params) int {
	q.Order = usual(q.Order, graph.ByDate)
	number, step := len(p.steps), &edgeStep{EdgeQuery: q}
	p.steps = append(p.steps, step)
	if level == len(p.levels) {
		p.levels = append(p.levels, nil)
	}
	at, w := ranges(&q), windowOf(q.Order, q.Page)
	ask["step"], ask["out"], ask["in"], ask["both"], ask["low"], ask["high"] = int64(number), at[0], at[1], q.Direction == graph.Both, w.low, w.high
	group := groupOf(&p.levels[level], q)
	group.asks = append(group.asks, ask)
	for i := range at {
		group.seen[i] = group.seen[i] || len(at[i]) > 0
	}
	for _, then := range q.Then {
		kinds := []string{} // beginnings of their ids
		for _, k := range then.Kinds {
			info, _ := k.Info() // Check has seen to it
			kinds = append(kinds, info.Prefix+":")
		}
		if len(kinds) == 0 {
			kinds = append(kinds, "")
		}
		ask := params{"parent": int64(number), "size": int64(q.Page.First + q.Page.Last), "kinds": kinds}
		step.then = append(step.then, p.add(then, level+1, ask))
	}
	return number
}

// groupOf is the group of a level to which a query belongs, a new one if there is none yet.
func groupOf(level *[]*edgeGroup, q graph.EdgeQuery) *edgeGroup {
	shape, all := common(q), every(&q) && len(q.CitedAs) == 0
	for _, g := range *level {
		if g.every == all && reflect.DeepEqual(g.EdgeQuery, shape) {
			return g
		}
	}
	group := &edgeGroup{EdgeQuery: shape, every: all}
	*level = append(*level, group)
	return group
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
	// A row ends with the entities that are read with it, the far end first.
	entities := `[far]`
	if g.Ends {
		entities = `[far, v.subject, v.object]`
	}
	if g.Evidence {
		entities += ` + v.references`
	}
	l.row = `[v.id, v.addedIn, v.document, side, ` + entities + `]`
	if g.Evidence {
		l.row = `[v.id, v.addedIn, v.document, side, ` + entities + `, v.citations]`
	}
	return l
}

// maxJoined is the longest text that joins levels, in bytes: some ten of them.
const maxJoined = 12 << 10

// joins says whether the plan reads what could be read by several statements.
func (p *edgePlan) joins() bool {
	return len(p.levels) > 1 || len(p.near) > 0 || slices.ContainsFunc(p.steps, func(s *edgeStep) bool { return s.Evidence })
}

// often says whether a statement has been asked for so often that it is worth its planning.
func (s *Store) often(text string) bool {
	key := maphash.String(textSeed, text)
	n, _ := s.joined.Get(key)
	s.joined.Put(key, n+1)
	return n >= s.options.JoinAfter
}

var textSeed = maphash.MakeSeed()

// text reads pages, [step, id, [rows, total, below, above]] of each, and the entities of their rows.
func (p *edgePlan) text(c *compiler) (string, params) {
	var b strings.Builder
	var all, before []string // names of the pages of the groups so far, and of those of the level before
	for _, level := range p.levels {
		var these []string
		for _, g := range level {
			name := fmt.Sprintf("pages%d", len(all))
			asks := c.add(g.asks)
			taken := before
			if len(all) > 0 && len(before) == 0 { // so that it is no cartesian product
				taken = all[len(all)-1:]
			}
			keys := fmt.Sprintf("UNWIND %s AS ask\nUNWIND ask.ids AS id\nWITH ask {.step, .out, .in, .both, .low, .high, id: id} AS k", asks)
			if len(before) > 0 {
				keys = fmt.Sprintf(`UNWIND range(0, size(%[1]s) - 1) AS i
UNWIND %[2]s AS page
WITH i, page WHERE page[0] = %[1]s[i].parent
UNWIND page[2][0][..%[1]s[i].size] AS row
WITH DISTINCT i, row[4][0] AS id WHERE any(kind IN %[1]s[i].kinds WHERE id STARTS WITH kind)
WITH %[1]s[i] AS ask, id
WITH ask {.step, .out, .in, .both, .low, .high, id: id} AS k`, asks, strings.Join(before, " + "))
			}
			subqueries, found := g.list(c).text()
			text := strings.ReplaceAll(subqueries, "$limit", c.add(int64(g.Page.First+g.Page.Last+1)))
			fmt.Fprintf(&b, "CALL (%s) {\n%s\n%sRETURN collect([k.step, k.id, [%s]]) AS %s\n}\n", strings.Join(taken, ", "), keys, text, found, name)
			all, these = append(all, name), append(these, name)
		}
		before = these
	}
	fmt.Fprintf(&b, "WITH %s AS pages\n", strings.Join(all, " + "))
	ids := "UNWIND pages AS page\nUNWIND page[2][0] AS row\nUNWIND row[4] AS id"
	if len(p.near) > 0 {
		ids = fmt.Sprintf("CALL (pages) {\n%s\nRETURN id\nUNION ALL\nUNWIND %s AS id\nRETURN id\n}", ids, c.add(p.near))
	}
	b.WriteString(entitiesOf("pages", ids))
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

// edges reads all in one statement, if that does not become too long and its shape is asked for often.
func (s *Store) edges(ctx context.Context, v graph.View, r *redirects, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	if len(queries) == 0 {
		return [][]graph.EdgePage{}, nil
	}
	plan := planEdges(queries, r)
	text, p := plan.text(newCompiler(v, r))
	switch joins := plan.joins(); {
	case joins && (len(text) > maxJoined || !s.often(text)):
		return graph.Follow(ctx, levelReader{s, r}, v, queries)
	case len(text) > maxText && len(queries) > 1:
		half := len(queries) / 2
		out, err := s.edges(ctx, v, r, queries[:half])
		if err != nil {
			return nil, err
		}
		rest, err := s.edges(ctx, v, r, queries[half:])
		return append(out, rest...), err
	}
	lists, err := s.lists(ctx, text, p, 2)
	if err != nil {
		return nil, err
	}
	found := edgesFound{Store: s, revision: v.Revision, edgePlan: plan, rows: make(map[pageKey][]any, len(lists[0])), pages: make(map[pageKey]graph.EdgePage, len(lists[0]))}
	if found.named, err = s.named(lists[1]); err != nil {
		return nil, err
	}
	for _, value := range lists[0] {
		fields, ok := value.([]any)
		if !ok || len(fields) != 3 {
			return nil, errShape
		}
		step, ok0 := fields[0].(int64)
		id, ok1 := fields[1].(string)
		values, ok2 := fields[2].([]any)
		if !ok0 || !ok1 || !ok2 {
			return nil, errShape
		}
		found.rows[pageKey{int(step), id}] = values
	}
	out := make([][]graph.EdgePage, len(queries))
	for i, q := range queries {
		out[i] = make([]graph.EdgePage, len(q.Entities))
		for j, id := range r.followed(q.Entities) {
			if out[i][j], err = found.page(plan.roots[i], id); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// levelReader reads a level at a time, within a read that is under way.
type levelReader struct {
	*Store
	redirects *redirects
}

// Entities implements [graph.LevelReader].
func (l levelReader) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	return l.entities(ctx, v, l.redirects.followed(ids))
}

// Evidence implements [graph.LevelReader].
func (l levelReader) Evidence(ctx context.Context, v graph.View, statements []string) ([]graph.Evidence, error) {
	return l.evidence(ctx, v, statements)
}

// Edges implements [graph.LevelReader].
func (l levelReader) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	queries = slices.Clone(queries)
	for i := range queries {
		queries[i].Near, queries[i].Evidence, queries[i].Then = false, false, nil
	}
	return l.edges(ctx, v, l.redirects, queries)
}

// pageKey names the page of an entity in a step.
type pageKey struct {
	step int
	id   string
}

// edgesFound is what a statement of edges returned.
type edgesFound struct {
	*Store
	*edgePlan
	revision int64
	rows     map[pageKey][]any
	named    entitiesNamed
	pages    map[pageKey]graph.EdgePage // made so far
}

// page is the page of an entity in a step, made once.
func (f *edgesFound) page(step int, id string) (page graph.EdgePage, err error) {
	key := pageKey{step, id}
	if page, ok := f.pages[key]; ok {
		return page, nil
	}
	values, ok := f.rows[key]
	if !ok {
		return page, errShape
	}
	list, err := foundOf(values)
	if err != nil {
		return page, err
	}
	q := f.steps[step]
	rows, info := list.finish(q.Order, q.Page)
	page.PageInfo = info
	if q.Near {
		page.Near = f.named[id]
	}
	if len(rows) > 0 {
		page.Edges = make([]graph.Edge, len(rows))
	}
	for i, row := range rows {
		if page.Edges[i], err = f.edge(q, row); err != nil {
			return page, err
		}
	}
	f.pages[key] = page
	return page, nil
}

// edge is that of a row [id, addedIn, document, side, entities, citations]; the last only where evidence is asked for.
func (f *edgesFound) edge(q *edgeStep, row any) (e graph.Edge, err error) {
	if e.Statement, err = decodedRow(f.statementCache, row); err != nil {
		return e, err
	}
	side, ok := row.([]any)[3].(string) // decodedRow has seen to it that it is a list
	if !ok {
		return e, errShape
	}
	e.Direction = graph.Direction(side)
	switch e.Direction {
	case graph.Out:
		e.Node = f.named[e.Statement.Object]
	case graph.In:
		e.Node = f.named[e.Statement.Subject]
	}
	if q.Ends {
		e.Subject, e.Object = f.named[e.Statement.Subject], f.named[e.Statement.Object]
	}
	if q.Evidence {
		evidence, err := f.evidenceKept(e.Statement, row)
		if err != nil {
			return e, err
		}
		e.Evidence = &evidence
	}
	if e.Node == nil || len(q.then) == 0 {
		return e, nil
	}
	e.Then = make([]graph.EdgePage, len(q.then))
	for i, step := range q.then {
		if f.steps[step].AsksOf(e.Node.Kind) {
			if e.Then[i], err = f.page(step, e.Node.ID); err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

// evidenceKept is that of a statement, if it is not kept of a row that ends with its citations.
func (f *edgesFound) evidenceKept(statement *graph.Statement, row any) (graph.Evidence, error) {
	key := asked{f.revision, statement.ID}
	if evidence, ok := f.evidenceKnown.Get(key); ok {
		return evidence, nil
	}
	evidence, err := f.evidenceOf(statement, row, f.named)
	if err == nil {
		f.evidenceKnown.Put(key, evidence)
	}
	return evidence, err
}
