package sqlitestore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A compiler turns a view and trees of filters into conditions: fragments of this file, with parameters for all that a caller gives.
// Every query that narrows statements or entities is made with it.
//
// Conditions on a statement are about the alias s, on an entity about e, on the edge of an entity about x too: a subquery has aliases
// of its own by the same names, which hide those around it, and is tied to them where it begins. Nothing in a condition is ever null,
// so NOT turns each around.
type compiler struct {
	view   graph.View
	args   []any
	places map[any]string
}

// newCompiler begins a query whose first parameters are filled in by its reader.
func newCompiler(v graph.View, reserved int) *compiler {
	return &compiler{view: v, args: make([]any, reserved, reserved+16), places: make(map[any]string)}
}

// add is the place of a parameter. Equal values have one place.
func (c *compiler) add(value any) string {
	place, ok := c.places[value]
	if !ok {
		c.args = append(c.args, value)
		place = fmt.Sprintf("?%d", len(c.args))
		c.places[value] = place
	}
	return place
}

// span is the parameters of the view's date.
func (c *compiler) span() (q0, q1 string) {
	d0, d1 := c.view.Date.Span()
	return c.add(int64(d0)), c.add(int64(d1))
}

// clauses are conditions that are all to be met.
type clauses []string

func (c *clauses) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

// String joins them; without any it is true. Parentheses keep the tree that SQLite makes of a long list flat.
func (c clauses) String() string {
	switch len(c) {
	case 0:
		return "TRUE"
	case 1:
		return c[0]
	}
	return "(" + strings.Join(c, " AND ") + ")"
}

// or joins alternatives.
func or(alternatives []string) string { return "(" + strings.Join(alternatives, " OR ") + ")" }

// oneOf says that a column has one of these values.
func oneOf[T any](c *compiler, column string, values []T) string {
	return fmt.Sprintf(`%s IN (SELECT value FROM json_each(%s))`, column, c.add(list(values)))
}

// inForce says that a version is of the view's revision.
func (c *compiler) inForce(alias string) string {
	return fmt.Sprintf(`%[1]s.added_in <= %[2]s AND %[1]s.removed_in > %[2]s`, alias, c.add(c.view.Revision))
}

// possibly adds that something possibly holds on the view's date, if it has one.
func (c *compiler) possibly(all *clauses, alias string) {
	if c.view.Dated() {
		q0, q1 := c.span()
		all.add(`%[1]s.start_lo < %[3]s AND %[1]s.end_hi > %[2]s`, alias, q0, q1)
	}
}

// holds is how surely something holds on the view's date that possibly does, or if it does not the last word.
func (c *compiler) holds(alias string, definitely, partly, possibly, else_ string) string {
	q0, q1 := c.span()
	return fmt.Sprintf(`CASE WHEN %[1]s.start_hi <= %[2]s AND %[1]s.end_lo >= %[3]s THEN %[4]s WHEN %[1]s.start_hi < %[3]s AND %[1]s.end_lo > %[2]s THEN %[5]s WHEN %[1]s.start_lo < %[3]s AND %[1]s.end_hi > %[2]s THEN %[6]s ELSE %[7]s END`,
		alias, q0, q1, definitely, partly, possibly, else_)
}

// nodes is the rows of entities' ids, following redirects; 0 for one that is unknown.
func (c *compiler) nodes(ids []string) string {
	return fmt.Sprintf(`(SELECT coalesce(r.node, n.row, 0) FROM json_each(%s) k LEFT JOIN redirect r ON r.id = k.value AND %s LEFT JOIN node n ON n.id = k.value)`,
		c.add(list(ids)), c.inForce("r"))
}

// targets is entities' ids, following redirects.
func (c *compiler) targets(ids []string) string {
	return fmt.Sprintf(`(SELECT coalesce(n.id, k.value) FROM json_each(%s) k LEFT JOIN redirect r ON r.id = k.value AND %s LEFT JOIN node n ON n.row = r.node)`,
		c.add(list(ids)), c.inForce("r"))
}

// entities is what a list or count shows of entities.
func (c *compiler) entities(f *graph.EntityFilter) clauses {
	all := clauses{c.inForce("e")}
	if !f.NamesExistences() {
		c.possibly(&all, "e")
	}
	return append(all, c.entity(f)...)
}

// fewEntities is a condition that the filter implies and few entities meet, with how a read finds them; both "" if there is none. All that
// pass are among those of the rows named, unless it is nil.
func (c *compiler) fewEntities(f *graph.EntityFilter, named []int64) (condition, found string) {
	const byNode = `INDEXED BY entity_node`
	switch {
	case len(f.IDs) > 0:
		return `e.node IN ` + c.nodes(f.IDs), byNode
	case named != nil:
		return oneOf(c, `e.row`, named), `NOT INDEXED`
	}
	for i := range f.Related {
		r := &f.Related[i]
		if (r.Quantifier == "" || r.Quantifier == graph.Some) && r.Where.Node != nil && len(r.Where.Node.IDs) > 0 && r.Direction != "" {
			nodes := c.nodes(r.Where.Node.IDs)
			var ends []string
			for _, side := range sides[:sourceSide] {
				if r.Direction == side.direction || r.Direction == graph.Both {
					ends = append(ends, fmt.Sprintf(`SELECT %s FROM statement s WHERE %s IN %s`, side.near, side.far, nodes))
				}
			}
			return fmt.Sprintf(`e.node IN (%s)`, strings.Join(ends, ` UNION ALL `)), byNode
		}
	}
	for i := range f.And {
		if condition, found = c.fewEntities(&f.And[i], nil); found != "" {
			return condition, found
		}
	}
	return "", ""
}

// fewStatements is likewise of statements.
func (c *compiler) fewStatements(f *graph.StatementFilter) (condition, found string) {
	switch {
	case f.Subject != nil && len(f.Subject.IDs) > 0:
		return `s.subject IN ` + c.nodes(f.Subject.IDs), `INDEXED BY statement_by_subject`
	case f.Object != nil && len(f.Object.IDs) > 0:
		return `s.object IN ` + c.nodes(f.Object.IDs), `INDEXED BY statement_by_object`
	case len(f.Sources) > 0:
		return fmt.Sprintf(`s.row IN (SELECT c.statement FROM citing c WHERE c.source IN %s)`, c.nodes(f.Sources)), `NOT INDEXED`
	}
	for i := range f.And {
		if condition, found = c.fewStatements(&f.And[i]); found != "" {
			return condition, found
		}
	}
	return "", ""
}

// statements is what the view and the defaults of a filter show of statements, and what passes the filter. Far is the node at the far
// end of an edge, if there is one.
func (c *compiler) statements(f *graph.StatementFilter, far string) clauses {
	return append(c.shown(f), c.statement(f, far)...)
}

// shown is what the view and the defaults of a filter show of statements.
func (c *compiler) shown(f *graph.StatementFilter) clauses {
	all := clauses{c.inForce("s")}
	c.possibly(&all, "s")
	statuses, ranks := f.Defaults()
	if statuses != nil {
		all.add(`s.status = 'IN_EFFECT'`)
	}
	if ranks != nil {
		all.add(`s.rank IN ('PREFERRED', 'NORMAL')`)
	}
	return all
}

// statement is a node of a filter, with what is below it.
func (c *compiler) statement(f *graph.StatementFilter, far string) (all clauses) {
	if names := predicates(f.Relations, f.Properties); len(names) > 0 {
		all = append(all, oneOf(c, `s.predicate`, names))
	}
	if len(f.Holds) > 0 && c.view.Dated() {
		all = append(all, oneOf(c, c.holds("s", `'DEFINITELY'`, `'PARTLY'`, `'POSSIBLY'`, `''`), f.Holds))
	}
	if len(f.Statuses) > 0 {
		all = append(all, oneOf(c, `s.status`, f.Statuses))
	}
	if len(f.Ranks) > 0 {
		all = append(all, oneOf(c, `s.rank`, f.Ranks))
	}
	if len(f.Certainties) > 0 {
		all = append(all, oneOf(c, `s.certainty`, f.Certainties))
	}
	if len(f.ChangeEvents) > 0 {
		all = append(all, oneOf(c, `s.change`, f.ChangeEvents))
	}
	if f.When != nil {
		all = append(all, c.date(f.When, `s.start_lo`, `s.told_to`)...)
	}
	if f.Value != nil {
		all = append(all, c.value(f.Value, "s"))
	}
	for _, q := range f.Qualifiers {
		name := clauses{`q.statement = s.row`, `q.name = ` + c.add(string(q.Name))}
		if q.Value != nil {
			name = append(name, c.value(q.Value, "q"))
		}
		all.add(`EXISTS (SELECT 1 FROM qualifier q WHERE %s)`, name)
	}
	if len(f.Datasets) > 0 {
		all = append(all, c.claimedIn(f.Datasets))
	}
	if len(f.Sources) > 0 {
		all.add(`EXISTS (SELECT 1 FROM citation c WHERE c.statement = s.row AND c.source IN %s)`, c.nodes(f.Sources))
	}
	if f.MinCitations > 0 {
		all.add(`(SELECT count(*) FROM citation c WHERE c.statement = s.row AND c.role = 'SUPPORTS') >= %s`, c.add(int64(f.MinCitations)))
	}
	for _, end := range []struct {
		filter *graph.EntityFilter
		node   string
	}{{f.Subject, `s.subject`}, {f.Object, `s.object`}, {f.Node, far}} {
		if end.filter != nil {
			is := append(clauses{`e.node = ` + end.node, c.inForce("e")}, c.entity(end.filter)...)
			all.add(`EXISTS (SELECT 1 FROM entity e WHERE %s)`, is)
		}
	}
	return append(all, joined(f.And, f.Or, f.Not, func(f *graph.StatementFilter) clauses { return c.statement(f, far) })...)
}

// predicates are relations and properties as one list, each once.
func predicates(relations []graph.RelationName, properties []graph.PropertyName) (names []string) {
	for _, r := range relations {
		names = append(names, string(r))
	}
	for _, p := range properties {
		names = append(names, string(p))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// joined is the nodes below one.
func joined[F any](and, either []F, not *F, node func(*F) clauses) (all clauses) {
	for i := range and {
		all = append(all, node(&and[i]).String())
	}
	var alternatives []string
	for i := range either {
		alternatives = append(alternatives, node(&either[i]).String())
	}
	if alternatives != nil {
		all = append(all, or(alternatives))
	}
	if not != nil {
		all.add(`NOT (%s)`, node(not))
	}
	return all
}

// claimedIn says that the relation or value itself is cited in one of these data sets.
func (c *compiler) claimedIn(datasets []string) string {
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM citation c WHERE c.statement = s.row AND c.claims = 1 AND %s)`, oneOf(c, `c.dataset`, datasets))
}

// entity is a node of a filter, with what is below it.
func (c *compiler) entity(f *graph.EntityFilter) (all clauses) {
	if len(f.IDs) > 0 {
		all.add(`e.node IN %s`, c.nodes(f.IDs))
	}
	if len(f.Kinds) > 0 {
		all = append(all, oneOf(c, `e.kind`, f.Kinds))
	}
	if len(f.Forms) > 0 {
		all = append(all, oneOf(c, `e.form`, f.Forms))
	}
	if f.Type != nil {
		all = append(all, c.text(f.Type, `e.type_text`)...)
	}
	if f.Start != nil {
		all.add(`e.start_lo > %s`, c.add(int64(graph.MinDay)))
		all = append(all, c.date(f.Start, `e.start_lo`, `e.start_hi + 1`)...)
	}
	if f.End != nil {
		all.add(`e.end_hi < %s`, c.add(int64(graph.MaxDay)))
		all = append(all, c.date(f.End, `e.end_lo - 1`, `e.end_hi`)...)
	}
	if f.Life != nil {
		all = append(all, c.date(f.Life, `e.start_lo`, `e.end_hi`)...)
	}
	if len(f.Existences) > 0 && c.view.Dated() {
		_, q1 := c.span()
		all = append(all, oneOf(c, c.holds("e", `'EXISTS'`, `'PARTLY'`, `'UNCERTAIN'`, fmt.Sprintf(`CASE WHEN e.start_lo >= %s THEN 'NOT_YET' ELSE 'ENDED' END`, q1)), f.Existences))
	}
	if f.Name != nil {
		name := clauses{`n.entity = e.row`}
		c.possibly(&name, "n")
		all.add(`EXISTS (SELECT 1 FROM name n WHERE %s)`, append(name, c.text(f.Name, `n.folded`)...))
	}
	if len(f.Identifiers) > 0 {
		keys := make([][2]string, len(f.Identifiers))
		for i, id := range f.Identifiers {
			keys[i] = [2]string{id.Scheme, id.Value}
		}
		bears := clauses{`i.scheme = k.value ->> 0`, `(k.value ->> 1 = '' OR i.value = k.value ->> 1)`}
		c.possibly(&bears, "i")
		all.add(`e.row IN (SELECT i.entity FROM json_each(%s) k CROSS JOIN identifier i WHERE %s)`, c.add(list(keys)), bears)
	}
	if len(f.Datasets) > 0 {
		all.add(`EXISTS (SELECT 1 FROM statement s WHERE s.subject = e.node AND s.predicate = 'NAME' AND s.status = 'IN_EFFECT' AND s.rank <> 'DEPRECATED' AND %s AND %s)`,
			c.inForce("s"), c.claimedIn(f.Datasets))
	}
	for i := range f.Related {
		all = append(all, c.related(&f.Related[i]))
	}
	return append(all, joined(f.And, f.Or, f.Not, c.entity)...)
}

// related asks for the edges x of an entity.
func (c *compiler) related(f *graph.RelatedFilter) string {
	every := len(f.Relations) == 0 && len(f.Properties) == 0
	var from []string
	see := func(near, far string, names []string, more string) {
		if !every {
			more += " AND " + oneOf(c, `s.predicate`, names)
		}
		from = append(from, fmt.Sprintf(`SELECT s.row AS row, s.%s AS far FROM statement s WHERE s.%s = e.node%s`, far, near, more))
	}
	out, in := f.Relations, f.Relations
	if f.Direction == graph.In {
		out = nil
	} else if f.Direction != graph.Both {
		in = nil
	}
	if len(out) > 0 || len(f.Properties) > 0 {
		see("subject", "object", predicates(out, f.Properties), "")
	} else if every && f.Direction != graph.In {
		see("subject", "object", nil, ` AND s.object IS NOT NULL`)
	}
	if len(in) > 0 || every && f.Direction != graph.Out {
		more := ""
		if f.Direction == graph.Both {
			more = ` AND s.subject <> s.object` // that one is seen from its subject
		}
		see("object", "subject", predicates(in, nil), more)
	}
	where := c.statement(&f.Where, `x.far`)
	if f.Quantifier == graph.All {
		where = clauses{`NOT (` + where.String() + `)`}
	}
	edge := fmt.Sprintf(`EXISTS (SELECT 1 FROM (%s) x CROSS JOIN statement s ON s.row = x.row WHERE %s)`,
		strings.Join(from, ` UNION ALL `), append(c.shown(&f.Where), where...))
	if f.Quantifier == graph.All || f.Quantifier == graph.None {
		return `NOT ` + edge
	}
	return edge
}

// text compares a folded column.
func (c *compiler) text(f *graph.TextFilter, column string) (all clauses) {
	if f.Eq != "" {
		all.add(`%s = %s`, column, c.add(graph.Fold(f.Eq)))
	}
	if len(f.In) > 0 {
		folded := make([]string, len(f.In))
		for i, text := range f.In {
			folded[i] = graph.Fold(text)
		}
		all = append(all, oneOf(c, column, folded))
	}
	if f.Contains != "" {
		all.add(`instr(%s, %s) > 0`, column, c.add(graph.Fold(f.Contains)))
	}
	if f.StartsWith != "" {
		start := graph.Fold(f.StartsWith)
		all.add(`%[1]s >= %[2]s AND %[1]s < %[3]s`, column, c.add(start), c.add(start+aboveAll))
	}
	return all
}

// date compares the days from a first to before an end.
func (c *compiler) date(f *graph.DateFilter, lo, end string) (all clauses) {
	for _, is := range []struct {
		date      graph.Date
		condition string
	}{
		{f.Before, `%[2]s <= %[3]s`},
		{f.After, `%[1]s >= %[4]s`},
		{f.During, `%[1]s >= %[3]s AND %[2]s <= %[4]s`},
		{f.Overlaps, `%[1]s < %[4]s AND %[2]s > %[3]s`},
	} {
		if !is.date.IsZero() {
			q0, q1 := is.date.Span()
			all.add(is.condition, lo, end, c.add(int64(q0)), c.add(int64(q1)))
		}
	}
	return all
}

// value compares the value of a statement or qualifier.
func (c *compiler) value(f *graph.ValueFilter, alias string) string {
	all := clauses{}
	kind := func(k graph.ValueKind) { all.add(`%s.value_kind = '%s'`, alias, k) }
	switch {
	case f.Text != nil:
		kind(graph.TextValue)
		all = append(all, c.text(f.Text, alias+`.text`)...)
	case f.Date != nil:
		kind(graph.DateValue)
		all = append(all, c.date(f.Date, alias+`.day_lo`, alias+`.day_to`)...)
	default:
		kind(graph.NumberValue)
		if f.Min != nil {
			all.add(`%s.number >= %s`, alias, c.add(*f.Min))
		}
		if f.Max != nil {
			all.add(`%s.number <= %s`, alias, c.add(*f.Max))
		}
	}
	return all.String()
}
