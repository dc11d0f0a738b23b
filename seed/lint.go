package seed

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/policygraph/policygraph/graph"
)

// Check reads a seed folder as [Read] does, and also holds it to the rules of curation: every file in canonical form, every
// citation at a place that its text has, every entity joined to something, names shared on purpose alone, our words in British spelling.
// All faults come at once, by file and place; rules that look across files wait until the files can be read.
func Check(fsys fs.FS) (*Document, []Fault) {
	d, faults := Read(fsys)
	whole := len(faults) == 0
	for _, f := range d.files {
		faults = append(faults, canonical(fsys, f)...)
		faults = append(faults, spelling(f)...)
	}
	if whole {
		for _, lint := range []func(*Document) []Fault{lines, locators, orphans, sharedNames, keys} {
			faults = append(faults, lint(d)...)
		}
	}
	sortFaults(faults)
	return d, faults
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
	if bytes.Equal(src, f.canonical()) {
		return nil // to format it would change nothing
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

// keys reports entities of two kinds that go by one key: one thing under two ids, unless a shared name says that they are two.
func keys(d *Document) (faults []Fault) {
	first := make(map[string]string) // id by key
	for _, e := range d.authored.Entities {
		_, key, _ := strings.Cut(e.ID, ":")
		other, taken := first[key]
		if !taken {
			first[key] = e.ID
			continue
		}
		listed := false
		for _, r := range d.shared {
			listed = listed || slices.Contains(r.Entities, entityID(e.ID)) && slices.Contains(r.Entities, entityID(other))
		}
		if !listed {
			fault, _ := d.locate(e.ID, "")
			fault.Text = fmt.Sprintf("%s and %s are one key under two kinds; give one thing one record, or say why they are two in a record of the folder %s that lists both",
				e.ID, other, sharedNameFolder)
			faults = append(faults, fault)
		}
	}
	return faults
}

// british gives the spelling of our own words, those in -ize apart. Names keep theirs: a word with a capital is checked only where it
// begins a text.
var british = map[string]string{
	"utilize": "use", "utilized": "used", "program": "programme", "programs": "programmes", "center": "centre", "centers": "centres",
	"centered": "centred", "behavior": "behaviour", "behavioral": "behavioural", "labor": "labour", "favor": "favour",
	"favorable": "favourable", "neighborhood": "neighbourhood", "neighborhoods": "neighbourhoods", "defense": "defence",
	"fulfill": "fulfil", "enrollment": "enrolment", "pediatric": "paediatric", "aging": "ageing", "toward": "towards",
	"percent": "per cent", "modeled": "modelled", "modeling": "modelling", "labeled": "labelled", "canceled": "cancelled",
	"analyze": "analyse", "analyzed": "analysed", "skeptical": "sceptical", "judgment": "judgement", "catalog": "catalogue",
}

// ize is the end of words that are written with an s, but for those of which it is no ending.
var (
	ize    = regexp.MustCompile(`^([a-z]+)iz(e|es|ed|er|ers|ing|ation|ations|ational)$`)
	notIze = []string{"s", "re", "se", "pr", "cap", "downs", "res", "outs"}
)

// inBritish is a word in British spelling, "" if it is so already.
func inBritish(word string) string {
	if want, ok := british[word]; ok {
		return want
	}
	if m := ize.FindStringSubmatch(word); m != nil && !slices.Contains(notIze, m[1]) {
		return m[1] + "is" + m[2]
	}
	return ""
}

func spelling(f *file) (faults []Fault) {
	for _, p := range f.prose {
		words := strings.FieldsFunc(p.text, func(r rune) bool { return !unicode.IsLetter(r) })
		for i, word := range words {
			if i == 0 {
				word = strings.ToLower(word)
			}
			if want := inBritish(word); want != "" {
				at := f.spots[p.path]
				faults = append(faults, Fault{f.path, at.line, at.column, fmt.Sprintf("%q is not British spelling; write %q", word, want)})
			}
		}
	}
	return faults
}
