package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/jsonl"
)

// must runs a command that has to succeed, and returns what it printed.
func (p place) must(args ...string) string {
	p.t.Helper()
	got := p.run(args...)
	if got.Code != 0 {
		p.t.Fatalf("%s: %+v", strings.Join(args, " "), got)
	}
	return got.Out
}

func (p place) file(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// generated are the lines of a graph that is made.
func generated(t testing.TB, seed uint64, statements int) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := jsonl.Write(&b, func(yield func(graph.Record, error) bool) {
		for r := range jsonl.Records("made", graphtest.Generate(seed, statements)) {
			if !yield(r, nil) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDump dumps a graph, loads that into a new data directory and dumps it again: the same bytes.
func TestDump(t *testing.T) {
	p := newPlace(t)
	p.must("load", "--data", "a")
	first := p.must("dump", "--data", "a")
	for _, name := range []string{"whole.jsonl", "packed.jsonl.gz"} {
		if got, want := p.masked(p.must("dump", name, "--data", "a")), fmt.Sprintf("%s: %d records of revision 1 in TIME\n", name, strings.Count(first, "\n")-2); got != want {
			t.Errorf("dump says %q, want %q", got, want)
		}
		data := "copy-of-" + name
		p.must("load", name, "--data", data)
		if got := p.must("dump", "-", "--data", data); got != first {
			t.Errorf("the dump of what was loaded from %s differs", name)
		}
		if got := p.must("load", name, "--data", data); got != "nothing changed: revision 1 has these records already\n" {
			t.Errorf("loaded again: %s", got)
		}
	}
	if p.file("whole.jsonl") != first {
		t.Error("what is in the file is not what goes to standard output")
	}
	r, err := gzip.NewReader(strings.NewReader(p.file("packed.jsonl.gz")))
	if err != nil {
		t.Fatal(err)
	}
	var unpacked bytes.Buffer
	if _, err := unpacked.ReadFrom(r); err != nil || unpacked.String() != first {
		t.Errorf("%v, or what is packed is not what goes to standard output", err)
	}

	// A server on the copy knows the records as those that the program carries.
	s := p.serve("--data", "copy-of-whole.jsonl")
	if s.before != "" {
		t.Errorf("on a copy of its own records it says %q, want nothing", s.before)
	}
	if state, said := s.end(os.Interrupt); state.ExitCode() != 0 {
		t.Errorf("after an interrupt: %s\n%s", state, said)
	}
}

// TestDumpGenerated does the same with records of every sort and shape.
func TestDumpGenerated(t *testing.T) {
	p := newPlace(t)
	want := generated(t, 3, 2000)
	p.write(map[string]string{"made.jsonl": want})
	p.must("load", "made.jsonl", "--data", "data")
	if got := p.must("dump", "--data", "data"); got != want {
		t.Error("the dump differs from what was loaded")
	}
}

// TestDumpRevision shows that an earlier revision is dumped as it was, and what is said of one that is not there.
func TestDumpRevision(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	p.must("load", "records", "--data", "data")
	first := p.must("dump", "--data", "data")
	p.write(map[string]string{"records/organisations/old-boards.yaml": strings.Replace(records()["records/organisations/old-boards.yaml"], "Old", "Former", 1)})
	p.must("load", "records", "--data", "data")
	if got := p.must("dump", "--data", "data"); got == first || !strings.Contains(got, "Former boards") {
		t.Error("the newest revision is dumped as the one before")
	}
	if got := p.must("dump", "--revision", "1", "--data", "data"); got != first {
		t.Error("revision 1 is dumped otherwise than when it was the newest")
	}
	got := p.run("dump", "new.jsonl", "--revision", "3", "--data", "data")
	want := result{1, "", "policygraph: there is no revision 3; `policygraph revisions --data data` lists those that there are\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("revision 3 (-want +got):\n%s", diff)
	}
	p.write(map[string]string{"default.jsonl": first})
	p.must("load", "default.jsonl")
	got = p.run("dump", "--revision", "3")
	want.Err = "policygraph: there is no revision 3; `policygraph revisions` lists those that there are\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("revision 3 of the default directory (-want +got):\n%s", diff)
	}
	got = p.run("dump", "nowhere/new.jsonl", "--data", "data")
	want = result{1, "", "policygraph: cannot write nowhere/new.jsonl: no such file or directory\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("into a directory that is not there (-want +got):\n%s", diff)
	}
	if names, err := filepath.Glob(filepath.Join(p.dir, "*.part")); err != nil || len(names) > 0 {
		t.Errorf("it left %v, %v", names, err)
	}
}

// TestLoadChanges holds what a load says of the records that it changed. The statement that goes was the one that showed the new boards
// in being, so their life changes.
func TestLoadChanges(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	p.must("load", "records", "--data", "data")
	if err := os.Remove(filepath.Join(p.dir, "records/organisations/old-boards.yaml")); err != nil {
		t.Fatal(err)
	}
	p.write(map[string]string{
		"records/organisations/new-boards.yaml": strings.Split(records()["records/organisations/new-boards.yaml"], "statements:")[0],
		"records/organisations/trusts.yaml":     strings.Replace(records()["records/organisations/old-boards.yaml"], "Old boards", "Trusts", 1),
		"records/datasets/curated.yaml":         strings.Replace(records()["records/datasets/curated.yaml"], "Curated", "Our", 1),
	})
	got := p.masked(p.must("load", "records", "--data", "data", "--verbose"))
	want := `revision 2: 2 records added, 2 changed, 3 withdrawn, 3 as before, in TIME
  dataset: 1 changed
  entity: 1 added, 1 changed, 1 withdrawn
  statement: 1 added, 2 withdrawn
  changed dataset curated
  changed entity org:new-boards
  withdrawn entity org:old-boards
  added entity org:trusts
  withdrawn statement stm:org:new-boards/replaced-old-boards
  withdrawn statement stm:org:old-boards/name
  added statement stm:org:trusts/name
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what it says (-want +got):\n%s", diff)
	}
}

func TestRevisions(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	p.must("load", "records", "--data", "data", "--author", "A board", "--comment", "Boards <first>")
	p.must("load", "--data", "data")
	if got := p.must("revisions", "--data", "data"); !regexp.MustCompile(`^REVISION  TIME {17}ORIGIN  ADDED  CHANGED  WITHDRAWN  AUTHOR   COMMENT
2         \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  seed    \d+ +\d+ +\d+ +
1         \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  seed    8 +0 +0 +A board  Boards <first>
$`).MatchString(got) {
		t.Errorf("the table:\n%s", got)
	}
	var numbers []int64
	for line := range strings.Lines(p.must("revisions", "--json", "--data", "data")) {
		var r shownRevision
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Time.IsZero() || r.Time.Location() != time.UTC || len(r.Digest) != 64 || r.Origin != "seed" {
			t.Errorf("%s", line)
		}
		numbers = append(numbers, r.Number)
	}
	if diff := cmp.Diff([]int64{2, 1}, numbers); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

// TestLoadChangesCounts compares what a load says of each sort with what its revision says of all.
func TestLoadChangesCounts(t *testing.T) {
	p := newPlace(t)
	p.write(map[string]string{"old.jsonl": generated(t, 1, 300), "new.jsonl": generated(t, 2, 300)})
	p.must("load", "old.jsonl", "--data", "data")
	out := p.must("load", "new.jsonl", "--data", "data", "--verbose")
	var whole [3]int
	if _, err := fmt.Sscanf(out, "revision 2: %d records added, %d changed, %d withdrawn", &whole[0], &whole[1], &whole[2]); err != nil {
		t.Fatalf("%v: %.300s", err, out)
	}
	for i, what := range []string{added, changed, withdrawn} {
		bySort := 0
		for _, m := range regexp.MustCompile(`(?m)^  \w+: .*?\b(\d+) `+what+`\b`).FindAllStringSubmatch(out, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			bySort += n
		}
		listed := strings.Count(out, "\n  "+what+" ")
		if bySort != whole[i] || listed != whole[i] || whole[i] == 0 {
			t.Errorf("%d %s, by sort %d, listed %d: want the same, and some", whole[i], what, bySort, listed)
		}
	}
}

// TestLoadUnfinished holds what a load says of a file of which one origin cannot be loaded, and shows that the file, once mended, is then
// loaded to its end.
func TestLoadUnfinished(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	p.must("load", "records", "--data", "first")
	lines := strings.Split(strings.ReplaceAll(p.must("dump", "--data", "first"), `"origin":"seed"`, `"origin":"boards"`), "\n")
	var theirs, missing string // a statement of another origin, about a body that is not there
	for i, line := range lines {
		if strings.Contains(line, "stm:org:new-boards/replaced-old-boards") {
			theirs = strings.Replace(line, `"origin":"boards"`, `"origin":"changes"`, 1)
			lines[i] = theirs
			missing = strings.ReplaceAll(theirs, "org:old-boards", "org:no-boards")
		}
	}
	whole := strings.Join(lines, "\n")
	p.write(map[string]string{"whole.jsonl": whole, "faulty.jsonl": strings.Replace(whole, theirs, missing, 1)})

	got := p.run("load", "faulty.jsonl", "--data", "data")
	want := result{1, "boards: revision 1: 7 records added, 0 changed, 0 withdrawn, 0 as before, in TIME\n" +
		"  dataset: 1 added\n  entity: 3 added\n  statement: 3 added\n",
		"not loaded, and as before: changes; loading the file again does the rest\n" +
			"policygraph: load the origin changes: records refer to what is not there: org:no-boards (named by stm:org:new-boards/replaced-old-boards)\n"}
	got.Out = p.masked(got.Out)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a faulty file (-want +got):\n%s", diff)
	}
	out := p.masked(p.must("load", "whole.jsonl", "--data", "data"))
	if want := "boards: nothing changed: revision 1 has these records already\n" +
		"changes: revision 5: 1 record added, 0 changed, 0 withdrawn, 0 as before, in TIME\n  statement: 1 added\n"; out != want {
		t.Errorf("mended, it says\n%swant\n%s", out, want)
	}
	if p.must("dump", "--data", "data") != whole {
		t.Error("the dump differs from the file")
	}
}
