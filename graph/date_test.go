package graph_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

// docTable is the rows of the table in a doc comment of this package, as fields, that follow the first header starting with the
// words given. The comments are thereby true.
func docTable(t *testing.T, file, header string) [][]string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	found := false
	for line := range strings.Lines(string(source)) {
		row, inTable := strings.CutPrefix(line, "//\t")
		switch {
		case found && inTable:
			rows = append(rows, strings.Fields(row))
		case found:
			return rows
		case inTable && strings.Join(strings.Fields(row), " ") == header:
			found = true
		}
	}
	t.Fatalf("%s has no table with the header %q", file, header)
	return nil
}

func date(s string) graph.Date {
	if s == "-" {
		return graph.Date{}
	}
	return graph.MustDate(s)
}

func TestDateDocTable(t *testing.T) {
	for _, want := range docTable(t, "date.go", "written precision covers may mean, with ~, ? or %") {
		t.Run(want[0], func(t *testing.T) {
			d := graph.MustDate(want[0])
			q0, q1 := d.Span()
			lo, hi := d.Bounds()
			if lo != q0 || hi != q1.Add(-1) {
				t.Errorf("an exact date may mean %s to %s, and covers %s to %s", lo, hi, q0, q1.Add(-1))
			}
			for _, mark := range []string{"~", "?", "%"} {
				marked := graph.MustDate(want[0] + mark)
				m0, m1 := marked.Span()
				lo, hi := marked.Bounds()
				got := []string{d.String(), string(marked.Precision()), m0.String(), "to", m1.Add(-1).String(), lo.String(), "to", hi.String()}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: -want +got:\n%s", marked, diff)
				}
				if m0 != q0 || m1 != q1 || d.Precision() != marked.Precision() {
					t.Errorf("%s covers other days, or has another precision, than %s", marked, d)
				}
				approximate, uncertain := mark != "?", mark != "~"
				if marked.Approximate() != approximate || marked.Uncertain() != uncertain || d.Approximate() || d.Uncertain() {
					t.Errorf("%s: Approximate %t, Uncertain %t", marked, marked.Approximate(), marked.Uncertain())
				}
			}
		})
	}
}

// The examples of the EDTF specification of 4 February 2019, https://www.loc.gov/standards/datetime/, in its order: all of levels 0
// and 1, and of level 2, which is refused, one or more of each feature. An example is read as a date or period, whose text is again
// the example, or refused with the sentence given.
func TestEDTFExamples(t *testing.T) {
	const (
		readsDate   = "date"
		readsPeriod = "period"
		notEDTF     = " is not an EDTF date of level 0 or 1; write 2013, 2013-04 or 2013-04-01, a season as 2013-21 (spring) to 2013-24 (winter), " +
			"X for what is not known as in 201X, 20XX, 2013-XX or 2013-04-XX, and ~, ? or % at the end for approximate, uncertain or both"
		atTheEnd = ": ~, ? and % stand once, at the end, and apply to the whole date, as in 2013-04~"
		tooFine  = " has a time of day; the finest date is a day, as in 2013-04-01"
	)
	for _, section := range []struct {
		name     string
		examples [][2]string
	}{
		{"0 date", [][2]string{
			{"1985-04-12", readsDate},
			{"1985-04", readsDate},
			{"1985", readsDate},
		}},
		{"0 date and time", [][2]string{
			{"1985-04-12T23:20:30", tooFine},
			{"1985-04-12T23:20:30Z", tooFine},
			{"1985-04-12T23:20:30-04", tooFine},
			{"1985-04-12T23:20:30+04:30", tooFine},
		}},
		{"0 time interval", [][2]string{
			{"1964/2008", readsPeriod},
			{"2004-06/2006-08", readsPeriod},
			{"2004-02-01/2005-02-08", readsPeriod},
			{"2004-02-01/2005-02", readsPeriod},
			{"2004-02-01/2005", readsPeriod},
			{"2005/2006-02", readsPeriod},
		}},
		{"1 letter-prefixed calendar year", [][2]string{
			{"Y170000002", " is out of reach; years go from Y-5000000 to Y5000000"},
			{"Y-170000002", " is out of reach; years go from Y-5000000 to Y5000000"},
			{"Y1700002", readsDate}, // ours: within reach
			{"Y-1700002", readsDate},
		}},
		{"1 seasons", [][2]string{
			{"2001-21", readsDate},
			{"2001-22", readsDate},
			{"2001-23", readsDate},
			{"2001-24", readsDate},
		}},
		{"1 qualification of a date", [][2]string{
			{"1984?", readsDate},
			{"2004-06~", readsDate},
			{"2004-06-11%", readsDate},
		}},
		{"1 unspecified digits from the right", [][2]string{
			{"201X", readsDate},
			{"20XX", readsDate},
			{"2004-XX", readsDate},
			{"1985-04-XX", readsDate},
			{"1985-XX-XX", readsDate},
		}},
		{"1 extended interval", [][2]string{
			{"1985-04-12/..", readsPeriod},
			{"1985-04/..", readsPeriod},
			{"1985/..", readsPeriod},
			{"../1985-04-12", readsPeriod},
			{"../1985-04", readsPeriod},
			{"../1985", readsPeriod},
			{"1985-04-12/", readsPeriod},
			{"1985-04/", readsPeriod},
			{"1985/", readsPeriod},
			{"/1985-04-12", readsPeriod},
			{"/1985-04", readsPeriod},
			{"/1985", readsPeriod},
			{"1984~/2004-06%", readsPeriod}, // ours: a modifier at the end of either date
		}},
		{"1 negative calendar year", [][2]string{
			{"-1985", readsDate},
		}},
		{"2 exponential year", [][2]string{{"Y-17E7", notEDTF}}},
		{"2 significant digits", [][2]string{
			{"1950S2", notEDTF},
			{"Y171010000S3", notEDTF},
			{"Y3388E2S3", notEDTF},
		}},
		{"2 sub-year groupings", [][2]string{
			{"2001-34", ": there is no month 34; months are 01 to 12, the seasons 21 (spring) to 24 (winter), and XX is a month not known"},
		}},
		{"2 set representation", [][2]string{
			{"[1667,1668,1670..1672]", notEDTF},
			{"{1960,1961-12}", notEDTF},
		}},
		{"2 qualification", [][2]string{
			{"2004-06~-11", atTheEnd},
			{"2004?-06-11", atTheEnd},
			{"?2004-06-~11", atTheEnd},
			{"2004-%06-11", atTheEnd},
		}},
		{"2 unspecified digit", [][2]string{
			{"156X-12-25", notEDTF},
			{"15XX-12-25", notEDTF},
			{"XXXX-12-XX", notEDTF},
			{"1XXX-XX", notEDTF},
			{"1984-1X", notEDTF},
		}},
		{"2 interval", [][2]string{
			{"2004-06-~01/2004-06-~20", `date "2004-06-~01"` + atTheEnd},
			{"2004-06-XX/2004-07-03", readsPeriod}, // its dates are of level 1
		}},
	} {
		t.Run(section.name, func(t *testing.T) {
			for _, example := range section.examples {
				text, want := example[0], example[1]
				var got string
				if strings.Contains(text, "/") {
					p, err := graph.ParsePeriod(text)
					got = outcome(t, readsPeriod, text, p.String(), err)
				} else {
					d, err := graph.ParseDate(text)
					got = outcome(t, readsDate, text, d.String(), err)
					if strings.HasPrefix(want, " ") || strings.HasPrefix(want, ":") {
						want = `date "` + text + `"` + want
					}
				}
				if got != want {
					t.Errorf("%s: want, got:\n%s\n%s", text, want, got)
				}
			}
		})
	}
}

// outcome is reads if the text was read and written again as it was, and the sentence if it was refused.
func outcome(t *testing.T, reads, text, written string, err error) string {
	t.Helper()
	switch {
	case err != nil:
		if !errors.Is(err, graph.ErrInvalid) || written != "" {
			t.Errorf("%s: refused with %q and the value %q; want an ErrInvalid and the zero value", text, err, written)
		}
		return err.Error()
	case written != text:
		return "written as " + written
	}
	return reads
}

func TestParseDateAccepts(t *testing.T) {
	for _, text := range []string{
		"0000", "0001-01-01", "-0001", "-9999", "9999-12-31", "Y10000", "Y-10000", "Y5000000", "Y-5000000~", "0000-02-29", "2000-02-29",
		"2012-02-29", "-0004-02-29", "199X~", "19XX?", "00XX", "2001-21%", "2004-XX?", "1985-XX-XX~", "Y12345?",
	} {
		d, err := graph.ParseDate(text)
		if got := outcome(t, "read", text, d.String(), err); got != "read" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	const malformed = `is not an EDTF date of level 0 or 1; write 2013,`
	for _, test := range []struct{ text, want string }{
		{"", "a date is empty; write one as in 2013, 2013-04 or 2013-04-01"},
		{"2013-13", `date "2013-13": there is no month 13; months are 01 to 12, the seasons 21 (spring) to 24 (winter), and XX is a month not known`},
		{"2013-00", `date "2013-00": there is no month 00; months are 01 to 12`},
		{"2013-25", `date "2013-25": there is no month 25; months are 01 to 12`},
		{"2013-02-30", `date "2013-02-30": there is no day 30 in 2013-02; its days are 01 to 28, and XX is a day not known`},
		{"2012-02-30", `date "2012-02-30": there is no day 30 in 2012-02; its days are 01 to 29, and XX is a day not known`},
		{"-1900-02-29", `no day 29 in -1900-02; its days are 01 to 28`},
		{"2013-04-31~", `date "2013-04-31~": there is no day 31 in 2013-04; its days are 01 to 30`},
		{"2013-04-00", `there is no day 00 in 2013-04`},
		{"2013-XX-05", `date "2013-XX-05" has a day without a month; write the month too, or XX for both`},
		{"2013-21-05", `date "2013-21-05" has a day in a season; write the season alone, as in 2013-21, or a month from 01 to 12`},
		{"2013/2014", `date "2013/2014" is a period; a single date is meant here, as in 2013, 2013-04 or 2013-04-01`},
		{"2013-04-01 10:00", `date "2013-04-01 10:00" has a time of day; the finest date is a day, as in 2013-04-01`},
		{"2013~?", `date "2013~?": ~, ? and % stand once, at the end`},
		{"Y2013", `date "Y2013": Y is for years of five digits or more; write a year of four digits without it`},
		{"Y-02013", `date "Y-02013": Y is for years of five digits or more`},
		{"Y5000001", `date "Y5000001" is out of reach; years go from Y-5000000 to Y5000000`},
		{"Y99999999999999999999", `is out of reach`},
		{"Y12345-01", malformed}, {"Y--12345", malformed}, {"Y", "Y is for years"}, {"y12345", malformed},
		{"13", malformed}, {"201", malformed}, {"12013", malformed}, {"2013-4", malformed}, {"2013-4-1", malformed}, {"20130401", malformed},
		{"2013-04-1", malformed}, {"2013/04/01", "write the year first, with hyphens"}, {"13/04/2013", "write the year first, with hyphens"}, {"2013/2014", "is a period"}, {"01-04-2013", malformed}, {"April 2013", malformed}, {" 2013", malformed},
		{"2013 ", malformed}, {"+2013", malformed}, {"-0000", malformed}, {"--2013", malformed}, {"-198X", malformed}, {"2XXX", malformed},
		{"XXXX", malformed}, {"201x", malformed}, {"20X3", malformed}, {"201X-04", malformed}, {"2013-0X", malformed}, {"2013-04-3X", malformed},
		{"2013_04", malformed}, {"2013-04_01", malformed}, {"~", malformed}, {"2013\n", malformed}, {"٢٠١٣", malformed}, {"Thursday", malformed},
		{strings.Repeat("2013-", 1_000_000), `date "2013-2013-2013-2013-2013-2013-2013-2013-"… is not an EDTF date`},
	} {
		name := test.text
		if len(name) > 40 {
			name = "very long"
		}
		t.Run(name, func(t *testing.T) {
			d, err := graph.ParseDate(test.text)
			if err == nil {
				t.Fatalf("read as %s", d)
			}
			if !errors.Is(err, graph.ErrInvalid) || !d.IsZero() {
				t.Errorf("refused with %v and the value %q; want an ErrInvalid and the zero value", err, d)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("want, got:\n%s\n%s", test.want, err)
			}
		})
	}
}

func TestParseQueryDate(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"2013", "2013"},
		{"2013-04-01", "2013-04-01"},
		{"201X", "201X"},
		{"2013-04~", `date "2013-04~": a date to ask about is exact, without ~, ? or %; write 2013-04`},
		{"2013?", `date "2013?": a date to ask about is exact, without ~, ? or %; write 2013`},
		{"20XX%", `date "20XX%": a date to ask about is exact, without ~, ? or %; write 20XX`},
		{"2013-13", `date "2013-13": there is no month 13; months are 01 to 12, the seasons 21 (spring) to 24 (winter), and XX is a month not known`},
	} {
		t.Run(test.text, func(t *testing.T) {
			d, err := graph.ParseQueryDate(test.text)
			got := d.String()
			if err != nil {
				got += err.Error()
			}
			if got != test.want {
				t.Errorf("want, got:\n%s\n%s", test.want, got)
			}
		})
	}
}

func TestMustDatePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustDate took 2013-13")
		}
	}()
	graph.MustDate("2013-13")
}

func TestZeroDate(t *testing.T) {
	var d graph.Date
	lo, hi := d.Bounds()
	q0, q1 := d.Span()
	if !d.IsZero() || d.String() != "" || d.Precision() != "" || lo != graph.MinDay || hi != graph.MaxDay || q0 != lo || q1 != hi {
		t.Errorf("the zero Date is %q, precision %q, bounds %s to %s, span %s to %s", d, d.Precision(), lo, hi, q0, q1)
	}
	if graph.MustDate("0000").IsZero() {
		t.Error("the year 0000 is no date")
	}
}

func TestDateAsText(t *testing.T) {
	type record struct {
		When graph.Date `json:"when"`
		Also graph.Date `json:"also,omitzero"`
	}
	for _, test := range []struct {
		json string
		want record
	}{
		{`{"when":"2013-04~","also":"20XX"}`, record{date("2013-04~"), date("20XX")}},
		{`{"when":""}`, record{}},
	} {
		var got record
		if err := json.Unmarshal([]byte(test.json), &got); err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("%s: want %v, got %v", test.json, test.want, got)
		}
		if text, err := json.Marshal(got); err != nil || string(text) != test.json {
			t.Errorf("want %s, got %s, %v", test.json, text, err)
		}
	}
	got := record{When: date("2013")}
	if err := json.Unmarshal([]byte(`{"when":"2013-13"}`), &got); !errors.Is(err, graph.ErrInvalid) || !got.When.IsZero() {
		t.Errorf("2013-13 is read as %s, error %v", got.When, err)
	}
	if b, err := date("2013").AppendText([]byte("in ")); string(b) != "in 2013" || err != nil {
		t.Errorf("AppendText gives %s, %v", b, err)
	}
}

func TestDayBefore(t *testing.T) {
	for _, test := range []struct{ on, want string }{
		{"2013-04-01", "2013-03-31"},
		{"2012-03-01", "2012-02-29"},
		{"2013-01-01", "2012-12-31"},
		{"0000-01-01", "-0001-12-31"},
		{"-9999-01-01", ""}, // EDTF has no day before
		{"2013-04-01~", ""},
		{"2013-04", ""},
		{"2013", ""},
		{"-", ""},
	} {
		before, ok := date(test.on).DayBefore()
		if before.String() != test.want || ok != (test.want != "") {
			t.Errorf("the day before %s: want %q, got %q, %t", test.on, test.want, before, ok)
		}
	}
}

// Every day of eight centuries, and of the years about 0, is held against package time.
func TestDayOfAgreesWithTime(t *testing.T) {
	epoch := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, years := range [][2]int{{-410, 10}, {1590, 2410}} {
		for at := time.Date(years[0], 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < years[1]; at = at.AddDate(0, 0, 1) {
			want := graph.Day((at.Unix() - epoch.Unix()) / 86400)
			got := graph.DayOf(at.Year(), int(at.Month()), at.Day())
			if got != want {
				t.Fatalf("%s: want day %d, got %d", at.Format(time.DateOnly), want, got)
			}
			if back := got.Date(); back != graph.MustDate(got.String()) || at.Year() >= 0 && back.String() != at.Format(time.DateOnly) {
				t.Fatalf("%s: its day is the date %s", at.Format(time.DateOnly), back)
			}
		}
	}
}

func TestDay(t *testing.T) {
	for _, test := range []struct {
		name string
		day  graph.Day
		want string
		date string
	}{
		{"epoch", 0, "1970-01-01", "1970-01-01"},
		{"day 0 of a month", graph.DayOf(2013, 4, 0), "2013-03-31", "2013-03-31"},
		{"month 13", graph.DayOf(2013, 13, 1), "2014-01-01", "2014-01-01"},
		{"month 0", graph.DayOf(2013, 0, 1), "2012-12-01", "2012-12-01"},
		{"last day that is a date", graph.DayOf(9999, 12, 31), "9999-12-31", "9999-12-31"},
		{"after the last", graph.DayOf(9999, 12, 32), "Y10000-01-01", ""},
		{"first day that is a date", graph.DayOf(-9999, 1, 1), "-9999-01-01", "-9999-01-01"},
		{"before the first", graph.DayOf(-9999, 1, 0), "Y-10000-12-31", ""},
		{"far past", graph.DayOf(math.MinInt, 1, 1), "-inf", ""},
		{"far future", graph.DayOf(math.MaxInt, 1, 1), "+inf", ""},
		{"unbounded plus one", graph.MinDay.Add(1), "-inf", ""},
		{"unbounded minus one", graph.MaxDay.Add(-1), "+inf", ""},
		{"over the top", (graph.MaxDay - 1).Add(2), "+inf", ""},
		{"over the bottom", (graph.MinDay + 1).Add(-2), "-inf", ""},
		{"add", graph.DayOf(2013, 3, 31).Add(1), "2013-04-01", "2013-04-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.day.String(); got != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
			if got := test.day.Date().String(); got != test.date {
				t.Errorf("want the date %q, got %q", test.date, got)
			}
		})
	}
}

func TestParseDateDoesNotAllocate(t *testing.T) {
	texts := []string{"2013", "2013-04-01", "2013-04~", "201X", "Y-12345"}
	if n := testing.AllocsPerRun(100, func() {
		for _, text := range texts {
			if _, err := graph.ParseDate(text); err != nil {
				t.Fatal(err)
			}
		}
	}); n != 0 {
		t.Errorf("want no allocations, got %v", n)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2013", "2013-04", "2013-04-01", "2013~", "-0043?", "201X%", "20XX", "2004-XX", "1985-04-XX", "1985-XX-XX", "2001-24", "Y-12345", "2013-02-30", "2013-04-01T10:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := graph.ParseDate(text)
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) || !d.IsZero() || len(err.Error()) > 500 {
				t.Fatalf("%q: refused with %v and the value %q", text, err, d)
			}
			return
		}
		if d.IsZero() || d.Precision() == "" || d.String() != text {
			t.Fatalf("%q: read as %q, precision %q", text, d, d.Precision())
		}
		q0, q1 := d.Span()
		lo, hi := d.Bounds()
		if !(graph.MinDay < lo && lo <= q0 && q0 < q1 && q1-1 <= hi && hi < graph.MaxDay) {
			t.Fatalf("%q: covers %s to %s, may mean %s to %s", text, q0, q1-1, lo, hi)
		}
		if marked := d.Approximate() || d.Uncertain(); marked == (lo == q0) || marked == (hi == q1-1) {
			t.Fatalf("%q: covers %s to %s, may mean %s to %s", text, q0, q1-1, lo, hi)
		}
		if asked, err := graph.ParseQueryDate(text); (err == nil) != (lo == q0) || err == nil && asked != d {
			t.Fatalf("%q: to ask about it gives %s, %v", text, asked, err)
		}
	})
}
