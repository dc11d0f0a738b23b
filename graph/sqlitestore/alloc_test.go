package sqlitestore

import (
	"cmp"
	"context"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

// TestAllocations bounds what a read of records that the caches hold allocates for each row, half as much again as it does.
func TestAllocations(t *testing.T) {
	s := opened(t)
	batch := graphtest.Generate(1, 3000)
	l, err := begun(s, t, batch)
	if err != nil {
		t.Fatal(err)
	}
	head, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := graph.View{Revision: head.Number}
	var bodies, statements []string
	for i := range 500 {
		bodies, statements = append(bodies, batch.Entities[i].ID), append(statements, batch.Statements[i].ID)
	}
	page := graph.Page{First: 500}
	partOf := []graph.RelationName{"PART_OF", graph.Replaced}
	var fifty []string
	for i := range batch.Entities {
		if id := batch.Entities[i].ID; len(fifty) < 50 && strings.HasPrefix(id, "org:body-") {
			fifty = append(fifty, id)
		}
	}
	for _, test := range []struct {
		name string
		most float64 // for each row
		read func() (rows int, err error)
	}{
		{"entities by id", 6, func() (int, error) {
			found, err := s.Entities(t.Context(), v, bodies)
			return len(found), err
		}},
		{"list of entities", 8, func() (int, error) {
			page, err := s.ListEntities(t.Context(), v, graph.EntityQuery{Page: page})
			return len(page.Entities), err
		}},
		{"list of statements", 9, func() (int, error) {
			page, err := s.ListStatements(t.Context(), v, graph.StatementQuery{Page: page})
			return len(page.Edges), err
		}},
		{"edges", 12, func() (rows int, err error) {
			pages, err := s.Edges(t.Context(), v, []graph.EdgeQuery{{Entities: []string{"org:class-000000"}, Direction: graph.In, Page: page}})
			if err == nil {
				rows = len(pages[0][0].Edges)
			}
			return rows, err
		}},
		{"list of 100 entities", 9, func() (int, error) {
			page, err := s.ListEntities(t.Context(), v, graph.EntityQuery{Page: graph.Page{First: 100}})
			return len(page.Entities), err
		}},
		{"list of 1,000 entities", 8, func() (int, error) {
			page, err := s.ListEntities(t.Context(), v, graph.EntityQuery{Page: graph.Page{First: 1000}})
			return len(page.Entities), err
		}},
		{"list of 1,000 statements", 9, func() (int, error) {
			page, err := s.ListStatements(t.Context(), v, graph.StatementQuery{Page: graph.Page{First: 1000}})
			return len(page.Edges), err
		}},
		{"one hop of 50 with evidence", 60, func() (int, error) {
			return walk(t.Context(), s, v, graph.EdgeQuery{Entities: fifty, Direction: graph.Both, Page: graph.Page{First: 20}}, 1)
		}},
		{"three levels with evidence", 60, func() (int, error) {
			return walk(t.Context(), s, v, graph.EdgeQuery{Entities: fifty, Relations: partOf, Direction: graph.Both, Page: graph.Page{First: 5}}, 3)
		}},
		{"search", 60, func() (int, error) {
			found, _, err := s.Candidates(t.Context(), v, graph.SearchQuery{Tokens: []string{"board", "n"}, Limit: 200})
			return len(found), err
		}},
		{"evidence", 8, func() (int, error) {
			found, err := s.Evidence(t.Context(), v, statements)
			return len(found), err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := 0
			all := testing.AllocsPerRun(5, func() {
				if rows, err = test.read(); err != nil {
					t.Fatal(err)
				}
			})
			if rows < 50 {
				t.Fatalf("%d rows are too few to tell", rows)
			}
			if each := all / float64(rows); each > test.most {
				t.Errorf("%.1f allocations a row, at most %.1f", each, test.most)
			} else {
				t.Logf("%.1f allocations a row", each)
			}
		})
	}
}

// walk reads edges level by level, then the evidence of all of them.
func walk(ctx context.Context, s *Store, v graph.View, q graph.EdgeQuery, levels int) (rows int, err error) {
	var cited []string
	for range levels {
		pages, err := s.Edges(ctx, v, []graph.EdgeQuery{q})
		if err != nil {
			return 0, err
		}
		q.Entities = nil
		for _, page := range pages[0] {
			for _, e := range page.Edges {
				cited, q.Entities = append(cited, e.Statement.ID), append(q.Entities, cmp.Or(e.Statement.Object, e.Statement.Subject))
			}
		}
	}
	_, err = s.Evidence(ctx, v, cited)
	return len(cited), err
}
