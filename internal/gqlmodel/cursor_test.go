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
	const list = "entities NAME"
	at := Cursor{List: list, View: then, At: graph.Cursor{Text: "area groups", Lo: graph.MinDay, Hi: 12, ID: "stm:org:a|b/c"}}
	tests := []struct {
		name, text string
		view       graph.View
		list       string
		want       string // of the error; "" for none
	}{
		{"same list", at.String(), then, list, ""},
		{"another order", at.String(), then, "entities NAME descending", "the cursor in after belongs to a list in another order; take one from this list"},
		{"no date", at.String(), now, list, `the cursor in after was given at "2014-04", and this list is read without a date; take one from this list`},
		{"another revision", at.String(), graph.View{Revision: 13, Date: then.Date}, list, "the cursor in after was given at revision 12, and this is revision 13; to read on where it was given ask under at(date: \"2014-04\", revision: 12), else start again at the first page"},
		{"empty", "", now, list, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"not base64", "!", now, list, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"another revision, no date", Cursor{List: list, View: now}.String(), graph.View{Revision: 13}, list, "the cursor in after was given at revision 12, and this is revision 13; to read on where it was given ask under at(revision: 12), else start again at the first page"},
		{"too few parts", plain("entities NAME|12|"), now, list, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"no number", plain("entities NAME|12||x|0||id"), now, list, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
		{"no day", plain("entities NAME|12||99999999999|0||id"), now, list, "after is not a cursor that this API gave; take it from an edge or from pageInfo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseCursor("after", test.text, test.list, test.view)
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
	f.Add(Cursor{List: "statements DATE", View: graph.View{Revision: 1}, At: graph.Cursor{Lo: 1, Hi: 2, ID: "stm:org:a/b"}}.String())
	f.Add("c3RhcnR8MXx8MXwyfHxpZA")
	f.Fuzz(func(t *testing.T, text string) {
		v := graph.View{Revision: 1}
		c, err := ParseCursor("after", text, "statements DATE", v)
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("ParseCursor(%q): %v; want an ErrInvalid", text, err)
			}
			return
		}
		again, err := ParseCursor("after", c.String(), "statements DATE", v)
		if err != nil || again != c {
			t.Errorf("%q reads as %+v, its own text as %+v, %v", text, c, again, err)
		}
	})
}
