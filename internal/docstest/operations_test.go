package docstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/seed"
	"github.com/policygraph/policygraph/server"
)

// operation is an operation in a document and the answer behind it; what stands between them is kept.
var operation = regexp.MustCompile("(?s)(```graphql\n(.*?)```\n\\s*```json\n)(.*?)(```\n)")

// TestOperations runs each operation that a document shows with its answer, on the curated records, through everything that a client's
// request goes through.
func TestOperations(t *testing.T) {
	ask := serve(t)
	found := 0
	for _, document := range documents(t) {
		t.Run(document, func(t *testing.T) {
			got := read(t, document)
			same(t, document, got, operation.ReplaceAllStringFunc(got, func(text string) string {
				found++
				m := operation.FindStringSubmatch(text)
				return m[1] + ask(m[2]) + m[4]
			}))
		})
	}
	if found == 0 {
		t.Error("no document shows an operation with its answer")
	}
}

// serve loads the curated records into a new store and returns what answers an operation: its data and errors, as documents show them.
func serve(t *testing.T) (ask func(string) string) {
	t.Helper()
	document, faults := seed.Read(seed.Embedded())
	if len(faults) > 0 {
		t.Fatalf("the curated records have %d faults, the first: %v", len(faults), faults[0])
	}
	store, err := sqlitestore.Open(t.Context(), t.TempDir(), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := seed.Load(t.Context(), store, document, seed.Options{Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	handler := server.New(server.Config{Store: store})
	return func(query string) string {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		text, err := layOut(answer.Body.Bytes(), "extensions")
		if err != nil {
			t.Fatalf("%s\n%v: %s", query, err, answer.Body)
		}
		return text
	}
}

// width is how long a line of an answer may be before it is broken.
const width = 100

// layOut writes a JSON object as documents show it: members in order, on one line what fits; without the member left out.
func layOut(text []byte, without string) (string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	whole, err := parse(d)
	if err != nil {
		return "", err
	}
	members, ok := whole.(object)
	if !ok {
		return "", fmt.Errorf("the answer is no JSON object")
	}
	var shown object
	for _, m := range members {
		if m.name != without {
			shown = append(shown, m)
		}
	}
	var b strings.Builder
	layOutValue(&b, shown, 0, 0)
	return b.String() + "\n", nil
}

type (
	object []member
	member struct {
		name  string
		value any
	}
)

// parse reads a value: an object, a []any or what encoding/json makes of a scalar.
func parse(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	var members object
	items := []any{}
	for d.More() {
		var name string
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name = key.(string)
		}
		value, err := parse(d)
		if err != nil {
			return nil, err
		}
		members, items = append(members, member{name, value}), append(items, value)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if open == '{' {
		return members, nil
	}
	return items, nil
}

// layOutValue writes a value that stands at an indent, behind so many characters of its line.
func layOutValue(b *strings.Builder, value any, indent, behind int) {
	if line := oneLine(value); behind+len([]rune(line)) <= width {
		b.WriteString(line)
		return
	}
	open, end, n := "{", "}", 0
	var each func(i int) (name string, value any)
	switch v := value.(type) {
	case object:
		n, each = len(v), func(i int) (string, any) { return quoted(v[i].name) + ": ", v[i].value }
	case []any:
		open, end, n, each = "[", "]", len(v), func(i int) (string, any) { return "", v[i] }
	default:
		b.WriteString(oneLine(value))
		return
	}
	b.WriteString(open)
	for i := range n {
		name, value := each(i)
		fmt.Fprintf(b, "\n%*s%s", indent+2, "", name)
		layOutValue(b, value, indent+2, indent+2+len(name)+1)
		if i < n-1 {
			b.WriteString(",")
		}
	}
	fmt.Fprintf(b, "\n%*s%s", indent, "", end)
}

func oneLine(value any) string {
	var parts []string
	switch v := value.(type) {
	case object:
		for _, m := range v {
			parts = append(parts, quoted(m.name)+": "+oneLine(m.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, item := range v {
			parts = append(parts, oneLine(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return quoted(value)
}

// quoted is a scalar as JSON.
func quoted(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // a scalar that was read from JSON
	return strings.TrimSuffix(b.String(), "\n")
}

func TestLayOut(t *testing.T) {
	long := strings.Repeat("x", width)
	got, err := layOut([]byte(`{"data":{"b":[],"a":{"x":1.50,"y":["é<",null,true]},"c":[{"d":"`+long+`"}]},"extensions":{"revision":1}}`), "extensions")
	want := `{
  "data": {
    "b": [],
    "a": {"x": 1.50, "y": ["é<", null, true]},
    "c": [
      {
        "d": "` + long + `"
      }
    ]
  }
}
`
	if err != nil || got != want {
		t.Errorf("want:\n%sgot, %v:\n%s", want, err, got)
	}
}
