package seed

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/policygraph/policygraph/graph"
)

// Check reads a seed folder as [Read] does, and also holds it to the rules of curation: every file in canonical form, every line
// within its text, every entity joined to something, names shared on purpose alone, our words in British spelling. All faults come at
// once, by file and place; rules that look across files wait until the files can be read.
func Check(fsys fs.FS) []Fault {
	d, faults := Read(fsys)
	whole := len(faults) == 0
	for _, f := range d.files {
		faults = append(faults, canonical(fsys, f)...)
		faults = append(faults, spelling(f)...)
	}
	if whole {
		for _, lint := range []func(*Document) []Fault{lines, orphans, sharedNames} {
			faults = append(faults, lint(d)...)
		}
	}
	sortFaults(faults)
	return faults
}

// canonical holds a file that can be read to the form that [Format] writes.
func canonical(fsys fs.FS, f *file) []Fault {
	if len(f.faults) > 0 {
		return nil
	}
	src, err := fs.ReadFile(fsys, f.path)
	if err != nil {
		return []Fault{{f.path, 1, 1, fmt.Sprintf("the file cannot be read: %v", cause(err))}}
	}
	formatted, err := Format(src, path.Dir(f.path))
	if err != nil {
		return []Fault{{f.path, 1, 1, err.Error()}}
	}
	have, want := strings.SplitAfter(string(src), "\n"), strings.SplitAfter(string(formatted), "\n")
	for i, line := range have {
		if i >= len(want) || line != want[i] {
			text := "nothing"
			if i < len(want) {
				text = strconv.Quote(strings.TrimSuffix(want[i], "\n"))
			}
			return []Fault{{f.path, i + 1, 1, "the file is not in canonical form; format it (policygraph seed fmt): this line should be " + text}}
		}
	}
	return nil
}

// lines holds each citation's line to the text that the source's identifiers name: text-sha256 says which text it is, text-lines how
// many lines it has.
func lines(d *Document) (faults []Fault) {
	length := make(map[string]int)
	for _, e := range d.authored.Entities {
		var hashed bool
		var n int
		for i, id := range e.Identifiers {
			switch id.Scheme {
			case "text-sha256":
				hashed = true
			case "text-lines":
				var err error
				if n, err = strconv.Atoi(id.Value); err != nil || n < 1 {
					fault, _ := d.locate(e.ID, fmt.Sprintf("identifiers[%d].value", i))
					fault.Text = fmt.Sprintf("text-lines is how many lines the text has, a number from 1, not %q", id.Value)
					faults = append(faults, fault)
				}
			}
		}
		if hashed {
			length[e.ID] = n
		}
	}
	d.citations(func(record string, i int, c *graph.Citation) {
		if n := length[c.SourceID]; c.Line > n {
			fault, _ := d.locate(record, fmt.Sprintf("cite[%d].line", i))
			fault.Text = fmt.Sprintf("%s has %d lines (its identifier text-lines), so there is no line %d", c.SourceID, n, c.Line)
			if n == 0 {
				fault.Text = fmt.Sprintf("a line needs a text to count in: %s has no identifiers text-sha256 and text-lines", c.SourceID)
			}
			faults = append(faults, fault)
		}
	})
	return slices.Compact(faults)
}

// orphans reports entities that nothing joins to another.
func orphans(d *Document) (faults []Fault) {
	joined := make(map[string]bool)
	join := func(ids ...string) {
		for _, id := range ids {
			joined[id] = true
		}
	}
	for _, s := range d.authored.Statements {
		if s.Relation != "" {
			join(s.Subject, s.Object)
		}
		join(s.AttributedTo)
		for _, b := range s.Basis {
			join(b.LegislationID)
		}
	}
	for _, e := range d.authored.ChangeEvents {
		join(e.Inputs...)
		join(e.Outputs...)
		join(e.Responsibilities...)
		for _, b := range e.Basis {
			join(b.LegislationID)
		}
	}
	d.citations(func(_ string, _ int, c *graph.Citation) { join(c.SourceID) })
	for _, e := range d.authored.Entities {
		if !joined[e.ID] {
			fault, _ := d.locate(e.ID, "")
			fault.Text = fmt.Sprintf("nothing joins %s to anything: it needs a relation, a part in a change event, or a citation of it", e.ID)
			faults = append(faults, fault)
		}
	}
	return faults
}

// sharedNames holds names that several entities bear to the records of the folder shared-names, both ways.
func sharedNames(d *Document) (faults []Fault) {
	bearers := make(map[string][]string) // entities by folded name
	for _, s := range d.authored.Statements {
		if name := graph.Fold(s.Value.Text); s.Property == graph.NameProperty && !slices.Contains(bearers[name], s.Subject) {
			bearers[name] = append(bearers[name], s.Subject)
		}
	}
	listed := make(map[string][]string)
	for f, r := range d.shared {
		name := graph.Fold(r.Name)
		listed[name] = append(listed[name], texts(r.Entities)...)
		for i, id := range r.Entities {
			if !slices.Contains(bearers[name], string(id)) || len(bearers[name]) < 2 {
				at := f.spots[fmt.Sprintf("entities[%d]", i)]
				faults = append(faults, Fault{f.path, at.line, at.column,
					fmt.Sprintf("%s does not share the name %q with another entity; leave it out", id, r.Name)})
			}
		}
	}
	for _, s := range d.authored.Statements {
		name := graph.Fold(s.Value.Text)
		if s.Property != graph.NameProperty || len(bearers[name]) < 2 || slices.Contains(listed[name], s.Subject) {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(bearers[name]), func(id string) bool { return id == s.Subject })
		fault, _ := d.locate(s.ID, "value")
		fault.Text = fmt.Sprintf("the name %q is also that of %s; if it is meant, say why in a record of the folder %s that lists both",
			s.Value.Text, strings.Join(others, ", "), sharedNameFolder)
		faults = append(faults, fault)
	}
	return faults
}

// british gives the spelling of our own words. Names keep theirs: a word with a capital is checked only where it begins a text.
var british = map[string]string{
	"organization": "organisation", "organizations": "organisations", "organizational": "organisational", "organize": "organise",
	"organized": "organised", "organizing": "organising", "reorganization": "reorganisation", "reorganizations": "reorganisations",
	"reorganized": "reorganised", "reorganize": "reorganise", "authorize": "authorise", "authorized": "authorised",
	"authorization": "authorisation", "recognize": "recognise", "recognized": "recognised", "emphasize": "emphasise",
	"emphasized": "emphasised", "criticize": "criticise", "criticized": "criticised", "centralized": "centralised",
	"decentralized": "decentralised", "centralization": "centralisation", "personalized": "personalised",
	"personalization": "personalisation", "prioritize": "prioritise", "prioritized": "prioritised", "summarize": "summarise",
	"summarized": "summarised", "utilize": "use", "utilized": "used", "hospitalization": "hospitalisation", "program": "programme",
	"programs": "programmes", "center": "centre", "centers": "centres", "centered": "centred", "behavior": "behaviour",
	"behavioral": "behavioural", "labor": "labour", "favor": "favour", "favorable": "favourable",
	"defense": "defence", "fulfill": "fulfil", "enrollment": "enrolment", "pediatric": "paediatric", "aging": "ageing",
	"toward": "towards", "percent": "per cent", "modeled": "modelled", "modeling": "modelling",
	"labeled": "labelled", "canceled": "cancelled", "analyze": "analyse", "analyzed": "analysed", "catalog": "catalogue",
}

// spelling holds a file's prose to the table.
func spelling(f *file) (faults []Fault) {
	for _, p := range f.prose {
		words := strings.FieldsFunc(p.text, func(r rune) bool { return !unicode.IsLetter(r) })
		for i, word := range words {
			if i == 0 {
				word = strings.ToLower(word)
			}
			if want, ok := british[word]; ok {
				at := f.spots[p.path]
				faults = append(faults, Fault{f.path, at.line, at.column, fmt.Sprintf("%q is not British spelling; write %q", word, want)})
			}
		}
	}
	return faults
}
