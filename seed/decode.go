package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/policygraph/policygraph/graph"
)

// A file is what one file says, and where it says it.
type file struct {
	path     string
	document *yaml.Node
	root     *yaml.Node      // the record in the document; nil where the text is no YAML
	record   any             // *entityRecord, *changeEventRecord …, as far as it could be read
	spots    map[string]spot // by path in the record: "statements.replaced.cite[1].source"
	prose    []prose
	faults   []Fault
}

// A spot is where a value stands.
type spot struct{ line, column int }

// A prose is a text in our own words.
type prose struct{ path, text string }

// field is a field of a struct of record.go, as its tags tell.
type field struct {
	index                 int
	name                  string
	typ                   reflect.Type
	required, prose, list bool
}

// knownFields are the fields of the structs met so far, by type: their tags are read once.
var knownFields sync.Map

// fieldsOf are the fields of a struct of record.go. They are not the caller's to change.
func fieldsOf(t reflect.Type) []field {
	if fields, ok := knownFields.Load(t); ok {
		return fields.([]field)
	}
	fields := make([]field, t.NumField())
	for i := range fields {
		f := t.Field(i)
		tags := strings.Split(f.Tag.Get("seed"), ",")
		fields[i] = field{i, f.Tag.Get("yaml"), f.Type,
			slices.Contains(tags, "required"), slices.Contains(tags, "prose"), slices.Contains(tags, "list")}
	}
	knownFields.Store(t, fields)
	return fields
}

// decode reads one file into record, a pointer to a struct or slice of record.go. All faults are kept in the file; what could be
// read stands in the record nevertheless.
func decode(path string, src []byte, record any) *file {
	f := &file{path: path, record: record, spots: map[string]spot{"": {1, 1}}}
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		f.fail(1, 1, "the file is empty; a file holds one record")
		return f
	case err != nil:
		f.syntax(err)
		return f
	}
	if err := decoder.Decode(&second); err == nil {
		f.fail(second.Line, second.Column, "a second document begins here; a file holds one record")
	} else if !errors.Is(err, io.EOF) {
		f.syntax(err)
	}
	f.document, f.root = &document, document.Content[0]
	if f.root.Kind == yaml.ScalarNode && f.root.ShortTag() == "!!null" {
		f.fail(1, 1, "the file is empty; a file holds one record")
		return f
	}
	f.value(f.root, reflect.ValueOf(record).Elem(), "", false)
	return f
}

var syntaxForm = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax reports what the YAML parser found: it tells the line at most.
func (f *file) syntax(err error) {
	text := err.Error()
	line := 1
	if m := syntaxForm.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if m[1] != "" {
			line, _ = strconv.Atoi(m[1])
		}
	}
	hint := `quote a value that has ": " or " #" in it, or within brackets any of , ? [ ] { }; indent with spaces`
	if strings.Contains(text, "UTF-8") {
		hint = "save the file as UTF-8"
	}
	f.fail(line, 0, "this is not YAML: %s; %s", text, hint)
}

func (f *file) fail(line, column int, format string, args ...any) {
	f.faults = append(f.faults, Fault{f.path, line, column, fmt.Sprintf(format, args...)})
}

func (f *file) failAt(n *yaml.Node, format string, args ...any) {
	f.fail(n.Line, n.Column, format, args...)
}

// value reads a node into v. Where it cannot, v stays as it was.
func (f *file) value(n *yaml.Node, v reflect.Value, path string, ours bool) {
	if _, ok := f.spots[path]; !ok {
		f.spots[path] = spot{n.Line, n.Column}
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f.failAt(n, "anchors and aliases (& and *) are not part of the format; write the value out, or quote it if it is text")
		return
	case n.Style&yaml.TaggedStyle != 0:
		f.failAt(n, "tags (!) are not part of the format; leave %s out", n.Tag)
		return
	}
	t := v.Type()
	if s, ok := scalars[t]; ok {
		f.scalar(n, s, v, path, ours)
		return
	}
	switch {
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		f.value(n, v.Elem(), path, ours)
	case t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			f.failAt(n, "a list is meant here, not %s; write [a, b], or each item on a line of its own after \"- \"", shape(n))
			return
		}
		if len(n.Content) == 0 {
			f.failAt(n, "the list is empty; leave the field out")
			return
		}
		v.Set(reflect.MakeSlice(t, len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			f.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i), ours)
		}
	case n.Kind != yaml.MappingNode:
		f.failAt(n, "fields are meant here, not %s; write %s, or each field on a line of its own", shape(n), sketch(t))
	case len(n.Content) == 0:
		f.failAt(n, "there are no fields in it; leave it out")
	case t.Kind() == reflect.Struct:
		f.fields(n, v, path)
	default:
		v.Set(reflect.MakeMap(t))
		f.entries(n, v, path)
	}
}

// sketch shows what is meant by a struct or map.
func sketch(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[qualifiers]():
		return "{QUALIFIER: value}"
	case t.Kind() == reflect.Map:
		return "{key: {…}}"
	}
	fields := slices.DeleteFunc(slices.Clone(fieldsOf(t)), func(f field) bool { return !f.required })
	if len(fields) == 0 {
		fields = fieldsOf(t)[:2]
	}
	return "{" + strings.Join(column(fields, func(f field) string { return f.name + ": …" }), ", ") + "}"
}

func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "fields"
	}
	if n.ShortTag() == "!!null" {
		return "nothing"
	}
	return "text"
}

func (f *file) scalar(n *yaml.Node, s scalar, v reflect.Value, path string, ours bool) {
	if n.Kind != yaml.ScalarNode {
		f.failAt(n, "%s is meant here, not %s; text with [ or { at its start is quoted", s.what, shape(n))
		return
	}
	if n.ShortTag() == "!!null" || n.Value == "" {
		f.failAt(n, "the value is missing: %s is meant here; leave the field out if there is none", s.what)
		return
	}
	parsed, err := s.parse(n.Value)
	if err != nil {
		f.failAt(n, "%v", err)
		return
	}
	v.Set(reflect.ValueOf(parsed))
	if ours {
		f.prose = append(f.prose, prose{path, n.Value})
	}
}

// pairs yields the keys and values of a mapping, but for keys that stand there twice.
func (f *file) pairs(n *yaml.Node, path string, yield func(key, value *yaml.Node, path string)) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			f.failAt(k, "a field's name is meant here, not %s", shape(k))
			continue
		}
		if line, twice := seen[k.Value]; twice {
			f.failAt(k, "%q stands here twice, first in line %d; each name stands once", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		child := strings.TrimPrefix(path+"."+k.Value, ".")
		f.spots[child] = spot{v.Line, v.Column}
		if v.Kind != yaml.ScalarNode && v.Style&yaml.FlowStyle == 0 {
			f.spots[child] = spot{k.Line, k.Column} // what is below begins in another line
		}
		yield(k, v, child)
	}
}

func (f *file) fields(n *yaml.Node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	present := make(map[string]bool, len(fields))
	f.pairs(n, path, func(k, node *yaml.Node, child string) {
		i := slices.IndexFunc(fields, func(field field) bool { return field.name == k.Value })
		if i < 0 {
			f.failAt(k, "there is no field %q here%s", k.Value, allowed(k.Value, column(fields, func(f field) string { return f.name })))
			return
		}
		present[k.Value] = true
		f.value(node, v.Field(fields[i].index), child, fields[i].prose)
	})
	for _, field := range fields {
		if field.required && !present[field.name] {
			at := f.spots[path]
			f.fail(at.line, at.column, "the field %q is missing; it has to be there", field.name)
		}
	}
}

func (f *file) entries(n *yaml.Node, v reflect.Value, path string) {
	f.pairs(n, path, func(k, node *yaml.Node, child string) {
		entry := reflect.New(v.Type().Elem()).Elem()
		if v.Type() == reflect.TypeFor[qualifiers]() {
			f.qualifier(k, node, entry, child)
		} else {
			if _, err := parseKey(k.Value); err != nil {
				f.failAt(k, "%v", err)
			}
			f.value(node, entry, child, false)
		}
		v.SetMapIndex(reflect.ValueOf(k.Value), entry)
	})
}

// qualifier reads a qualifier's value: bare, of the kind that the ontology gives it, or as a statement's value is written.
func (f *file) qualifier(k, n *yaml.Node, v reflect.Value, path string) {
	row, ok := graph.QualifierRow(graph.QualifierName(k.Value))
	switch {
	case !ok:
		names := column(graph.Qualifiers, func(q graph.QualifierInfo) graph.QualifierName { return q.Name })
		f.failAt(k, "there is no qualifier %q%s", k.Value, allowed(k.Value, names))
	case n.Kind == yaml.MappingNode:
		f.value(n, v, path, false)
	default:
		to := v.Field(qualifierField(row).index)
		closed := len(row.Words) > 0
		f.value(n, to, path, row.Value == graph.TextValue && !closed)
		if text, _ := to.Interface().(string); closed && text != "" {
			if _, err := words("a value of "+k.Value, row.Words).parse(text); err != nil {
				f.failAt(n, "%v", err)
			}
		}
	}
}

// qualifierField is the field of value that a bare qualifier of this row means.
func qualifierField(row *graph.QualifierInfo) field {
	name := map[graph.ValueKind]string{graph.NumberValue: "number", graph.DateValue: "date", graph.TextValue: "text"}[row.Value]
	fields := fieldsOf(reflect.TypeFor[value]())
	return fields[slices.IndexFunc(fields, func(f field) bool { return f.name == name })]
}
