package graphtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
)

// Fill loads the generated graph of about so many statements into an empty store.
func Fill(ctx context.Context, store graph.Store, statements int) error {
	_, err := Load(ctx, store, Generate(1, statements))
	return err
}

// Load loads a batch as a command would, a thousand records at a time.
func Load(ctx context.Context, store graph.Store, b graph.Batch) (graph.Revision, error) {
	l, err := store.Begin(ctx, graph.LoadSpec{Origin: "bench", Time: revisionTime})
	if err != nil {
		return graph.Revision{}, err
	}
	for _, part := range steps(b, 1000) {
		if err := l.Put(ctx, part); err != nil {
			return graph.Revision{}, err
		}
	}
	return l.Publish(ctx)
}

// A Sample is ids of a generated graph, spread over it: as many of a large graph as of a small one, so that what a store keeps in memory
// serves both alike.
type Sample struct {
	View       graph.View
	Bodies     []string // the first and the last quarter, of hubs and of bodies of change events, are left out
	Statements []string // one of each of these bodies
}

// sampled is how many bodies a sample has at most.
const sampled = 1000

// TakeSample takes a sample from the store that [Fill] filled.
func TakeSample(ctx context.Context, store graph.Store) (s Sample, err error) {
	head, err := store.Head(ctx)
	if err != nil {
		return s, err
	}
	s.View.Revision = head.Number
	forms, err := store.Count(ctx, s.View, graph.CountQuery{
		Of: graph.CountEntities, By: graph.CountByForm, Entities: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}, Forms: []graph.Form{graph.Body}}, Limit: 1,
	})
	if err != nil {
		return s, err
	}
	for i := range sampled {
		s.Bodies = append(s.Bodies, numbered(bodyPrefix, forms.Total/4+i*forms.Total/2/sampled))
	}
	pages, err := store.Edges(ctx, s.View, []graph.EdgeQuery{{Entities: s.Bodies, Direction: graph.Out, Page: graph.Page{First: 1}}})
	if err != nil {
		return s, err
	}
	for i, page := range pages[0] {
		if len(page.Edges) == 0 {
			return s, fmt.Errorf("the graph has no statement of %s: it is not one that was generated", s.Bodies[i])
		}
		s.Statements = append(s.Statements, page.Edges[0].Statement.ID)
	}
	return s, nil
}

// A Read is one of the reads that an API makes most.
type Read struct {
	Name  string
	Keyed bool // it starts from ids: what it costs does not depend on the size of the graph
	// Do makes the i-th such read, of other records than the one before, and says how many rows the answer has.
	Do func(ctx context.Context, store graph.Store, i int) (rows int, err error)
}

// rowsOf counts edges and those that follow them.
func rowsOf(pages []graph.EdgePage) (n int) {
	for _, p := range pages {
		for _, e := range p.Edges {
			n += 1 + rowsOf(e.Then)
		}
	}
	return n
}

// Reads are those that stores are measured with.
func (s Sample) Reads() []Read {
	v := s.View
	dated := graph.View{Revision: v.Revision, Date: graph.MustDate("2012")}
	var reads []Read
	add := func(name string, keyed bool, do func(ctx context.Context, store graph.Store, i int) (int, error)) {
		reads = append(reads, Read{name, keyed, do})
	}
	for _, n := range []int{1, 100, 500} {
		add(fmt.Sprintf("entities by id: %d", n), true, func(ctx context.Context, store graph.Store, i int) (int, error) {
			found, err := store.Entities(ctx, v, window(s.Bodies, i, n))
			return len(found), cmp.Or(err, missing(found[0] == nil))
		})
	}
	edges := func(ctx context.Context, store graph.Store, v graph.View, q graph.EdgeQuery) (rows int, err error) {
		pages, err := store.Edges(ctx, v, []graph.EdgeQuery{q})
		if err != nil {
			return 0, err
		}
		return rowsOf(pages[0]), nil
	}
	hop := func(name string, v graph.View, direction graph.Direction, evidence bool, relations ...graph.RelationName) {
		add(name, true, func(ctx context.Context, store graph.Store, i int) (int, error) {
			return edges(ctx, store, v, graph.EdgeQuery{
				Entities: window(s.Bodies, i, 50), Relations: relations, Direction: direction, Page: graph.Page{First: 20}, Evidence: evidence,
			})
		})
	}
	hop("one hop of 50", v, graph.Out, false, graph.InstanceOf)
	hop("one hop of 50, dated", dated, graph.Out, false, graph.InstanceOf)
	hop("one hop of 50 with evidence", v, graph.Out, true, graph.InstanceOf)
	hop("all edges of 50", v, graph.Both, false)
	hop("all edges of 50 with evidence", v, graph.Both, true)
	add("three levels with evidence", true, func(ctx context.Context, store graph.Store, i int) (int, error) {
		level := graph.EdgeQuery{Relations: []graph.RelationName{"PART_OF", graph.Replaced}, Direction: graph.Both, Page: graph.Page{First: 5}, Evidence: true}
		second, first := level, level
		second.Then = []graph.EdgeQuery{level}
		first.Then = []graph.EdgeQuery{second}
		first.Entities = window(s.Bodies, i, 5)
		return edges(ctx, store, v, first)
	})
	add("evidence of 500", true, func(ctx context.Context, store graph.Store, i int) (int, error) {
		found, err := store.Evidence(ctx, v, window(s.Statements, i, 500))
		return len(found), err
	})
	hub := graph.EdgeQuery{Entities: []string{"org:class-000000"}, Relations: []graph.RelationName{graph.InstanceOf}, Direction: graph.In}
	for _, of := range []struct {
		name string
		page graph.Page
	}{{"page of a hub", graph.Page{First: 20}}, {"total of a hub", graph.Page{Total: true}}} {
		q := hub
		q.Page = of.page
		add(of.name, !q.Page.Total, func(ctx context.Context, store graph.Store, _ int) (int, error) {
			pages, err := store.Edges(ctx, v, []graph.EdgeQuery{q})
			if err != nil {
				return 0, err
			}
			return len(pages[0][0].Edges), missing(pages[0][0].Total+len(pages[0][0].Edges) == 0)
		})
	}
	for _, n := range []int{100, 1000} {
		for _, list := range []struct {
			name   string
			view   graph.View
			filter graph.EntityFilter
		}{
			{"by name", v, graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}},
			{"by name, dated", dated, graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}},
			{"of all kinds", v, graph.EntityFilter{}},
		} {
			add(fmt.Sprintf("%d entities %s", n, list.name), false, func(ctx context.Context, store graph.Store, _ int) (int, error) {
				page, err := store.ListEntities(ctx, list.view, graph.EntityQuery{Filter: list.filter, Page: graph.Page{First: n}})
				return len(page.Entities), err
			})
		}
		add(fmt.Sprintf("%d statements by date", n), false, func(ctx context.Context, store graph.Store, _ int) (int, error) {
			page, err := store.ListStatements(ctx, v, graph.StatementQuery{Page: graph.Page{First: n}})
			return len(page.Edges), err
		})
	}
	add("entities filtered by name, with their total", false, func(ctx context.Context, store graph.Store, _ int) (int, error) {
		page, err := store.ListEntities(ctx, v, graph.EntityQuery{
			Filter: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}, Name: &graph.TextFilter{Contains: "ashleton"}}, Page: graph.Page{First: 20, Total: true},
		})
		return len(page.Entities), err
	})
	narrowed := graph.StatementFilter{Certainties: []graph.Certainty{graph.Stated}}
	for _, q := range []graph.CountQuery{
		{Of: graph.CountEntities, By: graph.CountByKind},
		{Of: graph.CountStatements, By: graph.CountByRelation}, {Of: graph.CountStatements, By: graph.CountByRelation, Statements: narrowed},
		{Of: graph.CountStatements, By: graph.CountByObject},
		{Of: graph.CountCitations, By: graph.CountBySource}, {Of: graph.CountCitations, By: graph.CountBySource, Statements: narrowed},
	} {
		q.Limit = 10
		name := fmt.Sprintf("count of %s by %s", strings.ToLower(string(q.Of)), strings.ToLower(string(q.By)))
		if q.Statements.Certainties != nil {
			name += ", filtered"
		}
		add(name, false, func(ctx context.Context, store graph.Store, _ int) (int, error) {
			counts, err := store.Count(ctx, v, q)
			return len(counts.Groups), cmp.Or(err, missing(counts.Total == 0))
		})
	}
	for _, text := range []string{"northford", "north board", "alderham act", "board", "nothford bord"} {
		add("search "+text, false, func(ctx context.Context, store graph.Store, _ int) (int, error) {
			found, err := graph.Search(ctx, store, v, text, nil, 20)
			return len(found.Hits), err
		})
	}
	return reads
}

// Bench measures the reads on a generated graph of about so many statements. Open gives an empty store and closes it by b.Cleanup.
func Bench(b *testing.B, statements int, open func(b *testing.B) graph.Store) {
	ctx, store := b.Context(), open(b)
	if err := Fill(ctx, store, statements); err != nil {
		b.Fatal(err)
	}
	sample, err := TakeSample(ctx, store)
	if err != nil {
		b.Fatal(err)
	}
	for _, read := range sample.Reads() {
		b.Run(read.Name, func(b *testing.B) {
			b.ReportAllocs()
			rows := 0
			for i := 0; b.Loop(); i++ {
				n, err := read.Do(ctx, store, i)
				if err != nil {
					b.Fatal(err)
				}
				rows += n
			}
			b.ReportMetric(float64(rows)/float64(b.N), "rows/op")
		})
	}
}

// window is n of the ids, or half of them, others each time.
func window(ids []string, i, n int) []string {
	n = min(n, len(ids)/2)
	at := i * n % (len(ids) - n + 1)
	return ids[at : at+n]
}

var errMissing = errors.New("the answer is empty")

func missing(empty bool) error {
	if empty {
		return errMissing
	}
	return nil
}

// steps cuts a batch into parts of at most n records.
func steps(b graph.Batch, n int) []graph.Batch {
	parts := []graph.Batch{{Datasets: b.Datasets, ChangeEvents: b.ChangeEvents, Conflicts: b.Conflicts, Redirects: b.Redirects}}
	for i := 0; i < len(b.Entities); i += n {
		parts = append(parts, graph.Batch{Entities: b.Entities[i:min(i+n, len(b.Entities))]})
	}
	for i := 0; i < len(b.Statements); i += n {
		parts = append(parts, graph.Batch{Statements: b.Statements[i:min(i+n, len(b.Statements))]})
	}
	return parts
}
