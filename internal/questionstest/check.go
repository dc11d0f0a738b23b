package questionstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// check returns a sentence for each way in which an answer is not the one expected.
func (q question) check(answer map[string]any) (faults []string) {
	for _, e := range q.Expect {
		for _, fault := range e.check(at(answer, e.At)) {
			faults = append(faults, fmt.Sprintf("at %s: %s", e.At, fault))
		}
	}
	for _, p := range q.Cite {
		if !cites(answer, p) {
			faults = append(faults, fmt.Sprintf("the answer does not cite %s", p))
		}
	}
	return faults
}

func (e expectation) check(things []any) (faults []string) {
	fail := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, i := range slices.Concat(e.Only, e.Has) {
		if !slices.ContainsFunc(things, i.matches) {
			fail("there is no %s; %s", i, i.nearest(things))
		}
	}
	if len(e.Only) > 0 {
		for _, thing := range things {
			if !slices.ContainsFunc(slices.Concat(e.Only, e.May), func(i item) bool { return i.matches(thing) }) {
				fail("this is not expected: %s", show(thing))
			}
		}
	}
	if len(e.Ordered) > 0 {
		if len(things) != len(e.Ordered) {
			fail("there are %d things instead of %d: %s", len(things), len(e.Ordered), show(things))
		}
		for n, i := range e.Ordered[:min(len(things), len(e.Ordered))] {
			if !i.matches(things[n]) {
				fail("number %d is not %s; %s", n+1, i, i.nearest(things[n:n+1]))
			}
		}
	}
	for _, i := range e.None {
		if slices.ContainsFunc(things, i.matches) {
			fail("there must be no %s", i)
		}
	}
	return faults
}

// at is what stands at a path of names. Lists on the way are opened; what is null is left out.
func at(value any, path string) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var things []any
		for _, thing := range v {
			things = append(things, at(thing, path)...)
		}
		return things
	case map[string]any:
		if path != "" {
			name, rest, _ := strings.Cut(path, ".")
			return at(v[name], rest)
		}
	default:
		if path != "" {
			return nil
		}
	}
	return []any{value}
}

// matches reports whether a thing has all texts of the item at their paths, and is cited from all of its places.
func (i item) matches(thing any) bool { return len(i.lacking(thing)) == 0 }

// lacking is what a thing lacks to be the item.
func (i item) lacking(thing any) (lacks []string) {
	for _, f := range i.fields {
		values := at(thing, f.path)
		if len(f.texts) == 0 && len(values) > 0 {
			lacks = append(lacks, f.path+": null")
		}
		for _, text := range f.texts {
			if !slices.ContainsFunc(values, func(v any) bool { return same(text, v) }) {
				lacks = append(lacks, f.path+": "+text)
			}
		}
	}
	for _, p := range i.cite {
		if !cites(thing, p) {
			lacks = append(lacks, "citation of "+p.String())
		}
	}
	return lacks
}

// nearest says of the thing that comes nearest to the item what it lacks.
func (i item) nearest(things []any) string {
	if len(things) == 0 {
		return "there is nothing"
	}
	thing := slices.MinFunc(things, func(a, b any) int { return len(i.lacking(a)) - len(i.lacking(b)) })
	return fmt.Sprintf("the nearest lacks %s: %s", strings.Join(i.lacking(thing), ", "), show(thing))
}

// same compares a text with a value: a number by its size, anything else by what it reads.
func same(text string, value any) bool {
	if n, ok := value.(json.Number); ok {
		got, err := n.Float64()
		want, err2 := strconv.ParseFloat(text, 64)
		return err == nil && err2 == nil && got == want
	}
	return text == fmt.Sprint(value)
}

// cites reports whether a thing has a citation of a place in it, at any depth.
func cites(value any, p place) bool {
	switch v := value.(type) {
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return cites(item, p) })
	case map[string]any:
		if source, ok := v["source"].(map[string]any); ok && p.is(source, v) {
			return true
		}
		for _, below := range v {
			if cites(below, p) {
				return true
			}
		}
	}
	return false
}

// is reports whether a citation is of the place. The source is told by its key or id.
func (p place) is(source, citation map[string]any) bool {
	named := false
	for _, field := range []string{"key", "id"} {
		id, _ := source[field].(string)
		id, _, _ = strings.Cut(id, "@")
		named = named || id == p.Source
	}
	return named && (p.At == "" || citation["locator"] == p.At) && (p.Line == 0 || same(strconv.Itoa(p.Line), citation["line"]))
}

func (p place) String() string {
	text := p.Source
	if p.At != "" {
		text += ", " + p.At
	}
	if p.Line != 0 {
		text += fmt.Sprintf(", line %d", p.Line)
	}
	return text
}

func (i item) String() string {
	var parts []string
	for _, f := range i.fields {
		text := strings.Join(f.texts, " and ")
		if len(f.texts) == 0 {
			text = "null"
		}
		if f.path != "" {
			text = f.path + ": " + text
		}
		parts = append(parts, text)
	}
	for _, p := range i.cite {
		parts = append(parts, "cited from "+p.String())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// shown is how much of an answer a message shows.
const shown = 2000

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil || string(text) == "null" {
		return "nothing"
	}
	if len(text) > shown {
		return string(text[:shown]) + " …"
	}
	return string(text)
}
