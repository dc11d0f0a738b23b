package graph

import (
	"math/rand/v2"
	"testing"
)

// TestBoundsInOrder holds for random periods, texts and lives, possible together or not, that bounds are in order and leave a day at
// least, which stores and [Bounds.HoldsOver] count on.
func TestBoundsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	date := func() Date {
		texts := []string{"", "2001", "2005-03", "2010-04-01", "2010~", "201X", "20XX?", "2015", "2013-XX", "2020"}
		var d Date
		if err := d.UnmarshalText([]byte(texts[r.IntN(len(texts))])); err != nil {
			t.Fatal(err)
		}
		return d
	}
	period := func() Period {
		for {
			p := Period{From: date(), To: date()}
			switch {
			case !p.To.IsZero():
				p.End = EndDated
				p.OpenStart = p.From.IsZero() && r.IntN(2) == 0
			case !p.From.IsZero():
				p.End = []EndState{EndOpen, EndUnknown, EndNotStated}[r.IntN(3)]
			}
			if p.Validate() == nil {
				return p
			}
		}
	}
	attestation := func() (a Attestation) {
		for range r.IntN(3) {
			a.Add(date())
		}
		return a
	}
	for range 50_000 {
		subject, object := LifeBounds(period(), attestation()), LifeBounds(period(), attestation())
		p, a := period(), attestation()
		a.Past, a.Within = p.IsZero() && r.IntN(2) == 0, subject.Meet(object)
		for _, b := range []Bounds{subject, object, StateBounds(p, a)} {
			if b.StartLo > b.StartHi || b.EndLo > b.EndHi || b.StartLo >= b.EndHi {
				t.Fatalf("%s (%s) between %v and %v, told %+v, comes to %v", p, p.End, subject, object, a, b)
			}
		}
	}
}
