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

// listing is a list of the whole graph made ready: a range for each kind of entity, each predicate of statements.
type listing struct {
	order  graph.Order
	page   reading
	total  func() string
	args   []any
	ranges string
}

// listed is what a listing is made of.
type listed struct {
	table  sort
	alias  string
	found  string // how rows are found, after the table's alias; "": by the index of the order
	part   string // condition with the range k.value; "": there is one range
	ranges string
	where  clauses
	order  graph.Order // By is set
}

// listIndexes are those in the order of each list.
var listIndexes = map[sort]map[graph.OrderBy]string{
	entitySort:      {graph.ByName: "entity_by_name", graph.ByDate: "entity_by_date", graph.ByEnd: "entity_by_end", graph.ByID: "entity_by_id"},
	statementSort:   {graph.ByDate: "statement_by_date", graph.ByEnd: "statement_by_end", graph.ByID: "statement_id"},
	changeEventSort: {graph.ByDate: "change_event_by_date", graph.ByID: "change_event_id"},
	conflictSort:    {graph.ByID: "conflict_id"},
}

func newListing(c *compiler, l listed) listing {
	key := sortKeys[l.order.By]
	if l.part != "" {
		l.where = append(clauses{l.part}, l.where...)
	}
	found := cmp.Or(l.found, `INDEXED BY `+listIndexes[l.table][l.order.By])
	own := slices.Clone(l.where)
	from, nameAt := "", ""
	if l.order.By == graph.ByName {
		// Entities that show one name on all dates are read in the order of it.
		own = append(own, `e.renamed = m.renamed`)
		from = ` CROSS JOIN (SELECT 0 AS renamed UNION ALL SELECT 1) m`
		if c.view.Dated() {
			from, nameAt = ` CROSS JOIN (SELECT 0 AS renamed) m`, c.nameAt()
		}
	}
	out := listing{order: l.order, ranges: l.ranges}
	out.page = func(direction string) string {
		text := fmt.Sprintf(`
			SELECT x.row, %[1]s
			FROM json_each(?%[2]d) k%[3]s CROSS JOIN %[4]s x ON x.row IN (
				SELECT %[5]s.row FROM %[4]s %[5]s %[9]s
				WHERE %[6]s
				ORDER BY %[7]s LIMIT ?%[8]d + 0)`,
			key.columns("x", ""), rangesParam, from, l.table, l.alias, append(own, key.between(l.alias)), key.columns(l.alias, direction), limitParam, found)
		if l.order.By == graph.ByName && c.view.Dated() {
			text = fmt.Sprintf(`
			WITH shown AS MATERIALIZED (
				SELECT e.row AS row, %s AS name, e.id AS id
				FROM json_each(?%d) k CROSS JOIN entity e %s ON %s)`,
				nameAt, rangesParam, found, append(clauses{`e.renamed = 1`}, l.where...)) + text + fmt.Sprintf(`
			UNION ALL
			SELECT x.row, %s FROM shown x WHERE %s`, key.columns("x", ""), key.between("x"))
		}
		by := make([]string, len(key))
		for i := range key {
			by[i] = fmt.Sprintf("%d%s", i+2, direction)
		}
		return text + fmt.Sprintf(`
			ORDER BY %s LIMIT ?%d + 0`, strings.Join(by, ", "), limitParam)
	}
	out.total = func() string {
		return fmt.Sprintf(`
			SELECT count(*) FROM json_each(?%d) k CROSS JOIN %s %s %s ON %s`, rangesParam, l.table, l.alias, l.found, l.where)
	}
	out.args = c.args
	return out
}

// nameAt is the folded name that an entity shows on the view's date, by the rules of [graph.Entity.NameAt].
func (c *compiler) nameAt() string {
	q0, q1 := c.span()
	possibly := fmt.Sprintf(`n.start_lo < %s AND n.end_hi > %s`, q1, q0)
	return fmt.Sprintf(`(
					SELECT n.folded FROM name n WHERE n.entity = e.row
					ORDER BY n.use_order = %[4]d, NOT (%[1]s), n.use_order, CASE WHEN %[1]s THEN n.rank_order ELSE n.start_lo >= %[2]s END,
						CASE WHEN %[1]s THEN %[3]s WHEN n.start_lo < %[2]s THEN -n.start_lo ELSE n.start_lo END, n.statement, n.ordinal
					LIMIT 1)`, possibly, q1, c.holds("n", `0`, `1`, `2`, `3`), acronymLast)
}

// rows reads a page.
func (s *Store) listRows(ctx context.Context, l listing, p graph.Page) (rows []pageRow, info graph.PageInfo, err error) {
	read := func(after, before place, backwards bool, limit int) (rows []pageRow, err error) {
		var row pageRow
		into := append([]any{&row.row}, sortKeys[l.order.By].fields(&row.at)...)
		err = s.query(ctx, l.page.text(l.order, backwards), func(r *sql.Rows) error {
			err := r.Scan(into...)
			rows = append(rows, row)
			return err
		}, span(l.args, l.order, l.ranges, after, before, limit)...)
		return rows, err
	}
	total := 0
	if p.Total {
		if err := s.query(ctx, l.total(), func(r *sql.Rows) error { return r.Scan(&total) }, span(l.args, l.order, l.ranges, bottom, top, 0)...); err != nil {
			return nil, info, err
		}
	}
	if size := p.First + p.Last; size > 0 {
		after, before := window(l.order, p)
		if rows, err = read(after, before, p.Last > 0, size+1); err != nil {
			return nil, info, err
		}
		if rows, info, err = finish(l.order, p, rows, func(after, before place) (bool, error) {
			found, err := read(after, before, false, 1)
			return len(found) > 0, err
		}); err != nil {
			return nil, info, err
		}
	}
	info.Total = total
	return rows, info, nil
}

// records reads a page of a listing and the records of its rows.
func records[T any](ctx context.Context, s *Store, l listing, p graph.Page, decode func(context.Context, []int64) ([]T, error)) ([]T, graph.PageInfo, error) {
	rows, info, err := s.listRows(ctx, l, p)
	if err != nil {
		return nil, info, err
	}
	at := make([]int64, len(rows))
	for i := range rows {
		at[i] = rows[i].row
	}
	found, err := decode(ctx, at)
	return found, info, err
}

// ListEntities implements [graph.Lister].
func (s *Store) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (page graph.EntityPage, err error) {
	if err := s.see(ctx, v); err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	page.Entities, page.PageInfo, err = records(ctx, s, entityListing(v, q), q.Page, s.entities)
	return page, wrap(ctx, "list entities", err)
}

func entityListing(v graph.View, q graph.EntityQuery) listing {
	kinds := kindsOf(&q.Filter)
	if kinds == nil {
		for _, k := range graph.Kinds {
			kinds = append(kinds, k.Kind)
		}
	}
	slices.Sort(kinds)
	q.Order.By = cmp.Or(q.Order.By, graph.ByName)
	c := newCompiler(v, pageParams)
	l := listed{table: entitySort, alias: "e", part: `e.kind = k.value`, ranges: list(slices.Compact(kinds)), where: c.entities(&q.Filter), order: q.Order}
	if few, found := c.fewEntities(&q.Filter); found != "" {
		l.found, l.part, l.ranges, l.where = found, "", oneRange, append(l.where, few)
	}
	return newListing(c, l)
}

// kindsOf are kinds that a filter asks for at its root; nil: there are none.
func kindsOf(f *graph.EntityFilter) []graph.Kind {
	kinds := slices.Clone(f.Kinds)
	for i := 0; kinds == nil && i < len(f.And); i++ {
		kinds = kindsOf(&f.And[i])
	}
	return kinds
}

// ListStatements implements [graph.Lister].
func (s *Store) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (page graph.EdgePage, err error) {
	if err := s.see(ctx, v); err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	predicates := predicatesOf(&q.Filter)
	if predicates == nil {
		if err := s.query(ctx, allPredicates, func(rows *sql.Rows) error {
			var predicate string
			err := rows.Scan(&predicate)
			predicates = append(predicates, predicate)
			return err
		}); err != nil {
			return page, wrap(ctx, "list statements", err)
		}
	}
	found, info, err := records(ctx, s, statementListing(v, q, predicates), q.Page, s.statementsOf)
	if err != nil {
		return page, wrap(ctx, "list statements", err)
	}
	page.PageInfo = info
	for _, statement := range found {
		page.Edges = append(page.Edges, graph.Edge{Statement: statement})
	}
	return page, nil
}

// allPredicates finds the different predicates by skipping from one to the next in the index.
const allPredicates = `
		WITH RECURSIVE p(predicate) AS (
			SELECT min(s.predicate) FROM statement s
			UNION ALL
			SELECT (SELECT min(s.predicate) FROM statement s WHERE s.predicate > p.predicate) FROM p WHERE p.predicate IS NOT NULL
		)
		SELECT predicate FROM p WHERE predicate IS NOT NULL`

func statementListing(v graph.View, q graph.StatementQuery, predicates []string) listing {
	q.Order.By = cmp.Or(q.Order.By, graph.ByDate)
	c := newCompiler(v, pageParams)
	l := listed{table: statementSort, alias: "s", part: `s.predicate = k.value`, ranges: list(predicates), where: c.statements(&q.Filter, ""), order: q.Order}
	if q.Order.By == graph.ByID {
		l.part, l.ranges = "", oneRange
	}
	if few, found := c.fewStatements(&q.Filter); found != "" {
		l.found, l.part, l.ranges, l.where = found, "", oneRange, append(l.where, few)
	}
	return newListing(c, l)
}

// oneRange is the whole of an index.
const oneRange = `[0]`

// predicatesOf are predicates that a filter asks for at its root; nil: there are none.
func predicatesOf(f *graph.StatementFilter) []string {
	names := predicates(f.Relations, f.Properties)
	for i := 0; names == nil && i < len(f.And); i++ {
		names = predicatesOf(&f.And[i])
	}
	return names
}

// ListChangeEvents implements [graph.Lister].
func (s *Store) ListChangeEvents(ctx context.Context, v graph.View, q graph.ChangeEventQuery) (page graph.ChangeEventPage, err error) {
	if err := s.see(ctx, v); err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	page.ChangeEvents, page.PageInfo, err = records(ctx, s, changeEventListing(v, q), q.Page, func(ctx context.Context, rows []int64) ([]*graph.ChangeEvent, error) {
		return s.changeEvents(ctx, v.Revision, rows)
	})
	return page, wrap(ctx, "list change events", err)
}

func changeEventListing(v graph.View, q graph.ChangeEventQuery) listing {
	c := newCompiler(v, pageParams)
	where := clauses{c.inForce("e")}
	c.possibly(&where, "e")
	if len(q.Kinds) > 0 {
		where = append(where, oneOf(c, `e.kind`, q.Kinds))
	}
	if len(q.Statuses) > 0 {
		where = append(where, oneOf(c, `e.status`, q.Statuses))
	} else {
		where.add(`e.status = 'IN_EFFECT'`)
	}
	if len(q.Ranks) > 0 {
		where = append(where, oneOf(c, `e.rank`, q.Ranks))
	} else {
		where.add(`e.rank IN ('PREFERRED', 'NORMAL')`)
	}
	if q.When != nil {
		where = append(where, c.date(q.When, `e.start_lo`, `e.start_hi + 1`)...)
	}
	if len(q.Entities) > 0 {
		var named []string
		for _, field := range []string{"inputs", "outputs", "responsibilities"} {
			named = append(named, fmt.Sprintf(`EXISTS (SELECT 1 FROM json_each(e.document, '$.%s') j WHERE j.value IN %s)`, field, c.targets(q.Entities)))
		}
		where = append(where, or(named))
	}
	if len(q.Under) > 0 {
		where.add(`EXISTS (SELECT 1 FROM json_each(e.document, '$.basis') j WHERE j.value ->> 'legislation' IN %s)`, c.targets(q.Under))
	}
	q.Order.By = cmp.Or(q.Order.By, graph.ByDate)
	return newListing(c, listed{table: changeEventSort, alias: "e", ranges: oneRange, where: where, order: q.Order})
}

// ListConflicts implements [graph.Lister].
func (s *Store) ListConflicts(ctx context.Context, v graph.View, q graph.ConflictQuery) (page graph.ConflictPage, err error) {
	if err := s.see(ctx, v); err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	page.Conflicts, page.PageInfo, err = records(ctx, s, conflictListing(v, q), q.Page, s.conflicts)
	return page, wrap(ctx, "list conflicts", err)
}

func conflictListing(v graph.View, q graph.ConflictQuery) listing {
	c := newCompiler(v, pageParams)
	where := clauses{c.inForce("e")}
	if len(q.Kinds) > 0 {
		where = append(where, oneOf(c, `e.kind`, q.Kinds))
	}
	if len(q.Entities) > 0 {
		nodes := c.nodes(q.Entities)
		where.add(`EXISTS (SELECT 1 FROM member m CROSS JOIN statement s ON s.id = m.statement AND %s WHERE m.conflict = e.row AND (s.subject IN %s OR s.object IN %s))`,
			c.inForce("s"), nodes, nodes)
	}
	return newListing(c, listed{table: conflictSort, alias: "e", ranges: oneRange, where: where, order: graph.Order{By: graph.ByID}})
}

// Conflicts implements [graph.Lister].
func (s *Store) Conflicts(ctx context.Context, v graph.View, ids []string) ([]*graph.Conflict, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	rows, err := s.rowsOf(ctx, conflictRows, ids, v.Revision)
	if err != nil {
		return nil, wrap(ctx, "read conflicts", err)
	}
	found, err := s.conflicts(ctx, rows)
	return found, wrap(ctx, "read conflicts", err)
}

// ConflictsOf implements [graph.Lister].
func (s *Store) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.conflictsOf(ctx, v.Revision, ids)
	return found, wrap(ctx, "read conflicts", err)
}

func (s *Store) conflictsOf(ctx context.Context, revision int64, ids []string) ([][]*graph.Conflict, error) {
	nodes, err := s.rowsOf(ctx, nodeRows, ids, revision)
	if err != nil {
		return nil, err
	}
	at := make(map[int64][]int) // places of the ids of each node
	for i, node := range nodes {
		if node != 0 {
			at[node] = append(at[node], i)
		}
	}
	type pair struct {
		key int
		row int64
	}
	var pairs []pair
	if err := s.query(ctx, conflictsOfStatements, func(rows *sql.Rows) error {
		var p pair
		err := rows.Scan(&p.key, &p.row)
		pairs = append(pairs, p)
		return err
	}, list(ids), revision); err != nil {
		return nil, err
	}
	if len(at) > 0 {
		if err := s.query(ctx, conflictsOfNodes, func(rows *sql.Rows) error {
			var row, subject int64
			var object sql.NullInt64
			err := rows.Scan(&row, &subject, &object)
			for _, key := range slices.Concat(at[subject], at[object.Int64]) {
				pairs = append(pairs, pair{key, row})
			}
			return err
		}, list(nodes), revision); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row)) })
	pairs = slices.Compact(pairs)
	rows := make([]int64, len(pairs))
	for i, p := range pairs {
		rows[i] = p.row
	}
	conflicts, err := s.conflicts(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([][]*graph.Conflict, len(ids))
	for i, p := range pairs {
		out[p.key] = append(out[p.key], conflicts[i])
	}
	for _, of := range out {
		slices.SortFunc(of, func(a, b *graph.Conflict) int { return strings.Compare(a.ID, b.ID) })
	}
	return out, nil
}

// RedirectsTo implements [graph.Lister].
func (s *Store) RedirectsTo(ctx context.Context, v graph.View, ids []string) ([][]string, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	out := make([][]string, len(ids))
	err := s.query(ctx, redirectsTo, func(rows *sql.Rows) error {
		var key int
		var id string
		err := rows.Scan(&key, &id)
		out[key] = append(out[key], id)
		return err
	}, list(ids), v.Revision)
	return out, wrap(ctx, "read redirects", err)
}
