package graph

import (
	"slices"
)

// derive makes the statements that follow from a change event.
func (a *assembler) derive(e *ChangeEvent) {
	rule, _ := e.Kind.Rule()
	base := Statement{
		When: e.When, Status: e.Status, StatusPeriod: e.StatusPeriod, Certainty: e.Certainty, Rank: e.Rank, Basis: e.Basis, ChangeEvent: e.ID, Citations: e.Citations,
	}
	add := func(s Statement) {
		key := string(s.Relation) + string(s.Property) + "/" + s.Subject
		if s.Object != "" {
			key += "/" + s.Object
		}
		s.ID = StatementID(e.ID, key)
		if a.statements[s.ID] {
			return // an id named twice in the event
		}
		a.statements[s.ID] = true
		a.out.Statements = append(a.out.Statements, s)
	}
	if rule.Replaces {
		for _, p := range e.Pairs {
			s := base
			s.Relation, s.Subject, s.Object = Replaced, p.To, p.From
			add(s)
		}
	}
	for _, b := range e.Basis {
		s := base
		s.Subject, s.Basis = b.LegislationID, nil
		if b.Provision != "" {
			s.Qualifiers = []Qualifier{{"PROVISION", Value{Kind: TextValue, Text: b.Provision}}}
		}
		if rule.Established {
			s.Relation = Established
			for _, s.Object = range e.Outputs {
				add(s)
			}
		}
		if rule.Abolished {
			s.Relation = Abolished
			for _, s.Object = range e.Inputs {
				add(s)
			}
		}
	}
	if e.When.IsZero() {
		return // an event without a date gives no dates
	}
	base.Citations = withAspect(e.Citations, AspectRelation, AspectValue)
	last := lastDayBefore(e.When)
	if rule.StartsOutputs {
		for _, id := range e.Outputs {
			s := base
			s.Property, s.Subject, s.Value = StartProperty, id, Value{Kind: DateValue, Date: e.When}
			a.agrees(e, id, StartProperty, e.When)
			add(s)
		}
	}
	if rule.EndsInputs {
		for _, id := range e.Inputs {
			s := base
			s.Property, s.Subject, s.Value, s.When = EndProperty, id, Value{Kind: DateValue, Date: last}, last
			a.agrees(e, id, EndProperty, last)
			add(s)
		}
	}
	if rule.Transfers {
		for _, responsibility := range e.Responsibilities {
			for _, holder := range e.Inputs {
				a.hold(e, base, holder, responsibility, Period{To: last, End: EndDated}, add)
			}
			for _, holder := range e.Outputs {
				a.hold(e, base, holder, responsibility, PeriodFrom(e.When), add)
			}
		}
	}
}

// lastDayBefore is the last day of the old order: the day before the first of the new one; where that is known to the month or year
// only, the same month or year, whose bounds [assembler.bounds] shifts by a day.
func lastDayBefore(first Date) Date {
	if lo, hi := first.Bounds(); lo == hi {
		return lo.Add(-1).Date()
	}
	return first
}

func withAspect(citations []Citation, from, to Aspect) []Citation {
	out := slices.Clone(citations)
	for i := range out {
		out[i].Aspects = slices.Clone(out[i].Aspects)
		for j, x := range out[i].Aspects {
			if x == from {
				out[i].Aspects[j] = to
			}
		}
	}
	return out
}

// agrees reports an authored start or end that cannot be the one that the change event implies.
func (a *assembler) agrees(e *ChangeEvent, entity string, property PropertyName, date Date) {
	if e.Status != InEffect || e.Rank == Deprecated {
		return
	}
	lo, hi := date.Bounds()
	if property == EndProperty {
		lo, hi = endBounds(e.When)
	}
	for _, s := range a.claims[entity] {
		l, h := s.Value.Date.Bounds()
		if s.Property == property && s.Status == InEffect && s.Rank != Deprecated && (h < lo || l > hi) {
			a.problem(s.ID, "value", "%s disagrees with %s, from which %s %s follows: leave it out, or mark one DEPRECATED", s.Value.Date, e.ID, property, date)
		}
	}
}

// endBounds is the bounds of the last day before an event.
func endBounds(event Date) (lo, hi Day) {
	lo, hi = event.Bounds()
	return lo.Add(-1), hi.Add(-1)
}

// hold lets a transfer end or start a holding: of an authored statement that leaves that end open, else of a new one.
func (a *assembler) hold(e *ChangeEvent, base Statement, holder, responsibility string, p Period, add func(Statement)) {
	ends := p.End == EndDated
	for _, i := range a.holdings[holding{holder, responsibility}] {
		s := &a.out.Statements[i]
		if s.ChangeEvent != "" || s.Status != e.Status {
			continue
		}
		field, mine, theirs, aspect := "from", &s.Period.From, p.From, AspectStart
		if ends {
			field, mine, theirs, aspect = "to", &s.Period.To, p.To, AspectEnd
		}
		if !mine.IsZero() {
			lo, hi := mine.Bounds()
			l, h := theirs.Bounds()
			if hi < l || lo > h {
				a.problem(s.ID, field, "%s disagrees with %s, from which %s follows: leave it out", mine, e.ID, theirs)
			}
			return
		}
		*mine = theirs
		if ends {
			s.Period.End, s.Past = EndDated, false
		} else if s.Period.End == "" {
			s.Period.End = EndNotStated
		}
		s.ChangeEvent = e.ID
		s.Citations = append(s.Citations, withAspect(e.Citations, AspectRelation, aspect)...)
		return
	}
	s := base
	s.When, s.Period = Date{}, p
	s.Subject, s.Relation, s.Object = holder, ResponsibleFor, responsibility
	s.Citations = e.Citations
	add(s)
}
