package graph

// Kind is what an entity is. The words are stored and served as they are.
type Kind string

// The eight kinds.
const (
	Organisation   Kind = "ORGANISATION"
	Legislation    Kind = "LEGISLATION"
	Initiative     Kind = "INITIATIVE"
	Responsibility Kind = "RESPONSIBILITY"
	Source         Kind = "SOURCE"
	Person         Kind = "PERSON"
	Place          Kind = "PLACE"
	Topic          Kind = "TOPIC"
)

// KindInfo is a row of the table of kinds.
type KindInfo struct {
	Kind    Kind
	Prefix  string // of the kind's ids: "org" in org:primary-care-trusts
	Type    string // GraphQL type: "Organisation"
	Folder  string // of seed files: "organisations"
	Citable bool   // may stand as the source of a citation
	Meaning string // one sentence
}

// Kinds is the table of kinds, in the order in which lists show them.
var Kinds = []KindInfo{
	{Organisation, "org", "Organisation", "organisations", false, "A body, a government or a class of bodies."},
	{Legislation, "leg", "Legislation", "legislation", true, "An Act, an order, regulations or a bill."},
	{Initiative, "ini", "Initiative", "initiatives", true, "A programme, fund, strategy, white paper, review, commission or reorganisation."},
	{Responsibility, "res", "Responsibility", "responsibilities", false, "A duty, function, power or accountability, as a thing that passes from holder to holder."},
	{Source, "src", "Source", "sources", true, "A text that is cited as evidence: an article, report, web page, register or data set."},
	{Person, "per", "Person", "people", false, "A person who holds posts, writes or is quoted."},
	{Place, "pla", "Place", "places", false, "A country, region or local area."},
	{Topic, "top", "Topic", "topics", false, "A subject that texts and initiatives are about."},
}

// Info is the kind's row of [Kinds]; ok is false for an unknown kind.
func (k Kind) Info() (info KindInfo, ok bool) {
	for _, info := range Kinds {
		if info.Kind == k {
			return info, true
		}
	}
	return KindInfo{}, false
}

// Form tells a single body from a class of them.
type Form string

// The two forms.
const (
	Body  Form = "BODY"  // one body, Act, fund …: the usual form
	Class Form = "CLASS" // many of a sort, named together: "primary care trusts"
)

// Status is how far a statement had come in the world, as its sources tell it.
type Status string

// The statuses. Fields, counts and walks show what is IN_EFFECT unless asked for others.
const (
	Proposed  Status = "PROPOSED"
	Announced Status = "ANNOUNCED"
	InEffect  Status = "IN_EFFECT"
	Withdrawn Status = "WITHDRAWN"
)

// Certainty is how a statement follows from its sources.
type Certainty string

// The certainties.
const (
	Stated   Certainty = "STATED"   // a source says it
	Implied  Certainty = "IMPLIED"  // it follows from what a source says
	Reported Certainty = "REPORTED" // a source says that somebody says it (Statement.AttributedTo)
)

// Rank orders statements on one point, as Wikibase's rank does.
type Rank string

// The ranks. Deprecated statements are shown only when asked for.
const (
	Preferred  Rank = "PREFERRED"
	Normal     Rank = "NORMAL"
	Deprecated Rank = "DEPRECATED"
)

// Role is what a citation does for its statement.
type Role string

// The roles.
const (
	Supports Role = "SUPPORTS"
	Disputes Role = "DISPUTES"
	Mentions Role = "MENTIONS"
)

// Aspect is a part of a statement that a citation bears out.
type Aspect string

// The aspects. A citation without aspects bears out the relation or value itself, which is RELATION or VALUE.
const (
	AspectRelation Aspect = "RELATION"
	AspectWhen     Aspect = "WHEN"
	AspectStart    Aspect = "START"
	AspectEnd      Aspect = "END"
	AspectBasis    Aspect = "BASIS"
	AspectValue    Aspect = "VALUE"
)

// NameUse is what a name is for.
type NameUse string

// The uses, in the order in which a name is preferred for display.
const (
	Official NameUse = "OFFICIAL"
	Alias    NameUse = "ALIAS"
	Acronym  NameUse = "ACRONYM"
	Former   NameUse = "FORMER"
)

// Direction is the side of a statement from which it is seen.
type Direction string

// The directions. Out sees a statement from its subject, In from its object.
const (
	Out  Direction = "OUT"
	In   Direction = "IN"
	Both Direction = "BOTH"
)

// The allowed words of each enumeration, in the order in which messages list them.
var (
	Forms       = []Form{Body, Class}
	Statuses    = []Status{Proposed, Announced, InEffect, Withdrawn}
	Certainties = []Certainty{Stated, Implied, Reported}
	Ranks       = []Rank{Preferred, Normal, Deprecated}
	Roles       = []Role{Supports, Disputes, Mentions}
	Aspects     = []Aspect{AspectRelation, AspectWhen, AspectStart, AspectEnd, AspectBasis, AspectValue}
	NameUses    = []NameUse{Official, Alias, Acronym, Former}
	Directions  = []Direction{Out, In, Both}
)
