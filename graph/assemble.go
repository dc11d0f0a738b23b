package graph

import (
	"fmt"
	"slices"
)

// A Problem is a fault of one authored record.
type Problem struct {
	Record string // id of the entity, statement, change event, conflict or data set
	Field  string // path in the record: "when", "cite[1].source", "qualifiers.POST"; "" for the whole
	Text   string // what is wrong, and what is allowed
}

func (p Problem) String() string {
	if p.Field == "" {
		return p.Record + ": " + p.Text
	}
	return p.Record + ": " + p.Field + ": " + p.Text
}

// Assemble turns authored records into the records that stores keep. Of the authored batch it reads, of entities, ID, Kind, Form,
// Summary and Identifiers: names, type, start and end come from property statements. It
//
//  1. fills in the defaults (IN_EFFECT, STATED, NORMAL, SUPPORTS, and the aspect RELATION or VALUE),
//  2. checks every record against the ontology and every reference against the batch,
//  3. derives the statements that follow from change events,
//  4. works out lives, and from lives and the dates of sources the bounds of every statement,
//  5. derives the entities' own columns.
//
// All faults are returned at once, in order of the records; with any fault the batch is not to be loaded. The records come in the
// order of the input, derived statements after authored ones; the input is not changed.
func Assemble(in Batch) (Batch, []Problem) {
	a := assembler{
		out: Batch{
			Datasets:     slices.Clone(in.Datasets),
			Entities:     slices.Clone(in.Entities),
			Statements:   slices.Clone(in.Statements),
			ChangeEvents: slices.Clone(in.ChangeEvents),
			Conflicts:    slices.Clone(in.Conflicts),
			Redirects:    slices.Clone(in.Redirects),
		},
		entities:   make(map[string]*Entity, len(in.Entities)),
		statements: make(map[string]bool, len(in.Statements)),
		claims:     make(map[string][]*Statement),
		datasets:   make(map[string]bool, len(in.Datasets)),
		events:     make(map[string]*ChangeEvent, len(in.ChangeEvents)),
		holdings:   make(map[holding][]int),
		ended:      make(map[int]Date),
	}
	a.index()
	for i := range a.out.ChangeEvents {
		a.changeEvent(&a.out.ChangeEvents[i])
	}
	for i := range a.out.Statements {
		a.statement(&a.out.Statements[i])
	}
	if len(a.problems) == 0 {
		a.deriveAll()
		a.lives()
		a.bounds()
		a.columns()
	}
	a.conflicts()
	return a.out, a.problems
}

type assembler struct {
	out        Batch
	problems   []Problem
	entities   map[string]*Entity
	statements map[string]bool
	datasets   map[string]bool
	claims     map[string][]*Statement // property statements by subject
	events     map[string]*ChangeEvent
	holdings   map[holding][]int // places of the RESPONSIBLE_FOR statements
	ended      map[int]Date      // by the place of a holding, when the transfer came that ended it
}

// holding is a holder and a responsibility, by their ids.
type holding struct{ holder, responsibility string }

func (a *assembler) problem(record, field, format string, args ...any) {
	a.problems = append(a.problems, Problem{record, field, fmt.Sprintf(format, args...)})
}

func (a *assembler) index() {
	for i := range a.out.Datasets {
		id := a.out.Datasets[i].ID
		switch {
		case id == "":
			a.problem(id, "", "a dataset has an id")
		case a.datasets[id]:
			a.problem(id, "", "two datasets have this id")
		}
		a.datasets[id] = true
	}
	for i := range a.out.Entities {
		e := &a.out.Entities[i]
		if e.Form == "" {
			e.Form = Body
		}
		kind, _ := KindOf(e.ID)
		switch err := CheckID(e.ID); {
		case err != nil:
			a.problem(e.ID, "", "%v", err)
		case kind != e.Kind:
			a.problem(e.ID, "kind", "the id is of the kind %s, the record says %s", kind, e.Kind)
		case a.entities[e.ID] != nil:
			a.problem(e.ID, "", "two entities have this id")
		}
		if !slices.Contains(Forms, e.Form) {
			a.problem(e.ID, "form", "%q is not a form; want one of %s", e.Form, words(Forms))
		}
		a.entities[e.ID] = e
	}
	for i := range a.out.Statements {
		s := &a.out.Statements[i]
		if err := CheckStatementID(s.ID); err != nil {
			a.problem(s.ID, "", "%v", err)
		} else if a.statements[s.ID] {
			a.problem(s.ID, "", "two statements have this id")
		}
		a.statements[s.ID] = true
		if s.Relation == ResponsibleFor {
			at := holding{s.Subject, s.Object}
			a.holdings[at] = append(a.holdings[at], i)
		}
	}
	for i := range a.out.ChangeEvents {
		e := &a.out.ChangeEvents[i]
		if a.events[e.ID] != nil {
			a.problem(e.ID, "", "two change events have this id")
		}
		a.events[e.ID] = e
	}
}

// counts says whether a statement stands for its entity's own columns.
func (s *Statement) counts() bool { return s.Status == InEffect && s.Rank != Deprecated }
