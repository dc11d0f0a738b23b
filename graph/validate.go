package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

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
		a.problem(record, field, "there is no entity %q%s", id, a.instead(id))
	case len(kinds) > 0 && !slices.Contains(kinds, e.Kind):
		a.problem(record, field, "%s is of kind %s; want one of %s", id, e.Kind, words(kinds))
		return nil
	}
	return e
}

// instead names the entity that was probably meant, for a message: the one into which the id was merged, else one whose id differs
// little.
func (a *assembler) instead(id string) string {
	if i := slices.IndexFunc(a.out.Redirects, func(r Redirect) bool { return r.From == id }); i >= 0 {
		return "; it was merged into " + a.out.Redirects[i].To
	}
	best, least := "", len(id)/3+1
	for other := range a.entities {
		if d := EditDistance(id, other, least); d < least || d == least && best != "" && other < best {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return "; the nearest id is " + best
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
	a.period(s.ID, "period", s.Period)
	a.period(s.ID, "statusPeriod", s.StatusPeriod)
}

func (a *assembler) period(record, field string, p Period) {
	if err := p.Validate(); !p.IsZero() && err != nil {
		a.problem(record, field, "%v", err)
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
	a.period(e.ID, "statusPeriod", e.StatusPeriod)
	if err := checkPrefix(e.ID, ChangeEventPrefix); err != nil {
		a.problem(e.ID, "", "%v", err)
	}
	rule, ok := e.Kind.Rule()
	if !ok {
		a.problem(e.ID, "kind", "%q is not a kind of change; want one of %s", e.Kind, words(ChangeKinds))
		return
	}
	for _, list := range []struct {
		field string
		ids   []string
		kinds []Kind
	}{{"inputs", e.Inputs, created}, {"outputs", e.Outputs, created}, {"responsibilities", e.Responsibilities, []Kind{Responsibility}}} {
		for i, id := range list.ids {
			field := fmt.Sprintf("%s[%d]", list.field, i)
			a.known(e.ID, field, id, list.kinds)
			if slices.Contains(list.ids[:i], id) {
				a.problem(e.ID, field, "%s is there twice", id)
			}
		}
	}
	count := func(field string, n, least, most int) {
		switch {
		case n < least:
			a.problem(e.ID, field, "%s takes at least %d %s, there are %d", e.Kind, least, field, n)
		case n > most:
			a.problem(e.ID, field, "%s takes at most %d %s, there are %d", e.Kind, most, field, n)
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
	for i, id := range e.Outputs {
		if e.Kind != ChangeRenamed && slices.Contains(e.Inputs, id) {
			a.problem(e.ID, fmt.Sprintf("outputs[%d]", i), "%s is among the inputs too; only what is RENAMED comes out as what went in", id)
		}
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
		if slices.Contains(e.Pairs[:i], p) {
			a.problem(e.ID, fmt.Sprintf("pairs[%d]", i), "the pair is there twice")
		}
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

func (a *assembler) conflicts() {
	conflicts := make(map[string]bool, len(a.out.Conflicts))
	for i := range a.out.Conflicts {
		c := &a.out.Conflicts[i]
		if err := checkPrefix(c.ID, ConflictPrefix); err != nil {
			a.problem(c.ID, "", "%v", err)
		}
		if conflicts[c.ID] {
			a.problem(c.ID, "", "two conflicts have this id")
		}
		conflicts[c.ID] = true
		oneOf(a, c.ID, "kind", c.Kind, ConflictKinds)
		if len(c.Members) < 2 {
			a.problem(c.ID, "members", "a conflict has two members or more, there are %d", len(c.Members))
		}
		for j, id := range c.Members {
			switch {
			case !a.statements[id]:
				a.problem(c.ID, fmt.Sprintf("members[%d]", j), "there is no statement %q", id)
			case slices.Contains(c.Members[:j], id):
				a.problem(c.ID, fmt.Sprintf("members[%d]", j), "%s is there twice", id)
			}
		}
		if c.Preferred != "" && !slices.Contains(c.Members, c.Preferred) {
			a.problem(c.ID, "preferred", "%q is not among the members", c.Preferred)
		}
		if strings.TrimSpace(c.Explanation) == "" {
			a.problem(c.ID, "explanation", "a conflict says how a reader should take it")
		}
	}
	redirects := make(map[string]bool, len(a.out.Redirects))
	for i, r := range a.out.Redirects {
		a.known(r.From, fmt.Sprintf("redirects[%d].to", i), r.To, nil)
		from := fmt.Sprintf("redirects[%d].from", i)
		fromKind, isEntity := KindOf(r.From)
		toKind, _ := KindOf(r.To)
		switch err := CheckID(r.From); {
		case err != nil:
			a.problem(r.From, from, "%v", err)
		case !isEntity || fromKind != toKind:
			a.problem(r.From, from, "%s is not of the kind of %s", r.From, r.To)
		case a.entities[r.From] != nil:
			a.problem(r.From, from, "%s is an entity; only an id that was merged redirects", r.From)
		case redirects[r.From]:
			a.problem(r.From, from, "%s redirects twice", r.From)
		}
		redirects[r.From] = true
	}
}
