package neo4jstore

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/policygraph/policygraph/graph"
)

var update = flag.Bool("update", false, "write the golden files anew")

// compiledCase is the query in a golden file: one of the fields but Date is set.
type compiledCase struct {
	Date         graph.Date
	Edges        []graph.EdgeQuery
	Entities     *graph.EntityQuery
	Statements   *graph.StatementQuery
	ChangeEvents *graph.ChangeEventQuery
	Conflicts    *graph.ConflictQuery
	Count        *graph.CountQuery
}

// compile is the text and the parameters for the query, under revision 7, where org:old redirects to org:a.
func (c compiledCase) compile(t testing.TB) (string, params) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	redirects := &redirects{to: map[string]string{"org:old": "org:a"}}
	compiler := newCompiler(graph.View{Revision: 7, Date: c.Date}, redirects)
	switch {
	case c.Edges != nil:
		for i := range c.Edges {
			check(c.Edges[i].Check())
		}
		return planEdges(c.Edges, redirects).text(compiler)
	case c.Entities != nil:
		check(c.Entities.Check())
		return entityListing(compiler, *c.Entities)
	case c.Statements != nil:
		check(c.Statements.Check())
		return statementListing(compiler, *c.Statements)
	case c.ChangeEvents != nil:
		check(c.ChangeEvents.Check())
		return changeEventListing(compiler, *c.ChangeEvents)
	case c.Conflicts != nil:
		check(c.Conflicts.Check())
		return conflictListing(compiler, *c.Conflicts)
	}
	check(c.Count.Check())
	return countText(compiler, *c.Count)
}

// compiledCases are the queries in the golden files.
func compiledCases(t testing.TB) map[string]compiledCase {
	t.Helper()
	files, err := filepath.Glob("testdata/compile/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	cases := make(map[string]compiledCase)
	for _, file := range files {
		golden, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c compiledCase
		decoder := json.NewDecoder(bytes.NewReader(golden.Files[0].Data))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		cases[strings.TrimSuffix(filepath.Base(file), ".txtar")] = c
	}
	return cases
}

// TestCompile holds to golden files what queries are compiled to: text and parameters. The query is read from the file, as JSON; -update
// writes the rest anew.
func TestCompile(t *testing.T) {
	for name, c := range compiledCases(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "compile", name+".txtar")
			golden, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, p := c.compile(t)
			var list strings.Builder
			for _, name := range slices.Sorted(maps.Keys(p)) {
				value, err := json.Marshal(p[name])
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&list, "%s %s\n", name, strings.ReplaceAll(string(value), aboveAll, `\uffff`))
			}
			got := txtar.Format(&txtar.Archive{Comment: golden.Comment, Files: []txtar.File{
				golden.Files[0], {Name: "query.cypher", Data: []byte(indented(text))}, {Name: "params", Data: []byte(list.String())},
			}})
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("compiled (-want +got); -update writes it anew:\n%s", diff)
			}
		})
	}
}

// indented is a text whose lines stand further in by the brackets around them.
func indented(text string) string {
	var b strings.Builder
	depth := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "}") {
			depth--
		}
		also := 0
		if strings.HasPrefix(line, "AND ") {
			also = 1
		}
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth+also), line)
		if strings.HasPrefix(line, "}") {
			depth++
		}
		depth += strings.Count(line, "{") - strings.Count(line, "}")
	}
	return b.String()
}

// TestTextIsOfShape compiles queries that differ in values alone: the text is the same, so that the server plans it once.
func TestTextIsOfShape(t *testing.T) {
	compile := func(date, word string, ids ...string) string {
		entity := graph.EntityFilter{IDs: ids, Name: &graph.TextFilter{Contains: word}, Start: &graph.DateFilter{Before: graph.MustDate(date)}}
		text, _ := compiledCase{Date: graph.MustDate(date), Edges: []graph.EdgeQuery{{
			Entities: ids, Relations: []graph.RelationName{graph.Replaced}, Direction: graph.Out, Page: graph.Page{First: len(ids)},
			Filter: graph.StatementFilter{Node: &entity, MinCitations: len(ids), Subject: &entity},
		}}}.compile(t)
		return text
	}
	if diff := cmp.Diff(compile("2012", "a", "org:a"), compile("2013-04", "board", "org:b", "org:c")); diff != "" {
		t.Errorf("two texts:\n%s", diff)
	}
}

// TestUserTextIsParameter compiles filters in which every text is the same odd one: no query has it in its text.
func TestUserTextIsParameter(t *testing.T) {
	const odd = "x'}) DETACH DELETE n //"
	texts := &graph.TextFilter{Eq: odd, In: []string{odd}, Contains: odd, StartsWith: odd}
	entity := graph.EntityFilter{
		IDs: []string{odd}, Kinds: []graph.Kind{odd}, Forms: []graph.Form{odd}, Type: texts, Name: texts,
		Identifiers: []graph.Identifier{{Scheme: odd, Value: odd}}, Existences: []graph.Existence{odd}, Datasets: []string{odd},
	}
	statement := graph.StatementFilter{
		Relations: []graph.RelationName{odd}, Properties: []graph.PropertyName{odd}, Holds: []graph.Holds{odd}, Statuses: []graph.Status{odd}, Ranks: []graph.Rank{odd},
		Certainties: []graph.Certainty{odd}, Datasets: []string{odd}, Sources: []string{odd}, ChangeEvents: []string{odd},
		Qualifiers: []graph.QualifierFilter{{Name: odd, Value: &graph.ValueFilter{Text: texts}}}, Value: &graph.ValueFilter{Text: texts},
		Subject: &entity, Object: &entity, Node: &entity,
	}
	entity.Related = []graph.RelatedFilter{{Relations: []graph.RelationName{odd}, Properties: []graph.PropertyName{odd}, Direction: graph.Both, Where: graph.StatementFilter{Statuses: []graph.Status{odd}}}}
	cursor, page := &graph.Cursor{Text: odd, ID: odd}, graph.Page{First: 1, Total: true}
	page.After, page.Before = cursor, cursor
	v, r := graph.View{Revision: 1, Date: graph.MustDate("2012")}, new(redirects)
	lists := statement
	lists.Node = nil
	var all []string
	add := func(text string, _ params) { all = append(all, text) }
	add(planEdges([]graph.EdgeQuery{
		{Entities: []string{odd}, CitedAs: []graph.Role{odd, odd}, Relations: []graph.RelationName{odd}, Filter: statement, Page: page},
		{Entities: []string{odd}, Relations: []graph.RelationName{odd}, Filter: statement, Direction: graph.Both, Page: page},
	}, r).text(newCompiler(v, r)))
	for _, by := range graph.EntityOrders {
		add(entityListing(newCompiler(v, r), graph.EntityQuery{Filter: entity, Order: graph.Order{By: by}, Page: page}))
		add(entityListing(newCompiler(v, r), graph.EntityQuery{Filter: graph.EntityFilter{Kinds: []graph.Kind{odd}}, Order: graph.Order{By: by}, Page: page}))
	}
	for _, by := range graph.StatementOrders {
		add(statementListing(newCompiler(v, r), graph.StatementQuery{Filter: lists, Order: graph.Order{By: by}, Page: page}))
	}
	add(changeEventListing(newCompiler(v, r), graph.ChangeEventQuery{
		Kinds: []graph.ChangeKind{odd}, Entities: []string{odd}, Under: []string{odd}, Statuses: []graph.Status{odd}, Ranks: []graph.Rank{odd},
		Order: graph.Order{By: graph.ByDate}, Page: page,
	}))
	add(conflictListing(newCompiler(v, r), graph.ConflictQuery{Kinds: []graph.ConflictKind{odd}, Entities: []string{odd}, Page: page}))
	for of, groups := range graph.CountsBy {
		for _, by := range groups {
			add(countText(newCompiler(v, r), graph.CountQuery{Of: of, By: by, Entities: entity, Statements: lists, Limit: 1}))
		}
	}
	for _, text := range all {
		if strings.Contains(strings.ToLower(text), "delete") || strings.Contains(text, graph.Fold(odd)) {
			t.Errorf("the text is in\n%s", text)
		}
	}
}
