package questionstest

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/question.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// boards is an answer as testdata/question.txtar expects it.
const boards = `{"boards": [
	{"name": "Old boards", "count": 152.0, "end": "2013-03-31", "parts": [{"name": "North"}, {"name": "South"}, {"name": "East"}],
		"citations": [{"source": {"key": "src:report"}, "locator": "p. 3", "line": 7}]},
	{"name": "New boards", "count": null, "end": null, "parts": [],
		"citations": [{"source": {"id": "src:report@2014"}, "locator": "Table 1", "line": 4}]}
]}`

// TestCheck changes an answer that is right, one thing at a time.
func TestCheck(t *testing.T) {
	q, err := parse([]byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"as expected", "", "", ""},
		{"something more is not asked about", `"South"`, `"South", "x": 1`, ""},
		{"another number", "152.0", "151", "number 1 is not {name: Old boards, count: 152, end: 2013-03-31}; the nearest lacks count: 152"},
		{"a number as text", "152.0", `"0152"`, "the nearest lacks count: 152"},
		{"another date", "2013-03-31", "2013", "the nearest lacks end: 2013-03-31"},
		{"something instead of null", `"end": null`, `"end": "2020"`, "the nearest lacks end: null"},
		{"another line", `"line": 4`, `"line": 5`, "the nearest lacks citation of src:report, Table 1, line 4"},
		{"another place", `"Table 1"`, `"Table 12"`, "the nearest lacks citation of src:report, Table 1, line 4"},
		{"another text cited", `"src:report@2014"`, `"src:page"`, "the nearest lacks citation of src:report, Table 1, line 4"},
		{"what is cited anywhere", `"line": 7`, `"line": null`, "the answer does not cite src:report, line 7"},
		{"one more in an ordered list", `"citations": [{"source": {"id"`, `"x": 1}, {"citations": [{"source": {"id"`, "there are 3 things instead of 2"},
		{"one that is not expected", "New boards", "Other boards", `this is not expected: "Other boards"`},
		{"one that must not be there", "New boards", "No boards", "there must be no {No boards}"},
		{"one of two", `"South"`, `"West"`, "there is no {parts.name: North and South}; the nearest lacks parts.name: South"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(boards, test.old, test.new, 1)
			if test.old != "" && text == boards {
				t.Fatalf("the answer has no %s", test.old)
			}
			var answer map[string]any
			decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
			decoder.UseNumber()
			if err := decoder.Decode(&answer); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(q.check(answer), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("faults:\n%s\nwant: %q", got, test.want)
			}
		})
	}
}

// TestOrder turns the answer round.
func TestOrder(t *testing.T) {
	q, err := parse([]byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Boards []any }
	if err := json.Unmarshal([]byte(boards), &answer); err != nil {
		t.Fatal(err)
	}
	answer.Boards[0], answer.Boards[1] = answer.Boards[1], answer.Boards[0]
	if got := strings.Join(q.check(map[string]any{"boards": answer.Boards}), "\n"); !strings.Contains(got, "number 1 is not {name: Old boards") {
		t.Errorf("faults:\n%s\nwant one of the order", got)
	}
}

// TestParse spoils a question that can be read, one thing at a time.
func TestParse(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"no words", "Which boards were there, in order, and who says so?", "", "the file begins with the question, in words"},
		{"unknown group", "group: lineage", "group: history", `"history" is not a group; allowed: lineage, `},
		{"unknown field", "group: lineage", "groups: lineage", "field groups not found"},
		{"unknown word", "ordered:", "sorted:", "field sorted not found"},
		{"unknown field of a place", "line: 4", "lines: 4", "field lines not found"},
		{"a place without a place", ", line: 7", "", "a place has a source, and at or line or both"},
		{"no answer", "-- answer.yaml --", "-- answers.yaml --", "answers.yaml is neither an operation"},
		{"no operation", "-- ask.graphql --", "", "ask.json stands beside no operation of that name"},
		{"variables of nothing", "-- ask.json --", "-- asks.json --", "asks.json stands beside no operation of that name"},
		{"variables that are no JSON", `{"kind"`, `{kind`, "ask.json: invalid character"},
		{"too many operations", "-- answer.yaml --", "-- 2.graphql --\n-- 3.graphql --\n-- 4.graphql --\n-- answer.yaml --", "one to 3 operations; here are 4"},
		{"what must not be, alone", "only: [Old boards]\n    may: [New boards, Newer boards]", "", "one of only, ordered and has is given"},
		{"may beside has", "has:\n      - {parts.name: [North, South]}", "has: [{name: x}]\n    may: [{name: y}]", "may stands beside only"},
		{"an empty item", "[No boards]", "[{}]", "there is nothing in it to look for"},
		{"a list of lists", "[North, South]", "[[North], South]", "a list holds texts, numbers or dates"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(example(t), test.old, test.new, 1)
			if test.old != "" && text == example(t) {
				t.Fatalf("the question has no %s", test.old)
			}
			_, err := parse([]byte(text))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("error %q, want %q", got, test.want)
			}
		})
	}
	q, err := parse([]byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"src:report", "src:report"}, q.ids()); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"kind": []any{"ORGANISATION"}}, q.operations[0].variables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	uncited := strings.NewReplacer(", cite: [{source: src:report, at: Table 1, line: 4}]", "", "cite:\n  - {source: src:report, line: 7}\n", "").Replace(example(t))
	if _, err := parse([]byte(uncited)); err == nil || !strings.Contains(err.Error(), "the answer cites no place") {
		t.Errorf("a question without a place: %v", err)
	}
}
