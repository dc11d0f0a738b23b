package neo4jstore

import (
	"errors"
	"slices"
	"testing"

	"github.com/policygraph/policygraph/graph"
)

// TestLargestTexts fills filters with conditions of each sort up to the limit that the graph sets: no query of them has too long a text.
func TestLargestTexts(t *testing.T) {
	one := 1.0
	texts := &graph.TextFilter{Eq: "a", In: []string{"b"}, Contains: "c", StartsWith: "d"}
	text := &graph.TextFilter{Eq: "a"}
	dates := &graph.DateFilter{Before: graph.MustDate("2001"), After: graph.MustDate("2002"), During: graph.MustDate("2003"), Overlaps: graph.MustDate("2004")}
	date := &graph.DateFilter{During: graph.MustDate("2003")}
	type (
		statement = graph.StatementFilter
		entity    = graph.EntityFilter
		related   = graph.RelatedFilter
	)
	qualified := func(v *graph.ValueFilter) statement {
		return statement{Qualifiers: []graph.QualifierFilter{{Name: graph.NameUseQualifier, Value: v}}}
	}
	entities := map[string]entity{
		"ids": {IDs: []string{"org:a"}}, "forms": {Forms: graph.Forms}, "type": {Type: text}, "type by all": {Type: texts}, "name": {Name: text}, "name by all": {Name: texts},
		"identifiers": {Identifiers: []graph.Identifier{{Scheme: "x"}}}, "start": {Start: date}, "start by all": {Start: dates}, "end": {End: date}, "life": {Life: date},
		"existence": {Existences: []graph.Existence{graph.Ended}}, "data sets": {Datasets: []string{"x"}}, "nothing": {},
		"edges":                    {Related: []related{{Quantifier: graph.All, Direction: graph.Out, Relations: []graph.RelationName{"LED"}, Where: statement{Statuses: graph.Statuses}}}},
		"edges in both directions": {Related: []related{{Quantifier: graph.All, Direction: graph.Both, Relations: []graph.RelationName{"LED"}}}},
		"every edge":               {Related: []related{{Quantifier: graph.None, Direction: graph.Both}}},
		"edges, far end":           {Related: []related{{Direction: graph.Out, Relations: []graph.RelationName{"LED"}, Where: statement{Node: &entity{}}}}},
		"edges of edges":           {Related: []related{{Direction: graph.Both, Where: statement{Node: &entity{Related: []related{{Direction: graph.Both, Where: statement{Node: &entity{}}}}}}}}},
	}
	statements := map[string]statement{
		"relations": {Relations: []graph.RelationName{"LED"}}, "holds": {Holds: []graph.Holds{graph.Partly}}, "status": {Statuses: graph.Statuses},
		"certainty": {Certainties: graph.Certainties}, "change events": {ChangeEvents: []string{"x"}}, "data sets": {Datasets: []string{"x"}}, "sources": {Sources: []string{"src:x"}},
		"citations": {MinCitations: 1}, "when": {When: date}, "when by all": {When: dates}, "text": {Value: &graph.ValueFilter{Text: text}}, "text by all": {Value: &graph.ValueFilter{Text: texts}},
		"number": {Value: &graph.ValueFilter{Min: &one}}, "date": {Value: &graph.ValueFilter{Date: date}}, "date by all": {Value: &graph.ValueFilter{Date: dates}},
		"qualifier": qualified(nil), "qualifier by a text": qualified(&graph.ValueFilter{Text: text}), "qualifier by all": qualified(&graph.ValueFilter{Text: texts}),
	}
	for name, e := range entities {
		statements["subject by "+name] = statement{Subject: &e}
	}
	place := &graph.Cursor{Text: "a", ID: "org:a"}
	page := graph.Page{First: 10, Total: true, After: place, Before: place}
	longest := 0
	hold := func(what string, text string) {
		t.Helper()
		longest = max(longest, len(text))
		if len(text) > maxText {
			t.Errorf("%s: the text has %d bytes", what, len(text))
		}
	}
	compiler := func() *compiler {
		return newCompiler(graph.View{Revision: 1, Date: graph.MustDate("2012")}, new(redirects))
	}
	for name, e := range entities {
		full := largest(t, name, e, func(list []entity) graph.EntityQuery {
			return graph.EntityQuery{Filter: entity{Kinds: []graph.Kind{graph.Organisation}, Or: list}, Page: page}
		})
		text, _ := entityListing(compiler(), full)
		hold("entities by "+name, text)
		text, _ = countText(compiler(), graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Entities: full.Filter, Limit: 1})
		hold("counts by "+name, text)
	}
	for name, s := range statements {
		full := largest(t, name, s, func(list []statement) graph.StatementQuery {
			return graph.StatementQuery{Filter: statement{Or: list}, Page: page, Ends: true}
		})
		text, _ := statementListing(compiler(), full)
		hold("statements by "+name, text)
		edges := graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Both, Filter: full.Filter, Page: page, Ends: true, Evidence: true}
		text, _ = planEdges([]graph.EdgeQuery{edges}, new(redirects)).text(compiler())
		hold("edges by "+name, text)
	}
	t.Logf("the longest has %d bytes, of at most %d", longest, maxText)
}

// largest is the query with the most copies of a filter that is within the limits.
func largest[F any, Q interface{ Check() error }](t *testing.T, name string, f F, of func([]F) Q) Q {
	t.Helper()
	for n := 1; ; n++ {
		err := of(slices.Repeat([]F{f}, n+1)).Check()
		if errors.Is(err, graph.ErrLimit) {
			return of(slices.Repeat([]F{f}, n))
		}
		if err != nil || n > graph.MaxFilterNodes {
			t.Fatalf("%s: %d of it: %v", name, n+1, err)
		}
	}
}
