// Package questionstest asks the questions of seed/questions over a store that holds the curated records, as a reader would: by the API
// alone. The README of that folder says how a question is written.
package questionstest

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/seed"
)

// Run loads the records of a seed folder into stores and asks every question of a folder, a sub-test each. All stores have to answer the
// same bytes. Each function gives a fresh, empty store, which it closes by t.Cleanup. It is called once.
func Run(t *testing.T, records, questions fs.FS, open ...func(t *testing.T) graph.Store) {
	t.Helper()
	document, faults := seed.Read(records)
	if len(faults) > 0 {
		t.Fatalf("the records have %d faults, the first: %v", len(faults), faults[0])
	}
	var clients []*resolvers.Client
	for _, open := range open {
		store := open(t)
		if _, err := seed.Load(t.Context(), store, document, seed.Options{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, resolvers.NewClient(store, resolvers.Options{}))
	}
	for name, text := range files(t, questions) {
		t.Run(strings.TrimSuffix(name, extension), func(t *testing.T) {
			q, err := parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(name, q.Group[:3]+"-") {
				t.Errorf("a question on %s is a file %s-….%s", q.Group, q.Group[:3], extension[1:])
			}
			for _, id := range q.ids() {
				if !slices.ContainsFunc(document.Batch.Entities, func(e graph.Entity) bool { return e.ID == id }) {
					t.Errorf("the answer names %s, which is not in the graph", id)
				}
			}
			answer, err := ask(t, clients, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range q.check(answer) {
				t.Error(fault)
			}
		})
	}
}

const extension = ".txtar"

// files are the questions of a folder, by the names of their files.
func files(t *testing.T, questions fs.FS) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(questions, "*"+extension)
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no questions: %d, %v", len(names), err)
	}
	texts := make(map[string][]byte)
	for _, name := range names {
		if texts[name], err = fs.ReadFile(questions, name); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// ask runs the operations of a question and joins what they answer: the fields of all of them stand side by side.
func ask(t *testing.T, clients []*resolvers.Client, q question) (map[string]any, error) {
	t.Helper()
	joined := make(map[string]any)
	for _, o := range q.operations {
		operation := graphql.RawParams{Query: o.query, Variables: o.variables}
		answer := clients[0].Do(t.Context(), operation)
		for _, other := range clients[1:] {
			if diff := cmp.Diff(text(answer), text(other.Do(t.Context(), operation))); diff != "" {
				t.Errorf("%s is answered (-first +other store):\n%s", o.name, diff)
			}
		}
		if len(answer.Errors) > 0 {
			return nil, faultf("%s is refused: %v", o.name, answer.Errors)
		}
		var data map[string]any
		decoder := json.NewDecoder(bytes.NewReader(answer.Data))
		decoder.UseNumber()
		if err := decoder.Decode(&data); err != nil {
			return nil, err
		}
		for field, value := range data {
			if _, twice := joined[field]; twice {
				return nil, faultf("two operations answer %q: give one of them an alias", field)
			}
			joined[field] = value
		}
	}
	return joined, nil
}

// text is an answer as clients read it, with line breaks.
func text(answer *graphql.Response) string {
	b, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// base is the name of an operation's file without what follows the point.
func base(file string) string { return strings.TrimSuffix(file, path.Ext(file)) }
