package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	}
	a.index()
	for i := range a.out.ChangeEvents {
		a.changeEvent(&a.out.ChangeEvents[i])
	}
	for i := range a.out.Statements {
		a.statement(&a.out.Statements[i])
	}
	if len(a.problems) == 0 {
		for i := range a.out.ChangeEvents {
			a.derive(&a.out.ChangeEvents[i])
		}
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
}

func (a *assembler) problem(record, field, format string, args ...any) {
	a.problems = append(a.problems, Problem{record, field, fmt.Sprintf(format, args...)})
}

func (a *assembler) index() {
	for i := range a.out.Datasets {
		a.datasets[a.out.Datasets[i].ID] = true
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
	}
}

func words[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, w := range list {
		s[i] = string(w)
	}
	return strings.Join(s, ", ")
}

func oneOf[T ~string](a *assembler, record, field string, word T, list []T) {
	if !slices.Contains(list, word) {
		a.problem(record, field, "%q is not one of %s", word, words(list))
	}
}

func defaults[T ~string](word *T, value T) {
	if *word == "" {
		*word = value
	}
}

// known reports an entity that is not there, or is not of the kinds allowed (none: any).
func (a *assembler) known(record, field, id string, kinds []Kind) *Entity {
	e := a.entities[id]
	switch {
	case e == nil:
		a.problem(record, field, "there is no entity %q%s", id, a.nearest(id))
	case len(kinds) > 0 && !slices.Contains(kinds, e.Kind):
		a.problem(record, field, "%s is of kind %s; want one of %s", id, e.Kind, words(kinds))
		return nil
	}
	return e
}

// nearest names an entity whose id differs little, for a message.
func (a *assembler) nearest(id string) string {
	best, least := "", len(id)/3+1
	for other := range a.entities {
		if d := editDistance(id, other, least); d < least || d == least && best != "" && other < best {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return "; the nearest id is " + best
}

// editDistance is Levenshtein's distance of a and b in bytes, or any number over limit once it must exceed it.
func editDistance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal, least := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, cost)
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}

func (a *assembler) statement(s *Statement) {
	defaults(&s.Status, InEffect)
	defaults(&s.Certainty, Stated)
	defaults(&s.Rank, Normal)
	oneOf(a, s.ID, "status", s.Status, Statuses)
	oneOf(a, s.ID, "certainty", s.Certainty, Certainties)
	oneOf(a, s.ID, "rank", s.Rank, Ranks)
	subject := a.known(s.ID, "subject", s.Subject, nil)
	var qualifiers []QualifierName
	aspect := AspectRelation
	switch {
	case (s.Relation == "") == (s.Property == ""):
		a.problem(s.ID, "relation", "a statement has a relation or a property, and not both")
		return
	case s.Relation != "":
		row, inverse, ok := RelationRow(s.Relation)
		switch {
		case !ok:
			a.problem(s.ID, "relation", "%q is not a relation of the ontology", s.Relation)
			return
		case inverse:
			a.problem(s.ID, "relation", "%s is the inverse of %s: write the statement from its other end", s.Relation, row.Name)
			return
		}
		if subject != nil && !slices.Contains(row.Subjects, subject.Kind) {
			a.problem(s.ID, "relation", "%s does not stand on %s; its subject is one of %s", row.Name, subject.Kind, words(row.Subjects))
		}
		object := a.known(s.ID, "object", s.Object, row.Objects)
		if subject != nil && object != nil {
			if row.SameKind && subject.Kind != object.Kind {
				a.problem(s.ID, "object", "both ends of %s are of one kind, these are %s and %s", row.Name, subject.Kind, object.Kind)
			}
			if row.Name == InstanceOf && (subject.Form != Body || object.Form != Class) {
				a.problem(s.ID, "object", "%s joins a BODY to a CLASS, these are %s and %s", row.Name, subject.Form, object.Form)
			}
		}
		qualifiers = row.Qualifiers
	default:
		row, ok := PropertyRow(s.Property)
		if !ok {
			a.problem(s.ID, "property", "%q is not a property of the ontology", s.Property)
			return
		}
		a.value(s.ID, "value", &s.Value, row.Value, nil)
		if row.Nature == Event && row.Value == DateValue {
			if !s.When.IsZero() && s.When != s.Value.Date {
				a.problem(s.ID, "when", "the date of %s is its value: leave when out", row.Name)
			}
			s.When = s.Value.Date
		}
		if subject != nil {
			a.claims[subject.ID] = append(a.claims[subject.ID], s)
		}
		qualifiers, aspect = row.Qualifiers, AspectValue
	}
	a.time(s)
	for i := range s.Qualifiers {
		q := &s.Qualifiers[i]
		field := "qualifiers." + string(q.Name)
		row, ok := QualifierRow(q.Name)
		switch {
		case !ok:
			a.problem(s.ID, field, "%q is not a qualifier of the ontology", q.Name)
		case !slices.Contains(qualifiers, q.Name):
			a.problem(s.ID, field, "%s does not qualify %s%s; allowed: %s", q.Name, s.Relation, s.Property, cmp.Or(words(qualifiers), "none"))
		default:
			a.value(s.ID, field, &q.Value, row.Value, row.Words)
		}
	}
	if s.Certainty == Reported && s.AttributedTo == "" {
		a.problem(s.ID, "attributedTo", "a REPORTED statement names who says it")
	}
	if s.AttributedTo != "" {
		a.known(s.ID, "attributedTo", s.AttributedTo, nil)
	}
	s.Basis = a.basis(s.ID, s.Basis)
	s.Citations = a.citations(s.ID, s.Citations, aspect)
}

func (a *assembler) value(record, field string, v *Value, want ValueKind, allowed []string) {
	if v.Kind != want {
		a.problem(record, field, "the value is a %s; want a %s", cmp.Or(v.Kind, "missing value"), want)
		return
	}
	if want == TextValue && v.Text == "" || want == DateValue && v.Date.IsZero() {
		a.problem(record, field, "the value is empty")
	}
	if len(allowed) > 0 && !slices.Contains(allowed, v.Text) {
		a.problem(record, field, "%q is not one of %s", v.Text, words(allowed))
	}
	if want == EntityValue {
		a.known(record, field, v.Entity, nil)
	}
}

func (a *assembler) time(s *Statement) {
	nature := s.Nature()
	if !s.When.IsZero() && nature != Event {
		a.problem(s.ID, "when", "%s%s is %s and has no when; %s", s.Relation, s.Property, article[nature], dateOf[nature])
	}
	if (!s.Period.IsZero() || s.Past) && nature != State {
		a.problem(s.ID, "period", "%s%s is %s and has no period; %s", s.Relation, s.Property, article[nature], dateOf[nature])
	}
	if s.Past && !s.Period.IsZero() {
		a.problem(s.ID, "past", "past is for a state without a period")
	}
	for field, p := range map[string]Period{"period": s.Period, "statusPeriod": s.StatusPeriod} {
		if err := p.Validate(); !p.IsZero() && err != nil {
			a.problem(s.ID, field, "%v", err)
		}
	}
}

var (
	dateOf  = map[Nature]string{State: "a state has a period", Event: "an event has a when", AlwaysTrue: "what is timeless has no date"}
	article = map[Nature]string{State: "a state", Event: "an event", AlwaysTrue: "timeless"}
)

func (a *assembler) basis(record string, list []Basis) []Basis {
	for i, b := range list {
		a.known(record, fmt.Sprintf("basis[%d].legislation", i), b.LegislationID, []Kind{Legislation})
	}
	return list
}

func (a *assembler) citations(record string, list []Citation, aspect Aspect) []Citation {
	if len(list) == 0 {
		a.problem(record, "cite", "a statement names at least one place that bears it out")
	}
	list = slices.Clone(list)
	for i := range list {
		c := &list[i]
		at := func(field string) string { return fmt.Sprintf("cite[%d].%s", i, field) }
		defaults(&c.Role, Supports)
		if len(c.Aspects) == 0 {
			c.Aspects = []Aspect{aspect}
		}
		oneOf(a, record, at("role"), c.Role, Roles)
		for _, x := range c.Aspects {
			oneOf(a, record, at("aspects"), x, Aspects)
		}
		a.known(record, at("source"), c.SourceID, citable)
		if !a.datasets[c.Dataset] {
			a.problem(record, at("dataset"), "there is no data set %q", c.Dataset)
		}
		if strings.TrimSpace(c.Locator) == "" {
			a.problem(record, at("at"), "a citation says where in the source: a heading, paragraph, table row, section or reference number")
		}
	}
	return list
}

func (a *assembler) changeEvent(e *ChangeEvent) {
	defaults(&e.Status, InEffect)
	defaults(&e.Certainty, Stated)
	defaults(&e.Rank, Normal)
	oneOf(a, e.ID, "status", e.Status, Statuses)
	oneOf(a, e.ID, "certainty", e.Certainty, Certainties)
	oneOf(a, e.ID, "rank", e.Rank, Ranks)
	if err := CheckID(e.ID); err != nil {
		a.problem(e.ID, "", "%v", err)
	}
	rule, ok := e.Kind.Rule()
	if !ok {
		kinds := make([]ChangeKind, len(ChangeRules))
		for i, r := range ChangeRules {
			kinds[i] = r.Kind
		}
		a.problem(e.ID, "kind", "%q is not a kind of change; want one of %s", e.Kind, words(kinds))
		return
	}
	for i, id := range e.Inputs {
		a.known(e.ID, fmt.Sprintf("inputs[%d]", i), id, created)
	}
	for i, id := range e.Outputs {
		a.known(e.ID, fmt.Sprintf("outputs[%d]", i), id, created)
	}
	for i, id := range e.Responsibilities {
		a.known(e.ID, fmt.Sprintf("responsibilities[%d]", i), id, []Kind{Responsibility})
	}
	count := func(field string, n, least, most int) {
		switch {
		case n < least:
			a.problem(e.ID, field, "%s takes at least %d, there are %d", e.Kind, least, n)
		case n > most:
			a.problem(e.ID, field, "%s takes at most %d, there are %d", e.Kind, most, n)
		}
	}
	count("inputs", len(e.Inputs), rule.MinInputs, rule.MaxInputs)
	count("outputs", len(e.Outputs), rule.MinOutputs, rule.MaxOutputs)
	if rule.Transfers != (len(e.Responsibilities) > 0) {
		a.problem(e.ID, "responsibilities", "%s names responsibilities, and no other kind does", ChangeTransferred)
	}
	if e.Kind == ChangeRenamed && !slices.Equal(e.Inputs, e.Outputs) {
		a.problem(e.ID, "outputs", "a body that is RENAMED goes on: input and output are the same")
	}
	e.Pairs = slices.Clone(e.Pairs)
	if rule.Replaces && len(e.Pairs) == 0 && (len(e.Inputs) == 1 || len(e.Outputs) == 1) {
		for _, from := range e.Inputs {
			for _, to := range e.Outputs {
				e.Pairs = append(e.Pairs, Pair{from, to})
			}
		}
	}
	if rule.Replaces && len(e.Pairs) == 0 {
		a.problem(e.ID, "pairs", "with several in and several out, the pairs say which replaced which")
	}
	if !rule.Replaces && len(e.Pairs) > 0 {
		a.problem(e.ID, "pairs", "%s has no pairs: nothing is replaced by it", e.Kind)
	}
	for i, p := range e.Pairs {
		if !slices.Contains(e.Inputs, p.From) {
			a.problem(e.ID, fmt.Sprintf("pairs[%d].from", i), "%q is not among the inputs", p.From)
		}
		if !slices.Contains(e.Outputs, p.To) {
			a.problem(e.ID, fmt.Sprintf("pairs[%d].to", i), "%q is not among the outputs", p.To)
		}
		if f, t := a.entities[p.From], a.entities[p.To]; f != nil && t != nil && f.Kind != t.Kind {
			a.problem(e.ID, fmt.Sprintf("pairs[%d].to", i), "both ends of REPLACED are of one kind, these are %s and %s", t.Kind, f.Kind)
		}
	}
	e.Basis = a.basis(e.ID, e.Basis)
	e.Citations = a.citations(e.ID, e.Citations, AspectRelation)
}

// derive makes the statements that follow from a change event.
func (a *assembler) derive(e *ChangeEvent) {
	rule, _ := e.Kind.Rule()
	base := Statement{
		When: e.When, Status: e.Status, Certainty: e.Certainty, Rank: e.Rank, Basis: e.Basis, ChangeEvent: e.ID, Citations: e.Citations,
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
	for i := range a.out.Statements {
		s := &a.out.Statements[i]
		if s.Subject != holder || s.Relation != ResponsibleFor || s.Object != responsibility || s.ChangeEvent != "" || s.Status != e.Status {
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

// counts says whether a statement stands for its entity's own columns.
func (s *Statement) counts() bool { return s.Status == InEffect && s.Rank != Deprecated }

// lives works out each entity's starts, ends and life, sources first: their dates attest the others.
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
		for _, claims := range [][]LifeEnd{e.Starts, e.Ends} {
			slices.SortFunc(claims, func(x, y LifeEnd) int {
				return cmp.Or(cmp.Compare(rankOrder(x.Rank), rankOrder(y.Rank)), cmp.Compare(x.Statement, y.Statement))
			})
		}
	}
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
		if err := p.Validate(); !p.IsZero() && err != nil {
			a.problem(e.ID, "end", "%v", err)
		}
		var seen Attestation
		for _, s := range a.claims[e.ID] {
			if s.Property == NameProperty && s.counts() && !s.Past {
				seen = a.attested(s, seen)
			}
		}
		e.Life = LifeBounds(p, seen)
		if by != "" { // a derived end of coarse date is bounded by its event, a day earlier
			e.Life.EndLo, e.Life.EndHi = e.Ends[0].Bounds.StartLo.Add(1), e.Ends[0].Bounds.StartHi.Add(1)
			e.Life = e.Life.tightened()
		}
	}
}

// endOf is the bounds of an END claim as an event: the possible last days.
func (a *assembler) endOf(s *Statement) Bounds {
	if s.ChangeEvent != "" {
		for i := range a.out.ChangeEvents {
			if e := &a.out.ChangeEvents[i]; e.ID == s.ChangeEvent {
				return EventBounds(endBounds(e.When))
			}
		}
	}
	return EventBounds(s.When.Bounds())
}

// attested widens an attestation by the dates of the sources that support a statement's relation or value.
func (a *assembler) attested(s *Statement, seen Attestation) Attestation {
	for _, c := range s.Citations {
		if c.Role != Supports || !slices.Contains(c.Aspects, AspectRelation) && !slices.Contains(c.Aspects, AspectValue) {
			continue
		}
		d, _ := a.entities[c.SourceID].StartAt(Date{})
		if d.IsZero() {
			continue
		}
		if _, hi := d.Bounds(); seen.First.IsZero() || hi < last(seen.First) {
			seen.First = d
		}
		if lo, _ := d.Bounds(); seen.Last.IsZero() || lo > first(seen.Last) {
			seen.Last = d
		}
	}
	return seen
}

func first(d Date) Day { lo, _ := d.Bounds(); return lo }
func last(d Date) Day  { _, hi := d.Bounds(); return hi }

// bounds works out the bounds of all that is not a life.
func (a *assembler) bounds() {
	events := make(map[string]*ChangeEvent, len(a.out.ChangeEvents))
	for i := range a.out.ChangeEvents {
		e := &a.out.ChangeEvents[i]
		e.Bounds = MomentBounds(e.When, a.attested(&Statement{Citations: e.Citations}, Attestation{}))
		events[e.ID] = e
	}
	for i := range a.out.Statements {
		s := &a.out.Statements[i]
		seen := a.attested(s, Attestation{Past: s.Past})
		switch s.Nature() {
		case AlwaysTrue:
			s.Bounds = Timeless
		case Event:
			if s.Property == EndProperty {
				s.Bounds = a.endOf(s)
			} else {
				s.Bounds = MomentBounds(s.When, seen)
			}
		default:
			seen.Within = a.entities[s.Subject].Life
			if object := a.entities[s.Object]; object != nil {
				seen.Within = seen.Within.Meet(object.Life)
			}
			s.Bounds = StateBounds(s.Period, seen)
			if e := events[s.ChangeEvent]; e != nil && s.Period.End == EndDated && s.Period.To == lastDayBefore(e.When) {
				s.Bounds = s.Bounds.EndedBy(e.When)
			}
		}
	}
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
			if err := id.Period.Validate(); !id.Period.IsZero() && err != nil {
				a.problem(e.ID, fmt.Sprintf("identifiers[%d].period", j), "%v", err)
			}
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

func (a *assembler) conflicts() {
	for i := range a.out.Conflicts {
		c := &a.out.Conflicts[i]
		if err := CheckID(c.ID); err != nil {
			a.problem(c.ID, "", "%v", err)
		}
		oneOf(a, c.ID, "kind", c.Kind, ConflictKinds)
		if len(c.Members) < 2 {
			a.problem(c.ID, "members", "a conflict has two members or more, there are %d", len(c.Members))
		}
		for j, id := range c.Members {
			if !a.statements[id] {
				a.problem(c.ID, fmt.Sprintf("members[%d]", j), "there is no statement %q", id)
			}
		}
		if c.Preferred != "" && !slices.Contains(c.Members, c.Preferred) {
			a.problem(c.ID, "preferred", "%q is not among the members", c.Preferred)
		}
		if strings.TrimSpace(c.Explanation) == "" {
			a.problem(c.ID, "explanation", "a conflict says how a reader should take it")
		}
	}
	for i, r := range a.out.Redirects {
		a.known(r.From, fmt.Sprintf("redirects[%d].to", i), r.To, nil)
		if a.entities[r.From] != nil {
			a.problem(r.From, fmt.Sprintf("redirects[%d].from", i), "%s is an entity; only an id that was merged redirects", r.From)
		}
	}
}
