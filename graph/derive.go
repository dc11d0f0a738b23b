package graph

import (
	"cmp"
	"slices"
)

// deriveAll makes the statements that follow from change events: transfers last and in order of their dates, since one may end what
// another began.
func (a *assembler) deriveAll() {
	var transfers []*ChangeEvent
	for i := range a.out.ChangeEvents {
		e := &a.out.ChangeEvents[i]
		if rule, _ := e.Kind.Rule(); rule.Transfers {
			transfers = append(transfers, e)
		} else {
			a.derive(e, rule)
		}
	}
	slices.SortFunc(transfers, func(x, y *ChangeEvent) int {
		xLo, xHi := x.When.Bounds()
		yLo, yHi := y.When.Bounds()
		return cmp.Or(cmp.Compare(xLo, yLo), cmp.Compare(xHi, yHi), cmp.Compare(x.ID, y.ID))
	})
	for _, e := range transfers {
		a.transfer(e)
	}
}

// following is what all statements that follow from a change event have in common.
func following(e *ChangeEvent) Statement {
	return Statement{
		When: e.When, Status: e.Status, StatusPeriod: e.StatusPeriod, Certainty: e.Certainty, Rank: e.Rank, Basis: e.Basis, ChangeEvent: e.ID, Citations: e.Citations,
	}
}

// add gives a statement that follows from a change event its id, made of what it says.
func (a *assembler) add(e *ChangeEvent, s Statement) {
	key := string(s.Relation) + string(s.Property) + "/" + s.Subject
	if s.Object != "" {
		key += "/" + s.Object
	}
	s.ID = StatementID(e.ID, key)
	if err := CheckStatementID(s.ID); err != nil {
		a.problem(e.ID, "", "of the statement that %s is %s%s: %v; choose shorter ids", s.Subject, s.Relation, s.Property, err)
	} else if a.statements[s.ID] {
		a.problem(s.ID, "", "two statements have this id")
	}
	a.statements[s.ID] = true
	a.out.Statements = append(a.out.Statements, s)
}

func (a *assembler) derive(e *ChangeEvent, rule ChangeRule) {
	base := following(e)
	if rule.Replaces {
		for _, p := range e.Pairs {
			s := base
			s.Relation, s.Subject, s.Object = Replaced, p.To, p.From
			a.add(e, s)
		}
	}
	base.Basis = nil
	for i, b := range e.Basis {
		if slices.ContainsFunc(e.Basis[:i], func(other Basis) bool { return other.LegislationID == b.LegislationID }) {
			continue
		}
		s := base
		s.Subject = b.LegislationID
		for _, of := range e.Basis[i:] { // several provisions of one Act are one statement
			if of.LegislationID == b.LegislationID && of.Provision != "" {
				s.Qualifiers = append(s.Qualifiers, Qualifier{"PROVISION", Value{Kind: TextValue, Text: of.Provision}})
			}
		}
		if rule.StartsOutputs {
			s.Relation = Established
			for _, s.Object = range e.Outputs {
				a.add(e, s)
			}
		}
		if rule.EndsInputs {
			s.Relation = Abolished
			for _, s.Object = range e.Inputs {
				a.add(e, s)
			}
		}
	}
	if e.When.IsZero() {
		return // an event without a date gives no dates
	}
	base.Basis, base.Citations = e.Basis, withAspect(e.Citations, AspectRelation, AspectValue)
	if rule.StartsOutputs {
		for _, id := range e.Outputs {
			a.lifeEnd(e, base, id, StartProperty, e.When)
		}
	}
	if rule.EndsInputs {
		for _, id := range e.Inputs {
			a.lifeEnd(e, base, id, EndProperty, lastDayBefore(e.When))
		}
	}
}

// lifeEnd adds the start or end of an entity. It reports another one, authored or of another change event, that cannot be the same.
func (a *assembler) lifeEnd(e *ChangeEvent, s Statement, entity string, property PropertyName, date Date) {
	s.Property, s.Subject, s.Value, s.When = property, entity, Value{Kind: DateValue, Date: date}, date
	if s.counts() {
		lo, hi := a.claimed(&s)
		for _, other := range a.claims[entity] {
			switch l, h := a.claimed(other); {
			case other.Property != property || !other.counts() || h >= lo && l <= hi:
			case other.ChangeEvent == "":
				a.problem(other.ID, "value", "%s disagrees with %s, from which %s %s follows: leave it out, or mark one DEPRECATED", other.Value.Date, e.ID, property, date)
			default:
				a.problem(e.ID, "when", "%s %s of %s follows, and %s from %s: mark one DEPRECATED", property, date, entity, other.Value.Date, other.ChangeEvent)
			}
		}
		a.claims[entity] = append(a.claims[entity], &s)
	}
	a.add(e, s)
}

// claimed is the first and last day that a START or END may mean.
func (a *assembler) claimed(s *Statement) (lo, hi Day) {
	if e := a.events[s.ChangeEvent]; e != nil && s.Property == EndProperty {
		return endBounds(e.When)
	}
	return s.Value.Date.Bounds()
}

// transfer adds what follows from responsibilities' passing on. Without a date they were held on either side at some time.
func (a *assembler) transfer(e *ChangeEvent) {
	var until Period
	if !e.When.IsZero() {
		until = Period{To: lastDayBefore(e.When), End: EndDated}
	}
	for _, responsibility := range e.Responsibilities {
		for _, holder := range e.Inputs {
			a.hold(e, holding{holder, responsibility}, until)
		}
		for _, holder := range e.Outputs {
			a.hold(e, holding{holder, responsibility}, PeriodFrom(e.When))
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

// endBounds is the bounds of the last day before an event.
func endBounds(event Date) (lo, hi Day) {
	lo, hi = event.Bounds()
	return lo.Add(-1), hi.Add(-1)
}

// hold lets a transfer end or start a holding, as p does: one that is there and leaves that side open, else a new one. Those that are
// there are the authored ones and those that follow from earlier transfers, so that what came by one transfer and went by another is one
// statement.
func (a *assembler) hold(e *ChangeEvent, at holding, p Period) {
	ends := p.End == EndDated
	open, disagrees := -1, -1
	var joined Period // of open, with that side told
	for _, i := range a.holdings[at] {
		s := &a.out.Statements[i]
		if s.Status != e.Status || (s.Rank == Deprecated) != (e.Rank == Deprecated) {
			continue
		}
		told, _ := side(s.Period, ends)
		date, _ := side(p, ends)
		lo, hi := told.Bounds()
		l, h := date.Bounds()
		if !told.IsZero() && (hi < l || lo > h) {
			if s.ChangeEvent == "" {
				disagrees = i
			}
			continue
		}
		if !told.IsZero() || date.IsZero() {
			return // it says so already
		}
		if whole := join(s.Period, p); open < 0 && whole.Validate() == nil {
			open, joined = i, whole
		}
	}
	switch date, field := side(p, ends); {
	case open >= 0:
		aspect := AspectStart
		if ends {
			aspect = AspectEnd
			a.ended[open] = e.When
		}
		s := &a.out.Statements[open]
		s.Period, s.Past = joined, false
		s.ChangeEvent = cmp.Or(s.ChangeEvent, e.ID)
		s.Citations = append(slices.Clip(s.Citations), withAspect(e.Citations, AspectRelation, aspect)...)
	case disagrees >= 0:
		s := &a.out.Statements[disagrees]
		told, _ := side(s.Period, ends)
		a.problem(s.ID, field, "%s disagrees with %s, from which %s follows: leave it out", told, e.ID, date)
	default:
		if ends {
			a.ended[len(a.out.Statements)] = e.When
		}
		a.holdings[at] = append(a.holdings[at], len(a.out.Statements))
		s := following(e)
		s.Relation, s.Subject, s.Object = ResponsibleFor, at.holder, at.responsibility
		s.When, s.Period, s.Past = Date{}, p, p.IsZero()
		a.add(e, s)
	}
}

// side is the end or the start of a period, and its field.
func side(p Period, end bool) (date Date, field string) {
	if end {
		return p.To, "to"
	}
	return p.From, "from"
}

// join is the period p with the side that q tells.
func join(p, q Period) Period {
	if q.End == EndDated {
		p.To, p.End = q.To, EndDated
		return p
	}
	p.From, p.OpenStart = q.From, false
	p.End = cmp.Or(p.End, EndNotStated)
	return p
}
