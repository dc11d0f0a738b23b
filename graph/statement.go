package graph

// A Statement is one claim: subject – relation – object, or subject – property – value, with the time over which it holds, how sure
// it is, and under what. Its evidence is in its citations.
//
// Exactly one of Relation and Property is set. The nature of the relation or property (see [Ontology]) decides which date is meant:
// an event has When, a state has Period, a timeless statement has neither.
type Statement struct {
	ID       string
	Subject  string       // entity id
	Relation RelationName // or
	Object   string       // entity id, with Relation
	Property PropertyName
	Value    Value // with Property

	When   Date   // of an event; zero: not dated
	Period Period // of a state; zero: not dated
	Past   bool   // an undated state that the text tells as past
	Bounds Bounds // what When or Period and the evidence come to; [Assemble] makes it

	Status       Status
	StatusPeriod Period // over which it had that status; zero: not said
	Certainty    Certainty
	AttributedTo string // entity id of who says it, if REPORTED
	Rank         Rank
	Note         string // in our own words
	Qualifiers   []Qualifier
	Basis        []Basis
	ChangeEvent  string // id of the change event from which it follows, or ""

	Citations []Citation // filled on writes and dumps; reads get them by Reader.Evidence
}

// A Value is a number with its unit, a date, a text or an entity: the field that Kind names is set.
type Value struct {
	Kind   ValueKind
	Number float64
	Unit   string // of Number: "GBP", "sites", "percent", "people" … ; "" for a bare number
	Date   Date
	Text   string
	Entity string // entity id
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
	Name  QualifierName
	Value Value
}

// A Basis is the legislation, and the provision of it, under which a statement holds.
type Basis struct {
	LegislationID string
	Legislation   *Entity // filled by Reader.Evidence
	Provision     string  // "s. 34", "Sch. 1 para. 3"; "" for the whole
}

// A Citation is a place where a reader finds a statement borne out, disputed or mentioned.
type Citation struct {
	SourceID string  // entity id; its kind is citable
	Source   *Entity // filled by Reader.Evidence
	Dataset  string  // id of the dataset to which this piece of evidence belongs
	Locator  string  // what a reader finds in the published text: a heading, paragraph, table row or reference number
	Line     int     // line in the text version that the source's identifier "text-sha256" names; 0: none
	Role     Role
	Aspects  []Aspect // never empty
	Note     string   // in our own words
	Accessed Date     // zero: not said
}

// Evidence is what bears a statement out, as a read returns it.
type Evidence struct {
	Citations    []Citation // in the author's order, each with its source
	Basis        []Basis    // in the author's order, each with its legislation
	AttributedTo *Entity    // who says it, if REPORTED
}
