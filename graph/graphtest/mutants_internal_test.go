package graphtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// mutant is a store that keeps the contract but for one thing. What is not set is left as it is.
type mutant struct {
	graph.Store
	view       func(*graph.View)
	id         func(string) string // of those that reads are given
	page       func(*graph.Page)
	order      func(*graph.Order)
	statements func(*graph.StatementFilter) // each node of each tree
	entities   func(*graph.EntityFilter)
	roots      func(*graph.StatementFilter) // of lists and counts
	related    func(*graph.RelatedFilter)
	edges      func(graph.View, graph.EdgeQuery, *graph.EdgePage)
	info       func(graph.View, *graph.PageInfo)
	evidence   func(*graph.Evidence)
	search     func(*graph.SearchQuery)
	candidates func([]*graph.Entity) []*graph.Entity
	counts     func(*graph.Counts)
	dump       func(yield func(graph.Record, error) bool) func(graph.Record, error) bool
	revisionAt func(time.Time) time.Time
	put        func(error) error
	conflicts  func(graph.View, []*graph.Conflict) []*graph.Conflict
}

// call calls a hook, if it is set.
func call[T any](hook func(*T), x *T) {
	if hook != nil {
		hook(x)
	}
}

func (m *mutant) seen(v graph.View) graph.View {
	call(m.view, &v)
	return v
}

func (m *mutant) named(ids []string) []string {
	ids = slices.Clone(ids)
	for i := range ids {
		if m.id != nil {
			ids[i] = m.id(ids[i])
		}
	}
	return ids
}

// statementTree changes a copy of a filter.
func (m *mutant) statementTree(f graph.StatementFilter) graph.StatementFilter {
	f.And, f.Or = each(f.And, m.statementTree), each(f.Or, m.statementTree)
	f.Not = inner(f.Not, m.statementTree)
	f.Subject, f.Object, f.Node = inner(f.Subject, m.entityTree), inner(f.Object, m.entityTree), inner(f.Node, m.entityTree)
	call(m.statements, &f)
	return f
}

func (m *mutant) entityTree(f graph.EntityFilter) graph.EntityFilter {
	f.And, f.Or = each(f.And, m.entityTree), each(f.Or, m.entityTree)
	f.Not = inner(f.Not, m.entityTree)
	f.Related = each(f.Related, func(r graph.RelatedFilter) graph.RelatedFilter {
		r.Where = m.statementTree(r.Where)
		call(m.related, &r)
		return r
	})
	call(m.entities, &f)
	return f
}

func each[T any](list []T, change func(T) T) []T {
	list = slices.Clone(list)
	for i := range list {
		list[i] = change(list[i])
	}
	return list
}

func inner[T any](f *T, change func(T) T) *T {
	if f == nil {
		return nil
	}
	return new(change(*f))
}

func (m *mutant) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	return m.Store.Entities(ctx, m.seen(v), m.named(ids))
}

func (m *mutant) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	changed := each(queries, func(q graph.EdgeQuery) graph.EdgeQuery {
		q.Entities, q.Filter = m.named(q.Entities), m.statementTree(q.Filter)
		call(m.page, &q.Page)
		call(m.order, &q.Order)
		return q
	})
	found, err := m.Store.Edges(ctx, m.seen(v), changed)
	for i := range found {
		for j := range found[i] {
			if m.edges != nil {
				m.edges(v, queries[i], &found[i][j])
			}
			m.around(v, &found[i][j].PageInfo)
		}
	}
	return found, err
}

func (m *mutant) around(v graph.View, info *graph.PageInfo) {
	if m.info != nil {
		m.info(v, info)
	}
}

func (m *mutant) Evidence(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
	found, err := m.Store.Evidence(ctx, m.seen(v), ids)
	for i := range found {
		call(m.evidence, &found[i])
	}
	return found, err
}

func (m *mutant) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (graph.EntityPage, error) {
	q.Filter = m.entityTree(q.Filter)
	call(m.page, &q.Page)
	call(m.order, &q.Order)
	found, err := m.Store.ListEntities(ctx, m.seen(v), q)
	m.around(v, &found.PageInfo)
	return found, err
}

func (m *mutant) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (graph.EdgePage, error) {
	q.Filter = m.statementTree(q.Filter)
	call(m.roots, &q.Filter)
	call(m.page, &q.Page)
	call(m.order, &q.Order)
	found, err := m.Store.ListStatements(ctx, m.seen(v), q)
	if m.edges != nil {
		m.edges(v, graph.EdgeQuery{Ends: q.Ends}, &found)
	}
	m.around(v, &found.PageInfo)
	return found, err
}

func (m *mutant) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	found, err := m.Store.ConflictsOf(ctx, m.seen(v), ids)
	for i := range found {
		if m.conflicts != nil {
			found[i] = m.conflicts(v, found[i])
		}
	}
	return found, err
}

func (m *mutant) Count(ctx context.Context, v graph.View, q graph.CountQuery) (graph.Counts, error) {
	q.Entities, q.Statements = m.entityTree(q.Entities), m.statementTree(q.Statements)
	call(m.roots, &q.Statements)
	found, err := m.Store.Count(ctx, m.seen(v), q)
	call(m.counts, &found)
	return found, err
}

func (m *mutant) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	call(m.search, &q)
	found, truncated, err := m.Store.Candidates(ctx, m.seen(v), q)
	if m.candidates != nil {
		found = m.candidates(found)
	}
	return found, truncated, err
}

func (m *mutant) RevisionAt(ctx context.Context, t time.Time) (graph.Revision, error) {
	if m.revisionAt != nil {
		t = m.revisionAt(t)
	}
	return m.Store.RevisionAt(ctx, t)
}

func (m *mutant) Dump(ctx context.Context, v graph.View) iter.Seq2[graph.Record, error] {
	records := m.Store.Dump(ctx, m.seen(v))
	if m.dump == nil {
		return records
	}
	return func(yield func(graph.Record, error) bool) { records(m.dump(yield)) }
}

func (m *mutant) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	l, err := m.Store.Begin(ctx, spec)
	if err != nil || m.put == nil {
		return l, err
	}
	return &mutantLoad{l, m}, nil
}

type mutantLoad struct {
	graph.Load
	mutant *mutant
}

func (l *mutantLoad) Put(ctx context.Context, b graph.Batch) error {
	return l.mutant.put(l.Load.Put(ctx, b))
}

// mutants break a store, each in one way.
var mutants = []struct {
	name   string
	breaks func(m *mutant)
	writes bool // only writers notice
}{
	{name: "drops the last edge", breaks: func(m *mutant) {
		m.edges = func(_ graph.View, _ graph.EdgeQuery, p *graph.EdgePage) { p.Edges = p.Edges[:max(0, len(p.Edges)-1)] }
	}},
	{name: "shows a statement of an entity to itself twice", breaks: func(m *mutant) {
		m.edges = func(_ graph.View, _ graph.EdgeQuery, p *graph.EdgePage) {
			for i, e := range p.Edges {
				if e.Statement.Subject == e.Statement.Object {
					p.Edges = slices.Insert(p.Edges, i, e)
					return
				}
			}
		}
	}},
	{name: "hides a far end that has ended", breaks: func(m *mutant) {
		m.edges = func(v graph.View, _ graph.EdgeQuery, p *graph.EdgePage) {
			for i, e := range p.Edges {
				if e.Node != nil && v.Dated() && e.Node.Life.Holds(v.Date) == "" {
					p.Edges[i].Node = nil
				}
			}
		}
	}},
	{name: "hides an end that has ended", breaks: func(m *mutant) {
		m.edges = func(v graph.View, _ graph.EdgeQuery, p *graph.EdgePage) {
			for i, e := range p.Edges {
				if e.Object != nil && v.Dated() && e.Object.Life.Holds(v.Date) == "" {
					p.Edges[i].Object = nil
				}
			}
		}
	}},
	{name: "asks only one node what follows", breaks: func(m *mutant) {
		m.edges = func(_ graph.View, q graph.EdgeQuery, p *graph.EdgePage) {
			for i := range p.Edges {
				if i > 0 && len(q.Then) > 0 {
					p.Edges[i].Then = make([]graph.EdgePage, len(p.Edges[i].Then))
				}
			}
		}
	}},
	{name: "leaves out the evidence of what follows", breaks: func(m *mutant) {
		m.edges = func(_ graph.View, _ graph.EdgeQuery, p *graph.EdgePage) {
			for i := range p.Edges {
				for j := range p.Edges[i].Then {
					then := &p.Edges[i].Then[j]
					then.Edges = each(then.Edges, func(e graph.Edge) graph.Edge { e.Evidence = nil; return e })
				}
			}
		}
	}},
	{name: "takes the far end for the near one", breaks: func(m *mutant) {
		m.edges = func(_ graph.View, _ graph.EdgeQuery, p *graph.EdgePage) {
			if p.Near != nil && len(p.Edges) > 0 {
				p.Near = p.Edges[0].Node
			}
		}
	}},
	{name: "swaps an order", breaks: func(m *mutant) {
		m.order = func(o *graph.Order) { o.Descending = !o.Descending && o.By == graph.ByEnd }
	}},
	{name: "takes the row of a cursor in", breaks: func(m *mutant) {
		m.page = func(p *graph.Page) {
			if p.After != nil && p.After.ID != "" {
				after := *p.After
				after.ID = after.ID[:len(after.ID)-1]
				p.After = &after
			}
		}
	}},
	{name: "forgets the total under a date", breaks: func(m *mutant) {
		m.info = func(v graph.View, info *graph.PageInfo) {
			if v.Dated() {
				info.Total = 0
			}
		}
	}},
	{name: "always sees more before a page", breaks: func(m *mutant) {
		m.info = func(_ graph.View, info *graph.PageInfo) { info.HasPrevious = true }
	}},
	{name: "is a day off", breaks: func(m *mutant) {
		m.view = func(v *graph.View) {
			if v.Date.Precision() == graph.PrecisionDay {
				q0, _ := v.Date.Span()
				v.Date = q0.Add(1).Date()
			}
		}
	}},
	{name: "ignores the revision", breaks: func(m *mutant) {
		m.view = func(v *graph.View) {
			if head, err := m.Store.Head(context.Background()); err == nil && v.Revision < head.Number {
				v.Revision = head.Number
			}
		}
	}},
	{name: "folds the case of ids", breaks: func(m *mutant) { m.id = strings.ToLower }},
	{name: "loses a citation", breaks: func(m *mutant) {
		m.evidence = func(e *graph.Evidence) { e.Citations = e.Citations[:min(1, len(e.Citations))] }
	}},
	{name: "counts what is withdrawn", breaks: func(m *mutant) {
		m.roots = func(f *graph.StatementFilter) {
			if statuses, _ := f.Defaults(); statuses != nil {
				f.Statuses = []graph.Status{graph.InEffect, graph.Withdrawn, graph.Proposed}
			}
		}
	}},
	{name: "shows what is deprecated", breaks: func(m *mutant) {
		m.roots = func(f *graph.StatementFilter) {
			if _, ranks := f.Defaults(); ranks != nil {
				f.Ranks = graph.Ranks
			}
		}
	}},
	{name: "ignores certainties", breaks: func(m *mutant) { m.statements = func(f *graph.StatementFilter) { f.Certainties = nil } }},
	{name: "ignores data sets", breaks: func(m *mutant) { m.statements = func(f *graph.StatementFilter) { f.Datasets = nil } }},
	{name: "ignores the least number of citations", breaks: func(m *mutant) { m.statements = func(f *graph.StatementFilter) { f.MinCitations = 0 } }},
	{name: "ignores the far end", breaks: func(m *mutant) { m.statements = func(f *graph.StatementFilter) { f.Node = nil } }},
	{name: "takes the object for the far end", breaks: func(m *mutant) {
		m.statements = func(f *graph.StatementFilter) {
			if f.Object == nil {
				f.Object, f.Node = f.Node, nil
			}
		}
	}},
	{name: "takes or for and", breaks: func(m *mutant) {
		m.statements = func(f *graph.StatementFilter) { f.And, f.Or = slices.Concat(f.And, f.Or), nil }
	}},
	{name: "forgets not", breaks: func(m *mutant) { m.entities = func(f *graph.EntityFilter) { f.Not = nil } }},
	{name: "takes all for some", breaks: func(m *mutant) {
		m.related = func(r *graph.RelatedFilter) {
			if r.Quantifier == graph.All {
				r.Quantifier = graph.Some
			}
		}
	}},
	{name: "takes during for overlaps", breaks: func(m *mutant) {
		m.statements = func(f *graph.StatementFilter) {
			f.When = inner(f.When, func(d graph.DateFilter) graph.DateFilter {
				if d.Overlaps.IsZero() {
					d.Overlaps, d.During = d.During, graph.Date{}
				}
				return d
			})
		}
	}},
	{name: "takes a start for a life", breaks: func(m *mutant) {
		m.entities = func(f *graph.EntityFilter) {
			if f.Life == nil {
				f.Life, f.Start = f.Start, nil
			}
		}
	}},
	{name: "takes the beginning of a text for a part of it", breaks: func(m *mutant) {
		m.entities = func(f *graph.EntityFilter) {
			f.Name = inner(f.Name, func(t graph.TextFilter) graph.TextFilter {
				if t.Contains == "" {
					t.Contains, t.StartsWith = t.StartsWith, ""
				}
				return t
			})
		}
	}},
	{name: "lists what has ended", breaks: func(m *mutant) {
		m.entities = func(f *graph.EntityFilter) {
			if !f.NamesExistences() {
				f.Existences = graph.Existences
			}
		}
	}},
	{name: "drops a candidate", breaks: func(m *mutant) {
		m.candidates = func(found []*graph.Entity) []*graph.Entity { return found[:max(0, len(found)-1)] }
	}},
	{name: "finds nothing near", breaks: func(m *mutant) { m.search = func(q *graph.SearchQuery) { q.Near = false } }},
	{name: "finds what is near unasked", breaks: func(m *mutant) { m.search = func(q *graph.SearchQuery) { q.Near = true } }},
	{name: "searches all kinds", breaks: func(m *mutant) { m.search = func(q *graph.SearchQuery) { q.Kinds = nil } }},
	{name: "forgets a word of a search", breaks: func(m *mutant) {
		m.search = func(q *graph.SearchQuery) { q.Tokens = q.Tokens[:max(1, len(q.Tokens)-1)] }
	}},
	{name: "cuts a search off by id", breaks: func(m *mutant) {
		limit := 0
		m.search = func(q *graph.SearchQuery) { limit, q.Limit = q.Limit, 1000 }
		m.candidates = func(found []*graph.Entity) []*graph.Entity {
			found = slices.Clone(found)
			slices.SortFunc(found, func(a, b *graph.Entity) int { return strings.Compare(a.ID, b.ID) })
			return found[:min(len(found), limit)]
		}
	}},
	{name: "miscounts what is beyond the limit", breaks: func(m *mutant) { m.counts = func(c *graph.Counts) { c.More = max(0, c.More-1) } }},
	{name: "hides conflicts under a date", breaks: func(m *mutant) {
		m.conflicts = func(v graph.View, found []*graph.Conflict) []*graph.Conflict {
			if v.Dated() {
				return nil
			}
			return found
		}
	}},
	{name: "dumps without origins", breaks: func(m *mutant) {
		m.dump = func(yield func(graph.Record, error) bool) func(graph.Record, error) bool {
			return func(r graph.Record, err error) bool {
				r.Origin = ""
				return yield(r, err)
			}
		}
	}},
	{name: "dumps no redirects", breaks: func(m *mutant) {
		m.dump = func(yield func(graph.Record, error) bool) func(graph.Record, error) bool {
			return func(r graph.Record, err error) bool { return r.Redirect != nil || yield(r, err) }
		}
	}},
	{name: "finds no revision of its own time", breaks: func(m *mutant) {
		m.revisionAt = func(t time.Time) time.Time { return t.Add(-time.Second) }
	}},
	{name: "takes what breaks a rule", writes: true, breaks: func(m *mutant) {
		m.put = func(err error) error {
			if errors.Is(err, graph.ErrInvalid) {
				return nil
			}
			return err
		}
	}},
}

// recorder is a test that notes failures in place of failing.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Helper()             {}
func (r *recorder) Log(...any)          {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Cleanup(f func())    { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Error(args ...any)   { r.failures = append(r.failures, fmt.Sprint(args...)) }
func (r *recorder) Errorf(f string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(f, args...))
}
func (r *recorder) Fatal(args ...any)            { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(f string, args ...any) { r.Errorf(f, args...); runtime.Goexit() }

// failures runs a part of a test and returns what fails in it.
func failures(t *testing.T, run func(testing.TB)) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if fault := recover(); fault != nil { // a case that counts on an answer
				r.Errorf("panic: %v", fault)
			}
		}()
		run(r)
	}()
	<-done
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
	return r.failures
}

// slow are cases that mutants do not need; the readers of the first fail in goroutines of their own.
var slow = []string{"readers during loads see one revision each", "a thousand keys", "a hub", "any search, against the letter of the contract"}

// TestMutants holds the suite to catch each of the mutants, both by its cases and by its random queries.
func TestMutants(t *testing.T) {
	c := newComparison(t, PropertyOptions{Seed: 1, Queries: 1000})
	broken := func(s graph.Store, breaks func(*mutant)) graph.Store {
		m := &mutant{Store: s}
		breaks(m)
		return m
	}
	byCases := func(cases []testCase, breaks func(*mutant)) []string {
		for _, c := range cases {
			if slices.Contains(slow, c.name) {
				continue
			}
			clock := newClock()
			h := &harness{store: broken(NewNaive(clock.Now), breaks), clock: clock}
			if found := failures(t, func(tb testing.TB) { h.TB = tb; c.run(h) }); len(found) > 0 {
				return append(found, c.name)
			}
		}
		return nil
	}
	byQueries := func(breaks func(*mutant)) []string {
		return failures(t, func(tb testing.TB) { c.check(tb, broken(c.naive, breaks)) })
	}
	t.Run("none", func(t *testing.T) {
		nothing := func(*mutant) {}
		if found := append(byCases(allCases, nothing), byQueries(nothing)...); len(found) > 0 {
			t.Errorf("a store that is not broken is caught: %q", found)
		}
	})
	reads := slices.Concat(readCases, edgeCases, filterCases, listCases, searchCases)
	for _, mutant := range mutants {
		t.Run(mutant.name, func(t *testing.T) {
			if mutant.writes {
				if len(byCases(loadCases, mutant.breaks)) == 0 {
					t.Error("no case catches it")
				}
				return
			}
			if len(byCases(reads, mutant.breaks)) == 0 {
				t.Error("no case catches it")
			}
			if len(byQueries(mutant.breaks)) == 0 {
				t.Error("no random query catches it")
			}
		})
	}
}
