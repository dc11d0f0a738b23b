package graph

// Bounds is what is known of the days on which something holds: never null, so that stores compare integers alone.
type Bounds struct {
	StartLo Day `json:"startLo"` // first possible first day
	StartHi Day `json:"startHi"` // last possible first day, inclusive
	EndLo   Day `json:"endLo"`   // first possible day after the last day
	EndHi   Day `json:"endHi"`   // last possible day after the last day, inclusive
}

// Timeless holds always.
var Timeless = Bounds{MinDay, MinDay, MaxDay, MaxDay}

// EventBounds is of what happened on a day from lo to hi, both inclusive: a fact from then on, so the formulas of [Bounds.Holds] serve
// states and events.
func EventBounds(lo, hi Day) Bounds { return Bounds{lo, hi, MaxDay, MaxDay} }

// Holds tells how surely something holds on a date; "" where it does not.
type Holds string

// The three ways to hold, surest first. Each implies those after it.
const (
	Definitely Holds = "DEFINITELY" // throughout the date
	Partly     Holds = "PARTLY"     // surely, for some of the date
	Possibly   Holds = "POSSIBLY"
)

// Existence tells whether an entity is in being on a date.
type Existence string

// The existences.
const (
	NotYet       Existence = "NOT_YET"   // surely not yet
	Exists       Existence = "EXISTS"    // throughout the date
	PartlyExists Existence = "PARTLY"    // surely, for some of the date
	Uncertain    Existence = "UNCERTAIN" // possibly
	Ended        Existence = "ENDED"     // surely no longer
)

// Existences lists them in the order in which messages show them.
var Existences = []Existence{NotYet, Exists, PartlyExists, Uncertain, Ended}

// Holds tells whether b holds on the days that a date covers. The zero Date covers all of time.
func (b Bounds) Holds(d Date) Holds { return b.HoldsOver(d.Span()) }

// HoldsOver tells whether b holds on the days from q0 to before q1.
func (b Bounds) HoldsOver(q0, q1 Day) Holds {
	switch {
	case b.StartHi <= q0 && b.EndLo >= q1:
		return Definitely
	case b.StartHi < q1 && b.EndLo > q0:
		return Partly
	case b.StartLo < q1 && b.EndHi > q0:
		return Possibly
	}
	return ""
}

// Existence tells whether an entity whose life is b is in being on the days that a date covers.
func (b Bounds) Existence(d Date) Existence {
	q0, q1 := d.Span()
	switch b.HoldsOver(q0, q1) {
	case Definitely:
		return Exists
	case Partly:
		return PartlyExists
	case Possibly:
		return Uncertain
	}
	if b.StartLo >= q1 {
		return NotYet
	}
	return Ended
}

// Meet is of what holds while both b and c do. The zero Bounds is not known, and leaves the other as it is.
func (b Bounds) Meet(c Bounds) Bounds {
	switch {
	case b == Bounds{}:
		return c
	case c == Bounds{}:
		return b
	}
	return Bounds{max(b.StartLo, c.StartLo), max(b.StartHi, c.StartHi), min(b.EndLo, c.EndLo), min(b.EndHi, c.EndHi)}
}

// EndedBy is b ended by an event: the event's day is the day after the last. It serves the ends that follow from a change event, which
// no date can tell where the event is known to the month or year alone ([Date.DayBefore]). The zero Date leaves b as it is.
func (b Bounds) EndedBy(when Date) Bounds {
	if when.IsZero() {
		return b
	}
	b.EndLo, b.EndHi = when.Bounds()
	return b.tightened()
}

// tightened uses that whatever holds lasts a day at least: it began before its end.
func (b Bounds) tightened() Bounds {
	b.StartHi = max(b.StartLo, min(b.StartHi, b.EndHi.Add(-1)))
	b.EndLo = min(b.EndHi, max(b.EndLo, b.StartLo.Add(1)))
	return b
}

// Attestation is when the texts that bear a statement out were written, and how they tell it. The zero value is of texts without a
// date, in the present tense. [Attestation.Add] fills in the dates.
type Attestation struct {
	First, Last Date   // of the earliest and the latest text (or snapshot) that says so; both zero where no text has a date
	Past        bool   // an undated state is told as past
	Within      Bounds // the meet of the lives of both ends; zero: not known
}

// Add counts in a text by its date: First becomes the one written soonest at the latest, Last the one written latest at the soonest.
// The zero Date is left out.
func (a *Attestation) Add(text Date) {
	if text.IsZero() {
		return
	}
	lo, hi := text.Bounds()
	if _, first := a.First.Bounds(); a.First.IsZero() || hi < first {
		a.First = text
	}
	if last, _ := a.Last.Bounds(); a.Last.IsZero() || lo > last {
		a.Last = text
	}
}

// MomentBounds is the bounds of an event. One without a date happened before the earliest text that tells of it was finished; where no
// text has a date either, it is never definite.
//
//	when   texts    first to last possible day
//	2013   2014     2013-01-01 to 2013-12-31
//	2013~  -        2012-01-01 to 2014-12-31
//	-      2014-03  -inf to 2014-03-31
//	-      -        -inf to +inf
func MomentBounds(when Date, a Attestation) Bounds {
	if when.IsZero() {
		_, hi := a.First.Bounds()
		return EventBounds(MinDay, hi)
	}
	return EventBounds(when.Bounds())
}

// StateBounds is the bounds of a state over a valid period, or over the zero Period where no date is told.
//
// A side that is dated is as its date bounds it ([Date]), and lies at least a day from the other side. A side that is not dated:
//   - reaches as far as the lives of both ends (Within), where they are known and agree with the period;
//   - if the other side is dated, is at least as far away as that may lie: what began in 2010 was in force at the end of 2010;
//   - if it is open (..), or the state is undated and told as present, is at least as far away as the earliest or latest text that
//     says so: nothing is definite beyond what anyone has said. Texts written wholly outside the lives do not count.
//
// In the table, texts are the First and Last of the attestation, lives the first and last days of Within, and an undated state is
// written as the tense in which it is told; 2010 is [PeriodFrom].
//
//	period                 texts       lives      first day                 day after the last
//	2010/2015              -           -          2010-01-01 to 2010-12-31  2015-01-02 to 2016-01-01
//	2010/2010              -           -          2010-01-01 to 2010-12-31  2010-01-02 to 2011-01-01
//	2010-04-01/2010-04-01  -           -          2010-04-01 to 2010-04-01  2010-04-02 to 2010-04-02
//	2010/2015              2012        2011/2012  2010-01-01 to 2010-12-31  2015-01-02 to 2016-01-01
//	2010~/2015             -           -          2009-01-01 to 2011-12-31  2015-01-02 to 2016-01-01
//	2013/2013-03           -           -          2013-01-01 to 2013-03-31  2013-03-02 to 2013-04-01
//	2010/..                2012/2014   -          2010-01-01 to 2010-12-31  2014-01-02 to +inf
//	2010/..                2012        2001/2013  2010-01-01 to 2010-12-31  2012-01-02 to 2014-01-01
//	2010/..                -           -          2010-01-01 to 2010-12-31  2011-01-01 to +inf
//	2010/                  2012/2014   -          2010-01-01 to 2010-12-31  2011-01-01 to +inf
//	2010                   2012/2014   -          2010-01-01 to 2010-12-31  2011-01-01 to +inf
//	2010                   2012        2001/2013  2010-01-01 to 2010-12-31  2011-01-01 to 2014-01-01
//	2010                   -           2001/2009  2010-01-01 to 2010-12-31  2011-01-01 to +inf
//	../2015                2012/2014   -          -inf to 2012-12-31        2015-01-02 to 2016-01-01
//	../2015                -           2001/2013  2001-01-01 to 2015-01-01  2015-01-02 to 2016-01-01
//	/2015                  2012/2014   -          -inf to 2015-01-01        2015-01-02 to 2016-01-01
//	/2015                  -           2016/2020  -inf to 2015-01-01        2015-01-02 to 2016-01-01
//	present                2012/2014   -          -inf to 2012-12-31        2014-01-02 to +inf
//	present                2012        -          -inf to 2012-12-31        2012-01-02 to +inf
//	present                2012/2014   2001/2013  2001-01-01 to 2012-12-31  2014-01-01 to 2014-01-01
//	present                2020        2001/2013  2001-01-01 to 2013-12-31  2001-01-02 to 2014-01-01
//	present                1990        2001/2013  2001-01-01 to 2013-12-31  2001-01-02 to 2014-01-01
//	present                2000-12-31  2001/2013  2001-01-01 to 2013-12-31  2001-01-02 to 2014-01-01
//	present                2001-01-01  2001/2013  2001-01-01 to 2001-01-01  2001-01-02 to 2014-01-01
//	present                2013-12-31  2001/2013  2001-01-01 to 2013-12-31  2014-01-01 to 2014-01-01
//	present                2014-01-01  2001/2013  2001-01-01 to 2013-12-31  2001-01-02 to 2014-01-01
//	present                -           -          -inf to +inf              -inf to +inf
//	past                   2012/2014   2001/2013  2001-01-01 to 2013-12-31  2001-01-02 to 2014-01-01
//	past                   2012/2014   -          -inf to +inf              -inf to +inf
func StateBounds(p Period, a Attestation) Bounds {
	present := p.IsZero() && !a.Past
	return stateBounds(p, a, p.OpenStart || present, p.End == EndOpen || present)
}

// LifeBounds is the bounds of an entity's life over a valid period, or over the zero Period where neither start nor end is told. It
// follows [StateBounds], but the attestation is of texts that show the entity in being, whatever they say of its start and end: a side
// that is not dated always is at least as far away as they are. Past and Within are not used.
//
//	period     texts      first day                 day after the last
//	2001/2013  2000/2020  2001-01-01 to 2001-12-31  2013-01-02 to 2014-01-01
//	2001       2004/2008  2001-01-01 to 2001-12-31  2008-01-02 to +inf
//	2001       -          2001-01-01 to 2001-12-31  2002-01-01 to +inf
//	/2013      2004/2008  -inf to 2004-12-31        2013-01-02 to 2014-01-01
//	/2013      -          -inf to 2013-01-01        2013-01-02 to 2014-01-01
//	-          2004/2008  -inf to 2004-12-31        2008-01-02 to +inf
//	-          -          -inf to +inf              -inf to +inf
func LifeBounds(p Period, a Attestation) Bounds {
	a.Within = Timeless
	return stateBounds(p, a, true, true)
}

// stateBounds follows the rules at [StateBounds]; startTold and endTold say whether the texts bear on a start and an end without date.
func stateBounds(p Period, a Attestation, startTold, endTold bool) Bounds {
	startLo, startHi := p.From.Bounds()
	lastLo, lastHi := p.To.Bounds()
	b := Bounds{startLo, startHi, lastLo.Add(1), lastHi.Add(1)}
	startDated, endDated := !p.From.IsZero(), !p.To.IsZero()
	switch {
	case startDated && !endDated:
		b.EndLo = b.StartHi.Add(1)
	case endDated && !startDated:
		b.StartHi = b.EndLo.Add(-1)
	}

	life := Timeless.Meet(a.Within)
	firstLo, firstHi := a.First.Bounds()
	lastLo, lastHi = a.Last.Bounds()
	outside := firstLo >= life.EndHi || lastHi < life.StartLo
	if !startDated {
		if startTold && !outside {
			b.StartHi = min(b.StartHi, firstHi)
		}
		if life.StartLo < b.EndHi {
			b.StartLo, b.StartHi = life.StartLo, max(b.StartHi, life.StartLo)
		}
	}
	if !endDated {
		if endTold && !outside {
			b.EndLo = max(b.EndLo, lastLo.Add(1))
		}
		if life.EndHi > b.StartLo {
			b.EndHi, b.EndLo = life.EndHi, min(b.EndLo, life.EndHi)
		}
	}
	return b.tightened()
}
