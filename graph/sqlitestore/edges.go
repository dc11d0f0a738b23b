package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A list of edges is one range of an index for each predicate and side, in list order; several are merged here. So a page reads about
// as many rows as it has, whatever the degree of the entity. The ranges of all entities of a query are read at once: the LIMIT stands
// in a subquery of each.

// side is the end of a statement at which the entity asked about stands.
type side int

const (
	subjectSide side = iota
	objectSide
)

var sides = [...]struct {
	near, far  string // columns
	predicates string // query of (index of the node, predicate at it)
	direction  graph.Direction
}{
	subjectSide: {"subject", "object", skipPredicates("subject"), graph.Out},
	objectSide:  {"object", "subject", skipPredicates("object"), graph.In},
}

// skipPredicates finds the different predicates at nodes by skipping from one to the next in the index.
func skipPredicates(near string) string {
	return fmt.Sprintf(`
		WITH RECURSIVE p(key, node, predicate) AS (
			SELECT k.key, k.value, (SELECT min(s.predicate) FROM statement s WHERE s.%[1]s = k.value) FROM json_each(?1) k
			UNION ALL
			SELECT p.key, p.node, (SELECT min(s.predicate) FROM statement s WHERE s.%[1]s = p.node AND s.predicate > p.predicate)
			FROM p WHERE p.predicate IS NOT NULL
		)
		SELECT key, predicate FROM p WHERE predicate IS NOT NULL`, near)
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
	if f.Node != nil && len(f.Node.Kinds) > 0 {
		and(`EXISTS (SELECT 1 FROM node n WHERE n.row = s.%s AND n.kind IN (SELECT value FROM json_each(%s)))`, sides[from].far, p.add(list(f.Node.Kinds)))
	}
	if bothSides && from == objectSide {
		and(`s.subject <> s.object`) // that one is seen from its subject
	}
	return b.String()
}

// edgeQuery is a query of edges made ready.
type edgeQuery struct {
	graph.EdgeQuery
	sides [2]compiled
}

// compiled is the texts of a query at one side, with its parameters, of which the first are filled in for each read.
type compiled struct {
	forwards, backwards string
	args                params // 1: ranges, 2 to 4: after, 5 to 7: before, 8: limit, then the filter's
	total               string
	totalArgs           params // 1: ranges, then the filter's
}

func compile(q graph.EdgeQuery, v graph.View) *edgeQuery {
	c := &edgeQuery{EdgeQuery: q}
	for i, ends := range sides {
		args, totalArgs := make(params, 8, 16), make(params, 1, 8)
		conditions := where(&args, v, q.Filter, side(i), q.Direction == graph.Both)
		totalConditions := where(&totalArgs, v, q.Filter, side(i), q.Direction == graph.Both)
		// LIMIT is an expression, since SQLite compiles a statement anew for each value of a LIMIT that is a parameter alone.
		page := `
			SELECT k.key, s.row, e.row
			FROM json_each(?1) k
			CROSS JOIN statement s ON s.row IN (
				SELECT s.row FROM statement s
				WHERE s.%[1]s = k.value ->> 0 AND s.predicate = k.value ->> 1
					AND (s.start_lo, s.start_hi, s.id) > (?2, ?3, ?4) AND (s.start_lo, s.start_hi, s.id) < (?5, ?6, ?7)%[3]s
				ORDER BY s.start_lo %[4]s, s.start_hi %[4]s, s.id %[4]s LIMIT ?8 + 0)
			LEFT JOIN entity e ON e.node = s.%[2]s AND e.added_in <= ?9 AND e.removed_in > ?9`
		total := `
			SELECT k.key, (SELECT count(*) FROM statement s WHERE s.%[1]s = k.value ->> 0 AND s.predicate = k.value ->> 1%[2]s)
			FROM json_each(?1) k`
		c.sides[i] = compiled{
			forwards:  fmt.Sprintf(page, ends.near, ends.far, conditions, "ASC"),
			backwards: fmt.Sprintf(page, ends.near, ends.far, conditions, "DESC"),
			args:      args,
			total:     fmt.Sprintf(total, ends.near, totalConditions),
			totalArgs: totalArgs,
		}
	}
	return c
}

// pageRead is the page of one entity while it is read.
type pageRead struct {
	query *edgeQuery
	node  int64
	rows  []edgeRow // up to one more than the page from each range
	page  *graph.EdgePage
}

// edgeRow is an edge by the rows of its statement and far end; 0: no far end.
type edgeRow struct {
	statement, entity int64
	from              side
}

// edgeRange is the edges of one predicate at one side of a node. Its JSON is what the compiled texts read.
type edgeRange struct {
	read      *pageRead
	predicate string
}

// MarshalJSON implements [json.Marshaler].
func (r edgeRange) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{r.read.node, r.predicate})
}

// ranges are the ranges of pages of one query, for each side.
func (s *Store) ranges(ctx context.Context, q *edgeQuery, reads []*pageRead) (out [2][]edgeRange, err error) {
	for from, ends := range sides {
		seen := q.Direction == ends.direction || q.Direction == graph.Both
		if len(q.Relations) == 0 && len(q.Properties) == 0 {
			if seen {
				out[from], err = s.allRanges(ctx, ends.predicates, reads)
			}
			if err != nil {
				return out, err
			}
			continue
		}
		predicates := make(map[string]bool)
		if seen {
			for _, r := range q.Relations {
				predicates[string(r)] = true
			}
		}
		if side(from) == subjectSide {
			for _, p := range q.Properties {
				predicates[string(p)] = true
			}
		}
		for predicate := range predicates {
			for _, read := range reads {
				out[from] = append(out[from], edgeRange{read, predicate})
			}
		}
	}
	return out, nil
}

func (s *Store) allRanges(ctx context.Context, predicates string, reads []*pageRead) (out []edgeRange, err error) {
	nodes := make([]int64, len(reads))
	for i, read := range reads {
		nodes[i] = read.node
	}
	err = s.query(ctx, predicates, func(rows *sql.Rows) error {
		var key int
		var predicate string
		err := rows.Scan(&key, &predicate)
		out = append(out, edgeRange{reads[key], predicate})
		return err
	}, list(nodes))
	return out, err
}

// place is a place in a list, of a statement or between two.
type place struct {
	startLo, startHi int64
	id               string
}

// The places before and behind all statements.
var (
	beforeAll = place{int64(graph.MinDay) - 1, 0, ""}
	behindAll = place{int64(graph.MaxDay) + 1, 0, ""}
)

func placeOf(c graph.Cursor) place { return place{int64(c.Lo), int64(c.Hi), c.ID} }

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

// scan hands on, in no order, the edges of each range between two places, both exclusive, up to a limit; backwards from the end.
func (s *Store) scan(ctx context.Context, q *edgeQuery, ranges [2][]edgeRange, after, before place, backwards bool, limit int, found func(*pageRead, edgeRow)) error {
	for from, c := range q.sides {
		if len(ranges[from]) == 0 {
			continue
		}
		text := c.forwards
		if backwards {
			text = c.backwards
		}
		args := slices.Clone(c.args)
		copy(args, params{list(ranges[from]), after.startLo, after.startHi, after.id, before.startLo, before.startHi, before.id, int64(limit)})
		if err := s.query(ctx, text, func(rows *sql.Rows) error {
			var key int
			var far sql.NullInt64
			row := edgeRow{from: side(from)}
			err := rows.Scan(&key, &row.statement, &far)
			row.entity = far.Int64
			found(ranges[from][key].read, row)
			return err
		}, args...); err != nil {
			return err
		}
	}
	return nil
}

// totals counts the whole lists.
func (s *Store) totals(ctx context.Context, q *edgeQuery, ranges [2][]edgeRange) error {
	for from, c := range q.sides {
		if len(ranges[from]) == 0 {
			continue
		}
		args := slices.Clone(c.totalArgs)
		args[0] = list(ranges[from])
		if err := s.query(ctx, c.total, func(rows *sql.Rows) error {
			var key, n int
			err := rows.Scan(&key, &n)
			ranges[from][key].read.page.Total += n
			return err
		}, args...); err != nil {
			return err
		}
	}
	return nil
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
	var all []*pageRead
	for i, q := range queries {
		out[i] = make([]graph.EdgePage, len(q.Entities))
		c := compile(q, v)
		var reads []*pageRead
		for j := range q.Entities {
			if nodes[j] != 0 {
				reads = append(reads, &pageRead{query: c, node: nodes[j], page: &out[i][j]})
			}
		}
		nodes = nodes[len(q.Entities):]
		if err := s.readRows(ctx, c, reads); err != nil {
			return nil, err
		}
		all = append(all, reads...)
	}

	// The statements and far ends of all pages at once.
	var statementRows, entityRows []int64
	for _, read := range all {
		for _, row := range read.rows {
			statementRows, entityRows = append(statementRows, row.statement), append(entityRows, row.entity)
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
	for _, read := range all {
		edges := make([]graph.Edge, len(read.rows))
		for i, row := range read.rows {
			edges[i] = graph.Edge{Statement: statements[i], Node: entities[i], Direction: sides[row.from].direction}
		}
		statements, entities = statements[len(edges):], entities[len(edges):]
		if err := s.finish(ctx, read, edges); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readRows reads the rows and totals of the pages of one query.
func (s *Store) readRows(ctx context.Context, q *edgeQuery, reads []*pageRead) error {
	if len(reads) == 0 {
		return nil
	}
	ranges, err := s.ranges(ctx, q, reads)
	if err != nil {
		return err
	}
	if q.Page.Total {
		if err := s.totals(ctx, q, ranges); err != nil {
			return err
		}
	}
	size := q.Page.First + q.Page.Last
	if size == 0 {
		return nil
	}
	after, before := window(q.Page)
	return s.scan(ctx, q, ranges, after, before, q.Page.Last > 0, size+1, func(read *pageRead, row edgeRow) { read.rows = append(read.rows, row) })
}

// finish puts a page in order, cuts it to its size and finds out what lies around it.
func (s *Store) finish(ctx context.Context, read *pageRead, edges []graph.Edge) (err error) {
	p := read.query.Page
	size := p.First + p.Last
	if size == 0 {
		return nil
	}
	slices.SortFunc(edges, func(a, b graph.Edge) int {
		return compareCursors(a.Statement.Cursor(graph.Order{}), b.Statement.Cursor(graph.Order{}))
	})
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
		first, last = placeOf(edges[0].Statement.Cursor(graph.Order{})), placeOf(edges[len(edges)-1].Statement.Cursor(graph.Order{}))
	}
	page.HasPrevious, page.HasNext = more && p.Last > 0, more && p.First > 0
	if !page.HasPrevious && p.After != nil { // without After the page begins where the list does
		if page.HasPrevious, err = s.any(ctx, read, beforeAll, first); err != nil {
			return err
		}
	}
	if !page.HasNext && p.Before != nil {
		page.HasNext, err = s.any(ctx, read, last, behindAll)
	}
	return err
}

func compareCursors(a, b graph.Cursor) int {
	return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi), cmp.Compare(a.ID, b.ID))
}

// any tells whether there is an edge of a page's list between two places.
func (s *Store) any(ctx context.Context, read *pageRead, after, before place) (any bool, err error) {
	ranges, err := s.ranges(ctx, read.query, []*pageRead{read})
	if err != nil {
		return false, err
	}
	err = s.scan(ctx, read.query, ranges, after, before, false, 1, func(*pageRead, edgeRow) { any = true })
	return any, err
}
