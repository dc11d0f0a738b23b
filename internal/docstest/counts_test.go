package docstest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/seed"
)

// curated is the curated records as the program carries them. Their faults are another test's.
var curated = sync.OnceValue(func() graph.Batch {
	document, _ := seed.Read(seed.Embedded())
	return document.Batch
})

func init() {
	tables["counts by kind"] = countsByKind
	tables["counts by relation"] = countsByRelation
	tables["counts by text"] = countsByText
}

func countsByKind() string {
	rows := [][]string{{"kind", "single", "classes", "statements about them"}}
	var total [3]int
	b := curated()
	for _, k := range graph.Kinds {
		var n [3]int
		for _, e := range b.Entities {
			switch {
			case e.Kind != k.Kind:
			case e.Form == graph.Class:
				n[1]++
			default:
				n[0]++
			}
		}
		for _, s := range b.Statements {
			if kind, _ := graph.KindOf(s.Subject); kind == k.Kind {
				n[2]++
			}
		}
		rows = append(rows, []string{k.Type, fmt.Sprint(n[0]), fmt.Sprint(n[1]), fmt.Sprint(n[2])})
		for i := range n {
			total[i] += n[i]
		}
	}
	return table(append(rows, []string{"all", fmt.Sprint(total[0]), fmt.Sprint(total[1]), fmt.Sprint(total[2])}))
}

// countsByRelation has a row for each relation and property that is used, the most used first.
func countsByRelation() string {
	type count struct{ written, derived int }
	relations, properties := make(map[string]count), make(map[string]count)
	for _, s := range curated().Statements {
		counts, name := relations, string(s.Relation)
		if s.Property != "" {
			counts, name = properties, string(s.Property)
		}
		c := counts[name]
		if s.ChangeEvent != "" {
			c.derived++
		} else {
			c.written++
		}
		counts[name] = c
	}
	rows := [][]string{{"statements", "written", "from change events"}}
	for _, part := range []struct {
		what   string
		counts map[string]count
	}{{"all between entities", relations}, {"all properties", properties}} {
		var names []string
		var all count
		for name, c := range part.counts {
			names = append(names, name)
			all = count{all.written + c.written, all.derived + c.derived}
		}
		slices.SortFunc(names, func(x, y string) int {
			a, b := part.counts[x], part.counts[y]
			return cmp.Or(b.written+b.derived-a.written-a.derived, strings.Compare(x, y))
		})
		for _, name := range names {
			rows = append(rows, []string{code(name), fmt.Sprint(part.counts[name].written), some(part.counts[name].derived)})
		}
		rows = append(rows, []string{part.what, fmt.Sprint(all.written), some(all.derived)})
	}
	return table(rows)
}

// countsByText has a row for each text that was read, and one for all sources of each other dataset.
func countsByText() string {
	type count struct{ entities, statements, citations, conflicts int }
	b := curated()
	names, lines := make(map[string]string), make(map[string]string)
	for _, e := range b.Entities {
		names[e.ID] = e.NameAt(graph.Date{})
		for _, id := range e.Identifiers {
			if id.Scheme == "text-lines" {
				lines[e.ID] = id.Value
			}
		}
	}
	conflicts := make(map[string][]string) // ids of conflicts by member
	for _, c := range b.Conflicts {
		for _, m := range c.Members {
			conflicts[m] = append(conflicts[m], c.ID)
		}
	}
	counts := make(map[string]*count)
	seen := make(map[string]bool)
	for _, s := range b.Statements {
		for _, c := range s.Citations {
			text := c.SourceID
			if lines[text] == "" {
				text = c.Dataset
			}
			n := counts[text]
			if n == nil {
				n = new(count)
				counts[text] = n
			}
			first := func(id string) int {
				key := text + " " + id
				if seen[key] {
					return 0
				}
				seen[key] = true
				return 1
			}
			n.citations++
			n.statements += first(s.ID)
			n.entities += first(s.Subject)
			if s.Object != "" {
				n.entities += first(s.Object)
			}
			for _, id := range conflicts[s.ID] {
				n.conflicts += first(id)
			}
		}
	}
	rows := [][]string{{"text", "lines", "entities", "statements", "citations", "conflicts"}}
	texts := make([]string, 0, len(counts))
	for text := range counts {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(x, y string) int { return cmp.Or(counts[y].citations-counts[x].citations, strings.Compare(x, y)) })
	for _, text := range texts {
		n := counts[text]
		rows = append(rows, []string{cmp.Or(names[text], "dataset `"+text+"`, sources without a text"), cmp.Or(lines[text], "–"), fmt.Sprint(n.entities), fmt.Sprint(n.statements),
			fmt.Sprint(n.citations), some(n.conflicts)})
	}
	return table(rows)
}

// some is a number, and nothing for none.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
