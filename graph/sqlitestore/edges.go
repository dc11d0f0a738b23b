package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/policygraph/policygraph/graph"
)

// A list of edges is one range of an index for each predicate and side, and a list of statements that cite a source one for each role.
// The ranges of all entities of a query are read at once: the LIMIT stands in a subquery of each.

// side is how an entity asked about belongs to a statement.
type side int

const (
	subjectSide side = iota
	objectSide
	sourceSide // it is cited
)

var sides = [...]struct {
	near, far string // columns of the node; no far end: NULL
	from      string // tables
	part      string // column of what each range has one of
	parts     string // query of (index of the node, predicate at it)
	direction graph.Direction
}{
	subjectSide: {"s.subject", "s.object", "statement s INDEXED BY statement_by_subject", "s.predicate", skipPredicates("subject"), graph.Out},
	objectSide:  {"s.object", "s.subject", "statement s INDEXED BY statement_by_object", "s.predicate", skipPredicates("object"), graph.In},
	sourceSide:  {"c.source", "NULL", "citing c CROSS JOIN statement s ON s.row = c.statement", "c.role", "", ""},
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

// edgeQuery is a query of edges made ready.
type edgeQuery struct {
	graph.EdgeQuery
	sides [len(sides)]compiled
}

// compiled is the texts of a query at one side, with their parameters.
type compiled struct {
	page  reading
	total func() string
	args  []any
}

func compile(q graph.EdgeQuery, v graph.View) *edgeQuery {
	out := &edgeQuery{EdgeQuery: q}
	key := out.key()
	for i, ends := range sides {
		if !out.sees(side(i)) {
			continue
		}
		c := newCompiler(v, pageParams)
		where := clauses{ends.near + ` = k.value ->> 0`, ends.part + ` = k.value ->> 1`}
		alias := "s"
		if side(i) == sourceSide {
			if q.Order.By == "" || q.Order.By == graph.ByDate {
				alias = "c"
			}
			if names := predicates(q.Relations, q.Properties); len(names) > 0 {
				where = append(where, oneOf(c, `s.predicate`, names))
			}
			if len(q.CitedAs) > 1 { // a statement that cites in several roles belongs to the range of the first
				where.add(`NOT EXISTS (SELECT 1 FROM citing o WHERE (o.source, o.start_lo, o.start_hi, o.id, o.statement) = (c.source, c.start_lo, c.start_hi, c.id, c.statement) AND o.role < c.role AND %s)`,
					oneOf(c, `o.role`, q.CitedAs))
			}
		}
		if side(i) == objectSide && q.Direction == graph.Both {
			where = append(where, `s.subject <> s.object`) // that one is seen from its subject
		}
		far := c.inForce("e")
		where = append(where, c.statements(&q.Filter, ends.far)...)
		// LIMIT is an expression, since SQLite compiles a statement anew for each value of a LIMIT that is a parameter alone.
		out.sides[i].page = func(direction string) string {
			return fmt.Sprintf(`
			SELECT k.key, s.row, coalesce(e.row, 0), %s
			FROM json_each(?%d) k
			CROSS JOIN statement s ON s.row IN (
				SELECT s.row FROM %s
				WHERE %s
				ORDER BY %s LIMIT ?%d + 0)
			LEFT JOIN entity e ON e.node = %s AND %s`,
				key.columns("s", ""), rangesParam, ends.from, append(where, key.between(alias)), key.columns(alias, direction), limitParam, ends.far, far)
		}
		out.sides[i].total = func() string {
			return fmt.Sprintf(`
			SELECT k.key, (SELECT count(*) FROM %s WHERE %s)
			FROM json_each(?%d) k`, ends.from, where, rangesParam)
		}
		out.sides[i].args = c.args
	}
	return out
}

func (q *edgeQuery) key() sortKey { return sortKeys[cmp.Or(q.Order.By, graph.ByDate)] }

// sees says whether edges at a side are asked for.
func (q *edgeQuery) sees(from side) bool {
	switch {
	case len(q.CitedAs) > 0:
		return from == sourceSide
	case from == sourceSide:
		return false
	}
	return q.Direction == sides[from].direction || q.Direction == graph.Both || from == subjectSide && len(q.Properties) > 0
}

// pageRead is the page of one entity while it is read.
type pageRead struct {
	query *edgeQuery
	node  int64
	rows  []pageRow // up to one more than the page from each range
	page  *graph.EdgePage
}

// edgeRange is the edges of one predicate at one side of a node, or of one role. Its JSON is what the compiled texts read.
type edgeRange struct {
	read *pageRead
	part string // predicate or role
}

// MarshalJSON implements [json.Marshaler].
func (r edgeRange) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{r.read.node, r.part})
}

// ranges are the ranges of pages of one query, for each side.
func (s *Store) ranges(ctx context.Context, q *edgeQuery, reads []*pageRead) (out [len(sides)][]edgeRange, err error) {
	if len(q.CitedAs) > 0 {
		roles := slices.Compact(slices.Sorted(slices.Values(q.CitedAs)))
		for _, role := range roles {
			for _, read := range reads {
				out[sourceSide] = append(out[sourceSide], edgeRange{read, string(role)})
			}
		}
		return out, nil
	}
	for from, ends := range sides {
		if !q.sees(side(from)) {
			continue
		}
		if len(q.Relations) == 0 && len(q.Properties) == 0 {
			if out[from], err = s.allRanges(ctx, ends.parts, reads); err != nil {
				return out, err
			}
			continue
		}
		relations, properties := q.Relations, q.Properties
		if q.Direction != ends.direction && q.Direction != graph.Both {
			relations = nil
		}
		if side(from) != subjectSide {
			properties = nil
		}
		for _, predicate := range predicates(relations, properties) {
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

// scan hands on, in no order, the edges of each range between two places, both exclusive, up to a limit; backwards from the end.
func (s *Store) scan(ctx context.Context, q *edgeQuery, ranges [len(sides)][]edgeRange, after, before place, backwards bool, limit int, found func(*pageRead, pageRow)) error {
	for from, c := range q.sides {
		if len(ranges[from]) == 0 {
			continue
		}
		var key int64
		row := pageRow{from: side(from)}
		into := append([]any{&key, &row.row, &row.far}, q.key().fields(&row.at)...)
		if err := s.query(ctx, c.page.text(q.Order, backwards), func(rows *sql.Rows) error {
			err := rows.Scan(into...)
			found(ranges[from][key].read, row)
			return err
		}, span(c.args, q.Order, list(ranges[from]), after, before, limit)...); err != nil {
			return err
		}
	}
	return nil
}

// totals counts the whole lists.
func (s *Store) totals(ctx context.Context, q *edgeQuery, ranges [len(sides)][]edgeRange) error {
	for from, c := range q.sides {
		if len(ranges[from]) == 0 {
			continue
		}
		if err := s.query(ctx, c.total(), func(rows *sql.Rows) error {
			var key, n int64
			err := rows.Scan(&key, &n)
			ranges[from][key].read.page.Total += int(n)
			return err
		}, span(c.args, q.Order, list(ranges[from]), bottom, top, 0)...); err != nil {
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
	for _, q := range queries {
		if err := q.Check(); err != nil {
			return nil, err
		}
	}
	out, err := graph.Follow(ctx, levels{s}, v, queries)
	return out, wrap(ctx, "read edges", err)
}

// levels reads a level at a time, within a read that is under way.
type levels struct{ *Store }

func (s levels) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	return s.entitiesByID(ctx, v.Revision, ids)
}

func (s levels) Evidence(ctx context.Context, v graph.View, statements []string) ([]graph.Evidence, error) {
	return s.evidence(ctx, v.Revision, statements)
}

func (s levels) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	var ids []string
	for _, q := range queries {
		ids = append(ids, q.Entities...)
	}
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
			statementRows, entityRows = append(statementRows, row.row), append(entityRows, row.far)
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
		if len(read.rows) == 0 {
			continue
		}
		edges := make([]graph.Edge, len(read.rows))
		for i, row := range read.rows {
			edges[i] = graph.Edge{Statement: statements[i], Node: entities[i], Direction: sides[row.from].direction}
		}
		statements, entities = statements[len(edges):], entities[len(edges):]
		read.page.Edges = edges
	}
	var unfinished [][]graph.Edge
	for _, read := range all {
		if read.query.Ends {
			unfinished = append(unfinished, read.page.Edges)
		}
	}
	return out, s.ends(ctx, v.Revision, unfinished...)
}

// ends fills in both ends of the statements of edges.
func (s *Store) ends(ctx context.Context, revision int64, pages ...[]graph.Edge) error {
	var ids []string
	for _, edges := range pages {
		for _, e := range edges {
			ids = append(ids, e.Statement.Subject, e.Statement.Object)
		}
	}
	found, err := s.entitiesByID(ctx, revision, ids)
	if err != nil {
		return err
	}
	for _, edges := range pages {
		for i := range edges {
			edges[i].Subject, edges[i].Object = found[0], found[1]
			found = found[2:]
		}
	}
	return nil
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
	after, before := window(q.Order, q.Page)
	if err := s.scan(ctx, q, ranges, after, before, q.Page.Last > 0, size+1, func(read *pageRead, row pageRow) { read.rows = append(read.rows, row) }); err != nil {
		return err
	}
	for _, read := range reads {
		rows, info, err := finish(q.Order, q.Page, read.rows, func(after, before place) (bool, error) { return s.any(ctx, read, after, before) })
		if err != nil {
			return err
		}
		info.Total = read.page.Total
		read.rows, read.page.PageInfo = rows, info
	}
	return nil
}

// any tells whether there is an edge of a page's list between two places.
func (s *Store) any(ctx context.Context, read *pageRead, after, before place) (any bool, err error) {
	ranges, err := s.ranges(ctx, read.query, []*pageRead{read})
	if err != nil {
		return false, err
	}
	err = s.scan(ctx, read.query, ranges, after, before, false, 1, func(*pageRead, pageRow) { any = true })
	return any, err
}
