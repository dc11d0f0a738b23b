package seed

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// add turns what a file says into authored records. A record that could not be read whole is added as far as it goes, so that
// references to it resolve; what nothing refers to is left out then.
func (d *Document) add(f *file) {
	switch r := f.record.(type) {
	case *sharedNameRecord:
		d.shared[f] = r
	case *entityRecord:
		d.entity(f, recordID(f.path), r)
	case *datasetRecord:
		id := recordID(f.path)
		d.define(f, id, "", false)
		d.authored.Datasets = append(d.authored.Datasets, graph.Dataset{ID: id, Title: r.Title, Description: r.Description,
			Publisher: r.Publisher, Licence: r.Licence, LicenceURL: r.LicenceURL, Attribution: r.Attribution, URL: r.URL,
			Retrieved: r.Retrieved, Version: r.Version})
	case *changeEventRecord:
		d.define(f, recordID(f.path), "", false)
		if len(f.faults) == 0 {
			d.authored.ChangeEvents = append(d.authored.ChangeEvents, changeEvent(recordID(f.path), r))
		}
	case *conflictRecord:
		d.define(f, recordID(f.path), "", false)
		if len(f.faults) == 0 {
			d.authored.Conflicts = append(d.authored.Conflicts, graph.Conflict{ID: recordID(f.path), Kind: r.Kind,
				Members: texts(r.Members), Explanation: r.Explanation, Preferred: string(r.Preferred)})
		}
	}
}

// define notes where a record stands.
func (d *Document) define(f *file, id, path string, inherits bool) {
	if first, twice := d.places[id]; twice {
		at, here := first.file.spots[first.path], f.spots[path]
		f.fail(here.line, here.column, "the id %s is taken by %s:%d:%d; give one of them another key", id, first.file.path, at.line, at.column)
		return
	}
	d.places[id] = place{f, path, inherits}
}

func (d *Document) entity(f *file, id string, r *entityRecord) {
	d.define(f, id, "", false)
	e := graph.Entity{ID: id, Kind: kindOf(f.path).Kind, Form: r.Form, Summary: r.Summary}
	for _, i := range r.Identifiers {
		e.Identifiers = append(e.Identifiers, graph.Identifier{Scheme: i.Scheme, Value: i.Value, Period: i.Period})
	}
	d.authored.Entities = append(d.authored.Entities, e)
	for i, former := range r.FormerIDs {
		d.formerIDs = append(d.formerIDs, place{file: f, path: fmt.Sprintf("formerIds[%d]", i)})
		d.authored.Redirects = append(d.authored.Redirects, graph.Redirect{From: string(former), To: id})
	}

	evidence := citations(r.Cite)
	put := func(key, path string, inherits bool, s graph.Statement) {
		if s.Property != "" && s.Value == (graph.Value{Kind: graph.TextValue}) {
			return // a text that is missing or could not be read
		}
		s.ID, s.Subject = graph.StatementID(id, key), id
		if err := graph.CheckStatementID(s.ID); err != nil {
			at := f.spots[path]
			f.fail(at.line, at.column, "%v", err)
		}
		d.define(f, s.ID, path, inherits)
		d.authored.Statements = append(d.authored.Statements, s)
	}
	put("name", "name", true, graph.Statement{Property: graph.NameProperty, Value: text(r.Name),
		Qualifiers: nameUse(graph.Official), Citations: evidence})
	put("type", "type", true, graph.Statement{Property: graph.TypeProperty, Value: text(r.Type), Citations: evidence})
	for i, n := range r.Names {
		path := fmt.Sprintf("names[%d]", i)
		s := graph.Statement{Property: graph.NameProperty, Value: text(n.Text), Qualifiers: nameUse(n.Use),
			Period: f.period(path, n.Period, n.From, n.To), Past: n.Past, Certainty: n.Certainty, AttributedTo: string(n.AttributedTo),
			Rank: n.Rank, Note: n.Note, Citations: citations(n.Cite)}
		if len(n.Cite) == 0 {
			s.Citations = evidence
		}
		put(nameKey(n), path, len(n.Cite) == 0, s)
	}
	for _, end := range []struct {
		key      string
		record   *lifeEnd
		property graph.PropertyName
	}{{"start", r.Start, graph.StartProperty}, {"end", r.End, graph.EndProperty}} {
		if l := end.record; l != nil {
			put(end.key, end.key, false, graph.Statement{Property: end.property, Value: graph.Value{Kind: graph.DateValue, Date: l.Date},
				Certainty: l.Certainty, AttributedTo: string(l.AttributedTo), Rank: l.Rank, Note: l.Note, Basis: bases(l.Basis),
				Citations: citations(l.Cite)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Statements)) {
		path := "statements." + key
		put(key, path, false, f.statement(path, r.Statements[key]))
	}
}

// nameKey is the key of a name's statement: the author's, else "name-" and the words of the name.
func nameKey(n name) string {
	if n.Key != "" {
		return string(n.Key)
	}
	return "name-" + strings.Join(graph.Tokens(n.Text), "-")
}

func nameUse(use graph.NameUse) []graph.Qualifier {
	return []graph.Qualifier{{Name: graph.NameUseQualifier, Value: text(string(use))}}
}

func text(s string) graph.Value { return graph.Value{Kind: graph.TextValue, Text: s} }

func texts[T ~string](list []T) []string {
	return column(list, func(s T) string { return string(s) })
}

func (f *file) has(path string) bool {
	_, ok := f.spots[path]
	return ok
}

// period is the period that a record's period, or its from and to, make.
func (f *file) period(path string, p graph.Period, from, to graph.Date) graph.Period {
	at := f.spots[join(path, "period")]
	switch {
	case !f.has(join(path, "from")) && !f.has(join(path, "to")):
		return p
	case f.has(join(path, "period")):
		f.fail(at.line, at.column, "period stands beside from or to, which say the same; write one or the other")
		return p
	}
	between, err := graph.PeriodBetween(from, to)
	if err != nil {
		at = f.spots[join(path, "to")]
		f.fail(at.line, at.column, "%v", err)
	}
	return between
}

func (f *file) statement(path string, r statement) graph.Statement {
	at := f.spots[path]
	has := func(field string) bool { return f.has(join(path, field)) }
	switch {
	case has("relation") == has("property"):
		f.fail(at.line, at.column, "a statement has either a relation and an object, or a property and a value")
	case has("relation") != has("object"):
		f.fail(at.line, at.column, "relation and object stand together: the relation, and the id of the entity at its other end")
	case has("property") != has("value"):
		f.fail(at.line, at.column, "property and value stand together: the property, and {number: …, unit: …}, {date: …} or {text: …}")
	}
	s := graph.Statement{Relation: r.Relation, Object: string(r.Object), Property: r.Property, When: r.When,
		Period: f.period(path, r.Period, r.From, r.To), Past: r.Past, Status: r.Status, StatusPeriod: r.StatusPeriod,
		Certainty: r.Certainty, AttributedTo: string(r.AttributedTo), Rank: r.Rank, Note: r.Note, Basis: bases(r.Basis),
		Citations: citations(r.Cite)}
	if r.Value != nil {
		s.Value = f.graphValue(join(path, "value"), *r.Value)
	}
	for _, row := range graph.Qualifiers {
		if v, ok := r.Qualifiers[string(row.Name)]; ok {
			s.Qualifiers = append(s.Qualifiers, graph.Qualifier{Name: row.Name, Value: f.graphValue(join(path, "qualifiers."+string(row.Name)), v)})
		}
	}
	return s
}

func (f *file) graphValue(path string, v value) graph.Value {
	at, set := f.spots[path], 0
	out := graph.Value{Unit: v.Unit}
	if v.Number != nil {
		out.Kind, out.Number = graph.NumberValue, *v.Number
		set++
	}
	if !v.Date.IsZero() {
		out.Kind, out.Date = graph.DateValue, v.Date
		set++
	}
	if v.Text != "" {
		out.Kind, out.Text = graph.TextValue, v.Text
		set++
	}
	switch {
	case set > 1:
		f.fail(at.line, at.column, "a value is one of number, date and text; here are %d", set)
	case v.Unit != "" && v.Number == nil:
		f.fail(at.line, at.column, "unit stands beside number alone")
	}
	return out
}

func bases(list []basis) []graph.Basis {
	var out []graph.Basis
	for _, b := range list {
		out = append(out, graph.Basis{LegislationID: string(b.Legislation), Provision: b.Provision})
	}
	return out
}

func citations(list []citation) []graph.Citation {
	var out []graph.Citation
	for _, c := range list {
		g := graph.Citation{SourceID: string(c.Source), Dataset: c.Dataset, Locator: c.At, Line: c.Line, Role: c.Role,
			Aspects: c.Aspects, Note: c.Note, Accessed: c.Accessed}
		if g.Dataset == "" {
			g.Dataset = defaultDataset
		}
		out = append(out, g)
	}
	return out
}

func changeEvent(id string, r *changeEventRecord) graph.ChangeEvent {
	e := graph.ChangeEvent{ID: id, Kind: r.Kind, Name: r.Name, When: r.When, Inputs: texts(r.Inputs), Outputs: texts(r.Outputs),
		Responsibilities: texts(r.Responsibilities), Status: r.Status, StatusPeriod: r.StatusPeriod, Certainty: r.Certainty, Rank: r.Rank, Note: r.Note,
		Basis: bases(r.Basis), Citations: citations(r.Cite)}
	for _, p := range r.Pairs {
		e.Pairs = append(e.Pairs, graph.Pair{From: string(p.From), To: string(p.To)})
	}
	return e
}
