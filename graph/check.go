package graph

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The checks that every store makes of its arguments, so that all refuse the same with the same sentence. Each returns an [ErrInvalid]
// or nil. They hold records to what stores rely on; [Assemble] holds them to the ontology and to each other.

// Check says what is wrong with a load's specification.
func (s LoadSpec) Check() error {
	if s.Origin == "" {
		return Invalidf("a load names the origin whose records it loads")
	}
	return nil
}

// Check says what is wrong with a search.
func (q SearchQuery) Check() error {
	if len(q.Tokens) == 0 || slices.Contains(q.Tokens, "") {
		return Invalidf("a search has at least one word, and no empty one")
	}
	if q.Limit < 1 {
		return Invalidf("the limit of a search is at least 1, not %d", q.Limit)
	}
	return checkKinds(q.Kinds)
}

// Check says what is wrong with a query of edges.
func (q EdgeQuery) Check() error {
	if len(q.Kinds) > 0 {
		return Invalidf("a query of named entities takes them as they are, this one narrows them to the kinds %s", words(q.Kinds))
	}
	if n := q.followers(); n > MaxThen {
		return Invalidf("a query of edges asks at most %d further ones of their nodes, this one %d", MaxThen, n)
	}
	return q.check()
}

// MaxThen is how many queries may follow from one.
const MaxThen = 24

// followers counts what is in Then, through all levels.
func (q *EdgeQuery) followers() int {
	n := len(q.Then)
	for i := range q.Then {
		n += q.Then[i].followers()
	}
	return n
}

func (q EdgeQuery) check() error {
	if len(q.CitedAs) > 0 {
		if q.Direction != "" {
			return Invalidf("a query of the statements that cite an entity has no direction, this one has %q", q.Direction)
		}
		if err := first(checkPredicates(q.Relations, q.Properties), checkWords("role", q.CitedAs, Roles)); err != nil {
			return err
		}
	} else if err := checkEdges(q.Relations, q.Properties, q.Direction); err != nil {
		return err
	}
	if err := checkStatements(&q.Filter, len(q.CitedAs) == 0); err != nil {
		return err
	}
	if err := q.Order.check(StatementOrders); err != nil {
		return err
	}
	for _, then := range q.Then {
		if len(then.Entities) > 0 {
			return Invalidf("a query of the nodes of edges names no entities, this one has %d", len(then.Entities))
		}
		if err := first(checkKinds(then.Kinds), then.check()); err != nil {
			return err
		}
	}
	return q.Page.Check()
}

// Check says what is wrong with a query of entities.
func (q EntityQuery) Check() error {
	if err := checkEntities(&q.Filter); err != nil {
		return err
	}
	if err := q.Order.check(EntityOrders); err != nil {
		return err
	}
	return q.Page.Check()
}

// Check says what is wrong with a query of statements.
func (q StatementQuery) Check() error {
	if err := checkStatements(&q.Filter, false); err != nil {
		return err
	}
	if err := q.Order.check(StatementOrders); err != nil {
		return err
	}
	return q.Page.Check()
}

// Check says what is wrong with a query of change events.
func (q ChangeEventQuery) Check() error {
	at := func(field string) string { return within(q.At, field) }
	return first(
		At(at("kinds"), checkWords("kind of change", q.Kinds, ChangeKinds)),
		checkValues(at("entities"), q.Entities),
		checkValues(at("under"), q.Under),
		At(at("status"), checkWords("status", q.Statuses, Statuses)),
		At(at("rank"), checkWords("rank", q.Ranks, Ranks)),
		q.When.check(at("when")),
		q.Order.check(ChangeEventOrders),
		q.Page.Check(),
	)
}

// Check says what is wrong with a query of conflicts.
func (q ConflictQuery) Check() error {
	return first(
		At(within(q.At, "kinds"), checkWords("kind of conflict", q.Kinds, ConflictKinds)),
		checkValues(within(q.At, "entities"), q.Entities),
		q.Page.Check(),
	)
}

// Check says what is wrong with a query of counts.
func (q CountQuery) Check() error {
	by, ok := CountsBy[q.Of]
	switch {
	case !ok:
		return Invalidf("%q cannot be counted; want one of %s, %s, %s", q.Of, CountEntities, CountStatements, CountCitations)
	case !slices.Contains(by, q.By):
		return Invalidf("%s cannot be counted by %q; want one of %s", q.Of, q.By, words(by))
	case q.Limit < 1:
		return Invalidf("the limit of a count is at least 1, not %d", q.Limit)
	case q.Of == CountEntities:
		return checkEntities(&q.Entities)
	}
	return checkStatements(&q.Statements, false)
}

// CheckRevisions says what is wrong with the arguments of History.ListRevisions.
func CheckRevisions(before int64, limit int) error {
	if before < 0 || limit < 1 {
		return Invalidf("revisions are listed before a number from 0, and at least 1 of them: not %d before %d", limit, before)
	}
	return nil
}

func (o Order) check(allowed []OrderBy) error {
	if o.By == "" {
		return nil
	}
	return checkWords("order of this list", []OrderBy{o.By}, allowed)
}

// Check says what is wrong with a page.
func (p Page) Check() error {
	switch {
	case p.First < 0 || p.Last < 0:
		return Invalidf("a page has at least one row: first and last are not negative")
	case p.First > 0 && p.Last > 0:
		return Invalidf("a page is from the start or from the end: give first or last, not both")
	case p.First == 0 && p.Last == 0 && !p.Total:
		return Invalidf("a page needs first, last or the total")
	}
	return nil
}

// checkEdges checks what says which edges of an entity are meant.
func checkEdges(relations []RelationName, properties []PropertyName, d Direction) error {
	if err := checkPredicates(relations, properties); err != nil {
		return err
	}
	if onlyProperties := len(relations) == 0 && len(properties) > 0; d != "" || !onlyProperties {
		return checkWords("direction", []Direction{d}, Directions)
	}
	return nil
}

func checkPredicates(relations []RelationName, properties []PropertyName) error {
	for _, r := range relations {
		switch row, inverse, ok := RelationRow(r); {
		case !ok:
			return Invalidf("%q is not a relation of the ontology", r)
		case inverse:
			return Invalidf("%s is the inverse of %s: ask for %s in the other direction", r, row.Name, row.Name)
		}
	}
	for _, p := range properties {
		if _, ok := PropertyRow(p); !ok {
			return Invalidf("%q is not a property of the ontology", p)
		}
	}
	return nil
}

func checkKinds(kinds []Kind) error {
	for _, k := range kinds {
		if _, ok := k.Info(); !ok {
			return Invalidf("%q is not a kind of entity", k)
		}
	}
	return nil
}

// first is the first error, or nil.
func first(errs ...error) error { return cmp.Or(errs...) }

func checkWords[T ~string](what string, given, allowed []T) error {
	for _, word := range given {
		if !slices.Contains(allowed, word) {
			return Invalidf("%q is not a %s; want one of %s", word, what, words(allowed))
		}
	}
	return nil
}

// within is the place of a field of a filter.
func within(at, field string) string {
	if at == "" {
		return field
	}
	return at + "." + field
}

// filterCheck goes through a tree of filters.
type filterCheck struct{ nodes, conditions int }

func checkStatements(f *StatementFilter, edges bool) error {
	return new(filterCheck).statements(f, edges, 1)
}

func checkEntities(f *EntityFilter) error { return new(filterCheck).entities(f, 1) }

// node counts a filter in, with the conditions of its own.
func (c *filterCheck) node(at string, depth, conditions int) error {
	c.nodes++
	c.conditions += conditions
	switch {
	case depth > MaxFilterDepth:
		return At(at, Limitf("a filter has at most %d levels, with those of and, or, not, the ends of statements and related; lower its depth", MaxFilterDepth))
	case c.nodes > MaxFilterNodes:
		return At(at, Limitf("a filter has at most %d filters within it, under and, or, not, the ends of statements and related; lower their number", MaxFilterNodes))
	case c.conditions > MaxFilterConditions:
		return At(at, Limitf("a filter has at most %d conditions within it, of which those on other records count as %d; lower their number", MaxFilterConditions, ElsewhereConditions))
	}
	return nil
}

// statements checks a filter of statements; edges says whether they have a far end.
func (c *filterCheck) statements(f *StatementFilter, edges bool, depth int) error {
	if err := c.node(f.At, depth, f.conditions()); err != nil {
		return err
	}
	at := func(field string) string { return within(f.At, field) }
	if f.Node != nil && !edges {
		return At(at("node"), Invalidf("node is the far end of an edge, and there are no edges here; filter by subject or object"))
	}
	if f.MinCitations < 0 {
		return At(at("minCitations"), Invalidf("the least number of citations is not negative, this one is %d", f.MinCitations))
	}
	if err := first(
		At(at("relations"), checkPredicates(f.Relations, nil)),
		At(at("properties"), checkPredicates(nil, f.Properties)),
		At(at("holds"), checkWords("holds", f.Holds, []Holds{Definitely, Partly, Possibly})),
		At(at("status"), checkWords("status", f.Statuses, Statuses)),
		At(at("rank"), checkWords("rank", f.Ranks, Ranks)),
		At(at("certainty"), checkWords("certainty", f.Certainties, Certainties)),
		checkValues(at("relations"), f.Relations),
		checkValues(at("properties"), f.Properties),
		checkValues(at("datasets"), f.Datasets),
		checkValues(at("sources"), f.Sources),
		checkValues(at("changeEvents"), f.ChangeEvents),
		checkValues(at("qualifiers"), f.Qualifiers),
		f.When.check(at("when")),
		f.Value.check(at("value")),
	); err != nil {
		return err
	}
	for i, q := range f.Qualifiers {
		if err := q.check(fmt.Sprintf("%s[%d]", at("qualifiers"), i)); err != nil {
			return err
		}
	}
	for _, list := range [][]StatementFilter{f.And, f.Or} {
		for i := range list {
			if err := c.statements(&list[i], edges, depth+1); err != nil {
				return err
			}
		}
	}
	if f.Not != nil {
		if err := c.statements(f.Not, edges, depth+1); err != nil {
			return err
		}
	}
	for _, end := range []*EntityFilter{f.Subject, f.Object, f.Node} {
		if end == nil {
			continue
		}
		if err := c.entities(end, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *filterCheck) entities(f *EntityFilter, depth int) error {
	if err := c.node(f.At, depth, f.conditions()); err != nil {
		return err
	}
	at := func(field string) string { return within(f.At, field) }
	if err := first(
		At(at("kinds"), checkKinds(f.Kinds)),
		At(at("form"), checkWords("form", f.Forms, Forms)),
		At(at("existence"), checkWords("existence", f.Existences, Existences)),
		checkValues(at("ids"), f.IDs),
		checkValues(at("identifiers"), f.Identifiers),
		checkValues(at("datasets"), f.Datasets),
		f.Type.check(at("type")),
		f.Name.check(at("name")),
		f.Start.check(at("start")),
		f.End.check(at("end")),
		f.Life.check(at("life")),
	); err != nil {
		return err
	}
	for i, id := range f.Identifiers {
		if id.Scheme == "" {
			return At(fmt.Sprintf("%s[%d].scheme", at("identifiers"), i), Invalidf("an identifier to compare with has a scheme"))
		}
	}
	for _, list := range [][]EntityFilter{f.And, f.Or} {
		for i := range list {
			if err := c.entities(&list[i], depth+1); err != nil {
				return err
			}
		}
	}
	if f.Not != nil {
		if err := c.entities(f.Not, depth+1); err != nil {
			return err
		}
	}
	for i := range f.Related {
		if err := c.related(&f.Related[i], depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *filterCheck) related(r *RelatedFilter, depth int) error {
	if r.Quantifier != "" {
		if err := checkWords("quantifier", []Quantifier{r.Quantifier}, Quantifiers); err != nil {
			return At(r.At, err)
		}
	}
	if err := first(
		checkValues(within(r.At, "relations"), r.Relations),
		checkValues(within(r.At, "properties"), r.Properties),
		At(r.At, checkEdges(r.Relations, r.Properties, r.Direction)),
	); err != nil {
		return err
	}
	return c.statements(&r.Where, true, depth)
}

// checkValues holds a list to [MaxFilterValues].
func checkValues[T any](at string, list []T) error {
	if len(list) > MaxFilterValues {
		return At(at, Limitf("a list in a filter has at most %d values, this one %d: lower their number", MaxFilterValues, len(list)))
	}
	return nil
}

func (f *TextFilter) check(at string) error {
	if f == nil {
		return nil
	}
	if f.Eq == "" && len(f.In) == 0 && f.Contains == "" && f.StartsWith == "" {
		return At(at, Invalidf("a text is compared by at least one of eq, in, contains and startsWith; this one by none"))
	}
	text := func(field, text string) error {
		if Fold(text) == "" {
			return At(within(at, field), Invalidf("%s is no text to compare with: it has no letter or digit", quote(text)))
		}
		return nil
	}
	for _, given := range []struct{ field, text string }{{"eq", f.Eq}, {"contains", f.Contains}, {"startsWith", f.StartsWith}} {
		if given.text == "" {
			continue
		}
		if err := text(given.field, given.text); err != nil {
			return err
		}
	}
	for i, given := range f.In {
		if err := text(fmt.Sprintf("in[%d]", i), given); err != nil {
			return err
		}
	}
	return checkValues(within(at, "in"), f.In)
}

func (f *DateFilter) check(at string) error {
	if f == nil {
		return nil
	}
	if (*f == DateFilter{}) {
		return At(at, Invalidf("a date is compared by at least one of before, after, during and overlaps; this one by none"))
	}
	for _, given := range []struct {
		field string
		date  Date
	}{{"before", f.Before}, {"after", f.After}, {"during", f.During}, {"overlaps", f.Overlaps}} {
		if d := given.date; d.Approximate() || d.Uncertain() {
			return At(within(at, given.field), Invalidf("%s is no date to compare with: it is exact, without ~, ? or %%", d))
		}
	}
	return nil
}

func (f *ValueFilter) check(at string) error {
	if f == nil {
		return nil
	}
	if _, err := f.kind(); err != nil {
		return At(at, err)
	}
	for _, given := range []struct {
		field  string
		number *float64
	}{{"min", f.Min}, {"max", f.Max}} {
		if n := given.number; n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) {
			return At(within(at, given.field), Invalidf("a number is compared with a number, not with %v", *n))
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		return At(at, Invalidf("no number is at least %v and at most %v: min is not above max", *f.Min, *f.Max))
	}
	return first(f.Text.check(within(at, "text")), f.Date.check(within(at, "date")))
}

// kind is the kind of the values that may match.
func (f *ValueFilter) kind() (ValueKind, error) {
	var kinds []ValueKind
	if f.Text != nil {
		kinds = append(kinds, TextValue)
	}
	if f.Min != nil || f.Max != nil {
		kinds = append(kinds, NumberValue)
	}
	if f.Date != nil {
		kinds = append(kinds, DateValue)
	}
	if len(kinds) != 1 {
		return "", Invalidf("a value is compared by its text, its number (min, max) or its date: give one of the three, not %d", len(kinds))
	}
	return kinds[0], nil
}

func (f QualifierFilter) check(at string) error {
	row, ok := QualifierRow(f.Name)
	if !ok {
		return At(within(at, "name"), Invalidf("%q is not a qualifier of the ontology", f.Name))
	}
	if f.Value == nil {
		return nil
	}
	if err := f.Value.check(within(at, "value")); err != nil {
		return err
	}
	if kind, _ := f.Value.kind(); kind != row.Value {
		return At(within(at, "value"), Invalidf("the value of %s is a %s and does not compare with a %s", f.Name, row.Value, kind))
	}
	return nil
}

// Check says what is wrong with the first bad record of a batch.
func (b Batch) Check() error {
	for i := range b.Datasets {
		if id := b.Datasets[i].ID; id == "" || len(id) > MaxIDLength {
			return Invalidf("a data set has an id of 1 to %d bytes, %q has not", MaxIDLength, id)
		}
	}
	for i := range b.Entities {
		if err := b.Entities[i].check(); err != nil {
			return err
		}
	}
	for i := range b.Statements {
		if err := b.Statements[i].check(); err != nil {
			return err
		}
	}
	for i := range b.ChangeEvents {
		e := &b.ChangeEvents[i]
		if err := checkPrefix(e.ID, ChangeEventPrefix); err != nil {
			return err
		}
		if err := checkSources(e.ID, e.Citations); err != nil {
			return err
		}
	}
	for i := range b.Conflicts {
		if err := checkPrefix(b.Conflicts[i].ID, ConflictPrefix); err != nil {
			return err
		}
	}
	for _, r := range b.Redirects {
		for _, id := range []string{r.From, r.To} {
			if err := checkEntityID(id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Entity) check() error {
	if err := checkEntityID(e.ID); err != nil {
		return err
	}
	if kind, _ := KindOf(e.ID); kind != e.Kind {
		return Invalidf("%s is of the kind %s by its id, and of %q by its record", e.ID, kind, e.Kind)
	}
	bounds := []Bounds{e.Life}
	for i := range e.Names {
		if len(e.Names[i].Text) > MaxNameLength {
			return Invalidf("%s has a name of %d bytes; a name has at most %d", e.ID, len(e.Names[i].Text), MaxNameLength)
		}
		bounds = append(bounds, e.Names[i].Bounds)
	}
	for i := range e.Identifiers {
		if n := max(len(e.Identifiers[i].Scheme), len(e.Identifiers[i].Value)); n > MaxNameLength {
			return Invalidf("%s has an identifier with a scheme or value of %d bytes; each has at most %d", e.ID, n, MaxNameLength)
		}
		bounds = append(bounds, e.Identifiers[i].Bounds)
	}
	return checkBounds(e.ID, bounds...)
}

func (s *Statement) check() error {
	if err := CheckStatementID(s.ID); err != nil {
		return err
	}
	if (s.Relation == "") == (s.Property == "") || (s.Relation == "") != (s.Object == "") {
		return Invalidf("%s has not either a relation and an object, or a property", s.ID)
	}
	ends := []string{s.Subject, s.Object}
	if s.Relation == "" {
		ends = ends[:1]
	}
	for _, id := range ends {
		if checkEntityID(id) != nil {
			return Invalidf("%s stands on %q, which is not the id of an entity", s.ID, id)
		}
	}
	if _, inverse, ok := RelationRow(s.Relation); s.Relation != "" && (!ok || inverse) {
		return Invalidf("%s: %q is not a relation of the ontology, as seen from the subject", s.ID, s.Relation)
	}
	if _, ok := PropertyRow(s.Property); s.Property != "" && !ok {
		return Invalidf("%s: %q is not a property of the ontology", s.ID, s.Property)
	}
	if math.IsNaN(s.Value.Number) || math.IsInf(s.Value.Number, 0) {
		return Invalidf("%s: its value is not a number", s.ID)
	}
	if err := checkBounds(s.ID, s.Bounds); err != nil {
		return err
	}
	return checkSources(s.ID, s.Citations)
}

func checkSources(id string, citations []Citation) error {
	for i := range citations {
		kind, _ := KindOf(citations[i].SourceID)
		if info, ok := kind.Info(); !ok || !info.Citable || CheckID(citations[i].SourceID) != nil {
			return Invalidf("%s cites %q, which is not the id of something citable", id, citations[i].SourceID)
		}
		if len(citations[i].Aspects) == 0 {
			return Invalidf("%s: its citation of %s does not say which aspects it bears out", id, citations[i].SourceID)
		}
	}
	return nil
}

// checkBounds refuses bounds that are not in order: stores count on DEFINITELY and PARTLY implying POSSIBLY.
func checkBounds(id string, bounds ...Bounds) error {
	for _, b := range bounds {
		if b.StartLo > b.StartHi || b.EndLo > b.EndHi {
			return Invalidf("%s has bounds that are not in order: start %s to %s, end %s to %s", id, b.StartLo, b.StartHi, b.EndLo, b.EndHi)
		}
	}
	return nil
}

func checkEntityID(id string) error {
	if _, ok := KindOf(id); !ok {
		return Invalidf("%q is not the id of an entity", id)
	}
	return CheckID(id)
}

func checkPrefix(id, prefix string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	if len(id) <= len(prefix) || id[:len(prefix)+1] != prefix+":" {
		return Invalidf("%q is not an id of its kind, which starts with %q", id, prefix+":")
	}
	return nil
}
