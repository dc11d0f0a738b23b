package neo4jstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// indexed matches a node by an index.
type indexed struct {
	variable, label string
	rest            string   // of the pattern, behind the node
	columns         []string // of the index
}

func (x indexed) match() string {
	return fmt.Sprintf("MATCH (%[1]s:%[2]s)%[3]s\nUSING INDEX SEEK %[1]s:%[2]s(%[4]s)", x.variable, x.label, x.rest, strings.Join(x.columns, ", "))
}

// scan reads an index in the order of its key, its last column. If it has a column before that, it reads a range for each value of it.
func (x indexed) scan(ranges string, where clauses) scan {
	last := len(x.columns) - 1
	s := scan{match: x.match(), key: x.variable + "." + x.columns[last], sorted: true, where: where}
	if x.columns[last] == "id" && last == 0 {
		x.columns = []string{"id", "addedIn"} // the index by id has both
		s.match = x.match()
	}
	if last > 0 {
		column := x.variable + "." + x.columns[0]
		s.ranges, s.index, s.where = ranges, []string{column}, append(clauses{column + ` = p`}, where...)
	}
	return s
}

// versions are those of a sort, v, by an index.
func versions(label string, columns ...string) indexed {
	if columns[0] == "" {
		columns = columns[1:]
	}
	return indexed{"v", label, "", columns}
}

// row is what is read of a version.
const row = `[v.id, v.addedIn, v.document]`

// listing is a list of the whole graph: its text returns rows, total, below, above and entities.
func listing(c *compiler, l *list, also string) (text string, p params) {
	w := windowOf(l.order, l.page)
	c.params["low"], c.params["high"], c.params["limit"] = w.low, w.high, int64(l.page.First+l.page.Last+1)
	l.low, l.high = "$low", "$high"
	subqueries, found := l.text()
	if also == "" || l.page.First+l.page.Last == 0 {
		return subqueries + "RETURN [" + found + "] AS found, [] AS entities", c.params
	}
	return subqueries + also + "\nRETURN [" + found + "] AS found, entities", c.params
}

// entitiesOf reads the entities of ids that a subquery of rows finds.
func entitiesOf(rows, ids string) string {
	return fmt.Sprintf(`CALL (%s) {
%s
WITH DISTINCT id WHERE id IS NOT NULL
MATCH (e:EntityVersion)
USING INDEX SEEK e:EntityVersion(id, addedIn)
WHERE e.id = id AND %s
RETURN collect([e.id, e.addedIn, e.document]) AS entities
}`, rows, ids, inForce("e"))
}

// readList runs the text of a listing, and returns the rows of the page and of the entities beside them.
func (s *Store) readList(ctx context.Context, o graph.Order, p graph.Page, text string, parameters params) (rows, entities []any, info graph.PageInfo, err error) {
	lists, err := s.lists(ctx, text, parameters, 2)
	if err != nil {
		return nil, nil, info, err
	}
	f, err := foundOf(lists[0])
	if err != nil {
		return nil, nil, info, err
	}
	rows, info = f.finish(o, p)
	return rows, lists[1], info, nil
}

// ListEntities implements [graph.Lister].
func (s *Store) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (page graph.EntityPage, err error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	text, p := entityListing(newCompiler(v, r), q)
	rows, _, info, err := s.readList(ctx, q.Order, q.Page, text, p)
	if err != nil {
		return page, wrap(ctx, "list entities", err)
	}
	page.PageInfo = info
	page.Entities, err = decodedRows(s.entityCache, rows)
	return page, wrap(ctx, "list entities", err)
}

func entityListing(c *compiler, q graph.EntityQuery) (string, params) {
	q.Order = usual(q.Order, graph.ByName)
	where, key := c.entities(&q.Filter), sortKeys[q.Order.By]
	// Under a date a list by name has those that show one name on all dates, and the others by each name that they may show.
	renamed := q.Order.By == graph.ByName && c.view.Dated()
	if renamed {
		key = "byOnlyName"
	}
	const shownBy = "-[:SHOWN_BY]->(v:EntityVersion)"
	shown := append(slices.Clone(where), shownOn)
	l := &list{order: q.Order, page: q.Page, row: row}
	if few, ok := c.fewEntities(&q.Filter); ok {
		match := few + "\n" + versions("EntityVersion", "id", "addedIn").match()
		near := clauses{`v.id = near`}
		l.scans = []scan{{match: match, where: append(near, where...), key: "v." + key}}
		if renamed {
			by := indexed{"v", "EntityVersion", "<-[:SHOWN_BY]-(n:ShownName)", []string{"id", "addedIn"}}
			l.scans = append(l.scans, scan{match: few + "\n" + by.match(), where: append(near, shown...), key: "n.byName"})
			l.counted = []scan{{match: match, where: append(near, where...), key: "v.byName"}}
		}
		return listing(c, l, "")
	}
	column, ranges := "", ""
	if kinds := kindsOf(&q.Filter); kinds != nil {
		column, ranges = "kind", c.add(kinds)
	}
	l.scans = []scan{versions("EntityVersion", column, key).scan(ranges, where)}
	if renamed {
		names := indexed{"n", "ShownName", shownBy, versions("", column, "byName").columns}
		l.scans = append(l.scans, names.scan(ranges, shown))
		l.counted = []scan{versions("EntityVersion", column, "byName").scan(ranges, where)}
	}
	return listing(c, l, "")
}

// shownOn says that a name n is the one that its entity v shows on the view's date, by the rules of [graph.Entity.NameAt].
var shownOn = fmt.Sprintf(`n.name = COLLECT {
  UNWIND %s AS i
  WITH i, v.nameUse[i] AS use, v.nameRank[i] AS rank, v.nameStartLo[i] AS startLo,
    v.nameStartLo[i] < $to AND v.nameEndHi[i] > $from AS possibly,
    CASE WHEN v.nameStartHi[i] <= $from AND v.nameEndLo[i] >= $to THEN 0 WHEN v.nameStartHi[i] < $to AND v.nameEndLo[i] > $from THEN 1 ELSE 2 END AS holds
  RETURN v.names[i] AS name
  ORDER BY use = %d, NOT possibly, use,
    CASE WHEN possibly THEN rank WHEN startLo < $to THEN 0 ELSE 1 END,
    CASE WHEN possibly THEN holds WHEN startLo < $to THEN -startLo ELSE startLo END, i
  LIMIT 1
}[0]`, places("v.names"), graph.AcronymUse)

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

// fewEntities finds, as near, the ids of few entities among which are all that pass the filter, where it says which.
func (c *compiler) fewEntities(f *graph.EntityFilter) (text string, ok bool) {
	if len(f.IDs) > 0 {
		return fmt.Sprintf("UNWIND %s AS near", c.nodes(f.IDs)), true
	}
	if len(f.Identifiers) > 0 && !slices.ContainsFunc(f.Identifiers, func(id graph.Identifier) bool { return id.Value == "" }) {
		return fmt.Sprintf(`CALL () {
  UNWIND %s AS k
  MATCH (:Identifier {scheme: k.scheme, value: k.value})<-[:BEARS]-(e:EntityVersion)
  RETURN DISTINCT e.id AS near
}`, c.add(identifierKeys(f.Identifiers))), true
	}
	for i := range f.Related {
		r := &f.Related[i]
		if (r.Quantifier == "" || r.Quantifier == graph.Some) && r.Where.Node != nil && len(r.Where.Node.IDs) > 0 && r.Direction != "" {
			ids := c.nodes(r.Where.Node.IDs)
			var ends []string
			for _, side := range sides {
				if r.Direction == side.direction || r.Direction == graph.Both {
					ends = append(ends, fmt.Sprintf("  UNWIND %[1]s AS k\n  MATCH (s:StatementVersion)\n  USING INDEX SEEK s:StatementVersion(%[2]s, byDate)\n  WHERE s.%[2]s = k AND s.byDate > '' AND s.%[3]s IS NOT NULL\n  RETURN s.%[3]s AS near",
						ids, side.far, side.near))
				}
			}
			return fmt.Sprintf("CALL () {\n%s\n}\nWITH DISTINCT near", strings.Join(ends, "\n  UNION\n")), true
		}
	}
	for i := range f.And {
		if text, ok = c.fewEntities(&f.And[i]); ok {
			return text, true
		}
	}
	return "", false
}

// ListStatements implements [graph.Lister].
func (s *Store) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (page graph.EdgePage, err error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	text, p := statementListing(newCompiler(v, r), q)
	rows, entities, info, err := s.readList(ctx, q.Order, q.Page, text, p)
	if err != nil {
		return page, wrap(ctx, "list statements", err)
	}
	named, err := s.named(entities)
	if err != nil {
		return page, wrap(ctx, "list statements", err)
	}
	page.PageInfo = info
	for _, row := range rows {
		statement, err := decodedRow(s.statementCache, row)
		if err != nil {
			return page, wrap(ctx, "list statements", err)
		}
		edge := graph.Edge{Statement: statement}
		if q.Ends {
			edge.Subject, edge.Object = named[statement.Subject], named[statement.Object]
		}
		page.Edges = append(page.Edges, edge)
	}
	return page, nil
}

func statementListing(c *compiler, q graph.StatementQuery) (string, params) {
	q.Order = usual(q.Order, graph.ByDate)
	l := &list{order: q.Order, page: q.Page, row: row}
	where := c.statements(&q.Filter, "v", "null")
	if few, distinct, ok := c.fewStatements(&q.Filter, q.Order.By); ok {
		few.where = append(few.where, where...)
		l.scans, l.distinct = []scan{few}, distinct
	} else {
		column, ranges := "", ""
		if names := predicatesOf(&q.Filter); len(names) > 0 && q.Order.By != graph.ByID {
			column, ranges = "predicate", c.add(names)
		}
		l.scans = []scan{versions("StatementVersion", column, sortKeys[q.Order.By]).scan(ranges, where)}
	}
	also := ""
	if q.Ends {
		l.row = `[v.id, v.addedIn, v.document, v.subject, v.object]`
		also = entitiesOf("rows", "UNWIND rows AS row\nUNWIND [row[3], row[4]] AS id")
	}
	return listing(c, l, also)
}

// predicatesOf are predicates that a filter asks for at its root, if it does.
func predicatesOf(f *graph.StatementFilter) []string {
	names := predicates(f.Relations, f.Properties)
	for i := 0; len(names) == 0 && i < len(f.And); i++ {
		names = predicatesOf(&f.And[i])
	}
	return names
}

// fewStatements finds few statements among which are all that pass the filter, where it says what they are about. It may find one twice.
func (c *compiler) fewStatements(f *graph.StatementFilter, by graph.OrderBy) (few scan, twice, ok bool) {
	about := func(ids []string, column string) scan {
		s := versions("StatementVersion", column, "byDate").scan(c.nodes(ids), nil)
		if by != graph.ByDate {
			s.where.add(`v.byDate > ''`) // so that the index serves
			s.key, s.sorted = "v."+sortKeys[by], false
		}
		return s
	}
	switch {
	case f.Subject != nil && len(f.Subject.IDs) > 0:
		return about(f.Subject.IDs, "subject"), false, true
	case f.Object != nil && len(f.Object.IDs) > 0:
		return about(f.Object.IDs, "object"), false, true
	case len(f.Sources) > 0:
		return scan{ranges: c.nodes(f.Sources), match: citing, where: clauses{`c.source = p`, `c.role > ''`, `c.byDate > ''`}, key: "v." + sortKeys[by]}, true, true
	case len(f.ChangeEvents) > 0:
		s := versions("StatementVersion", "changeEvent").match()
		return scan{ranges: c.add(distinct(f.ChangeEvents)), match: s, where: clauses{`v.changeEvent = p`}, key: "v." + sortKeys[by]}, false, true
	}
	for i := range f.And {
		if few, twice, ok = c.fewStatements(&f.And[i], by); ok {
			return few, twice, true
		}
	}
	return few, false, false
}

// citing matches statements by what they cite.
const citing = "MATCH (v:StatementVersion)-[c:SUPPORTED_BY]->()\nUSING INDEX SEEK c:SUPPORTED_BY(source, role, byDate)"

// ListChangeEvents implements [graph.Lister].
func (s *Store) ListChangeEvents(ctx context.Context, v graph.View, q graph.ChangeEventQuery) (page graph.ChangeEventPage, err error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	text, p := changeEventListing(newCompiler(v, r), q)
	rows, entities, info, err := s.readList(ctx, q.Order, q.Page, text, p)
	if err != nil {
		return page, wrap(ctx, "list change events", err)
	}
	page.PageInfo = info
	page.ChangeEvents, err = s.changeEvents(rows, entities)
	return page, wrap(ctx, "list change events", err)
}

func changeEventListing(c *compiler, q graph.ChangeEventQuery) (string, params) {
	q.Order = usual(q.Order, graph.ByDate)
	where := clauses{inForce("v")}
	c.possibly(&where, "v.startLo", "v.endHi")
	if len(q.Kinds) > 0 {
		where = append(where, oneOf(c, `v.kind`, q.Kinds))
	}
	if len(q.Statuses) > 0 {
		where = append(where, oneOf(c, `v.status`, q.Statuses))
	} else {
		where.add(`v.status = 'IN_EFFECT'`)
	}
	if len(q.Ranks) > 0 {
		where = append(where, oneOf(c, `v.rank`, q.Ranks))
	} else {
		where.add(`v.rank <> 'DEPRECATED'`)
	}
	if q.When != nil {
		where = append(where, c.date(q.When, `v.startLo`, `v.startHi + 1`)...)
	}
	if len(q.Entities) > 0 {
		ids := c.redirects.followed(q.Entities)
		where = append(where, or([]string{c.common(ids, `v.participants`), c.common(ids, `v.under`)}))
	}
	if len(q.Under) > 0 {
		where = append(where, c.common(c.redirects.followed(q.Under), `v.under`))
	}
	l := &list{order: q.Order, page: q.Page, scans: []scan{versions("ChangeEventVersion", sortKeys[q.Order.By]).scan("", where)}}
	l.row = `[v.id, v.addedIn, v.document, [(v)-[:SUPPORTED_BY|UNDER]->(n:Entity) | n.id]]`
	return listing(c, l, entitiesOf("rows", "UNWIND rows AS row\nUNWIND row[3] AS id"))
}

// ListConflicts implements [graph.Lister].
func (s *Store) ListConflicts(ctx context.Context, v graph.View, q graph.ConflictQuery) (page graph.ConflictPage, err error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return page, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return page, err
	}
	text, p := conflictListing(newCompiler(v, r), q)
	rows, _, info, err := s.readList(ctx, graph.Order{}, q.Page, text, p)
	if err != nil {
		return page, wrap(ctx, "list conflicts", err)
	}
	page.PageInfo = info
	page.Conflicts, err = decodedRows(s.conflictCache, rows)
	return page, wrap(ctx, "list conflicts", err)
}

func conflictListing(c *compiler, q graph.ConflictQuery) (string, params) {
	where := clauses{inForce("v")}
	if len(q.Kinds) > 0 {
		where = append(where, oneOf(c, `v.kind`, q.Kinds))
	}
	if len(q.Entities) > 0 {
		nodes := c.nodes(q.Entities)
		where.add(`EXISTS { UNWIND v.members AS id MATCH (s:StatementVersion) USING INDEX SEEK s:StatementVersion(id, addedIn) WHERE s.id = id AND %[1]s AND (s.subject IN %[2]s OR s.object IN %[2]s) }`,
			inForce("s"), nodes)
	}
	l := &list{order: graph.Order{By: graph.ByID}, page: q.Page, row: row, scans: []scan{versions("ConflictVersion", "id").scan("", where)}}
	return listing(c, l, "")
}
