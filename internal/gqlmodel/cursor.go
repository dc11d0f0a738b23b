package gqlmodel

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// Cursor is a place in a list. It names the list's view and order, so that it can be refused in another; what is added to the graph or
// taken from it does not move it.
type Cursor struct {
	List string // what is listed, and its order: see [Listing]
	View graph.View
	At   graph.Cursor
}

// Listing names a list by what it lists and its order.
func Listing(what string, o graph.Order) string {
	name := what + " " + string(o.By)
	if o.Descending {
		name += " descending"
	}
	return name
}

// String is the opaque text that clients hold.
func (c Cursor) String() string {
	plain := strings.Join([]string{
		c.List, strconv.FormatInt(c.View.Revision, 10), c.View.Date.String(),
		strconv.FormatInt(int64(c.At.Lo), 10), strconv.FormatInt(int64(c.At.Hi), 10), c.At.Text, c.At.ID,
	}, "|")
	return base64.RawURLEncoding.EncodeToString([]byte(plain))
}

func (c *Cursor) pointer() *string {
	if c == nil {
		return nil
	}
	s := c.String()
	return &s
}

// ParseCursor reads a cursor of a list under this view; argument is the name of the argument that holds it. The error is a
// [graph.ErrInvalid].
func ParseCursor(argument, s, list string, v graph.View) (Cursor, error) {
	bad := graph.Invalidf("%s is not a cursor that this API gave; take it from an edge or from pageInfo", argument)
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, bad
	}
	parts := strings.SplitN(string(plain), "|", 7)
	if len(parts) != 7 {
		return Cursor{}, bad
	}
	revision, err1 := strconv.ParseInt(parts[1], 10, 64)
	lo, err2 := strconv.ParseInt(parts[3], 10, 32)
	hi, err3 := strconv.ParseInt(parts[4], 10, 32)
	if err1 != nil || err2 != nil || err3 != nil {
		return Cursor{}, bad
	}
	switch {
	case parts[0] != list:
		return Cursor{}, graph.Invalidf("the cursor in %s belongs to a list in another order; take one from this list", argument)
	case parts[2] != v.Date.String():
		return Cursor{}, graph.Invalidf("the cursor in %s was given %s, and this list is read %s; take one from this list", argument, onDate(parts[2]), onDate(v.Date.String()))
	case revision != v.Revision:
		return Cursor{}, graph.Invalidf("the cursor in %s was given at revision %d, and this is revision %d; to read on where it was given ask under %s, else start again at the first page",
			argument, revision, v.Revision, pinned(revision, parts[2]))
	}
	return Cursor{List: list, View: v, At: graph.Cursor{Text: parts[5], Lo: graph.Day(lo), Hi: graph.Day(hi), ID: parts[6]}}, nil
}

// pinned is the field under which a list is read at a revision.
func pinned(revision int64, date string) string {
	if date == "" {
		return fmt.Sprintf("at(revision: %d)", revision)
	}
	return fmt.Sprintf("at(date: %q, revision: %d)", date, revision)
}

func onDate(date string) string {
	if date == "" {
		return "without a date"
	}
	return "at " + strconv.Quote(date)
}
