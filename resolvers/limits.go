package resolvers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/policygraph/policygraph/graph"
)

// Limits bound what one operation may ask for, before anything is read. A zero field has the default of [LimitTable].
type Limits struct{ Cost, Depth, Aliases, Fields, Tokens int }

// A Limit is a row of the table of limits: defaults, flags, documents and errors are made from it.
type Limit struct {
	Name    string // in extensions.limit of the error
	Default int
	Bounds  string // what is counted
	Lower   string // what the sender can do about it
	Code    string // of the error

	of   func(*Limits) *int
	said string // of an operation that is over it, with its count
}

// LimitTable lists the limits of an operation. The defaults allow three levels of relations with citations at the usual page size.
var LimitTable = []Limit{
	{"tokens", 3_000, "words and signs of the operation's text", "send a shorter one", CodeLimitExceeded,
		func(l *Limits) *int { return &l.Tokens }, "the operation has more than %d words and signs"},
	{"fields", 1_000, "fields and fragments that the operation's text writes down", "send fewer at a time", CodeLimitExceeded,
		func(l *Limits) *int { return &l.Fields }, "the operation writes down %d fields and fragments"},
	{"depth", 40, "fields one inside the other", "nest fewer fields", CodeLimitExceeded,
		func(l *Limits) *int { return &l.Depth }, "the operation is %d fields deep"},
	{"aliases", 200, "aliases in the operation and its fragments", "send fewer at a time", CodeLimitExceeded,
		func(l *Limits) *int { return &l.Aliases }, "the operation has %d aliases"},
	{"cost", 200_000, "fields of the answer, were every page full", "ask for shorter pages (first, last) or fewer fields", CodeLimitExceeded,
		func(l *Limits) *int { return &l.Cost }, "the operation costs %d"},
}

// FixedLimits are part of the API: the same on every server.
var FixedLimits = []Limit{
	{Name: "page", Default: maxPage, Bounds: "`first` and `last` of a list, and the ids of `nodes`", Lower: "ask for several pages, with `after` or `before`", Code: CodeBadUserInput},
	{Name: "filter depth", Default: graph.MaxFilterDepth, Bounds: "filters one inside the other", Lower: "lower its depth", Code: CodeLimitExceeded},
	{Name: "filter nodes", Default: graph.MaxFilterNodes, Bounds: "filters in one `where`", Lower: "lower their number", Code: CodeLimitExceeded},
	{Name: "filter conditions", Default: graph.MaxFilterConditions, Bounds: "conditions in one `where`", Lower: "lower their number", Code: CodeLimitExceeded},
	{Name: "filter values", Default: graph.MaxFilterValues, Bounds: "values in one list of a filter", Lower: "lower their number", Code: CodeLimitExceeded},
	{Name: "search text", Default: maxText, Bounds: "bytes of `text` of `search`", Lower: "give some words of a name", Code: CodeBadUserInput},
}

// Sizes of pages.
const (
	defaultPage = 20
	maxPage     = 200
	shortList   = 5 // what a list without pages counts for, where its elements may be asked for lists themselves
)

func (l Limits) orDefault() Limits {
	for _, row := range LimitTable {
		if own := row.of(&l); *own == 0 {
			*own = row.Default
		}
	}
	return l
}

// Set sets the limit of a row of [LimitTable].
func (l *Limits) Set(row Limit, value int) { *row.of(l) = value }

// check refuses what is over the limit of a row.
func (l Limits) check(name string, actual int) *gqlerror.Error {
	row := limitRow(name)
	most := *row.of(&l)
	if actual <= most {
		return nil
	}
	return exceeded(row, fmt.Sprintf(row.said+", and the limit is %d", actual, most), map[string]any{"actual": actual, "maximum": most})
}

// limitRow is a row of the table by its name.
func limitRow(name string) Limit {
	return LimitTable[slices.IndexFunc(LimitTable, func(row Limit) bool { return row.Name == name })]
}

func exceeded(row Limit, message string, more map[string]any) *gqlerror.Error {
	e := coded(CodeLimitExceeded, message+"; "+row.Lower)
	e.Extensions["limit"] = row.Name
	maps.Copy(e.Extensions, more)
	return e
}

// limiter is the extension that holds operations to limits.
type limiter struct {
	Limits
	nodes map[string]bool // the types of what has an id
}

// ExtensionName is what gqlgen calls it.
func (*limiter) ExtensionName() string { return "Limits" }

// Validate takes from the schema what has an id.
func (l *limiter) Validate(es graphql.ExecutableSchema) error {
	s := es.Schema()
	l.nodes = map[string]bool{"Node": true}
	for _, def := range s.Types {
		for _, i := range s.GetImplements(def) {
			if i.Name == "Node" {
				l.nodes[def.Name] = true
			}
		}
	}
	return nil
}

// MutateOperationContext refuses an operation that is over a limit, and notes the cost of the others for their answer.
func (l *limiter) MutateOperationContext(_ context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	m := measurer{variables: oc.Variables, nodes: l.nodes, fragments: map[string]measure{}}
	got := m.of(oc.Operation.SelectionSet)
	oc.Stats.SetExtension(costStat, got.cost)
	for _, size := range []struct {
		name   string
		actual int
	}{{"depth", got.depth}, {"aliases", m.aliases}, {"cost", got.cost}} {
		if err := l.check(size.name, size.actual); err != nil {
			return err
		}
	}
	return nil
}

const costStat = "policygraph.cost"

// written refuses an operation whose text has too many fields, before it is validated: whether fields of one name can be merged takes
// time with the square of their number. What is in the cache has been through this.
type written struct {
	limits Limits
	cache  graphql.Cache[*ast.QueryDocument]
}

// ExtensionName is what gqlgen calls it.
func (written) ExtensionName() string { return "Written" }

// Validate finds nothing wrong with any schema.
func (written) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters changes nothing. A text that is not GraphQL is for the executor to refuse.
func (w written) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	if _, ok := w.cache.Get(ctx, p.Query); ok {
		return nil
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: p.Query}, w.limits.Tokens)
	if err != nil {
		return nil
	}
	n := 0
	for _, o := range document.Operations {
		n += selections(o.SelectionSet)
	}
	for _, f := range document.Fragments {
		n += selections(f.SelectionSet)
	}
	return w.limits.check("fields", n)
}

// selections counts what is written down, however often a fragment is spread.
func selections(set ast.SelectionSet) int {
	n := len(set)
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			n += selections(s.SelectionSet)
		case *ast.InlineFragment:
			n += selections(s.SelectionSet)
		}
	}
	return n
}

// measure is the size of a selection.
type measure struct{ cost, depth int }

// measurer sizes selections. Each fragment is sized once, however often it is spread: spreads of spreads would take for ever.
type measurer struct {
	variables map[string]any
	nodes     map[string]bool
	fragments map[string]measure
	aliases   int
}

func (m *measurer) of(set ast.SelectionSet) (total measure) {
	for _, s := range set {
		var one measure
		switch s := s.(type) {
		case *ast.Field:
			if s.Alias != s.Name {
				m.aliases++
			}
			one = m.of(s.SelectionSet)
			one = measure{saturated(1 + m.length(s)*one.cost), one.depth + 1}
		case *ast.InlineFragment:
			one = m.of(s.SelectionSet)
		case *ast.FragmentSpread:
			var known bool
			if one, known = m.fragments[s.Name]; !known {
				one = m.of(s.Definition.SelectionSet)
				m.fragments[s.Name] = one
			}
		}
		total = measure{saturated(total.cost + one.cost), max(total.depth, one.depth)}
	}
	return total
}

// length is how many elements a field may have: of a page its size, of nodes the number of ids, of another list of nodes shortList, else 1.
func (m *measurer) length(f *ast.Field) int {
	switch {
	case f.Definition == nil:
		return 1
	case f.Definition.Arguments.ForName("first") == nil && f.Name != "nodes":
		if f.Definition.Type.Elem != nil && m.nodes[f.Definition.Type.Name()] {
			return shortList
		}
		return 1
	}
	args := f.ArgumentMap(m.variables)
	if ids, ok := args["ids"].([]any); ok {
		return len(ids)
	}
	for _, name := range []string{"first", "last"} {
		if n, ok := intArg(args, name); ok {
			return min(max(n, 0), maxPage) // what is outside is refused by the field itself
		}
	}
	return defaultPage
}

// saturated keeps costs from running over.
func saturated(n int) int { return min(n, 1<<40) }
