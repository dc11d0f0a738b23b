package graph

// Filters are trees. All fields of a node that are set must match (AND); a list matches any of its values; And, Or and Not nest. The
// zero filter matches everything that the view and the defaults show. Texts are compared folded (see [Fold]), so letter case, accents
// and apostrophes never matter. Each store compiles the same tree; a property test holds the stores to one reading.

// An EntityFilter narrows entities.
type EntityFilter struct {
	And, Or []EntityFilter
	Not     *EntityFilter

	IDs         []string
	Kinds       []Kind
	Forms       []Form
	Type        *TextFilter
	Name        *TextFilter  // any of its names; under a dated view any that possibly holds then
	Identifiers []Identifier // bears one of these (scheme and value; an empty value: any code of the scheme); under a dated view possibly then
	Start       *DateFilter  // its first day; an entity whose start is not known matches nothing here
	End         *DateFilter  // its last day; likewise
	Life        *DateFilter  // its whole life
	Existences  []Existence  // under a dated view only
	Related     []RelatedFilter
	Datasets    []string // one of its names is cited in one of these
}

// A RelatedFilter asks for edges of an entity: that some, all or none of those of its relations match.
type RelatedFilter struct {
	Relations  []RelationName // canonical names; none: all
	Direction  Direction
	Quantifier Quantifier
	Where      StatementFilter // with Where.Node for the far end
}

// Quantifier says how many must match.
type Quantifier string

// The quantifiers. ALL of none is true.
const (
	Some Quantifier = "SOME"
	All  Quantifier = "ALL"
	None Quantifier = "NONE"
)

// Quantifiers lists them in the order in which messages show them.
var Quantifiers = []Quantifier{Some, All, None}

// A TextFilter compares text. Of the fields that are set all must match.
type TextFilter struct {
	Eq         string   // the whole text; "" is not set
	In         []string // one of these is the whole text
	Contains   string   // a part of the text
	StartsWith string   // the beginning of the text
}

// A DateFilter compares what is known of a first and last possible day with dates that each cover a span of days. Before, After and
// During are sure; Overlaps is possible. Of those that are set all must match.
type DateFilter struct {
	Before   Date // over before the date begins
	After    Date // begins after the date is over
	During   Date // within the date, wholly
	Overlaps Date // may share a day with the date
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
// may have happened, of a state those on which it may have held. A [DateFilter] on statements compares them.
func (s *Statement) Extent() (lo, end Day) {
	if s.Nature() == Event {
		return s.Bounds.StartLo, s.Bounds.StartHi.Add(1)
	}
	return s.Bounds.StartLo, s.Bounds.EndHi
}
