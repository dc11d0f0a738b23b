package gqlmodel

import "github.com/policygraph/policygraph/graph"

// StatementEdge is an edge of any relation.
type StatementEdge interface{ IsStatementEdge() }

// Edge is a statement seen from one of its ends: what every edge says.
type Edge struct {
	Claim
	Seen graph.Direction
}

// IsStatementEdge marks the edges of relations.
func (Edge) IsStatementEdge() {}

// Cursor is the edge's place in its list.
func (e Edge) Cursor() string { return CursorOf(e.Claim).String() }

// Statement is the statement.
func (e Edge) Statement() *Statement { return &Statement{e.Claim} }

// Direction is the end from which it is seen.
func (e Edge) Direction() graph.Direction { return e.Seen }

// EdgeOf is an edge with an entity of type T at the far end.
type EdgeOf[T Entity] struct {
	Edge
	Node T
}

// ConnectionOf is a page of edges.
type ConnectionOf[T Entity] struct {
	Edges      []EdgeOf[T]
	PageInfo   PageInfo
	TotalCount int // counted only where it was asked for
}

// The schema's names of the instances.
type (
	OrganisationEdge         = EdgeOf[*Organisation]
	OrganisationConnection   = ConnectionOf[*Organisation]
	LegislationEdge          = EdgeOf[*Legislation]
	LegislationConnection    = ConnectionOf[*Legislation]
	InitiativeEdge           = EdgeOf[*Initiative]
	InitiativeConnection     = ConnectionOf[*Initiative]
	ResponsibilityEdge       = EdgeOf[*Responsibility]
	ResponsibilityConnection = ConnectionOf[*Responsibility]
	SourceEdge               = EdgeOf[*Source]
	SourceConnection         = ConnectionOf[*Source]
	PersonEdge               = EdgeOf[*Person]
	PersonConnection         = ConnectionOf[*Person]
	PlaceEdge                = EdgeOf[*Place]
	PlaceConnection          = ConnectionOf[*Place]
	TopicEdge                = EdgeOf[*Topic]
	TopicConnection          = ConnectionOf[*Topic]
	EntityEdge               = EdgeOf[Entity]
	EntityConnection         = ConnectionOf[Entity]
)

// StatementNodeEdge is an edge whose node is the statement.
type StatementNodeEdge struct{ Edge }

// Node is the statement.
func (e StatementNodeEdge) Node() *Statement { return e.Statement() }

// StatementConnection is a page of statements.
type StatementConnection struct {
	Edges      []StatementNodeEdge
	PageInfo   PageInfo
	TotalCount int // counted only where it was asked for
}

// SearchConnection is a page of what a search found.
type SearchConnection struct {
	Edges      []SearchEdge
	PageInfo   PageInfo
	TotalCount int
	Truncated  bool
}

// SearchEdge is an entity that a search found.
type SearchEdge struct {
	Node    Entity
	Score   int
	Matched Name
}

// Cursor is the edge's place in its list.
func (e SearchEdge) Cursor() string { return e.Place().String() }

// Place is the edge's place in its list.
func (e SearchEdge) Place() Cursor {
	r := e.Node.Of()
	return Cursor{Order: OrderScore, View: r.View, A: int64(e.Score), ID: r.Entity.ID}
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

// StatementFilter narrows statements.
type StatementFilter struct {
	Holds     []graph.Holds
	Status    []graph.Status
	Rank      []graph.Rank
	Certainty []graph.Certainty
	Datasets  []string
	Kinds     []graph.Kind
}
