package graph

import (
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
	for _, r := range q.Relations {
		switch row, inverse, ok := RelationRow(r); {
		case !ok:
			return Invalidf("%q is not a relation of the ontology", r)
		case inverse:
			return Invalidf("%s is the inverse of %s: ask for %s in the other direction", r, row.Name, row.Name)
		}
	}
	for _, p := range q.Properties {
		if _, ok := PropertyRow(p); !ok {
			return Invalidf("%q is not a property of the ontology", p)
		}
	}
	if onlyProperties := len(q.Relations) == 0 && len(q.Properties) > 0; q.Direction != "" || !onlyProperties {
		if err := checkWords("direction", []Direction{q.Direction}, Directions); err != nil {
			return err
		}
	}
	if err := q.Filter.Check(); err != nil {
		return err
	}
	return q.Page.Check()
}

// Check says what is wrong with a filter.
func (f StatementFilter) Check() error {
	for _, err := range []error{
		checkWords("holds", f.Holds, []Holds{Definitely, Partly, Possibly}),
		checkWords("status", f.Statuses, Statuses),
		checkWords("rank", f.Ranks, Ranks),
		checkWords("certainty", f.Certainties, Certainties),
		checkKinds(f.FarKinds),
	} {
		if err != nil {
			return err
		}
	}
	return nil
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

func checkKinds(kinds []Kind) error {
	for _, k := range kinds {
		if _, ok := k.Info(); !ok {
			return Invalidf("%q is not a kind of entity", k)
		}
	}
	return nil
}

func checkWords[T ~string](what string, given, allowed []T) error {
	for _, word := range given {
		if !slices.Contains(allowed, word) {
			return Invalidf("%q is not a %s; want one of %s", word, what, words(allowed))
		}
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
		bounds = append(bounds, e.Names[i].Bounds)
	}
	for i := range e.Identifiers {
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
		if info, ok := kind.Info(); !ok || !info.Citable {
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
