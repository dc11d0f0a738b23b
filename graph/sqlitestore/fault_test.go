package sqlitestore

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

// sources are n sources whose summaries are of a size.
func sources(n, size int) graph.Batch {
	var b graph.Batch
	for i := range n {
		b.Entities = append(b.Entities, graph.Entity{ID: fmt.Sprintf("src:text-%04d", i), Kind: graph.Source, Summary: strings.Repeat("x", size)})
	}
	return b
}

func begun(s *Store, t *testing.T, b graph.Batch) (graph.Load, error) {
	t.Helper()
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return l, l.Put(t.Context(), b)
}

// sqlText matches what no message may show.
var sqlText = regexp.MustCompile(`(?i)select|insert|update |pragma|sqlite|graph\.db|constraint|entity_|\bnode\b`)

func checkFault(t *testing.T, err error, want string) {
	t.Helper()
	if !errors.Is(err, graph.ErrUnavailable) || err.Error() != want {
		t.Errorf("want the ErrUnavailable %q, got %v", want, err)
	}
	if sqlText.MatchString(fmt.Sprint(err)) {
		t.Errorf("the message shows the inside: %v", err)
	}
}

// TestFullDisk lets the database grow to SQLite's limit of pages: the put fails whole, reads go on, and so do smaller loads.
func TestFullDisk(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{maxPages: 200})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	l, err := begun(s, t, sources(10, 100))
	if err != nil {
		t.Fatal(err)
	}
	head, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l, err = begun(s, t, sources(100, 100_000))
	checkFault(t, err, "put records: the disk is full")
	found, err := s.Entities(t.Context(), graph.View{Revision: head.Number}, []string{"src:text-0009"})
	if err != nil || found[0] == nil || len(found[0].Summary) != 100 {
		t.Errorf("the old graph: %v, %v", found, err)
	}
	if err := l.Discard(t.Context()); err != nil {
		t.Fatalf("Discard: %v", err)
	}
	l, err = begun(s, t, sources(11, 100))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Publish(t.Context())
	if want := (graph.RevisionCounts{Added: 1, Unchanged: 10}); err != nil || r.Counts != want {
		t.Errorf("a smaller load: %+v, %v", r, err)
	}
}

// TestDamagedPage overwrites pages of the database: reads fail with a sentence.
func TestDamagedPage(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var head graph.Revision
	for _, n := range []int{1, 500} { // the first load moves parts of the schema behind its records
		l, err := begun(s, t, sources(n, 1000))
		if err != nil {
			t.Fatal(err)
		}
		if head, err = l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, File)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for i := 80 * page; i < len(data); i++ { // behind the schema
		data[i] = 0xA5
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	var ids []string
	for _, e := range sources(500, 0).Entities {
		ids = append(ids, e.ID)
	}
	_, err = s.Entities(t.Context(), graph.View{Revision: head.Number}, ids)
	checkFault(t, err, "read entities: the database is damaged")
	v := graph.View{Revision: head.Number}
	_, err = s.ListEntities(t.Context(), v, graph.EntityQuery{Page: graph.Page{First: 1000}})
	checkFault(t, err, "list entities: the database is damaged")
	_, err = s.Count(t.Context(), v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByType, Entities: graph.EntityFilter{Kinds: []graph.Kind{graph.Source}}, Limit: 1})
	checkFault(t, err, "count: the database is damaged")
	err = nil
	for _, err = range s.Dump(t.Context(), v) {
	}
	checkFault(t, err, "dump: the database is damaged")
}

// TestDiscardLeavesNothing counts the rows of every table before a load and after it was given up.
func TestDiscardLeavesNothing(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	l, err := begun(s, t, graphtest.Generate(1, 60))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := countRows(t, s)
	other := graphtest.Generate(2, 200) // most ids of the first are in it too, with other records
	other.Redirects = []graph.Redirect{{From: "org:gone", To: "org:new"}}
	other.ChangeEvents = []graph.ChangeEvent{{ID: "evt:new", Inputs: []string{"org:new"}}}
	other.Conflicts = []graph.Conflict{{ID: "cfl:new", Members: []string{"stm:org:new/a", "stm:org:new/b"}}}
	if l, err = begun(s, t, other); err != nil {
		t.Fatal(err)
	}
	if during := countRows(t, s); during["statement"] <= before["statement"] || during["node"] <= before["node"] {
		t.Fatalf("the load added nothing: %v, then %v", before, during)
	}
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, countRows(t, s)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

func countRows(t *testing.T, s *Store) map[string]int {
	t.Helper()
	tables := map[string]int{}
	err := s.query(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'name!_gram%' ESCAPE '!'`, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		tables[name] = 0
		return err
	})
	for name := range tables {
		err = errors.Join(err, s.query(t.Context(), `SELECT count(*) FROM `+name, func(rows *sql.Rows) error {
			var n int
			err := rows.Scan(&n)
			tables[name] = n
			return err
		}))
	}
	for _, kind := range graph.Kinds { // an index without contents has no rows to count, only what is found
		err = errors.Join(err, s.query(t.Context(), `SELECT count(*) FROM name_gram WHERE name_gram MATCH ?1`, func(rows *sql.Rows) error {
			var n int
			err := rows.Scan(&n)
			tables["name_gram"] += n
			return err
		}, anyKind([]graph.Kind{kind.Kind})))
	}
	if err != nil {
		t.Fatal(err)
	}
	return tables
}
