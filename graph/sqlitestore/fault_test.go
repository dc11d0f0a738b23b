package sqlitestore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
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
	l, err := begun(s, t, sources(500, 1000))
	if err != nil {
		t.Fatal(err)
	}
	head, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
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
	for i := 60 * page; i < len(data); i++ { // behind the schema
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
}
