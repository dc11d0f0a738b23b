package graph

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"The King's Fund":      "the kings fund",
		"The King’s Fund":      "the kings fund",
		"the KINGS  fund ":     "the kings fund",
		"Health & Social-Care": "health and social care",
		"R&D":                  "r and d",
		"Ynys Môn":             "ynys mon",
		"Ynys Mo\u0302n":       "ynys mon",
		"Straße Œuvre Łódź":    "strasse oeuvre lodz",
		"A/B (c) – d":          "a b c d",
		"…":                    "",
		"Ελλάδα 2020":          "ελλάδα 2020",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("The King’s Fund & Co.")
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		if again := Fold(folded); again != folded {
			t.Fatalf("Fold(%q) = %q, folded again %q", text, folded, again)
		}
	})
}

func TestRankCandidates(t *testing.T) {
	entity := func(id string, life Bounds, names ...Name) *Entity {
		for i := range names {
			if names[i].Bounds == (Bounds{}) {
				names[i].Bounds = Timeless
			}
		}
		return &Entity{ID: id, Names: names, Life: life}
	}
	since2014 := EventBounds(DayOf(2014, 5, 14), DayOf(2014, 5, 14))
	found := []*Entity{
		entity("leg:health-and-care-act-2022", Timeless, Name{Text: "Health and Care Act 2022"}),
		entity("leg:care-act-2014", since2014, Name{Text: "Care Act 2014"}),
		entity("leg:health-and-social-care-act-2012", Timeless, Name{Text: "Health and Social Care Act 2012"}),
		entity("ini:plans", Timeless, Name{Text: "Sustainability and Transformation Plans"}, Name{Text: "STP", Use: Acronym}),
		entity("org:partnerships", Timeless, Name{Text: "Sustainability and Transformation Partnerships"}, Name{Text: "STP", Use: Acronym}),
		entity("org:stp", Timeless, Name{Text: "STP", Use: Official}),
		entity("org:stpx", Timeless, Name{Text: "STPX Ltd"}),
	}
	ids := func(text, date string) []string {
		var d Date
		if date != "" {
			d = MustDate(date)
		}
		out := []string{}
		for _, h := range RankCandidates(found, Tokens(text), d) {
			out = append(out, h.Entity.ID)
		}
		return out
	}
	for _, test := range []struct {
		text, date string
		want       []string
	}{
		{"Care Act", "", []string{"leg:care-act-2014", "leg:health-and-care-act-2022", "leg:health-and-social-care-act-2012"}},
		{"care act 2014", "", []string{"leg:care-act-2014"}},
		{"Care Act", "2013", []string{"leg:health-and-care-act-2022", "leg:health-and-social-care-act-2012"}},
		{"stp", "", []string{"org:stp", "ini:plans", "org:partnerships", "org:stpx"}},
		{"sust trans part", "", []string{"org:partnerships"}},
		{"nothing", "", []string{}},
		{"stps", "", []string{"ini:plans", "org:partnerships", "org:stp"}},
		{"sustainibility plan", "", []string{"ini:plans"}},
		{"halth and care act", "", []string{"leg:health-and-care-act-2022", "leg:health-and-social-care-act-2012"}},
		{"carr act", "", []string{"leg:care-act-2014", "leg:health-and-care-act-2022", "leg:health-and-social-care-act-2012"}},
	} {
		t.Run(test.text+"@"+test.date, func(t *testing.T) {
			if diff := cmp.Diff(test.want, ids(test.text, test.date)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("whatever the order of the candidates", func(t *testing.T) {
		want := ids("stp", "")
		slices.Reverse(found)
		if diff := cmp.Diff(want, ids("stp", "")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// TestScores holds the order of the ways of matching: what is taken off a score never brings it below a lower one.
func TestScores(t *testing.T) {
	gone := EventBounds(DayOf(2014, 5, 14), DayOf(2014, 5, 14))
	for i, test := range []struct {
		name  string
		use   NameUse
		date  string
		match Match
		score int
	}{
		{"care board", Official, "", ExactMatch, 700},
		{"care board", Official, "2013", ExactMatch, 650},
		{"Care Board", Acronym, "", AcronymMatch, 600},
		{"Care Board", Acronym, "2013", AcronymMatch, 550},
		{"Care Board of the North", Official, "", PrefixMatch, 497},
		{"Care Board of" + strings.Repeat(" x", 90), Official, "2013", PrefixMatch, 401},
		{"Care Boarding", Official, "", PrefixMatch, 400},
		{"Care Boarding of" + strings.Repeat(" x", 90), Official, "2013", PrefixMatch, 301},
		{"The Board of Care", Official, "", WordsMatch, 298},
		{"Board of Care" + strings.Repeat(" x", 90), Official, "2013", WordsMatch, 201},
		{"Boarding Care", Official, "", WordsMatch, 200},
		{"Boarding Care" + strings.Repeat(" x", 90), Official, "2013", WordsMatch, 101},
		{"cares bored", Official, "", SimilarMatch, 80},
		{"Bords of Cure" + strings.Repeat(" x", 90), Official, "", SimilarMatch, 71},
		{"Bords of Cure" + strings.Repeat(" x", 90), Official, "2013", SimilarMatch, 21},
		{"Care", Official, "", "", 0},
	} {
		n := Name{Text: test.name, Use: test.use, Bounds: Timeless}
		var date Date
		if test.date != "" {
			n.Bounds, date = gone, MustDate(test.date)
		}
		var match Match
		var score int
		for _, h := range RankCandidates([]*Entity{{ID: "org:a", Names: []Name{n}, Life: Timeless}}, Tokens("care board"), date) {
			match, score = h.Match, h.Score
		}
		if match != test.match || score != test.score {
			t.Errorf("%d: %q@%s is %s with %d, want %s with %d", i, test.name, test.date, match, score, test.match, test.score)
		}
	}
}

// searcher answers the questions of a search in turn, and notes them.
type searcher struct {
	answers   [][]*Entity
	truncated []bool
	asked     []SearchQuery
}

func (s *searcher) Candidates(_ context.Context, _ View, q SearchQuery) ([]*Entity, bool, error) {
	i := len(s.asked)
	s.asked = append(s.asked, q)
	return s.answers[i], s.truncated[i], nil
}

func TestSearch(t *testing.T) {
	named := func(id, name string) *Entity {
		return &Entity{ID: id, Names: []Name{{Text: name, Bounds: Timeless}}, Life: Timeless}
	}
	var many []*Entity
	for i := range fewHits {
		many = append(many, named("org:"+string(rune('a'+i)), "Care Boards"))
	}
	a, b, near := named("org:x", "Care Board"), named("org:b", "Care Board of B"), named("org:n", "Bord of Care")
	for _, test := range []struct {
		name          string
		first, second []*Entity
		cut           []bool
		limit         int
		calls         int
		want          string
		truncated     bool
	}{
		{"many are enough", many, nil, []bool{false}, 1, 1, "org:a", true},
		{"a whole name is enough", []*Entity{b, a}, nil, []bool{false}, 9, 1, "org:x org:b", false},
		{"few are not", []*Entity{b}, []*Entity{near, b}, []bool{false, false}, 9, 2, "org:b org:n", false},
		{"what the first question found stays", []*Entity{b}, []*Entity{near}, []bool{false, true}, 9, 2, "org:b org:n", true},
		{"nothing", nil, nil, []bool{false, false}, 9, 2, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &searcher{answers: [][]*Entity{test.first, test.second}, truncated: test.cut}
			got, err := Search(t.Context(), s, View{}, "care board", []Kind{Organisation}, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, h := range got.Hits {
				ids = append(ids, h.Entity.ID)
			}
			if found := strings.Join(ids, " "); found != test.want || got.Truncated != test.truncated {
				t.Errorf("found %s (truncated %v), want %s (%v)", found, got.Truncated, test.want, test.truncated)
			}
			q := SearchQuery{Tokens: []string{"care", "board"}, Kinds: []Kind{Organisation}, Limit: maxCandidates}
			asked := []SearchQuery{q, q}
			asked[1].Near = true
			if diff := cmp.Diff(asked[:test.calls], s.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
	s := &searcher{}
	if got, err := Search(t.Context(), s, View{}, " – ", nil, 9); err != nil || len(got.Hits) > 0 || len(s.asked) > 0 {
		t.Errorf("a text without a letter: %v, %v, %v", got, err, s.asked)
	}
}

func TestNameKey(t *testing.T) {
	for _, test := range []struct{ lower, higher int64 }{
		{NameKey("org:zzz", "ab"), NameKey("org:a", "abc")},
		{FirstNameKey(0), NameKey("org:a", "") + 1},
		{FirstNameKey(3) - 1, NameKey("org:a", "abc")},
		{NameKey("org:a", "abc"), FirstNameKey(4)},
		{NameKey("org:a", strings.Repeat("a", 4094)), NameKey("org:a", strings.Repeat("a", 9000))},
		{0, FirstNameKey(9000)},
	} {
		if test.lower >= test.higher {
			t.Errorf("%x is not less than %x", test.lower, test.higher)
		}
	}
	if NameKey("org:a", "abc") == NameKey("org:b", "abc") || NameKey("org:a", "abc") == NameKey("org:a", "abd") {
		t.Error("keys of different names are equal")
	}
	// Keys are kept by stores: they never change.
	if got, want := NameKey("org:primary-care-trusts", "primary care trusts"), int64(44169920490826242); got != want {
		t.Errorf("the key is %d, want %d", got, want)
	}
}
