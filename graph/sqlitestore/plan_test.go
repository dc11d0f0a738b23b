package sqlitestore

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPlans holds the text of each read, as it is compiled, and SQLite's plan for it to a golden file: that keyed reads search an index
// and none scans a table is there to see.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	type read struct{ name, text string }
	reads := []read{
		{"entities by id", entityRows},
		{"documents of entities", entityDocuments},
		{"nodes by id", nodeRows},
		{"statements by id", statementRows},
		{"documents of statements", statementDocuments},
		{"documents of citations", citationDocuments},
		{"entities by identifier", identifierRows},
		{"change events by id", changeEventRows},
		{"conflicts by id", conflictRows},
		{"conflicts of statements", conflictsOfStatements},
		{"conflicts of entities", conflictsOfNodes},
		{"redirects to entities", redirectsTo},
		{"data sets", datasetDocuments},
		{"candidates", candidateRows},
		{"new words", newWords},
		{"names that a load brings", namesOf},
		{"head", headRow},
		{"revision", revisionRow},
		{"predicates at a subject", sides[subjectSide].parts},
		{"predicates at an object", sides[objectSide].parts},
	}
	tallied := func(of graph.Countable) read {
		text, _ := tallyQuery(of, 7)
		return read{"tally of " + strings.ToLower(string(of)), text}
	}
	reads = append(reads,
		read{"versions to be put", currentRows(statementSort)},
		read{"citations of a load", fillCiting},
		tallied(graph.CountEntities), tallied(graph.CountStatements), tallied(graph.CountCitations),
		read{"references that do not resolve", dangling},
	)
	var got strings.Builder
	for _, r := range reads {
		fmt.Fprintf(&got, "-- %s --\n%s\n\n%s\n", r.name, unindent(r.text), plan(t, s.write, r.text))
		for line := range strings.Lines(plan(t, s.write, r.text)) {
			if scansTable.MatchString(line) && r.name != "references that do not resolve" && r.name != "data sets" {
				t.Errorf("%s scans a table:%s", r.name, line)
			}
		}
	}
	golden := filepath.Join("testdata", "plans.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("plans (-want +got); -update writes them anew:\n%s", diff)
	}
}

// scansTable matches a line of a plan that reads all of a record table or of what belongs to one. Parameters are virtual tables, and
// a recursive query scans its own rows.
var scansTable = regexp.MustCompile(`SCAN (s|e|f|t|n|d|c|i|r|statement|entity|citation|name|w|word|identifier|reference|node|redirect|change_event|dataset)\b`)

// plan is what EXPLAIN QUERY PLAN tells, as a tree.
func plan(t *testing.T, db *sql.DB, text string) string {
	t.Helper()
	args := make([]any, 100) // null: the plan does not depend on values
	rows, err := db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("explain %s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	depth := map[int]int{}
	var b strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		depth[id] = depth[parent] + 1
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth[id]), detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unindent takes off the tabs that stand before every line.
func unindent(text string) string {
	text = strings.Trim(text, "\n\t")
	lines := strings.Split(text, "\n")
	least := -1
	for _, line := range lines[1:] {
		if n := len(line) - len(strings.TrimLeft(line, "\t")); least < 0 || n < least {
			least = n
		}
	}
	for i := range lines[1:] {
		lines[i+1] = lines[i+1][least:]
	}
	return strings.Join(lines, "\n")
}
