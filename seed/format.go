package seed

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/policygraph/policygraph/graph"
)

// lineWidth is the most characters of a line that the formatter fills.
const lineWidth = 140

// Format writes a record of a folder in the canonical form: fields in the order of the format, small things such as citations on one
// line while they fit, long text folded, quotes where YAML needs them, comments kept. Statements and list items stay in the author's
// order. Formatting twice changes nothing more. A file with faults is not formatted; the error joins the faults (see [Fault]), whose
// File is the folder.
func Format(src []byte, folder string) ([]byte, error) {
	record := newRecord(folder)
	if record == nil {
		return nil, graph.Invalidf("there is no folder %q%s", folder, allowed(folder, folders()))
	}
	if !bytes.HasSuffix(src, []byte("\n")) {
		src = append(bytes.Clone(src), '\n') // without it the YAML parser takes a last comment for that of another field
	}
	f := decode(folder, src, record)
	if len(f.faults) > 0 {
		errs := make([]error, len(f.faults))
		for i, fault := range f.faults {
			errs[i] = fault
		}
		return nil, errors.Join(errs...)
	}
	// The YAML parser may find a comment that moved with its field to be about something else, so a second pass may move it again.
	out := f.canonical()
	again := decode(folder, out, newRecord(folder))
	for pass := 0; pass < 4 && len(again.faults) == 0; pass++ {
		next := again.canonical()
		if bytes.Equal(next, out) {
			break
		}
		out, again = next, decode(folder, next, newRecord(folder))
	}
	// The writer is for people; that it changed nothing is not taken on trust.
	if len(again.faults) > 0 || !reflect.DeepEqual(f.record, again.record) {
		return nil, fmt.Errorf("%w; please report it with the file", errMeaning)
	}
	if before, after := comments(f.document), comments(again.document); !slices.Equal(before, after) {
		return nil, graph.Invalidf("the formatter would lose a comment (%d lines before, %d after); give comments lines of their own, above a field",
			len(before), len(after))
	}
	return out, nil
}

var errMeaning = errors.New("the formatter would change what the file says")

// canonical is the text of a file without faults.
func (f *file) canonical() []byte {
	w := new(writer)
	w.comment(0, f.document.HeadComment, f.root.HeadComment)
	w.fields(f.root, reflect.TypeOf(f.record).Elem(), 0)
	w.comment(0, f.root.FootComment, f.document.FootComment)
	return w.Bytes()
}

// comments are the lines of comment below a node, sorted.
func comments(n *yaml.Node) []string {
	var lines []string
	for line := range strings.Lines(n.HeadComment + "\n" + n.LineComment + "\n" + n.FootComment) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	for _, child := range n.Content {
		lines = append(lines, comments(child)...)
	}
	slices.Sort(lines)
	return lines
}

type writer struct{ bytes.Buffer }

func (w *writer) indent(n int) { w.WriteString(strings.Repeat(" ", n)) }

// comment writes comments on lines of their own.
func (w *writer) comment(indent int, texts ...string) {
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				w.indent(indent)
				w.WriteString(line + "\n")
			}
		}
	}
}

// A member is a field of a struct or an entry of a map, with the type and tags of its value.
type member struct {
	key, value *yaml.Node
	field
}

// members are what a mapping holds, fields in the order of the format and entries as they stand.
func members(n *yaml.Node, t reflect.Type) []member {
	list := make([]member, 0, len(n.Content)/2)
	var fields []field
	if t.Kind() == reflect.Struct {
		fields = fieldsOf(t)
	}
	for i := 0; i < len(n.Content); i += 2 {
		m := member{key: n.Content[i], value: n.Content[i+1]}
		switch {
		case t.Kind() == reflect.Struct:
			m.field = fields[slices.IndexFunc(fields, func(f field) bool { return f.name == m.key.Value })]
		case t == reflect.TypeFor[qualifiers]() && m.value.Kind == yaml.ScalarNode:
			row, _ := graph.QualifierRow(graph.QualifierName(m.key.Value))
			m.field = qualifierField(row)
		default:
			m.typ = t.Elem()
		}
		if m.typ.Kind() == reflect.Pointer {
			m.typ = m.typ.Elem()
		}
		list = append(list, m)
	}
	if t.Kind() == reflect.Struct {
		slices.SortStableFunc(list, func(a, b member) int { return a.index - b.index })
	}
	return list
}

// fields writes a mapping, each member on lines of its own.
func (w *writer) fields(n *yaml.Node, t reflect.Type, indent int) {
	for _, m := range members(n, t) {
		w.comment(indent, m.key.HeadComment, m.value.HeadComment)
		w.indent(indent)
		w.member(m, indent)
		w.comment(indent, m.value.FootComment, m.key.FootComment)
	}
}

// member writes "key: value" from where the line stands.
func (w *writer) member(m member, indent int) {
	w.WriteString(m.key.Value + ":")
	side := joinComments(m.key.LineComment, m.value.LineComment)
	room := lineWidth - indent - utf8.RuneCountInString(m.key.Value) - len(": ")
	switch text, ok := flow(m.value, m.typ, false); {
	case ok && !m.list && !isBlock(m.typ) && utf8.RuneCountInString(text) <= room:
		w.WriteString(" " + text)
		w.lineComment(side)
	case m.value.Kind == yaml.ScalarNode && m.typ.Kind() == reflect.String && strings.Contains(m.value.Value, " "):
		w.WriteString(" >-")
		w.lineComment(side)
		w.fold(m.value.Value, indent+2)
	case m.value.Kind == yaml.ScalarNode:
		w.WriteString(" " + text)
		w.lineComment(side)
	case m.value.Kind == yaml.SequenceNode:
		w.lineComment(side)
		w.items(m.value, m.typ.Elem(), indent+2)
	default:
		w.lineComment(side)
		w.fields(m.value, m.typ, indent+2)
	}
}

// isBlock tells what is never put on one line: statements, and the map of them.
func isBlock(t reflect.Type) bool {
	return t == reflect.TypeFor[statement]() || t == reflect.TypeFor[map[string]statement]()
}

// items writes a list, each item on a line of its own, or as fields one below the other where it does not fit.
func (w *writer) items(n *yaml.Node, t reflect.Type, indent int) {
	for _, item := range n.Content {
		w.comment(indent, item.HeadComment)
		text, ok := flow(item, t, false)
		if ok && item.Kind == yaml.ScalarNode || ok && utf8.RuneCountInString(text) <= lineWidth-indent-len("- ") {
			w.indent(indent)
			w.WriteString("- " + text)
			w.lineComment(item.LineComment)
		} else {
			for i, m := range members(item, t) {
				// A comment above the first field would part it from its dash.
				at := indent + 2
				if i == 0 {
					at = indent
				}
				w.comment(at, m.key.HeadComment, m.value.HeadComment)
				w.indent(at)
				if i == 0 {
					w.WriteString("- ")
					m.key.LineComment = joinComments(item.LineComment, m.key.LineComment)
				}
				w.member(m, indent+2)
				w.comment(indent+2, m.value.FootComment, m.key.FootComment)
			}
		}
		w.comment(indent, item.FootComment)
	}
}

func joinComments(a, b string) string { return strings.TrimSpace(a + " " + b) }

// lineComment ends a line.
func (w *writer) lineComment(text string) {
	if text != "" {
		w.WriteString(" " + text)
	}
	w.WriteByte('\n')
}

// fold writes text as the lines of a folded block. The text has single spaces alone (see parseText), so any may be a line break.
func (w *writer) fold(text string, indent int) {
	column := 0
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			w.indent(indent)
			column = indent
		case column+1+n > lineWidth:
			w.WriteByte('\n')
			w.indent(indent)
			column = indent
		default:
			w.WriteByte(' ')
			column++
		}
		w.WriteString(word)
		column += n
	}
	w.WriteByte('\n')
}

// flow is a node on one line; ok is false where a comment in it needs lines. The comments of the node itself are the caller's.
func flow(n *yaml.Node, t reflect.Type, inner bool) (text string, ok bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if inner && (n.HeadComment != "" || n.LineComment != "" || n.FootComment != "") {
		return "", false
	}
	var parts []string
	switch n.Kind {
	case yaml.ScalarNode:
		return scalarText(n.Value, t, inner), true
	case yaml.SequenceNode:
		for _, item := range n.Content {
			text, ok := flow(item, t.Elem(), true)
			if !ok {
				return "", false
			}
			parts = append(parts, text)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	}
	for _, m := range members(n, t) {
		text, ok := flow(m.value, m.typ, true)
		if !ok || m.key.HeadComment != "" || m.key.LineComment != "" || m.key.FootComment != "" {
			return "", false
		}
		parts = append(parts, m.key.Value+": "+text)
	}
	return "{" + strings.Join(parts, ", ") + "}", true
}

// scalarText is a scalar as YAML needs it: bare if it is no text or cannot be taken for anything else, else quoted.
func scalarText(s string, t reflect.Type, inner bool) string {
	if t != reflect.TypeFor[string]() {
		if inner && strings.Contains(s, "?") { // of an uncertain date; the YAML parser takes it for its own within brackets
			return strconv.Quote(s)
		}
		return s
	}
	if isPlain(s, inner) {
		return s
	}
	if strings.ContainsAny(s, `"\`) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return strconv.Quote(s) // has nothing to escape: the text is printable, without quotes and backslashes
}

// isPlain tells whether YAML, of version 1.1 or 1.2, reads a bare text as that text; inner: within brackets.
func isPlain(s string, inner bool) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "=", "...", "---":
		return false
	}
	return (&yaml.Node{Kind: yaml.ScalarNode, Value: s}).ShortTag() == "!!str" &&
		!strings.ContainsAny(s[:1], "-?:,[]{}#&*!|>'\"%@`") &&
		!strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":") &&
		!(inner && strings.ContainsAny(s, ",?[]{}"))
}
