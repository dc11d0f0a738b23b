package graph

// A Dataset is a body of evidence with one publisher and one licence. It belongs to citations: any query can be narrowed to some.
type Dataset struct {
	ID          string `json:"id"` // "curated", "background", "ods" …
	Title       string `json:"title,omitzero"`
	Description string `json:"description,omitzero"`
	Publisher   string `json:"publisher,omitzero"`
	Licence     string `json:"licence,omitzero"` // SPDX identifier: "CC-BY-4.0", "OGL-UK-3.0"
	LicenceURL  string `json:"licenceUrl,omitzero"`
	Attribution string `json:"attribution,omitzero"` // the sentence that the licence asks for; "" if none
	URL         string `json:"url,omitzero"`         // where it comes from; "" for our own
	Retrieved   Date   `json:"retrieved,omitzero"`   // zero for our own
	Version     string `json:"version,omitzero"`
}

// A Conflict is two or more members that do not agree on one point. Both sides stay.
type Conflict struct {
	ID          string       `json:"id"`
	Kind        ConflictKind `json:"kind,omitzero"`
	Members     []string     `json:"members,omitempty"`    // statement ids, two or more
	Explanation string       `json:"explanation,omitzero"` // how a reader should take it, in our own words
	Preferred   string       `json:"preferred,omitzero"`   // the member that is shown first, or ""
}

// ConflictKind is the sort of a disagreement.
type ConflictKind string

// The kinds of conflict.
const (
	Contradiction       ConflictKind = "CONTRADICTION"
	Apparent            ConflictKind = "APPARENT" // reconcilable
	ChangeOverTime      ConflictKind = "CHANGE_OVER_TIME"
	DifferenceOfScope   ConflictKind = "DIFFERENCE_OF_SCOPE"
	DifferingAssessment ConflictKind = "DIFFERING_ASSESSMENT"
	InnerContradiction  ConflictKind = "INNER_CONTRADICTION"
	CitationFault       ConflictKind = "CITATION_FAULT"
)

// ConflictKinds lists the kinds in the order in which messages show them.
var ConflictKinds = []ConflictKind{Contradiction, Apparent, ChangeOverTime, DifferenceOfScope, DifferingAssessment, InnerContradiction, CitationFault}
