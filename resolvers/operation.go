package resolvers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// operation is what one GraphQL operation reads: at which revision, and what it has read so far.
type operation struct {
	store Store
	types map[string][]string // by object type: the types that it satisfies
	head  graph.Revision
	err   error // why there is no head
	calls atomic.Int64

	unplanned bool // plans read nothing

	entities   table[*graph.Entity]
	statements table[*graph.Statement]
	events     table[*graph.ChangeEvent]
	evidence   table[graph.Evidence]
	datasets   table[[]graph.Dataset] // the id is ""

	conflicts     table[*graph.Conflict]
	conflictsOf   table[[]*graph.Conflict]    // by entity or statement
	eventsOf      table[[]*graph.ChangeEvent] // by entity
	redirectsTo   table[[]string]             // by entity
	citationCount table[map[string]int]       // the id is ""; of each dataset

	mu         sync.Mutex
	pages      map[pageKey]edgePage
	selections map[*ast.Field][]ast.SelectionSet // by the numbers that are in fieldKeys
	redirects  map[string]string                 // those that were followed
}

// edgePage is a page as it was asked for.
type edgePage struct {
	graph.EdgePage
	asked ask
}

// pageKey names a page: the field asked for of one entity. The field's arguments and selections decide what is read.
type pageKey struct {
	view  graph.View
	id    string
	field fieldKey
}

// fieldKey names a field with what is selected of it. Where a fragment is spread, its fields merge with others of their names: so one
// field may select more in one place than in another.
type fieldKey struct {
	field     *ast.Field
	selection int
}

func (op *operation) fieldKey(f graphql.CollectedField) fieldKey {
	op.mu.Lock()
	defer op.mu.Unlock()
	known := op.selections[f.Field]
	i := slices.IndexFunc(known, func(s ast.SelectionSet) bool { return slices.Equal(s, f.Selections) })
	if i < 0 {
		i = len(known)
		op.selections[f.Field] = append(known, f.Selections)
	}
	return fieldKey{f.Field, i}
}

// key names a record under a view.
type key struct {
	view graph.View
	id   string
}

// table keeps the records of one sort that an operation has read; what is not there is the zero V.
type table[V any] struct {
	read func(ctx context.Context, v graph.View, ids []string) ([]V, error)
	mu   sync.Mutex
	rows map[key]V
}

// fill reads, in one call, those of the records that are not there yet.
func (t *table[V]) fill(ctx context.Context, v graph.View, ids []string) error {
	t.mu.Lock()
	var missing []string
	seen := map[string]bool{}
	for _, id := range ids {
		if _, ok := t.rows[key{v, id}]; !ok && !seen[id] {
			seen[id] = true
			missing = append(missing, id)
		}
	}
	t.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	got, err := t.read(ctx, v, missing)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, id := range missing {
		t.put(v, id, got[i])
	}
	return nil
}

// known is a record if it is there.
func (t *table[V]) known(v graph.View, id string) (row V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok = t.rows[key{v, id}]
	return row, ok
}

// get is one record, read if need be.
func (t *table[V]) get(ctx context.Context, v graph.View, id string) (V, error) {
	err := t.fill(ctx, v, []string{id})
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows[key{v, id}], err
}

// add keeps a record that came with others.
func (t *table[V]) add(v graph.View, id string, row V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(v, id, row)
}

func (t *table[V]) put(v graph.View, id string, row V) {
	if t.rows == nil {
		t.rows = map[key]V{}
	}
	t.rows[key{v, id}] = row
}

func newOperation(store Store, types map[string][]string) *operation {
	op := &operation{
		store: store, types: types,
		pages: map[pageKey]edgePage{}, selections: map[*ast.Field][]ast.SelectionSet{}, redirects: map[string]string{},
	}
	op.entities.read = counted(op, store.Entities)
	op.statements.read = counted(op, store.Statements)
	op.events.read = counted(op, store.ChangeEvents)
	op.evidence.read = counted(op, func(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
		found, err := store.Evidence(ctx, v, ids)
		for i := range found {
			op.keepEvidence(v, &found[i])
		}
		return found, err
	})
	op.conflicts.read = counted(op, store.Conflicts)
	op.conflictsOf.read = counted(op, store.ConflictsOf)
	op.redirectsTo.read = counted(op, store.RedirectsTo)
	op.eventsOf.read = op.changeEventsOf
	op.citationCount.read = counted(op, func(ctx context.Context, v graph.View, _ []string) ([]map[string]int, error) {
		all := graph.StatementFilter{Statuses: graph.Statuses, Ranks: graph.Ranks}
		counts, err := store.Count(ctx, v, graph.CountQuery{Of: graph.CountCitations, By: graph.CountByDataset, Statements: all, Limit: maxDatasets})
		of := map[string]int{}
		for _, g := range counts.Groups {
			of[g.Key] = g.N
		}
		return []map[string]int{of}, err
	})
	op.datasets.read = counted(op, func(ctx context.Context, v graph.View, _ []string) ([][]graph.Dataset, error) {
		all, err := store.Datasets(ctx, v)
		return [][]graph.Dataset{all}, err
	})
	return op
}

// counted counts the calls of a read.
func counted[V any](op *operation, read func(context.Context, graph.View, []string) ([]V, error)) func(context.Context, graph.View, []string) ([]V, error) {
	return func(ctx context.Context, v graph.View, ids []string) ([]V, error) {
		op.calls.Add(1)
		return read(ctx, v, ids)
	}
}

// maxDatasets is more datasets than there are.
const maxDatasets = 10_000

// changeEventsOf are, for each of these entities, its change events: those in which it took part, and of legislation those under it. An
// entity has few, so they are read whole and many entities at once.
func (op *operation) changeEventsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.ChangeEvent, error) {
	index := make(map[string]int, len(ids))
	for i, id := range ids {
		index[id] = i
	}
	out := make([][]*graph.ChangeEvent, len(ids))
	for some := range slices.Chunk(ids, graph.MaxFilterValues) {
		q := graph.ChangeEventQuery{Entities: some, Order: graph.Order{By: graph.ByDate}, Page: graph.Page{First: eventsAtOnce}}
		for more := true; more; {
			op.calls.Add(1)
			page, err := op.store.ListChangeEvents(ctx, v, q)
			if err != nil {
				return nil, err
			}
			for _, e := range page.ChangeEvents {
				op.events.add(v, e.ID, e)
				named := slices.Concat(e.Inputs, e.Outputs, e.Responsibilities)
				for _, b := range e.Basis {
					named = append(named, b.LegislationID)
				}
				of := map[int]bool{}
				for _, id := range named {
					if i, ok := index[id]; ok && slices.Contains(some, id) && !of[i] {
						of[i] = true
						out[i] = append(out[i], e)
					}
				}
			}
			if more = page.HasNext; more {
				after := page.ChangeEvents[len(page.ChangeEvents)-1].Cursor(q.Order)
				q.Page.After = &after
			}
		}
	}
	return out, nil
}

// eventsAtOnce is how many change events are read in one call.
const eventsAtOnce = 1000

// redirected notes that what was asked for by one id was found under another.
func (op *operation) redirected(from, to string) {
	if from != to {
		op.mu.Lock()
		defer op.mu.Unlock()
		op.redirects[from] = to
	}
}

// keep notes an entity that came with another record.
func (op *operation) keep(v graph.View, e *graph.Entity) {
	if e != nil {
		op.entities.add(v, e.ID, e)
	}
}

// edges reads pages in one call and keeps the statements and entities that come with them.
func (op *operation) edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	op.calls.Add(1)
	pages, err := op.store.Edges(ctx, v, queries)
	if err != nil {
		return nil, err
	}
	for _, of := range pages {
		for _, page := range of {
			op.keepEdges(v, page.Edges)
		}
	}
	return pages, nil
}

// keepEdges notes what came with edges, but for the pages of their nodes.
func (op *operation) keepEdges(v graph.View, edges []graph.Edge) {
	for _, e := range edges {
		op.statements.add(v, e.Statement.ID, e.Statement)
		op.keep(v, e.Node)
		op.keep(v, e.Subject)
		op.keep(v, e.Object)
		if e.Evidence != nil {
			op.keepEvidence(v, e.Evidence)
			op.evidence.add(v, e.Statement.ID, *e.Evidence)
		}
	}
}

// keepEvidence notes what evidence names.
func (op *operation) keepEvidence(v graph.View, e *graph.Evidence) {
	for _, c := range e.Citations {
		op.keep(v, c.Source)
	}
	for _, b := range e.Basis {
		op.keep(v, b.Legislation)
	}
	op.keep(v, e.AttributedTo)
}

// pageOf is a page that has been read.
func (op *operation) pageOf(k pageKey) (edgePage, bool) {
	op.mu.Lock()
	defer op.mu.Unlock()
	page, ok := op.pages[k]
	return page, ok
}

func (op *operation) keepPage(k pageKey, page edgePage) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.pages[k] = page
}

// page is the page that the field being answered asks for of an entity, read if need be.
func (op *operation) page(ctx context.Context, of gqlmodel.Record) (edgePage, error) {
	field := graphql.GetFieldContext(ctx).Field
	k := pageKey{of.View, of.Entity.ID, op.fieldKey(field)}
	page, ok := op.pageOf(k)
	if ok {
		return page, nil
	}
	a, err := asked(graphql.GetOperationContext(ctx), field, of.View)
	if err != nil || a.nothing {
		return page, err
	}
	q := a.query
	q.Entities = []string{of.Entity.ID}
	pages, err := op.edges(ctx, of.View, []graph.EdgeQuery{q})
	if err != nil {
		return page, err
	}
	return newEdgePage(a, pages[0][0]), nil
}

func newEdgePage(a ask, read graph.EdgePage) edgePage {
	read.Edges, read.PageInfo = cut(a.window, read.Edges, read.PageInfo)
	return edgePage{read, a}
}

type operationKey struct{}

func operationOf(ctx context.Context) *operation { return ctx.Value(operationKey{}).(*operation) }

// OperationStats is what may be logged of an operation.
type OperationStats struct {
	Revision   int64 // at which it reads; 0 if nothing is published
	StoreCalls int64 // made so far
	Cost       int   // as Limits count it
}

// StatsOf is the stats of the operation that ctx belongs to; ok is false outside operations, and in those that were refused before
// they began.
func StatsOf(ctx context.Context) (stats OperationStats, ok bool) {
	op, ok := ctx.Value(operationKey{}).(*operation)
	if !ok {
		return OperationStats{}, false
	}
	return OperationStats{op.head.Number, op.calls.Load(), costOf(ctx)}, true
}

func costOf(ctx context.Context) int {
	cost, _ := graphql.GetOperationContext(ctx).Stats.GetExtension(costStat).(int)
	return cost
}

// reading is the extension that gives every operation its revision and tables, and its answer the extensions that name them.
type reading struct {
	store     Store
	heads     Heads
	types     map[string][]string
	unplanned bool
}

// ExtensionName is what gqlgen calls it.
func (*reading) ExtensionName() string { return "Reading" }

// Validate takes from the schema what each object type satisfies.
func (r *reading) Validate(es graphql.ExecutableSchema) error {
	s := es.Schema()
	r.types = map[string][]string{}
	for name, def := range s.Types {
		if def.Kind != ast.Object {
			continue
		}
		r.types[name] = []string{name}
		for _, i := range s.GetImplements(def) {
			r.types[name] = append(r.types[name], i.Name)
		}
	}
	return nil
}

// InterceptOperation chooses the revision, once for all that the operation reads.
func (r *reading) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := newOperation(r.store, r.types)
	op.unplanned = r.unplanned
	op.head, op.err = r.heads.Head(ctx)
	if op.err == nil && op.head.Number == 0 {
		op.err = errNothingPublished
	}
	return next(context.WithValue(ctx, operationKey{}, op))
}

// InterceptResponse names the revision, the cost and the redirects that were followed, and puts errors in order. An operation that was
// refused names what was current, and its cost if it was counted.
func (r *reading) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		graphql.RegisterExtension(ctx, "revision", op.head.Number)
	} else if head, err := r.heads.Head(ctx); err == nil {
		graphql.RegisterExtension(ctx, "revision", head.Number)
	}
	if graphql.HasOperationContext(ctx) {
		graphql.RegisterExtension(ctx, "cost", costOf(ctx))
	}
	answer := next(ctx)
	if op, ok := ctx.Value(operationKey{}).(*operation); ok && answer != nil && len(op.redirects) > 0 {
		answer.Extensions["redirects"] = op.redirects
	}
	if answer != nil {
		slices.SortStableFunc(answer.Errors, func(a, b *gqlerror.Error) int { return slices.CompareFunc(a.Path, b.Path, comparePathElements) })
	}
	return answer
}

// comparePathElements orders errors by their places in the answer. Fields fail in any order, and equal operations are to have equal
// answers.
func comparePathElements(a, b ast.PathElement) int {
	i, aIndex := a.(ast.PathIndex)
	j, bIndex := b.(ast.PathIndex)
	if aIndex && bIndex {
		return cmp.Compare(i, j)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
