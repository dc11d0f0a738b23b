package graphtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

var searchCases = []testCase{
	{"candidates by the beginnings of words", candidates},
	{"candidates up to a limit", candidateLimit},
	{"candidates at a revision", candidateRevisions},
	{"searches that break a rule", badSearches},
	{"any search, against the letter of the contract", randomSearches},
}

func (h *harness) candidates(v graph.View, q graph.SearchQuery) ([]string, bool) {
	h.Helper()
	found, truncated, err := h.store.Candidates(h.Context(), v, q)
	if err != nil {
		h.Fatalf("Candidates(%+v): %v", q, err)
	}
	return entityIDs(found), truncated
}

func candidates(h *harness) {
	b := base()
	b.entityWith("org:hill-trusts", func(e *graph.Entity) {
		e.Names = []graph.Name{
			{Text: "Hill Care Trusts", Use: graph.Official, Bounds: graph.Timeless, Rank: graph.Normal},
			{Text: "HCTs", Use: graph.Acronym, Bounds: graph.Timeless, Rank: graph.Normal},
			{Text: "King’s Hill Bodies", Use: graph.Former, Bounds: graph.Bounds{StartLo: 0, StartHi: 0, EndLo: 1, EndHi: 1}, Rank: graph.Deprecated},
		}
	})
	b.entity("org:zoe", "Zoë’s Élan & Co. 100%").entity("ini:hill-fund", "Hill Fund (Care)").entity("leg:hills-act", "The Hills Act_2030")
	v := h.load(b)
	for _, test := range []struct{ text, kinds, want string }{
		{"hill", "", "ini:hill-fund leg:hills-act org:hill-trusts"},
		{"hill", "ORGANISATION LEGISLATION", "leg:hills-act org:hill-trusts"},
		{"HILL car", "", "ini:hill-fund org:hill-trusts"},
		{"trusts hill", "", "org:hill-trusts"},
		{"hill trusts", "INITIATIVE", ""},
		{"ill", "", ""},
		{"hct", "", "org:hill-trusts"},
		{"hcts", "", "org:hill-trusts"},
		{"hcts care", "", ""}, // words of two names
		{"king's", "", "org:hill-trusts"},
		{"kings hill", "", "org:hill-trusts"},
		{"zoe elan", "", "org:zoe"},
		{"elan and", "", "org:zoe"},
		{"100", "", "org:zoe"},
		{"2030", "", "leg:hills-act"},
		{"a", "", "leg:hills-act org:zoe src:almanac"},
		{"nothing", "", ""},
		{"hill hill h hi", "", "ini:hill-fund leg:hills-act org:hill-trusts"},
	} {
		var kinds []graph.Kind
		for _, k := range strings.Fields(test.kinds) {
			kinds = append(kinds, graph.Kind(k))
		}
		for _, date := range []graph.Date{{}, graph.MustDate("2500")} { // a date hides no name
			found, truncated := h.candidates(graph.View{Revision: v.Revision, Date: date}, graph.SearchQuery{Tokens: graph.Tokens(test.text), Kinds: kinds, Limit: 10})
			h.equal(test.text+" "+test.kinds, strings.Fields(test.want), found)
			h.equal(test.text+": truncated", false, truncated)
		}
	}
}

func candidateLimit(h *harness) {
	b := base().entity("org:d", "Trust Four").entity("org:B", "Trust Two", "Second Trust").entity("org:a", "Trust Three").entity("leg:c", "Trust Act")
	v := h.load(b)
	all := []string{"leg:c", "org:B", "org:a", "org:d"}
	for limit := 1; limit <= 5; limit++ {
		found, truncated := h.candidates(v, graph.SearchQuery{Tokens: []string{"trust"}, Limit: limit})
		h.equal("lowest ids", all[:min(limit, 4)], found)
		h.equal("truncated", limit < 4, truncated)
	}
}

func candidateRevisions(h *harness) {
	first := base().entity("org:a", "Old Name").entity("org:b", "Old Body")
	second := first.without("org:a", "org:b").entity("org:a", "New Name")
	v1, v2 := h.load(first), h.load(second)
	for _, test := range []struct {
		view graph.View
		word string
		want string
	}{
		{v1, "old", "org:a org:b"}, {v1, "new", ""}, {v2, "old", ""}, {v2, "new", "org:a"},
	} {
		found, _ := h.candidates(test.view, graph.SearchQuery{Tokens: []string{test.word}, Limit: 10})
		h.equal(test.word, strings.Fields(test.want), found)
	}
}

func badSearches(h *harness) {
	v := h.load(base())
	for name, q := range map[string]graph.SearchQuery{
		"no word":      {Limit: 1},
		"empty word":   {Tokens: []string{"a", ""}, Limit: 1},
		"no limit":     {Tokens: []string{"a"}},
		"negative":     {Tokens: []string{"a"}, Limit: -1},
		"unknown kind": {Tokens: []string{"a"}, Limit: 1, Kinds: []graph.Kind{"SHIP"}},
	} {
		_, _, err := h.store.Candidates(h.Context(), v, q)
		h.refuse(name, err, graph.ErrInvalid)
	}
}

func randomSearches(h *harness) {
	b := &batch{Generate(2, 900)}
	v := h.load(b)
	naive := h.naively(b)
	random := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		// Beginnings of words of one name, in any order.
		words := graph.Tokens(pick(random, b.Entities...).Names[0].Text)
		random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		words = words[:1+random.IntN(len(words))]
		for i, word := range words {
			words[i] = word[:1+random.IntN(len(word))]
		}
		q := graph.SearchQuery{Tokens: words, Kinds: slices.Compact(some(random, []graph.Kind{graph.Organisation, graph.Source, graph.Place})), Limit: 1 + random.IntN(40)}
		want, wantTruncated := naive.candidates(graph.View{Revision: 1}, q)
		got, truncated := h.candidates(v, q)
		h.equal(fmt.Sprintf("%+v", q), want, got)
		h.equal(fmt.Sprintf("%+v: truncated", q), wantTruncated, truncated)
	}
}
