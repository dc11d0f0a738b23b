package neo4jstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// anyLetters are what counts are grouped by whose keys may have any letters. The server would not sort them by code points, so all groups
// are read, of which there are few, and sorted here.
var anyLetters = []graph.CountBy{graph.CountByType, graph.CountByDataset}

// groupings are the expressions that counts are grouped by. What has the key ” is not counted, but by type.
var groupings = map[graph.Countable]map[graph.CountBy]string{
	graph.CountEntities: {
		graph.CountByKind: "v.kind", graph.CountByForm: "v.form", graph.CountByType: "v.type", graph.CountByYear: "v.year",
	},
	graph.CountStatements: {
		graph.CountByRelation: "v.predicate", graph.CountByYear: "v.year", graph.CountBySubject: "v.subject", graph.CountByObject: "v.object",
	},
	graph.CountCitations: {
		graph.CountBySource: "v.sources", graph.CountByDataset: "v.datasets",
	},
}

// Count implements [graph.Counter].
func (s *Store) Count(ctx context.Context, v graph.View, q graph.CountQuery) (graph.Counts, error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return graph.Counts{}, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return graph.Counts{}, err
	}
	text, p := countText(newCompiler(v, r), q)
	found, err := s.lists(ctx, text, p, 2)
	if err != nil {
		return graph.Counts{}, wrap(ctx, "count", err)
	}
	counts, err := countsOf(found[0], found[1], q.Limit)
	return counts, wrap(ctx, "count", err)
}

// countText reads groups [key, number], and the number in all groups with the number of groups.
func countText(c *compiler, q graph.CountQuery) (string, params) {
	key := groupings[q.Of][q.By]
	var s scan
	distinct := ""
	if q.Of == graph.CountEntities {
		where := c.entities(&q.Entities)
		if few, ok := c.fewEntities(&q.Entities); ok {
			s = scan{match: few + "\n" + versions("EntityVersion", "id", "addedIn").match(), where: append(clauses{`v.id = near`}, where...)}
		} else if kinds := kindsOf(&q.Entities); kinds != nil {
			s = versions("EntityVersion", "kind", "byDate").scan(c.add(kinds), append(where, `v.byDate > ''`))
		} else {
			s = scan{match: "MATCH (v:EntityVersion)", where: where}
		}
	} else {
		where := c.statements(&q.Statements, "v", "null")
		if few, twice, ok := c.fewStatements(&q.Statements, graph.ByID); ok {
			s = few
			s.where = append(s.where, where...)
			if twice {
				distinct = "WITH DISTINCT v\n"
			}
		} else if names := predicatesOf(&q.Statements); len(names) > 0 {
			s = versions("StatementVersion", "predicate", "byDate").scan(c.add(names), append(where, `v.byDate > ''`))
		} else {
			s = scan{match: "MATCH (v:StatementVersion)", where: where}
		}
	}
	if q.By == graph.CountByObject {
		s.where.add(`v.object IS NOT NULL`)
	}
	if q.By == graph.CountByYear {
		s.where.add(`v.year <> ''`)
	}
	found := ""
	if s.ranges != "" {
		found = "RETURN v"
	}
	var b strings.Builder
	b.WriteString(s.text(nil, found) + distinct)
	if q.Of == graph.CountCitations {
		fmt.Fprintf(&b, "UNWIND %s AS key\nWITH key", key)
	} else {
		fmt.Fprintf(&b, "WITH %s AS key", key)
	}
	sorted, limit := "", ""
	if !slices.Contains(anyLetters, q.By) {
		sorted, limit = " ORDER BY n DESC, key", fmt.Sprintf("[..%s]", c.add(int64(q.Limit)))
	}
	fmt.Fprintf(&b, ", count(*) AS n%s\nWITH collect([key, n]) AS groups, sum(n) AS total\nRETURN groups%s AS groups, [total, size(groups)] AS all", sorted, limit)
	return b.String(), c.params
}

// countsOf are the largest of some groups; all is the number in all groups and of all groups.
func countsOf(groups, all []any, limit int) (out graph.Counts, err error) {
	if len(all) != 2 {
		return out, errShape
	}
	total, ok0 := all[0].(int64)
	n, ok1 := all[1].(int64)
	if !ok0 || !ok1 {
		return out, errShape
	}
	out.Total = int(total)
	for _, value := range groups {
		group, ok := value.([]any)
		if !ok || len(group) != 2 {
			return out, errShape
		}
		key, ok0 := group[0].(string)
		n, ok1 := group[1].(int64)
		if !ok0 || !ok1 {
			return out, errShape
		}
		out.Groups = append(out.Groups, graph.Count{Key: key, N: int(n)})
	}
	slices.SortFunc(out.Groups, func(a, b graph.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Key, b.Key)) })
	out.Groups = out.Groups[:min(limit, len(out.Groups))]
	out.More = int(n) - len(out.Groups)
	return out, nil
}
