// Package gqlmodel holds the types that the GraphQL schema is bound to: records of the graph, each with the view under which it was
// read, so that what is shown of it follows the view. It reads nothing itself.
package gqlmodel

import (
	"fmt"

	"github.com/policygraph/policygraph/graph"
)

// Query is the root of reads; it holds nothing.
type Query struct{}

// View is the root of reads under a view.
type View struct {
	View     graph.View
	Revision graph.Revision // of the view
}

// Date is the date that the view is bound to; nil for none.
func (v *View) Date() *graph.Date { return date(v.View.Date) }

// Node is what has an id.
type Node interface {
	IsNode()
	ID() string
}

// Entity is one of the eight kinds.
type Entity interface {
	Node
	IsEntity()
	Of() Record
}

// Citable is an entity that may be cited: a source, legislation or an initiative.
type Citable interface {
	Entity
	IsCitable()
}

// Record is an entity as a view sees it. Every kind embeds it.
type Record struct {
	Entity *graph.Entity
	View   graph.View
}

type (
	// Organisation is an entity of that kind.
	Organisation struct{ Record }
	// Legislation is an entity of that kind.
	Legislation struct{ Record }
	// Initiative is an entity of that kind.
	Initiative struct{ Record }
	// Responsibility is an entity of that kind.
	Responsibility struct{ Record }
	// Source is an entity of that kind.
	Source struct{ Record }
	// Person is an entity of that kind.
	Person struct{ Record }
	// Place is an entity of that kind.
	Place struct{ Record }
	// Topic is an entity of that kind.
	Topic struct{ Record }
)

// IsCitable marks what may be cited.
func (*Legislation) IsCitable() {}

// IsCitable marks what may be cited.
func (*Initiative) IsCitable() {}

// IsCitable marks what may be cited.
func (*Source) IsCitable() {}

// Of is the entity as its kind's type.
func Of(r Record) (Entity, error) {
	switch r.Entity.Kind {
	case graph.Organisation:
		return &Organisation{r}, nil
	case graph.Legislation:
		return &Legislation{r}, nil
	case graph.Initiative:
		return &Initiative{r}, nil
	case graph.Responsibility:
		return &Responsibility{r}, nil
	case graph.Source:
		return &Source{r}, nil
	case graph.Person:
		return &Person{r}, nil
	case graph.Place:
		return &Place{r}, nil
	case graph.Topic:
		return &Topic{r}, nil
	}
	return nil, fmt.Errorf("entity %s has the unknown kind %q", r.Entity.ID, r.Entity.Kind)
}

// As is the entity as type T: one kind's type, or an interface that its kind satisfies.
func As[T Entity](r Record) (T, error) {
	var none T
	e, err := Of(r)
	if err != nil {
		return none, err
	}
	t, ok := e.(T)
	if !ok {
		return none, fmt.Errorf("entity %s is of kind %s, which does not belong here", r.Entity.ID, r.Entity.Kind)
	}
	return t, nil
}

// IsNode marks what has an id.
func (Record) IsNode() {}

// IsEntity marks the eight kinds.
func (Record) IsEntity() {}

// Of is the record itself.
func (r Record) Of() Record { return r }

// ID is the id as the view shows it, with its date.
func (r Record) ID() string { return graph.RefOf(r.Entity.ID, r.View).String() }

// Key is the id without a date.
func (r Record) Key() string { return r.Entity.ID }

// Kind is the entity's kind.
func (r Record) Kind() graph.Kind { return r.Entity.Kind }

// Form tells a body from a class.
func (r Record) Form() graph.Form { return r.Entity.Form }

// Type is finer than the kind; nil where not said.
func (r Record) Type() *string { return text(r.Entity.Type) }

// Name is what it is called under the view.
func (r Record) Name() string { return r.Entity.NameAt(r.View.Date) }

// Summary says what it is; nil where nothing is said.
func (r Record) Summary() *string { return text(r.Entity.Summary) }

// Start is the first day; nil where not known.
func (r Record) Start() *graph.Date {
	d, _ := r.Entity.StartAt(r.View.Date)
	return date(d)
}

// End is the last day; nil where not known.
func (r Record) End() *graph.Date {
	d, _ := r.Entity.EndAt(r.View.Date)
	return date(d)
}

// Existence is nil without a date.
func (r Record) Existence() *graph.Existence {
	if !r.View.Dated() {
		return nil
	}
	e := r.Entity.Life.Existence(r.View.Date)
	return &e
}

// Names are the names that are not deprecated; under a date those that possibly were in use.
func (r Record) Names() []Name {
	names := make([]Name, 0, len(r.Entity.Names))
	for i := range r.Entity.Names {
		n := Name{&r.Entity.Names[i], r.View}
		if n.Record.Rank != graph.Deprecated && shown(n.Record.Bounds, r.View) {
			names = append(names, n)
		}
	}
	return names
}

// Identifiers are the identifiers; under a date those that it possibly bore.
func (r Record) Identifiers() []Identifier {
	ids := make([]Identifier, 0, len(r.Entity.Identifiers))
	for i := range r.Entity.Identifiers {
		id := Identifier{&r.Entity.Identifiers[i], r.View}
		if shown(id.Record.Bounds, r.View) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Name is a name as a view sees it.
type Name struct {
	Record *graph.Name
	View   graph.View
}

// Text is the name.
func (n Name) Text() string { return n.Record.Text }

// Use is what it is for.
func (n Name) Use() graph.NameUse { return n.Record.Use }

// Period is when it was in use; nil where not told.
func (n Name) Period() *Period { return period(n.Record.Period) }

// From is the first day of the period; nil where not told.
func (n Name) From() *graph.Date { return date(n.Record.Period.From) }

// To is the last day of the period; nil where not told.
func (n Name) To() *graph.Date { return date(n.Record.Period.To) }

// Holds is nil without a date.
func (n Name) Holds() *graph.Holds { return holds(n.Record.Bounds, n.View) }

// Identifier is an identifier as a view sees it.
type Identifier struct {
	Record *graph.Identifier
	View   graph.View
}

// Scheme is the register.
func (i Identifier) Scheme() string { return i.Record.Scheme }

// Value is the code.
func (i Identifier) Value() string { return i.Record.Value }

// Period is when the entity bore it; nil where not told.
func (i Identifier) Period() *Period { return period(i.Record.Period) }

// Holds is nil without a date.
func (i Identifier) Holds() *graph.Holds { return holds(i.Record.Bounds, i.View) }

// IdentifierInput names an entity by a register's code.
type IdentifierInput struct{ Scheme, Value string }

// Period is a period of the graph that is not zero.
type Period struct{ graph.Period }

// Text is the EDTF interval.
func (p Period) Text() string { return p.Period.String() }

// From is nil where not known.
func (p Period) From() *graph.Date { return date(p.Period.From) }

// To is nil where the period has not ended or its end is not known.
func (p Period) To() *graph.Date { return date(p.Period.To) }

// EndState is what is known of the end.
func (p Period) EndState() graph.EndState { return p.Period.End }

// What the graph leaves zero is null in an answer.

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func date(d graph.Date) *graph.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func period(p graph.Period) *Period {
	if p.IsZero() {
		return nil
	}
	return &Period{p}
}

func holds(b graph.Bounds, v graph.View) *graph.Holds {
	if !v.Dated() {
		return nil
	}
	h := b.Holds(v.Date)
	if h == "" {
		return nil
	}
	return &h
}

func shown(b graph.Bounds, v graph.View) bool { return !v.Dated() || b.Holds(v.Date) != "" }
