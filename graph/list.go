package graph

import (
	"context"
	"iter"
	"time"
)

// Lister reads lists of the whole graph, narrowed, ordered and paged. Under a dated view lists show what possibly exists, holds or, of
// change events, happened on the date.
type Lister interface {
	// ListEntities is one page of the entities that match.
	ListEntities(ctx context.Context, v View, q EntityQuery) (EntityPage, error)
	// ListStatements is one page of the statements that match, without their citations; the edges have no Node.
	ListStatements(ctx context.Context, v View, q StatementQuery) (EdgePage, error)
	// ListChangeEvents is one page of the change events that match, with citations and basis filled in.
	ListChangeEvents(ctx context.Context, v View, q ChangeEventQuery) (ChangeEventPage, error)
	// ListConflicts is one page of the conflicts, in order of id. A date does not hide any.
	ListConflicts(ctx context.Context, v View, q ConflictQuery) (ConflictPage, error)
	// ConflictsOf are, for each of these statements, the conflicts of which it is a member, in order of id.
	ConflictsOf(ctx context.Context, v View, statements []string) ([][]*Conflict, error)
	// Conflicts are the conflicts with these ids.
	Conflicts(ctx context.Context, v View, ids []string) ([]*Conflict, error)
}

// EntityQuery asks for a page of entities.
type EntityQuery struct {
	Filter EntityFilter
	Order  Order
	Page   Page
}

// StatementQuery asks for a page of statements. Filter.Node is not looked at: a list has no near end.
type StatementQuery struct {
	Filter StatementFilter
	Order  Order
	Page   Page
}

// ChangeEventQuery asks for a page of change events in the order of their bounds, then id. Its zero value shows what is in effect and
// not deprecated.
type ChangeEventQuery struct {
	Kinds    []ChangeKind // none: all
	Entities []string     // with one of these among inputs, outputs or responsibilities; none: all
	Under    []string     // with one of this legislation as basis; none: all
	Statuses []Status     // none: IN_EFFECT
	When     *DateFilter
	Page     Page
}

// ConflictQuery asks for a page of conflicts.
type ConflictQuery struct {
	Kinds    []ConflictKind // none: all
	Entities []string       // with a member whose subject or object is one of these; none: all
	Page     Page
}

// An Order says how a list is sorted. Every order ends in the id, ascending in all of them, so that it is total.
type Order struct {
	By         OrderBy // "": ByDate for statements, ByName for entities
	Descending bool
}

// OrderBy is what a list is sorted by.
type OrderBy string

// The orders.
const (
	ByName OrderBy = "NAME" // entities: by the folded name that they show under the view
	ByDate OrderBy = "DATE" // entities: by Life.StartLo, Life.StartHi; statements: by Bounds.StartLo, Bounds.StartHi
	ByEnd  OrderBy = "END"  // entities: by Life.EndLo, Life.EndHi; statements: by Bounds.EndLo, Bounds.EndHi
	ByID   OrderBy = "ID"
)

// OrdersBy lists them in the order in which messages show them.
var OrdersBy = []OrderBy{ByName, ByDate, ByEnd, ByID}

// EntityPage is a part of a list of entities.
type EntityPage struct {
	Entities    []*Entity
	Total       int // of the whole list if Page.Total, else 0
	HasNext     bool
	HasPrevious bool
}

// ChangeEventPage is a part of a list of change events.
type ChangeEventPage struct {
	ChangeEvents []*ChangeEvent
	Total        int
	HasNext      bool
	HasPrevious  bool
}

// ConflictPage is a part of a list of conflicts.
type ConflictPage struct {
	Conflicts   []*Conflict
	Total       int
	HasNext     bool
	HasPrevious bool
}

// Counter counts.
type Counter interface {
	// Count groups what matches and counts each group: the largest groups first, then by key. Under a dated view it counts what lists
	// show on the date.
	Count(ctx context.Context, v View, q CountQuery) (Counts, error)
}

// CountQuery asks for counts.
type CountQuery struct {
	Of         Countable
	By         CountBy
	Entities   EntityFilter    // with Of ENTITIES
	Statements StatementFilter // with Of STATEMENTS or CITATIONS
	Limit      int             // groups to return; at least 1
}

// Countable is what can be counted.
type Countable string

// The countables.
const (
	CountEntities   Countable = "ENTITIES"
	CountStatements Countable = "STATEMENTS"
	CountCitations  Countable = "CITATIONS" // of the statements that match
)

// CountBy is what a count is grouped by.
type CountBy string

// The groupings, and what they group.
const (
	CountByKind     CountBy = "KIND"     // entities
	CountByForm     CountBy = "FORM"     // entities
	CountByType     CountBy = "TYPE"     // entities; "" where there is none
	CountByRelation CountBy = "RELATION" // statements; those of properties by the property's name
	CountByYear     CountBy = "YEAR"     // entities: of the start; statements: of the event or the state's start; only where the year is known for sure
	CountBySubject  CountBy = "SUBJECT"  // statements
	CountByObject   CountBy = "OBJECT"   // statements with an object
	CountBySource   CountBy = "SOURCE"   // citations
	CountByDataset  CountBy = "DATASET"  // citations
)

// CountsBy says which groupings go with what is counted.
var CountsBy = map[Countable][]CountBy{
	CountEntities:   {CountByKind, CountByForm, CountByType, CountByYear},
	CountStatements: {CountByRelation, CountByYear, CountBySubject, CountByObject},
	CountCitations:  {CountBySource, CountByDataset},
}

// Counts are the groups of a count.
type Counts struct {
	Groups []Count
	Total  int // what was counted, all groups together
	More   int // groups beyond the limit
}

// Count is one group.
type Count struct {
	Key string // the kind, relation, year or id
	N   int
}

// History tells of earlier revisions.
type History interface {
	// RevisionAt is the newest revision published at that time or before; its Number is 0 where there is none.
	RevisionAt(ctx context.Context, t time.Time) (Revision, error)
	// ListRevisions are published revisions, newest first: those with a number below before (0: from the newest), at most limit.
	ListRevisions(ctx context.Context, before int64, limit int) ([]Revision, error)
}

// Dumper copies everything out.
type Dumper interface {
	// Dump yields every record of the view's revision (its date is not looked at), without a sort of its own skipped: data sets,
	// entities, redirects, statements, change events, conflicts, each in order of id. It streams: a caller may stop at any time.
	Dump(ctx context.Context, v View) iter.Seq2[Record, error]
}

// A Record is one record of a dump with the origin to which it belongs. Exactly one of the pointers is set.
type Record struct {
	Origin      string
	Dataset     *Dataset
	Entity      *Entity
	Redirect    *Redirect
	Statement   *Statement
	ChangeEvent *ChangeEvent
	Conflict    *Conflict
}
