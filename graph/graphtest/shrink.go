package graphtest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// shrink makes a query smaller, a field or an element of a list at a time, as long as it fails.
func shrink(p probe, fails func(probe) bool) probe {
	for at := 0; ; {
		smaller := p
		v := reflect.New(reflect.TypeFor[probe]()).Elem()
		v.Set(copied(reflect.ValueOf(p)))
		n := at
		if !drop(v, &n) {
			return p
		}
		smaller = v.Interface().(probe)
		if fails(smaller) {
			p = smaller // and the same place again, where the next part now is
		} else {
			at++
		}
	}
}

// scalar says whether a type is not taken apart.
func scalar(t reflect.Type) bool {
	return t == reflect.TypeFor[graph.Date]() || t == reflect.TypeFor[time.Time]()
}

// copied is a deep copy.
func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case scalar(v.Type()):
		out.Set(v)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(copied(v.Elem()))
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i)))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(copied(v.Field(i)))
		}
	default:
		out.Set(v)
	}
	return out
}

// drop drops the part of v that comes after n others; false if there are no more.
func drop(v reflect.Value, n *int) bool {
	here := func() bool { *n--; return *n < 0 }
	switch {
	case v.IsZero():
		return false
	case scalar(v.Type()):
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if drop(v.Field(i), n) {
				return true
			}
		}
		return false
	case v.Kind() == reflect.Pointer:
		if here() {
			v.SetZero()
			return true
		}
		return drop(v.Elem(), n)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if here() {
				if v.Len() == 1 {
					v.SetZero()
					return true
				}
				v.Set(reflect.AppendSlice(v.Slice(0, i), v.Slice(i+1, v.Len())))
				return true
			}
			if drop(v.Index(i), n) {
				return true
			}
		}
		return false
	}
	if here() {
		v.SetZero()
		return true
	}
	return false
}

// literal is a value as Go, without what is zero.
func literal(value any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(value))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch x := v.Interface().(type) {
	case graph.Date:
		fmt.Fprintf(b, "graph.MustDate(%q)", x)
		return
	case time.Time:
		fmt.Fprint(b, x.Format(time.RFC3339))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Elem().Kind() != reflect.Struct || scalar(v.Type().Elem()) {
			b.WriteString("new(")
			write(b, v.Elem())
			b.WriteByte(')')
			return
		}
		b.WriteByte('&')
		write(b, v.Elem())
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(b, "%s{", v.Type())
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, v.Index(i))
		}
		b.WriteByte('}')
	case reflect.Struct:
		fmt.Fprintf(b, "%s{", v.Type())
		comma := ""
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fmt.Fprintf(b, "%s%s: ", comma, v.Type().Field(i).Name)
				write(b, v.Field(i))
				comma = ", "
			}
		}
		b.WriteByte('}')
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	case reflect.Int32: // a day
		fmt.Fprint(b, v.Int())
	default:
		fmt.Fprint(b, v.Interface())
	}
}
