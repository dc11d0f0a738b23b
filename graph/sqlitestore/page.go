package sqlitestore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A list is read in ranges of an index, each up to one row more than the page, and merged in its order. So a page reads about as many
// rows as it has, whatever the length of the list, if its filter leaves few out.

// Places of parameters that each query of a range has.
const (
	rangesParam = 1  // JSON list of the ranges
	lowerParam  = 2  // the four fields of the place above which rows lie
	upperParam  = 6  // and of the place below which they lie
	limitParam  = 10 // of each range
	pageParams  = 10
)

// place is a place in a list, of a row or between two.
type place struct {
	text   string
	lo, hi int64
	id     string
}

// The places below and above all rows.
var (
	bottom = place{"", int64(graph.MinDay) - 1, 0, ""}
	top    = place{aboveAll, int64(graph.MaxDay) + 1, 0, aboveAll}
)

func placeOf(c graph.Cursor) place { return place{c.Text, int64(c.Lo), int64(c.Hi), c.ID} }

// ends are the places before and behind a whole list.
func ends(o graph.Order) (start, end place) {
	if o.Descending {
		return top, bottom
	}
	return bottom, top
}

// window is the places between which a page lies.
func window(o graph.Order, p graph.Page) (after, before place) {
	after, before = ends(o)
	if p.After != nil {
		after = placeOf(*p.After)
	}
	if p.Before != nil {
		before = placeOf(*p.Before)
	}
	return after, before
}

// span fills in the parameters of a query of ranges.
func span(args []any, o graph.Order, ranges string, after, before place, limit int) []any {
	if o.Descending {
		after, before = before, after
	}
	args = slices.Clone(args)
	copy(args, []any{ranges, after.text, after.lo, after.hi, after.id, before.text, before.lo, before.hi, before.id, int64(limit)})
	return args
}

// sortKey is the columns of an order, with the fields of a place to which they belong.
type sortKey []struct {
	column string
	field  int
}

var sortKeys = map[graph.OrderBy]sortKey{
	graph.ByName: {{"name", 0}, {"id", 3}},
	graph.ByDate: {{"start_lo", 1}, {"start_hi", 2}, {"id", 3}},
	graph.ByEnd:  {{"end_lo", 1}, {"end_hi", 2}, {"id", 3}},
	graph.ByID:   {{"id", 3}},
}

// columns joins something of each column under an alias.
func (k sortKey) columns(alias, suffix string) string {
	parts := make([]string, len(k))
	for i, part := range k {
		parts[i] = alias + "." + part.column + suffix
	}
	return strings.Join(parts, ", ")
}

// between says that a row lies between the places that the parameters give.
func (k sortKey) between(alias string) string {
	params := func(first int) string {
		parts := make([]string, len(k))
		for i, part := range k {
			parts[i] = fmt.Sprintf("?%d", first+part.field)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf(`(%[1]s) > (%[2]s) AND (%[1]s) < (%[3]s)`, k.columns(alias, ""), params(lowerParam), params(upperParam))
}

// fields are the fields of a place that the columns fill.
func (k sortKey) fields(p *place) []any {
	out := make([]any, len(k))
	for i, part := range k {
		out[i] = [...]any{&p.text, &p.lo, &p.hi, &p.id}[part.field]
	}
	return out
}

// reading makes the text that reads ranges in a direction, which stands behind each column of an ORDER BY.
type reading func(direction string) string

// text is the one for a list of an order, from its start or backwards from its end.
func (r reading) text(o graph.Order, backwards bool) string {
	if o.Descending != backwards {
		return r(" DESC")
	}
	return r(" ASC")
}

// pageRow is a row of a list.
type pageRow struct {
	row  int64
	far  int64 // of an edge: row of the entity at its far end; 0: none
	from side
	at   place
}

// finish puts the rows between a page's places, of which there is one more than the page has if there are more, in order, cuts them
// and finds out what lies around them. Any tells whether there is a row between two places of the list.
func finish(o graph.Order, p graph.Page, rows []pageRow, any func(after, before place) (bool, error)) (_ []pageRow, info graph.PageInfo, err error) {
	slices.SortFunc(rows, func(a, b pageRow) int {
		c := cmp.Or(cmp.Compare(a.at.text, b.at.text), cmp.Compare(a.at.lo, b.at.lo), cmp.Compare(a.at.hi, b.at.hi), cmp.Compare(a.at.id, b.at.id))
		if o.Descending {
			return -c
		}
		return c
	})
	size := p.First + p.Last
	more := len(rows) > size
	if more && p.First > 0 {
		rows = rows[:size]
	} else if more {
		rows = rows[len(rows)-size:]
	}
	after, before := window(o, p)
	first, last := before, after // of an empty page
	if len(rows) > 0 {
		first, last = rows[0].at, rows[len(rows)-1].at
	}
	start, end := ends(o)
	info.HasPrevious, info.HasNext = more && p.Last > 0, more && p.First > 0
	if !info.HasPrevious && p.After != nil { // without After the page begins where the list does
		if info.HasPrevious, err = any(start, first); err != nil {
			return nil, info, err
		}
	}
	if !info.HasNext && p.Before != nil {
		info.HasNext, err = any(last, end)
	}
	return rows, info, err
}
