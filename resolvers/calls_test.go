package resolvers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/resolvers"
)

// testCalls pins the calls of the store for common shapes of operation.
func testCalls(t *testing.T, s stores) {
	tests := []struct {
		name, query string
		want        []string
	}{
		{"nothing", `{ __typename ontology { kinds { kind } } revision { number } }`, nil},
		{"by id", `{ organisation(id: "org:council") { id name names { text } start identifiers { value } } }`, []string{"Entities"}},
		{"by identifier", `{ organisation(identifier: {scheme: "ods", value: "C01"}) { name } }`, []string{"EntitiesByIdentifier"}},
		{"statement by id", `{ statement(id: "stm:org:council/name") { id value { text } } }`, []string{"Statements"}},
		{"one hop", `{ organisation(id: "org:council") { parts { edges { node { name } when statement { id subject { id } object { name } } } } } }`,
			[]string{"Edges page"}},
		{"one hop with citations", `{ organisation(id: "org:council") { parts { totalCount edges {
			node { name } basis { legislation { name } } citations { locator dataset { id } source { id name } } } } } }`,
			[]string{"Edges page+total"}},
		{"one hop with citations from many", `{ nodes(ids: ["org:ward-a", "org:ward-b", "org:ward-c", "org:ward-d", "org:ward-e", "org:nowhere"]) {
			... on Organisation { partOf { edges { node { name } citations { source { name } } } } } } }`,
			[]string{"Edges page"}},
		{"three levels with citations", `{ organisation(id: "org:council") { parts { edges { citations { source { name } } node {
			partOf { edges { citations { source { name } } node {
				parts { edges { citations { source { name } } node { name } } } } } } } } } } }`,
			[]string{"Edges page (page (page))"}},
		{"a level of several kinds", `{ initiative(id: "ini:paper") { setUp { edges { node { ...on Entity { statements { totalCount } }
			... on Organisation { partOf { edges { node { statements { totalCount } } } } } } } } } }`, []string{"Edges page (total, page (total))"}},
		{"the same under two names", `{ organisation(id: "org:council") { a: parts { edges { node { b: partOf { totalCount } } } } c: parts { edges { node { b: partOf { totalCount } } } } } }`,
			[]string{"Edges page (total) page (total)"}},
		{"two relations of a level", `{ organisation(id: "org:district-boards") {
			replacedBy { edges { node { name } } } responsibilities { totalCount edges { citations { locator } } } } }`,
			[]string{"Edges page page+total"}},
		{"total alone", `{ organisation(id: "org:council") { parts { totalCount } } }`, []string{"Edges total"}},
		{"nothing of a page", `{ organisation(id: "org:council") { parts { __typename } } }`, []string{"Entities"}},
		{"skipped", `query($no: Boolean = false) { organisation(id: "org:council") { parts @include(if: $no) { edges { node { id } } } } }`, []string{"Entities"}},
		{"names with citations", `{ organisation(id: "org:council") { names { text citations { source { name } } statement { id } } } }`,
			[]string{"Entities", "Evidence", "Statements"}},
		{"datasets of citations", `{ organisation(id: "org:council") { names { citations { dataset { title } } } } }`, []string{"Datasets", "Entities", "Evidence"}},
		{"what a source rests on", `{ organisation(id: "org:area-groups") { replaced { edges { citations { source { ... on Initiative { ledBy { edges { citations { locator } } } } } } } } } }`,
			[]string{"Edges page", "Edges page"}},
		{"statements of an entity", `{ organisation(id: "org:district-boards") { statements(first: 200) { edges {
			node { subject { name } object { name } value { text } attributedTo { name } changeEvent { name inputs { name } citations { source { name } } } citations { locator } } } } } }`,
			[]string{"ChangeEvents", "Edges page"}},
		{"change event", `{ changeEvent(id: "evt:groups-2013") { inputs { name } outputs { name } pairs { from { name } to { name } } citations { source { name } } } }`,
			[]string{"ChangeEvents", "Entities"}},
		{"search", `{ search(text: "ward") { totalCount edges { score matched { citations { locator } } node { name ... on Organisation { partOf { edges { node { name } } } } } } } }`,
			[]string{"Candidates", "Candidates", "Edges page", "Evidence"}},
		{"search of a whole name", `{ search(text: "ward A") { totalCount edges { node { name } } } }`, []string{"Candidates"}},
		{"list", `{ organisations(first: 5) { totalCount pageInfo { endCursor } edges { cursor node { id name start } } } }`, []string{"ListEntities page+total"}},
		{"total of a list alone", `{ entities(where: {kinds: [PERSON, SOURCE]}) { totalCount } }`, []string{"ListEntities total"}},
		{"nothing of a list", `{ entities { __typename } }`, nil},
		{"list with a relation", `{ organisations { edges { node { partOf { edges { node { name } } } } } } }`, []string{"Edges page", "ListEntities page"}},
		{"list with a relation and citations", `{ organisations { edges { node { names { citations { locator } } partOf { edges { citations { source { name } } node { name } } } } } } }`,
			[]string{"Edges page", "Evidence", "ListEntities page"}},
		{"list of statements", `{ statements { totalCount edges { node { subject { name } object { name } value { entity { name } } } } } }`, []string{"ListStatements page+total"}},
		{"list of statements with citations", `{ statements { edges { citations { source { name } } node { subject { name } object { name } basis { legislation { name } } } } } }`,
			[]string{"Evidence", "ListStatements page"}},
		{"list of change events", `{ changeEvents { edges { node { citations { source { name } } basis { legislation { name } } inputs { name } outputs { name } pairs { from { name } to { name } } responsibilities { name } } } } }`,
			[]string{"Entities", "ListChangeEvents page"}},
		{"list of conflicts", `{ conflicts { edges { node { explanation kind } } } }`, []string{"ListConflicts page"}},
		{"list of conflicts with members", `{ conflicts { edges { node { members { id value { text } citations { source { name } } } } } } }`,
			[]string{"Evidence", "ListConflicts page", "Statements"}},
		{"list of conflicts with members and what those are about", `{ conflicts { edges { node { members { subject { name } citations { source { name } } } preferred { id } } } } }`,
			[]string{"Entities", "Evidence", "ListConflicts page", "Statements"}},
		{"conflict by id", `{ conflict(id: "cfl:number-of-boards") { explanation } }`, []string{"Conflicts"}},
		{"conflicts of many", `{ organisations { edges { node { conflicts { kind members { id } } statements { edges { node { conflicts { id } } } } } } } }`,
			[]string{"ConflictsOf", "Edges page", "ListEntities page"}},
		{"change events of many", `{ organisations { edges { node { changeEvents { name inputs { name } outputs { name } citations { source { name } } } redirectedFrom } } } }`,
			[]string{"ListChangeEvents page", "ListEntities page", "RedirectsTo"}},
		{"what many sources support", `{ sources { edges { node { supports { totalCount edges { passages { source { name } locator } citations { source { name } } node { subject { name } object { name } } } } } } } }`,
			[]string{"Edges page+total", "ListEntities page"}},
		{"statistics", `{ statistics { entities(by: KIND) { groups { key count } } citations(by: SOURCE) { groups { entity { name } } } } datasets { id citationCount } }`,
			[]string{"Count CITATIONS by DATASET", "Count CITATIONS by SOURCE", "Count ENTITIES by KIND", "Datasets", "Entities"}},
		{"revisions", `{ revisions { edges { node { number } } } revision { number } later: revision(number: 7) { number } }`, []string{"ListRevisions"}},
		{"newest view", `{ at(knownAt: "2999-01-01T00:00:00Z") { organisation(id: "org:council") { name } } pinned: at(revision: 1) { date } }`, []string{"Entities"}},
		{"two dates", `{ a: at(date: "2008") { ...B } b: at(date: "2014") { ...B } }
			fragment B on View { organisation(id: "org:district-boards") { replacedBy { edges { node { name } citations { locator } } } } }`,
			[]string{"Edges page", "Edges page"}},
		{"mixed dates", `{ nodes(ids: ["org:council@2008", "org:council@2014", "org:ward-a@2008", "org:council"]) { ... on Entity { name } } }`,
			[]string{"Entities", "Entities", "Entities"}},
		{"acceptance", `{ organisation(id: "org:area-groups") { name replaced { totalCount edges { when statement { id } basis { legislation { name } }
			citations { locator aspects source { id name } } node { id name replacedBy { edges { statement { id } node { id } } } } } } } }`,
			[]string{"Edges page+total (page)"}},
	}
	c := newClient(t, s, options(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := c.Do(t.Context(), graphql.RawParams{Query: test.query})
			if len(answer.Errors) > 0 {
				t.Fatal(answer.Errors)
			}
			for _, calls := range c.calls {
				if diff := cmp.Diff(test.want, calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s\n%s", diff, answer.Data)
				}
			}
		})
	}
}

// testCallsOfPaths holds every path through the schema to one call for each level of records, and one for evidence: lists are a level, as
// are records that another names; pages of an entity's statements are one with the entity that is asked for by id, and with those of the
// nodes; what stands within records is none.
func testCallsOfPaths(t *testing.T, s stores) {
	o := options(t)
	o.Limits = resolvers.Limits{Cost: 1 << 41}
	c := newClient(t, s, o)
	walk := paths{resolvers.Schema(), rand.New(rand.NewPCG(1, 0))}
	seen := map[string]bool{}
	check := func(depth int) {
		query, most := walk.operation(depth)
		if seen[query] {
			return
		}
		seen[query] = true
		if answer := c.Do(t.Context(), graphql.RawParams{Query: query}); len(answer.Errors) > 0 {
			t.Fatalf("%s\n%v", query, answer.Errors)
		}
		for _, calls := range c.calls {
			if len(calls) > most {
				t.Errorf("%s\ntakes %s; want at most %d calls", query, calls, most)
			}
		}
	}
	tries := s.tries(3000)
	for range tries {
		check(2 + walk.IntN(4))
	}
	if len(seen) < tries/3 {
		t.Errorf("only %d different operations were tried", len(seen))
	}
}

// paths makes operations that go down one path of the schema.
type paths struct {
	schema *ast.Schema
	*rand.Rand
}

// within are the types that stand within records, so that a path through one is no longer. Statistics are counted by their fields.
var within = []string{"View", "Name", "Identifier", "Period", "Value", "Qualifier", "ChangePair", "Statistics", "Count", "RevisionCounts", "Ontology"}

// operation is an operation down a path of so many fields, and how many calls it may take.
func (p paths) operation(depth int) (query string, calls int) {
	query, takes := p.of("Query", depth)
	if calls = takes.levels; takes.evidence {
		calls++
	}
	for _, own := range []string{"redirectedFrom", "citationCount"} { // each a sort of its own
		if strings.Contains(query, own) {
			calls++
		}
	}
	return query, calls
}

const evidence = " citations { locator source { name } }"

// takes is what calls a selection needs.
type takes struct {
	levels   int  // of records
	pages    bool // it begins with a page of an entity's statements, which is among them
	evidence bool // in a list that does not bring it
}

// of is a selection on a type, with what it takes.
func (p paths) of(typeName string, depth int) (string, takes) {
	def := p.schema.Types[typeName]
	var further []*ast.FieldDefinition
	leaf := "__typename"
	for _, f := range ownFields(def) {
		switch p.schema.Types[f.Type.Name()].Kind {
		case ast.Object, ast.Interface:
			further = append(further, f)
		default:
			if len(f.Arguments) == 0 {
				leaf += " " + f.Name
			}
		}
	}
	if depth == 0 || len(further) == 0 {
		return "{ " + leaf + " }", takes{}
	}
	f := further[p.IntN(len(further))]
	to := f.Type.Name()
	if connection := p.schema.Types[to]; strings.HasSuffix(to, "Connection") {
		edge := p.schema.Types[connection.Fields.ForName("edges").Type.Name()]
		body, t := p.of(edge.Fields.ForName("node").Type.Name(), depth-1)
		pages := p.isEntity(typeName)
		if edge.Fields.ForName("citations") != nil && p.IntN(2) == 0 {
			body += evidence
			t.evidence = t.evidence || !pages
		}
		if !pages || !t.pages {
			t.levels++
		}
		t.pages = pages
		return fmt.Sprintf("{ %s%s { edges { node %s } } }", f.Name, p.arguments(f), body), t
	}
	body, t := p.of(to, depth-1)
	if !t.pages && !slices.Contains(within, to) && !strings.HasPrefix(to, "Ontology") {
		t.levels++
	}
	t.pages = t.pages && slices.Contains(within, to)
	return fmt.Sprintf("{ %s%s %s }", f.Name, p.arguments(f), body), t
}

// isEntity says whether a type is of entities.
func (p paths) isEntity(name string) bool {
	def := p.schema.Types[name]
	return name == "Entity" || name == "Citable" || slices.Contains(def.Interfaces, "Entity")
}

// arguments are those that a field requires, and those that make it find something.
func (p paths) arguments(f *ast.FieldDefinition) string {
	ids := map[string]string{
		"Entity": "org:district-boards", "Organisation": "org:area-groups", "Legislation": "leg:groups-act", "Initiative": "ini:paper", "Source": "src:article",
		"Statement": "stm:org:council/name", "ChangeEvent": "evt:groups-2013", "Conflict": "cfl:number-of-boards",
		"Responsibility": "res:none", "Person": "per:none", "Place": "pla:none", "Topic": "top:none", "Node": "org:area-groups",
	}
	switch by := f.Arguments.ForName("by"); {
	case f.Name == "at":
		return `(date: "2014")`
	case f.Name == "search":
		return `(text: "Ward A")`
	case f.Name == "nodes":
		return `(ids: ["org:council", "org:ward-a", "src:article"])`
	case by != nil:
		words := p.schema.Types[by.Type.Name()].EnumValues
		return fmt.Sprintf(`(by: %s)`, words[p.IntN(len(words))].Name)
	case f.Arguments.ForName("id") != nil:
		return fmt.Sprintf(`(id: %q)`, ids[f.Type.Name()])
	}
	return ""
}
