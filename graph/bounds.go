package graph

// Bounds is what is known of the days on which something holds: never null, so that stores compare integers alone.
type Bounds struct {
	StartLo, StartHi Day // first and last possible first day, inclusive
	EndLo, EndHi     Day // first and last possible day after the last day, inclusive
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

// EndedBy is b ended by an event: the event's day is the day after the last. It serves the ends that a change event implies, which no
// date can tell where the event is known to the month or year alone. The zero Date leaves b as it is.
func (b Bounds) EndedBy(when Date) Bounds {
	if when.IsZero() {
		return b
	}
	b.EndLo, b.EndHi = when.Bounds()
	return b.tightened()
}

// tightened uses that a thing lasts a day at least: it began before its end.
func (b Bounds) tightened() Bounds {
	b.StartHi = max(b.StartLo, min(b.StartHi, b.EndHi.Add(-1)))
	b.EndLo = min(b.EndHi, max(b.EndLo, b.StartLo.Add(1)))
	return b
}

// Attestation is when the texts that bear a statement out were written, and how they tell it.
type Attestation struct {
	First, Last Date   // of the earliest and the latest text (or snapshot) that says so; zero: no text has a date
	Past        bool   // an undated state is told as past
	Within      Bounds // the meet of the lives of both ends; zero: not known
}

// MomentBounds is the bounds of an event on a date. One without a date happened at some time before the earliest text that tells of it
// was written; where no text has a date either, it is never definite.
func MomentBounds(when Date, a Attestation) Bounds {
	if when.IsZero() {
		_, hi := a.First.Bounds()
		return EventBounds(MinDay, hi)
	}
	return EventBounds(when.Bounds())
}

// StateBounds is the bounds of a state over a valid period, or over the zero Period where no date is told.
func StateBounds(p Period, a Attestation) Bounds {
	undatedPresent := p.IsZero() && !a.Past
	return stateBounds(p, a, p.OpenStart || undatedPresent, p.End == EndOpen || undatedPresent)
}

// LifeBounds is the bounds of an entity's life over a valid period, or over the zero Period where neither start nor end is told.
// The attestation is of the texts that show it in being.
func LifeBounds(p Period, a Attestation) Bounds { return stateBounds(p, a, true, true) }

func stateBounds(p Period, a Attestation, startAttested, endAttested bool) Bounds {
	var b Bounds
	b.StartLo, b.StartHi = p.From.Bounds()
	lo, hi := p.To.Bounds()
	b.EndLo, b.EndHi = lo.Add(1), hi.Add(1)
	startKnown, endKnown := !p.From.IsZero(), !p.To.IsZero()
	if startKnown && !endKnown {
		b.EndLo = b.StartHi.Add(1)
	}
	if endKnown && !startKnown {
		b.StartHi = b.EndLo.Add(-1)
	}
	within := Timeless.Meet(a.Within)
	firstLo, firstHi := a.First.Bounds()
	lastLo, lastHi := a.Last.Bounds()
	if !a.First.IsZero() && firstLo < within.EndHi && lastHi >= within.StartLo {
		if !startKnown && startAttested {
			b.StartHi = min(b.StartHi, firstHi)
		}
		if !endKnown && endAttested {
			b.EndLo = max(b.EndLo, lastLo.Add(1))
		}
	}
	if !startKnown && within.StartLo < b.EndHi {
		b.StartLo = within.StartLo
		b.StartHi = max(b.StartHi, b.StartLo)
	}
	if !endKnown && within.EndHi > b.StartLo {
		b.EndHi = within.EndHi
		b.EndLo = min(b.EndLo, b.EndHi)
	}
	return b.tightened()
}
