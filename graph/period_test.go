package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
)

// period reads a period as the doc tables write it: "-" is none, and a single date is PeriodFrom.
func period(t testing.TB, s string) graph.Period {
	t.Helper()
	if s == "-" || !strings.Contains(s, "/") {
		return graph.PeriodFrom(date(s))
	}
	p, err := graph.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeriodForms(t *testing.T) {
	y2010, y2015 := date("2010"), date("2015")
	for _, test := range []struct {
		text string
		want graph.Period
	}{
		{"2010/2015", graph.Period{From: y2010, To: y2015, End: graph.EndDated}},
		{"2010/..", graph.Period{From: y2010, End: graph.EndOpen}},
		{"2010/", graph.Period{From: y2010, End: graph.EndUnknown}},
		{"../2015", graph.Period{OpenStart: true, To: y2015, End: graph.EndDated}},
		{"/2015", graph.Period{To: y2015, End: graph.EndDated}},
		{"2010/2010", graph.Period{From: y2010, To: y2010, End: graph.EndDated}},
		{"2010-04-01/2010", graph.Period{From: date("2010-04-01"), To: y2010, End: graph.EndDated}},
		{"2015~/2014", graph.Period{From: date("2015~"), To: date("2014"), End: graph.EndDated}},
		{"-0044/-0043", graph.Period{From: date("-0044"), To: date("-0043"), End: graph.EndDated}},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := graph.ParsePeriod(test.text)
			if err != nil || got != test.want {
				t.Fatalf("want %#v, got %#v, %v", test.want, got, err)
			}
			if got.String() != test.text || got.IsZero() {
				t.Errorf("written again as %q", got)
			}
		})
	}
}

func TestPeriodsPutTogether(t *testing.T) {
	y2010, y2015 := date("2010"), date("2015")
	if got, want := graph.PeriodFrom(y2010), (graph.Period{From: y2010, End: graph.EndNotStated}); got != want || got.String() != "2010/" {
		t.Errorf("want %#v, got %#v, written %s", want, got, got)
	}
	if p := graph.PeriodFrom(graph.Date{}); !p.IsZero() || p.String() != "" || p.Validate() != nil {
		t.Errorf("the period from no date is %#v", p)
	}
	for _, test := range []struct {
		from, to graph.Date
		want     string
		end      graph.EndState
	}{
		{y2010, y2015, "2010/2015", graph.EndDated},
		{graph.Date{}, y2015, "/2015", graph.EndDated},
		{y2010, graph.Date{}, "2010/", graph.EndNotStated},
		{graph.Date{}, graph.Date{}, "", ""},
	} {
		p, err := graph.PeriodBetween(test.from, test.to)
		if err != nil || p.String() != test.want || p.End != test.end {
			t.Errorf("between %q and %q: want %q %s, got %q %s, %v", test.from, test.to, test.want, test.end, p, p.End, err)
		}
	}
	if p, err := graph.PeriodBetween(y2015, y2010); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("between 2015 and 2010: %s, %v", p, err)
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	const notPair = " is not a pair of dates; write 2010/2015, 2010/.. (still so), 2010/ (end not known), ../2015 (open start) or /2015 (start not known)"
	for _, test := range []struct{ text, want string }{
		{"", `period ""` + notPair},
		{"2013", `period "2013"` + notPair},
		{"2010-2015", `period "2010-2015"` + notPair},
		{"2010/2012/2015", `period "2010/2012/2015"` + notPair},
		{"/", `period "/" has no date; write at least one, as in 2010/.. or ../2015`},
		{"../..", `period "../.." has no date; write at least one, as in 2010/.. or ../2015`},
		{"../", `period "../" has no date; write at least one, as in 2010/.. or ../2015`},
		{"2015/2010", `period "2015/2010" ends before it starts; the end is the last day in force, on or after the start`},
		{"2013-04-01/2013-03", `period "2013-04-01/2013-03" ends before it starts; the end is the last day in force, on or after the start`},
		{"2016~/2014", `period "2016~/2014" ends before it starts; the end is the last day in force, on or after the start`},
		{"2013-13/2014", `date "2013-13": there is no month 13; months are 01 to 12, the seasons 21 (spring) to 24 (winter), and XX is a month not known`},
		{"2013/2014-02-30", `date "2014-02-30": there is no day 30 in 2014-02; its days are 01 to 28, and XX is a day not known`},
		{"2013/2014-02-28T10:00", `date "2014-02-28T10:00" has a time of day; the finest date is a day, as in 2013-04-01`},
	} {
		t.Run(test.text, func(t *testing.T) {
			p, err := graph.ParsePeriod(test.text)
			if err == nil {
				t.Fatalf("read as %s", p)
			}
			if !errors.Is(err, graph.ErrInvalid) || !p.IsZero() || err.Error() != test.want {
				t.Errorf("value %#v; want, got:\n%s\n%s", p, test.want, err)
			}
		})
	}
}

func TestPeriodValidate(t *testing.T) {
	y2010, y2015 := date("2010"), date("2015")
	for _, test := range []struct {
		name   string
		period graph.Period
		want   string
	}{
		{"no end state", graph.Period{From: y2010}, `period "2010/" has end state ""; end states are DATED, OPEN, UNKNOWN and NOT_STATED`},
		{"unknown word", graph.Period{From: y2010, End: "ONGOING"}, `period "2010/" has end state "ONGOING"; end states are DATED, OPEN, UNKNOWN and NOT_STATED`},
		{"dated without a date", graph.Period{From: y2010, End: graph.EndDated}, `period "2010/" has end state "DATED"; an end state is DATED with an end, and OPEN, UNKNOWN or NOT_STATED without one`},
		{"open with a date", graph.Period{From: y2010, To: y2015, End: graph.EndOpen}, `period "2010/..2015" has end state "OPEN"; an end state is DATED with an end, and OPEN, UNKNOWN or NOT_STATED without one`},
		{"two starts", graph.Period{From: y2010, OpenStart: true, To: y2015, End: graph.EndDated}, `period "..2010/2015" has both a start and an open start; leave one out`},
		{"no date", graph.Period{End: graph.EndOpen}, `period "/.." has no date; write at least one, as in 2010/.. or ../2015`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.period.Validate()
			if !errors.Is(err, graph.ErrInvalid) || err.Error() != test.want {
				t.Errorf("want, got:\n%s\n%v", test.want, err)
			}
		})
	}
}

// FuzzParsePeriod holds for any text that it is refused with a sentence or written again as it was, and for any period under any
// attestation that its bounds are in order.
func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{"2010/2015", "2010/..", "2010/", "../2015", "/2015", "2015~/2014", "2013/2013-03", "20XX%/2001-24", "-0044/Y12345", "2015/2010", "/", "2013"} {
		f.Add(text, "2012", "2014-06", int32(11000), int32(16000), false)
		f.Add(text, "", "", int32(0), int32(0), true)
	}
	f.Fuzz(func(t *testing.T, text, first, last string, born, died int32, past bool) {
		p, err := graph.ParsePeriod(text)
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) || !p.IsZero() || len(err.Error()) > 500 {
				t.Fatalf("%q: refused with %v and the value %#v", text, err, p)
			}
		} else if p.String() != text || p.IsZero() || p.Validate() != nil {
			t.Fatalf("%q: read as %#v, written again as %q", text, p, p)
		}

		a := graph.Attestation{Past: past}
		for _, text := range []string{first, last} {
			if d, err := graph.ParseDate(text); err == nil {
				a.Add(d)
			}
		}
		if born < died {
			a.Within = graph.Bounds{StartLo: graph.Day(born), StartHi: graph.Day(born), EndLo: graph.Day(died), EndHi: graph.Day(died)}
		}
		for _, p := range []graph.Period{p, graph.PeriodFrom(p.From)} {
			for name, b := range map[string]graph.Bounds{
				"state": graph.StateBounds(p, a), "life": graph.LifeBounds(p, a), "moment": graph.MomentBounds(p.From, a), "ended": graph.StateBounds(p, a).EndedBy(a.First),
			} {
				if b.StartLo > b.StartHi || b.EndLo > b.EndHi || name != "ended" && b.StartLo >= b.EndHi {
					t.Fatalf("%q, %#v: %s bounds %v", text, a, name, b)
				}
			}
		}
		// What is dated holds, surely for some of it, over all the days that its dates may mean.
		if !p.From.IsZero() && !p.To.IsZero() {
			lo, _ := p.From.Bounds()
			_, hi := p.To.Bounds()
			if got := graph.StateBounds(p, a).HoldsOver(lo, hi+1); got != graph.Partly && got != graph.Definitely {
				t.Fatalf("%q: over all of it holds %q", text, got)
			}
		}
	})
}
