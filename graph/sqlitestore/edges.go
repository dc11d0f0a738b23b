package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A list of edges is one range of an index for each predicate and side, in list order; several are merged here. So a page reads about
// as many rows as it has, whatever the degree of the entity.

// side is the end of a statement at which the entity asked about stands.
type side int

const (
	subjectSide side = iota
	objectSide
)

var sides = [...]struct {
	near, far  string // columns
	predicates string // query of the predicates at a node
	direction  graph.Direction
}{
	subjectSide: {"subject", "object", skipPredicates("subject"), graph.Out},
	objectSide:  {"object", "subject", skipPredicates("object"), graph.In},
}

// skipPredicates finds the different predicates at a node by skipping from one to the next in the index.
func skipPredicates(near string) string {
	return fmt.Sprintf(`
		WITH RECURSIVE p(predicate) AS (
			SELECT min(predicate) FROM statement WHERE %[1]s = ?1
			UNION ALL
			SELECT (SELECT min(s.predicate) FROM statement s WHERE s.%[1]s = ?1 AND s.predicate > p.predicate) FROM p WHERE p.predicate IS NOT NULL
		)
		SELECT predicate FROM p WHERE predicate IS NOT NULL`, near)
}

// params are the numbered parameters of a compiled query; add returns the place of one.
type params []any

func (p *params) add(value any) string {
	*p = append(*p, value)
	return fmt.Sprintf("?%d", len(*p))
}

// where is the conditions that a query's view and filter put on statements s, seen from a side: constants of this file with parameters.
func where(p *params, v graph.View, f graph.StatementFilter, from side, bothSides bool) string {
	var b strings.Builder
	and := func(format string, args ...any) { fmt.Fprintf(&b, " AND "+format, args...) }
	in := func(column string, words string) { and(`%s IN (SELECT value FROM json_each(%s))`, column, words) }

	revision := p.add(v.Revision)
	and(`s.added_in <= %[1]s AND s.removed_in > %[1]s`, revision)
	if v.Dated() {
		d0, d1 := v.Date.Span()
		q0, q1 := p.add(int64(d0)), p.add(int64(d1))
		and(`s.start_lo < %s AND s.end_hi > %s`, q1, q0)
		if len(f.Holds) > 0 {
			in(fmt.Sprintf(`CASE WHEN s.start_hi <= %[1]s AND s.end_lo >= %[2]s THEN 'DEFINITELY' WHEN s.start_hi < %[2]s AND s.end_lo > %[1]s THEN 'PARTLY' ELSE 'POSSIBLY' END`, q0, q1),
				p.add(list(f.Holds)))
		}
	}
	if len(f.Statuses) == 0 {
		and(`s.status = 'IN_EFFECT'`)
	} else {
		in(`s.status`, p.add(list(f.Statuses)))
	}
	if len(f.Ranks) == 0 {
		and(`s.rank IN ('PREFERRED', 'NORMAL')`)
	} else {
		in(`s.rank`, p.add(list(f.Ranks)))
	}
	if len(f.Certainties) > 0 {
		in(`s.certainty`, p.add(list(f.Certainties)))
	}
	if len(f.Datasets) > 0 {
		and(`EXISTS (SELECT 1 FROM citation c WHERE c.statement = s.row AND c.claims = 1 AND c.dataset IN (SELECT value FROM json_each(%s)))`, p.add(list(f.Datasets)))
	}
	if len(f.FarKinds) > 0 {
		and(`EXISTS (SELECT 1 FROM node n WHERE n.row = s.%s AND n.kind IN (SELECT value FROM json_each(%s)))`, sides[from].far, p.add(list(f.FarKinds)))
	}
	if bothSides && from == objectSide {
		and(`s.subject <> s.object`) // that one is seen from its subject
	}
	return b.String()
}

// edgeQuery is a query of edges made ready: the texts are the same for all its ranges, the parameters but for the first two.
type edgeQuery struct {
	graph.EdgeQuery
	view  graph.View
	sides [2]compiled
}

type compiled struct {
	forwards, backwards, total string
	args                       params // 1: node, 2: predicate, 3 to 5: after, 6 to 8: before, 9: limit, then the filter's
	totalArgs                  params // 1: node, 2: predicate, then the filter's
}

func compile(q graph.EdgeQuery, v graph.View) *edgeQuery {
	c := &edgeQuery{EdgeQuery: q, view: v}
	for from := range sides {
		from := side(from)
		near, far := sides[from].near, sides[from].far
		args, totalArgs := make(params, 9, 16), make(params, 2, 8)
		conditions := where(&args, v, q.Filter, from, q.Direction == graph.Both)
		page := fmt.Sprintf(`
			SELECT s.row, e.row
			FROM statement s LEFT JOIN entity e ON e.node = s.%s AND e.added_in <= ?10 AND e.removed_in > ?10
			WHERE s.%s = ?1 AND s.predicate = ?2
				AND (s.start_lo, s.start_hi, s.id) > (?3, ?4, ?5) AND (s.start_lo, s.start_hi, s.id) < (?6, ?7, ?8)%s
			ORDER BY s.start_lo %%[1]s, s.start_hi %%[1]s, s.id %%[1]s LIMIT ?9`, far, near, conditions)
		c.sides[from] = compiled{
			forwards:  fmt.Sprintf(page, "ASC"),
			backwards: fmt.Sprintf(page, "DESC"),
			total: fmt.Sprintf(`SELECT count(*) FROM statement s WHERE s.%s = ?1 AND s.predicate = ?2%s`,
				near, where(&totalArgs, v, q.Filter, from, q.Direction == graph.Both)),
			args: args, totalArgs: totalArgs,
		}
	}
	return c
}

// edgeRange is the edges of one predicate at one side of a node.
type edgeRange struct {
	from      side
	predicate string
}

// edgeRow is an edge as the index has it. The statement is filled in later.
type edgeRow struct {
	statement, entity int64
	from              side
}

// ranges are the ranges of a query at a node.
func (s *Store) ranges(ctx context.Context, q *edgeQuery, node int64) ([]edgeRange, error) {
	var out []edgeRange
	add := func(from side, predicate string) {
		if r := (edgeRange{from, predicate}); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for from := range sides {
		from := side(from)
		if q.Direction != sides[from].direction && q.Direction != graph.Both {
			continue
		}
		for _, r := range q.Relations {
			add(from, string(r))
		}
		if len(q.Relations) > 0 || len(q.Properties) > 0 {
			continue
		}
		err := s.query(ctx, sides[from].predicates, func(rows *sql.Rows) error {
			var predicate string
			err := rows.Scan(&predicate)
			add(from, predicate)
			return err
		}, node)
		if err != nil {
			return nil, err
		}
	}
	for _, p := range q.Properties {
		add(subjectSide, string(p))
	}
	return out, nil
}

// The places before and behind all statements.
var (
	beforeAll = place{int64(graph.MinDay) - 1, 0, ""}
	behindAll = place{int64(graph.MaxDay) + 1, 0, ""}
)

type place struct {
	startLo, startHi int64
	id               string
}

func placeOf(c graph.Cursor) place { return place{int64(c.StartLo), int64(c.StartHi), c.ID} }

// scan appends the edges of a range between two places, both exclusive, up to a limit; backwards from the end.
func (s *Store) scan(ctx context.Context, q *edgeQuery, node int64, r edgeRange, after, before place, backwards bool, limit int, out []edgeRow) ([]edgeRow, error) {
	c := q.sides[r.from]
	text := c.forwards
	if backwards {
		text = c.backwards
	}
	args := slices.Clone(c.args)
	copy(args, params{node, r.predicate, after.startLo, after.startHi, after.id, before.startLo, before.startHi, before.id, int64(limit)})
	err := s.query(ctx, text, func(rows *sql.Rows) error {
		e := edgeRow{from: r.from}
		var far sql.NullInt64
		err := rows.Scan(&e.statement, &far)
		e.entity = far.Int64
		out = append(out, e)
		return err
	}, args...)
	return out, err
}

func (s *Store) total(ctx context.Context, q *edgeQuery, node int64, r edgeRange) (n int, err error) {
	c := q.sides[r.from]
	args := slices.Clone(c.totalArgs)
	copy(args, params{node, r.predicate})
	err = s.query(ctx, c.total, func(rows *sql.Rows) error { return rows.Scan(&n) }, args...)
	return n, err
}

// any tells whether there is an edge between two places.
func (s *Store) any(ctx context.Context, q *edgeQuery, node int64, ranges []edgeRange, after, before place) (bool, error) {
	for _, r := range ranges {
		if found, err := s.scan(ctx, q, node, r, after, before, false, 1, nil); err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

// pageRead is the page of one entity while it is read.
type pageRead struct {
	query  *edgeQuery
	node   int64
	ranges []edgeRange
	rows   []edgeRow // up to one more than the page from each range
	page   *graph.EdgePage
}

// Edges implements [graph.Reader].
func (s *Store) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	var ids []string
	for _, q := range queries {
		if err := q.Check(); err != nil {
			return nil, err
		}
		ids = append(ids, q.Entities...)
	}
	out, err := s.edges(ctx, v, queries, ids)
	return out, wrap(ctx, "read edges", err)
}

func (s *Store) edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery, ids []string) ([][]graph.EdgePage, error) {
	nodes, err := s.rowsOf(ctx, nodeRows, ids, v.Revision)
	if err != nil {
		return nil, err
	}
	out := make([][]graph.EdgePage, len(queries))
	var reads []pageRead
	for i, q := range queries {
		out[i] = make([]graph.EdgePage, len(q.Entities))
		c := compile(q, v)
		for j := range q.Entities {
			node := nodes[0]
			nodes = nodes[1:]
			if node == 0 {
				continue
			}
			read := pageRead{query: c, node: node, page: &out[i][j]}
			if err := s.startPage(ctx, &read); err != nil {
				return nil, err
			}
			reads = append(reads, read)
		}
	}

	// All statements and far ends of all pages at once.
	var statementRows, entityRows []int64
	for _, read := range reads {
		for _, e := range read.rows {
			statementRows, entityRows = append(statementRows, e.statement), append(entityRows, e.entity)
		}
	}
	statements, err := s.statementsOf(ctx, statementRows)
	if err != nil {
		return nil, err
	}
	entities, err := s.entities(ctx, entityRows)
	if err != nil {
		return nil, err
	}
	for i := range reads {
		read := &reads[i]
		edges := make([]graph.Edge, len(read.rows))
		for j, row := range read.rows {
			edges[j] = graph.Edge{Statement: statements[j], Node: entities[j], Direction: sides[row.from].direction}
		}
		statements, entities = statements[len(edges):], entities[len(edges):]
		if err := s.finishPage(ctx, read, edges); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) startPage(ctx context.Context, read *pageRead) (err error) {
	q, page := read.query, read.query.Page
	if read.ranges, err = s.ranges(ctx, q, read.node); err != nil {
		return err
	}
	after, before := window(page)
	for _, r := range read.ranges {
		if page.Total {
			n, err := s.total(ctx, q, read.node, r)
			if err != nil {
				return err
			}
			read.page.Total += n
		}
		if size := page.First + page.Last; size > 0 {
			if read.rows, err = s.scan(ctx, q, read.node, r, after, before, page.Last > 0, size+1, read.rows); err != nil {
				return err
			}
		}
	}
	return nil
}

func compareCursors(a, b graph.Cursor) int {
	return cmp.Or(cmp.Compare(a.StartLo, b.StartLo), cmp.Compare(a.StartHi, b.StartHi), cmp.Compare(a.ID, b.ID))
}

// window is the places between which a page lies.
func window(p graph.Page) (after, before place) {
	after, before = beforeAll, behindAll
	if p.After != nil {
		after = placeOf(*p.After)
	}
	if p.Before != nil {
		before = placeOf(*p.Before)
	}
	return after, before
}

// finishPage merges the ranges, cuts the page to its size and finds out what lies around it.
func (s *Store) finishPage(ctx context.Context, read *pageRead, edges []graph.Edge) (err error) {
	p := read.query.Page
	size := p.First + p.Last
	if size == 0 {
		return nil
	}
	if len(read.ranges) > 1 || p.Last > 0 {
		slices.SortFunc(edges, func(a, b graph.Edge) int { return compareCursors(a.Statement.Cursor(), b.Statement.Cursor()) })
	}
	more := len(edges) > size
	if more && p.First > 0 {
		edges = edges[:size]
	} else if more {
		edges = edges[len(edges)-size:]
	}
	page := read.page
	page.Edges = edges
	after, before := window(p)
	first, last := before, after // of an empty page
	if len(edges) > 0 {
		first, last = placeOf(edges[0].Statement.Cursor()), placeOf(edges[len(edges)-1].Statement.Cursor())
	}
	switch {
	case more && p.Last > 0:
		page.HasPrevious = true
	case p.After != nil: // else the page begins where the list does
		if page.HasPrevious, err = s.any(ctx, read.query, read.node, read.ranges, beforeAll, first); err != nil {
			return err
		}
	}
	switch {
	case more && p.First > 0:
		page.HasNext = true
	case p.Before != nil:
		if page.HasNext, err = s.any(ctx, read.query, read.node, read.ranges, last, behindAll); err != nil {
			return err
		}
	}
	return nil
}
