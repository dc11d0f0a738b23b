package graph

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b        string
		limit, want int
	}{
		{"", "", 0, 0},
		{"trust", "trust", 0, 0},
		{"trust", "trusts", 2, 1},
		{"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3}, // over the limit
		{"board", "a", 2, 3},
		{strings.Repeat("ab", 50), strings.Repeat("ab", 50) + "c", 2, 1},
		{"b" + strings.Repeat("ab", 50), strings.Repeat("ab", 50), 2, 1},
	} {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := EditDistance(pair[0], pair[1], test.limit); got != test.want {
				t.Errorf("EditDistance(%q, %q, %d) = %d, want %d", pair[0], pair[1], test.limit, got, test.want)
			}
		}
	}
}

func TestNear(t *testing.T) {
	const far = -1
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"trust", "trust", 0},
		{"authority", "authorities", 0},
		{"pct", "pcts", 0},
		{"body", "bodies", 0},
		{"church", "churches", 0},
		{"gp", "gps", 0},
		{"committee", "committees", 0},
		{"process", "processes", 0},
		{"authorty", "authorities", 1}, // both a number and a letter
		{"comissioning", "commissioning", 1},
		{"comisioning", "commissioning", 2},
		{"englnd", "england", 1},
		{"enlgand", "england", 2},
		{"comsionng", "commissioning", far},
		{"mill", "mil", far}, // three letters
		{"mills", "mils", far},
		{"wards", "wrads", 2},
		{"wards", "wads", far},
		{"icbs", "icss", far},
		{"ics", "icss", 0},
		{"mill", "milll", 1},
		{"mill", "mlil", far}, // two of four
		{"hills", "hulls", 1},
		{"stp", "step", far},
		{"bus", "bu", far}, // no plural
		{"ass", "as", far},
		{"2012", "2013", far},
		{"20122", "20123", far},
		{"2012", "2012", 0},
		{"5qcs", "5qc", far},
		{"group2", "groups2", far},
		{"ελλάδα", "ελλάδα", 0},
	} {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			edits, ok := Near(pair[0], pair[1])
			if !ok {
				edits = far
			}
			if edits != test.want {
				t.Errorf("Near(%q, %q) = %d, want %d", pair[0], pair[1], edits, test.want)
			}
		}
	}
}

// TestVocabulary holds the shortcuts of Near and of a vocabulary to the plain rule, on random words of few letters.
func TestVocabulary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var words []string
	var v Vocabulary
	for range 400 {
		word := make([]byte, 1+random.IntN(8))
		for i := range word {
			word[i] = "abeisy2"[min(random.IntN(7), random.IntN(7))]
		}
		if !slices.Contains(words, string(word)) {
			words = append(words, string(word))
			v.Add(string(word))
		}
	}
	digit := func(word string) bool { return strings.Contains(word, "2") }
	found := 0
	for _, a := range words {
		var want []string
		for _, b := range words {
			limit := min(2, len(a)-3, len(b)-3)
			if min(len(singular(a)), len(singular(b))) < 4 {
				limit = 0
			}
			if a == b || !digit(a) && !digit(b) && (EditDistance(singular(a), singular(b), 9) <= limit || plainPlural(a, b) || plainPlural(b, a)) {
				want = append(want, b)
			}
		}
		if got := v.Near(a); !slices.Equal(got, want) {
			t.Errorf("near %q: got %q, want %q", a, got, want)
		}
		found += len(want) - 1
	}
	if found < len(words) {
		t.Errorf("only %d words are near another", found)
	}
}
