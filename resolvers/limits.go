package resolvers

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound what one operation may ask for, before anything is read. A zero field is that of [DefaultLimits].
type Limits struct {
	Cost    int // fields of the answer, were every page full
	Depth   int // fields one inside the other
	Aliases int // aliases in the operation and its fragments
	Tokens  int // words and signs of the operation's text
}

// DefaultLimits allow three levels of relations with citations at the usual page size.
var DefaultLimits = Limits{Cost: 200_000, Depth: 40, Aliases: 200, Tokens: 3_000}

// Sizes of pages.
const (
	defaultPage = 20
	maxPage     = 200
)

func (l Limits) orDefault() Limits {
	for _, f := range []struct {
		own *int
		def int
	}{
		{&l.Cost, DefaultLimits.Cost}, {&l.Depth, DefaultLimits.Depth}, {&l.Aliases, DefaultLimits.Aliases}, {&l.Tokens, DefaultLimits.Tokens},
	} {
		if *f.own == 0 {
			*f.own = f.def
		}
	}
	return l
}

// ExtensionName is what gqlgen calls it.
func (Limits) ExtensionName() string { return "Limits" }

// Validate finds nothing wrong with any schema.
func (Limits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation that is over a limit, and notes the cost of the others for their answer.
func (l Limits) MutateOperationContext(_ context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	m := measurer{variables: oc.Variables, fragments: map[string]measure{}}
	got := m.of(oc.Operation.SelectionSet)
	oc.Stats.SetExtension(costStat, got.cost)
	for _, limit := range []struct {
		name        string
		actual, max int
		message     string
	}{
		{"depth", got.depth, l.Depth, "the operation is %d fields deep, and the limit is %d; nest fewer fields"},
		{"aliases", m.aliases, l.Aliases, "the operation has %d aliases, and the limit is %d; send fewer at a time"},
		{"cost", got.cost, l.Cost, "the operation costs %d, and the limit is %d; ask for shorter pages (first, last) or fewer fields"},
	} {
		if limit.actual > limit.max {
			return exceeded(limit.name, fmt.Sprintf(limit.message, limit.actual, limit.max), map[string]any{"actual": limit.actual, "maximum": limit.max})
		}
	}
	return nil
}

const costStat = "policygraph.cost"

func exceeded(limit, message string, more map[string]any) *gqlerror.Error {
	e := coded(CodeLimitExceeded, message)
	e.Extensions["limit"] = limit
	for k, v := range more {
		e.Extensions[k] = v
	}
	return e
}

// measure is the size of a selection.
type measure struct{ cost, depth int }

// measurer sizes selections. Each fragment is sized once, however often it is spread: spreads of spreads would take for ever.
type measurer struct {
	variables map[string]any
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

// length is how many elements a field may have: of a page its size, of nodes the number of ids, else 1.
func (m *measurer) length(f *ast.Field) int {
	if f.Definition == nil || f.Definition.Arguments.ForName("first") == nil && f.Name != "nodes" {
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
