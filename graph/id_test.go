package graph

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"org:primary-care-trusts", "org:pct:5QC", "leg:a", "evt:x-2013", "cfl:1", "per:o.d_b-1", "top:" + strings.Repeat("x", MaxIDLength-4)} {
		if err := CheckID(id); err != nil {
			t.Errorf("%q is refused: %v", id, err)
		}
	}
	for _, id := range []string{"", "org", "org:", ":x", "xyz:a", "org:a b", "org:a/b", "org:a@2014", "org:-a", "org:a-", "org:é", "stm:org:a/b", "ORG:a", "top:" + strings.Repeat("x", MaxIDLength-3)} {
		if err := CheckID(id); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v, want ErrInvalid", id, err)
		}
	}
	for id, ok := range map[string]bool{
		"stm:org:a/b": true, "stm:evt:a/REPLACED/org:b/org:c": true, "stm:org:a": false, "stm:org:a/": false, "org:a/b": false, "stm:a/b": false,
		"stm:org:a/b@2014": false, "stm:org:a/b;r1": false, "stm:org:a/b c": false, "stm:org:a/b\n": false, "stm:org:a/b/": false,
	} {
		if err := CheckStatementID(id); (err == nil) != ok {
			t.Errorf("%q as a statement's id: %v", id, err)
		}
	}
}

func TestKindOf(t *testing.T) {
	for id, want := range map[string]Kind{"org:a": Organisation, "top:a": Topic, "org": "", "": "", "evt:a": "", "stm:org:a/b": "", "ORG:a": ""} {
		if got, ok := KindOf(id); got != want || ok != (want != "") {
			t.Errorf("KindOf(%q) = %q, %t; want %q", id, got, ok, want)
		}
	}
}

func TestRef(t *testing.T) {
	for text, want := range map[string]Ref{
		"org:a":                  {ID: "org:a"},
		"org:a@2014":             {ID: "org:a", Date: MustDate("2014")},
		"org:a@2013-04-01;r12":   {ID: "org:a", Date: MustDate("2013-04-01"), Revision: 12},
		"org:a@;r12":             {ID: "org:a", Revision: 12},
		"stm:org:a/b@2014-02;r1": {ID: "stm:org:a/b", Date: MustDate("2014-02"), Revision: 1},
	} {
		got, err := ParseRef(text)
		if err != nil || got != want {
			t.Errorf("ParseRef(%q) = %+v, %v; want %+v", text, got, err, want)
		}
		if got := want.String(); got != text {
			t.Errorf("%+v reads %q, want %q", want, got, text)
		}
	}
	for _, text := range []string{"org:a@", "org:a@2014~", "org:a@2013-13", "org:a@2014;12", "org:a@2014;r0", "org:a@2014;r012", "org:a@2014;r-1", "org:a@;", "org:a@2014;r99999999999999999999"} {
		if _, err := ParseRef(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseRef(%q): %v, want ErrInvalid", text, err)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	for _, text := range []string{"org:a", "org:a@2014;r12", "org:a@;r1", "@", "org:a@201X"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRef(text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%q: %v is not ErrInvalid", text, err)
			}
			return
		}
		again, err := ParseRef(r.String())
		if err != nil || again != r {
			t.Fatalf("%q reads %+v, written %q, which reads %+v, %v", text, r, r, again, err)
		}
	})
}
