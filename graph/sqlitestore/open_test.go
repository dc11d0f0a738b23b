package sqlitestore_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

func TestOpenPaths(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, path, want string }{
		{"a directory", dir, "graph.db"},
		{"a directory to be made", filepath.Join(dir, "a", "b"), "a/b/graph.db"},
		{"a file to be made", filepath.Join(dir, "c", "mine.db"), "c/mine.db"},
		{"an existing file", filepath.Join(dir, "c", "mine.db"), "c/mine.db"},
		{"an empty file of its name", touched(t, filepath.Join(dir, "new.db")), "new.db"}, // as left by a process that was killed when it made it
		{"an empty file in its directory", filepath.Dir(touched(t, filepath.Join(dir, "empty", "graph.db"))), "empty/graph.db"},
		{"characters of an address", filepath.Join(dir, "50% ?mode=memory&#é"), "50% ?mode=memory&#é/graph.db"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, test.path, sqlitestore.Options{})
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("Ping: %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(test.want))); err != nil {
				t.Errorf("the database is not at %s: %v", test.want, err)
			}
		})
	}
}

// touched is a file with nothing in it.
func touched(t *testing.T, file string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write("")(t, file)
	return file
}

// TestOpenRefusesEmptyFile opens what was meant as a directory and is a file: it stays empty.
func TestOpenRefusesEmptyFile(t *testing.T) {
	file := touched(t, filepath.Join(t.TempDir(), "data"))
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{})
	if err == nil {
		t.Fatal("opened", s.Close())
	}
	if want := file + " is an empty file, not a directory: a database file that is to be made has a name that ends in .db"; !errors.Is(err, graph.ErrUnsupported) || err.Error() != want {
		t.Errorf("want %q, got %q", want, err)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("files were made: %v, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() != 0 {
		t.Errorf("the file has changed, or is gone: %v", err)
	}
}

// TestOpenRefuses shows one sentence for each fault, and that a file that is refused stays as it was.
func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		file func(t *testing.T, file string) // makes it
		kind error
		want string
	}{
		{"text", write("This is a letter to a friend, and no database at all.\n"), graph.ErrUnsupported, "FILE cannot be used: the file is no database"},
		{"long text", write(strings.Repeat("All work and no play. ", 1000)), graph.ErrUnsupported, "FILE cannot be used: the file is no database"},
		{"another program's database", execute(`CREATE TABLE song (title TEXT)`), graph.ErrUnsupported,
			"FILE is a database of another program, not of policygraph"},
		{"another program's database in WAL mode", execute(`PRAGMA journal_mode = WAL; PRAGMA user_version = 3; CREATE TABLE song (title TEXT)`), graph.ErrUnsupported,
			"FILE is a database of another program, not of policygraph"},
		{"a newer version", newer, graph.ErrUnsupported,
			"FILE was written by a newer policygraph (version 99 of the schema, this one knows 4): use that, or another data directory"},
		{"a version before the first release", older, graph.ErrUnsupported,
			"FILE was written by a build of policygraph before its first release, which this one does not read: delete it and load it anew, or use another data directory"},
		{"locked", locked, graph.ErrUnavailable, "FILE cannot be used: another process has locked the database"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "graph.db")
			test.file(t, file)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{BusyTimeout: time.Millisecond})
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if !errors.Is(err, test.kind) {
				t.Errorf("want an error of the kind %q", test.kind)
			}
			if diff := cmp.Diff(test.want, strings.ReplaceAll(err.Error(), file, "FILE")); diff != "" {
				t.Errorf("sentence (-want +got):\n%s", diff)
			}
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file has changed, or is gone: %v", err)
			}
		})
	}
}

func TestOpenWithoutRights(t *testing.T) {
	for _, test := range []struct {
		name string
		path func(t *testing.T, dir string) string
		want string
	}{
		{"a directory that may not be written", func(t *testing.T, dir string) string {
			chmod(t, dir, 0o555)
			return dir
		}, "DIR/graph.db cannot be used: the database cannot be opened for reading and writing"},
		{"a directory that cannot be made", func(t *testing.T, dir string) string {
			chmod(t, dir, 0o555)
			return filepath.Join(dir, "data")
		}, "the directory DIR/data cannot be made: permission denied"},
		{"a file that may not be written", func(t *testing.T, dir string) string {
			if err := open(t, dir, sqlitestore.Options{}).Close(); err != nil {
				t.Fatal(err)
			}
			chmod(t, dir, 0o777)
			chmod(t, filepath.Join(dir, "graph.db"), 0o444)
			return dir
		}, "DIR/graph.db cannot be used: the database may be read and not written"},
		{"a file where a directory is meant", func(t *testing.T, dir string) string {
			write("a note")(t, filepath.Join(dir, "note"))
			return filepath.Join(dir, "note", "data")
		}, "DIR/note/data cannot be opened: not a directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			chmod(t, filepath.Dir(dir), 0o755)
			chmod(t, dir, 0o755)
			path := test.path(t, dir)
			withoutRights(t, func() {
				s, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
				if err == nil {
					t.Fatal("opened", s.Close())
				}
				if !errors.Is(err, graph.ErrUnavailable) {
					t.Errorf("want an error of the kind %q", graph.ErrUnavailable)
				}
				if diff := cmp.Diff(test.want, strings.ReplaceAll(err.Error(), dir, "DIR")); diff != "" {
					t.Errorf("sentence (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func write(text string) func(*testing.T, string) {
	return func(t *testing.T, file string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// raw is a database as another program opens it.
func raw(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func execute(script string) func(*testing.T, string) {
	return func(t *testing.T, file string) {
		t.Helper()
		db := raw(t, file)
		if _, err := db.Exec(script); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func newer(t *testing.T, file string) {
	if err := open(t, file, sqlitestore.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	execute(`PRAGMA user_version = 99`)(t, file)
}

func older(t *testing.T, file string) {
	if err := open(t, file, sqlitestore.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	execute(`PRAGMA user_version = 1`)(t, file)
}

func locked(t *testing.T, file string) {
	if err := open(t, file, sqlitestore.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := raw(t, file).Exec(`BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
}

// TestReopen opens a store again and finds what was loaded.
// Programs that start together on an empty directory all find a store of ours in it.
func TestOpenTogether(t *testing.T) {
	for range 10 {
		path := filepath.Join(t.TempDir(), "graph.db")
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				s, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				if head, err := s.Head(t.Context()); err != nil || head.Number != 0 {
					t.Errorf("Head: %d, %v", head.Number, err)
				}
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		wg.Wait()
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlitestore.Options{})
	head := loadNotes(t, s, "one")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlitestore.Options{})
	got, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(head, got); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
	checkNotes(t, s, "one")
}

// TestTwoStores opens a file twice, as two processes do: one sees what the other publishes, and one at a time loads.
func TestTwoStores(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir, sqlitestore.Options{}), open(t, dir, sqlitestore.Options{})
	loadNotes(t, a, "one")
	checkNotes(t, b, "one")
	l, err := a.Begin(t.Context(), graph.LoadSpec{Origin: "notes"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Begin(t.Context(), graph.LoadSpec{Origin: "notes"}); !errors.Is(err, graph.ErrConflict) {
		t.Errorf("Begin in the other: want an ErrConflict, got %v", err)
	}
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	loadNotes(t, b, "two")
	checkNotes(t, a, "two")
}

const noteCount = 200

// notes is a graph of which every record says the same text.
func notes(text string) graph.Batch {
	b := graph.Batch{Datasets: []graph.Dataset{{ID: "curated", Title: text}}}
	b.Entities = append(b.Entities, graph.Entity{ID: "src:gazette", Kind: graph.Source, Summary: text})
	for i := range noteCount {
		id := fmt.Sprintf("org:body-%03d", i)
		b.Entities = append(b.Entities, graph.Entity{ID: id, Kind: graph.Organisation, Summary: text, Names: []graph.Name{{Text: text}}})
		b.Statements = append(b.Statements, graph.Statement{
			ID: graph.StatementID(id, "part"), Subject: id, Relation: "PART_OF", Object: "org:body-000", Note: text,
			Bounds: graph.Timeless, Status: graph.InEffect, Rank: graph.Normal, Certainty: graph.Stated,
			Citations: []graph.Citation{{SourceID: "src:gazette", Dataset: "curated", Locator: text, Role: graph.Supports, Aspects: []graph.Aspect{graph.AspectRelation}}},
		})
	}
	return b
}

func loadNotes(t *testing.T, s *sqlitestore.Store, text string) graph.Revision {
	t.Helper()
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "notes", Time: time.Unix(0, 0), Digest: text})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Put(t.Context(), notes(text)); err != nil {
		t.Fatal(err)
	}
	r, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// seenInDump counts the text of a record of a dump of notes.
func seenInDump(t *testing.T, seen map[string]int, r graph.Record, err error) {
	t.Helper()
	switch {
	case err != nil:
		t.Fatalf("Dump: %v", err)
	case r.Dataset != nil:
		seen["dumped data set "+r.Dataset.Title]++
	case r.Entity != nil:
		seen["dumped entity "+r.Entity.Summary]++
	case r.Statement != nil && r.Statement.Citations[0].Locator == r.Statement.Note:
		seen["dumped statement "+r.Statement.Note]++
	default:
		t.Errorf("dumped: %+v", r)
	}
}

// TestDumpWhileLoading publishes revisions while a dump is under way, by the same store and by another: it is of the one it names.
func TestDumpWhileLoading(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir, sqlitestore.Options{}), open(t, dir, sqlitestore.Options{})
	old := loadNotes(t, a, "old")
	seen := map[string]int{}
	records := 0
	for r, err := range a.Dump(t.Context(), graph.View{Revision: old.Number}) {
		seenInDump(t, seen, r, err)
		switch records++; records {
		case 1:
			loadNotes(t, a, "new")
		case noteCount:
			loadNotes(t, b, "newer")
		}
	}
	want := map[string]int{"dumped data set old": 1, "dumped entity old": noteCount + 1, "dumped statement old": noteCount}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("dumped (-want +got):\n%s", diff)
	}
	checkNotes(t, a, "newer")
}

// TestDumpStops gives up a dump at its first record, closes the store while another is under way, and dumps a revision that is not there.
func TestDumpStops(t *testing.T) {
	s := open(t, t.TempDir(), sqlitestore.Options{})
	v := graph.View{Revision: loadNotes(t, s, "one").Number}
	for _, err := range s.Dump(t.Context(), v) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	for r, err := range s.Dump(t.Context(), graph.View{Revision: v.Revision + 1}) {
		if !errors.Is(err, graph.ErrInvalid) || r != (graph.Record{}) {
			t.Errorf("a revision that is not there: %+v, %v", r, err)
		}
	}
	var last error
	for _, err := range s.Dump(t.Context(), v) {
		if last = err; err == nil {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.Is(last, graph.ErrClosed) {
		t.Errorf("closed meanwhile: %v", last)
	}
}

// checkNotes fails the test unless the head is one of the texts, whole. It returns the text.
func checkNotes(t *testing.T, s *sqlitestore.Store, texts ...string) string {
	t.Helper()
	ctx := t.Context()
	head, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v := graph.View{Revision: head.Number}
	datasets, err := s.Datasets(ctx, v)
	if err != nil || len(datasets) != 1 {
		t.Fatalf("data sets: %v, %v", datasets, err)
	}
	text := datasets[0].Title
	if head.Digest != text {
		t.Errorf("the head is of %q, its records of %q", head.Digest, text)
	}
	seen := map[string]int{}
	var ids, statements []string
	for i := range noteCount {
		ids = append(ids, fmt.Sprintf("org:body-%03d", i))
		statements = append(statements, graph.StatementID(ids[i], "part"))
	}
	entities, err := s.Entities(ctx, v, append(ids, "src:gazette"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entities {
		seen["entity "+e.Summary]++
	}
	pages, err := s.Edges(ctx, v, []graph.EdgeQuery{{Entities: ids[:1], Direction: graph.In, Page: graph.Page{First: 2 * noteCount, Total: true}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range pages[0][0].Edges {
		seen["edge "+e.Statement.Note]++
	}
	evidence, err := s.Evidence(ctx, v, statements)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range evidence {
		seen["citation "+e.Citations[0].Locator]++
	}
	list, err := s.ListEntities(ctx, v, graph.EntityQuery{Page: graph.Page{First: 2 * noteCount, Total: true}})
	if err != nil || list.Total != noteCount+1 {
		t.Errorf("list of entities: total %d, %v", list.Total, err)
	}
	for _, e := range list.Entities {
		seen["listed entity "+e.Summary]++
	}
	listed, err := s.ListStatements(ctx, v, graph.StatementQuery{Page: graph.Page{First: 2 * noteCount, Total: true}})
	if err != nil || listed.Total != noteCount {
		t.Errorf("list of statements: total %d, %v", listed.Total, err)
	}
	for _, e := range listed.Edges {
		seen["listed statement "+e.Statement.Note]++
	}
	for r, err := range s.Dump(ctx, v) {
		seenInDump(t, seen, r, err)
	}
	found, _, err := s.Candidates(ctx, v, graph.SearchQuery{Tokens: []string{text}, Limit: 2 * noteCount})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"entity " + text: noteCount + 1, "edge " + text: noteCount, "citation " + text: noteCount,
		"listed entity " + text: noteCount + 1, "listed statement " + text: noteCount,
		"dumped data set " + text: 1, "dumped entity " + text: noteCount + 1, "dumped statement " + text: noteCount,
	}
	if diff := cmp.Diff(want, seen); diff != "" || len(found) != noteCount || pages[0][0].Total != noteCount {
		t.Errorf("the graph of %q is not whole: %d found, total %d (-want +got):\n%s", text, len(found), pages[0][0].Total, diff)
	}
	for _, allowed := range texts {
		if text == allowed {
			return text
		}
	}
	t.Errorf("the head is of %q, want one of %q", text, texts)
	return text
}

// TestOpenMustExist opens places where a graph must be: those that have none stay as they are, and one that has one opens.
func TestOpenMustExist(t *testing.T) {
	loading := regexp.MustCompile(`^FILE has no graph yet, and revision 1 is being loaded by process \d+ on .+: wait for its end$`)
	none := regexp.MustCompile(`^FILE has no graph yet$`)
	for _, test := range []struct {
		name string
		path func(t *testing.T, dir string) string // makes what is there, in graph.db or above
		kind error
		want *regexp.Regexp
	}{
		{"no directory", func(_ *testing.T, dir string) string { return filepath.Join(dir, "dta") }, graph.ErrNoGraph,
			regexp.MustCompile(`^DIR/dta/graph.db has no graph yet$`)},
		{"no file", func(_ *testing.T, dir string) string { return filepath.Join(dir, "mine.db") }, graph.ErrNoGraph,
			regexp.MustCompile(`^DIR/mine.db has no graph yet$`)},
		{"an empty directory", func(_ *testing.T, dir string) string { return dir }, graph.ErrNoGraph, none},
		{"a directory of other files", func(t *testing.T, dir string) string {
			write("text")(t, filepath.Join(dir, "letter"))
			return dir
		}, graph.ErrNoGraph, none},
		{"an empty file", func(t *testing.T, dir string) string { return touched(t, filepath.Join(dir, "graph.db")) }, graph.ErrNoGraph, none},
		{"nothing loaded", func(t *testing.T, dir string) string {
			if err := open(t, dir, sqlitestore.Options{}).Close(); err != nil {
				t.Fatal(err)
			}
			return dir
		}, graph.ErrNoGraph, none},
		{"a first load under way", func(t *testing.T, dir string) string {
			begin(t, open(t, dir, sqlitestore.Options{}))
			return dir
		}, graph.ErrNoGraph, loading},
		{"a first load that was left", func(t *testing.T, dir string) string {
			begin(t, open(t, dir, sqlitestore.Options{Lease: time.Nanosecond}))
			return dir
		}, graph.ErrNoGraph, none},
		{"an empty file that is no directory", func(t *testing.T, dir string) string { return touched(t, filepath.Join(dir, "data")) }, graph.ErrUnsupported,
			regexp.MustCompile(`^DIR/data is an empty file, not a directory$`)},
		{"another program's database", func(t *testing.T, dir string) string {
			execute(`CREATE TABLE song (title TEXT)`)(t, filepath.Join(dir, "graph.db"))
			return dir
		}, graph.ErrUnsupported, regexp.MustCompile(`^FILE is a database of another program, not of policygraph$`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := test.path(t, dir)
			before := tree(t, dir)
			s, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{MustExist: true})
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			said := strings.ReplaceAll(strings.ReplaceAll(err.Error(), filepath.Join(dir, "graph.db"), "FILE"), dir, "DIR")
			if !errors.Is(err, test.kind) || test.want == loading && !errors.Is(err, graph.ErrUnavailable) || !test.want.MatchString(filepath.ToSlash(said)) {
				t.Errorf("want an error of the kind %q with %s, got %v", test.kind, test.want, err)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
		})
	}
	dir := t.TempDir()
	loadNotes(t, open(t, dir, sqlitestore.Options{}), "one")
	checkNotes(t, open(t, dir, sqlitestore.Options{MustExist: true}), "one")
	// A load beside it is no matter.
	begin(t, open(t, dir, sqlitestore.Options{}))
	checkNotes(t, open(t, dir, sqlitestore.Options{MustExist: true}), "one")
}

// TestOpenMustExistKilled opens what a first load left that was killed: there is no graph, and the next load makes one.
func TestOpenMustExistKilled(t *testing.T) {
	dir := t.TempDir()
	killChild(t, dir, "one", allPut/2)
	if s, err := sqlitestore.Open(t.Context(), dir, sqlitestore.Options{MustExist: true}); err == nil {
		t.Fatal("opened", s.Close())
	} else if !errors.Is(err, graph.ErrNoGraph) || errors.Is(err, graph.ErrUnavailable) {
		t.Errorf("want an error of the kind %q, got %v", graph.ErrNoGraph, err)
	}
	checkIntegrity(t, dir)
	s := open(t, dir, sqlitestore.Options{})
	loadNotes(t, s, "one")
	checkNotes(t, s, "one")
}

// TestOpenBrokenLink opens directories behind a symbolic link that leads nowhere, which cannot be made, and a database, which can.
func TestOpenBrokenLink(t *testing.T) {
	dir := t.TempDir()
	for link, target := range map[string]string{"link": "gone", "mine.db": "other.db"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err) // Windows wants a right for it
		}
	}
	for _, path := range []string{"link", "link/below/it", "link/mine.db"} {
		for _, mustExist := range []bool{false, true} {
			s, err := sqlitestore.Open(t.Context(), filepath.Join(dir, path), sqlitestore.Options{MustExist: mustExist})
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if want := filepath.Join(dir, "link") + " is a symbolic link that leads nowhere"; !errors.Is(err, graph.ErrUnavailable) || err.Error() != want {
				t.Errorf("%s, must exist %t: want %q, got %v", path, mustExist, want, err)
			}
		}
	}
	mine := filepath.Join(dir, "mine.db")
	if s, err := sqlitestore.Open(t.Context(), mine, sqlitestore.Options{MustExist: true}); err == nil {
		t.Fatal("opened", s.Close())
	} else if !errors.Is(err, graph.ErrNoGraph) {
		t.Errorf("want an error of the kind %q, got %v", graph.ErrNoGraph, err)
	}
	loadNotes(t, open(t, mine, sqlitestore.Options{}), "one")
	checkNotes(t, open(t, filepath.Join(dir, "other.db"), sqlitestore.Options{MustExist: true}), "one")
}

func begin(t *testing.T, s *sqlitestore.Store) {
	t.Helper()
	if _, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "notes", Time: time.Unix(0, 0)}); err != nil {
		t.Fatal(err)
	}
}

// tree is what is below a directory, with the bytes of each file. The index of a log in use, which each reader marks, is left out.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			files[path] = "a directory"
			return err
		}
		if strings.HasSuffix(path, "-shm") {
			return nil
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}
