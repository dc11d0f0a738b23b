package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// lives works out each entity's starts, ends and life, starts and ends first: those of sources attest the lives.
func (a *assembler) lives() {
	a.claims = make(map[string][]*Statement, len(a.entities)) // appending derived statements has moved the records
	for i := range a.out.Statements {
		if s := &a.out.Statements[i]; s.Property != "" {
			a.claims[s.Subject] = append(a.claims[s.Subject], s)
		}
	}
	for i := range a.out.Entities {
		e := &a.out.Entities[i]
		e.Starts, e.Ends = nil, nil
		for _, s := range a.claims[e.ID] {
			if !s.counts() {
				continue
			}
			switch s.Property {
			case StartProperty:
				s.Bounds = EventBounds(s.When.Bounds())
				e.Starts = append(e.Starts, LifeEnd{s.Value.Date, s.Bounds, s.Rank, s.ID})
			case EndProperty:
				s.Bounds = a.endOf(s)
				e.Ends = append(e.Ends, LifeEnd{s.Value.Date, s.Bounds, s.Rank, s.ID})
			}
		}
		if len(e.Starts) == 0 { // legislation has no start of its own
			e.Starts = a.enacted(e)
		}
		for _, claims := range [][]LifeEnd{e.Starts, e.Ends} {
			slices.SortFunc(claims, func(x, y LifeEnd) int {
				return cmp.Or(cmp.Compare(rankOrder(x.Rank), rankOrder(y.Rank)), cmp.Compare(x.Statement, y.Statement))
			})
		}
	}
	shown := a.shownInBeing()
	for i := range a.out.Entities {
		e := &a.out.Entities[i]
		var p Period
		p.From, _ = e.StartAt(Date{})
		end, by := e.EndAt(Date{})
		if !end.IsZero() {
			p.To, p.End = end, EndDated
		} else if !p.From.IsZero() {
			p.End = EndNotStated
		}
		a.period(e.ID, "end", p)
		var seen Attestation
		for _, s := range a.claims[e.ID] {
			if s.Property == NameProperty && s.counts() && !s.Past {
				seen = a.attested(s.Citations, seen)
			}
		}
		e.Life = LifeBounds(p, seen)
		if day, ok := shown[e.ID]; ok && p.From.IsZero() {
			e.Life.StartHi = min(e.Life.StartHi, day)
			e.Life = e.Life.tightened()
		}
		if by != "" { // a derived end of coarse date is bounded by its event, a day earlier
			e.Life.EndLo, e.Life.EndHi = e.Ends[0].Bounds.StartLo.Add(1), e.Ends[0].Bounds.StartHi.Add(1)
			e.Life = e.Life.tightened()
		}
		e.Life = disputed(e.Life, e.Starts, e.Ends)
	}
}

// enacted is the claims of a start that follow from those of when legislation was made: it is in being from then on.
func (a *assembler) enacted(e *Entity) (starts []LifeEnd) {
	for _, s := range a.claims[e.ID] {
		if s.Property == EnactedProperty && s.counts() {
			starts = append(starts, LifeEnd{s.Value.Date, EventBounds(s.Value.Date.Bounds()), s.Rank, s.ID})
		}
	}
	return starts
}

// shownInBeing is, of each entity of which it is told, the day by which it surely was in being: whatever was in some state was there,
// and so was the object of it; whoever did something was there, but not always what it was done to. Of each statement only its own date
// counts, never one that lives or texts lend it: lives rest on no lives.
func (a *assembler) shownInBeing() map[string]Day {
	shown := make(map[string]Day)
	show := func(entity string, date Date) {
		if date.IsZero() || entity == "" {
			return
		}
		_, day := date.Bounds()
		if before, ok := shown[entity]; !ok || day < before {
			shown[entity] = day
		}
	}
	for i := range a.out.Statements {
		s := &a.out.Statements[i]
		switch nature := s.Nature(); {
		case !s.counts():
		case nature == State:
			show(s.Subject, s.Period.From)
			show(s.Object, s.Period.From)
		case nature == Event && s.Relation != "":
			show(s.Subject, s.When)
		}
	}
	return shown
}

// disputed is a life widened by the claims that have the rank of the best start or end and cannot be the same day: none of them is sure, and
// whichever a date shows, existence does not gainsay it.
func disputed(life Bounds, starts, ends []LifeEnd) Bounds {
	b := life
	for _, c := range starts {
		if c.Rank == starts[0].Rank && (c.Bounds.StartHi < life.StartLo || c.Bounds.StartLo > life.StartHi) {
			b.StartLo, b.StartHi = min(b.StartLo, c.Bounds.StartLo), max(b.StartHi, c.Bounds.StartHi)
		}
	}
	for _, c := range ends {
		if lo, hi := c.Bounds.StartLo.Add(1), c.Bounds.StartHi.Add(1); c.Rank == ends[0].Rank && (hi < life.EndLo || lo > life.EndHi) {
			b.EndLo, b.EndHi = min(b.EndLo, lo), max(b.EndHi, hi)
		}
	}
	return b.tightened()
}

// endOf is the bounds of an END claim as an event: the possible last days.
func (a *assembler) endOf(s *Statement) Bounds {
	if e := a.events[s.ChangeEvent]; e != nil {
		return EventBounds(endBounds(e.When))
	}
	return EventBounds(s.When.Bounds())
}

// attested adds to an attestation the dates of the sources that support the relation or value. Legislation tells of what is to come as
// well as of what is, so it attests nothing.
func (a *assembler) attested(citations []Citation, seen Attestation) Attestation {
	for _, c := range citations {
		if c.Role != Supports || !slices.Contains(c.Aspects, AspectRelation) && !slices.Contains(c.Aspects, AspectValue) {
			continue
		}
		if source := a.entities[c.SourceID]; source.Kind != Legislation {
			date, _ := source.StartAt(Date{})
			seen.Add(date)
		}
	}
	return seen
}

// bounds works out the bounds of all that is not a life. What is not in effect has no place in time but the one over which it stood as
// proposed, announced or withdrawn: its own date is a plan.
func (a *assembler) bounds() {
	for i := range a.out.ChangeEvents {
		e := &a.out.ChangeEvents[i]
		seen := a.attested(e.Citations, Attestation{})
		if e.Status != InEffect {
			e.Bounds = StateBounds(e.StatusPeriod, seen)
			continue
		}
		e.Bounds = MomentBounds(e.When, seen)
	}
	for i := range a.out.Statements {
		s := &a.out.Statements[i]
		s.Bounds = a.boundsOf(s)
		if s.Status == InEffect {
			s.Bounds = s.Bounds.EndedBy(a.ended[i])
		}
	}
}

func (a *assembler) boundsOf(s *Statement) Bounds {
	seen := a.attested(s.Citations, Attestation{Past: s.Past})
	if s.Status != InEffect {
		return StateBounds(s.StatusPeriod, seen)
	}
	subject, object := a.entities[s.Subject], a.entities[s.Object]
	switch s.Nature() {
	case AlwaysTrue:
		return sinceBothAre(subject, object)
	case Event:
		if s.Property == EndProperty {
			return a.endOf(s)
		}
		return MomentBounds(s.When, seen)
	}
	seen.Within = subject.Life
	if object != nil {
		seen.Within = seen.Within.Meet(object.Life)
	}
	return StateBounds(s.Period, seen)
}

// sinceBothAre is the bounds of a timeless statement: it holds for ever, from the day on which its subject and, where it is a text, its
// object are known to have been there. So a text cites nothing before it is written, nor is it an author's work; but it may be about a
// body that is still to come.
func sinceBothAre(subject, object *Entity) Bounds {
	b := Timeless
	for _, e := range []*Entity{subject, object} {
		if e == nil || len(e.Starts) == 0 {
			continue
		}
		if info, _ := e.Kind.Info(); e == object && !info.Citable {
			continue
		}
		b.StartLo, b.StartHi = max(b.StartLo, e.Life.StartLo), max(b.StartHi, e.Life.StartHi)
	}
	return b
}

// columns derives what an entity shows of itself.
func (a *assembler) columns() {
	for i := range a.out.Entities {
		e := &a.out.Entities[i]
		e.Names, e.Type = nil, ""
		var typed *Statement
		for _, s := range a.claims[e.ID] {
			switch {
			case !s.counts():
			case s.Property == NameProperty:
				e.Names = append(e.Names, Name{s.Value.Text, s.nameUse(), s.Period, s.Bounds, s.Rank, s.ID})
			case s.Property == TypeProperty && (typed == nil || better(s.Rank, typed.Rank, Definitely, Definitely, s.ID, typed.ID)):
				typed = s
				e.Type = s.Value.Text
			}
		}
		if len(e.Names) == 0 {
			a.problem(e.ID, "name", "an entity has at least one NAME in effect")
		}
		slices.SortFunc(e.Names, func(x, y Name) int {
			return cmp.Or(
				cmp.Compare(slices.Index(NameUses, x.Use), slices.Index(NameUses, y.Use)),
				cmp.Compare(x.Bounds.StartLo, y.Bounds.StartLo), cmp.Compare(x.Statement, y.Statement))
		})
		e.Identifiers = slices.Clone(e.Identifiers)
		for j := range e.Identifiers {
			id := &e.Identifiers[j]
			if id.Scheme == "" || id.Value == "" {
				a.problem(e.ID, fmt.Sprintf("identifiers[%d]", j), "an identifier has a scheme and a value")
			}
			a.period(e.ID, fmt.Sprintf("identifiers[%d].period", j), id.Period)
			id.Bounds = StateBounds(id.Period, Attestation{Within: e.Life})
		}
	}
}

// nameUse is what a NAME statement's name is for; OFFICIAL where it does not say.
func (s *Statement) nameUse() NameUse {
	for _, q := range s.Qualifiers {
		if q.Name == NameUseQualifier {
			return NameUse(q.Value.Text)
		}
	}
	return Official
}
