package seed_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/seed"
)

var loadTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func openStore(t *testing.T) *sqlitestore.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), sqlitestore.File), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func fixture(t *testing.T) *seed.Document {
	t.Helper()
	d, faults := seed.Read(folder(t, parse(t, "testdata/base.txtar")))
	for _, fault := range faults {
		t.Fatal(fault)
	}
	return d
}

func TestLoad(t *testing.T) {
	store, d := openStore(t), fixture(t)
	var progress [][2]int
	options := seed.Options{Author: "a", Comment: "b", Time: loadTime, Progress: func(done, total int) {
		progress = append(progress, [2]int{done, total})
	}}
	first, err := seed.Load(t.Context(), store, d, options)
	if err != nil {
		t.Fatal(err)
	}
	all := len(d.Batch.Datasets) + len(d.Batch.Entities) + len(d.Batch.Statements)
	want := graph.Revision{Number: first.Number, Time: loadTime, Origin: seed.Origin, Author: "a", Comment: "b", Digest: first.Digest,
		Counts: graph.RevisionCounts{Added: all}}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("revision (-want +got):\n%s", diff)
	}
	if len(first.Digest) != 64 {
		t.Errorf("digest %q, want 64 hexadecimal digits", first.Digest)
	}
	if diff := cmp.Diff([][2]int{{1, all}, {4, all}, {all, all}}, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	entities, err := store.Entities(t.Context(), graph.View{Revision: first.Number}, []string{"org:old-boards"})
	if err != nil || entities[0] == nil || entities[0].NameAt(graph.Date{}) != "Old boards" {
		t.Errorf("org:old-boards: %+v, %v", entities, err)
	}

	second, err := seed.Load(t.Context(), store, fixture(t), options)
	if err != nil {
		t.Fatal(err)
	}
	if !second.Counts.Nothing() || second.Number != first.Number {
		t.Errorf("the same again made revision %d with %+v, want %d unchanged", second.Number, second.Counts, first.Number)
	}
}

// TestFormerID finds a record by an id that was merged into it.
func TestFormerID(t *testing.T) {
	fsys := folder(t, parse(t, "testdata/base.txtar"))
	file := fsys["organisations/old-boards.yaml"]
	file.Data = bytes.Replace(file.Data, []byte("type: board\n"), []byte("type: board\nformerIds: [org:oldest-boards]\n"), 1)
	d, faults := seed.Read(fsys)
	for _, fault := range faults {
		t.Fatal(fault)
	}
	store := openStore(t)
	revision, err := seed.Load(t.Context(), store, d, seed.Options{Time: loadTime})
	if err != nil {
		t.Fatal(err)
	}
	entities, err := store.Entities(t.Context(), graph.View{Revision: revision.Number}, []string{"org:oldest-boards"})
	if err != nil || entities[0] == nil || entities[0].ID != "org:old-boards" {
		t.Errorf("org:oldest-boards: %+v, %v; want org:old-boards", entities, err)
	}
}

func TestLoadGivenUp(t *testing.T) {
	store, d := openStore(t), fixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := seed.Load(ctx, store, d, seed.Options{Time: loadTime, Progress: func(done, total int) {
		if done < total {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	head, err := store.Head(t.Context())
	if err != nil || head.Number != 0 {
		t.Errorf("head %d (%v) after a load given up, want 0", head.Number, err)
	}
	if _, err := seed.Load(t.Context(), store, d, seed.Options{Time: loadTime}); err != nil {
		t.Errorf("load after one given up: %v", err)
	}
}
