package resolvers_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
)

// dense is the fixture with three entities of each kind, a, b and c. Every relation of the ontology holds between those of all the kinds
// that it allows, from a to b, from b to c and, where no circle comes of it, from c to a.
func dense() graph.Batch {
	b := fixture()
	for _, info := range graph.Kinds {
		for _, key := range []string{"a", "b", "c"} {
			addNamed(&b, info.Prefix+":"+key, info.Kind)
		}
		b.Redirects = append(b.Redirects, graph.Redirect{From: info.Prefix + ":old", To: info.Prefix + ":a"})
	}
	n := 0
	relate := func(rel graph.RelationInfo, from, to string) {
		n++
		s := graph.Statement{
			ID: graph.StatementID(from, fmt.Sprint("s", n)), Subject: from, Relation: rel.Name, Object: to,
			Citations: []graph.Citation{{SourceID: []string{"src:a", "leg:b", "ini:c"}[n%3], Dataset: "curated", Locator: "p. 1", Role: graph.Roles[n%len(graph.Roles)]}},
		}
		switch date := graph.DayOf(1998+n%16, 4, 1).Date(); rel.Nature {
		case graph.Event:
			s.When = date
		case graph.State:
			s.Period = graph.PeriodFrom(date)
		}
		if n%4 == 0 {
			s.Basis = []graph.Basis{{LegislationID: "leg:groups-act"}}
		}
		if n%5 == 0 {
			s.Certainty, s.AttributedTo = graph.Reported, "org:joint-panels"
		}
		b.Statements = append(b.Statements, s)
	}
	for _, rel := range graph.Ontology {
		for _, subject := range rel.Subjects {
			for _, object := range rel.Objects {
				from, _ := subject.Info()
				to, _ := object.Info()
				if rel.Name == graph.InstanceOf || rel.SameKind && subject != object {
					continue
				}
				relate(rel, from.Prefix+":a", to.Prefix+":b")
				relate(rel, from.Prefix+":b", to.Prefix+":c")
				if subject != object {
					relate(rel, from.Prefix+":c", to.Prefix+":a")
				}
			}
		}
	}
	return b
}

// addNamed adds an entity that is called by its id.
func addNamed(b *graph.Batch, id string, kind graph.Kind) {
	b.Entities = append(b.Entities, graph.Entity{ID: id, Kind: kind, Form: graph.Body})
	b.Statements = append(b.Statements, graph.Statement{
		ID: graph.StatementID(id, "name"), Subject: id, Property: graph.NameProperty, Value: graph.Value{Kind: graph.TextValue, Text: id},
		Citations: []graph.Citation{{SourceID: "src:article", Dataset: "curated", Locator: "p. 1"}},
	})
}

// testPlans holds that a plan never changes an answer: operations over the whole schema, most of them made by chance, are answered
// with and without plans, errors and all.
func testPlans(t *testing.T, s stores) {
	o := options(t)
	o.Limits = resolvers.Limits{Cost: 1 << 41, Aliases: 1 << 10, Fields: 1 << 14, Tokens: 1 << 17, Depth: 100}
	planned, unplanned := newClient(t, s, o), newClient(t, s, resolvers.Unplanned(o))
	calls := map[*client]int{}
	check := func(name, query string) string {
		want, got := ask(t, unplanned, query, nil), ask(t, planned, query, nil)
		if !strings.Contains(want, `"data": {`) {
			t.Fatalf("%s: %s\n%s", name, want, query)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-unplanned +planned):\n%s\n%s", name, diff, query)
		}
		for _, c := range []*client{planned, unplanned} {
			calls[c] += len(c.calls[0])
		}
		return want
	}

	// The initiatives among what is set up come without what is asked of its organisations alone, but not without what else follows.
	check("one kind of a page", `{ organisation(id: "org:a") {
		organisations: setUp { edges { node { ... on Organisation { ...F } ... on Initiative { subjectOf { totalCount } } } } }
		all: setUp { edges { node { ...F } } }
	} } fragment F on Entity { assessedBy { edges { node { id } } } }`)

	tries, size := 150, 20
	if len(s) > 1 { // a server plans the queries of each anew
		tries, size = 5, 8
	}
	types := own(resolvers.Schema())
	var cursors []string // of lists without a date, in the order that they have when none is asked for
	for _, found := range cursorOf.FindAllStringSubmatch(check("cursors", `{ organisation(id: "org:b") { statements { edges { cursor } } } }`), -1) {
		cursors = append(cursors, found[1])
	}
	whole, partial := 0, 0
	for seed := range uint64(tries) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 0)), schema: resolvers.Schema(), types: types, cursors: cursors, dated: seed%2 == 0, refuses: seed%5 == 0}
		answer := check(fmt.Sprint("seed ", seed), g.operation(size))
		if strings.Contains(answer, `"errors"`) {
			partial++
		} else {
			whole++
		}
	}
	t.Logf("%d operations are answered, %d with errors; planned they take %d calls, unplanned %d", whole, partial, calls[planned], calls[unplanned])
	if whole < tries/3 || partial < tries/10 || 3*calls[planned] > 2*calls[unplanned] {
		t.Error("that is no fair sample")
	}
}

var cursorOf = regexp.MustCompile(`"cursor": "([^"]+)"`)

// TestPlansStaySmall asks selections that branch at each level: to follow all their branches would not end.
func TestPlansStaySmall(t *testing.T) {
	interfaces, fragments := "id", "fragment F0 on Organisation { id }"
	for range 12 {
		interfaces = "assessedBy(first: 1) { edges { node { " + interfaces + " } } }"
		for _, info := range graph.Kinds {
			interfaces += " ... on " + info.Type + " { assessedBy(first: 1) { edges { node { id } } } }"
		}
	}
	for i := range 5 {
		fragments += fmt.Sprintf("fragment F%d on Organisation {", i+1)
		for j := range 10 {
			fragments += fmt.Sprintf(" a%d: parts(first: 0) { edges { node { ...F%d } } }", j, i)
		}
		fragments += " }"
	}
	o := options(t)
	o.Limits.Cost = 1 << 41
	s := fixtureStores(t, sqlite)
	for _, test := range []struct {
		name, query    string
		calls, queries int // at most
	}{
		{"a field of the interface with those of each type, of nothing", `{ entity(id: "org:nowhere") { ` + interfaces + ` } }`, 1, 1 + graph.MaxThen},
		{"the same, of something", `{ entity(id: "org:district-boards") { ` + interfaces + ` } }`, 2, 2 * (1 + graph.MaxThen)},
		{"what follows pages of nothing", `{ organisation(id: "org:council") { ...F5 } } ` + fragments, 1, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, s, o)
			data[any](t, c, test.query)
			if calls, queries := c.calls[0], c.each[0].store.queries; len(calls) > test.calls || queries > test.queries {
				t.Errorf("takes %d calls with %d queries, %q; want at most %d with %d", len(calls), queries, calls, test.calls, test.queries)
			}
		})
	}
}

// TestEntitiesAreAskedOnce names an entity many times.
func TestEntitiesAreAskedOnce(t *testing.T) {
	b := fixture()
	for i := range 150 {
		id := fmt.Sprint("org:heir-", i)
		addNamed(&b, id, graph.Organisation)
		b.ChangeEvents = append(b.ChangeEvents, graph.ChangeEvent{
			ID: fmt.Sprint("evt:heir-", i), Kind: graph.ChangeReplaced, Name: "An heir", When: graph.MustDate("2013"), Inputs: []string{"org:council"}, Outputs: []string{id},
			Citations: b.ChangeEvents[0].Citations,
		})
	}
	s := sqlite(t)
	load(t, s, b)
	for _, test := range []struct {
		query    string
		entities int
	}{
		{`{ changeEvents(first: 150, where: {entities: ["org:council"]}) { edges { node { inputs { name } } } } }`, 1},
		{`{ changeEvents(first: 150, where: {entities: ["org:council"]}) { edges { node { inputs { ... on Organisation { parts { totalCount } replacedBy { totalCount } } } } } } }`, 2},
		{`{ nodes(ids: ["org:council", "org:council", "org:council"]) { ... on Entity { name } } }`, 1},
		{`{ nodes(ids: ["org:council", "org:council", "org:council"]) { ... on Organisation { parts { totalCount } } } }`, 1},
	} {
		c := newClient(t, s, options(t))
		data[any](t, c, test.query)
		if got := c.each[0].store.entities; got != test.entities {
			t.Errorf("%s\nasks for %d entities, %q; want %d", test.query, got, c.calls[0], test.entities)
		}
	}
}
