package graph

import (
	"math"
	"strconv"
	"strings"
)

// Day counts days of the proleptic Gregorian calendar; 0 is 1970-01-01. [MinDay] and [MaxDay] stand for unbounded, so that stores
// compare plain integers and never a null.
type Day int32

// The unbounded days, before and after every other.
const (
	MinDay Day = math.MinInt32
	MaxDay Day = math.MaxInt32
)

// DayOf is the day of a calendar date. Year 0 is 1 BC, as in ISO 8601. A month or day outside its range runs on into the years or
// months around it, as in [time.Date]. A date beyond the days is unbounded.
func DayOf(year, month, day int) Day {
	// Count from 1 March, so that the leap day comes last, in eras of 400 years: after Howard Hinnant, "chrono-Compatible Low-Level
	// Date Algorithms" (days_from_civil).
	months := min(max(int64(year), -maxYear*2), maxYear*2)*12 + int64(month) - 3
	y := floorDiv(months, 12)
	m := months - y*12
	era := floorDiv(y, 400)
	y -= era * 400
	return clampDay(era*146097 + y*365 + y/4 - y/100 + (153*m+2)/5 + int64(day) - 1 - 719468)
}

// civil is the calendar date of a day: the inverse of [DayOf], after civil_from_days.
func (d Day) civil() (year, month, day int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	months := (era*400+yoe)*12 + mp + 2
	y := floorDiv(months, 12)
	return int(y), int(months-y*12) + 1, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func clampDay(n int64) Day { return Day(min(max(n, int64(MinDay)), int64(MaxDay))) }

// Add is the day n days later. An unbounded day stays unbounded.
func (d Day) Add(n int) Day {
	if d == MinDay || d == MaxDay {
		return d
	}
	return clampDay(int64(d) + int64(n))
}

// Date is the day as a [Date] of day precision. It is zero for the unbounded days and outside the years -9999 to 9999, where EDTF has
// years alone.
func (d Day) Date() Date {
	date := d.date()
	if date.year < -9999 || date.year > 9999 {
		return Date{}
	}
	return date
}

// String is the day as YYYY-MM-DD, with Y before a year of more than four digits, "-inf" or "+inf" for the unbounded days.
func (d Day) String() string {
	switch d {
	case MinDay:
		return "-inf"
	case MaxDay:
		return "+inf"
	}
	return d.date().String()
}

func (d Day) date() Date {
	year, month, day := d.civil()
	return Date{year: int32(year), month: uint8(month), day: uint8(day), unit: unitDay}
}

// Precision is the unit of the calendar that a date pins down.
type Precision string

// The precisions, finest first.
const (
	PrecisionDay     Precision = "DAY"
	PrecisionMonth   Precision = "MONTH"
	PrecisionSeason  Precision = "SEASON"
	PrecisionYear    Precision = "YEAR"
	PrecisionDecade  Precision = "DECADE"
	PrecisionCentury Precision = "CENTURY"
)

// Date is one date of EDTF, the Extended Date/Time Format of the Library of Congress (https://www.loc.gov/standards/datetime/, ISO
// 8601-2), levels 0 and 1 without times of day. Its precision is never padded. The zero Date is no date. Dates compare by ==, which
// compares what was written; how they lie in time is for [Date.Span] and [Date.Bounds].
//
// A date covers one unit of its precision (Span). ~ (approximate), ? (uncertain) and % (both) widen the days that it may mean
// (Bounds) by one such unit on either side, and a day by a week. EDTF leaves that open; the rule is ours.
//
//	written     precision  covers                        may mean, with ~, ? or %
//	2013-04-01  DAY        2013-04-01 to 2013-04-01      2013-03-25 to 2013-04-08
//	2013-04     MONTH      2013-04-01 to 2013-04-30      2013-03-01 to 2013-05-31
//	2013-04-XX  MONTH      2013-04-01 to 2013-04-30      2013-03-01 to 2013-05-31
//	2013-21     SEASON     2013-03-01 to 2013-05-31      2012-12-01 to 2013-08-31
//	2013-22     SEASON     2013-06-01 to 2013-08-31      2013-03-01 to 2013-11-30
//	2013-23     SEASON     2013-09-01 to 2013-11-30      2013-06-01 to 2014-02-28
//	2013-24     SEASON     2013-12-01 to 2014-02-28      2013-09-01 to 2014-05-31
//	2013        YEAR       2013-01-01 to 2013-12-31      2012-01-01 to 2014-12-31
//	2013-XX     YEAR       2013-01-01 to 2013-12-31      2012-01-01 to 2014-12-31
//	2013-XX-XX  YEAR       2013-01-01 to 2013-12-31      2012-01-01 to 2014-12-31
//	201X        DECADE     2010-01-01 to 2019-12-31      2000-01-01 to 2029-12-31
//	20XX        CENTURY    2000-01-01 to 2099-12-31      1900-01-01 to 2199-12-31
//	-0043       YEAR       -0043-01-01 to -0043-12-31    -0044-01-01 to -0042-12-31
//	Y12013      YEAR       Y12013-01-01 to Y12013-12-31  Y12012-01-01 to Y12014-12-31
//
// The seasons are those of the northern hemisphere by whole months, as the Met Office counts them, and a winter begins in December
// of the year written: 21 spring, 22 summer, 23 autumn, 24 winter. A month or day written XX is not known, so the date pins down the
// year or month alone (EDTF speaks of the precision of what is written; here it is that of what is known).
type Date struct {
	year  int32 // the first of a decade or century
	month uint8 // 1 to 12, 21 to 24, unspecified, or 0: not written
	day   uint8 // 1 to 31, unspecified, or 0: not written
	unit  unit  // 0 in the zero Date alone
	mark  byte  // '~', '?', '%' or 0
}

const (
	unspecified = 255       // a month or day written XX
	maxYear     = 5_000_000 // either way: as far as a Day reaches, in round figures
)

type unit uint8

const (
	unitDay unit = iota + 1
	unitMonth
	unitSeason
	unitYear
	unitDecade
	unitCentury
)

// units tells of each unit its name and its length in months; a day has none.
var units = [...]struct {
	precision Precision
	months    int
}{
	unitDay:     {PrecisionDay, 0},
	unitMonth:   {PrecisionMonth, 1},
	unitSeason:  {PrecisionSeason, 3},
	unitYear:    {PrecisionYear, 12},
	unitDecade:  {PrecisionDecade, 120},
	unitCentury: {PrecisionCentury, 1200},
}

// daysWidened is how far ~, ? and % widen a date of day precision, either way.
const daysWidened = 7

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Precision is the unit that the date pins down, "" for the zero Date.
func (d Date) Precision() Precision { return units[d.unit].precision }

// Approximate reports whether the date is marked ~ or %.
func (d Date) Approximate() bool { return d.mark == '~' || d.mark == '%' }

// Uncertain reports whether the date is marked ? or %.
func (d Date) Uncertain() bool { return d.mark == '?' || d.mark == '%' }

// Span is the days that the text covers, from q0 to before q1, not widened by ~, ? and %. No date covers all days.
func (d Date) Span() (q0, q1 Day) {
	if d.unit == 0 {
		return MinDay, MaxDay
	}
	return d.shifted(0), d.shifted(1)
}

// Bounds is the first and the last day that the date may mean, both inclusive, as the table at [Date] tells. No date may mean any day.
func (d Date) Bounds() (lo, hi Day) {
	switch q0, q1 := d.Span(); {
	case d.unit == 0:
		return MinDay, MaxDay
	case d.mark == 0:
		return q0, q1 - 1
	case d.unit == unitDay:
		return q0 - daysWidened, q0 + daysWidened
	}
	return d.shifted(-1), d.shifted(2) - 1
}

// shifted is the first day of the unit n units after the date's own.
func (d Date) shifted(n int) Day {
	if d.unit == unitDay {
		return DayOf(int(d.year), int(d.month), int(d.day)+n)
	}
	month := 1
	switch {
	case d.unit == unitSeason:
		month = 3 * (int(d.month) - 20) // spring begins in March
	case d.unit == unitMonth:
		month = int(d.month)
	}
	return DayOf(int(d.year), month+n*units[d.unit].months, 1)
}

// DayBefore is the day before a date of day precision that is not marked; ok is false for any other date: none tells the day before a
// month, and [Bounds.EndedBy] bounds it.
func (d Date) DayBefore() (before Date, ok bool) {
	if d.unit != unitDay || d.mark != 0 {
		return Date{}, false
	}
	before = d.shifted(-1).Date()
	return before, !before.IsZero()
}

// String is the EDTF text, "" for the zero Date. It is canonical: [ParseDate] accepts no other text for the same Date.
func (d Date) String() string {
	var buf [16]byte
	return string(d.append(buf[:0]))
}

// AppendText appends the EDTF text; it never fails.
func (d Date) AppendText(b []byte) ([]byte, error) { return d.append(b), nil }

// MarshalText is the EDTF text, empty for the zero Date; it never fails.
func (d Date) MarshalText() ([]byte, error) { return d.append(nil), nil }

// UnmarshalText reads a text as [ParseDate] does. The empty text gives the zero Date.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d = Date{}
	if len(text) > 0 {
		*d, err = ParseDate(string(text))
	}
	return err
}

func (d Date) append(b []byte) []byte {
	if d.unit == 0 {
		return b
	}
	year := d.year
	if year < -9999 || year > 9999 {
		b = append(b, 'Y')
	}
	if year < 0 {
		b = append(b, '-')
		year = -year
	}
	if year > 9999 {
		b = strconv.AppendInt(b, int64(year), 10)
	} else {
		b = append2(append2(b, uint8(year/100)), uint8(year%100))
	}
	switch d.unit {
	case unitDecade:
		b[len(b)-1] = 'X'
	case unitCentury:
		b[len(b)-1], b[len(b)-2] = 'X', 'X'
	}
	for _, part := range [...]uint8{d.month, d.day} {
		if part != 0 {
			b = append2(append(b, '-'), part)
		}
	}
	if d.mark != 0 {
		b = append(b, d.mark)
	}
	return b
}

// append2 appends two digits, or XX.
func append2(b []byte, n uint8) []byte {
	if n == unspecified {
		return append(b, "XX"...)
	}
	return append(b, '0'+n/10, '0'+n%10)
}

// MustDate is [ParseDate] for tables and tests; it panics where ParseDate fails.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseQueryDate reads a date to ask about: one that [ParseDate] reads, and that ~, ? and % do not blur. XX and X stand for all the
// days that they cover: 201X asks about the whole decade.
func ParseQueryDate(s string) (Date, error) {
	d, err := ParseDate(s)
	if err == nil && d.mark != 0 {
		plain := d
		plain.mark = 0
		return Date{}, Invalidf("date %s: a date to ask about is exact, without ~, ? or %%; write %s", quote(s), plain)
	}
	return d, err
}

// ParseDate reads an EDTF date of level 0 or 1, in the forms of the table at [Date]. The error is an [ErrInvalid]: a sentence that
// says what is wrong and what is allowed.
func ParseDate(s string) (Date, error) {
	var d Date
	text := s
	if n := len(text); n > 0 && isMark(text[n-1]) {
		d.mark, text = text[n-1], text[:n-1]
	}
	if strings.HasPrefix(text, "Y") {
		return d.parseLongYear(s, text[1:])
	}
	sign := int32(1)
	if strings.HasPrefix(text, "-") {
		sign, text = -1, text[1:]
	}
	// What is left is YYYY, YYYY-MM or YYYY-MM-DD, told apart by length.
	switch n := len(text); {
	case n != 4 && n != 7 && n != 10, n > 4 && text[4] != '-', n > 7 && text[7] != '-':
		return Date{}, malformed(s)
	}
	digits := strings.TrimRight(text[:4], "X")
	year, ok := parseDigits(digits)
	unknown := 4 - len(digits)
	if !ok || unknown > 2 || unknown > 0 && (len(text) > 4 || sign < 0) || sign < 0 && year == 0 {
		return Date{}, malformed(s)
	}
	d.unit = unitYear
	for range unknown {
		year *= 10
		d.unit++ // a decade, a century
	}
	d.year = sign * year
	if len(text) == 4 {
		return d, nil
	}

	var monthOK, dayOK bool
	if d.month, monthOK = parsePart(text[5:7]); !monthOK {
		return Date{}, malformed(s)
	}
	if len(text) == 10 {
		if d.day, dayOK = parsePart(text[8:10]); !dayOK {
			return Date{}, malformed(s)
		}
	}
	switch month := d.month; {
	case month == unspecified:
		if dayOK && d.day != unspecified {
			return Date{}, Invalidf("date %s has a day without a month; write the month too, or XX for both", quote(s))
		}
		return d, nil
	case month >= 21 && month <= 24:
		if dayOK {
			return Date{}, Invalidf("date %s has a day in a season; write the season alone, as in 2013-21, or a month from 01 to 12", quote(s))
		}
		d.unit = unitSeason
		return d, nil
	case month < 1 || month > 12:
		return Date{}, Invalidf("date %s: there is no month %s; months are 01 to 12, the seasons 21 (spring) to 24 (winter), and XX is a month not known",
			quote(s), text[5:7])
	}
	d.unit = unitMonth
	if !dayOK || d.day == unspecified {
		return d, nil
	}
	if last := int(d.shifted(1) - d.shifted(0)); d.day < 1 || int(d.day) > last {
		d.day, d.mark = 0, 0
		return Date{}, Invalidf("date %s: there is no day %s in %s; its days are 01 to %d, and XX is a day not known", quote(s), text[8:10], d, last)
	}
	d.unit = unitDay
	return d, nil
}

// parseLongYear reads what follows the Y of a year of more than four digits into a Date that has its mark.
func (d Date) parseLongYear(s, text string) (Date, error) {
	digits := strings.TrimPrefix(text, "-")
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return Date{}, malformed(s)
		}
	}
	if len(digits) < 5 || digits[0] == '0' {
		return Date{}, Invalidf("date %s: Y is for years of five digits or more; write a year of four digits without it", quote(s))
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < -maxYear || year > maxYear {
		return Date{}, Invalidf("date %s is out of reach; years go from Y-%d to Y%d", quote(s), maxYear, maxYear)
	}
	d.year, d.unit = int32(year), unitYear
	return d, nil
}

// parseDigits reads up to four digits and nothing else.
func parseDigits(s string) (n int32, ok bool) {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int32(s[i]-'0')
	}
	return n, true
}

// parsePart reads a month or day: two digits, or XX.
func parsePart(s string) (n uint8, ok bool) {
	if s == "XX" {
		return unspecified, true
	}
	v, ok := parseDigits(s)
	return uint8(v), ok
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isMark(c byte) bool  { return c == '~' || c == '?' || c == '%' }

// malformed tells why a text is not a date at all. It looks for the usual slips, so that the sentence names the one made.
func malformed(s string) error {
	switch {
	case s == "":
		return Invalidf("a date is empty; write one as in 2013, 2013-04 or 2013-04-01")
	case strings.Count(s, "/") == 2 && strings.Trim(s, "/0123456789") == "":
		return Invalidf("date %s is not written as in EDTF; write the year first, with hyphens, as in 2013-04-01", quote(s))
	case strings.Contains(s, "/"):
		return Invalidf("date %s is a period; a single date is meant here, as in 2013, 2013-04 or 2013-04-01", quote(s))
	case hasTime(s):
		return Invalidf("date %s has a time of day; the finest date is a day, as in 2013-04-01", quote(s))
	case len(s) > 0 && strings.ContainsAny(s[:len(s)-1], "~?%"):
		return Invalidf("date %s: ~, ? and %% stand once, at the end, and apply to the whole date, as in 2013-04~", quote(s))
	}
	return Invalidf("date %s is not an EDTF date of level 0 or 1; write 2013, 2013-04 or 2013-04-01, a season as 2013-21 (spring) to 2013-24 (winter), "+
		"X for what is not known as in 201X, 20XX, 2013-XX or 2013-04-XX, and ~, ? or %% at the end for approximate, uncertain or both", quote(s))
}

// hasTime reports whether a time of day follows a date, behind a T or a space.
func hasTime(s string) bool {
	i := strings.IndexAny(s, "T ")
	if i < 0 {
		return false
	}
	d, err := ParseDate(s[:i])
	return err == nil && d.unit == unitDay
}

// quote shows a caller's text in a message, shortened: it may be megabytes.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
	}
	return strconv.Quote(s)
}
