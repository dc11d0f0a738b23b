package gqlmodel

import (
	"fmt"

	"github.com/policygraph/policygraph/graph"
)

// Claim is a statement as a view sees it: what statements and edges have in common.
type Claim struct {
	Record *graph.Statement
	View   graph.View
}

// When is the date of an event; nil where not told.
func (c Claim) When() *graph.Date { return date(c.Record.When) }

// Period is the period of a state; nil where not told.
func (c Claim) Period() *Period { return period(c.Record.Period) }

// From is the first day of the period; nil where not told.
func (c Claim) From() *graph.Date { return date(c.Record.Period.From) }

// To is the last day of the period; nil where not told.
func (c Claim) To() *graph.Date { return date(c.Record.Period.To) }

// Holds is nil without a date, and where it surely does not hold.
func (c Claim) Holds() *graph.Holds { return holds(c.Record.Bounds, c.View) }

// Status is how far it had come.
func (c Claim) Status() graph.Status { return c.Record.Status }

// Certainty is how it follows from its sources.
func (c Claim) Certainty() graph.Certainty { return c.Record.Certainty }

// Rank orders statements on one point.
func (c Claim) Rank() graph.Rank { return c.Record.Rank }

// Note is nil where there is none.
func (c Claim) Note() *string { return text(c.Record.Note) }

// Qualifiers say more of it.
func (c Claim) Qualifiers() []Qualifier {
	out := make([]Qualifier, len(c.Record.Qualifiers))
	for i := range out {
		out[i] = Qualifier{&c.Record.Qualifiers[i], c.View}
	}
	return out
}

// Statement is a statement by itself.
type Statement struct{ Claim }

// IsNode marks what has an id.
func (Statement) IsNode() {}

// ID is the id as the view shows it, with its date.
func (s Statement) ID() string { return graph.RefOf(s.Record.ID, s.View).String() }

// Key is the id without a date.
func (s Statement) Key() string { return s.Record.ID }

// Relation is nil for a property.
func (s Statement) Relation() *graph.RelationName { return word(s.Record.Relation) }

// Property is nil for a relation.
func (s Statement) Property() *graph.PropertyName { return word(s.Record.Property) }

// Value is nil for a relation.
func (s Statement) Value() *Value {
	if s.Record.Property == "" {
		return nil
	}
	return &Value{&s.Record.Value, s.View}
}

// StatusPeriod is when it had its status; nil where not told.
func (s Statement) StatusPeriod() *Period { return period(s.Record.StatusPeriod) }

// Qualifier is a qualifier as a view sees it.
type Qualifier struct {
	Record *graph.Qualifier
	View   graph.View
}

// Name is what it says.
func (q Qualifier) Name() graph.QualifierName { return q.Record.Name }

// Value is its value.
func (q Qualifier) Value() Value { return Value{&q.Record.Value, q.View} }

// Value is a value as a view sees it: one of its fields is not nil.
type Value struct {
	Record *graph.Value
	View   graph.View
}

// Number is nil for another kind of value.
func (v Value) Number() *float64 {
	if v.Record.Kind != graph.NumberValue {
		return nil
	}
	return &v.Record.Number
}

// Unit is nil for a bare number.
func (v Value) Unit() *string { return text(v.Record.Unit) }

// Date is nil for another kind of value.
func (v Value) Date() *graph.Date { return date(v.Record.Date) }

// Text is nil for another kind of value.
func (v Value) Text() *string {
	if v.Record.Kind != graph.TextValue {
		return nil
	}
	return &v.Record.Text
}

// Citation is a citation as a view sees it.
type Citation struct {
	Record *graph.Citation
	View   graph.View
}

// Source is the text cited.
func (c Citation) Source() (Citable, error) {
	if c.Record.Source == nil {
		return nil, fmt.Errorf("the cited entity %s is missing", c.Record.SourceID)
	}
	return As[Citable](Record{Entity: c.Record.Source, View: c.View})
}

// Locator is the place in the text; nil where not told.
func (c Citation) Locator() *string { return text(c.Record.Locator) }

// Line is nil where not told.
func (c Citation) Line() *int {
	if c.Record.Line == 0 {
		return nil
	}
	return &c.Record.Line
}

// Role is what it does for the statement.
func (c Citation) Role() graph.Role { return c.Record.Role }

// Aspects are the parts that it bears out.
func (c Citation) Aspects() []graph.Aspect { return c.Record.Aspects }

// Note is nil where there is none.
func (c Citation) Note() *string { return text(c.Record.Note) }

// Accessed is nil where not told.
func (c Citation) Accessed() *graph.Date { return date(c.Record.Accessed) }

// Citations are citations under a view.
func Citations(records []graph.Citation, v graph.View) []Citation {
	out := make([]Citation, len(records))
	for i := range records {
		out[i] = Citation{&records[i], v}
	}
	return out
}

// Basis is a basis as a view sees it.
type Basis struct {
	Record *graph.Basis
	View   graph.View
}

// Legislation is the legislation.
func (b Basis) Legislation() (*Legislation, error) {
	if b.Record.Legislation == nil {
		return nil, fmt.Errorf("the legislation %s is missing", b.Record.LegislationID)
	}
	return As[*Legislation](Record{Entity: b.Record.Legislation, View: b.View})
}

// Provision is nil for the whole.
func (b Basis) Provision() *string { return text(b.Record.Provision) }

// Bases are bases under a view.
func Bases(records []graph.Basis, v graph.View) []Basis {
	out := make([]Basis, len(records))
	for i := range records {
		out[i] = Basis{&records[i], v}
	}
	return out
}

// ChangeEvent is a change event as a view sees it.
type ChangeEvent struct {
	Record *graph.ChangeEvent
	View   graph.View
}

// IsNode marks what has an id.
func (ChangeEvent) IsNode() {}

// ID is the id as the view shows it, with its date.
func (e ChangeEvent) ID() string { return graph.RefOf(e.Record.ID, e.View).String() }

// Key is the id without a date.
func (e ChangeEvent) Key() string { return e.Record.ID }

// Kind is the sort of change.
func (e ChangeEvent) Kind() graph.ChangeKind { return e.Record.Kind }

// Name is short, in our own words.
func (e ChangeEvent) Name() string { return e.Record.Name }

// When is the first day of the new order; nil where not told.
func (e ChangeEvent) When() *graph.Date { return date(e.Record.When) }

// Holds is nil without a date, and where it surely had not happened.
func (e ChangeEvent) Holds() *graph.Holds { return holds(e.Record.Bounds, e.View) }

// Status is how far it had come.
func (e ChangeEvent) Status() graph.Status { return e.Record.Status }

// StatusPeriod is when it had its status; nil where not told.
func (e ChangeEvent) StatusPeriod() *Period { return period(e.Record.StatusPeriod) }

// Certainty is how it follows from its sources.
func (e ChangeEvent) Certainty() graph.Certainty { return e.Record.Certainty }

// Rank orders records on one point.
func (e ChangeEvent) Rank() graph.Rank { return e.Record.Rank }

// Note is nil where there is none.
func (e ChangeEvent) Note() *string { return text(e.Record.Note) }

// Citations are where it is found.
func (e ChangeEvent) Citations() []Citation { return Citations(e.Record.Citations, e.View) }

// Basis is the legislation under which it came about.
func (e ChangeEvent) Basis() []Basis { return Bases(e.Record.Basis, e.View) }

// Pairs say what took the place of what.
func (e ChangeEvent) Pairs() []ChangePair {
	out := make([]ChangePair, len(e.Record.Pairs))
	for i, p := range e.Record.Pairs {
		out[i] = ChangePair{p, e.View}
	}
	return out
}

// ChangePair is a pair under a view.
type ChangePair struct {
	Pair graph.Pair
	View graph.View
}

// Conflict is a conflict as a view sees it.
type Conflict struct {
	Record *graph.Conflict
	View   graph.View
}

// IsNode marks what has an id.
func (Conflict) IsNode() {}

// ID is the id as the view shows it, with its date.
func (c Conflict) ID() string { return graph.RefOf(c.Record.ID, c.View).String() }

// Key is the id without a date.
func (c Conflict) Key() string { return c.Record.ID }

// Kind is the sort of disagreement.
func (c Conflict) Kind() graph.ConflictKind { return c.Record.Kind }

// Explanation is nil where there is none.
func (c Conflict) Explanation() *string { return text(c.Record.Explanation) }

func word[T ~string](w T) *T {
	if w == "" {
		return nil
	}
	return &w
}
