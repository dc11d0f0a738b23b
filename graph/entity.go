package graph

// An Entity is a thing that statements are about. Names, starts, ends and type are statements too; the columns here are derived
// from them by [Assemble], so that one read shows an entity on any date.
type Entity struct {
	ID          string       `json:"id"`
	Kind        Kind         `json:"kind,omitzero"`
	Form        Form         `json:"form,omitzero"`
	Type        string       `json:"type,omitzero"`    // finer than kind: "NHS trust", "Act", "white paper"; "" where not said
	Summary     string       `json:"summary,omitzero"` // in our own words, or ""
	Names       []Name       `json:"names,omitempty"`  // by use, then start, then statement id; at least one
	Identifiers []Identifier `json:"identifiers,omitempty"`
	Starts      []LifeEnd    `json:"starts,omitempty"` // claims of its first day, best first
	Ends        []LifeEnd    `json:"ends,omitempty"`   // claims of its last day, best first
	Life        Bounds       `json:"life,omitzero"`    // from the best start and end, wider where others of their rank disagree
}

// A Name is one name of an entity and the time over which it was in use.
type Name struct {
	Text      string  `json:"text,omitzero"`
	Use       NameUse `json:"use,omitzero"`
	Period    Period  `json:"period,omitzero"`
	Bounds    Bounds  `json:"bounds,omitzero"`
	Rank      Rank    `json:"rank,omitzero"`
	Statement string  `json:"statement,omitzero"` // id of the NAME statement
}

// An Identifier is a code that a register gave to an entity. Codes pass from one body to another, so they have periods.
type Identifier struct {
	Scheme string `json:"scheme,omitzero"` // "ods", "ons", "legislation.gov.uk", "doi", "text-sha256" …
	Value  string `json:"value,omitzero"`
	Period Period `json:"period,omitzero"`
	Bounds Bounds `json:"bounds,omitzero"`
}

// A LifeEnd is one claim of an entity's first day or last day in being.
type LifeEnd struct {
	Date      Date   `json:"date,omitzero"`
	Bounds    Bounds `json:"bounds,omitzero"` // of the claim, as of an event
	Rank      Rank   `json:"rank,omitzero"`
	Statement string `json:"statement,omitzero"` // id of the START or END statement
}

// better orders claims on one point: by rank, then by how surely each holds on the date, then by statement id.
func better(aRank, bRank Rank, aHolds, bHolds Holds, aID, bID string) bool {
	if a, b := rankOrder(aRank), rankOrder(bRank); a != b {
		return a < b
	}
	if a, b := holdsOrder(aHolds), holdsOrder(bHolds); a != b {
		return a < b
	}
	return aID < bID
}

func rankOrder(r Rank) int {
	switch r {
	case Preferred:
		return 0
	case Normal:
		return 1
	}
	return 2
}

func holdsOrder(h Holds) int {
	switch h {
	case Definitely:
		return 0
	case Partly:
		return 1
	case Possibly:
		return 2
	}
	return 3
}

// NameAt is the name that the entity shows on a date, or without one (the zero Date) over its whole history: of the names in use,
// the best by use (an official name before an alias), rank, how surely it holds and statement id; where no name holds, the nearest
// earlier one, else the earliest. An acronym is shown only where there is nothing else. A former name was once official, and counts as
// such.
func (e *Entity) NameAt(d Date) string {
	best := -1
	for i := range e.Names {
		if best < 0 || e.nameBefore(i, best, d) {
			best = i
		}
	}
	if best < 0 {
		return e.ID
	}
	return e.Names[best].Text
}

func (e *Entity) nameBefore(i, j int, d Date) bool {
	a, b := &e.Names[i], &e.Names[j]
	ah, bh := a.Bounds.Holds(d), b.Bounds.Holds(d)
	switch x, y := displayOrder(a.Use), displayOrder(b.Use); {
	case (x == acronymLast) != (y == acronymLast):
		return y == acronymLast
	case !d.IsZero() && (ah == "") != (bh == ""):
		return ah != ""
	case x != y:
		return x < y
	}
	if d.IsZero() {
		// Over the whole history the latest name stands for the entity.
		if a.Rank != b.Rank {
			return rankOrder(a.Rank) < rankOrder(b.Rank)
		}
		if a.Bounds.StartLo != b.Bounds.StartLo {
			return a.Bounds.StartLo > b.Bounds.StartLo
		}
		return a.Statement < b.Statement
	}
	if ah != "" {
		return better(a.Rank, b.Rank, ah, bh, a.Statement, b.Statement)
	}
	_, q1 := d.Span()
	aEarlier, bEarlier := a.Bounds.StartLo < q1, b.Bounds.StartLo < q1
	switch {
	case aEarlier != bEarlier:
		return aEarlier
	case a.Bounds.StartLo != b.Bounds.StartLo:
		return aEarlier == (a.Bounds.StartLo > b.Bounds.StartLo)
	}
	return a.Statement < b.Statement
}

// displayOrder puts the names that stand for an entity first.
func displayOrder(u NameUse) int {
	switch u {
	case Official, Former:
		return 0
	case Alias:
		return 1
	}
	return acronymLast
}

const acronymLast = 2 // of displayOrder

// StartAt is the entity's first day as best known on a date (or, with the zero Date, over all), and the statement that says so;
// both zero where none is known.
func (e *Entity) StartAt(d Date) (Date, string) { return bestLifeEnd(e.Starts, d) }

// EndAt is the entity's last day in being, as [Entity.StartAt] is its first.
func (e *Entity) EndAt(d Date) (Date, string) { return bestLifeEnd(e.Ends, d) }

func bestLifeEnd(claims []LifeEnd, d Date) (Date, string) {
	best := -1
	holds := func(i int) Holds {
		if d.IsZero() {
			return Definitely
		}
		return claims[i].Bounds.Holds(d)
	}
	for i := range claims {
		if best < 0 || better(claims[i].Rank, claims[best].Rank, holds(i), holds(best), claims[i].Statement, claims[best].Statement) {
			best = i
		}
	}
	if best < 0 {
		return Date{}, ""
	}
	return claims[best].Date, claims[best].Statement
}
