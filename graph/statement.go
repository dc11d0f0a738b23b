package graph

// A Statement is one claim: subject – relation – object, or subject – property – value, with the time over which it holds, how sure
// it is, and under what. Its evidence is in its citations.
//
// Exactly one of Relation and Property is set. The nature of the relation or property (see [Ontology]) decides which date is meant:
// an event has When, a state has Period, a timeless statement has neither.
type Statement struct {
	ID       string       `json:"id"`
	Subject  string       `json:"subject,omitzero"`  // entity id
	Relation RelationName `json:"relation,omitzero"` // or
	Object   string       `json:"object,omitzero"`   // entity id, with Relation
	Property PropertyName `json:"property,omitzero"`
	Value    Value        `json:"value,omitzero"` // with Property

	When   Date   `json:"when,omitzero"`   // of an event; zero: not dated
	Period Period `json:"period,omitzero"` // of a state; zero: not dated
	Past   bool   `json:"past,omitzero"`   // an undated state that the text tells as past
	Bounds Bounds `json:"bounds,omitzero"` // what When or Period and the evidence come to; [Assemble] makes it

	Status       Status      `json:"status,omitzero"`
	StatusPeriod Period      `json:"statusPeriod,omitzero"` // over which it had that status; zero: not said
	Certainty    Certainty   `json:"certainty,omitzero"`
	AttributedTo string      `json:"attributedTo,omitzero"` // entity id of who says it, if REPORTED
	Rank         Rank        `json:"rank,omitzero"`
	Note         string      `json:"note,omitzero"` // in our own words
	Qualifiers   []Qualifier `json:"qualifiers,omitempty"`
	Basis        []Basis     `json:"basis,omitempty"`
	ChangeEvent  string      `json:"changeEvent,omitzero"` // id of the change event from which it or one of its dates follows (of several, the first), or ""

	Citations []Citation `json:"citations,omitempty"` // filled on writes and dumps; reads get them by Reader.Evidence
}

// A Value is a number with its unit, a date, a text or an entity: the field that Kind names is set.
type Value struct {
	Kind   ValueKind `json:"kind,omitzero"`
	Number float64   `json:"number,omitzero"`
	Unit   string    `json:"unit,omitzero"` // of Number: "GBP", "sites", "percent", "people" … ; "" for a bare number
	Date   Date      `json:"date,omitzero"`
	Text   string    `json:"text,omitzero"`
	Entity string    `json:"entity,omitzero"` // entity id
}

// ValueKind names the field of a [Value] that is set.
type ValueKind string

// The kinds of value.
const (
	NumberValue ValueKind = "NUMBER"
	DateValue   ValueKind = "DATE"
	TextValue   ValueKind = "TEXT"
	EntityValue ValueKind = "ENTITY"
)

// A Qualifier says more of a statement: the post held, a share, the ground of a verdict. Its name is a row of the ontology.
type Qualifier struct {
	Name  QualifierName `json:"name,omitzero"`
	Value Value         `json:"value,omitzero"`
}

// A Basis is the legislation, and the provision of it, under which a statement holds.
type Basis struct {
	LegislationID string  `json:"legislation,omitzero"`
	Legislation   *Entity `json:"-"`                  // filled by Reader.Evidence
	Provision     string  `json:"provision,omitzero"` // "s. 34", "Sch. 1 para. 3"; "" for the whole
}

// A Citation is a place where a reader finds a statement borne out, disputed or mentioned.
type Citation struct {
	SourceID string   `json:"source,omitzero"`  // entity id; its kind is citable
	Source   *Entity  `json:"-"`                // filled by Reader.Evidence
	Dataset  string   `json:"dataset,omitzero"` // id of the dataset to which this piece of evidence belongs
	Locator  string   `json:"locator,omitzero"` // what a reader finds in the published text: a heading, paragraph, table row or reference number
	Line     int      `json:"line,omitzero"`    // line in the text version that the source's identifier "text-sha256" names; 0: none
	Role     Role     `json:"role,omitzero"`
	Aspects  []Aspect `json:"aspects,omitempty"` // never empty
	Note     string   `json:"note,omitzero"`     // in our own words
	Accessed Date     `json:"accessed,omitzero"` // zero: not said
}

// Evidence is what bears a statement out, as a read returns it.
type Evidence struct {
	Citations    []Citation // in the author's order, each with its source
	Basis        []Basis    // in the author's order, each with its legislation
	AttributedTo *Entity    // who says it, if REPORTED
}
