package graphtest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Bench measures the reads that an API makes most, on a generated graph of about so many statements. Each read is of other records
// than the one before, of some 2,000 in turn. Open gives an empty store and closes it by b.Cleanup.
func Bench(b *testing.B, statements int, open func(b *testing.B) graph.Store) {
	ctx := b.Context()
	batch := Generate(1, statements)
	store := open(b)
	start := time.Now()
	l, err := store.Begin(ctx, graph.LoadSpec{Origin: "bench", Time: revisionTime})
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range steps(batch, 5000) {
		if err := l.Put(ctx, part); err != nil {
			b.Fatal(err)
		}
	}
	r, err := l.Publish(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("loaded %d entities and %d statements in %v", len(batch.Entities), len(batch.Statements), time.Since(start).Round(time.Millisecond))

	v := graph.View{Revision: r.Number}
	dated := graph.View{Revision: r.Number, Date: graph.MustDate("2012")}
	bodies := sample(batch.Entities, func(e *graph.Entity) (string, bool) {
		return e.ID, e.Kind == graph.Organisation && e.Form == graph.Body
	})
	cited := sample(batch.Statements, func(s *graph.Statement) (string, bool) { return s.ID, true })
	measure := func(name string, read func(i int) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := read(i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, n := range []int{1, 100, 1000} {
		measure(fmt.Sprintf("entities by id=%d", n), func(i int) error {
			found, err := store.Entities(ctx, v, window(bodies, i, n))
			return cmp.Or(err, missing(found[0] == nil))
		})
	}
	edges := func(v graph.View, q graph.EdgeQuery) (nodes, statements []string, err error) {
		pages, err := store.Edges(ctx, v, []graph.EdgeQuery{q})
		if err != nil {
			return nil, nil, err
		}
		for _, p := range pages[0] {
			for _, e := range p.Edges {
				statements = append(statements, e.Statement.ID)
				if e.Node != nil {
					nodes = append(nodes, e.Node.ID)
				}
			}
		}
		return nodes, statements, nil
	}
	partOf := func(ids []string) graph.EdgeQuery {
		return graph.EdgeQuery{Entities: ids, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: graph.Page{First: 20}}
	}
	for name, v := range map[string]graph.View{"whole": v, "dated": dated} {
		measure("one hop of 50, "+name, func(i int) error {
			_, _, err := edges(v, partOf(window(bodies, i, 50)))
			return err
		})
	}
	measure("one hop of 50 with evidence", func(i int) error {
		_, statements, err := edges(v, partOf(window(bodies, i, 50)))
		if err == nil {
			_, err = store.Evidence(ctx, v, statements)
		}
		return err
	})
	measure("all edges of 50", func(i int) error {
		_, _, err := edges(v, graph.EdgeQuery{Entities: window(bodies, i, 50), Direction: graph.Both, Page: graph.Page{First: 20}})
		return err
	})
	measure("three levels with evidence", func(i int) error {
		nodes, cite := window(bodies, i, 5), []string(nil)
		for range 3 {
			far, statements, err := edges(v, graph.EdgeQuery{
				Entities: nodes, Relations: []graph.RelationName{"PART_OF", graph.Replaced}, Direction: graph.Both, Page: graph.Page{First: 5},
			})
			if err != nil {
				return err
			}
			nodes, cite = far, append(cite, statements...)
		}
		_, err := store.Evidence(ctx, v, cite)
		return err
	})
	measure("evidence of 500", func(i int) error {
		_, err := store.Evidence(ctx, v, window(cited, i, 500))
		return err
	})
	hub := graph.EdgeQuery{Entities: []string{"org:class-000000"}, Relations: []graph.RelationName{graph.InstanceOf}, Direction: graph.In}
	for name, page := range map[string]graph.Page{"page of a hub": {First: 20}, "total of a hub": {Total: true}} {
		q := hub
		q.Page = page
		measure(name, func(int) error {
			pages, err := store.Edges(ctx, v, []graph.EdgeQuery{q})
			if err == nil {
				err = missing(pages[0][0].Total+len(pages[0][0].Edges) == 0)
			}
			return err
		})
	}
	for _, n := range []int{100, 1000} {
		for name, list := range map[string]struct {
			view   graph.View
			filter graph.EntityFilter
		}{
			"by name":        {v, graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}},
			"by name, dated": {dated, graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}},
			"of all kinds":   {v, graph.EntityFilter{}},
		} {
			measure(fmt.Sprintf("entities %s=%d", name, n), func(int) error {
				page, err := store.ListEntities(ctx, list.view, graph.EntityQuery{Filter: list.filter, Page: graph.Page{First: n}})
				return cmp.Or(err, missing(len(page.Entities) == 0))
			})
		}
		measure(fmt.Sprintf("statements by date=%d", n), func(int) error {
			page, err := store.ListStatements(ctx, v, graph.StatementQuery{Page: graph.Page{First: n}})
			return cmp.Or(err, missing(len(page.Edges) == 0))
		})
	}
	measure("entities filtered by name", func(int) error {
		_, err := store.ListEntities(ctx, v, graph.EntityQuery{
			Filter: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}, Name: &graph.TextFilter{Contains: "ashleton"}}, Page: graph.Page{First: 20, Total: true},
		})
		return err
	})
	for _, q := range []graph.CountQuery{
		{Of: graph.CountEntities, By: graph.CountByKind}, {Of: graph.CountStatements, By: graph.CountByRelation}, {Of: graph.CountStatements, By: graph.CountByObject},
		{Of: graph.CountCitations, By: graph.CountBySource},
	} {
		q.Limit = 10
		measure(fmt.Sprintf("count of %s by %s", strings.ToLower(string(q.Of)), strings.ToLower(string(q.By))), func(int) error {
			counts, err := store.Count(ctx, v, q)
			return cmp.Or(err, missing(counts.Total == 0))
		})
	}
	for _, text := range []string{"northford", "north board", "alderham act", "board"} {
		measure("search "+text, func(int) error {
			_, err := graph.Search(ctx, store, v, text, nil, 20)
			return err
		})
	}
}

// sampled is how many records a benchmark reads in turn: the same number of a large graph as of a small one, so that what a store keeps
// in memory serves both alike.
const sampled = 2000

// sample is the ids of records spread evenly over those that are meant.
func sample[T any](records []T, id func(*T) (string, bool)) (ids []string) {
	for i := range records {
		if id, ok := id(&records[i]); ok {
			ids = append(ids, id)
		}
	}
	step := max(1, len(ids)/sampled)
	out := make([]string, 0, sampled)
	for i := 0; i < len(ids) && len(out) < sampled; i += step {
		out = append(out, ids[i])
	}
	return out
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
