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

// window is the keys between which a page lies: from the first to before the second.
type window struct{ low, high string }

// next is the key next to another.
func next(key string) string { return key + "\x00" }

func windowOf(o graph.Order, p graph.Page) window {
	w := window{"", aboveAll}
	low, high := p.After, p.Before
	if o.Descending {
		low, high = high, low
	}
	if low != nil {
		w.low = next(sortKey(o.By, *low))
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
	return fmt.Sprintf("UNWIND %s AS p\nCALL (%s) {\n%s\n}\n", s.ranges, strings.Join(append(slices.Clone(scope), "p"), ", "), body)
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

// union runs each scan, with some variables, and joins what they return.
func (l *list) union(scans []scan, scope []string, of func(scan) string, returned string) string {
	parts := make([]string, len(scans))
	for i, s := range scans {
		parts[i] = of(s)
		if s.ranges != "" {
			parts[i] += "RETURN " + returned
		}
	}
	return fmt.Sprintf("CALL (%s) {\n%s\n}\n", strings.Join(scope, ", "), strings.Join(parts, "\nUNION ALL\n"))
}

// text is subqueries that find rows, total, below and above, and expressions of these: what of the list is in the page, with one row more
// if there is one; how long the list is; whether there are rows before and behind the window, in the order of the key.
func (l *list) text() (subqueries, found string) {
	rows, total, below, above := "[]", "0", "false", "false"
	scope := l.scope
	if l.page.First+l.page.Last > 0 {
		text, low, high := l.pageText()
		subqueries = fmt.Sprintf("CALL (%s) {\n%s\n}\n", strings.Join(scope, ", "), text)
		if rows = "rows"; low {
			below = "below"
		}
		if high {
			above = "above"
		}
		scope = append(slices.Clone(scope), rows) // the next one takes it, and what it begins with, so that it is no cartesian product
	}
	if l.page.Total {
		total = "total"
		counted := l.counted
		if counted == nil {
			counted = l.scans
		}
		text := l.union(counted, scope, func(s scan) string { return s.text(l.scope, "RETURN v", s.key+" > ''") }, "v")
		subqueries += fmt.Sprintf("CALL (%s) {\n%s\n}\n", strings.Join(scope, ", "), text+fmt.Sprintf("RETURN count(%sv) AS total", l.once()))
	}
	return subqueries, strings.Join([]string{rows, total, below, above}, ", ")
}

// pageText finds rows and, where the page is behind or before a place, whether there are others below and above. What a filter asks takes the
// server long to plan, so it stands once for each scan: what is around the page is read as further windows, each as far as a page.
func (l *list) pageText() (text string, below, above bool) {
	below, above = l.page.After != nil, l.page.Before != nil
	if l.order.Descending {
		below, above = above, below
	}
	if !below && !above {
		return l.windowText(l.scope, l.low, l.high, l.row), false, false
	}
	windows := []string{fmt.Sprintf("{place: 0, low: %s, high: %s}", l.low, l.high)} // the page's is the first
	returned := []string{"parts[0] AS rows"}
	around := func(name, low, high string) {
		returned = append(returned, fmt.Sprintf("size(parts[%d]) > 0 AS %s", len(windows), name))
		windows = append(windows, fmt.Sprintf("{place: %d, low: %s, high: %s}", len(windows), low, high))
	}
	if below {
		around("below", `''`, fmt.Sprintf("CASE WHEN %[1]s < %[2]s THEN %[1]s ELSE %[2]s END", l.low, l.high))
	}
	if above {
		around("above", fmt.Sprintf("CASE WHEN %[1]s > %[2]s THEN %[1]s ELSE %[2]s END", l.high, l.low), `'\uffff'`)
	}
	scope := append(slices.Clone(l.scope), "w")
	return fmt.Sprintf("UNWIND [%s] AS w\nCALL (%s) {\n%s\n}\nWITH w, rows ORDER BY w.place\nWITH collect(rows) AS parts\nRETURN %s", strings.Join(windows, ", "), strings.Join(scope, ", "),
		l.windowText(scope, "w.low", "w.high", fmt.Sprintf("CASE WHEN w.place = 0 THEN %s ELSE true END", l.row)), strings.Join(returned, ", ")), below, above
}

// windowText finds, with some variables, the first rows from a key to before another.
func (l *list) windowText(scope []string, low, high, row string) string {
	direction := l.direction()
	carried := "v, at" + l.carried
	return l.union(l.scans, scope, func(s scan) string {
		by := s.key + direction
		if s.sorted { // only if all columns are named does the planner see that the index has the order
			by = strings.Join(append(slices.Clone(s.index), by), direction+", ")
		}
		once := ""
		if !s.sorted { // else a range finds no row twice
			once = l.once()
		}
		return s.text(scope, fmt.Sprintf("RETURN %sv, %s AS at%s ORDER BY %s LIMIT $limit", once, s.key, s.columns, by),
			fmt.Sprintf("%s >= %s", s.key, low), fmt.Sprintf("%s < %s", s.key, high))
	}, carried) + fmt.Sprintf("WITH %s%s ORDER BY at%s LIMIT $limit\nRETURN collect(%s) AS rows", l.once(), carried, direction, row)
}

// once is DISTINCT where a row may be found more than once.
func (l *list) once() string {
	if l.distinct {
		return "DISTINCT "
	}
	return ""
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
