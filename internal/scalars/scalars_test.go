package scalars_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/scalars"
)

func TestPartialDate(t *testing.T) {
	for _, text := range []string{"2013", "2013-04", "2013-04-01", "2013~", "201X", "2013-21", "Y-10000"} {
		t.Run(text, func(t *testing.T) {
			d, err := scalars.UnmarshalPartialDate(text)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			scalars.MarshalPartialDate(d).MarshalGQL(&b)
			if want := `"` + text + `"`; b.String() != want {
				t.Errorf("written as %s; want %s", &b, want)
			}
		})
	}
	for name, v := range map[string]any{"no date": "soon", "empty": "", "number": int64(2013), "nothing": nil, "list": []any{"2013"}} {
		t.Run(name, func(t *testing.T) {
			if d, err := scalars.UnmarshalPartialDate(v); !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("read as %v, error %v; want an ErrInvalid", d, err)
			}
		})
	}
}

func TestDateTime(t *testing.T) {
	for text, want := range map[string]string{
		"2025-11-23T09:30:00Z":      "2025-11-23T09:30:00Z",
		"2025-11-23T09:30:00+01:00": "2025-11-23T08:30:00Z",
		"2025-11-23T09:30:00.5Z":    "2025-11-23T09:30:00Z",
	} {
		t.Run(text, func(t *testing.T) {
			moment, err := scalars.UnmarshalDateTime(text)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			scalars.MarshalDateTime(moment).MarshalGQL(&b)
			if want := `"` + want + `"`; b.String() != want {
				t.Errorf("written as %s; want %s", &b, want)
			}
		})
	}
	for name, v := range map[string]any{"no moment": "soon", "a day": "2025-11-23", "no zone": "2025-11-23T09:30:00", "empty": "", "number": int64(2013), "nothing": nil} {
		t.Run(name, func(t *testing.T) {
			if moment, err := scalars.UnmarshalDateTime(v); !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("read as %v, error %v; want an ErrInvalid", moment, err)
			}
		})
	}
}
