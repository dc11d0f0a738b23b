package sqlitestore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

func TestGrams(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{indexed("ox act", "TOPIC"), "_o _ox ox_ x_a _a _ac act ct_ :TOPIC"},
		{indexed("é", "TOPIC"), "_é _é_ :TOPIC"},
		{indexed("", "TOPIC"), "__ :TOPIC"},
		{beginning("o"), `("_o")`},
		{beginning("é"), `("_é")`},
		{beginning("ox"), `("_ox")`},
		{beginning("nanana"), `("_na" AND "ana" AND "nan")`},
		{whole("o"), `("_o_")`},
		{whole("act"), `("_ac" AND "act" AND "ct_")`},
		{anyKind([]graph.Kind{graph.Topic, graph.Place}), `(":TOPIC" OR ":PLACE")`},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

// searched is what a store finds for a mix of searches.
func searched(t *testing.T, s graph.Store) (found []string) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for revision := int64(1); revision <= head.Number; revision++ {
		for _, text := range []string{"board", "north b", "old", "nothford bord", "st mills", "zoe", "elan and", "acts"} {
			result, err := graph.Search(t.Context(), s, graph.View{Revision: revision}, text, nil, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range result.Hits {
				found = append(found, fmt.Sprintf("%d %s %s %d", revision, text, h.Entity.ID, h.Score))
			}
		}
	}
	return found
}

// loadTwo loads two revisions that share most names.
func loadTwo(t *testing.T, s *Store) {
	t.Helper()
	for _, b := range []graph.Batch{graphtest.Generate(1, 300), graphtest.Generate(1, 600)} {
		l, err := begun(s, t, b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMigrateNames makes a database of version 3, which has no index of names, and opens it.
func TestMigrateNames(t *testing.T) {
	dir := t.TempDir()
	s := openedAt(t, dir, Options{})
	loadTwo(t, s)
	want, rows := searched(t, s), countRows(t, s)
	if len(want) < 100 {
		t.Fatalf("the searches found %d only", len(want))
	}
	if _, err := s.write.Exec(`
		DROP TABLE name_gram; DROP TABLE word; DROP INDEX name_key; ALTER TABLE name DROP COLUMN key;
		CREATE TABLE name_token (token TEXT NOT NULL, id TEXT NOT NULL, entity INTEGER NOT NULL, ordinal INTEGER NOT NULL, PRIMARY KEY (token, id, entity, ordinal)) STRICT, WITHOUT ROWID;
		PRAGMA user_version = 3`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openedAt(t, dir, Options{})
	if diff := cmp.Diff(rows, countRows(t, s)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(want, searched(t, s)); diff != "" {
		t.Errorf("found (-before +after):\n%s", diff)
	}
}

// TestCollidingKeys has the same key for many names.
func TestCollidingKeys(t *testing.T) {
	s := opened(t)
	loadTwo(t, s)
	want := searched(t, s)

	defer func(was func(id, folded string) int64) { nameKey = was }(nameKey)
	nameKey = func(id, folded string) int64 { return graph.NameKey(id, folded) >> 50 << 50 }
	s = opened(t)
	loadTwo(t, s)
	if diff := cmp.Diff(want, searched(t, s)); diff != "" {
		t.Errorf("found (-by keys +by colliding ones):\n%s", diff)
	}
	before := countRows(t, s)
	l, err := begun(s, t, graphtest.Generate(1, 900))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, countRows(t, s)); diff != "" {
		t.Errorf("rows (-before +after a load that was given up):\n%s", diff)
	}
	if diff := cmp.Diff(want, searched(t, s)); diff != "" {
		t.Errorf("found (-by keys +after a load that was given up):\n%s", diff)
	}
}

// TestSearchOfManyWords asks for as many words as a text has room for.
func TestSearchOfManyWords(t *testing.T) {
	s := opened(t)
	loadTwo(t, s)
	for _, text := range []string{strings.Repeat("x ", 250), strings.Repeat("board bored ", 40), strings.Repeat("northford", 55)} {
		result, err := graph.Search(t.Context(), s, graph.View{Revision: 2}, text, []graph.Kind{graph.Organisation, graph.Place}, 50)
		if err != nil {
			t.Errorf("%.20s…: %v", text, err)
		}
		if len(result.Hits) > 0 && !strings.HasPrefix(text, "board") {
			t.Errorf("%.20s…: found %d", text, len(result.Hits))
		}
	}
}

// TestListsOfManyNames asks random queries where few names are already many, so that lists go both ways.
func TestListsOfManyNames(t *testing.T) {
	defer func(was int) { fewNames = was }(fewNames)
	fewNames = 9
	graphtest.Property(t, func(t *testing.T, clock *graphtest.Clock) graph.Store {
		return openedAt(t, t.TempDir(), Options{Now: clock.Now})
	}, graphtest.PropertyOptions{Seed: 2, Queries: 150})
}
