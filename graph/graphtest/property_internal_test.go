package graphtest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
)

// TestProbes holds random queries to be worth asking: none is refused, most find something, and all methods are asked.
func TestProbes(t *testing.T) {
	const queries = 2000
	c := newComparison(t, PropertyOptions{Seed: 1})
	empty := 0
	methods := make(map[string]int)
	for i := range queries {
		p := c.query(i)
		a := p.ask(t.Context(), c.naive)
		if len(a) > 0 && strings.HasPrefix(a[0], "refused") {
			t.Fatalf("refused: %s: %s", a[0], literal(p))
		}
		if !slices.ContainsFunc(a, func(line string) bool { return strings.ContainsAny(line, `{"`) }) {
			empty++
		}
		v := reflect.ValueOf(p)
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.Pointer && !v.Field(i).IsNil() {
				methods[v.Type().Field(i).Name]++
			}
		}
	}
	if empty > queries*2/5 {
		t.Errorf("%d of %d queries find nothing", empty, queries)
	}
	for i := range reflect.TypeFor[probe]().NumField() {
		if f := reflect.TypeFor[probe]().Field(i); f.Type.Kind() == reflect.Pointer && methods[f.Name] == 0 {
			t.Errorf("%s is not asked", f.Name)
		}
	}
	t.Logf("%d queries, %d find nothing: %v", queries, empty, methods)
}

// TestShapes holds queries of one shape to differ in their values alone.
func TestShapes(t *testing.T) {
	const shapes = 60
	c := newComparison(t, PropertyOptions{Seed: 1, Shapes: shapes})
	for i := range 10 * shapes {
		if want, got := outline(c.query(i%shapes)), outline(c.query(i)); want != got {
			t.Fatalf("query %d: want %s\ngot %s", i, want, got)
		}
	}
}

// outline is a query without its values.
func outline(p probe) string {
	var b strings.Builder
	outlined(&b, reflect.ValueOf(p))
	return b.String()
}

func outlined(b *strings.Builder, v reflect.Value) {
	switch {
	case v.IsZero():
		return
	case scalar(v.Type()):
		b.WriteString(" set")
	case v.Kind() == reflect.Pointer:
		outlined(b, v.Elem())
		b.WriteByte('&')
	case v.Kind() == reflect.Struct:
		b.WriteByte('{')
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Type == reflect.TypeFor[*graph.Cursor]() && !v.Field(i).IsNil() {
				b.WriteString(" place")
				continue
			}
			if !v.Field(i).IsZero() && f.Type != reflect.TypeFor[graph.Identifier]() {
				b.WriteString(" " + f.Name)
				outlined(b, v.Field(i))
			}
		}
		b.WriteByte('}')
	case v.Kind() == reflect.Slice:
		switch v.Type().Elem() {
		case reflect.TypeFor[graph.StatementFilter](), reflect.TypeFor[graph.EntityFilter](), reflect.TypeFor[graph.RelatedFilter](), reflect.TypeFor[graph.EdgeQuery](),
			reflect.TypeFor[graph.RelationName](), reflect.TypeFor[graph.PropertyName]():
			for i := range v.Len() {
				b.WriteByte(',')
				outlined(b, v.Index(i))
			}
		}
	}
	switch v.Type() {
	case reflect.TypeFor[graph.RelationName](), reflect.TypeFor[graph.PropertyName](), reflect.TypeFor[graph.Direction](), reflect.TypeFor[graph.OrderBy](),
		reflect.TypeFor[graph.Quantifier](), reflect.TypeFor[graph.Countable](), reflect.TypeFor[graph.CountBy]():
		b.WriteString("=" + v.String())
	}
}
