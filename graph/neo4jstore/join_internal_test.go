package neo4jstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

// TestJoin shows that edges with all that follows from them are read level by level when their shape is new, and in one statement when it
// is not, with the same answer.
func TestJoin(t *testing.T) {
	s := opened(t, "neo4j", Options{Records: -1})
	b := graphtest.Generate(1, 2_000)
	v := loaded(t, s, b)
	var ids []string
	for _, e := range b.Entities {
		if e.Kind == graph.Organisation && e.Form == graph.Body {
			ids = append(ids, e.ID)
		}
	}
	level := graph.EdgeQuery{Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Both, Page: graph.Page{First: 3}, Evidence: true}
	query := level
	for range 2 {
		next := level
		next.Then = []graph.EdgeQuery{query}
		query = next
	}
	query.Near = true
	read := func(ids ...string) (pages [][]graph.EdgePage, trips int) {
		t.Helper()
		query.Entities = ids
		s.onRead = func(string, params) { trips++ }
		defer func() { s.onRead = nil }()
		pages, err := s.Edges(t.Context(), v, []graph.EdgeQuery{query})
		if err != nil {
			t.Fatal(err)
		}
		return pages, trips
	}
	if _, err := s.Entities(t.Context(), v, nil); err != nil { // the first read of a revision makes more round trips
		t.Fatal(err)
	}
	apart, trips := read(ids[:20]...)
	if trips != 5 {
		t.Errorf("the first read makes %d round trips; want 3 for the levels, 1 for the evidence, 1 for the entities", trips)
	}
	together, trips := read(ids[:20]...)
	if trips != 1 {
		t.Errorf("the second read makes %d round trips, want 1", trips)
	}
	if diff := cmp.Diff(apart, together, cmp.Comparer(func(a, b graph.Date) bool { return a == b })); diff != "" {
		t.Errorf("read in two ways (-apart +together):\n%.4000s", diff)
	}
	deepest := 0
	for _, page := range together[0] {
		for _, e := range page.Edges {
			for _, e := range e.Then[0].Edges {
				deepest += len(e.Then[0].Edges)
			}
		}
	}
	if deepest == 0 {
		t.Error("nothing is three levels deep")
	}
	if _, trips := read(ids[20:40]...); trips != 1 {
		t.Errorf("a read of the same shape and other entities makes %d round trips, want 1", trips)
	}
}
