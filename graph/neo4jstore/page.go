package neo4jstore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A list is ranges of an index in its order, each read up to one row more than the page, and merged. So a page reads about as many rows as
// it has, whatever the length of the list, if its filter leaves few out. Where no index has the order, the ranges are read whole.

// sortKeys are the properties by which each order sorts.
var sortKeys = map[graph.OrderBy]string{graph.ByName: "byName", graph.ByDate: "byDate", graph.ByEnd: "byEnd", graph.ByID: "id"}

// aboveAll is behind every sort key.
const aboveAll = "\uffff"

// sortKey is the place of a cursor in an order.
func sortKey(by graph.OrderBy, c graph.Cursor) string {
	switch by {
	case graph.ByName:
		return byName(c.Text, c.ID)
	case graph.ByID:
		return c.ID
	}
	return byDays(c.Lo, c.Hi, c.ID)
}

// window is the keys between which a page lies, both exclusive.
type window struct{ low, high string }

func windowOf(o graph.Order, p graph.Page) window {
	w := window{"", aboveAll}
	low, high := p.After, p.Before
	if o.Descending {
		low, high = high, low
	}
	if low != nil {
		w.low = sortKey(o.By, *low)
	}
	if high != nil {
		w.high = sortKey(o.By, *high)
	}
	return w
}

// A scan reads rows of a list: versions v with their sort key, some of each range.
type scan struct {
	ranges  string   // list of which each value is a range, p; "": there is one range
	match   string   // MATCH of v, with its hint
	where   clauses  // what is in the range and passes the filter
	key     string   // sort key
	sorted  bool     // an index has the range in the order of the key
	index   []string // the columns of that index before the key
	columns string   // further ones, with names
}

// text is a subquery of the rows that also meet some conditions.
func (s scan) text(scope []string, limited string, more ...string) string {
	where := append(slices.Clone(s.where), more...)
	body := fmt.Sprintf("%s\nWHERE %s\n%s", s.match, strings.Join(where, "\n  AND "), limited)
	if s.ranges == "" {
		return body
	}
	return fmt.Sprintf("UNWIND %s AS p\nCALL (%s) {\n%s\n}\n", s.ranges, strings.Join(append(slices.Clone(scope), "p"), ", "), indent(body))
}

// list is scans of rows that are to be read as one list of an order.
type list struct {
	scans    []scan
	counted  []scan   // nil: scans
	scope    []string // variables that the scans use
	order    graph.Order
	page     graph.Page
	distinct bool   // a row may be found more than once
	low      string // expressions of the window
	high     string
	row      string // expression of what is read of a row, from v and the further columns
	carried  string // names of the further columns
}

// direction is the one in which the rows of a page are read.
func (l *list) direction() string {
	if l.order.Descending != (l.page.Last > 0) {
		return " DESC"
	}
	return ""
}

// union runs each scan and joins what they return.
func (l *list) union(scans []scan, of func(scan) string, returned string) string {
	parts := make([]string, len(scans))
	for i, s := range scans {
		parts[i] = of(s)
		if s.ranges != "" {
			parts[i] += "RETURN " + returned
		}
	}
	return fmt.Sprintf("CALL (%s) {\n%s\n}\n", strings.Join(l.scope, ", "), indent(strings.Join(parts, "\nUNION ALL\n")))
}

// text is subqueries that find rows, total, below and above, and expressions of these: what of the list is in the page, with one row more
// if there is one; how long the list is; whether there are rows before and behind the window, in the order of the key.
func (l *list) text() (subqueries, found string) {
	var b strings.Builder
	scope := l.scope
	part := func(scans []scan, of func(scan) string, carried, name, returned string) {
		fmt.Fprintf(&b, "CALL (%s) {\n%s\n}\n", strings.Join(scope, ", "), indent(l.union(scans, of, carried)+returned+" AS "+name))
		scope = append(scope[:len(scope):len(scope)], name) // the next one takes it, so that it is no cartesian product
	}
	distinct := ""
	if l.distinct {
		distinct = "DISTINCT "
	}
	paged := l.page.First+l.page.Last > 0
	rows, total, below, above := "[]", "0", "false", "false"
	if paged {
		rows = "rows"
		direction := l.direction()
		carried := "v, at" + l.carried
		part(l.scans, func(s scan) string {
			by := s.key + direction
			if s.sorted { // only if all columns are named does the planner see that the index has the order
				by = strings.Join(append(slices.Clone(s.index), by), direction+", ")
			}
			return s.text(l.scope, fmt.Sprintf("RETURN v, %s AS at%s ORDER BY %s LIMIT $limit", s.key, s.columns, by),
				fmt.Sprintf("%s > %s", s.key, l.low), fmt.Sprintf("%s < %s", s.key, l.high))
		}, carried, rows, fmt.Sprintf("WITH %s%s ORDER BY at%s LIMIT $limit\nRETURN collect(%s)", distinct, carried, direction, l.row))
	}
	if l.page.Total {
		total = "total"
		part(l.scans, func(s scan) string { return s.text(l.scope, "RETURN v", s.key+" > ''") }, "v", total, fmt.Sprintf("RETURN count(%sv)", distinct))
	}
	low, high := l.page.After != nil, l.page.Before != nil
	if l.order.Descending {
		low, high = high, low
	}
	if paged && low {
		below = "below"
		part(l.scans, func(s scan) string {
			return s.text(l.scope, "RETURN v LIMIT 1", fmt.Sprintf("%s <= %s", s.key, l.low), fmt.Sprintf("%s < %s", s.key, l.high))
		}, "v", below, "RETURN count(v) > 0")
	}
	if paged && high {
		above = "above"
		part(l.scans, func(s scan) string {
			return s.text(l.scope, "RETURN v LIMIT 1", fmt.Sprintf("%s >= %s", s.key, l.high), fmt.Sprintf("%s > %s", s.key, l.low))
		}, "v", above, "RETURN count(v) > 0")
	}
	return b.String(), strings.Join([]string{rows, total, below, above}, ", ")
}

// indent moves a text to the right.
func indent(text string) string {
	text = strings.TrimSuffix(text, "\n")
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// found is what a subquery of a list returns.
type found struct {
	rows         []any
	total        int
	below, above bool
}

func foundOf(values []any) (f found, err error) {
	if len(values) != 4 {
		return f, errShape
	}
	rows, ok0 := values[0].([]any)
	total, ok1 := values[1].(int64)
	below, ok2 := values[2].(bool)
	above, ok3 := values[3].(bool)
	if !ok0 || !ok1 || !ok2 || !ok3 {
		return f, errShape
	}
	return found{rows, int(total), below, above}, nil
}

// finish puts the rows of a page in order, cuts them, and says what lies around them.
func (f found) finish(o graph.Order, p graph.Page) (rows []any, info graph.PageInfo) {
	rows, info.Total = f.rows, f.total
	size := p.First + p.Last
	if size == 0 {
		return nil, info
	}
	more := len(rows) > size
	rows = rows[:min(size, len(rows))]
	info.HasPrevious, info.HasNext = f.below, f.above
	if o.Descending {
		info.HasPrevious, info.HasNext = f.above, f.below
	}
	if p.Last > 0 {
		slices.Reverse(rows)
		info.HasPrevious = info.HasPrevious || more
	} else {
		info.HasNext = info.HasNext || more
	}
	return rows, info
}

// usual is an order with what it is by filled in.
func usual(o graph.Order, by graph.OrderBy) graph.Order {
	o.By = cmp.Or(o.By, by)
	return o
}
