package graph

import "testing"

func TestNameAt(t *testing.T) {
	between := func(from, to string) Bounds {
		p, err := ParsePeriod(from + "/" + to)
		if err != nil {
			t.Fatal(err)
		}
		return StateBounds(p, Attestation{})
	}
	department := &Entity{ID: "org:department", Names: []Name{
		{Text: "Department of Health", Use: Former, Bounds: between("1988-07-25", "2018-01-07"), Rank: Normal, Statement: "a"},
		{Text: "Department of Health and Social Care", Use: Official, Bounds: between("2018-01-08", ".."), Rank: Normal, Statement: "b"},
		{Text: "DHSC", Use: Acronym, Bounds: Timeless, Rank: Normal, Statement: "c"},
	}}
	for date, want := range map[string]string{
		"":           "Department of Health and Social Care",
		"2013":       "Department of Health",
		"2018-01-07": "Department of Health",
		"2018-01-08": "Department of Health and Social Care",
		"2018":       "Department of Health", // both partly: by statement id
		"1980":       "Department of Health", // none yet: the earliest
	} {
		var d Date
		if date != "" {
			d = MustDate(date)
		}
		if got := department.NameAt(d); got != want {
			t.Errorf("at %q: %q, want %q", date, got, want)
		}
	}
	t.Run("where no name holds, the nearest earlier", func(t *testing.T) {
		e := &Entity{Names: []Name{
			{Text: "First", Use: Former, Bounds: between("1990", "1995"), Rank: Normal, Statement: "a"},
			{Text: "Second", Use: Former, Bounds: between("1996", "1999"), Rank: Normal, Statement: "b"},
			{Text: "Third", Use: Official, Bounds: between("2010", "2012"), Rank: Normal, Statement: "c"},
		}}
		for date, want := range map[string]string{"2005": "Second", "2020": "Third", "1980": "First"} {
			if got := e.NameAt(MustDate(date)); got != want {
				t.Errorf("at %s: %q, want %q", date, got, want)
			}
		}
	})
	t.Run("a name in use before a better one that is not", func(t *testing.T) {
		e := &Entity{Names: []Name{
			{Text: "Council", Use: Official, Bounds: between("2013", ".."), Rank: Normal, Statement: "a"},
			{Text: "The committee", Use: Alias, Bounds: between("2000", "2013"), Rank: Normal, Statement: "b"},
			{Text: "CTTE", Use: Acronym, Bounds: Timeless, Rank: Normal, Statement: "c"},
		}}
		for date, want := range map[string]string{"2005": "The committee", "2013": "Council", "2020": "Council", "1990": "Council"} {
			if got := e.NameAt(MustDate(date)); got != want {
				t.Errorf("at %s: %q, want %q", date, got, want)
			}
		}
	})
	t.Run("rank before certainty", func(t *testing.T) {
		e := &Entity{Names: []Name{
			{Text: "Sure", Use: Official, Bounds: Timeless, Rank: Normal, Statement: "a"},
			{Text: "Preferred", Use: Official, Bounds: Bounds{MinDay, MaxDay, MinDay, MaxDay}, Rank: Preferred, Statement: "b"},
		}}
		if got := e.NameAt(MustDate("2000")); got != "Preferred" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("an acronym where there is nothing else", func(t *testing.T) {
		e := &Entity{ID: "org:x", Names: []Name{{Text: "X", Use: Acronym, Bounds: Timeless, Rank: Normal}}}
		if got := e.NameAt(Date{}); got != "X" {
			t.Errorf("got %q", got)
		}
		if got := (&Entity{ID: "org:x"}).NameAt(Date{}); got != "org:x" {
			t.Errorf("nameless: %q", got)
		}
	})
}

func TestLifeEndsByRankThenID(t *testing.T) {
	e := &Entity{Starts: []LifeEnd{
		{Date: MustDate("2001"), Rank: Normal, Statement: "b", Bounds: Timeless},
		{Date: MustDate("2002"), Rank: Preferred, Statement: "c", Bounds: Timeless},
		{Date: MustDate("2003"), Rank: Normal, Statement: "a", Bounds: Timeless},
	}}
	if d, by := e.StartAt(Date{}); d.String() != "2002" || by != "c" {
		t.Errorf("start %s by %s; want 2002 by c", d, by)
	}
	if d, by := e.EndAt(Date{}); !d.IsZero() || by != "" {
		t.Errorf("end %s by %q; want none", d, by)
	}
}
