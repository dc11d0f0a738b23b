package graph

import "slices"

// Filters are trees. Whatever is set in a node must match: all of And, one of Or, not Not, and each field of its own. Of a list of
// values one must match; of Related and Qualifiers every one. An empty list is not set, so the zero filter matches everything. Ids of
// entities follow redirects. Texts are compared folded (see [Fold]), so that letter case, accents and apostrophes never matter; ids,
// schemes, codes and the words of enumerations are compared as they are.
//
// Each store compiles the same tree; a property test holds the stores to one reading.

// At of a filter is its place in the request, such as "where.and[1]". It narrows nothing: Check begins a refusal with the place that is
// at fault, in the words of the API.

// The limits of a filter. Beyond one, Check of a query is an [ErrLimit].
const (
	MaxFilterDepth  = 8   // levels: a filter, what stands in its And, Or, Not, Subject, Object, Node and Related, and so on
	MaxFilterNodes  = 100 // filters in the whole tree
	MaxFilterValues = 200 // values in one list

	// MaxFilterConditions is how many conditions there are in the whole tree: fields that are set, and of a text, date or value each
	// comparison. Holds and Existences, which compare both bounds, count as two. What looks at other records counts as
	// [ElsewhereConditions], and what is asked of these besides: an end of a statement, the identifiers of an entity, the data sets of
	// its names, and edges, which in Both directions count twice. A store makes one query of all that, and a database server takes the
	// longer to plan it the more there is in it.
	MaxFilterConditions = 60
	ElsewhereConditions = 5
)

// A StatementFilter narrows statements.
//
// Two defaults are added at the root (see [StatementFilter.Defaults]): what is in effect, unless a node of the tree names Statuses,
// and what is not deprecated, unless a node names Ranks. The nodes of the tree are those joined by And, Or and Not. A filter of
// entities begins a tree of its own, and so does the Where of each Related. Under a dated view only statements that possibly hold on
// the date are shown, whatever the filter.
type StatementFilter struct {
	At string

	And, Or []StatementFilter
	Not     *StatementFilter

	Relations    []RelationName // canonical names; with Properties: of one of these relations or properties
	Properties   []PropertyName
	Holds        []Holds // under a dated view; without a date it is not looked at
	Statuses     []Status
	Ranks        []Rank
	Certainties  []Certainty
	Datasets     []string // its relation or value is cited in one of these, in any role
	Sources      []string // entity ids: cited from one of these, in any role, whatever the aspect
	MinCitations int      // at least so many citations SUPPORT it
	When         *DateFilter
	ChangeEvents []string          // follows from one of these
	Qualifiers   []QualifierFilter // has a qualifier for every one of these
	Value        *ValueFilter      // of a property; a relation has no value and does not match
	Subject      *EntityFilter
	Object       *EntityFilter // a property has no object and does not match
	Node         *EntityFilter // the far end of an edge, which a property has not; refused where there are no edges
}

// An EntityFilter narrows entities.
//
// Under a dated view lists and counts show what possibly exists on the date, unless a node of the tree (of those joined by And, Or and
// Not) names Existences. A date hides no end of a statement: there the default does not apply.
type EntityFilter struct {
	At string

	And, Or []EntityFilter
	Not     *EntityFilter

	IDs         []string
	Kinds       []Kind
	Forms       []Form
	Type        *TextFilter
	Name        *TextFilter  // any of its names; under a dated view one that possibly holds then
	Identifiers []Identifier // bears one of these (scheme and value; an empty value: any code of the scheme); under a dated view possibly then
	Start       *DateFilter  // its first day, see [Bounds.FirstDay]; an entity whose start is not known does not match
	End         *DateFilter  // its last day, see [Bounds.LastDay]; likewise
	Life        *DateFilter  // all of Life that is possible: from StartLo to before EndHi
	Existences  []Existence  // under a dated view; without a date it is not looked at
	Datasets    []string     // a NAME statement of it, in effect and not deprecated, claims its value from one of these, whenever it holds
	Related     []RelatedFilter
}

// A RelatedFilter asks for the edges of an entity: those of its relations and properties, in its direction, that the view and the
// defaults of Where show. SOME or NONE of them match Where, or ALL do: of no edges ALL do.
type RelatedFilter struct {
	At string

	Quantifier Quantifier     // "": SOME
	Relations  []RelationName // canonical names; none, with no Properties: every relation
	Properties []PropertyName // seen from the subject only
	Direction  Direction      // of the relations; may be left out with Properties alone
	Where      StatementFilter
}

// Quantifier says how many must match.
type Quantifier string

// The quantifiers.
const (
	Some Quantifier = "SOME"
	All  Quantifier = "ALL"
	None Quantifier = "NONE"
)

// Quantifiers lists them in the order in which messages show them.
var Quantifiers = []Quantifier{Some, All, None}

// A TextFilter compares text, folded on both sides. Of the fields that are set, of which there is at least one, all must match. Each
// text has a letter or a digit.
type TextFilter struct {
	Eq         string   // the whole text
	In         []string // one of these is the whole text
	Contains   string   // a part of the text, within words too
	StartsWith string   // the beginning of the text, within a word too
}

// A DateFilter compares what is known of a first and last possible day with dates that each cover a span of days. Before, After and
// During are sure; Overlaps is possible. Of the dates that are set, of which there is at least one, all must match. They are exact:
// without ~, ? and %.
type DateFilter struct {
	Before   Date // over before the date begins
	After    Date // begins after the date is over
	During   Date // within the date, wholly
	Overlaps Date // may share a day with the date
}

// A ValueFilter compares a value: its Text, or its Number with Min and Max, or the days that its Date may mean with Date. It is of one
// of the three kinds; a value of another does not match.
type ValueFilter struct {
	Text     *TextFilter
	Min, Max *float64 // both inclusive, in the unit of the value
	Date     *DateFilter
}

// A QualifierFilter asks for a qualifier of a name.
type QualifierFilter struct {
	Name  QualifierName
	Value *ValueFilter // nil: any value
}

// conditions are those of the node itself.
func (f *StatementFilter) conditions() int {
	n := 2*set(len(f.Holds) > 0) + set(len(f.Relations)+len(f.Properties) > 0, len(f.Statuses) > 0, len(f.Ranks) > 0, len(f.Certainties) > 0, len(f.Datasets) > 0,
		len(f.Sources) > 0, f.MinCitations > 0, len(f.ChangeEvents) > 0)
	for i := range f.Qualifiers {
		n += 1 + f.Qualifiers[i].Value.conditions()
	}
	return n + f.When.conditions() + f.Value.conditions() + ElsewhereConditions*set(f.Subject != nil, f.Object != nil, f.Node != nil)
}

// conditions are those of the node itself.
func (f *EntityFilter) conditions() int {
	n := 2*set(len(f.Existences) > 0) + set(len(f.IDs) > 0, len(f.Kinds) > 0, len(f.Forms) > 0)
	n += f.Type.conditions() + f.Name.conditions() + f.Start.conditions() + f.End.conditions() + f.Life.conditions()
	elsewhere := set(len(f.Identifiers) > 0, len(f.Datasets) > 0)
	for i := range f.Related {
		elsewhere += 1 + set(f.Related[i].Direction == Both)
	}
	return n + ElsewhereConditions*elsewhere
}

func (f *TextFilter) conditions() int {
	if f == nil {
		return 0
	}
	return set(f.Eq != "", len(f.In) > 0, f.Contains != "", f.StartsWith != "")
}

func (f *DateFilter) conditions() int {
	if f == nil {
		return 0
	}
	return set(!f.Before.IsZero(), !f.After.IsZero(), !f.During.IsZero(), !f.Overlaps.IsZero())
}

func (f *ValueFilter) conditions() int {
	if f == nil {
		return 0
	}
	return f.Text.conditions() + set(f.Min != nil, f.Max != nil) + f.Date.conditions()
}

// set is how many of some are.
func set(fields ...bool) (n int) {
	for _, is := range fields {
		if is {
			n++
		}
	}
	return n
}

// Defaults are the statuses and ranks to which the tree is narrowed at its root because it names none; nil where it does name some.
func (f *StatementFilter) Defaults() (statuses []Status, ranks []Rank) {
	if !f.any(func(n *StatementFilter) bool { return len(n.Statuses) > 0 }) {
		statuses = []Status{InEffect}
	}
	if !f.any(func(n *StatementFilter) bool { return len(n.Ranks) > 0 }) {
		ranks = []Rank{Preferred, Normal}
	}
	return statuses, ranks
}

// any tells whether a node of the tree passes the test.
func (f *StatementFilter) any(test func(*StatementFilter) bool) bool {
	in := func(n StatementFilter) bool { return n.any(test) }
	return test(f) || slices.ContainsFunc(f.And, in) || slices.ContainsFunc(f.Or, in) || f.Not != nil && f.Not.any(test)
}

// NamesExistences says whether a node of the tree names Existences, so that lists under a date are not narrowed to what possibly exists.
func (f *EntityFilter) NamesExistences() bool {
	in := func(n EntityFilter) bool { return n.NamesExistences() }
	return len(f.Existences) > 0 || slices.ContainsFunc(f.And, in) || slices.ContainsFunc(f.Or, in) || f.Not != nil && f.Not.NamesExistences()
}

// Matches compares the days [lo, end), end being the day after the last.
func (f *DateFilter) Matches(lo, end Day) bool {
	span := func(d Date, test func(q0, q1 Day) bool) bool {
		return d.IsZero() || test(d.Span())
	}
	return span(f.Before, func(q0, _ Day) bool { return end <= q0 }) &&
		span(f.After, func(_, q1 Day) bool { return lo >= q1 }) &&
		span(f.During, func(q0, q1 Day) bool { return lo >= q0 && end <= q1 }) &&
		span(f.Overlaps, func(q0, q1 Day) bool { return lo < q1 && end > q0 })
}

// Extent is the first possible day of what a statement tells and the day after the last possible one: of an event the days on which it
// may have happened, of a state those on which it may have held. StatementFilter.When compares them.
func (s *Statement) Extent() (lo, end Day) {
	if s.Nature() == Event {
		return s.Bounds.StartLo, s.Bounds.StartHi.Add(1)
	}
	return s.Bounds.StartLo, s.Bounds.EndHi
}

// Extent is the first day on which the event may have happened and the day after the last one.
func (e *ChangeEvent) Extent() (lo, end Day) { return e.Bounds.StartLo, e.Bounds.StartHi.Add(1) }

// FirstDay is the first possible first day, and the day after the last possible one. It is not known where StartLo is unbounded.
func (b Bounds) FirstDay() (lo, end Day, known bool) {
	return b.StartLo, b.StartHi.Add(1), b.StartLo != MinDay
}

// LastDay is the first possible last day, and the day after the last possible one. It is not known where EndHi is unbounded.
func (b Bounds) LastDay() (lo, end Day, known bool) {
	return b.EndLo.Add(-1), b.EndHi, b.EndHi != MaxDay
}

// Year is the year of the first day, where all its possible days lie in one.
func (b Bounds) Year() (year Date, known bool) {
	if b.StartLo == MinDay || b.StartHi == MaxDay {
		return Date{}, false
	}
	lo, _, _ := b.StartLo.civil()
	hi, _, _ := b.StartHi.civil()
	if lo != hi {
		return Date{}, false
	}
	return Date{year: int32(lo), unit: unitYear}, true
}
