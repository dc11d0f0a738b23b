package graphiql

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// get returns the response to a GET with the header lines given ("Name: value"), and its body as sent.
func get(t *testing.T, h http.Handler, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	response := recorder.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// link is a URL that a page loads from.
var link = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestPage(t *testing.T) {
	h := Handler("graphql")
	response, body := get(t, h, "/")
	want := http.Header{
		"Accept-Ranges":           {"bytes"},
		"Cache-Control":           {"no-cache"},
		"Content-Length":          {fmt.Sprint(len(body))},
		"Content-Security-Policy": {ContentSecurityPolicy},
		"Content-Type":            {"text/html; charset=utf-8"},
		"Etag":                    response.Header["Etag"],
		"Referrer-Policy":         {"no-referrer"},
		"Vary":                    {"Accept-Encoding"},
		"X-Content-Type-Options":  {"nosniff"},
	}
	if diff := cmp.Diff(want, response.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if !strings.Contains(body, "<title>policygraph</title>") {
		t.Errorf("the title is not policygraph:\n%s", body)
	}

	t.Run("links are to files that are there", func(t *testing.T) {
		var loaded int
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			url := html.UnescapeString(m[1])
			if strings.HasPrefix(url, "data:") || url == "graphql" {
				continue
			}
			if response, _ := get(t, h, "/"+url); response.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", url, response.Status)
			}
			loaded++
		}
		if loaded != 2 {
			t.Errorf("the page loads %d files, want a script and a style", loaded)
		}
	})

	t.Run("settings", func(t *testing.T) {
		_, rest, _ := strings.Cut(body, `<script type="application/json" id="settings">`)
		text, _, _ := strings.Cut(rest, "</script>")
		var got settings
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if diff := cmp.Diff(settings{Endpoint: "graphql", Examples: Examples()}, got); diff != "" {
			t.Errorf("settings (-want +got):\n%s", diff)
		}
	})

	t.Run("settings cannot leave their element", func(t *testing.T) {
		_, body := get(t, Handler(`</script><script src="x">`), "/")
		if strings.Contains(body, `<script src="x">`) {
			t.Errorf("the endpoint is markup:\n%s", body)
		}
	})
}

func TestAssets(t *testing.T) {
	h := Handler("graphql")
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	hashed := regexp.MustCompile(`-[0-9A-Z]{8}\.`)
	for _, entry := range entries {
		name := entry.Name()
		if name == "manifest.json" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			file, err := os.ReadFile("dist/" + name)
			if err != nil {
				t.Fatal(err)
			}
			response, body := get(t, h, "/assets/"+name)
			if response.StatusCode != http.StatusOK || body != string(file) {
				t.Fatalf("%s with %d bytes, want 200 with %d", response.Status, len(body), len(file))
			}
			immutable := strings.Contains(response.Header.Get("Cache-Control"), "immutable")
			if want := hashed.MatchString(name); immutable != want {
				t.Errorf("immutable: %t, want %t", immutable, want)
			}

			zipped, _ := get(t, h, "/assets/"+name, "Accept-Encoding: br, gzip;q=0.8")
			if got := zipped.Header.Get("Content-Encoding"); got != "gzip" {
				t.Fatalf("Content-Encoding %q, want gzip", got)
			}
			if plain := response.Header.Get("ETag"); plain == "" || plain == zipped.Header.Get("ETag") {
				t.Errorf("ETag %q, and %q with gzip", plain, zipped.Header.Get("ETag"))
			}
			reply, body := get(t, h, "/assets/"+name, "Accept-Encoding: gzip", "If-None-Match: "+zipped.Header.Get("ETag"))
			if reply.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("%s with %d bytes for the same ETag, want 304 with none", reply.Status, len(body))
			}
		})
	}
}

func TestGzip(t *testing.T) {
	h := Handler("graphql")
	_, want := get(t, h, "/")
	tests := []struct {
		accept string
		want   bool
	}{
		{"gzip, deflate, br", true},
		{"br;q=1.0, gzip ;q=0.5", true},
		{"gzip;q=0", false},
		{"x-gzip-like", false},
		{"", false},
	}
	for _, test := range tests {
		t.Run(test.accept, func(t *testing.T) {
			response, body := get(t, h, "/", "Accept-Encoding: "+test.accept)
			if got := response.Header.Get("Content-Encoding") == "gzip"; got != test.want {
				t.Fatalf("gzip: %t, want %t", got, test.want)
			}
			if test.want {
				r, err := gzip.NewReader(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				plain, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				body = string(plain)
			}
			if body != want {
				t.Errorf("the page differs with Accept-Encoding %q", test.accept)
			}
		})
	}
}

func TestNotFound(t *testing.T) {
	h := Handler("graphql")
	for _, path := range []string{"/x", "/assets/", "/assets/manifest.json", "/assets/x.js", "/dist/manifest.json"} {
		if response, _ := get(t, h, path); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", path, response.Status)
		}
	}
}

// TestExamples checks the form of the files; that they fit the schema is tested with the schema.
func TestExamples(t *testing.T) {
	entries, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	examples := Examples()
	if len(examples) < 10 || len(examples) != len(entries) {
		t.Fatalf("%d examples of %d files, want all, and ten or more", len(examples), len(entries))
	}
	titles := map[string]bool{}
	for i, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			example := examples[i]
			if want := fmt.Sprintf("%02d-", i+1); !strings.HasPrefix(entry.Name(), want) {
				t.Errorf("the name does not begin with %s, its place", want)
			}
			if !strings.HasPrefix(example.Query, "# "+example.Title+"\n") || example.Title == "" {
				t.Errorf("the first line is not a comment with the title: %.80q", example.Query)
			}
			if titles[example.Title] {
				t.Errorf("another example has the title %q", example.Title)
			}
			titles[example.Title] = true
			document, err := parser.ParseQuery(&ast.Source{Name: entry.Name(), Input: example.Query})
			if err != nil {
				t.Fatal(err)
			}
			if len(document.Operations) != 1 || document.Operations[0].Name == "" {
				t.Errorf("%d operations, want one with a name", len(document.Operations))
			}
		})
	}
}
