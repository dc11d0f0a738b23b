package graph

import "slices"

// What stores keep of a record beside itself. It is here so that all keep the same.

// ShownNames are the different names that an entity may show under dates (see [Entity.NameAt]), folded, in order.
func (e *Entity) ShownNames() []string {
	names := []string{Fold(e.NameAt(Date{}))}
	acronyms := !slices.ContainsFunc(e.Names, func(n Name) bool { return displayOrder(n.Use) != acronymLast })
	for i := range e.Names {
		if acronyms || displayOrder(e.Names[i].Use) != acronymLast {
			names = append(names, Fold(e.Names[i].Text))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// AcronymUse is the use, as [Name.Order] has it, of a name that is shown only where there is nothing else.
const AcronymUse = acronymLast

// Order is where the use and the rank of a name stand among those that [Entity.NameAt] compares; 0 is the best.
func (n *Name) Order() (use, rank int) { return displayOrder(n.Use), rankOrder(n.Rank) }

// Days are the first day that the date of a value may mean, and the day after the last. Of another value they are before every other day.
func (v Value) Days() (lo, to Day) {
	if v.Kind != DateValue {
		return MinDay, MinDay
	}
	lo, hi := v.Date.Bounds()
	return lo, hi.Add(1)
}

// References are the ids of entities, and of a change event, to which a statement refers beside its ends and the sources that it cites. Some
// may come twice.
func (s *Statement) References() []string {
	var out []string
	add := func(id string) {
		if id != "" {
			out = append(out, id)
		}
	}
	add(s.AttributedTo)
	add(s.ChangeEvent)
	add(s.Value.Entity)
	for i := range s.Qualifiers {
		add(s.Qualifiers[i].Value.Entity)
	}
	for i := range s.Basis {
		add(s.Basis[i].LegislationID)
	}
	return out
}

// References are the ids of entities to which a change event refers. Some may come twice.
func (e *ChangeEvent) References() []string {
	out := slices.Concat(e.Inputs, e.Outputs, e.Responsibilities)
	for _, pair := range e.Pairs {
		out = append(out, pair.From, pair.To)
	}
	for i := range e.Basis {
		out = append(out, e.Basis[i].LegislationID)
	}
	for i := range e.Citations {
		out = append(out, e.Citations[i].SourceID)
	}
	return out
}

// References are the ids of statements to which a conflict refers. Some may come twice.
func (c *Conflict) References() []string {
	if c.Preferred == "" {
		return c.Members
	}
	return append(slices.Clone(c.Members), c.Preferred)
}

// ClaimsValue says whether the citation bears on the relation or value itself, not on the date or basis alone.
func (c *Citation) ClaimsValue() bool {
	return slices.Contains(c.Aspects, AspectRelation) || slices.Contains(c.Aspects, AspectValue)
}
