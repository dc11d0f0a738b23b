package graph

import "strings"

// EndState tells how much is known of the end of a period.
type EndState string

// The end states. Unknown, still so and not stated are three things.
const (
	EndDated     EndState = "DATED"      // it ended on Period.To
	EndOpen      EndState = "OPEN"       // still so when the newest text that says so was written
	EndUnknown   EndState = "UNKNOWN"    // whether it has ended is not known
	EndNotStated EndState = "NOT_STATED" // only the start is told
)

// Period is an EDTF interval, with its end state. Periods compare by ==. The zero Period is no period.
//
//	written    From  OpenStart  To    End
//	2010/2015  2010  false      2015  DATED
//	2010/..    2010  false      -     OPEN
//	2010/      2010  false      -     UNKNOWN
//	../2015    -     true       2015  DATED
//	/2015      -     false      2015  DATED
//	2010/      2010  false      -     NOT_STATED, made by PeriodFrom
type Period struct {
	From      Date     `json:"from,omitzero"`      // first day in force; zero: not known, or open
	OpenStart bool     `json:"openStart,omitzero"` // written ..; From is zero
	To        Date     `json:"to,omitzero"`        // last day in force, inclusive; zero unless End is DATED
	End       EndState `json:"end,omitzero"`       // "" in the zero Period alone
}

// PeriodFrom is the period of which only the start is told; the zero Period for the zero Date. EDTF has no text of its own for it.
func PeriodFrom(d Date) Period {
	if d.IsZero() {
		return Period{}
	}
	return Period{From: d, End: EndNotStated}
}

// PeriodBetween is the period from a first to a last day in force. Without to it is [PeriodFrom]; without from its start is not known.
// The error is an [ErrInvalid].
func PeriodBetween(from, to Date) (Period, error) {
	if to.IsZero() {
		return PeriodFrom(from), nil
	}
	p := Period{From: from, To: to, End: EndDated}
	return p, p.Validate()
}

// ParsePeriod reads an EDTF interval of level 0 or 1, in the forms of the table at [Period]. A single date is refused: it could mean
// throughout, sometime in, or since. So is an interval without any date, which tells nothing. The error is an [ErrInvalid]: a sentence
// that says what is wrong and what is allowed.
func ParsePeriod(s string) (Period, error) {
	from, to, found := strings.Cut(s, "/")
	if !found || strings.Contains(to, "/") {
		return Period{}, Invalidf("period %s is not a pair of dates; write 2010/2015, 2010/.. (still so), 2010/ (end not known), ../2015 (open start) or /2015 (start not known)", quote(s))
	}
	p := Period{End: EndDated}
	var err error
	switch from {
	case "":
	case "..":
		p.OpenStart = true
	default:
		if p.From, err = ParseDate(from); err != nil {
			return Period{}, err
		}
	}
	switch to {
	case "":
		p.End = EndUnknown
	case "..":
		p.End = EndOpen
	default:
		if p.To, err = ParseDate(to); err != nil {
			return Period{}, err
		}
	}
	if err := p.Validate(); err != nil {
		return Period{}, err
	}
	return p, nil
}

// IsZero reports whether there is no period.
func (p Period) IsZero() bool { return p == Period{} }

// Validate checks a period that was put together by hand: it has a date, its end state agrees with its end, and its end may lie on or
// after its start. Dates are compared by what they may mean, so 2015~/2014 is accepted and 2015/2014 is not. The error is an
// [ErrInvalid]. The zero Period is valid.
func (p Period) Validate() error {
	_, last := p.To.Bounds()
	first, _ := p.From.Bounds()
	switch {
	case p.IsZero():
	case p.From.IsZero() && p.To.IsZero():
		return Invalidf("period %s has no date; write at least one, as in 2010/.. or ../2015", quote(p.String()))
	case p.OpenStart && !p.From.IsZero():
		return Invalidf("period %s has both a start and an open start; leave one out", quote(p.String()))
	case (p.End == EndDated) == p.To.IsZero():
		return Invalidf("period %s has end state %s; an end state is DATED with an end, and OPEN, UNKNOWN or NOT_STATED without one", quote(p.String()), quote(string(p.End)))
	case p.End != EndDated && p.End != EndOpen && p.End != EndUnknown && p.End != EndNotStated:
		return Invalidf("period %s has end state %s; end states are DATED, OPEN, UNKNOWN and NOT_STATED", quote(p.String()), quote(string(p.End)))
	case last < first:
		return Invalidf("period %s ends before it starts; the end is the last day in force, on or after the start", quote(p.String()))
	}
	return nil
}

// String is the EDTF text, "" for the zero Period. [ParsePeriod] reads it back to the same Period, but for NOT_STATED: its text is
// that of UNKNOWN, as EDTF knows no other.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	var buf [33]byte
	b := buf[:0]
	if p.OpenStart {
		b = append(b, ".."...)
	}
	b = append(p.From.append(b), '/')
	if p.End == EndOpen {
		b = append(b, ".."...)
	}
	return string(p.To.append(b))
}
