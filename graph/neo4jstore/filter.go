package neo4jstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A compiler turns a view and trees of filters into conditions: fragments of this file, with parameters for all that a caller gives.
// Every query that narrows statements or entities is made with it. The text depends on which parts of a filter are set and not on the
// values in them, since the server plans each text anew.
//
// A condition is about variables that its maker names; a subquery has variables of its own. Nothing in a condition is ever null, so NOT
// turns each around.
type compiler struct {
	view      graph.View
	redirects *redirects
	params    params
	variables int
}

func newCompiler(v graph.View, r *redirects) *compiler {
	c := &compiler{view: v, redirects: r, params: params{"revision": v.Revision, "always": true}}
	if v.Dated() {
		q0, q1 := v.Date.Span()
		c.params["from"], c.params["to"] = int64(q0), int64(q1)
	}
	return c
}

// add is a new parameter.
func (c *compiler) add(value any) string {
	name := fmt.Sprintf("p%d", len(c.params))
	c.params[name] = value
	return "$" + name
}

// variable is a new name that begins with some letter.
func (c *compiler) variable(letter string) string {
	c.variables++
	return fmt.Sprintf("%s%d", letter, c.variables)
}

// clauses are conditions that are all to be met.
type clauses []string

func (c *clauses) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

// always is true, as a parameter: the planner must not find out that a condition is never met, for then it knows no use for the index.
const always = "$always"

// String joins them; without any it is true.
func (c clauses) String() string {
	switch len(c) {
	case 0:
		return always
	case 1:
		return c[0]
	}
	return "(" + strings.Join(c, " AND ") + ")"
}

// or joins alternatives.
func or(alternatives []string) string { return "(" + strings.Join(alternatives, " OR ") + ")" }

// oneOf says that an expression has one of these values.
func oneOf[T ~string](c *compiler, expression string, values []T) string {
	return fmt.Sprintf(`%s IN %s`, expression, c.add(listOf(values)))
}

// listOf is values as the driver takes them.
func listOf[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// inForce says that a version is of the view's revision.
func inForce(v string) string {
	return fmt.Sprintf(`%[1]s.addedIn <= $revision AND %[1]s.removedIn > $revision`, v)
}

// possibly adds that what has these bounds possibly holds on the view's date, if it has one.
func (c *compiler) possibly(all *clauses, startLo, endHi string) {
	if c.view.Dated() {
		all.add(`%s < $to AND %s > $from`, startLo, endHi)
	}
}

// holds is how surely something holds on the view's date that possibly does, or if it does not the last word.
func holds(v, definitely, partly, possibly, otherwise string) string {
	return fmt.Sprintf(`CASE WHEN %[1]s.startHi <= $from AND %[1]s.endLo >= $to THEN %[2]s WHEN %[1]s.startHi < $to AND %[1]s.endLo > $from THEN %[3]s WHEN %[1]s.startLo < $to AND %[1]s.endHi > $from THEN %[4]s ELSE %[5]s END`,
		v, definitely, partly, possibly, otherwise)
}

// nodes is entities' ids, following redirects, each once.
func (c *compiler) nodes(ids []string) string { return c.add(distinct(c.redirects.followed(ids))) }

// entities is what a list or count shows of entities v.
func (c *compiler) entities(f *graph.EntityFilter) clauses {
	all := clauses{inForce("v")}
	if !f.NamesExistences() {
		c.possibly(&all, "v.startLo", "v.endHi")
	}
	return append(all, c.entity(f, "v")...)
}

// statements is what the view and the defaults of a filter show of statements s, and what passes the filter. Far is the id at the far
// end of an edge, if there is one.
func (c *compiler) statements(f *graph.StatementFilter, s, far string) clauses {
	return append(c.shown(f, s), c.statement(f, s, far)...)
}

// shown is what the view and the defaults of a filter show of statements.
func (c *compiler) shown(f *graph.StatementFilter, s string) clauses {
	all := clauses{inForce(s)}
	c.possibly(&all, s+".startLo", s+".endHi")
	statuses, ranks := f.Defaults()
	if statuses != nil {
		all.add(`%s.status = 'IN_EFFECT'`, s)
	}
	if ranks != nil {
		all.add(`%s.rank <> 'DEPRECATED'`, s)
	}
	return all
}

// statement is a node of a filter, with what is below it.
func (c *compiler) statement(f *graph.StatementFilter, s, far string) (all clauses) {
	if names := predicates(f.Relations, f.Properties); len(names) > 0 {
		all = append(all, oneOf(c, s+`.predicate`, names))
	}
	if len(f.Holds) > 0 && c.view.Dated() {
		all = append(all, oneOf(c, holds(s, `'DEFINITELY'`, `'PARTLY'`, `'POSSIBLY'`, `''`), f.Holds))
	}
	if len(f.Statuses) > 0 {
		all = append(all, oneOf(c, s+`.status`, f.Statuses))
	}
	if len(f.Ranks) > 0 {
		all = append(all, oneOf(c, s+`.rank`, f.Ranks))
	}
	if len(f.Certainties) > 0 {
		all = append(all, oneOf(c, s+`.certainty`, f.Certainties))
	}
	if len(f.ChangeEvents) > 0 {
		all = append(all, oneOf(c, s+`.changeEvent`, f.ChangeEvents))
	}
	if f.When != nil {
		all = append(all, c.date(f.When, s+`.startLo`, s+`.told`)...)
	}
	if f.Value != nil {
		all = append(all, c.value(f.Value, s+`.valueKind`, s+`.text`, s+`.number`, s+`.dayLo`, s+`.dayTo`)...)
	}
	for _, q := range f.Qualifiers {
		i := c.variable("i")
		of := func(list string) string { return fmt.Sprintf(`%s.%s[%s]`, s, list, i) }
		is := clauses{of(`qualifiers`) + ` = ` + c.add(string(q.Name))}
		if q.Value != nil {
			is = append(is, c.value(q.Value, of(`qualifierKinds`), of(`qualifierTexts`), of(`qualifierNumbers`), of(`qualifierDayLo`), of(`qualifierDayTo`))...)
		}
		all.add(`any(%s IN %s WHERE %s)`, i, places(s+`.qualifiers`), is)
	}
	if len(f.Datasets) > 0 {
		all = append(all, c.common(f.Datasets, s+`.claims`))
	}
	if len(f.Sources) > 0 {
		all = append(all, c.common(c.redirects.followed(f.Sources), s+`.sources`))
	}
	if f.MinCitations > 0 {
		all.add(`%s.supports >= %s`, s, c.add(int64(f.MinCitations)))
	}
	for _, end := range []struct {
		filter *graph.EntityFilter
		id     string
	}{{f.Subject, s + `.subject`}, {f.Object, s + `.object`}, {f.Node, far}} {
		if end.filter != nil {
			e := c.variable("e")
			is := append(clauses{e + `.id = ` + end.id, inForce(e)}, c.entity(end.filter, e)...)
			all.add(`EXISTS { MATCH (%[1]s:EntityVersion) USING INDEX SEEK %[1]s:EntityVersion(id, addedIn) WHERE %[2]s }`, e, is)
		}
	}
	return append(all, joined(f.And, f.Or, f.Not, func(f *graph.StatementFilter) clauses { return c.statement(f, s, far) })...)
}

// places are those in a list of a version. A version that a load makes or deletes at the moment may have no properties yet or any more: no
// revision has it, but what says so need not be looked at first.
func places(list string) string { return fmt.Sprintf(`range(0, size(coalesce(%s, [])) - 1)`, list) }

// common says that two lists have a value in common.
func (c *compiler) common(values []string, list string) string {
	x := c.variable("x")
	return fmt.Sprintf(`any(%[1]s IN %[2]s WHERE %[1]s IN %[3]s)`, x, c.add(values), list)
}

// predicates are relations and properties as one list, each once.
func predicates(relations []graph.RelationName, properties []graph.PropertyName) []string {
	names := append(listOf(relations), listOf(properties)...)
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

// entity is a node of a filter, with what is below it.
func (c *compiler) entity(f *graph.EntityFilter, e string) (all clauses) {
	if len(f.IDs) > 0 {
		all.add(`%s.id IN %s`, e, c.nodes(f.IDs))
	}
	if len(f.Kinds) > 0 {
		all = append(all, oneOf(c, e+`.kind`, f.Kinds))
	}
	if len(f.Forms) > 0 {
		all = append(all, oneOf(c, e+`.form`, f.Forms))
	}
	if f.Type != nil {
		all = append(all, c.text(f.Type, e+`.typeText`)...)
	}
	if f.Start != nil {
		all.add(`%s.startLo > %d`, e, graph.MinDay)
		all = append(all, c.date(f.Start, e+`.startLo`, e+`.startHi + 1`)...)
	}
	if f.End != nil {
		all.add(`%s.endHi < %d`, e, graph.MaxDay)
		all = append(all, c.date(f.End, e+`.endLo - 1`, e+`.endHi`)...)
	}
	if f.Life != nil {
		all = append(all, c.date(f.Life, e+`.startLo`, e+`.endHi`)...)
	}
	if len(f.Existences) > 0 && c.view.Dated() {
		all = append(all, oneOf(c, holds(e, `'EXISTS'`, `'PARTLY'`, `'UNCERTAIN'`, fmt.Sprintf(`CASE WHEN %s.startLo >= $to THEN 'NOT_YET' ELSE 'ENDED' END`, e)), f.Existences))
	}
	if f.Name != nil {
		i := c.variable("i")
		var name clauses
		c.possibly(&name, fmt.Sprintf(`%s.nameStartLo[%s]`, e, i), fmt.Sprintf(`%s.nameEndHi[%s]`, e, i))
		name = append(name, c.text(f.Name, fmt.Sprintf(`%s.names[%s]`, e, i))...)
		all.add(`any(%s IN %s WHERE %s)`, i, places(e+`.names`), name)
	}
	if len(f.Identifiers) > 0 {
		b, i, x := c.variable("b"), c.variable("i"), c.variable("x")
		bears := clauses{fmt.Sprintf(`any(%[1]s IN %[2]s WHERE %[3]s.scheme = %[1]s.scheme AND %[1]s.value IN ['', %[3]s.value])`, x, c.add(identifierKeys(f.Identifiers)), i)}
		c.possibly(&bears, b+`.startLo`, b+`.endHi`)
		all.add(`EXISTS { MATCH (%s)-[%s:BEARS]->(%s:Identifier) WHERE %s }`, e, b, i, bears)
	}
	if len(f.Datasets) > 0 {
		s := c.variable("s")
		all.add(`EXISTS { MATCH (%[1]s:StatementVersion) USING INDEX SEEK %[1]s:StatementVersion(subject, predicate, byDate) WHERE %[1]s.subject = %[2]s.id AND %[1]s.predicate = 'NAME' AND %[1]s.byDate > '' AND %[3]s AND %[1]s.status = 'IN_EFFECT' AND %[1]s.rank <> 'DEPRECATED' AND %[4]s }`,
			s, e, inForce(s), c.common(f.Datasets, s+`.claims`))
	}
	for i := range f.Related {
		all = append(all, c.related(&f.Related[i], e))
	}
	return append(all, joined(f.And, f.Or, f.Not, func(f *graph.EntityFilter) clauses { return c.entity(f, e) })...)
}

// identifierKeys are scheme and value of identifiers.
func identifierKeys(identifiers []graph.Identifier) []any {
	keys := make([]any, len(identifiers))
	for i, id := range identifiers {
		keys[i] = params{"scheme": id.Scheme, "value": id.Value}
	}
	return keys
}

// related asks for the edges of an entity.
func (c *compiler) related(f *graph.RelatedFilter, e string) string {
	every := len(f.Relations) == 0 && len(f.Properties) == 0
	s, far := c.variable("s"), c.variable("far")
	var seen, fars []string
	see := func(near, other string, names []string, more ...string) {
		index, is := near+`, byDate`, clauses{fmt.Sprintf(`%s.%s = %s.id`, s, near, e), s + `.byDate > ''`}
		if every {
			is.add(`%s.object IS NOT NULL`, s)
		} else {
			index = near + `, predicate, byDate`
			is = append(is, oneOf(c, s+`.predicate`, names))
		}
		is = append(is, more...)
		seen = append(seen, fmt.Sprintf(`MATCH (%[1]s:StatementVersion) USING INDEX SEEK %[1]s:StatementVersion(%[2]s) WHERE %[3]s`, s, index, strings.Join(is, ` AND `)))
		fars = append(fars, s+`.`+other)
	}
	out, in := f.Relations, f.Relations
	if f.Direction == graph.In {
		out = nil
	} else if f.Direction != graph.Both {
		in = nil
	}
	if names := predicates(out, f.Properties); len(names) > 0 || every && f.Direction != graph.In {
		see("subject", "object", names)
	}
	if len(in) > 0 || every && f.Direction != graph.Out {
		var more []string
		if f.Direction == graph.Both {
			more = []string{fmt.Sprintf(`%[1]s.subject <> %[1]s.object`, s)} // that one is seen from its subject
		}
		see("object", "subject", predicates(in, nil), more...)
	}
	// What is asked of an edge stands there once, whichever side it is seen from.
	edge, shown := seen[0]+` AND `, strings.Join(c.shown(&f.Where, s), ` AND `)
	if len(seen) > 1 {
		for i := range seen {
			seen[i] += fmt.Sprintf(` RETURN %s, %s AS %s`, s, fars[i], far)
		}
		edge = fmt.Sprintf(`CALL (%s) { %s } WITH %s, %s WHERE `, e, strings.Join(seen, ` UNION ALL `), s, far)
		fars[0] = far
	}
	where := c.statement(&f.Where, s, fars[0]).String()
	if f.Quantifier == graph.All {
		where = `NOT (` + where + `)`
	}
	edge = fmt.Sprintf(`EXISTS { %s%s AND %s RETURN %s }`, edge, shown, where, s)
	if f.Quantifier == graph.All || f.Quantifier == graph.None {
		return `NOT ` + edge
	}
	return edge
}

// text compares a folded text.
func (c *compiler) text(f *graph.TextFilter, of string) (all clauses) {
	if f.Eq != "" {
		all.add(`%s = %s`, of, c.add(graph.Fold(f.Eq)))
	}
	if len(f.In) > 0 {
		folded := make([]string, len(f.In))
		for i, text := range f.In {
			folded[i] = graph.Fold(text)
		}
		all = append(all, oneOf(c, of, folded))
	}
	if f.Contains != "" {
		all.add(`%s CONTAINS %s`, of, c.add(graph.Fold(f.Contains)))
	}
	if f.StartsWith != "" {
		all.add(`%s STARTS WITH %s`, of, c.add(graph.Fold(f.StartsWith)))
	}
	return all
}

// date compares the days from a first to before an end.
func (c *compiler) date(f *graph.DateFilter, lo, end string) (all clauses) {
	add := func(d graph.Date, condition func(q0, q1 graph.Day) string) {
		if !d.IsZero() {
			all = append(all, condition(d.Span()))
		}
	}
	day := func(d graph.Day) string { return c.add(int64(d)) }
	add(f.Before, func(q0, _ graph.Day) string { return fmt.Sprintf(`%s <= %s`, end, day(q0)) })
	add(f.After, func(_, q1 graph.Day) string { return fmt.Sprintf(`%s >= %s`, lo, day(q1)) })
	add(f.During, func(q0, q1 graph.Day) string { return fmt.Sprintf(`%s >= %s AND %s <= %s`, lo, day(q0), end, day(q1)) })
	add(f.Overlaps, func(q0, q1 graph.Day) string { return fmt.Sprintf(`%s < %s AND %s > %s`, lo, day(q1), end, day(q0)) })
	return all
}

// value compares a value, by expressions of what it has.
func (c *compiler) value(f *graph.ValueFilter, kind, text, number, dayLo, dayTo string) clauses {
	is := func(k graph.ValueKind) clauses { return clauses{fmt.Sprintf(`%s = '%s'`, kind, k)} }
	switch {
	case f.Text != nil:
		return append(is(graph.TextValue), c.text(f.Text, text)...)
	case f.Date != nil:
		return append(is(graph.DateValue), c.date(f.Date, dayLo, dayTo)...)
	}
	all := is(graph.NumberValue)
	if f.Min != nil {
		all.add(`%s >= %s`, number, c.add(*f.Min))
	}
	if f.Max != nil {
		all.add(`%s <= %s`, number, c.add(*f.Max))
	}
	return all
}
