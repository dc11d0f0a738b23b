package graphtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

var searchCases = []testCase{
	{"candidates by the beginnings of words", candidates},
	{"candidates by words near those asked for", nearCandidates},
	{"candidates up to a limit, the shortest names first", candidateLimit},
	{"candidates by a short name and a long one", candidateNames},
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
			slices.Sort(found)
			h.equal(test.text+" "+test.kinds, strings.Fields(test.want), found)
			h.equal(test.text+": truncated", false, truncated)
		}
	}
}

// nearCandidates are found by other numbers and other spellings of their words.
func nearCandidates(h *harness) {
	b := base().entity("org:local", "Local authorities").entity("org:hill", "Hill Commissioning Group 2031").entity("org:oxlea", "NHS Oxlea").entity("org:mill", "Mill House")
	b.entityWith("org:trusts", func(e *graph.Entity) {
		e.Names = append(e.Names, graph.Name{Text: "HCT", Use: graph.Acronym, Bounds: graph.Timeless, Rank: graph.Normal})
	})
	v := h.load(b)
	for _, test := range []struct{ text, kinds, want string }{
		{"local authority", "", "org:local"},
		{"local authorty", "", "org:local"},
		{"loc authority", "", "org:local"},
		{"HCTs", "", "org:trusts"},
		{"hct's", "ORGANISATION", "org:trusts"},
		{"HCTs", "LEGISLATION", ""},
		{"comissioning group", "", "org:hill"},
		{"commisioning goups", "", "org:hill"},
		{"comissionin gruop", "", "org:hill"},
		{"cmissionin", "", ""}, // three letters
		{"nhs oxela", "", "org:oxlea"},
		{"nsh oxlea", "", ""}, // a word of three letters is what it is
		{"mil house", "", "org:mill"},
		{"mlil house", "", ""}, // of four, one letter may differ
		{"milll houses", "", "org:mill"},
		{"group 2032", "", ""}, // another number is another thing
		{"commissioning 203", "", "org:hill"},
		{"authority group", "", ""}, // words of two names
	} {
		var kinds []graph.Kind
		for _, k := range strings.Fields(test.kinds) {
			kinds = append(kinds, graph.Kind(k))
		}
		for _, date := range []graph.Date{{}, graph.MustDate("2500")} {
			found, truncated := h.candidates(graph.View{Revision: v.Revision, Date: date}, graph.SearchQuery{Tokens: graph.Tokens(test.text), Near: true, Kinds: kinds, Limit: 10})
			slices.Sort(found)
			h.equal(test.text+" "+test.kinds, strings.Fields(test.want), found)
			h.equal(test.text+": truncated", false, truncated)
		}
	}
	found, _ := h.candidates(v, graph.SearchQuery{Tokens: []string{"group", "2031"}, Near: true, Limit: 10})
	h.equal("what begins so is found as well", []string{"org:hill"}, found)
	found, _ = h.candidates(v, graph.SearchQuery{Tokens: []string{"authority"}, Limit: 10})
	h.equal("nothing near unless asked for", []string{}, found)
}

func candidateLimit(h *harness) {
	b := base().entity("org:d", "Trust Four").entity("org:B", "Trust Two", "Second Trust").entity("org:a", "Trust Thirteen").entity("leg:c", "The Trust Act").entity("org:e", "Trust")
	v := h.load(b)
	all := []string{"org:e", "org:B", "org:d", "leg:c", "org:a"}
	for limit := 1; limit <= 6; limit++ {
		for _, near := range []bool{false, true} {
			found, truncated := h.candidates(v, graph.SearchQuery{Tokens: []string{"trust"}, Near: near, Limit: limit})
			h.equal("shortest names", all[:min(limit, 5)], found)
			h.equal("truncated", limit < 5, truncated)
		}
	}
	// Names of one length are in the order of their keys, whatever that of their ids.
	b = base()
	var want []string
	for _, id := range []string{"org:a", "org:b", "org:c", "org:d", "leg:e", "ini:f", "org:A", "org:B"} {
		b.entity(id, "Hill "+strings.ToUpper(id[4:]))
		want = append(want, id)
	}
	key := func(id string) int64 { return graph.NameKey(id, "hill "+strings.ToLower(id[4:])) }
	slices.SortFunc(want, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	v = h.load(b)
	for limit := 1; limit <= len(want); limit++ {
		found, _ := h.candidates(v, graph.SearchQuery{Tokens: []string{"hill"}, Limit: limit})
		h.equal("keys", want[:limit], found)
	}
}

// candidateNames come in the order of the first of their names that meets the query.
func candidateNames(h *harness) {
	b := base().entity("org:a", "A Board of the Boarding Schools", "Board")
	b.entity("org:b", "Board B").entity("org:c", "Board of Boards").entity("org:d", "Bored", "Board of Birds and Boards")
	v := h.load(b)
	for _, test := range []struct{ text, want string }{
		{"board", "org:a org:b org:c org:d"},
		{"board boards", "org:c org:d"},
		// Names that are shorter than the text, with one word that answers two of it, come last.
		{"board board", "org:c org:d org:a org:b"},
		{"board b", "org:b org:c org:d org:a"},
		{"board bo b", "org:c org:d org:a org:b"},
	} {
		tokens := strings.Fields(test.text)
		want := strings.Fields(test.want)
		for limit := 1; limit <= len(want); limit++ {
			found, truncated := h.candidates(v, graph.SearchQuery{Tokens: tokens, Limit: limit})
			h.equal(test.text, want[:limit], found)
			h.equal(test.text+": truncated", limit < len(want), truncated)
		}
	}
	found, _ := h.candidates(v, graph.SearchQuery{Tokens: []string{"boarde"}, Near: true, Limit: 10})
	h.equal("near: the shortest first, shorter than the text or not", []string{"org:a", "org:b", "org:c", "org:d"}, found)
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
	for range 400 {
		words := misspelt(random, graph.Tokens(pick(random, b.Entities...).Names[0].Text))
		q := graph.SearchQuery{
			Tokens: words, Near: random.IntN(3) > 0, Kinds: slices.Compact(some(random, []graph.Kind{graph.Organisation, graph.Source, graph.Place})), Limit: 1 + random.IntN(40),
		}
		want, wantTruncated := naive.candidates(graph.View{Revision: 1}, q)
		got, truncated := h.candidates(v, q)
		h.equal(fmt.Sprintf("%+v", q), want, got)
		h.equal(fmt.Sprintf("%+v: truncated", q), wantTruncated, truncated)
	}
}

// misspelt is some of the words of a name in any order: whole, cut off, in another number, or with one or two wrong letters.
func misspelt(random *rand.Rand, words []string) []string {
	random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	words = slices.Clone(words[:1+random.IntN(len(words))])
	for i, word := range words {
		switch letters := []rune(word); random.IntN(6) {
		case 0:
			word += "s"
		case 1, 2:
			word = string(letters[:1+random.IntN(len(letters))])
		case 3, 4:
			for range 1 + random.IntN(2) {
				at := random.IntN(len(letters))
				switch random.IntN(4) {
				case 0:
					letters = slices.Insert(letters, at, 'e')
				case 1:
					if len(letters) > 1 {
						letters = slices.Delete(letters, at, at+1)
					}
				case 2:
					letters[at] = 'x'
				case 3:
					letters[at], letters[len(letters)/2] = letters[len(letters)/2], letters[at]
				}
			}
			word = string(letters)
		}
		words[i] = word
	}
	return words
}
