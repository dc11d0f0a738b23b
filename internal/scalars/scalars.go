// Package scalars reads and writes the API's scalars, so that graph need not know GraphQL.
package scalars

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/graph"
)

// MarshalPartialDate writes a date as EDTF text.
func MarshalPartialDate(d graph.Date) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		b, _ := d.AppendText(append(make([]byte, 0, 24), '"')) // EDTF has no character that JSON escapes
		_, _ = w.Write(append(b, '"'))
	})
}

// UnmarshalPartialDate reads a date from EDTF text. The error is a [graph.ErrInvalid].
func UnmarshalPartialDate(v any) (graph.Date, error) {
	s, ok := v.(string)
	if !ok {
		return graph.Date{}, graph.Invalidf(`a date is a string, such as "2013" or "2013-04-01"`)
	}
	return graph.ParseDate(s)
}
