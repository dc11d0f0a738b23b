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
