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

// listing is a list of the whole graph made ready: one range of an index, or one for each kind of entity or predicate of statements that
// is asked for.
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
	found  string   // how rows are found, after the table's alias; "": by the index of the order
	part   string   // column of which each range has one value
	parts  []string // nil: there is one range, of all
	where  clauses
	order  graph.Order // By is set
	nameAt string      // the name under the view's date, in an order by name
}

// listIndexes are those in the order of each list: of ranges, and of all.
var listIndexes = map[sort]map[graph.OrderBy][2]string{
	entitySort: {
		graph.ByName: {"entity_by_name", "entity_all_by_name"}, graph.ByDate: {"entity_by_date", "entity_all_by_date"},
		graph.ByEnd: {"entity_by_end", "entity_all_by_end"}, graph.ByID: {"entity_by_id", "entity_id"},
	},
	statementSort: {
		graph.ByDate: {"statement_by_date", "statement_all_by_date"}, graph.ByEnd: {"statement_by_end", "statement_all_by_end"}, graph.ByID: {1: "statement_id"},
	},
	changeEventSort: {graph.ByDate: {1: "change_event_by_date"}, graph.ByID: {1: "change_event_id"}},
	conflictSort:    {graph.ByID: {1: "conflict_id"}},
}

// countIndex says how all of a list are counted: by an index that has the columns of the usual conditions.
func countIndex(table sort, ranges bool) string {
	switch {
	case table == statementSort:
		return `INDEXED BY statement_by_date`
	case table == entitySort && ranges:
		return `INDEXED BY entity_by_date`
	case table == entitySort:
		return `INDEXED BY entity_all_by_date`
	}
	return ""
}

func newListing(c *compiler, l listed) listing {
	key := sortKeys[l.order.By]
	index, names, ranges := listIndexes[l.table][l.order.By][1], "shown_all_by_name", `[0]`
	where, shownWhere := slices.Clone(l.where), slices.Clone(l.where)
	if l.parts != nil {
		index, names, ranges = listIndexes[l.table][l.order.By][0], "shown_by_name", list(l.parts)
		where.add(`%s.%s = k.value`, l.alias, l.part)
		shownWhere.add(`m.%s = k.value`, l.part)
	}
	found, shownFrom := l.found, `entity e `+l.found+` CROSS JOIN shown m ON m.entity = e.row`
	if found == "" {
		found, shownFrom = `INDEXED BY `+index, `shown m INDEXED BY `+names+` CROSS JOIN entity e ON e.row = m.entity`
	}
	from, total, counted := "", where, l.found
	if counted == "" {
		counted = countIndex(l.table, l.parts != nil)
	}
	if l.order.By == graph.ByName {
		from = ` CROSS JOIN (SELECT 0 AS renamed UNION ALL SELECT 1) g`
		if l.nameAt != "" { // those that show one name on all dates; the others are in shown
			from = ` CROSS JOIN (SELECT 0 AS renamed) g`
		}
		where = append(slices.Clone(where), `e.renamed = g.renamed`)
	}
	// LIMIT is an expression for the reason given at compile.
	const text = `
			SELECT x.%[1]s, %[2]s
			FROM json_each(?%[3]d) k%[4]s CROSS JOIN %[5]s x ON x.row IN (
				SELECT %[6]s.row FROM %[7]s
				WHERE %[8]s
				ORDER BY %[9]s LIMIT ?%[10]d + 0)`
	out := listing{order: l.order, ranges: ranges, args: c.args}
	out.page = func(direction string) string {
		page := fmt.Sprintf(text, "row", key.columns("x", ""), rangesParam, from, l.table, l.alias, fmt.Sprintf(`%s %s %s`, l.table, l.alias, found),
			append(where, key.between(l.alias)), key.columns(l.alias, direction), limitParam)
		if l.nameAt != "" {
			page += `
			UNION ALL` + fmt.Sprintf(text, "entity", key.columns("x", ""), rangesParam, "", "shown", "m", shownFrom,
				append(shownWhere, key.between("m"), `m.name = `+l.nameAt), key.columns("m", direction), limitParam)
		}
		by := make([]string, len(key))
		for i := range key {
			by[i] = fmt.Sprintf("%d%s", i+2, direction)
		}
		return page + fmt.Sprintf(`
			ORDER BY %s LIMIT ?%d + 0`, strings.Join(by, ", "), limitParam)
	}
	out.total = func() string {
		return fmt.Sprintf(`
			SELECT count(*) FROM json_each(?%d) k CROSS JOIN %s %s %s ON %s`, rangesParam, l.table, l.alias, counted, total)
	}
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
					LIMIT 1)`, possibly, q1, c.holds("n", `0`, `1`, `2`, `3`), graph.AcronymUse)
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
	named, err := s.fewNamed(ctx, v, &q.Filter)
	if err != nil {
		return page, wrap(ctx, "list entities", err)
	}
	page.Entities, page.PageInfo, err = records(ctx, s, entityListing(v, q, named), q.Page, s.entities)
	return page, wrap(ctx, "list entities", err)
}

// entityListing makes a list ready. Named is what [Store.fewNamed] found for its filter.
func entityListing(v graph.View, q graph.EntityQuery, named []int64) listing {
	q.Order.By = cmp.Or(q.Order.By, graph.ByName)
	c := newCompiler(v, pageParams)
	l := listed{table: entitySort, alias: "e", part: "kind", parts: kindsOf(&q.Filter), where: c.entities(&q.Filter), order: q.Order}
	if few, found := c.fewEntities(&q.Filter, named); found != "" {
		l.found, l.parts, l.where = found, nil, append(l.where, few)
	}
	if q.Order.By == graph.ByName && v.Dated() {
		l.nameAt = c.nameAt()
	}
	return newListing(c, l)
}

// kindsOf are kinds that a filter asks for at its root, each once; nil: there are none.
func kindsOf(f *graph.EntityFilter) (kinds []string) {
	for _, k := range f.Kinds {
		kinds = append(kinds, string(k))
	}
	for i := 0; kinds == nil && i < len(f.And); i++ {
		kinds = kindsOf(&f.And[i])
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
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
	found, info, err := records(ctx, s, statementListing(v, q), q.Page, s.statementsOf)
	if err != nil {
		return page, wrap(ctx, "list statements", err)
	}
	page.PageInfo = info
	for _, statement := range found {
		page.Edges = append(page.Edges, graph.Edge{Statement: statement})
	}
	if q.Ends {
		err = s.ends(ctx, v.Revision, page.Edges)
	}
	return page, wrap(ctx, "list statements", err)
}

func statementListing(v graph.View, q graph.StatementQuery) listing {
	q.Order.By = cmp.Or(q.Order.By, graph.ByDate)
	c := newCompiler(v, pageParams)
	l := listed{table: statementSort, alias: "s", part: "predicate", parts: predicatesOf(&q.Filter), where: c.statements(&q.Filter, ""), order: q.Order}
	if q.Order.By == graph.ByID {
		l.parts = nil
	}
	if few, found := c.fewStatements(&q.Filter); found != "" {
		l.found, l.parts, l.where = found, nil, append(l.where, few)
	}
	return newListing(c, l)
}

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
	under := func(ids []string) string {
		return fmt.Sprintf(`EXISTS (SELECT 1 FROM json_each(e.document, '$.basis') j WHERE j.value ->> 'legislation' IN %s)`, c.targets(ids))
	}
	if len(q.Entities) > 0 {
		var named []string
		for _, field := range []string{"inputs", "outputs", "responsibilities"} {
			named = append(named, fmt.Sprintf(`EXISTS (SELECT 1 FROM json_each(e.document, '$.%s') j WHERE j.value IN %s)`, field, c.targets(q.Entities)))
		}
		where = append(where, or(append(named, under(q.Entities))))
	}
	if len(q.Under) > 0 {
		where = append(where, under(q.Under))
	}
	q.Order.By = cmp.Or(q.Order.By, graph.ByDate)
	return newListing(c, listed{table: changeEventSort, alias: "e", where: where, order: q.Order})
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
	return newListing(c, listed{table: conflictSort, alias: "e", where: where, order: graph.Order{By: graph.ByID}})
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
