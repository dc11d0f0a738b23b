package seed

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A citedText is what a source's identifiers and its record in the folder texts say of the text that was read.
type citedText struct {
	lines  int              // 0: no text
	places map[string][]int // the lines of each place, by locator; nil: there is no record
	file   string           // of the record
}

// lines holds each citation's line to the text that the source's identifiers name: text-sha256 says which text it is, text-lines how
// many lines it has.
func lines(d *Document) (faults []Fault) {
	for _, e := range d.authored.Entities {
		for i, id := range e.Identifiers {
			if n, err := strconv.Atoi(id.Value); id.Scheme == "text-lines" && (err != nil || n < 1) {
				fault, _ := d.locate(e.ID, fmt.Sprintf("identifiers[%d].value", i))
				fault.Text = fmt.Sprintf("text-lines is how many lines the text has, a number from 1, not %q", id.Value)
				faults = append(faults, fault)
			}
		}
	}
	texts := d.textsOfSources()
	d.citations(func(record string, i int, c *graph.Citation) {
		if n := texts[c.SourceID].lines; c.Line > n {
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

func (d *Document) textsOfSources() map[string]citedText {
	texts := make(map[string]citedText)
	for _, e := range d.authored.Entities {
		var hashed bool
		var n int
		for _, id := range e.Identifiers {
			switch id.Scheme {
			case "text-sha256":
				hashed = true
			case "text-lines":
				n, _ = strconv.Atoi(id.Value) // lines reports it
			}
		}
		if hashed {
			texts[e.ID] = citedText{lines: n}
		}
	}
	return texts
}

// locators holds each citation of a text to the places that the text has, which a record of the folder texts lists with their lines.
func locators(d *Document) (faults []Fault) {
	texts := d.textsOfSources()
	for _, f := range d.files {
		r, ok := f.record.(*textRecord)
		if !ok {
			continue
		}
		t := texts[string(r.Source)]
		fail := func(path, format string, args ...any) {
			at := f.spots[path]
			faults = append(faults, Fault{f.path, at.line, at.column, fmt.Sprintf(format, args...)})
		}
		switch {
		case t.lines == 0:
			fail("source", "%s is no text: it has no identifiers text-sha256 and text-lines", r.Source)
			continue
		case t.file != "":
			fail("source", "the places of %s are in %s", r.Source, t.file)
			continue
		}
		t.places, t.file = make(map[string][]int), f.path
		for i, p := range r.Places {
			n, counted := 0, strings.Contains(p.At, "#")
			if _, twice := t.places[p.At]; twice {
				fail(fmt.Sprintf("places[%d].at", i), "the place %q is there twice", p.At)
			}
			for j, l := range p.Lines {
				if l.last > t.lines {
					fail(fmt.Sprintf("places[%d].lines[%d]", i, j), "%s has %d lines (its identifier text-lines), so there is no line %d", r.Source, t.lines, l.last)
				}
				for line := l.first; line <= l.last; line++ {
					n++
					name := strings.ReplaceAll(p.At, "#", strconv.Itoa(n))
					if counted && len(t.places[name]) > 0 {
						fail(fmt.Sprintf("places[%d].at", i), "the place %q is there twice", name)
					}
					t.places[name] = append(t.places[name], line)
				}
			}
		}
		texts[string(r.Source)] = t
	}
	d.citations(func(record string, i int, c *graph.Citation) {
		if field, fault := texts[c.SourceID].fault(c); fault != "" {
			at, _ := d.locate(record, fmt.Sprintf("cite[%d].%s", i, field))
			at.Text = fault
			faults = append(faults, at)
		}
	})
	sortFaults(faults)
	return slices.Compact(faults)
}

// mark is what may follow a place: the mark of a reference there, and which of several.
var mark = regexp.MustCompile(`^mark \[(\d+)\](?:, \d+ of \d+)?$`)

// fault is what is wrong with the place of a citation of the text, and in which field; "" if nothing is.
func (t citedText) fault(c *graph.Citation) (field, fault string) {
	name, rest := t.split(c.Locator)
	lines, ok := t.places[name]
	m := mark.FindStringSubmatch(rest)
	switch {
	case t.places == nil && t.lines > 0:
		return "source", fmt.Sprintf("%s has a text: list its places, this one among them, in a record of the folder %s", c.SourceID, textFolder)
	case t.places == nil || c.Line > t.lines: // lines reports the latter
		return "", ""
	case !ok:
		hint := ""
		if best := nearest(name, slices.Sorted(maps.Keys(t.places))); best != "" {
			hint = fmt.Sprintf("; did you mean %q?", best)
		}
		return "at", fmt.Sprintf("%s has no place %q: %s lists those that it has%s", c.SourceID, name, t.file, hint)
	case !slices.Contains(lines, c.Line):
		return "line", fmt.Sprintf("%q is in line %d of %s; write line: %d", name, lines[0], c.SourceID, lines[0])
	case rest != "" && m == nil:
		return "at", fmt.Sprintf("%q cannot follow a place; the mark of a reference can: \"%s, mark [3]\", or \"%s, mark [3], 1 of 2\"", rest, name, name)
	case m != nil && t.places["reference "+m[1]] == nil:
		return "at", fmt.Sprintf("%s has no place \"reference %s\"", c.SourceID, m[1])
	}
	return "", ""
}

// split parts a locator into the longest place that it begins with and what follows behind a comma.
func (t citedText) split(locator string) (name, rest string) {
	for end := len(locator); end > 0; end = strings.LastIndex(locator[:end], ", ") {
		if _, ok := t.places[locator[:end]]; ok {
			return locator[:end], strings.TrimPrefix(locator[end:], ", ")
		}
	}
	return locator, ""
}
