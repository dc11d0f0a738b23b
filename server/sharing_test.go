package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/policygraph/policygraph/server"
)

// TestOrigins shows what a browser is told about pages of other origins: of a preflight and of the request itself.
func TestOrigins(t *testing.T) {
	store := emptyStore(t)
	const ours, other = "https://example.org", "https://example.net"
	tests := []struct {
		name    string
		origins []string
		origin  string
		allowed string // Access-Control-Allow-Origin
	}{
		{"any, unless said", nil, other, "*"},
		{"any", []string{"*"}, other, "*"},
		{"one of two", []string{"https://example.com", ours}, ours, ours},
		{"another", []string{ours}, other, ""},
		{"another scheme", []string{ours}, "http://example.org", ""},
		{"none", []string{}, other, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := server.New(server.Config{Store: store, Origins: test.origins})
			response := do(s, with(post(`{ __typename }`), "Origin: "+test.origin))
			want := map[string]string{"Access-Control-Allow-Origin": test.allowed, "Access-Control-Expose-Headers": "X-Request-Id"}
			if test.allowed == "" {
				want = map[string]string{}
			}
			if diff := cmp.Diff(want, accessControl(response)); diff != "" || response.StatusCode != 200 {
				t.Errorf("request: status %d, headers (-want +got):\n%s", response.StatusCode, diff)
			}

			preflight := func(method string) *http.Response {
				return do(s, with(httptest.NewRequest(http.MethodOptions, "/graphql", nil), "Origin: "+test.origin,
					"Access-Control-Request-Method: "+method, "Access-Control-Request-Headers: apollographql-client-name,content-type"))
			}
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				response = preflight(method)
				want = map[string]string{
					"Access-Control-Allow-Origin": test.allowed, "Access-Control-Allow-Methods": method,
					"Access-Control-Allow-Headers": "apollographql-client-name,content-type", "Access-Control-Max-Age": "86400",
				}
				if test.allowed == "" {
					want = map[string]string{}
				}
				if diff := cmp.Diff(want, accessControl(response)); diff != "" {
					t.Errorf("preflight of %s (-want +got):\n%s", method, diff)
				}
			}
			if got := accessControl(preflight(http.MethodDelete)); len(got) > 0 {
				t.Errorf("preflight of DELETE: %v", got)
			}
		})
	}
}

// accessControl are the headers of a response by which a browser decides.
func accessControl(response *http.Response) map[string]string {
	got := map[string]string{}
	for name, values := range response.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			got[name] = strings.Join(values, ", ")
		}
	}
	return got
}

// TestCompression shows that a long answer is compressed as the client takes it, that it is the same answer, and that caches are told.
func TestCompression(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	const long = `{ __schema { types { name description } } }`
	const short = `{ __typename }`
	plain, err := io.ReadAll(do(s, post(long)).Body)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, accept, query, coding string
	}{
		{"gzip", "gzip", long, "gzip"},
		{"browsers", "gzip, deflate, br, zstd", long, "zstd"},
		{"zstd", "zstd", long, "zstd"},
		{"gzip refused", "gzip;q=0, identity", long, ""},
		{"unknown", "br", long, ""},
		{"nothing", "", long, ""},
		{"a short answer", "gzip", short, ""},
		{"a short refusal", "gzip", `{ nothing }`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response := do(s, with(post(test.query), "Accept-Encoding: "+test.accept))
			if got := response.Header.Get("Content-Encoding"); got != test.coding {
				t.Fatalf("Content-Encoding %q, want %q", got, test.coding)
			}
			vary := strings.Split(strings.Join(response.Header.Values("Vary"), ", "), ", ")
			for _, name := range []string{"Accept", "Accept-Encoding", "Origin"} {
				if !slices.Contains(vary, name) {
					t.Errorf("Vary %q does not name %s", vary, name)
				}
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			size := len(body)
			switch test.coding {
			case "gzip":
				r, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			case "zstd":
				r, err := zstd.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if body, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			if test.query == long && string(body) != string(plain) {
				t.Errorf("the answer is another one: %.300s", body)
			}
			if test.coding != "" && size*2 > len(plain) {
				t.Errorf("%d bytes of %d: it is hardly compressed", size, len(plain))
			}
		})
	}
}

// TestPersisted shows what Apollo's clients do: they send the hash alone, and the text with it where the server asks.
func TestPersisted(t *testing.T) {
	const query = `{ __typename }`
	const hash = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b" // sha256sum of query
	const other = "0000000000000000000000000000000000000000000000000000000000000000"
	extension := func(hash string) string {
		return `{"persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`
	}
	body := func(query, extensions string) *http.Request {
		if query == "" {
			return postBody(`{"extensions": ` + extensions + `}`)
		}
		return postBody(`{"query": "` + query + `", "extensions": ` + extensions + `}`)
	}
	const found = `{"__typename":"Query"}`
	type step struct {
		request       *http.Request
		status        int
		code, message string // of the error; "" where it is answered
	}
	notFound := func(r *http.Request) step { return step{r, 200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"} }
	const shape = `extensions.persistedQuery is not of the right shape: it is {"version": 1, "sha256Hash": "…"}, with 64 hexadecimal digits in lower case`
	tests := []struct {
		name  string
		steps []step
	}{
		{"by POST", []step{
			notFound(body("", extension(hash))),
			{body(query, extension(hash)), 200, "", ""},
			{body("", extension(hash)), 200, "", ""},
		}},
		{"by GET", []step{
			notFound(get("extensions", extension(hash))),
			{get("query", query, "extensions", extension(hash)), 200, "", ""},
			{get("extensions", extension(hash)), 200, "", ""},
		}},
		{"the media type of the specification", []step{notFound(with(body("", extension(hash)), "Accept: application/graphql-response+json"))}},
		{"the hash of another text", []step{
			{body(query, extension(other)), 400, "BAD_USER_INPUT", "provided sha does not match query: sha256Hash is the SHA-256 of the bytes of query in UTF-8"},
			notFound(body("", extension(other))),
			notFound(body("", extension(hash))),
		}},
		{"what is not valid is not kept", []step{
			{body("{ nothing }", extension(sum("{ nothing }"))), 422, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "nothing" on type "Query".`},
			notFound(body("", extension(sum("{ nothing }")))),
		}},
		{"another version", []step{{body("", `{"persistedQuery": {"version": 2, "sha256Hash": "`+hash+`"}}`), 200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"}}},
		{"no hash", []step{{body("", `{"persistedQuery": {"version": 1}}`), 422, "BAD_USER_INPUT", shape}}},
		{"no version", []step{{body("", `{"persistedQuery": {"sha256Hash": "`+hash+`"}}`), 422, "BAD_USER_INPUT", shape}}},
		{"a hash that is none", []step{{body("", extension(strings.ToUpper(hash))), 422, "BAD_USER_INPUT", shape}}},
		{"another shape", []step{{body("", `{"persistedQuery": "`+hash+`"}`), 422, "BAD_USER_INPUT", shape}}},
		{"null", []step{{body(query, `{"persistedQuery": null}`), 200, "", ""}}},
	}
	store := seededStore(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := server.New(server.Config{Store: store})
			for i, step := range test.steps {
				response := do(s, step.request)
				got, text := read(t, response)
				if response.StatusCode != step.status {
					t.Errorf("step %d: status %d, want %d: %s", i, response.StatusCode, step.status, text)
				}
				if step.code == "" {
					if len(got.Errors) > 0 || string(got.Data) != found {
						t.Errorf("step %d: %s", i, text)
					}
					continue
				}
				if len(got.Errors) != 1 || got.Errors[0].code() != step.code || got.Errors[0].Message != step.message {
					t.Errorf("step %d: want %s %q: %s", i, step.code, step.message, text)
				}
			}
		})
	}
}

// TestPersistedBound shows that the server keeps a limited number of texts: the one used longest ago goes first.
func TestPersistedBound(t *testing.T) {
	s := server.New(server.Config{Store: seededStore(t)})
	text := func(i int) string { return "{ __typename " + strings.Repeat(" ", i) + "}" }
	ask := func(i int, withText bool) string {
		extensions := `{"persistedQuery": {"version": 1, "sha256Hash": "` + sum(text(i)) + `"}}`
		request := get("extensions", extensions)
		if withText {
			request = get("query", text(i), "extensions", extensions)
		}
		_, body := read(t, do(s, request))
		return body
	}
	const kept = 1000
	for i := range kept + 1 {
		if got := ask(i, true); !strings.Contains(got, `"__typename":"Query"`) {
			t.Fatal(got)
		}
	}
	for _, i := range []int{1, kept} {
		if got := ask(i, false); !strings.Contains(got, `"__typename":"Query"`) {
			t.Errorf("text %d is not kept: %s", i, got)
		}
	}
	if got := ask(0, false); !strings.Contains(got, "PERSISTED_QUERY_NOT_FOUND") {
		t.Errorf("text 0 is still kept: %s", got)
	}
}

func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
