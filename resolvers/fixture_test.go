package resolvers_test

import (
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
)

var update = flag.Bool("update", false, "write the golden files again")

// fixture is a small invented graph: district boards gave way to area groups under an Act, those to joint panels under another, and
// the duty to plan passed with them. Twelve wards are parts of a council; two bodies bore one code, one after the other.
func fixture() graph.Batch {
	b := graph.Batch{
		Datasets: []graph.Dataset{
			{ID: "background", Title: "Background", Publisher: "Registers", Licence: "OGL-UK-3.0", Attribution: "Contains public sector information."},
			{ID: "curated", Title: "Read from articles", Licence: "CC-BY-4.0"},
		},
		Redirects: []graph.Redirect{{From: "org:boards", To: "org:district-boards"}},
	}
	article := []graph.Citation{{SourceID: "src:article", Dataset: "curated", Locator: "Table 1, row 2", Line: 12}}
	register := []graph.Citation{{SourceID: "src:register", Dataset: "background", Locator: "record 7", Note: "as archived", Accessed: graph.MustDate("2025-06-01")}}
	property := func(id, key string, name graph.PropertyName, v graph.Value, c []graph.Citation) *graph.Statement {
		b.Statements = append(b.Statements, graph.Statement{ID: graph.StatementID(id, key), Subject: id, Property: name, Value: v, Citations: c})
		return &b.Statements[len(b.Statements)-1]
	}
	text := func(s string) graph.Value { return graph.Value{Kind: graph.TextValue, Text: s} }
	date := func(s string) graph.Value { return graph.Value{Kind: graph.DateValue, Date: graph.MustDate(s)} }
	entity := func(id string, form graph.Form, name, start string) {
		kind, _ := graph.KindOf(id)
		b.Entities = append(b.Entities, graph.Entity{ID: id, Kind: kind, Form: form})
		property(id, "name", graph.NameProperty, text(name), article)
		if start != "" {
			property(id, "start", graph.StartProperty, date(start), register)
		}
	}
	related := func(key, subject string, relation graph.RelationName, object string, more func(*graph.Statement)) {
		s := graph.Statement{ID: graph.StatementID(subject, key), Subject: subject, Relation: relation, Object: object, Citations: article}
		if more != nil {
			more(&s)
		}
		b.Statements = append(b.Statements, s)
	}

	entity("src:article", graph.Body, "Twenty years of boards and groups", "2021-02-03")
	entity("src:register", graph.Body, "Register of boards", "2015")
	entity("ini:paper", graph.Body, "Planning together: a white paper", "2010-07")
	entity("leg:groups-act", graph.Body, "Groups Act 2012", "2012-03-27")
	entity("leg:panels-act", graph.Body, "Panels Act 2022", "2022-04-28")
	entity("res:planning", graph.Body, "Planning of services", "")
	entity("pla:north", graph.Body, "The North", "")
	entity("top:reform", graph.Body, "Reform", "")
	entity("org:district-boards", graph.Class, "district boards", "2002-04-01")
	acronym := property("org:district-boards", "acronym", graph.NameProperty, text("DB"), article)
	acronym.Qualifiers = []graph.Qualifier{{Name: graph.NameUseQualifier, Value: text(string(graph.Acronym))}}
	property("org:district-boards", "count", "COUNT", graph.Value{Kind: graph.NumberValue, Number: 152, Unit: "boards"}, article).Period = graph.PeriodFrom(graph.MustDate("2006"))
	property("org:district-boards", "count-registered", "COUNT", graph.Value{Kind: graph.NumberValue, Number: 150, Unit: "boards"}, register).Period = graph.PeriodFrom(graph.MustDate("2006"))
	b.Conflicts = []graph.Conflict{{
		ID: "cfl:number-of-boards", Kind: graph.DifferenceOfScope, Preferred: "stm:org:district-boards/count",
		Members:     []string{"stm:org:district-boards/count", "stm:org:district-boards/count-registered"},
		Explanation: "The register leaves out the two boards that were care boards too.",
	}}
	entity("org:area-groups", graph.Class, "area groups", "")
	entity("org:joint-panels", graph.Class, "joint panels", "")
	entity("org:council", graph.Body, "The King’s Council", "1997")
	property("org:council", "type", graph.TypeProperty, text("council"), article)
	entity("org:old-office", graph.Body, "Old office", "1999")
	entity("org:new-office", graph.Body, "New office", "2010")
	for i := range b.Entities {
		switch e := &b.Entities[i]; e.ID {
		case "org:old-office":
			e.Identifiers = []graph.Identifier{{Scheme: "ods", Value: "X26", Period: mustPeriod("1999/2009")}}
		case "org:new-office":
			e.Identifiers = []graph.Identifier{{Scheme: "ods", Value: "X26", Period: mustPeriod("2010/..")}}
		case "org:council":
			e.Identifiers = []graph.Identifier{{Scheme: "ods", Value: "C01"}}
			e.Summary = "The council of all wards."
		}
	}
	related("planning", "org:district-boards", graph.ResponsibleFor, "res:planning", func(s *graph.Statement) {
		s.Period = graph.PeriodFrom(graph.MustDate("2002-04-01"))
	})
	related("led", "org:council", "LED", "ini:paper", func(s *graph.Statement) {
		s.Period = mustPeriod("2010/2012~")
		s.Certainty, s.AttributedTo = graph.Reported, "org:joint-panels"
	})
	related("about", "ini:paper", "ABOUT", "top:reform", nil)
	related("proposed", "ini:paper", "INTRODUCED", "org:area-groups", func(s *graph.Statement) {
		s.When, s.Status = graph.MustDate("2010-07"), graph.Proposed
	})
	related("published", "org:council", "PUBLISHED", "src:register", func(s *graph.Statement) { s.When = graph.MustDate("2015") })
	related("praise", "src:article", "ASSESSED", "org:district-boards", func(s *graph.Statement) {
		s.Qualifiers = []graph.Qualifier{{Name: "POLARITY", Value: text("POSITIVE")}, {Name: "GROUND", Value: text("waiting times fell")}}
		s.Note = "A later passage qualifies this."
	})
	for i := range 12 {
		id := "org:ward-" + string(rune('a'+i))
		entity(id, graph.Body, "Ward "+string(rune('A'+i)), "")
		related("council", id, "PART_OF", "org:council", func(s *graph.Statement) { s.Period = graph.PeriodFrom(graph.DayOf(1998+i, 4, 1).Date()) })
		related("class", id, graph.InstanceOf, "org:district-boards", nil)
	}
	b.ChangeEvents = []graph.ChangeEvent{
		{
			ID: "evt:groups-2013", Kind: graph.ChangeReplaced, Name: "Groups took the place of boards", When: graph.MustDate("2013-04-01"),
			Inputs: []string{"org:district-boards"}, Outputs: []string{"org:area-groups"},
			Basis: []graph.Basis{{LegislationID: "leg:groups-act", Provision: "s. 34"}},
			Citations: []graph.Citation{
				{SourceID: "src:article", Dataset: "curated", Locator: "Table 1, row 2", Aspects: []graph.Aspect{graph.AspectRelation}},
				{SourceID: "ini:paper", Dataset: "background", Locator: "para. 4.1", Aspects: []graph.Aspect{graph.AspectWhen, graph.AspectBasis}},
			},
		},
		{
			ID: "evt:panels-2022", Kind: graph.ChangeReplaced, Name: "Panels took the place of groups", When: graph.MustDate("2022-07"),
			Inputs: []string{"org:area-groups"}, Outputs: []string{"org:joint-panels"},
			Basis: []graph.Basis{{LegislationID: "leg:panels-act"}}, Citations: article,
		},
		{
			ID: "evt:planning-2013", Kind: graph.ChangeTransferred, Name: "Planning passed to groups", When: graph.MustDate("2013-04-01"),
			Inputs: []string{"org:district-boards"}, Outputs: []string{"org:area-groups"}, Responsibilities: []string{"res:planning"}, Citations: article,
		},
	}
	return b
}

func mustPeriod(s string) graph.Period {
	p, err := graph.ParsePeriod(s)
	if err != nil {
		panic(err)
	}
	return p
}

// load publishes a batch as the next revision of each store.
func load(t testing.TB, s stores, b graph.Batch) {
	t.Helper()
	loadAt(t, s, b, time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC))
}

func loadAt(t testing.TB, s stores, b graph.Batch, at time.Time) {
	t.Helper()
	out, problems := graph.Assemble(b)
	for _, p := range problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	for _, store := range s {
		l, err := store.Begin(t.Context(), graph.LoadSpec{Origin: "test", Comment: "the fixture", Time: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Put(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// options log faults to the test, and number them from fault-1.
func options(t testing.TB) resolvers.Options {
	var mu sync.Mutex
	n := 0
	return resolvers.Options{
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Reference: func() string {
			mu.Lock()
			defer mu.Unlock()
			n++
			return "fault-" + string(rune('0'+n))
		},
	}
}

// ask runs an operation and returns its answer as indented JSON.
func ask(t *testing.T, c *client, query string, variables map[string]any) string {
	t.Helper()
	answer, err := json.MarshalIndent(c.Do(t.Context(), graphql.RawParams{Query: query, Variables: variables}), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(answer) + "\n"
}

// data runs an operation that must have no error and decodes its data.
func data[T any](t *testing.T, c *client, query string) (v T) {
	t.Helper()
	answer := c.Do(t.Context(), graphql.RawParams{Query: query})
	if len(answer.Errors) > 0 {
		t.Fatalf("%s\n%v", query, answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// countingStore notes the name of every call.
type countingStore struct {
	graph.Store
	mu       sync.Mutex
	calls    []string
	queries  int // of edges, with those that follow
	entities int // that are asked for by id, or whose edges are
}

func (s *countingStore) note(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, name)
}

func (s *countingStore) add(queries, entities int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries += queries
	s.entities += entities
}

func (s *countingStore) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	s.note("Entities")
	s.add(0, len(ids))
	return s.Store.Entities(ctx, v, ids)
}

func (s *countingStore) EntitiesByIdentifier(ctx context.Context, v graph.View, ids []graph.Identifier) ([][]*graph.Entity, error) {
	s.note("EntitiesByIdentifier")
	return s.Store.EntitiesByIdentifier(ctx, v, ids)
}

func (s *countingStore) Statements(ctx context.Context, v graph.View, ids []string) ([]*graph.Statement, error) {
	s.note("Statements")
	return s.Store.Statements(ctx, v, ids)
}

// paged says what is read of a list.
func paged(p graph.Page) string {
	switch {
	case p.First+p.Last == 0:
		return " total"
	case p.Total:
		return " page+total"
	}
	return " page"
}

func (s *countingStore) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	name := "Edges"
	for _, q := range queries {
		name += " " + edgesAsked(q)
		s.add(queriesIn(q), len(q.Entities))
	}
	s.note(name)
	return s.Store.Edges(ctx, v, queries)
}

// edgesAsked is the page that a query asks for, and in brackets those of what follows.
func edgesAsked(q graph.EdgeQuery) string {
	asked := strings.TrimSpace(paged(q.Page))
	if len(q.Then) == 0 {
		return asked
	}
	then := make([]string, len(q.Then))
	for i, q := range q.Then {
		then[i] = edgesAsked(q)
	}
	return asked + " (" + strings.Join(then, ", ") + ")"
}

// queriesIn is how many queries one is, with those that follow.
func queriesIn(q graph.EdgeQuery) int {
	n := 1
	for _, then := range q.Then {
		n += queriesIn(then)
	}
	return n
}

func (s *countingStore) Evidence(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
	s.note("Evidence")
	return s.Store.Evidence(ctx, v, ids)
}

func (s *countingStore) ChangeEvents(ctx context.Context, v graph.View, ids []string) ([]*graph.ChangeEvent, error) {
	s.note("ChangeEvents")
	return s.Store.ChangeEvents(ctx, v, ids)
}

func (s *countingStore) Datasets(ctx context.Context, v graph.View) ([]graph.Dataset, error) {
	s.note("Datasets")
	return s.Store.Datasets(ctx, v)
}

func (s *countingStore) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	s.note("Candidates")
	return s.Store.Candidates(ctx, v, q)
}

func (s *countingStore) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (graph.EntityPage, error) {
	s.note("ListEntities" + paged(q.Page))
	return s.Store.ListEntities(ctx, v, q)
}

func (s *countingStore) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (graph.EdgePage, error) {
	s.note("ListStatements" + paged(q.Page))
	return s.Store.ListStatements(ctx, v, q)
}

func (s *countingStore) ListChangeEvents(ctx context.Context, v graph.View, q graph.ChangeEventQuery) (graph.ChangeEventPage, error) {
	s.note("ListChangeEvents" + paged(q.Page))
	return s.Store.ListChangeEvents(ctx, v, q)
}

func (s *countingStore) ListConflicts(ctx context.Context, v graph.View, q graph.ConflictQuery) (graph.ConflictPage, error) {
	s.note("ListConflicts" + paged(q.Page))
	return s.Store.ListConflicts(ctx, v, q)
}

func (s *countingStore) Conflicts(ctx context.Context, v graph.View, ids []string) ([]*graph.Conflict, error) {
	s.note("Conflicts")
	return s.Store.Conflicts(ctx, v, ids)
}

func (s *countingStore) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	s.note("ConflictsOf")
	return s.Store.ConflictsOf(ctx, v, ids)
}

func (s *countingStore) RedirectsTo(ctx context.Context, v graph.View, ids []string) ([][]string, error) {
	s.note("RedirectsTo")
	return s.Store.RedirectsTo(ctx, v, ids)
}

func (s *countingStore) Count(ctx context.Context, v graph.View, q graph.CountQuery) (graph.Counts, error) {
	s.note("Count " + string(q.Of) + " by " + string(q.By))
	return s.Store.Count(ctx, v, q)
}

func (s *countingStore) Revision(ctx context.Context, number int64) (*graph.Revision, error) {
	s.note("Revision")
	return s.Store.Revision(ctx, number)
}

func (s *countingStore) RevisionAt(ctx context.Context, t time.Time) (graph.Revision, error) {
	s.note("RevisionAt")
	return s.Store.RevisionAt(ctx, t)
}

func (s *countingStore) ListRevisions(ctx context.Context, before int64, limit int) ([]graph.Revision, error) {
	s.note("ListRevisions")
	return s.Store.ListRevisions(ctx, before, limit)
}

// taken are the calls since it was last asked, in order of their names: root fields run at the same time.
func (s *countingStore) taken() (calls []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls, s.calls = s.calls, nil
	slices.Sort(calls)
	return calls
}
