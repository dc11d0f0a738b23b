package resolvers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
)

// TestCalls pins the calls of the store for each shape of operation. Root fields run at the same time, so the calls are sorted.
func TestCalls(t *testing.T) {
	tests := []struct {
		name, query string
		want        []string
	}{
		{"nothing", `{ __typename ontology { kinds { kind } } revision { number } }`, nil},
		{"by id", `{ organisation(id: "org:council") { id name names { text } start identifiers { value } } }`, []string{"Entities"}},
		{"by identifier", `{ organisation(identifier: {scheme: "ods", value: "C01"}) { name } }`, []string{"EntitiesByIdentifier"}},
		{"statement by id", `{ statement(id: "stm:org:council/name") { id value { text } } }`, []string{"Statements"}},
		{"one hop", `{ organisation(id: "org:council") { parts { edges { node { name } when statement { id subject { id } object { name } } } } } }`,
			[]string{"Edges page", "Entities"}},
		{"one hop with citations", `{ organisation(id: "org:council") { parts { totalCount edges {
			node { name } basis { legislation { name } } citations { locator dataset { id } source { id name } } } } } }`,
			[]string{"Edges page+total", "Entities", "Evidence"}},
		{"one hop with citations from many", `{ nodes(ids: ["org:ward-a", "org:ward-b", "org:ward-c", "org:ward-d", "org:ward-e", "org:nowhere"]) {
			... on Organisation { partOf { edges { node { name } citations { source { name } } } } } } }`,
			[]string{"Edges page", "Entities", "Evidence"}},
		{"three levels with citations", `{ organisation(id: "org:council") { parts { edges { citations { source { name } } node {
			partOf { edges { citations { source { name } } node {
				parts { edges { citations { source { name } } node { name } } } } } } } } } } }`,
			[]string{"Edges page", "Edges page", "Edges page", "Entities", "Evidence"}},
		{"two relations of a level", `{ organisation(id: "org:district-boards") {
			replacedBy { edges { node { name } } } responsibilities { totalCount edges { citations { locator } } } } }`,
			[]string{"Edges page page+total", "Entities", "Evidence"}},
		{"total alone", `{ organisation(id: "org:council") { parts { totalCount } } }`, []string{"Edges total", "Entities"}},
		{"nothing of a page", `{ organisation(id: "org:council") { parts { __typename } } }`, []string{"Entities"}},
		{"skipped", `query($no: Boolean = false) { organisation(id: "org:council") { parts @include(if: $no) { edges { node { id } } } } }`, []string{"Entities"}},
		{"names with citations", `{ organisation(id: "org:council") { names { text citations { source { name } } statement { id } } } }`,
			[]string{"Entities", "Evidence", "Statements"}},
		{"datasets of citations", `{ organisation(id: "org:council") { names { citations { dataset { title } } } } }`, []string{"Datasets", "Entities", "Evidence"}},
		{"what a source rests on", `{ organisation(id: "org:area-groups") { replaced { edges { citations { source { ... on Initiative { ledBy { edges { citations { locator } } } } } } } } } }`,
			[]string{"Edges page", "Edges page", "Entities", "Evidence", "Evidence"}},
		{"statements of an entity", `{ organisation(id: "org:district-boards") { statements(first: 200) { edges {
			node { subject { name } object { name } value { text } attributedTo { name } changeEvent { name inputs { name } citations { source { name } } } citations { locator } } } } } }`,
			[]string{"ChangeEvents", "Edges page", "Entities", "Evidence"}},
		{"change event", `{ changeEvent(id: "evt:groups-2013") { inputs { name } outputs { name } pairs { from { name } to { name } } citations { source { name } } } }`,
			[]string{"ChangeEvents", "Entities"}},
		{"search", `{ search(text: "ward") { totalCount edges { score matched { citations { locator } } node { name ... on Organisation { partOf { edges { node { name } } } } } } } }`,
			[]string{"Candidates", "Edges page", "Evidence"}},
		{"list", `{ organisations(first: 5) { totalCount pageInfo { endCursor } edges { cursor node { id name start } } } }`, []string{"ListEntities page+total"}},
		{"total of a list alone", `{ entities(where: {kinds: [PERSON, SOURCE]}) { totalCount } }`, []string{"ListEntities total"}},
		{"nothing of a list", `{ entities { __typename } }`, nil},
		{"list with a relation", `{ organisations { edges { node { partOf { edges { node { name } } } } } } }`, []string{"Edges page", "ListEntities page"}},
		{"list with a relation and citations", `{ organisations { edges { node { names { citations { locator } } partOf { edges { citations { source { name } } node { name } } } } } } }`,
			[]string{"Edges page", "Evidence", "ListEntities page"}},
		{"list of statements", `{ statements { totalCount edges { node { subject { name } object { name } value { entity { name } } } } } }`, []string{"Entities", "ListStatements page+total"}},
		{"list of statements with citations", `{ statements { edges { citations { source { name } } node { subject { name } object { name } basis { legislation { name } } } } } }`,
			[]string{"Entities", "Evidence", "ListStatements page"}},
		{"list of change events", `{ changeEvents { edges { node { citations { source { name } } basis { legislation { name } } inputs { name } outputs { name } pairs { from { name } to { name } } responsibilities { name } } } } }`,
			[]string{"Entities", "ListChangeEvents page"}},
		{"list of conflicts", `{ conflicts { edges { node { explanation kind } } } }`, []string{"ListConflicts page"}},
		{"list of conflicts with members", `{ conflicts { edges { node { members { subject { name } citations { source { name } } } preferred { id } } } } }`,
			[]string{"Entities", "Evidence", "ListConflicts page", "Statements"}},
		{"conflict by id", `{ conflict(id: "cfl:number-of-boards") { explanation } }`, []string{"Conflicts"}},
		{"conflicts of many", `{ organisations { edges { node { conflicts { kind members { id } } statements { edges { node { conflicts { id } } } } } } } }`,
			[]string{"ConflictsOf", "Edges page", "ListEntities page"}},
		{"change events of many", `{ organisations { edges { node { changeEvents { name inputs { name } outputs { name } citations { source { name } } } redirectedFrom } } } }`,
			[]string{"ListChangeEvents page", "ListEntities page", "RedirectsTo"}},
		{"what many sources support", `{ sources { edges { node { supports { totalCount edges { passages { source { name } locator } citations { source { name } } node { subject { name } object { name } } } } } } } }`,
			[]string{"Edges page+total", "Entities", "Evidence", "ListEntities page"}},
		{"statistics", `{ statistics { entities(by: KIND) { groups { key count } } citations(by: SOURCE) { groups { entity { name } } } } datasets { id citationCount } }`,
			[]string{"Count CITATIONS by DATASET", "Count CITATIONS by SOURCE", "Count ENTITIES by KIND", "Datasets", "Entities"}},
		{"revisions", `{ revisions { edges { node { number } } } revision { number } later: revision(number: 7) { number } }`, []string{"ListRevisions"}},
		{"newest view", `{ at(knownAt: "2999-01-01T00:00:00Z") { organisation(id: "org:council") { name } } pinned: at(revision: 1) { date } }`, []string{"Entities"}},
		{"two dates", `{ a: at(date: "2008") { ...B } b: at(date: "2014") { ...B } }
			fragment B on View { organisation(id: "org:district-boards") { replacedBy { edges { node { name } citations { locator } } } } }`,
			[]string{"Edges page", "Edges page", "Entities", "Entities", "Evidence"}}, // in 2008 there is nothing to cite
		{"mixed dates", `{ nodes(ids: ["org:council@2008", "org:council@2014", "org:ward-a@2008", "org:council"]) { ... on Entity { name } } }`,
			[]string{"Entities", "Entities", "Entities"}},
		{"acceptance", `{ organisation(id: "org:area-groups") { name replaced { totalCount edges { when statement { id } basis { legislation { name } }
			citations { locator aspects source { id name } } node { id name replacedBy { edges { statement { id } node { id } } } } } } } }`,
			[]string{"Edges page", "Edges page+total", "Entities", "Evidence"}},
	}
	store := &countingStore{Store: fixtureStore(t)}
	c := client(t, store)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store.taken()
			answer := c.Do(t.Context(), graphql.RawParams{Query: test.query})
			if len(answer.Errors) > 0 {
				t.Fatal(answer.Errors)
			}
			var got []string
			if calls := store.taken(); calls != "" {
				got = strings.Split(calls, ", ")
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("calls (-want +got):\n%s\n%s", diff, answer.Data)
			}
		})
	}
}
