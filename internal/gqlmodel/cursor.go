package gqlmodel

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// The orders of lists.
const (
	OrderStart = "start" // by start, then id
	OrderScore = "score" // by score, then id
)

// Cursor is a place in a list: behind the element whose sort key it holds. It names the view and the order of the list, so that it can
// be refused in another.
type Cursor struct {
	Order string
	View  graph.View
	A, B  int64 // OrderStart: StartLo and StartHi; OrderScore: the score
	ID    string
}

// CursorOf is a statement's place in lists by start.
func CursorOf(c Claim) Cursor {
	at := c.Record.Cursor(graph.Order{})
	return Cursor{OrderStart, c.View, int64(at.Lo), int64(at.Hi), at.ID}
}

// String is the opaque text that clients hold.
func (c Cursor) String() string {
	plain := strings.Join([]string{
		c.Order, strconv.FormatInt(c.View.Revision, 10), c.View.Date.String(), strconv.FormatInt(c.A, 10), strconv.FormatInt(c.B, 10), c.ID,
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

// ParseCursor reads a cursor of a list with this order under this view; argument is the name of the argument that holds it. The error
// is a [graph.ErrInvalid].
func ParseCursor(argument, s, order string, v graph.View) (Cursor, error) {
	bad := graph.Invalidf("%s is not a cursor that this API gave; take it from an edge or from pageInfo", argument)
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, bad
	}
	parts := strings.SplitN(string(plain), "|", 6)
	if len(parts) != 6 {
		return Cursor{}, bad
	}
	c := Cursor{Order: parts[0], View: v, ID: parts[5]}
	revision, err1 := strconv.ParseInt(parts[1], 10, 64)
	a, err2 := strconv.ParseInt(parts[3], 10, 32) // days and scores
	b, err3 := strconv.ParseInt(parts[4], 10, 32)
	if err1 != nil || err2 != nil || err3 != nil {
		return Cursor{}, bad
	}
	c.A, c.B = a, b
	switch {
	case c.Order != order:
		return Cursor{}, graph.Invalidf("the cursor in %s belongs to a list in another order; take one from this list", argument)
	case parts[2] != v.Date.String():
		return Cursor{}, graph.Invalidf("the cursor in %s was given %s, and this list is read %s; take one from this list", argument, onDate(parts[2]), onDate(v.Date.String()))
	case revision != v.Revision:
		return Cursor{}, graph.Invalidf("the cursor in %s was given at revision %d, and the graph is now at revision %d; start again at the first page", argument, revision, v.Revision)
	}
	return c, nil
}

func onDate(date string) string {
	if date == "" {
		return "without a date"
	}
	return "at " + strconv.Quote(date)
}
