package graph_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

func show(b graph.Bounds) []string {
	return []string{b.StartLo.String(), "to", b.StartHi.String(), b.EndLo.String(), "to", b.EndHi.String()}
}

// attestation reads the columns of the doc tables: texts as 2012/2014, 2012 or -, and lives as 2001/2013 or -.
func attestation(t *testing.T, texts, lives string) graph.Attestation {
	t.Helper()
	var a graph.Attestation
	for text := range strings.SplitSeq(texts, "/") {
		a.Add(date(text))
	}
	if lives != "-" {
		a.Within = graph.LifeBounds(period(t, lives), graph.Attestation{})
	}
	return a
}

func TestStateBoundsDocTable(t *testing.T) {
	for _, row := range docTable(t, "bounds.go", "period texts lives first day day after the last") {
		t.Run(strings.Join(row[:3], " "), func(t *testing.T) {
			a := attestation(t, row[1], row[2])
			var p graph.Period
			switch row[0] {
			case "past", "present":
				a.Past = row[0] == "past"
			default:
				p = period(t, row[0])
			}
			if diff := cmp.Diff(row[3:], show(graph.StateBounds(p, a))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLifeBoundsDocTable(t *testing.T) {
	for _, row := range docTable(t, "bounds.go", "period texts first day day after the last") {
		t.Run(strings.Join(row[:2], " "), func(t *testing.T) {
			a := attestation(t, row[1], "1990/1995")
			a.Past = true // neither is used
			if diff := cmp.Diff(row[2:], show(graph.LifeBounds(period(t, row[0]), a))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMomentBoundsDocTable(t *testing.T) {
	for _, row := range docTable(t, "bounds.go", "when texts first to last possible day") {
		t.Run(strings.Join(row[:2], " "), func(t *testing.T) {
			b := graph.MomentBounds(date(row[0]), attestation(t, row[1], "-"))
			want := append(row[2:], "+inf", "to", "+inf")
			if diff := cmp.Diff(want, show(b)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Trusts closed on 31 March 2013 and groups opened on the next day.
func TestHoldsAtAHandover(t *testing.T) {
	trusts := graph.StateBounds(period(t, "2001~/2013-03-31"), graph.Attestation{})
	groups := graph.StateBounds(period(t, "2013-04-01/2022-06-30"), graph.Attestation{})
	replaced := graph.MomentBounds(date("2013-04-01"), graph.Attestation{})
	for _, test := range []struct {
		date                     string
		trusts, groups, replaced graph.Holds
		trustsLife, groupsLife   graph.Existence
	}{
		{"1998", "", "", "", graph.NotYet, graph.NotYet},
		{"2001", graph.Possibly, "", "", graph.Uncertain, graph.NotYet},
		{"2002", graph.Partly, "", "", graph.PartlyExists, graph.NotYet},
		{"2008", graph.Definitely, "", "", graph.Exists, graph.NotYet},
		{"2013-03", graph.Definitely, "", "", graph.Exists, graph.NotYet},
		{"2013-03-31", graph.Definitely, "", "", graph.Exists, graph.NotYet},
		{"2013-04-01", "", graph.Definitely, graph.Definitely, graph.Ended, graph.Exists},
		{"2013-04", "", graph.Definitely, graph.Definitely, graph.Ended, graph.Exists},
		{"2013", graph.Partly, graph.Partly, graph.Partly, graph.PartlyExists, graph.PartlyExists},
		{"201X", graph.Partly, graph.Partly, graph.Partly, graph.PartlyExists, graph.PartlyExists},
		{"2014", "", graph.Definitely, graph.Definitely, graph.Ended, graph.Exists},
		{"2022", "", graph.Partly, graph.Definitely, graph.Ended, graph.PartlyExists},
		{"2023", "", "", graph.Definitely, graph.Ended, graph.Ended},
	} {
		t.Run(test.date, func(t *testing.T) {
			d := date(test.date)
			got := []string{string(trusts.Holds(d)), string(groups.Holds(d)), string(replaced.Holds(d)), string(trusts.Existence(d)), string(groups.Existence(d))}
			want := []string{string(test.trusts), string(test.groups), string(test.replaced), string(test.trustsLife), string(test.groupsLife)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("trusts, groups, replaced, life of trusts, life of groups: -want +got:\n%s", diff)
			}
		})
	}
}

func TestHoldsByAttestation(t *testing.T) {
	undated := graph.StateBounds(graph.Period{}, attestation(t, "2011/2015", "2001/2013"))
	still := graph.StateBounds(period(t, "2010/.."), attestation(t, "2012", "-"))
	event := graph.MomentBounds(graph.Date{}, attestation(t, "2012/2014", "-"))
	never := graph.StateBounds(graph.Period{}, graph.Attestation{})
	for _, test := range []struct {
		date                         string
		undated, still, event, never graph.Holds
	}{
		{"2000", "", "", graph.Possibly, graph.Possibly},
		{"2001", graph.Possibly, "", graph.Possibly, graph.Possibly},
		{"2010", graph.Possibly, graph.Partly, graph.Possibly, graph.Possibly},
		{"2011", graph.Partly, graph.Definitely, graph.Possibly, graph.Possibly},
		{"2012", graph.Definitely, graph.Partly, graph.Partly, graph.Possibly},
		{"2013", graph.Definitely, graph.Possibly, graph.Definitely, graph.Possibly},
		{"2014", "", graph.Possibly, graph.Definitely, graph.Possibly},
		{"20XX", graph.Partly, graph.Partly, graph.Partly, graph.Possibly},
	} {
		t.Run(test.date, func(t *testing.T) {
			d := date(test.date)
			got := []graph.Holds{undated.Holds(d), still.Holds(d), event.Holds(d), never.Holds(d)}
			if diff := cmp.Diff([]graph.Holds{test.undated, test.still, test.event, test.never}, got); diff != "" {
				t.Errorf("undated, still so, undated event, never dated: -want +got:\n%s", diff)
			}
		})
	}
}

// Holds is what a reading of the bounds day by day comes to: over every possible first day and day after the last, it holds
// throughout, or for some of the days asked about, in all of them or in one.
func TestHoldsDayByDay(t *testing.T) {
	const days = 5
	for startLo := graph.Day(0); startLo < days; startLo++ {
		for startHi := startLo; startHi < days; startHi++ {
			for endLo := startLo + 1; endLo <= days; endLo++ {
				for endHi := max(endLo, startHi+1); endHi <= days; endHi++ {
					b := graph.Bounds{StartLo: startLo, StartHi: startHi, EndLo: endLo, EndHi: endHi}
					for q0 := graph.Day(-1); q0 < days+1; q0++ {
						for q1 := q0 + 1; q1 <= days+1; q1++ {
							throughout, some, possible := true, true, false
							for start := startLo; start <= startHi; start++ {
								for end := max(endLo, start+1); end <= endHi; end++ {
									overlaps := start < q1 && end > q0
									throughout = throughout && start <= q0 && end >= q1
									some = some && overlaps
									possible = possible || overlaps
								}
							}
							want := graph.Holds("")
							switch {
							case throughout:
								want = graph.Definitely
							case some:
								want = graph.Partly
							case possible:
								want = graph.Possibly
							}
							if got := b.HoldsOver(q0, q1); got != want {
								t.Fatalf("%v over %d to %d: want %q, got %q", b, q0, q1, want, got)
							}
						}
					}
				}
			}
		}
	}
}

func TestTimeless(t *testing.T) {
	for _, text := range []string{"-", "-5000", "2013", "Y-5000000", "Y5000000"} {
		if got := graph.Timeless.Holds(date(text)); got != graph.Definitely {
			t.Errorf("%s: want DEFINITELY, got %q", text, got)
		}
	}
}

func TestMeet(t *testing.T) {
	bounds := func(s string) graph.Bounds {
		if s == "unknown" {
			return graph.Bounds{}
		}
		return graph.LifeBounds(period(t, s), graph.Attestation{})
	}
	for _, test := range []struct {
		a, b string
		want graph.Bounds
	}{
		{"2001/2013", "2010/2020", bounds("2010/2013")},
		{"2001/2013", "2005/2008", bounds("2005/2008")},
		{"2001/2013", "unknown", bounds("2001/2013")},
		{"unknown", "unknown", graph.Bounds{}},
		{"2001/2003", "2010/2020", graph.Bounds{StartLo: graph.DayOf(2010, 1, 1), StartHi: graph.DayOf(2010, 12, 31), EndLo: graph.DayOf(2003, 1, 2), EndHi: graph.DayOf(2004, 1, 1)}},
	} {
		t.Run(test.a+" "+test.b, func(t *testing.T) {
			a, b := bounds(test.a), bounds(test.b)
			if got := a.Meet(b); got != test.want || b.Meet(a) != got {
				t.Errorf("want, got, got the other way round:\n%v\n%v\n%v", show(test.want), show(got), show(b.Meet(a)))
			}
		})
	}
	apart := bounds("2001/2003").Meet(bounds("2010/2020"))
	for _, text := range []string{"2002", "2007", "2012"} {
		if got := apart.Holds(date(text)); got != "" {
			t.Errorf("what never holds together holds %q in %s", got, text)
		}
	}
}

func TestEndedBy(t *testing.T) {
	life := graph.LifeBounds(period(t, "2001"), graph.Attestation{})
	for _, test := range []struct{ when, endLo, endHi string }{
		{"2013-04-01", "2013-04-01", "2013-04-01"},
		{"2013-04", "2013-04-01", "2013-04-30"},
		{"2013~", "2012-01-01", "2014-12-31"},
		{"-", "2002-01-01", "+inf"},
		{"2001", "2001-01-02", "2001-12-31"}, // it lasted a day at least
	} {
		t.Run(test.when, func(t *testing.T) {
			got := life.EndedBy(date(test.when))
			if got.EndLo.String() != test.endLo || got.EndHi.String() != test.endHi {
				t.Errorf("want an end from %s to %s, got %v", test.endLo, test.endHi, show(got))
			}
		})
	}
	if to := graph.LifeBounds(period(t, "2001/2013-03-31"), graph.Attestation{}); to != life.EndedBy(date("2013-04-01")) {
		t.Error("ended by an event is not ended on the day before")
	}
}

func TestAttestationAdd(t *testing.T) {
	for _, test := range []struct{ texts, first, last string }{
		{"-", "-", "-"},
		{"2013", "2013", "2013"},
		{"2014/2012/2013", "2012", "2014"},
		{"2012/-/2010", "2010", "2012"},
		{"2013/2013-03", "2013-03", "2013-03"}, // finished by March at the latest; begun in March at the soonest
		{"2012~/2013", "2012~", "2013"},
		{"2012~/2012", "2012", "2012"},
	} {
		t.Run(test.texts, func(t *testing.T) {
			a := attestation(t, test.texts, "-")
			if a.First != date(test.first) || a.Last != date(test.last) {
				t.Errorf("want %s and %s, got %s and %s", test.first, test.last, a.First, a.Last)
			}
		})
	}
}

// FuzzHolds holds the conditions of the three answers against each other: each implies those after it, what holds throughout holds on
// a part, and the bounds of an event turn the conditions for a state into those for an event.
func FuzzHolds(f *testing.F) {
	f.Add(int32(0), int32(10), int32(20), int32(30), int32(5), int32(25))
	f.Add(int32(-1<<31), int32(1<<31-1), int32(-1<<31), int32(1<<31-1), int32(0), int32(1))
	f.Fuzz(func(t *testing.T, s0, s1, e0, e1, x0, x1 int32) {
		b := graph.Bounds{StartLo: graph.Day(min(s0, s1)), StartHi: graph.Day(max(s0, s1)), EndLo: graph.Day(min(e0, e1)), EndHi: graph.Day(max(e0, e1))}
		q0, q1 := graph.Day(min(x0, x1)), graph.Day(max(x0, x1))
		if q0 == q1 || b.StartLo >= b.EndHi {
			t.Skip("no days to ask about, or bounds that no life has")
		}
		definitely := b.StartHi <= q0 && b.EndLo >= q1
		partly := b.StartHi < q1 && b.EndLo > q0
		possibly := b.StartLo < q1 && b.EndHi > q0
		if definitely && !partly || partly && !possibly {
			t.Fatalf("%v over %d to %d: definitely %t, partly %t, possibly %t", b, q0, q1, definitely, partly, possibly)
		}
		got := b.HoldsOver(q0, q1)
		if (got == graph.Definitely) != definitely || (got == graph.Partly) != (partly && !definitely) || (got == "") == possibly {
			t.Fatalf("%v over %d to %d holds %q: definitely %t, partly %t, possibly %t", b, q0, q1, got, definitely, partly, possibly)
		}
		if q0+1 < q1 && got == graph.Definitely {
			if part := b.HoldsOver(q0, q0+1); part != graph.Definitely {
				t.Fatalf("%v holds throughout %d to %d, and %q on its first day", b, q0, q1, part)
			}
		}
		if got == graph.Possibly && b.HoldsOver(q0, q0.Add(1)) == graph.Definitely {
			t.Fatalf("%v possibly holds in %d to %d, and surely on its first day", b, q0, q1)
		}

		event := graph.EventBounds(b.StartLo, b.StartHi)
		want := graph.Holds("")
		switch {
		case event.StartHi <= q0:
			want = graph.Definitely
		case event.StartHi < q1:
			want = graph.Partly
		case event.StartLo < q1:
			want = graph.Possibly
		}
		if got := event.HoldsOver(q0, q1); got != want {
			t.Fatalf("an event in %s to %s over %d to %d: want %q, got %q", b.StartLo, b.StartHi, q0, q1, want, got)
		}
	})
}
