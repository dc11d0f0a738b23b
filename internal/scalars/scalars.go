// Package scalars reads and writes the API's scalars, so that graph need not know GraphQL.
package scalars

import (
	"io"
	"time"

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

// MarshalDateTime writes a moment in UTC, as in RFC 3339.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = w.Write(t.UTC().AppendFormat(nil, `"`+time.RFC3339+`"`))
	})
}

// UnmarshalDateTime reads a moment as in RFC 3339, of any zone. The error is a [graph.ErrInvalid].
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if !ok || err != nil {
		return time.Time{}, graph.Invalidf(`a moment is a string with a day, a time and a zone, such as "2025-11-23T09:30:00Z"`)
	}
	return t.UTC(), nil
}
