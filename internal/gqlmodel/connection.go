package gqlmodel

import "github.com/policygraph/policygraph/graph"

// ConnectionOf is a page of a list with edges of type E.
type ConnectionOf[E any] struct {
	Edges      []E
	PageInfo   PageInfo
	TotalCount int // counted only where it was asked for
}

// NodeEdge is an element of a list, and its place.
type NodeEdge[T any] struct {
	Node  T
	Place Cursor
}

// Cursor is the edge's place in its list.
func (e NodeEdge[T]) Cursor() string { return e.Place.String() }

// StatementEdge is an edge that says what a statement says.
type StatementEdge interface{ IsStatementEdge() }

// Edge is a statement in a list: what every edge of statements has.
type Edge struct {
	Claim
	Seen  graph.Direction // "" where it is not seen from an end
	Place Cursor
}

// IsStatementEdge marks the edges of statements.
func (Edge) IsStatementEdge() {}

// Cursor is the edge's place in its list.
func (e Edge) Cursor() string { return e.Place.String() }

// Statement is the statement.
func (e Edge) Statement() *Statement { return &Statement{e.Claim} }

// Direction is the end from which it is seen; nil where it is not.
func (e Edge) Direction() *graph.Direction { return word(e.Seen) }

// RelatedEdge is an edge with an entity of type T at the far end.
type RelatedEdge[T Entity] struct {
	Edge
	Node T
}

// StatementNodeEdge is an edge whose node is the statement.
type StatementNodeEdge struct{ Edge }

// Node is the statement.
func (e StatementNodeEdge) Node() *Statement { return e.Statement() }

// SupportEdge is a statement that cites a text.
type SupportEdge struct {
	StatementNodeEdge
	Text  string       // id of the text
	Roles []graph.Role // of the citations
}

// The schema's names of the instances.
type (
	OrganisationEdge                = NodeEdge[*Organisation]
	OrganisationConnection          = ConnectionOf[OrganisationEdge]
	RelatedOrganisationEdge         = RelatedEdge[*Organisation]
	RelatedOrganisationConnection   = ConnectionOf[RelatedOrganisationEdge]
	LegislationEdge                 = NodeEdge[*Legislation]
	LegislationConnection           = ConnectionOf[LegislationEdge]
	RelatedLegislationEdge          = RelatedEdge[*Legislation]
	RelatedLegislationConnection    = ConnectionOf[RelatedLegislationEdge]
	InitiativeEdge                  = NodeEdge[*Initiative]
	InitiativeConnection            = ConnectionOf[InitiativeEdge]
	RelatedInitiativeEdge           = RelatedEdge[*Initiative]
	RelatedInitiativeConnection     = ConnectionOf[RelatedInitiativeEdge]
	ResponsibilityEdge              = NodeEdge[*Responsibility]
	ResponsibilityConnection        = ConnectionOf[ResponsibilityEdge]
	RelatedResponsibilityEdge       = RelatedEdge[*Responsibility]
	RelatedResponsibilityConnection = ConnectionOf[RelatedResponsibilityEdge]
	SourceEdge                      = NodeEdge[*Source]
	SourceConnection                = ConnectionOf[SourceEdge]
	RelatedSourceEdge               = RelatedEdge[*Source]
	RelatedSourceConnection         = ConnectionOf[RelatedSourceEdge]
	PersonEdge                      = NodeEdge[*Person]
	PersonConnection                = ConnectionOf[PersonEdge]
	RelatedPersonEdge               = RelatedEdge[*Person]
	RelatedPersonConnection         = ConnectionOf[RelatedPersonEdge]
	PlaceEdge                       = NodeEdge[*Place]
	PlaceConnection                 = ConnectionOf[PlaceEdge]
	RelatedPlaceEdge                = RelatedEdge[*Place]
	RelatedPlaceConnection          = ConnectionOf[RelatedPlaceEdge]
	TopicEdge                       = NodeEdge[*Topic]
	TopicConnection                 = ConnectionOf[TopicEdge]
	RelatedTopicEdge                = RelatedEdge[*Topic]
	RelatedTopicConnection          = ConnectionOf[RelatedTopicEdge]
	EntityEdge                      = NodeEdge[Entity]
	EntityConnection                = ConnectionOf[EntityEdge]
	RelatedEntityEdge               = RelatedEdge[Entity]
	RelatedEntityConnection         = ConnectionOf[RelatedEntityEdge]
	RelatedCitableEdge              = RelatedEdge[Citable]
	RelatedCitableConnection        = ConnectionOf[RelatedCitableEdge]
	ChangeEventEdge                 = NodeEdge[*ChangeEvent]
	ChangeEventConnection           = ConnectionOf[ChangeEventEdge]
	ConflictEdge                    = NodeEdge[*Conflict]
	ConflictConnection              = ConnectionOf[ConflictEdge]
	RevisionEdge                    = NodeEdge[*Revision]
	RevisionConnection              = ConnectionOf[RevisionEdge]
	StatementConnection             = ConnectionOf[StatementNodeEdge]
	SupportConnection               = ConnectionOf[SupportEdge]
)

// SearchConnection is a page of what a search found.
type SearchConnection struct {
	ConnectionOf[SearchEdge]
	Truncated bool
}

// SearchEdge is an entity that a search found.
type SearchEdge struct {
	NodeEdge[Entity]
	Match   graph.Match
	Score   int
	Matched Name
}

// PageInfo tells where a page lies in its list.
type PageInfo struct {
	HasPreviousPage, HasNextPage bool
	First, Last                  *Cursor // of the page's edges; nil if there is none
}

// StartCursor is the first edge's.
func (p PageInfo) StartCursor() *string { return p.First.pointer() }

// EndCursor is the last edge's.
func (p PageInfo) EndCursor() *string { return p.Last.pointer() }
