package jsonl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/jsonl"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/seed"
)

// store is what these tests need of one.
type store interface {
	graph.Writer
	graph.Revisions
	graph.Dumper
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func naive(t testing.TB) store {
	t.Helper()
	s := graphtest.NewNaive(func() time.Time { return noon })
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func sqlite(t testing.TB) store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), t.TempDir(), sqlitestore.Options{})
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

// put loads a batch as the records of an origin.
func put(t testing.TB, s store, origin string, b graph.Batch) {
	t.Helper()
	load, err := s.Begin(t.Context(), graph.LoadSpec{Origin: origin, Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Put(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := load.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// dump is the head of a store.
func dump(t testing.TB, s store) string {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := jsonl.Write(&b, s.Dump(t.Context(), graph.View{Revision: head.Number})); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func load(ctx context.Context, s store, text string) ([]jsonl.Loaded, error) {
	lines, err := jsonl.Check(ctx, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
	if err != nil {
		return nil, err
	}
	return lines.Load(ctx, s, jsonl.Options{Author: "A tester", Comment: "A test", Time: noon})
}

// curated are the curated records.
func curated(t testing.TB) graph.Batch {
	t.Helper()
	document, faults := seed.Read(seed.Embedded())
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	return document.Batch
}

// TestRoundTrip dumps a graph, loads the dump into a new store of either sort and dumps that: the bytes are the same, and each record is
// the one that was put.
func TestRoundTrip(t *testing.T) {
	for _, test := range []struct {
		name  string
		batch graph.Batch
	}{
		{"curated records", curated(t)},
		{"generated records", graphtest.Generate(7, 400)},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := sqlite(t)
			put(t, first, "seed", test.batch)
			want := dump(t, first)
			i := 0
			records := slices.Collect(jsonl.Records("seed", test.batch))
			for got, err := range jsonl.Read(strings.NewReader(want)) {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(records[i], got, cmp.Comparer(func(a, b graph.Date) bool { return a == b }), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("record %d (-put +read):\n%s", i, diff)
				}
				i++
			}
			if i != len(records) {
				t.Fatalf("%d records of %d", i, len(records))
			}
			for name, second := range map[string]store{"SQLite": sqlite(t), "naive": naive(t)} {
				loaded, err := load(t.Context(), second, want)
				if err != nil {
					t.Fatal(err)
				}
				if len(loaded) != 1 || loaded[0].Origin != "seed" || loaded[0].Revision.Counts != (graph.RevisionCounts{Added: len(records)}) {
					t.Errorf("%s: loaded %+v, want %d records added", name, loaded, len(records))
				}
				if got := dump(t, second); got != want {
					t.Errorf("%s: the second dump differs: %s", name, firstDifference(want, got))
				}
				again, err := load(t.Context(), second, want)
				if err != nil || !again[0].Revision.Counts.Nothing() || again[0].Revision.Number != loaded[0].Revision.Number {
					t.Errorf("%s: loaded again: %+v, %v; want nothing new", name, again, err)
				}
			}
		})
	}
}

// firstDifference are the first lines that differ.
func firstDifference(want, got string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n%.500swant\n%.500s", i+1, b[i], a[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(b), len(a))
}

// TestDigest shows that a load of a dump names the records as a load of the seed does, so that either is known to be the other.
func TestDigest(t *testing.T) {
	document, faults := seed.Read(seed.Embedded())
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	s := sqlite(t)
	revision, err := seed.Load(t.Context(), s, document, seed.Options{Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := load(t.Context(), naive(t), dump(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if loaded[0].Revision.Digest != revision.Digest {
		t.Errorf("digest %s of the dump, %s of the seed", loaded[0].Revision.Digest, revision.Digest)
	}
}

// small is a graph of a record of each sort but a change event and a conflict.
func small(t testing.TB) graph.Batch {
	t.Helper()
	cite := []graph.Citation{{SourceID: "src:report", Dataset: "curated", Locator: "Table 1"}}
	name := func(entity, text string) graph.Statement {
		return graph.Statement{
			ID: "stm:" + entity + "/name", Subject: entity, Property: graph.NameProperty, Citations: cite,
			Value: graph.Value{Kind: graph.TextValue, Text: text},
		}
	}
	b, problems := graph.Assemble(graph.Batch{
		Datasets:   []graph.Dataset{{ID: "curated", Title: "Curated <records>"}},
		Entities:   []graph.Entity{{ID: "org:boards", Kind: graph.Organisation, Form: graph.Class}, {ID: "src:report", Kind: graph.Source}},
		Statements: []graph.Statement{name("org:boards", "Boards"), name("src:report", "A report")},
		Redirects:  []graph.Redirect{{From: "org:old-boards", To: "org:boards"}},
	})
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	return b
}

func TestFaults(t *testing.T) {
	s := naive(t)
	put(t, s, "seed", small(t))
	good := dump(t, s)
	lines := strings.SplitAfter(good, "\n")
	replaced := func(old, new string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct{ name, text, want string }{
		{"nothing", "", `1:1: the first line is not the header of a graph; want {"format":"policygraph","version":1}`},
		{"a few letters", "Boards", `1:1: the first line is not the header of a graph; want {"format":"policygraph","version":1}`},
		{"something else", "name: Boards\n", `1:1: the first line is not the header of a graph; want {"format":"policygraph","version":1}`},
		{"another version", replaced(`"version":1`, `"version":2`), `1:1: these lines are of version 2, and this program reads version 1`},
		{"header alone", lines[0], `2:1: the lines break off after 0 records; the last line is {"records":0}`},
		{"cut between lines", strings.Join(lines[:3], ""), `4:1: the lines break off after 2 records; the last line is {"records":2}`},
		{"cut in a line", strings.Join(lines[:3], "") + lines[3][:40], `4:41: the line breaks off: each ends in a line break, the last one too`},
		{"cut in the last line break", strings.TrimSuffix(good, "\n"), `8:14: the line breaks off: each ends in a line break, the last one too`},
		{"one line missing", strings.Replace(good, lines[4], "", 1), `7:1: there are 5 records before this line; want {"records":5}`},
		{"more behind the end", good + lines[1], `9:1: there is more behind the number of records, which is the last line`},
		{"empty line", replaced("\n", "\n\n"), `2:1: the line is not JSON: it breaks off`},
		{"not JSON", replaced(`"sort":"entity"`, `"sort":entity`), `3:9: the line ceases to be JSON here`},
		{"not an object", replaced(lines[1], "[]\n"), `2:1: this is not allowed to be of the JSON type array`},
		{"two objects", replaced(`records>"}}`, `records>"}}{}`), `2:89: there is more behind the JSON value; want one object a line`},
		{"unknown member", replaced(`"origin":"seed"`, `"orgin":"seed"`), `2:19: there is no member "orgin" here`},
		{"unknown member of the record", replaced(`"title"`, `"tilte"`), `2:60: there is no member "tilte" here`},
		{"member twice", replaced(`"title":`, `"title":"x","title":`), `2:69: the line is not in canonical form, in which it goes on here with Curated <records>"}}`},
		{"member in other letters", replaced(`"title":`, `"Title":`), `2:61: the line is not in canonical form, in which it goes on here with title":"Curated <records>"}}`},
		{"space", replaced(`"title":`, `"title": `), `2:68: the line is not in canonical form, in which it goes on here with "Curated <records>"}}`},
		{"escaped", replaced(`<records>`, `\u003crecords\u003e`), `2:77: the line is not in canonical form, in which it goes on here with <records>"}}`},
		{"not UTF-8", replaced(`<records>`, "\xff"), `2:77: the line is not in canonical form, in which it goes on here with �"}}`},
		{"wrong type", replaced(`"id":"curated"`, `"id":7`), `2:50: id is not allowed to be of the JSON type number`},
		{"wrong date", replaced(`records>"}}`, `records>","retrieved":"soon"}}`), `2:100: date "soon" is not an EDTF date of level 0 or 1; …`},
		{"unknown sort", replaced(`"sort":"entity"`, `"sort":"body"`), `3:1: "body" is not a sort; want one of dataset, entity, redirect, statement, changeEvent, conflict`},
		{"no origin", replaced(`"origin":"seed",`, ``), `2:1: a member is missing or empty; want {"sort":…,"origin":…,"record":{…}}`},
		{"no record", replaced(lines[1], `{"sort":"dataset","origin":"seed"}`+"\n"), `2:1: a member is missing or empty; want {"sort":…,"origin":…,"record":{…}}`},
		{"record of null", replaced(lines[1], `{"sort":"dataset","origin":"seed","record":null}`+"\n"), `2:1: a member is missing or empty; want {"sort":…,"origin":…,"record":{…}}`},
		{"no id", replaced(`"id":"curated",`, ``), `2:44: the dataset has no id`},
		{"out of order", lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], ""),
			`3:1: the dataset curated stands behind the entity org:boards; lines are in order of sort (dataset, entity, redirect, statement, changeEvent, conflict) and then id, each once`},
		{"line twice", lines[0] + lines[1] + lines[1] + strings.Join(lines[2:], ""),
			`3:1: the dataset curated stands behind the dataset curated; lines are in order of sort (dataset, entity, redirect, statement, changeEvent, conflict) and then id, each once`},
		{"a line of 20 MB", replaced("Curated", strings.Repeat("x", 20<<20)), `2:1: the line is longer than 16777216 bytes`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := naive(t)
			loaded, err := load(t.Context(), s, test.text)
			var fault jsonl.Fault
			if !errors.As(err, &fault) || !errors.Is(err, graph.ErrInvalid) || len(loaded) > 0 {
				t.Fatalf("%v, %v; want a fault", loaded, err)
			}
			got := err.Error()
			if start, ok := strings.CutSuffix(test.want, "; …"); ok && strings.HasPrefix(got, start+"; ") {
				got = test.want // the rest is told by graph
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("fault (-want +got):\n%s", diff)
			}
			if head, err := s.Head(t.Context()); err != nil || head.Number != 0 {
				t.Errorf("the head is %+v, %v", head, err)
			}
		})
	}
	t.Run("the reader's own error", func(t *testing.T) {
		broken := errors.New("the disk is gone")
		var got error
		for _, err := range jsonl.Read(io.MultiReader(strings.NewReader(lines[0]), iotest.ErrReader(broken))) {
			got = err
		}
		if !errors.Is(got, broken) || errors.Is(got, graph.ErrInvalid) {
			t.Errorf("%v, want %v", got, broken)
		}
	})
	t.Run("no records", func(t *testing.T) {
		if loaded, err := load(t.Context(), naive(t), lines[0]+"{\"records\":0}\n"); err != nil || len(loaded) > 0 {
			t.Errorf("%v, %v; want nothing", loaded, err)
		}
	})
}

// TestOrigins loads lines of several origins: each becomes a revision, those that refer to another wait for it, and origins that the
// lines do not name stay.
func TestOrigins(t *testing.T) {
	all := small(t)
	own := func(keep string, b graph.Batch) (part graph.Batch) {
		for _, e := range b.Entities {
			if e.ID == keep {
				part.Entities = append(part.Entities, e)
			}
		}
		for _, s := range b.Statements {
			if s.Subject == keep {
				part.Statements = append(part.Statements, s)
			}
		}
		return part
	}
	boards, reports := own("org:boards", all), own("src:report", all)
	reports.Datasets, boards.Redirects = all.Datasets, all.Redirects

	first := sqlite(t)
	put(t, first, "reports", reports)
	put(t, first, "boards", boards) // cites a report
	want := dump(t, first)

	second := sqlite(t)
	loaded, err := load(t.Context(), second, want)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, l := range loaded {
		order = append(order, l.Origin)
		if l.Revision.Origin != l.Origin || l.Revision.Author != "A tester" || l.Revision.Comment != "A test" {
			t.Errorf("%s: revision %+v", l.Origin, l.Revision)
		}
	}
	if diff := cmp.Diff([]string{"reports", "boards"}, order); diff != "" {
		t.Errorf("order of the revisions (-want +got):\n%s", diff)
	}
	if got := dump(t, second); got != want {
		t.Errorf("the second dump differs: %s", firstDifference(want, got))
	}

	t.Run("another origin stays", func(t *testing.T) {
		third := naive(t)
		put(t, third, "reports", reports)
		alone := naive(t)
		put(t, alone, "reports", reports)
		put(t, third, "boards", boards)
		if _, err := load(t.Context(), third, dump(t, alone)); err != nil {
			t.Fatal(err)
		}
		if got := dump(t, third); got != want {
			t.Errorf("it changed: %s", firstDifference(want, got))
		}
	})
	t.Run("a reference to nothing", func(t *testing.T) {
		cut := strings.ReplaceAll(want, `"subject":"org:boards"`, `"subject":"org:nobody"`)
		s := naive(t)
		loaded, err := load(t.Context(), s, cut)
		if len(loaded) != 1 || loaded[0].Origin != "reports" || !errors.Is(err, graph.ErrInvalid) || !strings.HasPrefix(err.Error(), "load the origin boards: ") {
			t.Errorf("%+v, %v; want reports loaded, and an ErrInvalid of boards", loaded, err)
		}
		if head, err := s.Head(t.Context()); err != nil || head.Origin != "reports" {
			t.Errorf("the head is %+v, %v", head, err)
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := load(ctx, naive(t), want); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// FuzzRead shows that whatever is read without an error is written as it was.
func FuzzRead(f *testing.F) {
	s := naive(f)
	put(f, s, "seed", small(f))
	good := dump(f, s)
	f.Add(good)
	for _, old := range []string{`"title"`, "seed", "1", ":", "}", "\n"} {
		f.Add(strings.Replace(good, old, old+old, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var records []graph.Record
		for r, err := range jsonl.Read(strings.NewReader(text)) {
			if err != nil {
				var fault jsonl.Fault
				if !errors.As(err, &fault) || fault.Line < 1 || fault.Column < 1 || strings.Contains(fault.Text, "\n") {
					t.Fatalf("%v is not a fault", err)
				}
				return
			}
			records = append(records, r)
		}
		var b bytes.Buffer
		if _, err := jsonl.Write(&b, func(yield func(graph.Record, error) bool) {
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
			}
		}); err != nil || b.String() != text {
			t.Errorf("%v; read\n%swritten\n%s", err, text, b.String())
		}
	})
}
