package graph

// RelationName names a relation between two entities, seen from its subject: REPLACED.
type RelationName string

// PropertyName names a property whose value is not an entity: NAME, COUNT.
type PropertyName string

// QualifierName names what a qualifier says.
type QualifierName string

// Nature is how a relation or property sits in time.
type Nature string

// The natures.
const (
	State      Nature = "STATE"    // holds over a period
	Event      Nature = "EVENT"    // happens at a date and is a fact from then on
	AlwaysTrue Nature = "TIMELESS" // has no date
)

// RelationInfo is a row of the ontology: what a relation means and where it may stand. Schema fields, lints, docs and the store's
// typed relationships are made from these rows or tested against them.
type RelationInfo struct {
	Name         RelationName
	Inverse      RelationName // the same statement seen from its object
	Subjects     []Kind
	Objects      []Kind
	SameKind     bool // subject and object are of one kind
	Nature       Nature
	Field        string // GraphQL field on the subject's type
	InverseField string // GraphQL field on the object's type
	Qualifiers   []QualifierName
	Meaning      string // one sentence with A and B
	Term         string // the nearest term of PROV-O, W3C ORG, schema.org, FOAF, Dublin Core, ELI or ODS; "" where there is none
}

// PropertyInfo is a row of the table of properties.
type PropertyInfo struct {
	Name       PropertyName
	Nature     Nature
	Value      ValueKind
	Qualifiers []QualifierName
	Meaning    string
	Term       string
}

// QualifierInfo is a row of the table of qualifiers.
type QualifierInfo struct {
	Name    QualifierName
	Value   ValueKind
	Words   []string // the allowed texts, where it is a closed list
	Meaning string
}

// The relations that the code itself derives or reads.
const (
	Replaced       RelationName = "REPLACED"
	Established    RelationName = "ESTABLISHED"
	Abolished      RelationName = "ABOLISHED"
	ResponsibleFor RelationName = "RESPONSIBLE_FOR"
	InstanceOf     RelationName = "INSTANCE_OF"
)

// The properties that the code itself derives or reads.
const (
	NameProperty    PropertyName = "NAME"
	TypeProperty    PropertyName = "TYPE"
	StartProperty   PropertyName = "START"
	EnactedProperty PropertyName = "ENACTED"
	EndProperty     PropertyName = "END"
)

// The qualifiers that the code itself writes or reads.
const (
	NameUseQualifier QualifierName = "NAME_USE"
)

var (
	anyKind  = []Kind{Organisation, Legislation, Initiative, Responsibility, Source, Person, Place, Topic}
	citable  = []Kind{Source, Legislation, Initiative}
	actors   = []Kind{Organisation, Person}
	created  = []Kind{Organisation, Initiative}
	speakers = []Kind{Organisation, Person, Source, Initiative, Legislation}
)

// Ontology is the table of relations.
var Ontology = []RelationInfo{
	{"REPLACED", "REPLACED_BY", []Kind{Organisation, Initiative, Legislation, Responsibility, Source}, []Kind{Organisation, Initiative, Legislation, Responsibility, Source}, true, Event,
		"replaced", "replacedBy", []QualifierName{"SHARE"}, "A took the place of B.", "org:resultedFrom with org:originalOrganization; schema:supersededBy; ODS Succ"},
	{"ESTABLISHED", "ESTABLISHED_UNDER", []Kind{Legislation}, created, false, Event,
		"established", "establishedUnder", []QualifierName{"PROVISION"}, "Legislation A brought B into being.", "org:resultingOrganization"},
	{"ABOLISHED", "ABOLISHED_UNDER", []Kind{Legislation}, created, false, Event,
		"abolished", "abolishedUnder", []QualifierName{"PROVISION"}, "Legislation A brought B to its end.", "org:originalOrganization"},
	{"SET_UP", "SET_UP_BY", []Kind{Organisation, Person, Initiative}, created, false, Event,
		"setUp", "setUpBy", nil, "A founded, created or launched B.", "schema:founder"},
	{"CONFERRED", "CONFERRED_BY", []Kind{Legislation, Initiative}, []Kind{Responsibility}, false, Event,
		"conferred", "conferredBy", []QualifierName{"PROVISION"}, "A made responsibility B exist, or gave it to its holder.", "eli:applies_to"},
	{"REMOVED", "REMOVED_BY", []Kind{Legislation, Initiative}, []Kind{Responsibility}, false, Event,
		"removed", "removedBy", []QualifierName{"PROVISION"}, "A ended responsibility B.", ""},
	{"RESPONSIBLE_FOR", "RESPONSIBILITY_OF", []Kind{Organisation, Person, Initiative}, []Kind{Responsibility}, false, State,
		"responsibilities", "holders", []QualifierName{"SHARE"}, "A held duty, function or power B.", "org:purpose"},
	{"PART_OF", "HAS_PART", []Kind{Organisation, Initiative, Place, Responsibility, Legislation, Source, Topic}, []Kind{Organisation, Initiative, Place, Responsibility, Legislation, Source, Topic}, true, State,
		"partOf", "parts", nil, "A belonged to B as a part of it.", "org:subOrganizationOf; dcterms:isPartOf"},
	{"INSTANCE_OF", "HAS_INSTANCE", anyKind, anyKind, true, AlwaysTrue,
		"instanceOf", "instances", nil, "Body A is one of the class B.", "rdf:type"},
	{"MEMBER_OF", "HAS_MEMBER", actors, created, false, State,
		"memberOf", "members", nil, "A was a member or partner of B.", "org:memberOf"},
	{"HOLDS_POST", "HAS_POST_HOLDER", []Kind{Person}, created, false, State,
		"posts", "postHolders", []QualifierName{"POST"}, "Person A held a post at B.", "org:holds"},
	{"LED", "LED_BY", actors, created, false, State,
		"led", "ledBy", nil, "A led, ran or carried out B.", "org:headOf"},
	{"OVERSAW", "OVERSEEN_BY", actors, created, false, State,
		"oversaw", "overseenBy", nil, "A watched over B and its money or performance.", ""},
	{"ACCOUNTABLE_TO", "HELD_TO_ACCOUNT", []Kind{Organisation, Person, Initiative}, actors, false, State,
		"accountableTo", "heldToAccount", nil, "A answered to B for what it did.", "org:reportsTo"},
	{"REGULATED", "REGULATED_BY", []Kind{Organisation}, []Kind{Organisation, Topic}, false, State,
		"regulated", "regulatedBy", nil, "A set or checked standards for B.", ""},
	{"FUNDED", "FUNDED_BY", []Kind{Organisation, Initiative, Person}, []Kind{Organisation, Initiative, Source}, false, State,
		"funded", "fundedBy", []QualifierName{"AMOUNT", "MINIMUM", "SHARE"}, "A paid or pooled money for B, or for the work behind text B.", "schema:funder"},
	{"PARTICIPATED_IN", "HAD_PARTICIPANT", []Kind{Organisation, Place, Person}, []Kind{Initiative}, false, State,
		"participatedIn", "participants", []QualifierName{"ROLE"}, "A took part in initiative B.", "schema:participant"},
	{"LOCATED_IN", "LOCATION_OF", []Kind{Organisation, Initiative, Place}, []Kind{Place}, false, State,
		"locatedIn", "locationOf", nil, "A worked in or covered place B.", "schema:areaServed"},
	{"COMMISSIONED", "COMMISSIONED_BY", actors, []Kind{Initiative, Source}, false, Event,
		"commissioned", "commissionedBy", nil, "A asked for and paid for review or report B.", ""},
	{"PUBLISHED", "PUBLISHED_BY", actors, citable, false, Event,
		"published", "publishedBy", nil, "A issued text B.", "dcterms:publisher"},
	{"AUTHORED", "AUTHORED_BY", actors, citable, false, AlwaysTrue,
		"authored", "authors", []QualifierName{"ORDINAL"}, "A wrote B or is named as its author.", "dcterms:creator"},
	{"CITES", "CITED_BY", citable, citable, false, AlwaysTrue,
		"cites", "citedBy", []QualifierName{"REFERENCE"}, "Text A cites text B. Each mark of it in A is a citation of the statement, so their number is how often.", "cito:cites"},
	{"ABOUT", "SUBJECT_OF", []Kind{Source, Legislation, Initiative, Responsibility}, anyKind, false, AlwaysTrue,
		"about", "subjectOf", nil, "A deals with B.", "schema:about"},
	{"INTRODUCED", "INTRODUCED_BY", []Kind{Initiative, Legislation, Organisation, Source}, []Kind{Initiative, Responsibility, Organisation, Legislation}, false, Event,
		"introduced", "introducedBy", nil, "A announced B, put it before Parliament or brought it in.", ""},
	{"IMPLEMENTED", "IMPLEMENTED_BY", []Kind{Initiative, Organisation, Legislation}, []Kind{Initiative, Legislation, Responsibility}, false, State,
		"implemented", "implementedBy", nil, "A put B into practice.", ""},
	{"AMENDED", "AMENDED_BY", []Kind{Legislation}, []Kind{Legislation}, false, Event,
		"amended", "amendedBy", []QualifierName{"PROVISION", "AFFECTED_PROVISION"}, "Legislation A changed the words of B.", "eli:amends"},
	{"REPEALED", "REPEALED_BY", []Kind{Legislation}, []Kind{Legislation}, false, Event,
		"repealed", "repealedBy", []QualifierName{"PROVISION", "AFFECTED_PROVISION"}, "Legislation A ended B, or a provision of it.", "eli:repeals"},
	{"MADE_UNDER", "ENABLED", []Kind{Legislation}, []Kind{Legislation}, false, AlwaysTrue,
		"madeUnder", "enabled", []QualifierName{"PROVISION"}, "Order or regulations A were made under powers in B.", "eli:based_on"},
	{"ASSESSED", "ASSESSED_BY", speakers, anyKind, false, Event,
		"assessed", "assessedBy", []QualifierName{"POLARITY", "GROUND"}, "A judged, praised or criticised B.", "schema:itemReviewed"},
	{"RECOMMENDED", "RECOMMENDED_BY", speakers, []Kind{Initiative, Responsibility, Organisation, Legislation}, false, Event,
		"recommended", "recommendedBy", []QualifierName{"GROUND", "TARGET_DATE"}, "A advised that B should come about.", ""},
	{"APPLIES_TO", "SUBJECT_TO", []Kind{Responsibility, Legislation, Initiative}, []Kind{Organisation, Place, Topic}, false, State,
		"appliesTo", "subjectTo", nil, "A binds or covers B.", "eli:applies_to"},
}

// Properties is the table of properties.
var Properties = []PropertyInfo{
	{NameProperty, State, TextValue, []QualifierName{NameUseQualifier}, "What the entity was called.", "skos:prefLabel"},
	{TypeProperty, State, TextValue, nil, "The finer type of the entity within its kind.", "rdf:type"},
	{StartProperty, Event, DateValue, nil, "The entity's first day in being; of a text, the day it came out; of legislation, the day from which it had any force, or, where none is told, that on which it was enacted.", "schema:foundingDate"},
	{EndProperty, Event, DateValue, nil, "The entity's last day in being.", "schema:dissolutionDate"},
	{EnactedProperty, Event, DateValue, nil, "The day on which legislation was made or had Royal Assent.", "eli:date_document"},
	{"COUNT", State, NumberValue, []QualifierName{"OF", "BASIS_OF_FIGURE"}, "How many there were.", ""},
	{"AMOUNT", State, NumberValue, []QualifierName{"OF", "BASIS_OF_FIGURE"}, "A sum of money.", "schema:amount"},
	{"POPULATION", State, NumberValue, []QualifierName{"OF", "BASIS_OF_FIGURE"}, "The number of people covered.", ""},
	{"PROPORTION", State, NumberValue, []QualifierName{"OF", "BASIS_OF_FIGURE"}, "A share, in percent.", ""},
	{"TARGET", Event, TextValue, []QualifierName{"TARGET_DATE"}, "What was to be reached.", ""},
	{"AIM", State, TextValue, nil, "What the entity was for, or was meant to bring about.", ""},
}

// Qualifiers is the table of qualifiers.
var Qualifiers = []QualifierInfo{
	{NameUseQualifier, TextValue, []string{string(Official), string(Alias), string(Acronym), string(Former)}, "What the name is for."},
	{"POST", TextValue, nil, "The post held, as the source names it."},
	{"PROVISION", TextValue, nil, "The provision of the subject that does it, as s. 34 or Sch. 1 para. 3."},
	{"AFFECTED_PROVISION", TextValue, nil, "The provision of the object that it is done to."},
	{"SHARE", NumberValue, nil, "The part of the whole, from 0 to 1."},
	{"AMOUNT", NumberValue, nil, "A sum of money."},
	{"MINIMUM", NumberValue, nil, "The least sum or number."},
	{"ORDINAL", NumberValue, nil, "The place in a list, from 1."},
	{"REFERENCE", TextValue, nil, "The number or mark under which the subject lists the object."},
	{"ROLE", TextValue, nil, "The part that was played."},
	{"POLARITY", TextValue, []string{"POSITIVE", "NEGATIVE", "MIXED", "NEUTRAL"}, "Whether the judgement is favourable."},
	{"GROUND", TextValue, nil, "What the judgement or advice rests on, in our own words."},
	{"TARGET_DATE", DateValue, nil, "The date by which it is to be so."},
	{"OF", TextValue, nil, "What is counted or measured."},
	{"BASIS_OF_FIGURE", TextValue, []string{"EXACT", "MINIMUM", "MAXIMUM", "ESTIMATE", "CHANGE"}, "How the figure is to be read."},
}

// RelationRow is the ontology's row of a relation; inverse is true where the name given is the row's Inverse.
func RelationRow(name RelationName) (row *RelationInfo, inverse, ok bool) {
	if row, ok := relationRows[name]; ok {
		return row, row.Name != name, true
	}
	return nil, false, false
}

// PropertyRow is a property's row.
func PropertyRow(name PropertyName) (*PropertyInfo, bool) {
	for i := range Properties {
		if Properties[i].Name == name {
			return &Properties[i], true
		}
	}
	return nil, false
}

// QualifierRow is a qualifier's row.
func QualifierRow(name QualifierName) (*QualifierInfo, bool) {
	for i := range Qualifiers {
		if Qualifiers[i].Name == name {
			return &Qualifiers[i], true
		}
	}
	return nil, false
}

// Nature is the nature of the statement's relation or property; "" for names that the ontology does not know.
func (s *Statement) Nature() Nature {
	if s.Relation != "" {
		if row, ok := relationRows[s.Relation]; ok {
			return row.Nature
		}
		return ""
	}
	if row, ok := PropertyRow(s.Property); ok {
		return row.Nature
	}
	return ""
}

var relationRows = func() map[RelationName]*RelationInfo {
	rows := make(map[RelationName]*RelationInfo, 2*len(Ontology))
	for i := range Ontology {
		rows[Ontology[i].Name], rows[Ontology[i].Inverse] = &Ontology[i], &Ontology[i]
	}
	return rows
}()
