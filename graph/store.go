package graph

import (
	"context"
	"time"
)

// A Store keeps a graph in revisions. Its parts are small roles, so that a caller can ask for the least it needs.
//
// What every method promises:
//   - Reads name a [View] and see exactly its revision, whatever is loaded meanwhile. A view of a revision that is not published is
//     an [ErrInvalid].
//   - Many keys in, an index-aligned answer out: the answer has the length of the argument, repeated keys are answered each time.
//   - What is not there is nil or empty, never an error. Letter case of ids matters.
//   - What is returned is the caller's to read and not to change; equal entities may be one pointer.
//   - All methods are safe for concurrent use, stop when their context ends (the error is then the context's), and fail with
//     [ErrClosed] after Close.
//   - An argument that breaks a documented rule is an [ErrInvalid]; any other error is a fault of the store.
type Store interface {
	Reader
	Lister
	Searcher
	Counter
	Revisions
	History
	Writer
	Dumper
	Closer
}

// Reader reads entities, statements and what joins them.
type Reader interface {
	// Entities are the entities with these ids, following redirects: the entity returned then has another ID than was asked for.
	Entities(ctx context.Context, v View, ids []string) ([]*Entity, error)
	// EntitiesByIdentifier are, for each identifier (scheme and value; its period is not looked at), the entities that bore it: under
	// a dated view those that possibly bore it then, in order of id.
	EntitiesByIdentifier(ctx context.Context, v View, identifiers []Identifier) ([][]*Entity, error)
	// Statements are the statements with these ids, without their citations. A dated view does not hide a statement asked for by id.
	Statements(ctx context.Context, v View, ids []string) ([]*Statement, error)
	// Edges reads, for each query, one page for each of its entities: edges[i][j] is the page of queries[i].Entities[j]. Ids follow
	// redirects. A statement from an entity to itself is one edge, Out if both directions are asked for.
	Edges(ctx context.Context, v View, queries []EdgeQuery) ([][]EdgePage, error)
	// Evidence is what bears these statements out, with the entities that it names filled in. A date hides none of it.
	Evidence(ctx context.Context, v View, statements []string) ([]Evidence, error)
	// ChangeEvents are the change events with these ids, with citations and basis filled in.
	ChangeEvents(ctx context.Context, v View, ids []string) ([]*ChangeEvent, error)
	// Datasets are all data sets, in order of id.
	Datasets(ctx context.Context, v View) ([]Dataset, error)
}

// Searcher finds candidates; [Search] ranks them.
type Searcher interface {
	// Candidates are the entities with a name that [SearchQuery.Meets] the query, each once, in the order of the first such name by
	// [NameKey], from [SearchQuery.FirstKey] on and then those before it. If there are more than the limit, the first ones are returned
	// and truncated is true. Under a dated view all names count: that a name was not in use then is for the ranking to weigh.
	Candidates(ctx context.Context, v View, q SearchQuery) (found []*Entity, truncated bool, err error)
}

// SearchQuery asks for candidates.
type SearchQuery struct {
	Tokens []string // folded words, not empty
	Near   bool     // words near the tokens answer them too
	Kinds  []Kind   // none: all
	Limit  int      // at least 1
}

// Revisions tells what has been published.
type Revisions interface {
	// Head is the newest published revision; its Number is 0 when nothing has been published.
	Head(ctx context.Context) (Revision, error)
	// Revision is a published revision; nil where there is none of that number.
	Revision(ctx context.Context, number int64) (*Revision, error)
}

// A Revision is one published load or write.
type Revision struct {
	Number  int64     // from 1; rising, with gaps where a load was given up or changed nothing
	Time    time.Time // of publication, UTC, to the second
	Origin  string    // whose records it loaded: "seed", "ods" …
	Author  string
	Comment string
	Digest  string // of the load's input; "" if not given
	Counts  RevisionCounts
}

// RevisionCounts says what a load did to records: entities, statements, change events, conflicts, datasets and redirects together.
type RevisionCounts struct{ Added, Changed, Withdrawn, Unchanged int }

// Nothing says that the load changed nothing.
func (c RevisionCounts) Nothing() bool { return c.Added == 0 && c.Changed == 0 && c.Withdrawn == 0 }

// Writer loads records.
type Writer interface {
	// Begin opens a pending revision, of which there is one at a time: while another process holds one under a live lease, Begin is an
	// ErrConflict. A pending revision left behind by a process that died is resumed when origin and digest are the same and the digest
	// is not empty, else purged: what it added is deleted and its removal marks are cleared. Its number is not used again.
	Begin(ctx context.Context, spec LoadSpec) (Load, error)
}

// LoadSpec says whose records are loaded. A load stands for all records of its origin: those that it does not put are withdrawn.
type LoadSpec struct {
	Origin  string // not empty
	Author  string
	Comment string
	Digest  string    // of the input, so that a load that was cut off can be resumed
	Time    time.Time // the revision's time
}

// Load is a pending revision. Readers see nothing of it until Publish returns. It is used by one goroutine.
type Load interface {
	// Number is the revision's number.
	Number() int64
	// Put adds records, as many calls as one likes, each all or nothing. A record that equals the published one leaves it as it is;
	// another one with the same id takes its place in the new revision. The same record put twice counts once; two different ones
	// under one id within a load, or an id that belongs to another origin, are an ErrInvalid. References may come in any order.
	Put(ctx context.Context, b Batch) error
	// Publish checks that every reference from record to record resolves, withdraws what the origin had and this load did not put, and
	// makes the revision the head in one step. A reference is to an entity itself and not to an id that redirects. Those that do not
	// resolve are an ErrInvalid that names them; the load then goes on. Where nothing changed there is no new revision: the head is
	// returned as it was, but for its Counts, of which Nothing is true.
	Publish(ctx context.Context) (Revision, error)
	// Discard gives the load up. After a Publish that succeeded, or Discard, the load is done: more Puts are an ErrInvalid, Discard is no
	// error. A load whose lease another process has taken over fails with an ErrConflict.
	Discard(ctx context.Context) error
}

// A Batch is a set of records as [Assemble] makes them: bounds filled in, derived statements included.
type Batch struct {
	Datasets     []Dataset
	Entities     []Entity
	Statements   []Statement
	ChangeEvents []ChangeEvent
	Conflicts    []Conflict
	Redirects    []Redirect
}

// A Redirect says that an id was merged into another.
type Redirect struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Closer ends a store.
type Closer interface {
	// Ping says whether the store can answer now.
	Ping(ctx context.Context) error
	// Close waits for the calls under way and frees what the store holds. A second Close is no error.
	Close() error
}

// An EdgeQuery asks for the statements of entities as seen from them. What is in the query and not in Entities is the same for all,
// so a store compiles it once.
type EdgeQuery struct {
	Entities   []string       // ids; an unknown one has an empty page
	Relations  []RelationName // canonical names; none, with no Properties: every relation, and with Out or Both every property
	Properties []PropertyName // seen from the subject only
	Direction  Direction      // of the relations: Out where the entities are subjects, In where they are objects, Both
	// CitedAs turns the query to the statements, of these relations and properties or of all, that cite the entities in one of these
	// roles. There is then no Direction, the edges have no Node, and a statement that cites an entity twice is one edge.
	CitedAs []Role
	Filter  StatementFilter
	Order   Order // DATE (also ""), END or ID
	Page    Page

	// What else is read in the same call.
	Near     bool // fill in the entity of each page
	Ends     bool // fill in both ends of each statement
	Evidence bool // fill in what bears each statement out
	// Then are asked of the nodes of the edges in turn, at most [MaxThen] with those in them. They have no Entities; with Kinds they are
	// asked of nodes of these kinds alone.
	Then  []EdgeQuery
	Kinds []Kind // only of a query in Then
}

// EdgePage is a part of a list.
type EdgePage struct {
	Edges []Edge
	PageInfo

	Near *Entity // of which the page is, where the query asks for Near; nil where there is none
}

// An Edge is a statement seen from one of its ends.
type Edge struct {
	Statement *Statement
	Node      *Entity   // the far end; nil for a property, and where there is none
	Direction Direction // Out where the entity asked about is the subject, In where it is the object; "" where there is none

	Subject, Object *Entity    // both ends, where the query asks for Ends; a property has no Object
	Evidence        *Evidence  // where the query asks for it, as [Reader] Evidence returns it
	Then            []EdgePage // of Node, one for each query of Then: empty where it is not asked; nil where there is no Node
}
