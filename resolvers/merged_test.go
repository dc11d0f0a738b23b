package resolvers_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/resolvers"
)

// testMergedFields holds that a plan never changes an answer, however the fields of fragments merge with others: random walks to and
// fro between the same three bodies, under dates and without, are answered with and without plans.
func testMergedFields(t *testing.T, s stores) {
	o := options(t)
	o.Limits = resolvers.Limits{Cost: 1 << 41, Aliases: 1 << 10}
	planned, unplanned := newClient(t, s, o), newClient(t, s, resolvers.Unplanned(o))
	for seed := range uint64(s.tries(60)) {
		w := walker{rand.New(rand.NewPCG(seed, 0))}
		query := fmt.Sprintf(`query($yes: Boolean = true, $no: Boolean = false) {
			a: organisation(id: "org:area-groups") %s
			b: at(date: "2022") { nodes(ids: ["org:area-groups", "org:joint-panels", "org:boards"]) { ... on Entity { key } ... on Organisation %s } }
			all: organisation(id: "org:council") { ...F0 ...F1 key @skip(if: $yes) name @include(if: $no) }
		}
		fragment F0 on Organisation %s
		fragment F1 on Organisation %s`, w.body(2, 2), w.body(2, 2), w.body(1, 0), w.body(1, 1))
		want := ask(t, unplanned, query, nil)
		if strings.Contains(want, `"errors"`) {
			t.Fatalf("seed %d: %s\n%s", seed, want, query)
		}
		if diff := cmp.Diff(want, ask(t, planned, query, nil)); diff != "" {
			t.Fatalf("seed %d (-unplanned +planned):\n%s\n%s", seed, diff, query)
		}
	}
}

type walker struct{ *rand.Rand }

// body is a random selection of an organisation, with relations to this depth and the first so many fragments.
func (w walker) body(depth, fragments int) string {
	var b strings.Builder
	b.WriteString("{ id ")
	if fragments > 0 {
		fmt.Fprintf(&b, "...F%d ", w.IntN(fragments))
	}
	for range w.IntN(4) {
		b.WriteString([]string{"replaced", "replacedBy", "backwards: replaced(last: 1)"}[w.IntN(3)])
		b.WriteString([]string{"", "", " @include(if: $yes)", " @skip(if: $yes)"}[w.IntN(4)] + " { __typename ")
		if w.IntN(2) == 0 {
			b.WriteString("totalCount ")
		}
		if w.IntN(2) == 0 {
			b.WriteString("pageInfo { hasNextPage hasPreviousPage } ")
		}
		if depth > 0 && w.IntN(4) > 0 {
			b.WriteString("edges { holds citations { locator } node " + w.body(depth-1, fragments) + " } ")
		}
		b.WriteString("} ")
	}
	return b.String() + "}"
}
