package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/seed"
	"github.com/policygraph/policygraph/server"
	"github.com/policygraph/policygraph/server/graphiql"
)

// emptyStore is a store in which nothing has been published.
func emptyStore(t testing.TB) *sqlitestore.Store {
	t.Helper()
	return opened(t, t.TempDir())
}

func opened(t testing.TB, path string) *sqlitestore.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// seededStore is a store with the curated records.
func seededStore(t testing.TB) *sqlitestore.Store {
	t.Helper()
	text, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seeded.db")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return opened(t, file)
}

// seeded is a database file with the curated records: tests copy it, since to read and load them takes far longer.
var seeded = sync.OnceValues(func() (text []byte, err error) {
	document, faults := seed.Read(seed.Embedded())
	if len(faults) > 0 {
		return nil, faults[0]
	}
	dir, err := os.MkdirTemp("", "policygraph")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "seeded.db")
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, file, sqlitestore.Options{})
	if err != nil {
		return nil, err
	}
	_, err = seed.Load(ctx, store, document, seed.Options{Time: time.Unix(0, 0)})
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// post is a POST of an operation as most clients send it.
func post(query string) *http.Request {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		panic(err) // a string is always JSON
	}
	return postBody(string(body))
}

func postBody(body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return with(r, header...)
}

func get(parameters ...string) *http.Request {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	return httptest.NewRequest(http.MethodGet, "/graphql?"+values.Encode(), nil)
}

// with sets header lines ("Name: value"); an empty value takes the header away.
func with(r *http.Request, header ...string) *http.Request {
	for _, line := range header {
		name, value, _ := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	return r
}

func do(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// answer is a GraphQL answer as it is read.
type answer struct {
	Data       json.RawMessage
	Errors     []answerError
	Extensions map[string]any
}

type answerError struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

func (e answerError) code() string {
	code, _ := e.Extensions["code"].(string)
	return code
}

func read(t testing.TB, response *http.Response) (answer, string) {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("the answer is not JSON: %v in %.1000q", err, body)
	}
	return a, string(body)
}

// secret stands in requests where an answer must not repeat it.
const secret = "xyzzy-4711"

// leaks are what no answer may hold: what was sent, and what is behind the API.
var leaks = regexp.MustCompile(`(?i)` + secret + `|\bselect\b.*\bfrom\b|sqlite|\.go\b|goroutine|graph\.db|RawParams|unmarshal|/tmp/|struct`)

func TestBadInput(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	var aliases, deep strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&aliases, "a%d: __typename ", i)
	}
	deep.WriteString(`{ organisation(id: "org:primary-care-trusts") `)
	for range 33 {
		deep.WriteString("{ replaced { edges { node ")
	}
	deep.WriteString("{ id }" + strings.Repeat(" } } }", 33) + " }")
	query := `{"query": "query Q($text: String!) { search(text: $text) { totalCount } }", "variables": `

	tests := []struct {
		name    string
		request *http.Request
		status  int
		code    string
		message string // "" where gqlgen or the schema says it: then it is one sentence
	}{
		// What the API refuses. With data beside the error the operation was run.
		{"unknown field", post(`{ organisation(id: "org:nhs-england") { nmae } }`), 422, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "nmae" on type "Organisation". Did you mean "name"?`},
		{"wrong type", post(`{ search(text: 5) { totalCount } }`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"no such month", post(`{ at(date: "2013-13") { date } }`), 200, "BAD_USER_INPUT", ""},
		{"approximate date", post(`{ at(date: "2013~") { date } }`), 200, "BAD_USER_INPUT", ""},
		{"id without a kind", post(`{ organisation(id: "primary-care-trusts") { name } }`), 200, "BAD_USER_INPUT", ""},
		{"first too large", post(`{ search(text: "care", first: 100000) { totalCount } }`), 200, "BAD_USER_INPUT", ""},
		{"cursor that is none", post(`{ search(text: "care", after: "` + "!" + `") { totalCount } }`), 200, "BAD_USER_INPUT", ""},
		{"10,000 aliases", post("{" + aliases.String() + "}"), 422, "LIMIT_EXCEEDED", ""},
		{"300 aliases", post("{" + aliases.String()[:strings.Index(aliases.String(), "a300")] + "}"), 422, "LIMIT_EXCEEDED", ""},
		{"depth 100", post(deep.String()), 422, "LIMIT_EXCEEDED", ""},
		{"no GraphQL", post(`{ organisation(`), 400, "GRAPHQL_PARSE_FAILED", ""},
		{"empty document", post(`# nothing`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"mutation", post(`mutation { x }`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"subscription", post(`subscription { x }`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"variable missing", postBody(query + `{}}`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"variable of the wrong type", postBody(query + `{"text": ["` + secret + `"]}}`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"several operations, no name", post(`query A { __typename } query B { __typename }`), 422, "GRAPHQL_VALIDATION_FAILED",
			"name one of the document's operations in operationName: A, B"},
		{"no operation of the name", postBody(`{"query": "query A { __typename }", "operationName": "` + secret + `"}`), 422, "GRAPHQL_VALIDATION_FAILED",
			"name one of the document's operations in operationName: A"},
		{"name for an operation without one", postBody(`{"query": "{ __typename }", "operationName": "A"}`), 422, "GRAPHQL_VALIDATION_FAILED",
			"the document has no operation of the name in operationName; leave operationName out"},

		// What is not GraphQL over HTTP.
		{"5 MB body", postBody(`{"query": "` + strings.Repeat(secret, 500_000) + `"}`), 413, "LIMIT_EXCEEDED",
			"the body is larger than the limit of 1048576 bytes; send less, in several operations"},
		{"5 MB body of unknown length", unknownLength(postBody(strings.Repeat(secret, 500_000))), 413, "LIMIT_EXCEEDED",
			"the body is larger than the limit of 1048576 bytes; send less, in several operations"},
		{"one byte too many", postBody(`{"query": "{ __typename }"}` + strings.Repeat(" ", 1<<20-len(`{"query": "{ __typename }"}`)+1)), 413, "LIMIT_EXCEEDED",
			"the body is larger than the limit of 1048576 bytes; send less, in several operations"},
		{"body that breaks off", broken(postBody("")), 400, "BAD_USER_INPUT", "the body broke off: send it again"},
		{"bad JSON", postBody("{\n  \"query\": " + secret + "}"), 400, "BAD_USER_INPUT", "the body is not JSON: it ceases to be at line 2, column 12"},
		{"half JSON", postBody(`{"query": "` + secret), 400, "BAD_USER_INPUT", "the body is not JSON: it ceases to be at line 1, column 21"},
		{"two JSON objects", postBody(`{"query": "{ __typename }"} {}`), 400, "BAD_USER_INPUT", "the body is not JSON: it ceases to be at line 1, column 29"},
		{"empty body", postBody(""), 400, "BAD_USER_INPUT", "the body is not JSON: it ceases to be at line 1, column 1"},
		{"list of operations", postBody(`[{"query": "{ ` + secret + ` }"}]`), 422, "BAD_USER_INPUT",
			`the body is a list, and operations do not come in batches: send one at a time, such as {"query": "{ revision { number } }"}`},
		{"text", postBody(`"` + secret + `"`), 422, "BAD_USER_INPUT", `the body is not a JSON object: send one operation, such as {"query": "{ revision { number } }"}`},
		{"null", postBody(`null`), 422, "BAD_USER_INPUT", `there is no operation: send it as query, such as {"query": "{ revision { number } }"}`},
		{"no query", postBody(`{"qeury": "` + secret + `"}`), 422, "BAD_USER_INPUT", `there is no operation: send it as query, such as {"query": "{ revision { number } }"}`},
		{"query of the wrong type", postBody(`{"query": {"` + secret + `": 1}}`), 422, "BAD_USER_INPUT", "query is not JSON of the right shape: it is a string"},
		{"operationName of the wrong type", postBody(`{"query": "{ __typename }", "operationName": 1}`), 422, "BAD_USER_INPUT", "operationName is not JSON of the right shape: it is a string"},
		{"variables of the wrong type", postBody(query + `["` + secret + `"]}`), 422, "BAD_USER_INPUT", "variables is not JSON of the right shape: it is an object"},
		{"extensions of the wrong type", postBody(`{"query": "{ __typename }", "extensions": "` + secret + `"}`), 422, "BAD_USER_INPUT", "extensions is not JSON of the right shape: it is an object"},
		{"deep variables", postBody(query + `{"text": ` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}}`), 422, "GRAPHQL_VALIDATION_FAILED", ""},
		{"huge variables", postBody(query + `{"text": "` + strings.Repeat("care ", 200_000) + `"}}`), 200, "BAD_USER_INPUT", ""},
		{"wrong content type", postBody(`{"query": "{ __typename }"}`, "Content-Type: text/plain"), 415, "BAD_USER_INPUT", unsupported},
		{"form", postBody(`query=`+secret, "Content-Type: application/x-www-form-urlencoded"), 415, "BAD_USER_INPUT", unsupported},
		{"upload", postBody(secret, "Content-Type: multipart/form-data; boundary=x"), 415, "BAD_USER_INPUT", unsupported},
		{"no content type", postBody(`{"query": "{ __typename }"}`, "Content-Type:"), 415, "BAD_USER_INPUT", unsupported},
		{"content type that is none", postBody(`{"query": "{ __typename }"}`, "Content-Type: "+secret+"//;"), 415, "BAD_USER_INPUT", unsupported},
		{"other character set", postBody(`{"query": "{ __typename }"}`, "Content-Type: application/json; charset=latin1"), 415, "BAD_USER_INPUT", unsupported},
		{"compressed body", postBody(`{"query": "{ __typename }"}`, "Content-Encoding: gzip"), 415, "BAD_USER_INPUT", unsupported},
		{"web socket", with(get("query", "{ __typename }"), "Upgrade: websocket", "Connection: Upgrade", "Accept: text/event-stream"), 406, "BAD_USER_INPUT",
			"the answer is application/graphql-response+json or application/json: name one of them in the Accept header"},
		{"answer in another form", with(post(`{ __typename }`), "Accept: text/html"), 406, "BAD_USER_INPUT",
			"the answer is application/graphql-response+json or application/json: name one of them in the Accept header"},
		{"PUT", httptest.NewRequest(http.MethodPut, "/graphql", strings.NewReader(secret)), 405, "BAD_USER_INPUT", "an operation is sent by POST or GET"},
		{"GET without query", get(), 422, "BAD_USER_INPUT", "there is no operation: send it as query, such as /graphql?query={revision{number}}; the page at / helps to write one"},
		{"GET mutation", get("query", `mutation { x }`), 405, "BAD_USER_INPUT", "a GET reads: only an operation of the type query can be sent by it"},
		{"GET with bad variables", get("query", `{ __typename }`, "variables", "{"+secret), 422, "BAD_USER_INPUT", "variables is not JSON of the right shape: it is an object"},
		{"GET with two variables", get("query", `{ __typename }`, "variables", "{} {}"), 422, "BAD_USER_INPUT", "there is more than one JSON value in variables"},
		{"GET with bad encoding", httptest.NewRequest(http.MethodGet, "/graphql?query=%zz;"+secret, nil), 400, "BAD_USER_INPUT",
			"the URL's parameters cannot be read: encode them as application/x-www-form-urlencoded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response := do(s, test.request)
			got, body := read(t, response)
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if len(got.Errors) != 1 {
				t.Fatalf("%d errors, want one: %.1000s", len(got.Errors), body)
			}
			message := got.Errors[0].Message
			if code := got.Errors[0].code(); code != test.code {
				t.Errorf("code %s, want %s (%.1000s)", code, test.code, message)
			}
			if test.message != "" && message != test.message {
				t.Errorf("message (-want +got):\n%s", cmp.Diff(test.message, message))
			}
			if message == "" || len(message) > 300 || strings.Contains(message, "\n") {
				t.Errorf("the message is not one sentence: %.1000q", message)
			}
			if leak := leaks.FindString(body); leak != "" {
				t.Errorf("the answer gives away %q: %.1000s", leak, body)
			}
			if ran := got.Data != nil; ran != (response.StatusCode == 200) {
				t.Errorf("data %.100s with status %d", got.Data, response.StatusCode)
			}
			if allow := response.Header.Get("Allow"); (allow != "") != (response.StatusCode == http.StatusMethodNotAllowed) {
				t.Errorf("status %d with Allow %q", response.StatusCode, allow)
			}
			if response.StatusCode >= 400 {
				if got, want := response.Header.Get("Content-Type"), "application/graphql-response+json; charset=utf-8"; got != want {
					t.Errorf("Content-Type %q, want %q", got, want)
				}
			}
		})
	}
}

const unsupported = "the body of a POST is JSON in UTF-8, not compressed: send it with Content-Type: application/json"

func unknownLength(r *http.Request) *http.Request {
	r.ContentLength = -1
	return r
}

// broken is a request whose connection ends in the body.
func broken(r *http.Request) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"query": "`+secret), faultyReader{})), 1000
	return r
}

type faultyReader struct{}

func (faultyReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestGoodInput shows that what is at the edge of the allowed is answered.
func TestGoodInput(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	const typename = `{"query": "{ __typename }"}`
	tests := []struct {
		name    string
		request *http.Request
		want    string
	}{
		{"post", post(`{ organisation(id: "org:primary-care-trusts") { id } }`), `{"organisation":{"id":"org:primary-care-trusts"}}`},
		{"unknown id", post(`{ organisation(id: "org:` + secret + `") { id } }`), `{"organisation":null}`},
		{"get", get("query", `query Q($id: ID!) { organisation(id: $id) { id } }`, "variables", `{"id": "org:primary-care-trusts"}`, "operationName", "Q"),
			`{"organisation":{"id":"org:primary-care-trusts"}}`},
		{"get with empty parameters", get("query", `{ __typename }`, "variables", "", "operationName", "", "extensions", ""), `{"__typename":"Query"}`},
		{"all members", postBody(`{"query": "query A { __typename } query B { __typename b: __typename }", "operationName": "B", "variables": {}, "extensions": {}}`),
			`{"__typename":"Query","b":"Query"}`},
		{"null members", postBody(`{"query": "{ __typename }", "operationName": null, "variables": null, "extensions": null}`), `{"__typename":"Query"}`},
		{"unknown member", postBody(`{"query": "{ __typename }", "id": 7}`), `{"__typename":"Query"}`},
		{"character set", postBody(typename, "Content-Type: application/json; charset=UTF-8"), `{"__typename":"Query"}`},
		{"body as large as allowed", postBody(typename + strings.Repeat(" ", 1<<20-len(typename))), `{"__typename":"Query"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response := do(s, test.request)
			got, body := read(t, response)
			if response.StatusCode != 200 || len(got.Errors) > 0 {
				t.Fatalf("status %d: %s", response.StatusCode, body)
			}
			if diff := cmp.Diff(test.want, string(got.Data)); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if got.Extensions["revision"] != 1.0 {
				t.Errorf("extensions.revision %v, want 1", got.Extensions["revision"])
			}
		})
	}
}

// TestExamples asks what the page at / offers: each has an answer, of which nothing is empty.
func TestExamples(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	for _, example := range graphiql.Examples() {
		t.Run(example.Title, func(t *testing.T) {
			response := do(s, post(example.Query))
			got, body := read(t, response)
			if len(got.Errors) > 0 {
				t.Fatalf("errors: %.1000s", body)
			}
			for _, empty := range []string{`"data":null`, `:{"totalCount":0`} {
				if strings.Contains(body, empty) {
					t.Errorf("the answer has %s: %.1000s", empty, body)
				}
			}
		})
	}
}

func TestMediaType(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	const graphQL, plain = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	const fine, partial, refused = `{ __typename }`, `{ __typename at(date: "2013-13") { date } }`, `{ nothing }`
	tests := []struct {
		accept, query string
		status        int
		want          string
	}{
		{"", fine, 200, plain},
		{"*/*", fine, 200, plain},
		{"application/*", fine, 200, plain},
		{"text/html, application/xhtml+xml, */*;q=0.8", fine, 200, plain},
		{"application/json", fine, 200, plain},
		{"application/json, multipart/mixed", fine, 200, plain},
		{"application/json; charset=utf-8", fine, 200, plain},
		{"application/graphql-response+json", fine, 200, graphQL},
		{"application/graphql-response+json, application/json;q=0.9", fine, 200, graphQL},
		{"application/json, application/graphql-response+json", fine, 200, graphQL},
		{"application/graphql-response+json;q=0.5, application/json", fine, 200, plain},
		{"application/graphql-response+json;q=0, */*", fine, 200, plain},
		{"application/json;q=0, application/*;q=0.1", fine, 200, graphQL},
		{"application/json;q=x, application/graphql-response+json", fine, 200, graphQL},
		{"application/json", partial, 200, plain},
		{"application/graphql-response+json", partial, 294, graphQL},
		{"application/json", refused, 422, graphQL},
		{"application/graphql-response+json", refused, 422, graphQL},
		{"application/json;q=0, application/graphql-response+json;q=0", fine, 406, graphQL},
	}
	for _, test := range tests {
		t.Run(test.accept+" "+test.query, func(t *testing.T) {
			response := do(s, with(post(test.query), "Accept: "+test.accept))
			if response.StatusCode != test.status || response.Header.Get("Content-Type") != test.want {
				t.Errorf("%d %s, want %d %s", response.StatusCode, response.Header.Get("Content-Type"), test.status, test.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	s := server.New(server.Config{Store: emptyStore(t)})
	for _, test := range []struct{ path, policy string }{
		{"/", graphiql.ContentSecurityPolicy},
		{"/graphql", "default-src 'none'; frame-ancestors 'none'"},
		{"/healthz", "default-src 'none'; frame-ancestors 'none'"},
		{"/nothing", "default-src 'none'; frame-ancestors 'none'"},
	} {
		t.Run(test.path, func(t *testing.T) {
			header := do(s, httptest.NewRequest(http.MethodGet, test.path, nil)).Header
			got := map[string]string{}
			for _, name := range []string{"Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"} {
				got[name] = header.Get(name)
			}
			want := map[string]string{"Content-Security-Policy": test.policy, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestID(t *testing.T) {
	s := server.New(server.Config{Store: emptyStore(t)})
	made := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for _, test := range []struct {
		given string
		kept  bool
	}{
		{"4f2a-9.b_7", true},
		{strings.Repeat("x", 64), true},
		{strings.Repeat("x", 65), false},
		{"two words", false},
		{`<script>`, false},
		{"", false},
	} {
		t.Run(test.given, func(t *testing.T) {
			got := do(s, with(httptest.NewRequest(http.MethodGet, "/healthz", nil), "X-Request-Id: "+test.given)).Header.Get("X-Request-Id")
			if test.kept && got != test.given || !test.kept && !made.MatchString(got) {
				t.Errorf("X-Request-Id %q", got)
			}
		})
	}
}

// logged is a log whose lines can be read back.
type logged struct{ bytes.Buffer }

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(&l.Buffer, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (l *logged) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fields)
	}
	return lines
}

func TestLog(t *testing.T) {
	store := seededStore(t)
	tests := []struct {
		name    string
		request *http.Request
		want    map[string]any
	}{
		{"operation", post(`query PCTs { organisation(id: "org:primary-care-trusts") { id } }`),
			map[string]any{"level": "INFO", "method": "POST", "path": "/graphql", "status": 200.0, "operation": "PCTs", "revision": 1.0, "storeCalls": 1.0, "cost": 2.0}},
		{"errors", get("query", `{ a: at(date: "2013-13") { date } b: at(date: "2014-13") { date } }`),
			map[string]any{"level": "INFO", "method": "GET", "path": "/graphql", "status": 200.0, "operation": "", "revision": 1.0, "storeCalls": 0.0, "cost": 4.0, "errors": "BAD_USER_INPUT"}},
		{"refusal", postBody(secret), map[string]any{"level": "INFO", "method": "POST", "path": "/graphql", "status": 400.0, "errors": "BAD_USER_INPUT"}},
		{"health", httptest.NewRequest(http.MethodGet, "/healthz", nil), map[string]any{"level": "DEBUG", "method": "GET", "path": "/healthz", "status": 200.0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log logged
			s := server.New(server.Config{Store: store, Log: log.logger()})
			response := do(s, with(test.request, "X-Request-Id: "+test.name))
			lines := log.lines(t)
			if len(lines) != 1 {
				t.Fatalf("%d lines, want one: %s", len(lines), log.String())
			}
			got := lines[0]
			for _, name := range []string{"time", "duration", "bytes"} {
				if got[name] == nil {
					t.Errorf("the line has no %s", name)
				}
				delete(got, name)
			}
			test.want["msg"], test.want["request"] = "request", response.Header.Get("X-Request-Id")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log repeats the request: %s", log.String())
			}
		})
	}
}

// stall is a store whose reads of entities wait: each says on begun that it has begun, then waits for end or the end of its context.
type stall struct {
	graph.Store
	begun chan struct{}
	end   chan struct{}
}

func newStall(t *testing.T) *stall {
	return &stall{seededStore(t), make(chan struct{}, 1), make(chan struct{})}
}

func (s *stall) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	select {
	case s.begun <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-s.end:
		return s.Store.Entities(ctx, v, ids)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

const readsEntity = `{ organisation(id: "org:primary-care-trusts") { id } }`

// TestTimeout shows that the time of an operation ends its store calls.
func TestTimeout(t *testing.T) {
	s := server.New(server.Config{Store: newStall(t), Timeout: time.Millisecond})
	for _, test := range []struct {
		name, accept string
		status       int
	}{{"json", "application/json", 200}, {"graphql", "application/graphql-response+json", 294}} {
		t.Run(test.name, func(t *testing.T) {
			response := do(s, with(post(readsEntity), "Accept: "+test.accept))
			got, body := read(t, response)
			if len(got.Errors) != 1 || got.Errors[0].code() != "TIMEOUT" {
				t.Errorf("want one error TIMEOUT: %s", body)
			}
			// Where the time is over before the execution begins there is no data.
			if want := map[bool]int{true: test.status, false: http.StatusGatewayTimeout}[got.Data != nil]; response.StatusCode != want {
				t.Errorf("status %d, want %d: %s", response.StatusCode, want, body)
			}
		})
	}
}

// faulty is a store that fails or panics where entities or the head are read.
type faulty struct {
	graph.Store
	entities, head func() error
}

func (f *faulty) Entities(context.Context, graph.View, []string) ([]*graph.Entity, error) {
	return nil, f.entities()
}

func (f *faulty) Head(ctx context.Context) (graph.Revision, error) {
	if f.head != nil {
		return graph.Revision{}, f.head()
	}
	return f.Store.Head(ctx)
}

// TestFaults shows that what breaks behind the API is in the log under the reference that the client gets, and not in the answer.
func TestFaults(t *testing.T) {
	store := seededStore(t)
	fail := func() error { return errors.New("SELECT * FROM " + secret) }
	explode := func() error { panic(secret) }
	tests := []struct {
		name   string
		store  *faulty
		status int
	}{
		{"a read fails", &faulty{Store: store, entities: fail}, 200},
		{"a read panics", &faulty{Store: store, entities: explode}, 200},
		{"a panic outside fields", &faulty{Store: store, head: explode}, 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log logged
			s := server.New(server.Config{Store: test.store, Log: log.logger()})
			response := do(s, post(readsEntity))
			got, body := read(t, response)
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if len(got.Errors) != 1 || got.Errors[0].code() != "INTERNAL_SERVER_ERROR" {
				t.Fatalf("want one error INTERNAL_SERVER_ERROR: %s", body)
			}
			if leak := leaks.FindString(body); leak != "" {
				t.Errorf("the answer gives away %q: %s", leak, body)
			}
			reference, _ := got.Errors[0].Extensions["reference"].(string)
			id := response.Header.Get("X-Request-Id")
			found := false
			for _, line := range log.lines(t) {
				text := fmt.Sprint(line)
				if line["msg"] != "request" && line["request"] == id && strings.Contains(text, reference) && strings.Contains(text, secret) {
					found = true
				}
			}
			if reference == "" || !found {
				t.Errorf("the log has not the cause under reference %q and request %q:\n%s", reference, id, log.String())
			}
		})
	}
}

func TestHealth(t *testing.T) {
	closed := seededStore(t)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		store  server.Store
		path   string
		status int
		want   string
	}{
		{"alive", emptyStore(t), "/healthz", 200, "alive\n"},
		{"alive without a store", closed, "/healthz", 200, "alive\n"},
		{"ready", seededStore(t), "/readyz", 200, "ready: revision 1\n"},
		{"nothing loaded", emptyStore(t), "/readyz", 503, "not ready: nothing has been loaded yet; load a graph with `policygraph load`\n"},
		{"store closed", closed, "/readyz", 503, "not ready: the store cannot be read\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log logged
			response := do(server.New(server.Config{Store: test.store, Log: log.logger()}), httptest.NewRequest(http.MethodGet, test.path, nil))
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status || string(body) != test.want {
				t.Errorf("%d %q, want %d %q", response.StatusCode, body, test.status, test.want)
			}
			for _, line := range log.lines(t) { // it is asked every few seconds
				if line["level"] != "DEBUG" {
					t.Errorf("it is logged above the level DEBUG: %v", line)
				}
			}
		})
	}
}

// TestOpen shows a server that has no store yet, and what becomes of the same requests when it is given one.
func TestOpen(t *testing.T) {
	var log logged
	s := server.New(server.Config{Log: log.logger()})
	const plain, graphQL = "text/plain; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	const wait = "the graph is being opened, and filled if it is empty; ask again in a moment"
	operation := func() *http.Request { return post(`{ revision { number } }`) }
	asked := func(method, path string) func() *http.Request {
		return func() *http.Request { return httptest.NewRequest(method, path, nil) }
	}
	type seen struct {
		Status                   int
		Media, RetryAfter, Level string
		Body                     string // its beginning
	}
	tests := []struct {
		name          string
		request       func() *http.Request
		before, after seen
	}{
		{"alive", asked("GET", "/healthz"), seen{200, plain, "", "DEBUG", "alive\n"}, seen{200, plain, "", "DEBUG", "alive\n"}},
		{"ready", asked("GET", "/readyz"), seen{503, plain, "1", "DEBUG", "not ready: " + wait + "\n"}, seen{200, plain, "", "DEBUG", "ready: revision 1\n"}},
		{"page", asked("GET", "/"), seen{503, plain, "1", "INFO", "not ready: " + wait + "\n"}, seen{200, "text/html; charset=utf-8", "", "INFO", "<!doctype html>"}},
		{"operation", operation, seen{503, graphQL, "1", "INFO", `{"errors":[{"message":"` + wait + `","extensions":{"code":"UNAVAILABLE"}}]}` + "\n"},
			seen{200, "application/json; charset=utf-8", "", "INFO", `{"data":{"revision":{"number":1}}`}},
		{"no such path", asked("GET", "/nothing"), seen{404, plain, "", "INFO", "404"}, seen{404, plain, "", "INFO", "404"}},
		{"health by POST", asked("POST", "/healthz"), seen{405, plain, "", "DEBUG", "Method"}, seen{405, plain, "", "DEBUG", "Method"}},
		{"readiness by POST", asked("POST", "/readyz"), seen{405, plain, "", "DEBUG", "Method"}, seen{405, plain, "", "DEBUG", "Method"}},
		{"page by POST", asked("POST", "/"), seen{405, plain, "", "INFO", "Method"}, seen{405, plain, "", "INFO", "Method"}},
	}
	check := func(t *testing.T, r *http.Request, want seen) {
		t.Helper()
		log.Reset()
		response := do(s, r)
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		lines := log.lines(t)
		if len(lines) != 1 {
			t.Fatalf("%d lines in the log, want one: %s", len(lines), log.String())
		}
		got := seen{response.StatusCode, response.Header.Get("Content-Type"), response.Header.Get("Retry-After"), fmt.Sprint(lines[0]["level"]), string(body)}
		got.Body = got.Body[:min(len(got.Body), len(want.Body))]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", r.Method, r.URL, diff)
		}
		if code, unavailable := lines[0]["errors"], strings.Contains(want.Body, "UNAVAILABLE"); unavailable != (code == "UNAVAILABLE") {
			t.Errorf("the log has the codes %v", code)
		}
	}
	for _, test := range tests {
		t.Run("before/"+test.name, func(t *testing.T) { check(t, test.request(), test.before) })
	}
	if got := do(s, with(operation(), "Origin: https://example.org")).Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("a page of another origin cannot read that: Access-Control-Allow-Origin %q", got)
	}

	var clients sync.WaitGroup // that ask while it is opened: each is told to wait until it is answered
	for range 4 {
		clients.Go(func() {
			for status := 0; status != http.StatusOK; {
				switch status = do(s, operation()).StatusCode; status {
				case http.StatusOK, http.StatusServiceUnavailable:
				default:
					t.Errorf("status %d", status)
					return
				}
			}
		})
	}
	s.Open(seededStore(t), nil)
	clients.Wait()
	for _, test := range tests {
		t.Run("after/"+test.name, func(t *testing.T) { check(t, test.request(), test.after) })
	}
}

// TestUnavailable shows an operation on a store that has nothing to read.
func TestUnavailable(t *testing.T) {
	got, body := read(t, do(server.New(server.Config{Store: emptyStore(t)}), post(readsEntity)))
	if len(got.Errors) != 1 || got.Errors[0].code() != "UNAVAILABLE" {
		t.Errorf("want one error UNAVAILABLE: %s", body)
	}
}

// running serves on a free port and returns its URL, what ends it, and what Serve returns.
func running(t *testing.T, c server.Config) (url string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- server.New(c).Serve(ctx, l) }()
	return "http://" + l.Addr().String(), stop, result
}

// sent sends an operation in the background and gives what came of it.
func sent(t *testing.T, url string) <-chan error {
	result := make(chan error, 1)
	go func() {
		body := strings.NewReader(fmt.Sprintf(`{"query": %q}`, readsEntity))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", body)
		if err != nil {
			result <- err
			return
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			result <- err
			return
		}
		text, err := io.ReadAll(response.Body)
		if err == nil && !strings.Contains(string(text), `{"data":{"organisation":{"id":"org:primary-care-trusts"}}`) {
			err = fmt.Errorf("answer: %s", text)
		}
		result <- errors.Join(err, response.Body.Close())
	}()
	return result
}

func TestShutdown(t *testing.T) {
	t.Run("a request under way is finished", func(t *testing.T) {
		store := newStall(t)
		url, stop, ended := running(t, server.Config{Store: store})
		result := sent(t, url)
		<-store.begun
		stop()
		select { // Serve does not end while the request is under way
		case err := <-ended:
			t.Fatalf("Serve ended with a request under way: %v", err)
		case err := <-result:
			t.Fatalf("the request ended before its read: %v", err)
		case <-refused(t, url):
		}
		close(store.end)
		if err := <-result; err != nil {
			t.Errorf("the request under way: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	t.Run("what does not end is cut off", func(t *testing.T) {
		store := newStall(t)
		url, stop, ended := running(t, server.Config{Store: store, Drain: time.Millisecond})
		result := sent(t, url)
		<-store.begun
		stop()
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "requests were cut off after 1ms") {
			t.Errorf("Serve: %v, want an error that says that requests were cut off", err)
		}
		if err := <-result; err == nil {
			t.Error("the request that was cut off has its answer")
		}
	})
}

// TestShutdownBeforeOpen shows that a server without a store does not wait for what clients have begun: nothing can come of it.
func TestShutdownBeforeOpen(t *testing.T) {
	log, written := io.Pipe()
	url, stop, ended := running(t, server.Config{Log: slog.New(slog.NewTextHandler(written, nil)), Drain: time.Hour})
	for _, text := range []string{"", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewReader(log)
	if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, "path=/graphql status=503") { // it waits for the rest of the body now
		t.Fatalf("%q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve: %v", err)
		}
	case <-time.After(20 * time.Second): // the body has thirty
		t.Error("Serve waits for a request whose body does not end")
	}
}

// refused is closed when nothing listens at the URL any more.
func refused(t *testing.T, url string) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t.Context().Err() == nil {
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return done
}

// TestLargeBody sends 5 MB over a connection: the answer arrives although the body is not read to its end.
func TestLargeBody(t *testing.T) {
	url, stop, ended := running(t, server.Config{Store: emptyStore(t)})
	response, err := http.Post(url+"/graphql", "application/json", strings.NewReader(strings.Repeat(" ", 5_000_000)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, body := read(t, response); response.StatusCode != http.StatusRequestEntityTooLarge || got.Errors[0].code() != "LIMIT_EXCEEDED" {
		t.Errorf("%s: %s", response.Status, body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// FuzzBody shows that whatever is sent, the answer is GraphQL with codes that are known, or an operation that was run.
func FuzzBody(f *testing.F) {
	s := server.New(server.Config{Store: seededStore(f)})
	for _, body := range []string{
		`{"query": "{ __typename }"}`, `{"query": "query Q($a: ID!) { organisation(id: $a) { name } }", "variables": {"a": "org:nhs-england"}}`,
		`{"query": 1}`, `[]`, `null`, `{`, "", `{"query": "{", "operationName": "x", "extensions": {"a": [{}]}}`, "\xff\xfe", `{"query": "\ud800"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		response := do(s, postBody(body))
		got, text := read(t, response)
		if response.StatusCode == 200 && got.Data == nil || response.StatusCode != 200 && len(got.Errors) == 0 || response.StatusCode >= 500 {
			t.Errorf("%s: %s", response.Status, text)
		}
		for _, e := range got.Errors {
			if e.Message == "" || e.code() == "" || e.code() == "INTERNAL_SERVER_ERROR" {
				t.Errorf("error %+v", e)
			}
		}
	})
}
