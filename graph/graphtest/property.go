package graphtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

// PropertyOptions says how much [Property] asks. The zero value is for a plain run of the tests.
type PropertyOptions struct {
	Seed    uint64 // of the graph and the queries; 0: 1. The environment's GRAPHTEST_SEED comes before it
	Queries int    // 0: 300. The environment's GRAPHTEST_QUERIES comes before it
	// Shapes bounds how many different queries there are, not counting the values in them (ids, texts, dates, numbers, words of
	// enumerations, places and sizes of pages), for stores to which each is expensive at first. 0: no bound. The environment's
	// GRAPHTEST_SHAPES comes before it.
	Shapes int
}

// Property asks a store random queries of every method that reads, at several revisions of a random graph, and compares each answer with
// that of [Naive]. On a difference it shows the seed and the query, made as small as it still differs. Open is as for [Run].
func Property(t *testing.T, open func(t *testing.T, clock *Clock) graph.Store, o PropertyOptions) {
	c, store := newComparison(t, o.withEnvironment(t)), open(t, newClock())
	c.load(t, store)
	c.check(t, store)
}

func (o PropertyOptions) withEnvironment(t testing.TB) PropertyOptions {
	t.Helper()
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Queries == 0 {
		o.Queries = 300
	}
	if text := os.Getenv("GRAPHTEST_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("GRAPHTEST_SEED: %v", err)
		}
		o.Seed = n
	}
	if text := os.Getenv("GRAPHTEST_QUERIES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("GRAPHTEST_QUERIES: %v", err)
		}
		o.Queries = n
	}
	if text := os.Getenv("GRAPHTEST_SHAPES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("GRAPHTEST_SHAPES: %v", err)
		}
		o.Shapes = n
	}
	return o
}

// propertyStatements is about how large the random graph is: large enough for hubs, small enough to be read whole for each answer.
const propertyStatements = 500

// propertyStep is after how many queries the log says how far it is.
const propertyStep = 1000

// comparison is random queries and what the naive store answers.
type comparison struct {
	PropertyOptions
	history  *history
	naive    *Naive
	views    []graph.View
	material *material
	answers  []answer // to the first queries
}

func newComparison(t testing.TB, o PropertyOptions) *comparison {
	t.Helper()
	c := &comparison{PropertyOptions: o, history: newHistory(o.Seed, propertyStatements), naive: NewNaive(newClock().Now)}
	c.views = c.history.load(t, c.naive)
	c.material = newMaterial(c.history.batches, c.views)
	return c
}

// query is the query of a number.
func (c *comparison) query(i int) probe {
	shape := uint64(i)
	if c.Shapes > 0 {
		shape %= uint64(c.Shapes)
	}
	a := &asker{material: c.material, shape: rand.New(rand.NewPCG(c.Seed, shape)), value: rand.New(rand.NewPCG(c.Seed+1, uint64(i)))}
	return a.probe()
}

// load loads the history into an empty store.
func (c *comparison) load(t testing.TB, store graph.Store) {
	t.Helper()
	for i, v := range c.history.load(t, store) {
		if v != c.views[i] {
			t.Fatalf("load %d has the number %d, in an empty store %d was due", i, v.Revision, c.views[i].Revision)
		}
	}
}

// check asks a store that has loaded the history all queries, and fails the test at the first that it answers otherwise.
func (c *comparison) check(t testing.TB, store graph.Store) {
	t.Helper()
	ctx := t.Context()
	for i := range c.Queries {
		if i > 0 && i%propertyStep == 0 {
			t.Logf("%d of %d queries: no difference", i, c.Queries)
		}
		p := c.query(i)
		if i == len(c.answers) {
			c.answers = append(c.answers, p.ask(ctx, c.naive))
		}
		if slices.Equal(c.answers[i], p.ask(ctx, store)) {
			continue
		}
		p = shrink(p, func(p probe) bool { return !slices.Equal(p.ask(ctx, c.naive), p.ask(ctx, store)) })
		t.Errorf("GRAPHTEST_SEED=%d, query %d: %s\n(-want +got):\n%s", c.Seed, i, literal(p), cmp.Diff(p.ask(ctx, c.naive), p.ask(ctx, store)))
		return
	}
}

// history is a graph that changes over several loads of two origins.
type history struct {
	loads   []graph.LoadSpec
	batches []graph.Batch // of the loads; the last is not published
}

func newHistory(seed uint64, statements int) *history {
	g := author(seed, statements)
	h := new(history)
	for round := range 4 {
		if round > 0 {
			g.revise()
		}
		all := assemble(g.out)
		about := func(s graph.Statement) bool { return s.Relation == "ABOUT" }
		first, second := all, graph.Batch{}
		first.Statements = slices.DeleteFunc(slices.Clone(all.Statements), about)
		second.Statements = slices.DeleteFunc(slices.Clone(all.Statements), func(s graph.Statement) bool { return !about(s) })
		for i, b := range []graph.Batch{first, second} {
			h.batches = append(h.batches, b)
			h.loads = append(h.loads, graph.LoadSpec{Origin: []string{"first", "second"}[i], Time: revisionTime.Add(time.Duration(len(h.loads)) * time.Hour)})
		}
	}
	h.batches, h.loads = h.batches[:len(h.batches)-1], h.loads[:len(h.loads)-1]
	return h
}

// load loads all into an empty store, and leaves the last load pending. It returns the views of the revisions.
func (h *history) load(t testing.TB, s graph.Store) []graph.View {
	t.Helper()
	ctx := t.Context()
	var views []graph.View
	for i, spec := range h.loads {
		l, err := s.Begin(ctx, spec)
		if err != nil {
			t.Fatalf("Begin: %v", err)
		}
		for _, part := range steps(h.batches[i], 300) {
			if err := l.Put(ctx, part); err != nil {
				t.Fatalf("Put: %v", err)
			}
		}
		if i == len(h.loads)-1 {
			t.Cleanup(func() {
				if err := l.Discard(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, graph.ErrClosed) {
					t.Errorf("Discard: %v", err)
				}
			})
			break
		}
		r, err := l.Publish(ctx)
		if err != nil {
			t.Fatalf("Publish: %v", err)
		}
		views = append(views, graph.View{Revision: r.Number})
	}
	return views
}

// revise changes the authored records: some are withdrawn, some changed, some added.
func (g *generator) revise() {
	fixed := make(map[string]bool) // entities that something other than their own statements and edges names
	for _, e := range g.out.ChangeEvents {
		for _, id := range slices.Concat(e.Inputs, e.Outputs) {
			fixed[id] = true
		}
	}
	for _, r := range g.out.Redirects {
		fixed[r.To] = true
	}
	for _, s := range g.out.Statements {
		if s.Relation == "ABOUT" { // of the other origin
			fixed[s.Object] = true
		}
	}
	gone := make(map[string]bool)
	g.out.Entities = slices.DeleteFunc(slices.Clone(g.out.Entities), func(e graph.Entity) bool {
		gone[e.ID] = e.Kind == graph.Organisation && e.Form != graph.Class && !fixed[e.ID] && g.oneIn(12)
		return gone[e.ID]
	})
	for i := range g.out.Entities {
		if e := &g.out.Entities[i]; g.oneIn(20) {
			e.Summary += ", again"
			e.Identifiers = nil
		}
	}
	g.bodies = slices.DeleteFunc(slices.Clone(g.bodies), func(id string) bool { return gone[id] })
	withdrawn := make(map[string]bool)
	g.out.Statements = slices.DeleteFunc(slices.Clone(g.out.Statements), func(s graph.Statement) bool {
		withdrawn[s.ID] = gone[s.Subject] || gone[s.Object] || s.Property != graph.NameProperty && g.oneIn(12)
		return withdrawn[s.ID]
	})
	for i := range g.out.Statements {
		s := &g.out.Statements[i]
		if !g.oneIn(10) {
			continue
		}
		switch {
		case s.Property == graph.NameProperty:
			s.Value.Text = g.word() + " Council"
		case g.oneIn(2):
			s.Citations = g.citations(s.Citations[0].Aspects[0])
		case s.Nature() == graph.State:
			s.Period = g.period()
			s.Past = false
		default:
			g.vary(s)
		}
	}
	g.out.Conflicts = slices.DeleteFunc(slices.Clone(g.out.Conflicts), func(c graph.Conflict) bool {
		return slices.ContainsFunc(c.Members, func(id string) bool { return withdrawn[id] })
	})
	g.out.ChangeEvents = slices.DeleteFunc(slices.Clone(g.out.ChangeEvents), func(graph.ChangeEvent) bool { return g.oneIn(10) })
	g.out.Redirects = slices.DeleteFunc(slices.Clone(g.out.Redirects), func(graph.Redirect) bool { return g.oneIn(5) })
	for range len(g.out.Statements) / 20 {
		g.relate()
	}
}

// probe is one query: of its pointers one is set.
type probe struct {
	View             graph.View
	Walk             int // read the whole list in pages of so many rows, forwards and backwards
	Entities         *[]string
	Identifiers      *[]graph.Identifier
	Statements       *[]string
	Evidence         *[]string
	ChangeEvents     *[]string
	Conflicts        *[]string
	ConflictsOf      *[]string
	RedirectsTo      *[]string
	Datasets         *struct{}
	Edges            *[]graph.EdgeQuery
	Candidates       *graph.SearchQuery
	ListEntities     *graph.EntityQuery
	ListStatements   *graph.StatementQuery
	ListChangeEvents *graph.ChangeEventQuery
	ListConflicts    *graph.ConflictQuery
	Count            *graph.CountQuery
	RevisionAt       *time.Time
	ListRevisions    *[2]int64 // before, limit
	Dump             *int      // stop after so many records; 0: all
}

// answer is what a store says to a probe, in lines to compare.
type answer []string

func (a *answer) add(parts ...any) {
	for i, part := range parts {
		if text, ok := part.(string); ok {
			parts[i] = text
			continue
		}
		text, err := json.Marshal(part)
		if err != nil {
			panic(err) // numbers are checked on the way in
		}
		parts[i] = string(text)
	}
	*a = append(*a, fmt.Sprint(parts...))
}

func (a *answer) info(p graph.PageInfo) {
	a.add(fmt.Sprintf("total %d, next %t, previous %t", p.Total, p.HasNext, p.HasPrevious))
}

func (a *answer) edge(e graph.Edge) {
	a.add(e.Statement, " ", string(e.Direction), " ", e.Node, " ", e.Subject, " ", e.Object)
	if e.Evidence != nil {
		a.add("evidence, by ", e.Evidence.AttributedTo)
		a.evidence(e.Evidence.Citations, e.Evidence.Basis)
	}
	for i, page := range e.Then {
		a.add(fmt.Sprint("then ", i))
		a.page(page)
	}
}

func (a *answer) page(p graph.EdgePage) {
	a.info(p.PageInfo)
	if p.Near != nil {
		a.add("near ", p.Near)
	}
	a.edges(p, graph.Order{})
}

func (a *answer) evidence(citations []graph.Citation, basis []graph.Basis) {
	for _, c := range citations {
		a.add("  ", c, " ", c.Source)
	}
	for _, b := range basis {
		a.add("  ", b, " ", b.Legislation)
	}
}

func (a *answer) conflicts(list []*graph.Conflict) {
	for _, c := range list {
		a.add("  ", c)
	}
}

// ask puts the query to a store.
func (p probe) ask(ctx context.Context, s graph.Store) (a answer) {
	fail := func(err error) bool {
		if err != nil {
			a = nil
			switch {
			case errors.Is(err, graph.ErrInvalid), errors.Is(err, graph.ErrLimit):
				a.add("refused: " + err.Error())
			default:
				a.add("failed: " + err.Error())
			}
		}
		return err != nil
	}
	v := p.View
	switch {
	case p.Entities != nil:
		found, err := s.Entities(ctx, v, *p.Entities)
		if !fail(err) {
			for _, e := range found {
				a.add(e)
			}
		}
	case p.Identifiers != nil:
		found, err := s.EntitiesByIdentifier(ctx, v, *p.Identifiers)
		if !fail(err) {
			for i, list := range found {
				a.add(i)
				for _, e := range list {
					a.add("  ", e)
				}
			}
		}
	case p.Statements != nil:
		found, err := s.Statements(ctx, v, *p.Statements)
		if !fail(err) {
			for _, x := range found {
				a.add(x)
			}
		}
	case p.Evidence != nil:
		found, err := s.Evidence(ctx, v, *p.Evidence)
		if !fail(err) {
			for i, e := range found {
				a.add(i, " ", e.AttributedTo)
				a.evidence(e.Citations, e.Basis)
			}
		}
	case p.ChangeEvents != nil:
		found, err := s.ChangeEvents(ctx, v, *p.ChangeEvents)
		if !fail(err) {
			for _, e := range found {
				a.add(e)
				if e != nil {
					a.evidence(e.Citations, e.Basis)
				}
			}
		}
	case p.Conflicts != nil:
		found, err := s.Conflicts(ctx, v, *p.Conflicts)
		if !fail(err) {
			for _, c := range found {
				a.add(c)
			}
		}
	case p.ConflictsOf != nil:
		found, err := s.ConflictsOf(ctx, v, *p.ConflictsOf)
		if !fail(err) {
			for i, list := range found {
				a.add(i)
				a.conflicts(list)
			}
		}
	case p.RedirectsTo != nil:
		found, err := s.RedirectsTo(ctx, v, *p.RedirectsTo)
		if !fail(err) {
			for i, list := range found {
				a.add(fmt.Sprintf("%d %q", i, list))
			}
		}
	case p.Datasets != nil:
		found, err := s.Datasets(ctx, v)
		if !fail(err) {
			for _, d := range found {
				a.add(d)
			}
		}
	case p.Edges != nil:
		if p.Walk > 0 {
			q := (*p.Edges)[0]
			a.walk(p.Walk, func(page graph.Page) (graph.PageInfo, []graph.Cursor, bool) {
				q.Page = page
				pages, err := s.Edges(ctx, v, []graph.EdgeQuery{q})
				if fail(err) {
					return graph.PageInfo{}, nil, false
				}
				return a.edges(pages[0][0], q.Order)
			})
			return a
		}
		found, err := s.Edges(ctx, v, *p.Edges)
		if !fail(err) {
			for i, pages := range found {
				for j, page := range pages {
					a.add(fmt.Sprint("query ", i, ", entity ", j))
					a.page(page)
				}
			}
		}
	case p.Candidates != nil:
		found, truncated, err := s.Candidates(ctx, v, *p.Candidates)
		if !fail(err) {
			a.add(truncated)
			for _, e := range found {
				a.add(e)
			}
		}
	case p.ListEntities != nil:
		a.list(p.Walk, p.ListEntities.Page, func(page graph.Page) (graph.PageInfo, []graph.Cursor, bool) {
			q := *p.ListEntities
			q.Page = page
			found, err := s.ListEntities(ctx, v, q)
			if fail(err) {
				return graph.PageInfo{}, nil, false
			}
			var places []graph.Cursor
			for _, e := range found.Entities {
				a.add(e)
				places = append(places, e.Cursor(q.Order, v.Date))
			}
			return found.PageInfo, places, true
		})
	case p.ListStatements != nil:
		a.list(p.Walk, p.ListStatements.Page, func(page graph.Page) (graph.PageInfo, []graph.Cursor, bool) {
			q := *p.ListStatements
			q.Page = page
			found, err := s.ListStatements(ctx, v, q)
			if fail(err) {
				return graph.PageInfo{}, nil, false
			}
			return a.edges(found, q.Order)
		})
	case p.ListChangeEvents != nil:
		a.list(p.Walk, p.ListChangeEvents.Page, func(page graph.Page) (graph.PageInfo, []graph.Cursor, bool) {
			q := *p.ListChangeEvents
			q.Page = page
			found, err := s.ListChangeEvents(ctx, v, q)
			if fail(err) {
				return graph.PageInfo{}, nil, false
			}
			var places []graph.Cursor
			for _, e := range found.ChangeEvents {
				a.add(e)
				a.evidence(e.Citations, e.Basis)
				places = append(places, e.Cursor(q.Order))
			}
			return found.PageInfo, places, true
		})
	case p.ListConflicts != nil:
		a.list(p.Walk, p.ListConflicts.Page, func(page graph.Page) (graph.PageInfo, []graph.Cursor, bool) {
			q := *p.ListConflicts
			q.Page = page
			found, err := s.ListConflicts(ctx, v, q)
			if fail(err) {
				return graph.PageInfo{}, nil, false
			}
			a.conflicts(found.Conflicts)
			var places []graph.Cursor
			for _, c := range found.Conflicts {
				places = append(places, c.Cursor())
			}
			return found.PageInfo, places, true
		})
	case p.Count != nil:
		found, err := s.Count(ctx, v, *p.Count)
		if !fail(err) {
			a.add(fmt.Sprintf("total %d, more %d", found.Total, found.More))
			for _, g := range found.Groups {
				a.add(fmt.Sprintf("%d %q", g.N, g.Key))
			}
		}
	case p.RevisionAt != nil:
		found, err := s.RevisionAt(ctx, *p.RevisionAt)
		if !fail(err) {
			a.add(found)
		}
	case p.ListRevisions != nil:
		found, err := s.ListRevisions(ctx, p.ListRevisions[0], int(p.ListRevisions[1]))
		if !fail(err) {
			for _, r := range found {
				a.add(r)
			}
		}
	case p.Dump != nil:
		for r, err := range s.Dump(ctx, v) {
			if fail(err) {
				break
			}
			a.add(r)
			if len(a) == *p.Dump {
				break
			}
		}
	}
	return a
}

func (a *answer) edges(page graph.EdgePage, o graph.Order) (graph.PageInfo, []graph.Cursor, bool) {
	var places []graph.Cursor
	for _, e := range page.Edges {
		a.edge(e)
		places = append(places, e.Statement.Cursor(o))
	}
	return page.PageInfo, places, true
}

// list reads a page, or walks the list. Read adds the rows of a page and returns their places; ok is false after an error.
func (a *answer) list(walk int, page graph.Page, read func(graph.Page) (info graph.PageInfo, places []graph.Cursor, ok bool)) {
	if walk > 0 {
		a.walk(walk, read)
		return
	}
	if info, _, ok := read(page); ok {
		a.info(info)
	}
}

// longestWalk bounds the pages of a walk, so that a store that never comes to an end is found out.
const longestWalk = 400

// walk reads a list in pages from its start to its end, and from its end to its start.
func (a *answer) walk(size int, read func(graph.Page) (graph.PageInfo, []graph.Cursor, bool)) {
	for _, page := range []graph.Page{{First: size, Total: true}, {Last: size}} {
		a.add(fmt.Sprintf("pages of %+d", page.First-page.Last))
		for range longestWalk {
			info, places, ok := read(page)
			if !ok {
				return
			}
			a.info(info)
			if len(places) == 0 || page.First > 0 && !info.HasNext || page.Last > 0 && !info.HasPrevious {
				break
			}
			if page.First > 0 {
				page.After = &places[len(places)-1]
			} else {
				page.Before = &places[0]
			}
		}
	}
}
