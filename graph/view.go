package graph

// A View is what a read sees: one revision of the graph and, where a date was asked for, what held on it. It is a comparable value,
// stamped on everything that a read yields.
type View struct {
	Revision int64 // the revision that is read; every read names one
	Date     Date  // zero: the whole history
	Pinned   bool  // the caller asked for this revision by name, so ids carry it; stores pay it no heed
}

// Dated says whether the view is bound to a date.
func (v View) Dated() bool { return !v.Date.IsZero() }
