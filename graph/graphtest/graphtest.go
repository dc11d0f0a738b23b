// Package graphtest defines what a [graph.Store] is: [Run] is the suite that every store passes, [Property] compares what it answers
// to random queries with [Naive], a store by the letter of the contract, [Bench] measures stores alike, and [Generate] makes graphs of
// any size.
//
// A promise of the contract and its case land together. Fixtures are invented.
package graphtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policygraph/policygraph/graph"
)

// A Clock is the time as a store under test sees it. It stands still until a case moves it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// pastLeases is longer than a store under test leases a load.
const pastLeases = 24 * time.Hour

// Run runs the suite. Open gives a fresh, empty store whose leases follow the clock and last less than a day; it closes the store by
// t.Cleanup. It is called once for each case.
func Run(t *testing.T, open func(t *testing.T, clock *Clock) graph.Store) {
	for _, c := range allCases {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			c.run(&harness{TB: t, store: open(t, clock), clock: clock})
		})
	}
}

var allCases = slices.Concat(readCases, edgeCases, filterCases, listCases, searchCases, loadCases, lifeCases)

func newClock() *Clock { return &Clock{now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)} }

type testCase struct {
	name string
	run  func(h *harness)
}

// harness is a case's test with its store.
type harness struct {
	testing.TB
	store graph.Store
	clock *Clock
}

var revisionTime = time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)

// spec is a load of the origin "first".
func spec() graph.LoadSpec {
	return graph.LoadSpec{Origin: "first", Author: "suite", Comment: "a comment", Time: revisionTime}
}

func (h *harness) begin(spec graph.LoadSpec) graph.Load {
	h.Helper()
	l, err := h.store.Begin(h.Context(), spec)
	if err != nil {
		h.Fatalf("Begin: %v", err)
	}
	return l
}

func (h *harness) put(l graph.Load, b *batch) {
	h.Helper()
	if err := l.Put(h.Context(), b.Batch); err != nil {
		h.Fatalf("Put: %v", err)
	}
}

func (h *harness) publish(l graph.Load) graph.Revision {
	h.Helper()
	r, err := l.Publish(h.Context())
	if err != nil {
		h.Fatalf("Publish: %v", err)
	}
	return r
}

// load loads all of a batch, as the origin "first" if no spec is given, and returns the view of the revision.
func (h *harness) load(b *batch, specs ...graph.LoadSpec) graph.View {
	h.Helper()
	l := h.begin(append(specs, spec())[0])
	h.put(l, b)
	return graph.View{Revision: h.publish(l).Number}
}

// naively is a naive store that has loaded a batch as its revision 1.
func (h *harness) naively(b *batch) *harness {
	h.Helper()
	naive := &harness{TB: h.TB, store: NewNaive(h.clock.Now), clock: h.clock}
	naive.load(b)
	return naive
}

func (h *harness) head() graph.Revision {
	h.Helper()
	r, err := h.store.Head(h.Context())
	if err != nil {
		h.Fatalf("Head: %v", err)
	}
	return r
}

func (h *harness) entities(v graph.View, ids ...string) []*graph.Entity {
	h.Helper()
	found, err := h.store.Entities(h.Context(), v, ids)
	if err != nil {
		h.Fatalf("Entities(%s): %v", ids, err)
	}
	return found
}

func (h *harness) statements(v graph.View, ids ...string) []*graph.Statement {
	h.Helper()
	found, err := h.store.Statements(h.Context(), v, ids)
	if err != nil {
		h.Fatalf("Statements(%s): %v", ids, err)
	}
	return found
}

// edges reads one query.
func (h *harness) edges(v graph.View, q graph.EdgeQuery) []graph.EdgePage {
	h.Helper()
	found, err := h.store.Edges(h.Context(), v, []graph.EdgeQuery{q})
	if err != nil {
		h.Fatalf("Edges(%+v): %v", q, err)
	}
	if len(found) != 1 || len(found[0]) != len(q.Entities) {
		h.Fatalf("Edges(%+v) does not line up with its argument: %+v", q, found)
	}
	return found[0]
}

// refuse fails the test unless err is of the kind and names all of the words.
func (h *harness) refuse(what string, err, kind error, words ...string) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Errorf("%s: want an error of the kind %q, got %v", what, kind, err)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			h.Errorf("%s: the error does not name %s: %v", what, word, err)
		}
	}
}

// equal compares; nil and empty slices are the same, as the contract has it.
func (h *harness) equal(what string, want, got any) {
	h.Helper()
	if diff := diff(want, got); diff != "" {
		h.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func diff(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b graph.Date) bool { return a == b }))
}

// entityIDs are the ids of entities, "-" for nil.
func entityIDs(entities []*graph.Entity) []string {
	out := make([]string, len(entities))
	for i, e := range entities {
		if out[i] = "-"; e != nil {
			out[i] = e.ID
		}
	}
	return out
}

// edgeKeys are the author's keys of the statements of a page, each with its direction and far end: "replaced OUT org:a".
func edgeKeys(p graph.EdgePage) []string {
	out := make([]string, len(p.Edges))
	for i, e := range p.Edges {
		far := "-"
		if e.Node != nil {
			far = e.Node.ID
		}
		_, key, _ := strings.Cut(e.Statement.ID, "/")
		out[i] = fmt.Sprintf("%s %s %s", key, e.Direction, far)
	}
	return out
}

// A batch is records under construction, each valid as it stands.
type batch struct{ graph.Batch }

// base is two data sets and two sources.
func base() *batch {
	b := new(batch)
	b.Datasets = []graph.Dataset{{ID: "curated", Title: "Curated"}, {ID: "background", Title: "Background", Retrieved: graph.MustDate("2030-01")}}
	b.entity("src:gazette", "The Gazette")
	b.entity("src:almanac", "An Almanac")
	return b
}

// entity adds an entity with names.
func (b *batch) entity(id string, names ...string) *batch {
	return b.entityWith(id, func(e *graph.Entity) {
		for _, name := range names {
			e.Names = append(e.Names, graph.Name{Text: name, Use: graph.Official, Bounds: graph.Timeless, Rank: graph.Normal})
		}
	})
}

func (b *batch) entityWith(id string, change func(*graph.Entity)) *batch {
	kind, ok := graph.KindOf(id)
	if !ok {
		panic(id + " is not the id of an entity")
	}
	e := graph.Entity{ID: id, Kind: kind, Form: graph.Body, Life: graph.Timeless}
	change(&e)
	b.Entities = append(b.Entities, e)
	return b
}

// relation adds a statement of the subject, with the key, cited in the Gazette.
func (b *batch) relation(key, subject string, relation graph.RelationName, object string, changes ...func(*graph.Statement)) *batch {
	return b.statement(graph.Statement{
		ID: graph.StatementID(subject, key), Subject: subject, Relation: relation, Object: object, Citations: []graph.Citation{citation("src:gazette", graph.AspectRelation)},
	}, changes)
}

// property adds a statement with a text for value.
func (b *batch) property(key, subject string, property graph.PropertyName, text string, changes ...func(*graph.Statement)) *batch {
	return b.statement(graph.Statement{
		ID: graph.StatementID(subject, key), Subject: subject, Property: property, Value: graph.Value{Kind: graph.TextValue, Text: text},
		Citations: []graph.Citation{citation("src:gazette", graph.AspectValue)},
	}, changes)
}

func (b *batch) statement(s graph.Statement, changes []func(*graph.Statement)) *batch {
	s.Bounds, s.Status, s.Certainty, s.Rank = graph.Timeless, graph.InEffect, graph.Stated, graph.Normal
	for _, change := range changes {
		change(&s)
	}
	b.Statements = append(b.Statements, s)
	return b
}

func citation(source string, aspects ...graph.Aspect) graph.Citation {
	return graph.Citation{SourceID: source, Dataset: "curated", Locator: "p. 1", Role: graph.Supports, Aspects: aspects}
}

// between sets bounds that are sure: from a first day to a day after the last.
func between(start, end graph.Day) func(*graph.Statement) {
	return func(s *graph.Statement) {
		s.Bounds = graph.Bounds{StartLo: start, StartHi: start, EndLo: end, EndHi: end}
	}
}

// without is the batch less the records with these ids.
func (b *batch) without(ids ...string) *batch {
	gone := func(id string) bool { return slices.Contains(ids, id) }
	return &batch{graph.Batch{
		Datasets:     slices.DeleteFunc(slices.Clone(b.Datasets), func(d graph.Dataset) bool { return gone(d.ID) }),
		Entities:     slices.DeleteFunc(slices.Clone(b.Entities), func(e graph.Entity) bool { return gone(e.ID) }),
		Statements:   slices.DeleteFunc(slices.Clone(b.Statements), func(s graph.Statement) bool { return gone(s.ID) }),
		ChangeEvents: slices.DeleteFunc(slices.Clone(b.ChangeEvents), func(e graph.ChangeEvent) bool { return gone(e.ID) }),
		Conflicts:    slices.DeleteFunc(slices.Clone(b.Conflicts), func(c graph.Conflict) bool { return gone(c.ID) }),
		Redirects:    slices.DeleteFunc(slices.Clone(b.Redirects), func(r graph.Redirect) bool { return gone(r.From) }),
	}}
}

// noted is the batch with another note on a statement.
func (b *batch) noted(id, note string) *batch {
	out := b.without()
	for i := range out.Statements {
		if out.Statements[i].ID == id {
			out.Statements[i].Note = note
		}
	}
	return out
}

// ended is a context that is over.
func ended(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}
