package neo4jstore

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
)

// scansAllowed are the fixed queries that read all nodes of a label, or of the database, with why they may.
var scansAllowed = map[string]string{
	"schema":          "it looks for one node that is not ours and stops at the first",
	"check_redirects": "redirects are few, and each is looked at",
	"redirects":       "all redirects of a revision are asked for, once",
	"datasets":        "all data sets are asked for, which are few",
}

// loadTexts are all texts that loads, tidying and dumps run, by name.
func loadTexts(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	files, err := fs.Glob(texts, "cypher/*.cypher")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "cypher/"), ".cypher")
		all[name] = fixed(name)
	}
	for _, sort := range sortTable {
		all["find "+sort.label], all["mark "+sort.label] = sort.find, sort.mark
	}
	for _, d := range dumped {
		all["dump "+sortTable[d.sort].label] = dumpText(d.sort)
	}
	for _, name := range []graph.RelationName{graph.Replaced, "PART_OF"} { // the others differ in the name alone
		all["remove "+string(name)] = relationRemovals[string(name)]
	}
	return all
}

// TestLoadPlans looks at how the server would run each text that does not come from a filter, in an empty database, where a plan is made that
// the first load keeps, and in one with a graph: nothing reads a whole label or joins without a key.
func TestLoadPlans(t *testing.T) {
	s := opened(t, "bolt", Options{})
	check := func(t *testing.T) {
		all := loadTexts(t)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			plan := explain(t, s, all[name])
			for _, operator := range []string{"AllNodesScan", "CartesianProduct", "NodeByLabelScan", "DirectedAllRelationshipsScan", "RelationshipTypeScan"} {
				if strings.Contains(plan, operator) && scansAllowed[name] == "" {
					t.Errorf("%s has a %s:\n%s", name, operator, plan)
				}
			}
		}
	}
	t.Run("empty", check)
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated"})
	if err != nil {
		t.Fatal(err)
	}
	b := graphtest.Generate(1, 3000)
	if err := l.Put(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range s.Dump(t.Context(), graph.View{Revision: l.Number()}) {
	}
	t.Run("loaded", check)
}

// explain is a text's plan, an operator a line.
func explain(t *testing.T, s *Store, text string) string {
	t.Helper()
	session := s.session(t.Context(), neo4j.AccessModeWrite)
	defer closeSession(t.Context(), session)
	result, err := session.Run(t.Context(), "EXPLAIN "+text, nil)
	if err != nil {
		t.Fatalf("EXPLAIN %s: %v", text, err)
	}
	summary, err := result.Consume(t.Context())
	if err != nil {
		t.Fatalf("EXPLAIN %s: %v", text, err)
	}
	var b strings.Builder
	var write func(p neo4j.Plan, depth int)
	write = func(p neo4j.Plan, depth int) {
		operator := p.Operator()
		if strings.HasPrefix(operator, "CartesianProduct") && !slices.ContainsFunc(p.Children(), func(p neo4j.Plan) bool { return !strings.HasPrefix(p.Operator(), "NodeUniqueIndexSeek") }) {
			operator = "OneOfEach" // found by its key
		}
		fmt.Fprintf(&b, "%s%s %v\n", strings.Repeat(" ", depth), operator, p.Arguments()["Details"])
		for _, child := range p.Children() {
			write(child, depth+1)
		}
	}
	write(summary.Plan(), 0)
	return b.String()
}
