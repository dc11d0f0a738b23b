package sqlitestore

import (
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
