package graphtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

func TestGenerateRepeats(t *testing.T) {
	text := func(seed uint64, statements int) string {
		text, err := json.Marshal(Generate(seed, statements))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, statements := range []int{0, 100, 2000} {
		first := text(7, statements)
		if first != text(7, statements) {
			t.Errorf("%d statements: one seed gives two graphs", statements)
		}
		if first == text(8, statements) {
			t.Errorf("%d statements: two seeds give one graph", statements)
		}
	}
}

func TestGenerateSizes(t *testing.T) {
	for _, want := range []int{1_000, 10_000, 50_000} {
		b := Generate(1, want)
		if got := len(b.Statements); got < want || got > want*12/10 { // what follows from changes comes on top
			t.Errorf("asked for %d statements: got %d", want, got)
		}
		degree := make(map[string]int)
		for i := range b.Statements {
			degree[b.Statements[i].Object]++
		}
		delete(degree, "")
		if most := slices.Max(slices.Collect(maps.Values(degree))); most < want/50 {
			t.Errorf("%d statements: the largest degree is %d", want, most)
		}
	}
}

// TestGenerateWidth holds generated graphs to have every sort of record that the contract tells apart.
func TestGenerateWidth(t *testing.T) {
	b := Generate(1, 3000)
	seen := make(map[string]bool)
	folded := make(map[string]bool)
	bearers := make(map[graph.Identifier]int)
	for _, e := range b.Entities {
		seen[string(e.Kind)], seen[string(e.Form)] = true, true
		id := strings.ToLower(e.ID)
		seen["ids that differ in letter case"] = seen["ids that differ in letter case"] || folded[id]
		folded[id] = true
		for _, n := range e.Names {
			seen["name "+string(n.Use)] = true
		}
		for _, id := range e.Identifiers {
			bearers[graph.Identifier{Scheme: id.Scheme, Value: id.Value}]++
		}
		seen["end"] = seen["end"] || len(e.Ends) > 0
	}
	for _, n := range bearers {
		seen["code of two bodies"] = seen["code of two bodies"] || n > 1
	}
	for _, s := range b.Statements {
		for _, word := range []string{string(s.Nature()), string(s.Status), "certainty " + string(s.Certainty), "rank " + string(s.Rank), "period " + string(s.Period.End), "precision " + string(s.When.Precision())} {
			seen[word] = true
		}
		seen["marked date"] = seen["marked date"] || s.When.Approximate() || s.When.Uncertain()
		seen["derived"] = seen["derived"] || s.ChangeEvent != ""
		seen["basis"] = seen["basis"] || len(s.Basis) > 0
		for _, q := range s.Qualifiers {
			seen["qualifier "+string(q.Value.Kind)] = true
		}
		for _, c := range s.Citations {
			seen["role "+string(c.Role)], seen["dataset "+c.Dataset] = true, true
		}
	}
	for _, e := range b.ChangeEvents {
		seen["change "+string(e.Kind)] = true
	}
	var want []string
	for _, k := range graph.Kinds {
		want = append(want, string(k.Kind))
	}
	for _, k := range graph.ChangeKinds {
		want = append(want, "change "+string(k))
	}
	want = append(want, "BODY", "CLASS", "ids that differ in letter case", "name OFFICIAL", "name ALIAS", "name ACRONYM", "name FORMER", "code of two bodies", "end",
		"STATE", "EVENT", "TIMELESS", "PROPOSED", "ANNOUNCED", "IN_EFFECT", "WITHDRAWN", "certainty STATED", "certainty IMPLIED", "certainty REPORTED",
		"rank PREFERRED", "rank NORMAL", "rank DEPRECATED", "period ", "period DATED", "period OPEN", "period UNKNOWN", "period NOT_STATED",
		"precision ", "precision DAY", "precision MONTH", "precision SEASON", "precision YEAR", "marked date", "derived", "basis",
		"qualifier TEXT", "qualifier NUMBER", "qualifier DATE", "role SUPPORTS", "role DISPUTES", "role MENTIONS", "dataset ods")
	missing := slices.DeleteFunc(want, func(what string) bool { return seen[what] })
	if diff := cmp.Diff([]string{}, missing); diff != "" || len(b.Conflicts) == 0 || len(b.Redirects) == 0 {
		t.Errorf("%d conflicts, %d redirects, and missing (-want +got):\n%s", len(b.Conflicts), len(b.Redirects), diff)
	}
}

// TestHistories holds random histories to be valid: each load publishes.
func TestHistories(t *testing.T) {
	for seed := range uint64(20) {
		h := newHistory(seed+2, 60+int(seed)*20)
		naive := NewNaive(newClock().Now)
		views := h.load(t, naive)
		for _, v := range views[2:] {
			r, err := naive.Revision(t.Context(), v.Revision)
			if err != nil || r.Counts.Nothing() {
				t.Errorf("seed %d: %+v, %v", seed+2, r, err)
			}
		}
	}
}
