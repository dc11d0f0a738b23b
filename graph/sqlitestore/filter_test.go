package sqlitestore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/policygraph/policygraph/graph"
)

// compiledCase is the query in a golden file: one of the fields but Date is set.
type compiledCase struct {
	Date         graph.Date
	Edges        *graph.EdgeQuery // from the subject, or the source with CitedAs; from the object with Direction IN
	Entities     *graph.EntityQuery
	Named        []int64 // rows of entities with the letters of the filter
	Statements   *graph.StatementQuery
	ChangeEvents *graph.ChangeEventQuery
	Conflicts    *graph.ConflictQuery
	Count        *graph.CountQuery
}

// compile is the texts and parameters for the query, by name.
func (c compiledCase) compile(t *testing.T) (texts []named, args []any) {
	v := graph.View{Revision: 7, Date: c.Date}
	ofList := func(l listing) ([]named, []any) {
		return []named{{"page", l.page.text(l.order, false)}, {"total", l.total()}}, l.args
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case c.Edges != nil:
		check(c.Edges.Check())
		from := subjectSide
		if len(c.Edges.CitedAs) > 0 {
			from = sourceSide
		} else if c.Edges.Direction == graph.In {
			from = objectSide
		}
		q := compile(*c.Edges, v).sides[from]
		return []named{{"page", q.page.text(c.Edges.Order, false)}, {"total", q.total()}}, q.args
	case c.Entities != nil:
		check(c.Entities.Check())
		return ofList(entityListing(v, *c.Entities, c.Named))
	case c.Statements != nil:
		check(c.Statements.Check())
		return ofList(statementListing(v, *c.Statements))
	case c.ChangeEvents != nil:
		check(c.ChangeEvents.Check())
		return ofList(changeEventListing(v, *c.ChangeEvents))
	case c.Conflicts != nil:
		check(c.Conflicts.Check())
		return ofList(conflictListing(v, *c.Conflicts))
	}
	check(c.Count.Check())
	text, args := countQuery(v, *c.Count, c.Named)
	return []named{{"count", text}}, args
}

type named struct{ name, text string }

// TestCompile holds to golden files what queries are compiled to: text, parameters and SQLite's plan, in which no page scans a table. The
// query is read from the file,
// as JSON; -update writes the rest anew.
func TestCompile(t *testing.T) {
	s := opened(t)
	files, err := filepath.Glob("testdata/compile/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c compiledCase
			decoder := json.NewDecoder(bytes.NewReader(golden.Files[0].Data))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&c); err != nil {
				t.Fatal(err)
			}
			texts, args := c.compile(t)
			got := &txtar.Archive{Comment: golden.Comment, Files: golden.Files[:1]}
			add := func(name, text string) {
				got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(strings.TrimSuffix(text, "\n") + "\n")})
			}
			for _, text := range texts {
				add(text.name+".sql", strings.ReplaceAll(unindent(text.text), " AND ", "\n\t\tAND "))
			}
			var params strings.Builder
			for i, arg := range args {
				if arg != nil { // those of the page are filled in by its reader
					fmt.Fprintf(&params, "?%d %T %v\n", i+1, arg, arg)
				}
			}
			add("params", params.String())
			for _, text := range texts {
				plan := plan(t, s.write, text.text)
				add(text.name+".plan", plan)
				if text.name == "page" && scansTable.MatchString(plan) {
					t.Errorf("a page scans a table:\n%s", plan)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(txtar.Format(got))); diff != "" {
				t.Errorf("compiled (-want +got); -update writes it anew:\n%s", diff)
			}
		})
	}
}

// opened is an empty store.
func opened(t *testing.T) *Store {
	t.Helper()
	return openedAt(t, t.TempDir(), Options{})
}

// openedAt is the store in a directory.
func openedAt(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestUserTextIsParameter compiles filters in which every text is the same odd one: no query has it in its text.
func TestUserTextIsParameter(t *testing.T) {
	const odd = "x'); DROP TABLE entity; --"
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
	v := graph.View{Revision: 1, Date: graph.MustDate("2012")}
	lists := statement
	lists.Node = nil
	var all []string
	for _, q := range []graph.EdgeQuery{
		{CitedAs: []graph.Role{odd, odd}, Relations: []graph.RelationName{odd}, Filter: statement},
		{Relations: []graph.RelationName{odd}, Filter: statement, Direction: graph.Both},
	} {
		for _, side := range compile(q, v).sides {
			if side.page != nil {
				all = append(all, side.page(" ASC"), side.page(" DESC"), side.total())
			}
		}
	}
	for _, l := range []listing{
		entityListing(v, graph.EntityQuery{Filter: entity}, nil), statementListing(v, graph.StatementQuery{Filter: lists}),
		changeEventListing(v, graph.ChangeEventQuery{Kinds: []graph.ChangeKind{odd}, Entities: []string{odd}, Under: []string{odd}, Statuses: []graph.Status{odd}, Ranks: []graph.Rank{odd}}),
		conflictListing(v, graph.ConflictQuery{Kinds: []graph.ConflictKind{odd}, Entities: []string{odd}}),
	} {
		all = append(all, l.page(" ASC"), l.page(" DESC"), l.total())
	}
	s := opened(t)
	for _, text := range all {
		if strings.Contains(strings.ToLower(text), "drop") || strings.Contains(text, graph.Fold(odd)) {
			t.Errorf("the text is in\n%s", text)
		}
		plan(t, s.write, text) // is SQL
	}
}

// TestLargestFilter compiles and runs a filter as large as the contract allows.
func TestLargestFilter(t *testing.T) {
	s := opened(t)
	b := sources(1, 1)
	b.Entities[0].Life = graph.Timeless
	l, err := begun(s, t, b)
	if err != nil {
		t.Fatal(err)
	}
	head, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Three hops over edges in both directions take 40 conditions of 60; the innermost filter has the others, and most of the filters.
	texts := &graph.TextFilter{Eq: "a", In: []string{"b"}, Contains: "c", StartsWith: "d"}
	where := graph.StatementFilter{
		Relations: []graph.RelationName{graph.InstanceOf}, Holds: []graph.Holds{graph.Partly}, Statuses: graph.Statuses, Ranks: graph.Ranks, Certainties: graph.Certainties,
		Datasets: []string{"x"}, Sources: []string{"x"}, When: &graph.DateFilter{Before: graph.MustDate("2004"), After: graph.MustDate("2003")}, ChangeEvents: []string{"x"},
		Value: &graph.ValueFilter{Text: texts}, Qualifiers: []graph.QualifierFilter{{Name: graph.NameUseQualifier, Value: &graph.ValueFilter{Text: texts}}},
	}
	const levels = graph.MaxFilterDepth - 1 // above those of And
	for range graph.MaxFilterNodes - levels {
		where.And = append(where.And, graph.StatementFilter{})
	}
	var f graph.EntityFilter
	for range levels / 2 {
		f = graph.EntityFilter{Related: []graph.RelatedFilter{{Quantifier: graph.All, Direction: graph.Both, Where: where}}}
		node := f
		where = graph.StatementFilter{Node: &node}
	}
	f.Related[0].Quantifier = graph.Some
	inner := f
	f = graph.EntityFilter{Not: &inner}
	v := graph.View{Revision: head.Number, Date: graph.MustDate("2012")}
	page, err := s.ListEntities(t.Context(), v, graph.EntityQuery{Filter: f, Page: graph.Page{First: 10, Total: true}})
	if err != nil || page.Total != 1 {
		t.Errorf("%+v, %v", page.PageInfo, err)
	}
	for name, larger := range map[string]graph.EntityFilter{"depth": {Not: &f}, "number": {Not: f.Not, And: []graph.EntityFilter{{}}}, "conditions": {Not: f.Not, Forms: graph.Forms}} {
		if _, err := s.ListEntities(t.Context(), v, graph.EntityQuery{Filter: larger, Page: graph.Page{First: 1}}); !errors.Is(err, graph.ErrLimit) {
			t.Errorf("the filter is not the largest by %s: %v", name, err)
		}
	}
}
