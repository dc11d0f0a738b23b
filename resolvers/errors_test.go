package resolvers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
)

// testErrors holds what a client reads of operations that are wrong to testdata/errors.txt.
func testErrors(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	cursorOf := func(query, path string) string {
		t.Helper()
		var cursor string
		if _, rest, ok := strings.Cut(ask(t, c, query, nil), `"`+path+`": "`); ok {
			cursor, _, _ = strings.Cut(rest, `"`)
		}
		if cursor == "" {
			t.Fatalf("no %s in the answer to %s", path, query)
		}
		return cursor
	}
	undated := cursorOf(`{ organisation(id: "org:council") { parts(first: 1) { pageInfo { endCursor } } } }`, "endCursor")
	found := cursorOf(`{ search(text: "ward") { edges { cursor } } }`, "cursor")
	listed := cursorOf(`{ organisations(first: 1) { pageInfo { endCursor } } }`, "endCursor")
	council := func(field string) string { return `{ organisation(id: "org:council") { ` + field + ` } }` }
	tests := []struct {
		name, query string
		variables   map[string]any
	}{
		{"not GraphQL", `{ organisation(id: `, nil},
		{"empty", ``, nil},
		{"no such operation", `query A { __typename } query B { __typename }`, nil},
		{"unknown field", council(`replacd { totalCount }`), nil},
		{"unknown argument", council(`parts(frist: 1) { totalCount }`), nil},
		{"unknown type", `{ node(id: "org:council") { ... on Organization { id } } }`, nil},
		{"wrong type", `{ organisation(id: "org:council") { parts(first: "one") { totalCount } } }`, nil},
		{"number for a date", `{ at(date: 2013) { date } }`, nil},
		{"no argument", `{ organisation { id } }`, nil},
		{"both arguments", `{ organisation(id: "org:council", identifier: {scheme: "ods", value: "C01"}) { id } }`, nil},
		{"unknown enum value", council(`parts(where: {status: [DONE]}) { totalCount }`), nil},
		{"unknown enum value in a variable", `query($s: [Status!]) ` + council(`parts(where: {status: $s}) { totalCount }`), map[string]any{"s": []any{"DONE"}}},
		{"missing variable", `query($d: PartialDate!) { at(date: $d) { date } }`, nil},
		{"mutation", `mutation { load }`, nil},
		{"deferred", council(`... @defer { name }`), nil},
		{"impossible date", `{ at(date: "2013-13") { date } }`, nil},
		{"impossible date in a variable", `query($d: PartialDate!) { at(date: $d) { date } }`, map[string]any{"d": "2013-13"}},
		{"approximate date", `{ at(date: "2013~") { date } }`, nil},
		{"bad date beside good reads", `{ at(date: "soon") { date } organisation(id: "org:council") { id } }`, nil},
		{"id without a kind", `{ organisation(id: "council") { id } }`, nil},
		{"id of no kind", `{ node(id: "xyz:council") { id } }`, nil},
		{"id of another kind", `{ organisation(id: "leg:groups-act") { id } }`, nil},
		{"id of an event", `{ entity(id: "evt:groups-2013") { id } }`, nil},
		{"id of an entity for a statement", `{ statement(id: "org:council") { id } }`, nil},
		{"statement's id without a key", `{ statement(id: "stm:org:council") { id } }`, nil},
		{"long id", `{ organisation(id: "org:` + strings.Repeat("x", 500) + `") { id } }`, nil},
		{"dated id without a date", `{ organisation(id: "org:council@2014") { id } }`, nil},
		{"dated id under another date", `{ at(date: "2013") { organisation(id: "org:council@2014") { id } node(id: "org:council@2015") { id } } }`, nil},
		{"bad date in an id", `{ node(id: "org:council@soon") { id } }`, nil},
		{"id of a revision to come", `{ node(id: "org:council@;r9") { id } }`, nil},
		{"bad id among others", `{ nodes(ids: ["org:council", "council", "org:ward-a"]) { id } }`, nil},
		{"code of several", `{ organisation(identifier: {scheme: "ods", value: "X26"}) { id } }`, nil},
		{"negative page", council(`parts(first: -1) { totalCount }`), nil},
		{"page too long", council(`parts(first: 201) { edges { cursor } }`), nil},
		{"page too long from the end", council(`a: parts(last: 1000) { edges { cursor } }`), nil},
		{"first and last", council(`parts(first: 1, last: 1) { totalCount }`), nil},
		{"before without last", council(`parts(before: "x") { totalCount }`), nil},
		{"after with last", council(`parts(last: 1, after: "x") { totalCount }`), nil},
		{"no cursor", council(`parts(after: "x") { edges { cursor } }`), nil},
		{"cursor of another date", `{ at(date: "2014") ` + council(`parts(after: "`+undated+`") { edges { cursor } }`) + ` }`, nil},
		{"cursor of another order", council(`parts(after: "` + found + `") { edges { cursor } }`), nil},
		{"cursor of another order for search", `{ search(text: "ward", after: "` + undated + `") { edges { cursor } } }`, nil},
		{"holds without a date", council(`parts(where: {holds: [PARTLY]}) { totalCount }`), nil},
		{"holds without a date, deep down", `{ organisations(where: {or: [{parts: {some: {not: {holds: PARTLY}}}}]}) { totalCount } }`, nil},
		{"existence without a date", `{ entities(where: {and: {existence: EXISTS}}) { totalCount } }`, nil},
		{"holds in a count without a date", `{ statistics { statements(by: YEAR, where: {holds: PARTLY}) { total } } }`, nil},
		{"unknown field of a filter", `{ organisations(where: {nam: {eq: "x"}}) { totalCount } }`, nil},
		{"unknown kind in a filter", `{ entities(where: {kinds: [BODY]}) { totalCount } }`, nil},
		{"unknown kind in a filter in a variable", `query($w: EntityFilter) { entities(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"and": []any{map[string]any{"kinds": []any{"BODY"}}}}}},
		{"bad date in a filter", `{ entities(where: {not: {start: {before: "soon"}}}) { totalCount } }`, nil},
		{"bad date in a filter in a variable", `query($w: EntityFilter) { entities(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"start": map[string]any{"before": "2013-13"}}}},
		{"bad date in a filter below", council(`parts(where: {when: {during: "2013-02-30"}}) { totalCount }`), nil},
		{"approximate date in a filter", `{ entities(where: {start: {before: "2013~"}}) { totalCount } }`, nil},
		{"no date in a date filter", `{ entities(where: {start: {}}) { totalCount } }`, nil},
		{"no text in a text filter", `{ entities(where: {name: {contains: "-"}}) { totalCount } }`, nil},
		{"empty list of a filter", `query($ids: [ID!]!) { entities(where: {not: {ids: $ids}}) { totalCount } }`, map[string]any{"ids": []any{}}},
		{"empty list of an edge's filter", council(`parts(where: {or: []}) { totalCount }`), nil},
		{"id in a filter that is none", `{ organisations(where: {not: {ids: ["org:council", "council"]}}) { totalCount } }`, nil},
		{"id of another date in a filter", `{ at(date: "2014") { organisations(where: {ids: ["org:council@2014", "org:council@2015"]}) { totalCount } } }`, nil},
		{"dated id in a filter without a date", `{ changeEvents(where: {entities: ["org:council@2014"]}) { totalCount } }`, nil},
		{"statement's id for an entity's in a filter", `{ conflicts(where: {entities: ["stm:org:council/x"]}) { totalCount } }`, nil},
		{"source that cannot be cited", `{ statements(where: {sources: ["org:council"]}) { totalCount } }`, nil},
		{"legislation that is none", `{ changeEvents(where: {under: "org:council"}) { totalCount } }`, nil},
		{"change event that is none", `{ statements(where: {changeEvents: "org:council"}) { totalCount } }`, nil},
		{"empty text filter", `{ entities(where: {name: {}}) { totalCount } }`, nil},
		{"value of two sorts", `{ statements(where: {value: {min: 1, text: {eq: "a"}}}) { totalCount } }`, nil},
		{"least above most", `{ statements(where: {value: {min: 2, max: 1}}) { totalCount } }`, nil},
		{"value that its qualifier has not", `{ statements(where: {qualifiers: {name: SHARE, value: {text: {eq: "a"}}}}) { totalCount } }`, nil},
		{"no quantifier", `{ organisations(where: {replacedBy: {}}) { totalCount } }`, nil},
		{"no quantifier of several relations", `{ organisations(where: {or: {related: {relations: [LED]}}}) { totalCount } }`, nil},
		{"far end where there is none", `{ statements(where: {node: {form: BODY}}) { totalCount } }`, nil},
		{"no text in an edge's filter below", council(`parts(where: {and: [{rank: NORMAL}, {node: {name: {contains: "-"}}}]}) { totalCount }`), nil},
		{"no text in a filter of what rests on a text", `{ source(id: "src:article") { name supports(where: {subject: {type: {in: ["a", "?"]}}}) { edges { cursor } } } }`, nil},
		{"empty text", `{ organisations(where: {kinds: ORGANISATION, name: {contains: "", startsWith: "a"}}) { totalCount } }`, nil},
		{"no text in a list of a kind that names kinds", `{ organisations(where: {kinds: ORGANISATION, name: {contains: "-"}}) { totalCount } }`, nil},
		{"no text in a count", `{ statistics { citations(by: SOURCE, where: {or: {object: {name: {eq: "?"}}}}) { total } } }`, nil},
		{"no date for change events", `{ changeEvents(where: {when: {}}) { totalCount } }`, nil},
		{"too many entities of conflicts", `query($ids: [ID!]) { conflicts(where: {entities: $ids}) { totalCount } }`, map[string]any{"ids": make([]any, 201)}},
		{"filter too deep", `{ organisations(where: ` + strings.Repeat(`{not: `, 8) + `{form: BODY}` + strings.Repeat(`}`, 8) + `) { totalCount } }`, nil},
		{"filter too wide", `{ organisations(where: {or: [` + strings.Repeat(`{} `, 100) + `]}) { totalCount } }`, nil},
		{"filter of too many conditions", `{ organisations(where: {or: [` + strings.Repeat(`{form: BODY} `, 60) + `]}) { totalCount } }`, nil},
		{"list in a filter too long", `query($ids: [ID!]) { entities(where: {ids: $ids}) { totalCount } }`, map[string]any{"ids": make([]any, 201)}},
		{"order that a list has not", `{ statements(orderBy: {field: NAME}) { totalCount } }`, nil},
		{"cursor of another order of a list", `{ organisations(orderBy: {field: ID}, after: "` + listed + `") { edges { cursor } } }`, nil},
		{"cursor of the other way", `{ organisations(orderBy: {field: NAME, direction: DESC}, after: "` + listed + `") { edges { cursor } } }`, nil},
		{"cursor of entities for statements", `{ statements(after: "` + listed + `") { edges { cursor } } }`, nil},
		{"cursor of a list of another date", `{ at(date: "2014") { organisations(after: "` + listed + `") { edges { cursor } } } }`, nil},
		{"half a row", `query($n: Int) { entities(first: $n) { totalCount } }`, map[string]any{"n": json.Number("1.5")}},
		{"rows beyond counting", `query($n: Int) { entities(first: $n) { totalCount } }`, map[string]any{"n": json.Number("99999999999999999999")}},
		{"half a citation", `query($w: StatementFilter) { statements(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"and": []any{map[string]any{"minCitations": json.Number("1.5")}}}}},
		{"number of Go's for a count", `query($w: StatementFilter) { statements(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"minCitations": 1.0}}},
		{"number beyond numbers", `query($w: StatementFilter) { statements(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"value": map[string]any{"min": json.Number("1e999")}}}},
		{"first and last of a list", `{ changeEvents(first: 1, last: 1) { totalCount } }`, nil},
		{"before without last of a list", `{ conflicts(before: "x") { totalCount } }`, nil},
		{"too long a list", `{ entities(first: 201) { totalCount } }`, nil},
		{"no groups", `{ statistics { entities(by: KIND, first: 0) { total } } }`, nil},
		{"grouping that entities have not", `{ statistics { entities(by: SUBJECT) { total } } }`, nil},
		{"view of nothing", `{ at { date } }`, nil},
		{"time and revision", `{ at(knownAt: "2026-01-01T00:00:00Z", revision: 1) { date } }`, nil},
		{"time before the first revision", `{ at(knownAt: "2001-01-01T00:00:00Z") { date } }`, nil},
		{"no time", `{ at(knownAt: "yesterday") { date } }`, nil},
		{"revision to come", `{ at(revision: 9) { date } }`, nil},
		{"no revision", `{ at(revision: 0) { date } }`, nil},
		{"id of another revision", `{ at(revision: 1) { organisation(id: "org:council@;r9") { id } } }`, nil},
		{"pinned id at the newest", `{ organisation(id: "org:council@;r1") { id } }`, nil},
		{"id of an entity for a conflict", `{ conflict(id: "org:council") { id } }`, nil},
		{"cursor of revisions that is none", `{ revisions(after: "x") { edges { cursor } } }`, nil},
		{"nothing to search", `{ search(text: " - ") { totalCount } }`, nil},
		{"too many ids", `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": make([]any, 201)}},
	}
	for _, test := range tests {
		ids, _ := test.variables["ids"].([]any)
		for i := range ids {
			ids[i] = "org:council"
		}
	}
	var got strings.Builder
	for _, test := range tests {
		answer := c.Do(t.Context(), graphql.RawParams{Query: test.query, Variables: test.variables})
		fmt.Fprintf(&got, "%s\n", test.name)
		if len(answer.Errors) == 0 {
			t.Errorf("%s: no error in %s", test.name, answer.Data)
		}
		for _, e := range answer.Errors {
			place := e.Path.String()
			if argument, ok := e.Extensions["argument"]; ok {
				place += fmt.Sprintf("(%v)", argument)
			}
			fmt.Fprintf(&got, "\t%v\t%s\t%s\n", e.Extensions["code"], place, e.Message)
		}
	}
	golden(t, "testdata/errors.txt", strings.ReplaceAll(got.String(), strings.Repeat("x", 300), "xxx…"))
}

// testPartialAnswers shows what a field that is refused takes along: at the root nothing, below it the entity that holds it.
func testPartialAnswers(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	for query, want := range map[string]string{
		`{ organisations(first: 201) { totalCount } council: organisation(id: "org:council") { name } }`:                                    `{"organisations":null,"council":{"name":"The King’s Council"}}`,
		`{ at(date: "2014") { statements(where: {when: {}}) { totalCount } council: organisation(id: "org:council") { name } } }`:           `{"at":{"statements":null,"council":{"name":"The King’s Council"}}}`,
		`{ statistics { entities(by: KIND, first: 0) { total } } datasets { id } }`:                                                         `{"statistics":null,"datasets":[{"id":"background"},{"id":"curated"}]}`,
		`{ paper: initiative(id: "ini:paper") { name } council: organisation(id: "org:council") { name parts(last: 201) { totalCount } } }`: `{"paper":{"name":"Planning together: a white paper"},"council":null}`,
	} {
		answer := c.Do(t.Context(), graphql.RawParams{Query: query})
		if len(answer.Errors) != 1 || string(answer.Data) != want {
			t.Errorf("%s\nis answered with %s and errors %v; want %s and one error", query, answer.Data, answer.Errors, want)
		}
	}
}

// testAmbiguous lists the bodies that a code meant, and when each bore it; a date decides.
func testAmbiguous(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	const field = `organisation(identifier: {scheme: "ods", value: "X26"}) { id }`
	answer := c.Do(t.Context(), graphql.RawParams{Query: `{ ` + field + ` }`})
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != resolvers.CodeAmbiguous {
		t.Fatalf("errors are %v; want one %s", answer.Errors, resolvers.CodeAmbiguous)
	}
	want := []map[string]any{
		{"id": "org:new-office", "name": "New office", "periods": []string{"2010/.."}},
		{"id": "org:old-office", "name": "Old office", "periods": []string{"1999/2009"}},
	}
	if diff := cmp.Diff(any(want), answer.Errors[0].Extensions["candidates"]); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	type found struct {
		At struct{ Organisation struct{ ID string } }
	}
	if got := data[found](t, c, `{ at(date: "2005") { `+field+` } }`).At.Organisation.ID; got != "org:old-office@2005" {
		t.Errorf("in 2005 it was %s; want org:old-office@2005", got)
	}
}

// golden compares with a file, or writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// brokenStore fails as a database would, or panics.
type brokenStore struct {
	graph.Store
	err   error
	panic any
}

func (s brokenStore) Edges(context.Context, graph.View, []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	if s.panic != nil {
		panic(s.panic)
	}
	return nil, s.err
}

func TestFaults(t *testing.T) {
	secret := errors.New(`SQL logic error: no such column: s.subject in "SELECT * FROM statement" (/var/lib/graph.db)`)
	store := fixtureStores(t, sqlite)[0]
	tests := []struct {
		name string
		err  error
		want string // of the error, with its code
	}{
		{"a fault of the store", fmt.Errorf("read edges: %w", secret), "INTERNAL_SERVER_ERROR fault-1 something failed here that is no fault of the request; the reference finds it in the server's log"},
		{"a panic", nil, "INTERNAL_SERVER_ERROR fault-1 something failed here that is no fault of the request; the reference finds it in the server's log"},
		{"the store is closed", fmt.Errorf("%w: %w", secret, graph.ErrClosed), "UNAVAILABLE <nil> the graph cannot be read now; try again later"},
		{"the store cannot answer", fmt.Errorf("%w: %w", secret, graph.ErrUnavailable), "UNAVAILABLE <nil> the graph cannot be read now; try again later"},
		{"too slow", fmt.Errorf("%w: %w", secret, context.DeadlineExceeded), "TIMEOUT <nil> the operation took too long; ask for less"},
		{"given up", fmt.Errorf("%w: %w", secret, context.Canceled), "TIMEOUT <nil> the operation was given up before it was answered"},
		{"the store refuses an argument", fmt.Errorf("/graph.db: read edges: %w", graph.Invalidf("the page is too long")), "BAD_USER_INPUT <nil> the page is too long"},
		{"a refusal beside a fault", fmt.Errorf("%w: %w", secret, graph.Invalidf("the page is too long")), "BAD_USER_INPUT <nil> the page is too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			broken := brokenStore{Store: store, err: test.err}
			if test.err == nil {
				broken.panic = secret
			}
			answer := newClient(t, stores{broken}, options(t)).Do(t.Context(), graphql.RawParams{Query: `{ organisation(id: "org:council") { name parts { totalCount } } place(id: "pla:north") { name } }`})
			if len(answer.Errors) != 1 {
				t.Fatalf("errors are %v; want one", answer.Errors)
			}
			e := answer.Errors[0]
			got := fmt.Sprintf("%v %v %s", e.Extensions["code"], e.Extensions["reference"], e.Message)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(`{"organisation":null,"place":{"name":"The North"}}`, string(answer.Data)); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
		})
	}
}

func testNothingPublished(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	want := `{"data":{"__typename":"Query","organisation":null},"errors":"UNAVAILABLE"}`
	answer := c.Do(t.Context(), graphql.RawParams{Query: `{ __typename organisation(id: "org:council") { id } }`})
	if len(answer.Errors) != 1 {
		t.Fatalf("errors are %v; want one", answer.Errors)
	}
	if got := fmt.Sprintf(`{"data":%s,"errors":"%v"}`, answer.Data, answer.Errors[0].Extensions["code"]); got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func testEndedContext(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	answer := c.Do(ctx, graphql.RawParams{Query: `{ organisation(id: "org:council") { id } }`})
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != resolvers.CodeTimeout {
		t.Errorf("errors are %v; want one %s", answer.Errors, resolvers.CodeTimeout)
	}
}

func testLimits(t *testing.T, s stores) {
	nested := func(levels int) string {
		return `{ organisation(id: "org:council") ` + strings.Repeat(`{ parts(first: 1) { edges { node `, levels) + `{ id }` + strings.Repeat(` } } }`, levels) + ` }`
	}
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	bomb := `{ ...F0 } ` + many(24, `fragment F%[1]d on Query { ...G%[1]d ...G%[1]d } fragment G%[1]d on Query { ...E%[1]d ...E%[1]d } `)
	for i := range 24 {
		next := fmt.Sprintf("...F%d", i+1)
		if i == 23 {
			next = "__typename"
		}
		bomb += fmt.Sprintf(`fragment E%d on Query { %s } `, i, next)
	}
	tests := []struct {
		name, query string
		limits      resolvers.Limits
		want        string // "" where it is answered
	}{
		{"usual", nested(2), resolvers.Limits{}, ""},
		{"fields at the limit", `{ __typename ...F ... { __typename } } fragment F on Query { __typename }`, resolvers.Limits{Fields: 5}, ""},
		{"fields over the limit", `{ __typename ...F ... { __typename } } fragment F on Query { __typename }`, resolvers.Limits{Fields: 4},
			"fields: the operation writes down 5 fields and fragments, and the limit is 4; send fewer at a time"},
		{"one field 2,900 times", `{ ` + strings.Repeat(`__typename `, 2900) + ` }`, resolvers.Limits{},
			"fields: the operation writes down 2900 fields and fragments, and the limit is 1000; send fewer at a time"},
		{"tokens at the limit", `{ __typename }`, resolvers.Limits{Tokens: 3}, ""},
		{"tokens over the limit", `{ __typename }`, resolvers.Limits{Tokens: 2}, "tokens: the operation has more than 2 words and signs; send a shorter one"},
		{"depth at the limit", nested(2), resolvers.Limits{Depth: 8}, ""},
		{"depth over the limit", nested(2), resolvers.Limits{Depth: 7}, "depth: the operation is 8 fields deep, and the limit is 7; nest fewer fields"},
		{"depth 100", nested(33), resolvers.Limits{}, "depth: the operation is 101 fields deep, and the limit is 40; nest fewer fields"},
		{"aliases at the limit", `{ a: __typename b: __typename }`, resolvers.Limits{Aliases: 2}, ""},
		{"aliases over the limit", `{ a: __typename ...F } fragment F on Query { b: __typename c: __typename }`, resolvers.Limits{Aliases: 2},
			"aliases: the operation has 3 aliases, and the limit is 2; send fewer at a time"},
		{"10,000 aliases", `{ ` + many(10_000, `a%d: __typename `) + ` }`, resolvers.Limits{},
			"tokens: the operation has more than 3000 words and signs; send a shorter one"},
		{"cost at the limit", `{ organisation(id: "org:council") { parts(first: 10) { totalCount } } }`, resolvers.Limits{Cost: 12}, ""},
		{"cost over the limit", `{ organisation(id: "org:council") { parts(first: 10) { totalCount } } }`, resolvers.Limits{Cost: 11},
			"cost: the operation costs 12, and the limit is 11; ask for shorter pages (first, last) or fewer fields"},
		{"cost of the usual page", `{ organisation(id: "org:council") { parts { totalCount } } }`, resolvers.Limits{Cost: 21},
			"cost: the operation costs 22, and the limit is 21; ask for shorter pages (first, last) or fewer fields"},
		{"cost of a list of ids", `{ nodes(ids: ["org:council", "org:ward-a"]) { id } }`, resolvers.Limits{Cost: 2},
			"cost: the operation costs 3, and the limit is 2; ask for shorter pages (first, last) or fewer fields"},
		{"cost of long pages", strings.ReplaceAll(nested(4), "first: 1", "first: 200"), resolvers.Limits{}, "cost: the operation costs 4824120602, and the limit is 200000; ask for shorter pages (first, last) or fewer fields"},
		{"fragments of fragments", bomb, resolvers.Limits{}, "cost: the operation costs 1099511627776, and the limit is 200000; ask for shorter pages (first, last) or fewer fields"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			o.Limits = test.limits
			answer := newClient(t, s, o).Do(t.Context(), graphql.RawParams{Query: test.query})
			got := ""
			for _, e := range answer.Errors {
				if e.Extensions["code"] != resolvers.CodeLimitExceeded {
					t.Errorf("error has the code %v; want %s", e.Extensions["code"], resolvers.CodeLimitExceeded)
				}
				got += fmt.Sprintf("%v: %s", e.Extensions["limit"], e.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
