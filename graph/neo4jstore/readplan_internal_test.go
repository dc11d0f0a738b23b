package neo4jstore

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// plannedRead is a read whose plan is held.
type plannedRead struct {
	name string
	read func(context.Context) error
	most int  // rows that its seeks and scans of the database may yield
	kind bool // it may scan all of a kind of record
}

// TestPlans runs each read on a graph of 10,000 statements, and holds it to one round trip and to what the server says that it did:
// reads by key begin with a seek in an index and read no more than the keys have, lists and totals no more than the kind has. The table in
// README.md shows it; -update writes it anew.
func TestPlans(t *testing.T) {
	s := opened(t, "neo4j", Options{JoinAfter: -1})
	b := graphtest.Generate(1, 10_000)
	v := loaded(t, s, b)
	dated := graph.View{Revision: v.Revision, Date: graph.MustDate("2012")}
	if _, err := s.Entities(t.Context(), v, []string{"org:none"}); err != nil { // the first read of a revision makes more round trips
		t.Fatal(err)
	}
	if err := s.change(t.Context(), func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, `CALL db.clearQueryCaches()`, nil) // some were planned for an empty database
		return err
	}); err != nil {
		t.Fatal(err)
	}

	type row struct{ name, begins, rows, most string }
	var table []row
	for _, r := range plannedReads(s, b, v, dated) {
		t.Run(r.name, func(t *testing.T) {
			var text string
			var p params
			n := 0
			s.onRead = func(t string, q params) { text, p, n = t, q, n+1 }
			err := r.read(t.Context())
			s.onRead = nil
			if err != nil {
				t.Fatal(err)
			}
			if n != 1 {
				t.Fatalf("%d round trips", n)
			}
			plan := s.profile(t, text, p)
			leaves, rows := leavesOf(t, plan, r.kind)
			if rows > int64(r.most) {
				t.Errorf("it reads %d rows, of at most %d:\n%s", rows, r.most, text)
			}
			table = append(table, row{r.name, strings.Join(leaves, ", "), fmt.Sprint(rows), fmt.Sprint(r.most)})
		})
	}
	if t.Failed() {
		return
	}
	var text strings.Builder
	text.WriteString("| read | finds rows by | rows read | of at most |\n|---|---|---|---|\n")
	for _, r := range table {
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", r.name, r.begins, r.rows, r.most)
	}
	const file, begin, end = "README.md", "<!-- plans -->\n", "<!-- end of plans -->\n"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok0 := strings.Cut(string(readme), begin)
	have, after, ok1 := strings.Cut(rest, end)
	if !ok0 || !ok1 {
		t.Fatalf("%s has no place for the table", file)
	}
	if *update {
		have = text.String()
		if err := os.WriteFile(file, []byte(before+begin+have+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Another server may run the same plan otherwise; what is above holds for it too.
	if diff := cmp.Diff(have, text.String()); diff != "" && os.Getenv(neo4jtest.Variable) == "" {
		t.Errorf("the table in %s (-have +got); -update writes it anew:\n%s", file, diff)
	}
}

// opened is a store of the shared server, by one of its schemes, until the test ends.
func opened(t *testing.T, scheme string, o Options) *Store {
	t.Helper()
	server := neo4jtest.Shared(t)
	o.User, o.Password = server.User, server.Password
	s, err := Open(t.Context(), server.URI(scheme), o)
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

// loaded loads a batch and returns the view of its revision.
func loaded(t *testing.T, s *Store, b graph.Batch) graph.View {
	t.Helper()
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "plans", Time: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	const step = 2000
	parts := []graph.Batch{{Datasets: b.Datasets, ChangeEvents: b.ChangeEvents, Conflicts: b.Conflicts, Redirects: b.Redirects}}
	for part := range slices.Chunk(b.Entities, step) {
		parts = append(parts, graph.Batch{Entities: part})
	}
	for part := range slices.Chunk(b.Statements, step) {
		parts = append(parts, graph.Batch{Statements: part})
	}
	for _, part := range parts {
		if err := l.Put(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	r, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return graph.View{Revision: r.Number}
}

// plannedReads are the reads of the store, each of what a request asks for.
func plannedReads(s *Store, b graph.Batch, v, dated graph.View) []plannedRead {
	// How many statements there are of each end and predicate, and of a source and role.
	type end struct{ id, predicate string }
	out, in, cited := make(map[end]int), make(map[end]int), make(map[end]int)
	ofPredicate := make(map[string]int)
	for _, st := range b.Statements {
		predicate := string(st.Relation)
		if predicate == "" {
			predicate = string(st.Property)
		}
		ofPredicate[predicate]++
		for _, p := range []string{predicate, ""} {
			out[end{st.Subject, p}]++
			if st.Object != "" {
				in[end{st.Object, p}]++
			}
		}
		seen := make(map[end]bool)
		for _, c := range st.Citations {
			seen[end{c.SourceID, string(c.Role)}] = true
		}
		for key := range seen {
			cited[key]++
		}
	}
	ofKind := make(map[graph.Kind]int)
	var bodies, ids []string
	for _, e := range b.Entities {
		ofKind[e.Kind]++
		if e.Kind == graph.Organisation && e.Form == graph.Body {
			bodies = append(bodies, e.ID)
		}
	}
	for _, st := range b.Statements {
		ids = append(ids, st.ID)
	}
	most := func(of map[end]int, predicate string) (id string) {
		for key, n := range of {
			if key.predicate == predicate && (id == "" || n > of[end{id, predicate}] || n == of[end{id, predicate}] && key.id < id) {
				id = key.id
			}
		}
		return id
	}
	sum := func(of map[end]int, predicate string, ids ...string) (n int) {
		for _, id := range ids {
			n += of[end{id, predicate}]
		}
		return n
	}
	parents := func(ids []string) (far []string) {
		for _, st := range b.Statements {
			if st.Relation == "PART_OF" && slices.Contains(ids, st.Subject) && !slices.Contains(far, st.Object) {
				far = append(far, st.Object)
			}
		}
		return far
	}
	class, source := most(in, "INSTANCE_OF"), most(cited, string(graph.Supports))
	hub := most(in, "PART_OF")
	fifty := bodies[100:150]
	named, events := 3, len(b.ChangeEvents)
	edges := func(q graph.EdgeQuery) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Edges(ctx, v, []graph.EdgeQuery{q})
			return err
		}
	}
	entities := func(v graph.View, q graph.EntityQuery) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.ListEntities(ctx, v, q)
			return err
		}
	}
	statements := func(q graph.StatementQuery) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.ListStatements(ctx, v, q)
			return err
		}
	}
	count := func(q graph.CountQuery) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Count(ctx, v, q)
			return err
		}
	}
	var code graph.Identifier
	for _, e := range b.Entities {
		if len(e.Identifiers) > 0 {
			code = e.Identifiers[0]
			break
		}
	}
	bearers := 0
	for _, e := range b.Entities {
		for _, id := range e.Identifiers {
			if id.Scheme == code.Scheme && id.Value == code.Value {
				bearers++
			}
		}
	}
	middle := graph.Cursor{Lo: 14000, ID: "stm:org:a/x"}
	organisations := []graph.Kind{graph.Organisation}
	page := graph.Page{First: 20}
	total := graph.Page{Total: true}
	return []plannedRead{
		{"entities by id, 50", func(ctx context.Context) error { _, err := s.Entities(ctx, v, fifty); return err }, 50, false},
		{"entities by identifier", func(ctx context.Context) error {
			_, err := s.EntitiesByIdentifier(ctx, v, []graph.Identifier{code})
			return err
		}, 1 + bearers, false},
		{"statements by id, 50", func(ctx context.Context) error { _, err := s.Statements(ctx, v, ids[100:150]); return err }, 50, false},
		{"evidence of 50 statements", func(ctx context.Context) error { _, err := s.Evidence(ctx, v, ids[100:150]); return err }, 50 + 50*named, false},
		{"change events by id, 5", func(ctx context.Context) error {
			var ids []string
			for _, e := range b.ChangeEvents[:5] {
				ids = append(ids, e.ID)
			}
			_, err := s.ChangeEvents(ctx, v, ids)
			return err
		}, 5 + 5*named, false},
		{"data sets", func(ctx context.Context) error { _, err := s.Datasets(ctx, v); return err }, len(b.Datasets), true},
		{"conflicts by id, 5", func(ctx context.Context) error {
			var ids []string
			for _, c := range b.Conflicts[:5] {
				ids = append(ids, c.ID)
			}
			_, err := s.Conflicts(ctx, v, ids)
			return err
		}, 5, false},
		{"conflicts of 50 entities", func(ctx context.Context) error { _, err := s.ConflictsOf(ctx, v, fifty); return err }, 4 * len(b.Conflicts), true},
		{"edges of 50 by one relation", edges(graph.EdgeQuery{Entities: fifty, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: page}),
			2 * sum(out, "PART_OF", fifty...), false},
		{"edges of 50, all both ways", edges(graph.EdgeQuery{Entities: fifty, Direction: graph.Both, Page: page}),
			2 * (sum(out, "", fifty...) + sum(in, "", fifty...)), false},
		{"edges of 50 with evidence", edges(graph.EdgeQuery{
			Entities: fifty, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: page, Near: true, Evidence: true,
		}), 50 + (2+named)*sum(out, "PART_OF", fifty...), false},
		{"three levels of 50 with evidence", edges(graph.EdgeQuery{
			Entities: fifty, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: page, Near: true, Evidence: true, Then: []graph.EdgeQuery{{
				Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: page, Evidence: true, Then: []graph.EdgeQuery{{
					Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out, Page: page, Evidence: true,
				}},
			}},
		}), 50 + (2+named)*sum(out, "PART_OF", slices.Concat(fifty, parents(fifty), parents(parents(fifty)))...), false},
		{"page of 20 at a hub", edges(graph.EdgeQuery{Entities: []string{class}, Relations: []graph.RelationName{"INSTANCE_OF"}, Direction: graph.In, Page: page}), 60, false},
		{"page of 20 at a hub, from a place", edges(graph.EdgeQuery{
			Entities: []string{class}, Relations: []graph.RelationName{"INSTANCE_OF"}, Direction: graph.In, Page: graph.Page{Last: 20, Before: &middle},
		}), 60, false},
		{"page of 20 at a hub, all relations", edges(graph.EdgeQuery{Entities: []string{class}, Direction: graph.In, Page: page}), 60, false},
		{"page of 20 at a hub, filtered", edges(graph.EdgeQuery{
			Entities: []string{hub}, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.In, Page: page,
			Filter: graph.StatementFilter{Node: &graph.EntityFilter{Name: &graph.TextFilter{Contains: "ash"}}},
		}), 3 * in[end{hub, "PART_OF"}], false},
		{"total at a hub", edges(graph.EdgeQuery{Entities: []string{class}, Relations: []graph.RelationName{"INSTANCE_OF"}, Direction: graph.In, Page: total}),
			in[end{class, "INSTANCE_OF"}], false},
		{"page of 20 that cite a source", edges(graph.EdgeQuery{Entities: []string{source}, CitedAs: []graph.Role{graph.Supports}, Page: page}), 60, false},
		{"total that cite a source", edges(graph.EdgeQuery{Entities: []string{source}, CitedAs: []graph.Role{graph.Supports}, Page: total}),
			cited[end{source, string(graph.Supports)}], false},
		{"organisations by name, 100", entities(v, graph.EntityQuery{Filter: graph.EntityFilter{Kinds: organisations}, Page: graph.Page{First: 100}}), 101, false},
		{"organisations by name, on a date, 100", entities(dated, graph.EntityQuery{Filter: graph.EntityFilter{Kinds: organisations}, Page: graph.Page{First: 100}}), 1000, false},
		{"entities by start, 100", entities(v, graph.EntityQuery{Order: graph.Order{By: graph.ByDate, Descending: true}, Page: graph.Page{First: 100}}), 101, false},
		{"organisations by a part of the name, with total", entities(v, graph.EntityQuery{
			Filter: graph.EntityFilter{Kinds: organisations, Name: &graph.TextFilter{Contains: "ashleton"}}, Page: graph.Page{First: 20, Total: true},
		}), 2 * ofKind[graph.Organisation], false},
		{"entities by relation to one", entities(v, graph.EntityQuery{
			Filter: graph.EntityFilter{Related: []graph.RelatedFilter{{Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Out,
				Where: graph.StatementFilter{Node: &graph.EntityFilter{IDs: []string{hub}}}}}}, Page: page,
		}), 4 * in[end{hub, ""}], false},
		{"statements by date, 100", statements(graph.StatementQuery{Page: graph.Page{First: 100}}), 200, false},
		{"statements of a relation, with total", statements(graph.StatementQuery{
			Filter: graph.StatementFilter{Relations: []graph.RelationName{graph.Replaced}}, Page: graph.Page{First: 20, Total: true},
		}), 2 * ofPredicate["REPLACED"], false},
		{"statements about one", statements(graph.StatementQuery{
			Filter: graph.StatementFilter{Subject: &graph.EntityFilter{IDs: []string{hub}}}, Page: page,
		}), 2 * out[end{hub, ""}], false},
		{"change events by date, 20", func(ctx context.Context) error {
			_, err := s.ListChangeEvents(ctx, v, graph.ChangeEventQuery{Page: page})
			return err
		}, 40 + 20*named, false},
		{"change events of one", func(ctx context.Context) error {
			_, err := s.ListChangeEvents(ctx, v, graph.ChangeEventQuery{Entities: []string{hub}, Page: page})
			return err
		}, events + 20*named, false},
		{"conflicts, 20", func(ctx context.Context) error {
			_, err := s.ListConflicts(ctx, v, graph.ConflictQuery{Page: page})
			return err
		}, 21, false},
		{"count of entities by kind", count(graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Limit: 10}), len(b.Entities), true},
		{"count of organisations by year", count(graph.CountQuery{
			Of: graph.CountEntities, By: graph.CountByYear, Entities: graph.EntityFilter{Kinds: organisations}, Limit: 10,
		}), ofKind[graph.Organisation], false},
		{"count of statements by relation", count(graph.CountQuery{Of: graph.CountStatements, By: graph.CountByRelation, Limit: 10}), len(b.Statements), true},
		{"count of citations by source", count(graph.CountQuery{Of: graph.CountCitations, By: graph.CountBySource, Limit: 10}), len(b.Statements), true},
	}
}

// profile runs a text and returns what the server says that it did.
func (s *Store) profile(t *testing.T, text string, p params) neo4j.ProfiledPlan {
	t.Helper()
	session := s.session(t.Context(), neo4j.AccessModeRead)
	defer closeSession(t.Context(), session)
	result, err := session.Run(t.Context(), "PROFILE\n"+text, p)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := result.Consume(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return summary.Profile()
}

// foundBy is the label with the columns of an index, in the details of an operator.
var foundBy = regexp.MustCompile(`:([\w?]+(?:\([^)]*\))?)`)

// leavesOf are the operators of a plan that find nodes and relationships of the database, each once, with the rows that they yield in all.
func leavesOf(t *testing.T, plan neo4j.ProfiledPlan, kind bool) (leaves []string, rows int64) {
	t.Helper()
	name := strings.TrimSuffix(plan.Operator(), "@neo4j")
	switch {
	case strings.Contains(name, "AllNodesScan") || strings.Contains(name, "CartesianProduct") || strings.Contains(name, "RelationshipsScan"):
		t.Errorf("the plan has a %s", name)
	case (strings.Contains(name, "LabelScan") || strings.Contains(name, "IndexScan")) && !kind:
		t.Errorf("the plan has a %s: %v", name, plan.Arguments()["Details"])
	}
	if strings.Contains(name, "Seek") || strings.Contains(name, "Scan") {
		details, _ := plan.Arguments()["Details"].(string)
		how := "seek in"
		if strings.Contains(name, "LabelScan") {
			how = "all of"
		}
		leaves, rows = append(leaves, fmt.Sprintf("%s `%s`", how, foundBy.FindStringSubmatch(details + " :?")[1])), plan.Records()
	}
	for _, child := range plan.Children() {
		more, n := leavesOf(t, child, kind)
		leaves, rows = append(leaves, more...), rows+n
	}
	slices.Sort(leaves)
	return slices.Compact(leaves), rows
}
