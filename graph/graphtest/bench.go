package graphtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Bench measures the reads that an API makes most, on a generated graph of about so many statements. Each read is of other entities
// than the one before. Open gives an empty store and closes it by b.Cleanup.
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
	var bodies []string
	for i := range batch.Entities {
		if batch.Entities[i].Kind == graph.Organisation {
			bodies = append(bodies, batch.Entities[i].ID)
		}
	}
	// window is n bodies, others each time.
	window := func(i, n int) []string {
		at := i * n % (len(bodies) - n)
		return bodies[at : at+n]
	}
	edges := func(b *testing.B, v graph.View, q graph.EdgeQuery) []graph.EdgePage {
		pages, err := store.Edges(ctx, v, []graph.EdgeQuery{q})
		if err != nil {
			b.Fatal(err)
		}
		return pages[0]
	}
	measure := func(name string, read func(b *testing.B, i int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				read(b, i)
				i++
			}
		})
	}
	parts := graph.EdgeQuery{Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: graph.Page{First: 20}}
	for _, n := range []int{1, 100, 1000} {
		measure(fmt.Sprintf("entities=%d", n), func(b *testing.B, i int) {
			if found, err := store.Entities(ctx, v, window(i, min(n, len(bodies)/2))); err != nil || found[0] == nil {
				b.Fatal(found, err)
			}
		})
	}
	for name, v := range map[string]graph.View{"whole": v, "dated": dated} {
		measure("edges of 50/"+name, func(b *testing.B, i int) {
			q := parts
			q.Entities = window(i, 50)
			edges(b, v, q)
		})
	}
	measure("all edges of 50", func(b *testing.B, i int) {
		edges(b, v, graph.EdgeQuery{Entities: window(i, 50), Direction: graph.Both, Page: graph.Page{First: 20}})
	})
	measure("page of a hub", func(b *testing.B, _ int) {
		if p := edges(b, v, graph.EdgeQuery{Entities: []string{"org:class-000000"}, Relations: []graph.RelationName{graph.InstanceOf}, Direction: graph.In, Page: graph.Page{First: 20}}); len(p[0].Edges) == 0 {
			b.Fatal("no edges")
		}
	})
	measure("total of a hub", func(b *testing.B, _ int) {
		edges(b, v, graph.EdgeQuery{Entities: []string{"org:class-000000"}, Relations: []graph.RelationName{graph.InstanceOf}, Direction: graph.In, Page: graph.Page{Total: true}})
	})
	measure("edges of 50 with evidence", func(b *testing.B, i int) {
		q := parts
		q.Entities = window(i, 50)
		var statements []string
		for _, p := range edges(b, v, q) {
			for _, e := range p.Edges {
				statements = append(statements, e.Statement.ID)
			}
		}
		if _, err := store.Evidence(ctx, v, statements); err != nil {
			b.Fatal(err)
		}
	})
	measure("evidence of 500", func(b *testing.B, i int) {
		ids := make([]string, 0, 500)
		for j := range min(500, len(batch.Statements)) {
			ids = append(ids, batch.Statements[(i*500+j)%len(batch.Statements)].ID)
		}
		if _, err := store.Evidence(ctx, v, ids); err != nil {
			b.Fatal(err)
		}
	})
	for _, text := range []string{"northford", "north board", "alderham act", "board"} {
		measure("search "+text, func(b *testing.B, _ int) {
			if _, err := graph.Search(ctx, store, v, text, nil, 20); err != nil {
				b.Fatal(err)
			}
		})
	}
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
