package questionstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/policygraph/policygraph/graph"
)

// groups are the sorts of question, each a thing that the graph is for. The first three letters begin the names of its files.
var groups = []string{"lineage", "legislation", "responsibilities", "initiatives", "evidence", "time travel", "paths", "aggregates", "search"}

// maxOperations is how many operations a reader may need for one question.
const maxOperations = 3

const answerFile = "answer.yaml"

type (
	// A question is what one file says.
	question struct {
		text       string
		operations []operation
		answer
	}

	operation struct {
		name      string // of its file
		query     string
		variables map[string]any
	}

	// answer is the file answer.yaml.
	answer struct {
		Group  string        `yaml:"group"`
		Expect []expectation `yaml:"expect"`
		Cite   []place       `yaml:"cite"`
	}

	// An expectation says what stands at one path of the answer.
	expectation struct {
		At      string `yaml:"at"`
		Only    []item `yaml:"only"`
		May     []item `yaml:"may"`
		Ordered []item `yaml:"ordered"`
		Has     []item `yaml:"has"`
		None    []item `yaml:"none"`
	}

	// An item is what one thing of an answer says: of a value its text, else the texts at the paths below it.
	item struct {
		fields []field
		cite   []place
	}

	field struct {
		path  string // "" for the thing itself
		texts []string
	}

	// A place is where a text says it, as in a citation of the records.
	place struct {
		Source string `yaml:"source"`
		At     string `yaml:"at"`
		Line   int    `yaml:"line"`
	}
)

type fault string

func (f fault) Error() string { return string(f) }

func faultf(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }

// parse reads a question strictly.
func parse(text []byte) (question, error) {
	archive := txtar.Parse(text)
	q := question{text: strings.TrimSpace(string(archive.Comment))}
	if q.text == "" {
		return q, faultf("the file begins with the question, in words")
	}
	variables := make(map[string]map[string]any)
	found := false
	for _, f := range archive.Files {
		switch ext := path.Ext(f.Name); {
		case f.Name == answerFile:
			found = true
			decoder := yaml.NewDecoder(bytes.NewReader(f.Data))
			decoder.KnownFields(true)
			if err := decoder.Decode(&q.answer); err != nil {
				return q, faultf("%s: %v", f.Name, err)
			}
		case ext == ".graphql":
			q.operations = append(q.operations, operation{name: f.Name, query: string(f.Data)})
		case ext == ".json":
			var v map[string]any
			if err := json.Unmarshal(f.Data, &v); err != nil {
				return q, faultf("%s: %v", f.Name, err)
			}
			variables[base(f.Name)] = v
		default:
			return q, faultf("%s is neither an operation (.graphql), its variables (.json) nor %s", f.Name, answerFile)
		}
	}
	for i, o := range q.operations {
		q.operations[i].variables = variables[base(o.name)]
		delete(variables, base(o.name))
	}
	for name := range variables {
		return q, faultf("%s.json stands beside no operation of that name", name)
	}
	if !found {
		return q, faultf("%s is missing", answerFile)
	}
	return q, q.valid()
}

func (q question) valid() error {
	switch n := len(q.operations); {
	case n < 1 || n > maxOperations:
		return faultf("a question takes one to %d operations; here are %d", maxOperations, n)
	case !slices.Contains(groups, q.Group):
		return faultf("%q is not a group; allowed: %s", q.Group, strings.Join(groups, ", "))
	case len(q.Expect) == 0:
		return faultf("nothing is expected")
	}
	cites := len(q.Cite) > 0
	for _, p := range q.Cite {
		if err := p.valid(); err != nil {
			return err
		}
	}
	for _, e := range q.Expect {
		given := 0
		for _, list := range [][]item{e.Only, e.Ordered, e.Has} {
			if len(list) > 0 {
				given++
			}
		}
		switch {
		case given != 1:
			return faultf("at %s: one of only, ordered and has is given, so that an empty answer is no answer; here are %d", e.At, given)
		case len(e.May) > 0 && len(e.Only) == 0:
			return faultf("at %s: may stands beside only", e.At)
		}
		for _, i := range slices.Concat(e.Only, e.Ordered, e.Has) {
			cites = cites || len(i.cite) > 0
		}
	}
	if !cites {
		return faultf("the answer cites no place: name those that bear it out under cite")
	}
	return nil
}

func (p place) valid() error {
	if p.Source == "" || p.At == "" && p.Line == 0 {
		return faultf("a place has a source, and at or line or both")
	}
	return nil
}

// UnmarshalYAML reads a bare value or fields by path; the field cite has places.
func (i *item) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		texts, err := textsOf(n)
		i.fields = []field{{"", texts}}
		return err
	}
	for k := 0; k < len(n.Content); k += 2 {
		key, value := n.Content[k], n.Content[k+1]
		if key.Value == "cite" {
			// A node does not pass strictness on, so its fields are read again by a decoder that has it.
			text, err := yaml.Marshal(value)
			if err != nil {
				return err
			}
			decoder := yaml.NewDecoder(bytes.NewReader(text))
			decoder.KnownFields(true)
			if err := decoder.Decode(&i.cite); err != nil {
				return faultf("line %d: %v", value.Line, err)
			}
			for _, p := range i.cite {
				if err := p.valid(); err != nil {
					return faultf("line %d: %v", value.Line, err)
				}
			}
			continue
		}
		texts, err := textsOf(value)
		if err != nil {
			return err
		}
		i.fields = append(i.fields, field{key.Value, texts})
	}
	if len(i.fields) == 0 {
		return faultf("line %d: there is nothing in it to look for", n.Line)
	}
	return nil
}

// textsOf are the texts of a scalar or of a list of scalars; that of null is none.
func textsOf(n *yaml.Node) ([]string, error) {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		return nil, nil
	case n.Kind == yaml.ScalarNode:
		return []string{n.Value}, nil
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		var texts []string
		for _, child := range n.Content {
			if child.Kind != yaml.ScalarNode || child.ShortTag() == "!!null" {
				return nil, faultf("line %d: a list holds texts, numbers or dates", child.Line)
			}
			texts = append(texts, child.Value)
		}
		return texts, nil
	}
	return nil, faultf("line %d: a text, number or date is meant here, or a list of them", n.Line)
}

// ids are the ids of entities that the answer names.
func (q question) ids() (ids []string) {
	add := func(id string) {
		if _, ok := graph.KindOf(id); ok && graph.CheckID(id) == nil {
			ids = append(ids, id)
		}
	}
	for _, e := range q.Expect {
		for _, i := range slices.Concat(e.Only, e.May, e.Ordered, e.Has, e.None) {
			for _, f := range i.fields {
				for _, text := range f.texts {
					add(text)
				}
			}
			for _, p := range i.cite {
				add(p.Source)
			}
		}
	}
	for _, p := range q.Cite {
		add(p.Source)
	}
	return ids
}
