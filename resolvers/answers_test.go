package resolvers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/resolvers"
)

const answerMark = "\n-- answer --\n"

// testAnswers holds the answers to the operations of testdata/answers, planned and not: a plan only makes an answer faster.
func testAnswers(t *testing.T, s stores) {
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no operations in testdata/answers: %v", err)
	}
	c, unplanned := newClient(t, s, options(t)), newClient(t, s, resolvers.Unplanned(options(t)))
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			query, want, _ := strings.Cut(string(text), answerMark)
			got := ask(t, c, query, nil)
			if *update {
				if err := os.WriteFile(file, []byte(strings.TrimSpace(query)+"\n"+answerMark[1:]+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, ask(t, unplanned, query, nil)); diff != "" {
				t.Errorf("answer where every field reads for itself (-want +got):\n%s", diff)
			}
		})
	}
}

// testSameObject fetches dated ids again by node.
func testSameObject(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	type object struct{ ID, Key, Name, Existence string }
	type dated struct {
		Then, Now struct{ Organisation object }
	}
	got := data[dated](t, c, `{
		then: at(date: "2008") { organisation(id: "org:district-boards") { ...F } }
		now: at(date: "2014-04") { organisation(id: "org:district-boards") { ...F } }
	} fragment F on Entity { id key name existence }`)
	if got.Then.Organisation.ID != "org:district-boards@2008" || got.Now.Organisation.ID != "org:district-boards@2014-04" {
		t.Fatalf("ids %s and %s do not carry their dates", got.Then.Organisation.ID, got.Now.Organisation.ID)
	}
	for _, want := range []object{got.Then.Organisation, got.Now.Organisation} {
		again := data[struct{ Node object }](t, c, `{ node(id: "`+want.ID+`") { ... on Entity { id key name existence } } }`)
		if diff := cmp.Diff(want, again.Node); diff != "" {
			t.Errorf("node (-at +node):\n%s", diff)
		}
	}
	nodes := data[struct{ Nodes []*object }](t, c, `{ nodes(ids: ["`+got.Now.Organisation.ID+`", "org:nowhere", "`+got.Then.Organisation.ID+`"]) { ... on Entity { id key name existence } } }`)
	if diff := cmp.Diff([]*object{&got.Now.Organisation, nil, &got.Then.Organisation}, nodes.Nodes); diff != "" {
		t.Errorf("nodes (-at +nodes):\n%s", diff)
	}
}

// testPaging walks a list by pages, both ways.
func testPaging(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	type connection struct {
		Edges []struct {
			Cursor string
			Node   struct{ Key string }
		}
		PageInfo struct {
			HasNextPage, HasPreviousPage bool
			StartCursor, EndCursor       *string
		}
		TotalCount int
	}
	page := func(args string) connection {
		t.Helper()
		return data[struct{ Organisation struct{ Parts connection } }](t, c, `{ organisation(id: "org:council") { parts(`+args+`) {
			edges { cursor node { key } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }`).Organisation.Parts
	}
	keys := func(c connection) (keys []string) {
		for _, e := range c.Edges {
			keys = append(keys, e.Node.Key)
		}
		return keys
	}
	all := page("first: 200")
	if len(all.Edges) != 12 || all.PageInfo.HasNextPage || all.PageInfo.HasPreviousPage {
		t.Fatalf("the whole list has %d edges and pageInfo %+v", len(all.Edges), all.PageInfo)
	}
	var forward, backward []string
	for next := page("first: 5"); ; next = page(`first: 5, after: "` + *next.PageInfo.EndCursor + `"`) {
		forward = append(forward, keys(next)...)
		if next.TotalCount != 12 {
			t.Errorf("totalCount is %d; want 12", next.TotalCount)
		}
		if !next.PageInfo.HasNextPage {
			break
		}
	}
	for before := page("last: 5"); ; before = page(`last: 5, before: "` + *before.PageInfo.StartCursor + `"`) {
		backward = append(keys(before), backward...)
		if !before.PageInfo.HasPreviousPage {
			break
		}
	}
	if diff := cmp.Diff(keys(all), forward); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(keys(all), backward); diff != "" {
		t.Errorf("backward (-want +got):\n%s", diff)
	}
	if none := page("first: 0"); len(none.Edges) != 0 || !none.PageInfo.HasNextPage || none.PageInfo.EndCursor != nil || none.TotalCount != 12 {
		t.Errorf("first: 0 gives %+v; want no edge, a next page and the total", none)
	}
}
