package neo4jstore

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/policygraph/policygraph/graph"
)

// TestSortKeys compares the order of keys with that of what they are made of, by bytes and by UTF-16 units.
func TestSortKeys(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 26))
	texts := []string{"", "a", "z", "a b", "é", "\uD7FE", "\uD7FF", "\uE000", "\uFA0E", "\uFFFD", "\U00010000", "\U00020000", "\U0010FFFF"}
	days := []graph.Day{graph.MinDay, graph.MinDay + 1, -1, 0, 1, 20000, graph.MaxDay - 1, graph.MaxDay}
	type item struct {
		text   string
		lo, hi graph.Day
		id     string
	}
	one := func() item {
		pick := func() string { return texts[random.IntN(len(texts))] }
		return item{pick() + pick(), days[random.IntN(len(days))], graph.Day(random.Int32() - math.MaxInt32/2), []string{"org:a", "org:a-b", "org:A", "org:b"}[random.IntN(4)]}
	}
	for range 20_000 {
		a, b := one(), one()
		for what, keys := range map[string][3]any{
			"by name": {cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.id, b.id)), byName(a.text, a.id), byName(b.text, b.id)},
			"by days": {cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi), strings.Compare(a.id, b.id)), byDays(a.lo, a.hi, a.id), byDays(b.lo, b.hi, b.id)},
		} {
			want, x, y := keys[0].(int), keys[1].(string), keys[2].(string)
			if got := strings.Compare(x, y); got != want {
				t.Fatalf("%s, %+v and %+v: bytes say %d, want %d", what, a, b, got, want)
			}
			if got := slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y))); got != want {
				t.Fatalf("%s, %+v and %+v: UTF-16 units say %d, want %d", what, a, b, got, want)
			}
		}
	}
}
