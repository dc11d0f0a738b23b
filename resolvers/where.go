package resolvers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// where reads the arguments that narrow lists. GraphQL has held them to the schema by then: what is left is to say the same in the
// graph's words, and to refuse what the schema cannot. The first refusal is in err. Each method is given the place of its argument.
type where struct {
	view graph.View
	err  error
}

func (w *where) refuse(at, format string, args ...any) {
	if w.err == nil {
		w.err = graph.At(at, graph.Invalidf(format, args...))
	}
}

// filter reads an input object. A client whose list came out empty means to match nothing, and the graph would take it for no condition
// at all: so it is asked to say which.
func (w *where) filter(at string, arg any) map[string]any {
	in := object(arg)
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if list, ok := in[name].([]any); ok && len(list) == 0 {
			w.refuse(at+"."+name, "the list is empty, and nothing is in it; leave it out to match anything")
		}
	}
	return in
}

// statements reads a StatementFilter.
func (w *where) statements(at string, arg any) graph.StatementFilter {
	in := w.filter(at, arg)
	w.dated(at, in, "holds")
	least, _ := intArg(in, "minCitations")
	return graph.StatementFilter{
		At:           at,
		And:          each(at+".and", in["and"], w.statements),
		Or:           each(at+".or", in["or"], w.statements),
		Not:          optional(at+".not", in["not"], w.statements),
		Relations:    words[graph.RelationName](in["relations"]),
		Properties:   words[graph.PropertyName](in["properties"]),
		Holds:        words[graph.Holds](in["holds"]),
		Statuses:     words[graph.Status](in["status"]),
		Ranks:        words[graph.Rank](in["rank"]),
		Certainties:  words[graph.Certainty](in["certainty"]),
		Datasets:     words[string](in["datasets"]),
		Sources:      w.ids(at+".sources", in["sources"], citable),
		MinCitations: least,
		When:         optional(at+".when", in["when"], w.dates),
		ChangeEvents: w.ids(at+".changeEvents", in["changeEvents"], changeEvent),
		Qualifiers:   each(at+".qualifiers", in["qualifiers"], w.qualifier),
		Value:        optional(at+".value", in["value"], w.value),
		Subject:      optional(at+".subject", in["subject"], w.entities),
		Object:       optional(at+".object", in["object"], w.entities),
		Node:         optional(at+".node", in["node"], w.entities),
	}
}

// entities reads an EntityFilter.
func (w *where) entities(at string, arg any) graph.EntityFilter {
	in := w.filter(at, arg)
	w.dated(at, in, "existence")
	f := graph.EntityFilter{
		At:          at,
		And:         each(at+".and", in["and"], w.entities),
		Or:          each(at+".or", in["or"], w.entities),
		Not:         optional(at+".not", in["not"], w.entities),
		IDs:         w.ids(at+".ids", in["ids"], entity),
		Kinds:       words[graph.Kind](in["kinds"]),
		Forms:       words[graph.Form](in["form"]),
		Type:        optional(at+".type", in["type"], w.text),
		Name:        optional(at+".name", in["name"], w.text),
		Identifiers: each(at+".identifiers", in["identifiers"], w.identifier),
		Start:       optional(at+".start", in["start"], w.dates),
		End:         optional(at+".end", in["end"], w.dates),
		Life:        optional(at+".life", in["life"], w.dates),
		Existences:  words[graph.Existence](in["existence"]),
		Datasets:    words[string](in["datasets"]),
	}
	for _, row := range graph.Ontology {
		for _, end := range []struct {
			field     string
			direction graph.Direction
		}{{row.Field, graph.Out}, {row.InverseField, graph.In}} {
			if arg := in[end.field]; arg != nil {
				edges := graph.RelatedFilter{Relations: []graph.RelationName{row.Name}, Direction: end.direction}
				f.Related = append(f.Related, w.quantified(at+"."+end.field, arg, edges)...)
			}
		}
	}
	for i, arg := range list(in["related"]) {
		f.Related = append(f.Related, w.related(fmt.Sprintf("%s.related[%d]", at, i), arg)...)
	}
	return f
}

// related reads a RelatedFilter.
func (w *where) related(at string, arg any) []graph.RelatedFilter {
	in := w.filter(at, arg)
	edges := graph.RelatedFilter{
		Relations:  words[graph.RelationName](in["relations"]),
		Properties: words[graph.PropertyName](in["properties"]),
		Direction:  graph.Both,
	}
	if d, ok := in["direction"].(string); ok {
		edges.Direction = graph.Direction(d)
	}
	return w.quantified(at, arg, edges)
}

// quantified asks for these edges what some, all and none say.
func (w *where) quantified(at string, arg any, edges graph.RelatedFilter) (out []graph.RelatedFilter) {
	in := object(arg)
	edges.At = at
	for _, q := range []struct {
		field      string
		quantifier graph.Quantifier
	}{{"some", graph.Some}, {"all", graph.All}, {"none", graph.None}} {
		if in[q.field] != nil {
			edges.Quantifier, edges.Where = q.quantifier, w.statements(at+"."+q.field, in[q.field])
			out = append(out, edges)
		}
	}
	if len(out) == 0 {
		w.refuse(at, "none of some, all and none is given; give at least one, {} for any statement")
	}
	return out
}

// A sort of id that an argument takes.
type idSort struct {
	is   func(id string) bool
	what string // with an example
}

var (
	entity  = idSort{func(id string) bool { _, ok := graph.KindOf(id); return ok }, "an entity, such as org:primary-care-trusts"}
	citable = idSort{func(id string) bool {
		kind, _ := graph.KindOf(id)
		info, _ := kind.Info()
		return info.Citable
	}, "what can be cited: a source, legislation or an initiative, such as leg:care-act-2014"}
	legislation = idSort{func(id string) bool { kind, _ := graph.KindOf(id); return kind == graph.Legislation }, "legislation, such as leg:care-act-2014"}
	changeEvent = idSort{func(id string) bool { return strings.HasPrefix(id, graph.ChangeEventPrefix+":") }, "a reorganisation, such as evt:primary-care-trusts-2013"}
)

// ids reads a list of ids. They may carry the view's date, and no other.
func (w *where) ids(at string, arg any, sort idSort) []string {
	ids := words[string](arg)
	for i, id := range ids {
		place := fmt.Sprintf("%s[%d]", at, i)
		plain, err := plainID(w.view, id)
		switch {
		case err != nil:
			w.refuse(place, "%v", err)
		case !sort.is(plain):
			w.refuse(place, "%q is not the id of %s", id, sort.what)
		}
		ids[i] = plain
	}
	return ids
}

func (w *where) text(at string, arg any) graph.TextFilter {
	in := w.filter(at, arg)
	one := func(name string) string {
		s, ok := in[name].(string)
		if ok && s == "" {
			w.refuse(at+"."+name, "the text is empty; leave it out to match anything")
		}
		return s
	}
	return graph.TextFilter{Eq: one("eq"), In: words[string](in["in"]), Contains: one("contains"), StartsWith: one("startsWith")}
}

func (w *where) dates(at string, arg any) graph.DateFilter {
	in := object(arg)
	one := func(name string) (d graph.Date) {
		text, ok := in[name].(string)
		if !ok {
			return d
		}
		d, err := graph.ParseDate(text)
		if err != nil {
			w.refuse(at+"."+name, "%v", err)
		}
		return d
	}
	return graph.DateFilter{Before: one("before"), After: one("after"), During: one("during"), Overlaps: one("overlaps")}
}

func (w *where) value(at string, arg any) graph.ValueFilter {
	in := object(arg)
	return graph.ValueFilter{
		Text: optional(at+".text", in["text"], w.text),
		Min:  number(in["min"]),
		Max:  number(in["max"]),
		Date: optional(at+".date", in["date"], w.dates),
	}
}

func (w *where) qualifier(at string, arg any) graph.QualifierFilter {
	in := object(arg)
	name, _ := in["name"].(string)
	return graph.QualifierFilter{Name: graph.QualifierName(name), Value: optional(at+".value", in["value"], w.value)}
}

func (*where) identifier(_ string, arg any) graph.Identifier {
	in := object(arg)
	scheme, _ := in["scheme"].(string)
	value, _ := in["value"].(string)
	return graph.Identifier{Scheme: scheme, Value: value}
}

// dated refuses a field that has no meaning without a date.
func (w *where) dated(at string, in map[string]any, field string) {
	if len(list(in[field])) > 0 && !w.view.Dated() {
		w.refuse(at+"."+field, "this has a meaning on a date only; ask under at(date: …)")
	}
}

// orderOf reads an orderBy argument.
func orderOf(arg any, usual graph.OrderBy) graph.Order {
	in := object(arg)
	o := graph.Order{By: usual, Descending: in["direction"] == "DESC"}
	if field, ok := in["field"].(string); ok {
		o.By = graph.OrderBy(field)
	}
	return o
}

// object is an input object; nil where none is given.
func object(arg any) map[string]any {
	in, _ := arg.(map[string]any)
	return in
}

// list is a list argument, which in GraphQL may also be one element without a list.
func list(arg any) []any {
	switch arg := arg.(type) {
	case nil:
		return nil
	case []any:
		return arg
	}
	return []any{arg}
}

// words are the texts of a list argument.
func words[T ~string](arg any) []T {
	elements := list(arg)
	if len(elements) == 0 {
		return nil
	}
	out := make([]T, 0, len(elements))
	for _, w := range elements {
		if w, ok := w.(string); ok {
			out = append(out, T(w))
		}
	}
	return out
}

// each reads the input objects of a list argument.
func each[T any](at string, arg any, read func(at string, arg any) T) (out []T) {
	for i, element := range list(arg) {
		out = append(out, read(fmt.Sprintf("%s[%d]", at, i), element))
	}
	return out
}

// optional reads an input object; nil where none is given.
func optional[T any](at string, arg any, read func(at string, arg any) T) *T {
	if arg == nil {
		return nil
	}
	v := read(at, arg)
	return &v
}

// number is a number argument, from a literal or from a variable as JSON was read.
func number(arg any) *float64 {
	var n float64
	switch arg := arg.(type) {
	case int64:
		n = float64(arg)
	case int:
		n = float64(arg)
	case float64:
		n = arg
	case interface{ Float64() (float64, error) }: // json.Number
		var err error
		if n, err = arg.Float64(); err != nil {
			return nil
		}
	default:
		return nil
	}
	return &n
}

// intArg is an integer argument, likewise.
func intArg(args map[string]any, name string) (n int, ok bool) {
	f := number(args[name])
	if f == nil {
		return 0, false
	}
	return int(min(max(*f, math.MinInt32), math.MaxInt32)), true
}
