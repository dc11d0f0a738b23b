package gqlmodel

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

func TestParseCursor(t *testing.T) {
	now := graph.View{Revision: 12}
	then := graph.View{Revision: 12, Date: graph.MustDate("2014-04")}
	plain := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	at := Cursor{Order: OrderStart, View: then, A: int64(graph.MinDay), B: 12, ID: "stm:org:a|b/c"}
	tests := []struct {
		name, text string
		view       graph.View
		order      string
		want       string // of the error; "" for none
	}{
		{"same list", at.String(), then, OrderStart, ""},
		{"another order", at.String(), then, OrderScore, "the cursor in after belongs to a list in another order; take one from this list"},
		{"no date", at.String(), now, OrderStart, `the cursor in after was given at "2014-04", and this list is read without a date; take one from this list`},
		{"another revision", at.String(), graph.View{Revision: 13, Date: then.Date}, OrderStart, "the cursor in after was given at revision 12, and the graph is now at revision 13; start again at the first page"},
		{"empty", "", now, OrderStart, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"not base64", "!", now, OrderStart, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"too few parts", plain("start|12|"), now, OrderStart, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"no number", plain("start|12||x|0|id"), now, OrderStart, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"no day", plain("start|12||99999999999|0|id"), now, OrderStart, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseCursor("after", test.text, test.order, test.view)
			if test.want == "" {
				if diff := cmp.Diff(at, got, cmp.AllowUnexported(graph.Date{})); err != nil || diff != "" {
					t.Errorf("error %v, cursor (-want +got):\n%s", err, diff)
				}
				return
			}
			if err == nil || err.Error() != test.want || !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("error is %q; want %q", err, test.want)
			}
		})
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(Cursor{Order: OrderStart, View: graph.View{Revision: 1}, A: 1, B: 2, ID: "stm:org:a/b"}.String())
	f.Add("c3RhcnR8MXx8MXwyfGlk")
	f.Fuzz(func(t *testing.T, text string) {
		v := graph.View{Revision: 1}
		c, err := ParseCursor("after", text, OrderStart, v)
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("ParseCursor(%q): %v; want an ErrInvalid", text, err)
			}
			return
		}
		again, err := ParseCursor("after", c.String(), OrderStart, v)
		if err != nil || again != c {
			t.Errorf("%q reads as %+v, its own text as %+v, %v", text, c, again, err)
		}
	})
}
