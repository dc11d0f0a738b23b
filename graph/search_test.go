package graph

import (
	"slices"
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
