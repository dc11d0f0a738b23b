package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// childDir and childText make this test binary a process that loads the text's notes into the directory, and says each step it has made.
const (
	childDir  = "SQLITESTORE_TEST_DIR"
	childText = "SQLITESTORE_TEST_TEXT"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(context.Background(), dir, os.Getenv(childText)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(ctx context.Context, dir, text string) error {
	s, err := sqlitestore.Open(ctx, dir, sqlitestore.Options{})
	if err != nil {
		return err
	}
	fmt.Println("opened")
	l, err := s.Begin(ctx, graph.LoadSpec{Origin: "notes", Digest: text})
	if err != nil {
		return err
	}
	fmt.Println("begun")
	b := notes(text)
	parts := []graph.Batch{{Datasets: b.Datasets}}
	for part := range slices.Chunk(b.Entities, 20) {
		parts = append(parts, graph.Batch{Entities: part})
	}
	for part := range slices.Chunk(b.Statements, 20) {
		parts = append(parts, graph.Batch{Statements: part})
	}
	for i, part := range parts {
		if err := l.Put(ctx, part); err != nil {
			return err
		}
		fmt.Println("put", i)
	}
	if _, err := l.Publish(ctx); err != nil {
		return err
	}
	fmt.Println("published")
	return s.Close()
}

// allPut is how many lines a child prints before it publishes.
const allPut = 2 + 1 + (noteCount+1+19)/20 + (noteCount+19)/20

// TestKill kills a loading process at any moment, ten times: then the graph is the old one or the new one, whole, and the next load goes
// on at once, be it of the same records or of others.
func TestKill(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 26))
	dir := t.TempDir()
	s := open(t, dir, sqlitestore.Options{})
	loadNotes(t, s, "old")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old := "old"
	for round := range 10 {
		text := fmt.Sprintf("round%d", round)
		steps := random.IntN(allPut)
		if round%3 == 1 {
			steps = allPut // and dies in publishing
		}
		killChild(t, dir, text, steps)
		s := open(t, dir, sqlitestore.Options{})
		checkNotes(t, s, old, text)
		checkIntegrity(t, dir)
		if round%2 == 0 {
			text = fmt.Sprintf("after%d", round) // other input: what the dead process put is purged
		}
		loadNotes(t, s, text)
		old = checkNotes(t, s, text)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		checkIntegrity(t, dir)
	}
}

// TestKillFirst kills the first load of a database, which does without most indexes until it is published, ten times at any moment. Then
// the graph is empty or the whole new one, and the next load has all indexes, be it of the same records or of others.
func TestKillFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 27))
	schema := func(dir string) (texts []string) {
		db := raw(t, dir+"/graph.db")
		rows, err := db.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
		if err := errors.Join(rows.Err(), db.Close()); err != nil {
			t.Fatal(err)
		}
		return texts
	}
	untouched := t.TempDir()
	if err := open(t, untouched, sqlitestore.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	want := schema(untouched)
	for round := range 10 {
		dir, text := t.TempDir(), fmt.Sprintf("round%d", round)
		steps := random.IntN(allPut)
		if round%3 == 1 {
			steps = allPut // and dies in publishing
		}
		killChild(t, dir, text, steps)
		left := len(schema(dir))
		s := open(t, dir, sqlitestore.Options{})
		switch head, err := s.Head(t.Context()); {
		case err != nil:
			t.Error(err)
		case head.Number > 0: // it was faster than the kill
			checkNotes(t, s, text)
		case steps > 2 && left > len(want)-20:
			t.Errorf("a first load of %d steps has %d tables and indexes; all are %d", steps, left, len(want))
		}
		if round%2 == 0 {
			text = fmt.Sprintf("after%d", round) // other input: what the dead process put is purged
		}
		loadNotes(t, s, text)
		checkNotes(t, s, text)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		checkIntegrity(t, dir)
		if diff := cmp.Diff(want, schema(dir)); diff != "" {
			t.Errorf("schema (-want +got):\n%s", diff)
		}
	}
}

// killChild starts a child and kills it once it has made so many steps, while it makes the next.
func killChild(t *testing.T, dir, text string, steps int) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), childDir+"="+dir, childText+"="+text)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	last := "nothing"
	for range steps {
		if !lines.Scan() {
			break
		}
		last = lines.Text()
	}
	t.Logf("killed after: %s", last)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil && last != "published" {
		t.Errorf("the child ended by itself after: %s", last)
	}
}

func checkIntegrity(t *testing.T, dir string) {
	t.Helper()
	db := raw(t, dir+"/graph.db")
	for _, check := range []string{`PRAGMA integrity_check`, `SELECT coalesce((SELECT 'dangling ' || "table" FROM pragma_foreign_key_check LIMIT 1), 'ok')`} {
		var answer string
		if err := db.QueryRow(check).Scan(&answer); err != nil || answer != "ok" {
			t.Errorf("%s: %s, %v", check, answer, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
