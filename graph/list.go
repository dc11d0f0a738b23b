package graph

import (
	"cmp"
	"context"
	"iter"
	"time"
)

// Lister reads lists of the whole graph, narrowed, ordered and paged, and what is listed by what it names. Under a dated view lists
// show what possibly exists, holds or, of change events, has happened on the date.
type Lister interface {
	// ListEntities is one page of the entities that match.
	ListEntities(ctx context.Context, v View, q EntityQuery) (EntityPage, error)
	// ListStatements is one page of the statements that match, without their citations; the edges have no Node and no Direction.
	ListStatements(ctx context.Context, v View, q StatementQuery) (EdgePage, error)
	// ListChangeEvents is one page of the change events that match, with citations and basis filled in.
	ListChangeEvents(ctx context.Context, v View, q ChangeEventQuery) (ChangeEventPage, error)
	// ListConflicts is one page of the conflicts that match, in order of id. A date hides none.
	ListConflicts(ctx context.Context, v View, q ConflictQuery) (ConflictPage, error)
	// Conflicts are the conflicts with these ids.
	Conflicts(ctx context.Context, v View, ids []string) ([]*Conflict, error)
	// ConflictsOf are, for each of these ids, the conflicts in order of id: of a statement those of which it is a member, of an entity
	// (following redirects) those with a member of which it is the subject or object. A date hides none.
	ConflictsOf(ctx context.Context, v View, ids []string) ([][]*Conflict, error)
	// RedirectsTo are, for each of these ids, the ids that redirect to it, in order. It does not follow redirects itself.
	RedirectsTo(ctx context.Context, v View, ids []string) ([][]string, error)
}

// EntityQuery asks for a page of entities.
type EntityQuery struct {
	Filter EntityFilter
	Order  Order // NAME (also ""), DATE, END or ID
	Page   Page
}

// StatementQuery asks for a page of statements.
type StatementQuery struct {
	Filter StatementFilter // without Node: there are no edges
	Order  Order           // DATE (also ""), END or ID
	Page   Page
	Ends   bool // fill in both ends of each statement
}

// ChangeEventQuery asks for a page of change events. Its zero filter shows what is in effect and not deprecated.
type ChangeEventQuery struct {
	At       string       // as of a filter
	Kinds    []ChangeKind // none: all
	Entities []string     // entity ids: one of these is among inputs, outputs or responsibilities, or is legislation of a basis; none: all
	Under    []string     // entity ids: one of this legislation is a basis; none: all
	Statuses []Status     // none: IN_EFFECT
	Ranks    []Rank       // none: PREFERRED and NORMAL
	When     *DateFilter  // of [ChangeEvent.Extent]
	Order    Order        // DATE (also "") or ID
	Page     Page
}

// ConflictQuery asks for a page of conflicts.
type ConflictQuery struct {
	At       string         // as of a filter
	Kinds    []ConflictKind // none: all
	Entities []string       // entity ids: one of these is the subject or object of a member; none: all
	Page     Page
}

// An Order says how a list is sorted. Every order ends in the id, so that it is total. Texts and ids compare by their bytes.
type Order struct {
	By         OrderBy // "": the first of those that the list has
	Descending bool    // the whole order turned around, with the id
}

// OrderBy is what a list is sorted by.
type OrderBy string

// The orders.
const (
	ByName OrderBy = "NAME" // by the folded name that the entity shows under the view ([Entity.NameAt])
	ByDate OrderBy = "DATE" // by StartLo, then StartHi: of an entity's Life, of Bounds otherwise
	ByEnd  OrderBy = "END"  // by EndLo, then EndHi, likewise
	ByID   OrderBy = "ID"
)

// The orders that lists have, the usual one first.
var (
	EntityOrders      = []OrderBy{ByName, ByDate, ByEnd, ByID}
	StatementOrders   = []OrderBy{ByDate, ByEnd, ByID}
	ChangeEventOrders = []OrderBy{ByDate, ByID}
)

// A Page asks for a part of a list in its order. Exactly one of First and Last is not 0, unless only the total is asked for.
type Page struct {
	First, Last   int
	After, Before *Cursor // places in the list; nil: its ends
	Total         bool    // count the whole list, not just the page
}

// A Cursor is a place in a list: that of the row whose sort key it holds, whether or not the row is there. After and Before leave the
// row itself out. What its order does not sort by is zero. Cursors are comparable.
type Cursor struct {
	Text   string // folded name
	Lo, Hi Day
	ID     string
}

// Compare is negative where a comes before b in a list of this order, positive where it comes after.
func (o Order) Compare(a, b Cursor) int {
	c := cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi), cmp.Compare(a.ID, b.ID))
	if o.Descending {
		return -c
	}
	return c
}

// Cursor is the place of a statement in lists of this order.
func (s *Statement) Cursor(o Order) Cursor { return boundsCursor(o, s.Bounds, s.ID) }

// Cursor is the place of a change event in lists of this order.
func (e *ChangeEvent) Cursor(o Order) Cursor { return boundsCursor(o, e.Bounds, e.ID) }

// Cursor is the place of a conflict in lists.
func (c *Conflict) Cursor() Cursor { return Cursor{ID: c.ID} }

// Cursor is the place of an entity in lists of this order under a view of this date.
func (e *Entity) Cursor(o Order, d Date) Cursor {
	if o.By == "" || o.By == ByName {
		return Cursor{Text: Fold(e.NameAt(d)), ID: e.ID}
	}
	return boundsCursor(o, e.Life, e.ID)
}

func boundsCursor(o Order, b Bounds, id string) Cursor {
	switch o.By {
	case ByEnd:
		return Cursor{Lo: b.EndLo, Hi: b.EndHi, ID: id}
	case ByID:
		return Cursor{ID: id}
	}
	return Cursor{Lo: b.StartLo, Hi: b.StartHi, ID: id}
}

// EntityPage is a part of a list of entities.
type EntityPage struct {
	Entities []*Entity
	PageInfo
}

// ChangeEventPage is a part of a list of change events.
type ChangeEventPage struct {
	ChangeEvents []*ChangeEvent
	PageInfo
}

// ConflictPage is a part of a list of conflicts.
type ConflictPage struct {
	Conflicts []*Conflict
	PageInfo
}

// PageInfo says what lies around a page. The rows of a page come in list order, also for Last.
type PageInfo struct {
	Total       int  // of the whole list if Page.Total, else 0
	HasNext     bool // there are rows behind the last of the page; of an empty one, behind After. False without First or Last
	HasPrevious bool // there are rows before the first of the page; of an empty one, before Before. False without First or Last
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
	Statements StatementFilter // with Of STATEMENTS or CITATIONS; without Node
	Limit      int             // groups to return; at least 1
}

// Countable is what can be counted.
type Countable string

// The countables.
const (
	CountEntities   Countable = "ENTITIES"
	CountStatements Countable = "STATEMENTS"
	CountCitations  Countable = "CITATIONS" // all those of the statements that match
)

// CountBy is what a count is grouped by.
type CountBy string

// The groupings, and what they group. What has no key is not counted.
const (
	CountByKind     CountBy = "KIND"     // entities
	CountByForm     CountBy = "FORM"     // entities
	CountByType     CountBy = "TYPE"     // entities; "" is the key of those without a type
	CountByYear     CountBy = "YEAR"     // entities and statements: by [Bounds.Year] of Life or Bounds, written as in EDTF
	CountByRelation CountBy = "RELATION" // statements, of properties by the property's name
	CountBySubject  CountBy = "SUBJECT"  // statements, by entity id
	CountByObject   CountBy = "OBJECT"   // statements that have an object, by entity id
	CountBySource   CountBy = "SOURCE"   // citations, by entity id
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
	Total  int // what was counted, in all groups, also those beyond the limit
	More   int // groups beyond the limit
}

// Count is one group.
type Count struct {
	Key string // the kind, relation, year or id
	N   int
}

// History tells of earlier revisions.
type History interface {
	// RevisionAt is the newest of the revisions whose time is t or before; its Number is 0 where there is none.
	RevisionAt(ctx context.Context, t time.Time) (Revision, error)
	// ListRevisions are published revisions, newest first: those with a number below before (0: from the newest), at most limit, which
	// is at least 1.
	ListRevisions(ctx context.Context, before int64, limit int) ([]Revision, error)
}

// Dumper copies everything out.
type Dumper interface {
	// Dump yields every record of the view's revision (its date is not looked at) as it was put: data sets, then entities, redirects,
	// statements, change events and conflicts, each in order of id. It streams, and a caller may stop at any time. An error comes last,
	// with the zero Record.
	Dump(ctx context.Context, v View) iter.Seq2[Record, error]
}

// A Record is one record of a dump with the origin to which it belongs. Exactly one of the pointers is set.
type Record struct {
	Origin      string
	Dataset     *Dataset
	Entity      *Entity
	Redirect    *Redirect
	Statement   *Statement // with its citations
	ChangeEvent *ChangeEvent
	Conflict    *Conflict
}
