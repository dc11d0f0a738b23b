package resolvers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/resolvers"
)

// testListPaging walks root lists by pages, both ways, in every order that they have.
func testListPaging(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	type connection struct {
		Edges    []struct{ Node struct{ ID string } }
		PageInfo struct {
			HasNextPage, HasPreviousPage bool
			StartCursor, EndCursor       *string
		}
		TotalCount int
	}
	lists := map[string][]string{
		"entities":      {"", "NAME", "DATE", "END", "ID"},
		"organisations": {"", "NAME"},
		"statements":    {"", "DATE", "END", "ID"},
		"changeEvents":  {"", "DATE", "ID"},
		"conflicts":     {""},
	}
	for field, orders := range lists {
		for _, by := range orders {
			for _, way := range []string{"ASC", "DESC"} {
				for _, view := range []string{"", `date: "2013-04"`} {
					if by == "" && way == "DESC" {
						continue
					}
					if len(s) > 1 && (way == "DESC") != (view != "") { // graphtest walks all of them over each store
						continue
					}
					t.Run(fmt.Sprintf("%s by %s %s under %s", field, by, way, view), func(t *testing.T) {
						page := func(args string) connection {
							t.Helper()
							if by != "" {
								args += fmt.Sprintf(", orderBy: {field: %s, direction: %s}", by, way)
							}
							list := fmt.Sprintf("list: %s(%s) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }", field, args)
							if view == "" {
								return data[struct{ List connection }](t, c, "{ "+list+" }").List
							}
							return data[struct{ At struct{ List connection } }](t, c, "{ at("+view+") { "+list+" } }").At.List
						}
						ids := func(c connection) (ids []string) {
							for _, e := range c.Edges {
								ids = append(ids, e.Node.ID)
							}
							return ids
						}
						all := page("first: 200")
						want := ids(all)
						if len(want) == 0 || len(want) != all.TotalCount || all.PageInfo.HasNextPage || all.PageInfo.HasPreviousPage {
							t.Fatalf("the whole list has %d elements, a total of %d and pageInfo %+v", len(want), all.TotalCount, all.PageInfo)
						}
						var forward, backward []string
						for next := page("first: 7"); ; next = page(`first: 7, after: "` + *next.PageInfo.EndCursor + `"`) {
							forward = append(forward, ids(next)...)
							if !next.PageInfo.HasNextPage {
								break
							}
						}
						for before := page("last: 7"); ; before = page(`last: 7, before: "` + *before.PageInfo.StartCursor + `"`) {
							backward = append(ids(before), backward...)
							if !before.PageInfo.HasPreviousPage {
								break
							}
						}
						if diff := cmp.Diff(want, forward); diff != "" {
							t.Errorf("forward (-want +got):\n%s", diff)
						}
						if diff := cmp.Diff(want, backward); diff != "" {
							t.Errorf("backward (-want +got):\n%s", diff)
						}
					})
				}
			}
		}
	}
}

// FuzzFilters gives filters as variables: each is answered or refused, and none is a fault.
func FuzzFilters(f *testing.F) {
	for _, text := range []string{
		`{"name": {"contains": "king"}, "or": [{"form": "CLASS"}, {"start": {"before": "2013"}}]}`,
		`{"replacedBy": {"none": {}}, "parts": {"all": {"when": {"overlaps": "1999-04"}, "node": {"kinds": ["ORGANISATION"]}}}}`,
		`{"related": {"properties": ["COUNT"], "some": {"value": {"min": 1e2, "max": 1000}, "minCitations": 1}}}`,
		`{"not": {"not": {"identifiers": [{"scheme": "ods"}]}}, "existence": ["EXISTS"], "datasets": ["curated"]}`,
		`{"holders": {"some": {"holds": ["PARTLY"], "qualifiers": {"name": "SHARE", "value": {"min": 0.5}}}}}`,
		`{"ids": ["org:boards", "@", ""], "type": {"in": []}}`, `{"and": null}`, `null`, `{"subject": 1}`,
	} {
		f.Add(text)
	}
	c := newClient(f, fixtureStores(f, sqlite), options(f))
	f.Fuzz(func(t *testing.T, text string) {
		var filter any
		read := json.NewDecoder(strings.NewReader(text)) // as transports read it
		read.UseNumber()
		if read.Decode(&filter) != nil {
			t.Skip("not JSON")
		}
		for _, query := range []string{
			`query($w: EntityFilter) { entities(where: $w) { totalCount edges { node { id } } } }`,
			`query($w: EntityFilter) { at(date: "2012") { organisations(where: $w, orderBy: {field: END}, first: 3) { edges { node { id } } } } }`,
			`query($w: EntityFilter) { statements(where: {subject: $w, or: [{object: $w}, {not: {object: $w}}]}) { totalCount } }`,
		} {
			answer := c.Do(t.Context(), graphql.RawParams{Query: query, Variables: map[string]any{"w": filter}})
			for _, e := range answer.Errors {
				allowed := []string{resolvers.CodeBadUserInput, resolvers.CodeValidationFailed, resolvers.CodeLimitExceeded}
				if code, _ := e.Extensions["code"].(string); !slices.Contains(allowed, code) {
					t.Errorf("%s with %s: %v", query, text, e)
				}
			}
		}
	})
}
