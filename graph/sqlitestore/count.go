package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// A grouping is the column that a count is grouped by, the index that has it with the columns of the usual conditions, if there is one,
// what has a key, whether the key is a node whose id is meant, and whether the counts of everything are kept in the table tally. Where
// there are about as many groups as records, that would save nothing.
type grouping struct {
	column, index, keyed string
	node, tallied        bool
}

var groupings = map[graph.Countable]map[graph.CountBy]grouping{
	graph.CountEntities: {
		graph.CountByKind: {column: "e.kind", tallied: true},
		graph.CountByForm: {column: "e.form", tallied: true},
		graph.CountByType: {column: "e.type", tallied: true},
		graph.CountByYear: {column: "e.year", keyed: `e.year <> ''`, tallied: true},
	},
	graph.CountStatements: {
		graph.CountByRelation: {column: "s.predicate", index: "statement_by_date", tallied: true},
		graph.CountByYear:     {column: "s.year", index: "statement_by_date", keyed: `s.year <> ''`, tallied: true},
		graph.CountBySubject:  {column: "s.subject", index: "statement_by_subject", node: true},
		graph.CountByObject:   {column: "s.object", index: "statement_by_object", keyed: `s.object IS NOT NULL`, node: true},
	},
	graph.CountCitations: {
		graph.CountBySource:  {column: "c.source", node: true, tallied: true},
		graph.CountByDataset: {column: "c.dataset", tallied: true},
	},
}

// Count implements [graph.Counter].
func (s *Store) Count(ctx context.Context, v graph.View, q graph.CountQuery) (graph.Counts, error) {
	var out graph.Counts
	if err := s.see(ctx, v); err != nil {
		return out, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return out, err
	}
	groups := 0
	named, err := s.fewNamed(ctx, v, &q.Entities)
	if err != nil {
		return out, wrap(ctx, "count", err)
	}
	text, args := countQuery(v, q, named)
	err = s.query(ctx, text, func(rows *sql.Rows) error {
		var c graph.Count
		err := rows.Scan(&c.Key, &c.N, &out.Total, &groups)
		out.Groups = append(out.Groups, c)
		return err
	}, args...)
	out.More = groups - len(out.Groups)
	return out, wrap(ctx, "count", err)
}

// countQuery reads (key, number, number in all groups, number of groups). Named is what [Store.fewNamed] found for the filter of entities.
func countQuery(v graph.View, q graph.CountQuery, named []int64) (string, []any) {
	c := newCompiler(v, 0)
	by := groupings[q.Of][q.By]
	groups := ""
	if by.tallied && !v.Dated() && reflect.ValueOf(q.Entities).IsZero() && reflect.ValueOf(q.Statements).IsZero() {
		groups = fmt.Sprintf(`SELECT key, sum(n) AS n FROM tally WHERE counted = %s AND revision <= %s GROUP BY 1 HAVING sum(n) > 0`,
			c.add(tallyName(q.Of, q.By)), c.add(v.Revision))
	} else {
		groups = c.groups(q, by, named)
	}
	key, join := `g.key`, ``
	if by.node {
		key, join = `n.id`, ` CROSS JOIN node n ON n.row = g.key`
	}
	return fmt.Sprintf(`
		SELECT %s, g.n, sum(g.n) OVER (), count(*) OVER ()
		FROM (%s) g%s
		ORDER BY 2 DESC, 1 LIMIT %s + 0`, key, groups, join, c.add(int64(q.Limit))), c.args
}

// groups reads all that is counted.
func (c *compiler) groups(q graph.CountQuery, by grouping, named []int64) string {
	var from, few, found string
	var where clauses
	if q.Of == graph.CountEntities {
		from, where = `entity e `, c.entities(&q.Entities)
		few, found = c.fewEntities(&q.Entities, named)
	} else {
		from, where = `statement s `, c.statements(&q.Statements, "")
		few, found = c.fewStatements(&q.Statements)
	}
	switch {
	case found != "":
		from, where = from+found, append(where, few)
		if q.Of == graph.CountCitations {
			from += ` CROSS JOIN citation c ON c.statement = s.row`
		}
	case q.Of == graph.CountCitations: // both tables from beginning to end
		from = `citation c CROSS JOIN statement s ON s.row = c.statement`
	case by.index != "":
		from += `INDEXED BY ` + by.index
	}
	if by.keyed != "" {
		where = append(where, by.keyed)
	}
	return fmt.Sprintf(`SELECT %s AS key, count(*) AS n FROM %s WHERE %s GROUP BY 1`, by.column, from, where)
}

func tallyName(of graph.Countable, by graph.CountBy) string { return fmt.Sprintf("%s BY %s", of, by) }

// tally writes by how much a load changes each count of everything.
func tally(ctx context.Context, c *change, revision int64) error {
	for of := range groupings {
		text, args := tallyQuery(of, revision)
		if _, err := c.exec(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// tallyQuery counts what the load added as its revision shows it, less what it ended as that was shown before: at once by all columns, then
// by each of them.
func tallyQuery(of graph.Countable, revision int64) (string, []any) {
	c := newCompiler(graph.View{Revision: revision}, 0)
	number := c.add(revision)
	var columns, sums []string
	for _, by := range slices.Sorted(maps.Keys(groupings[of])) {
		g := groupings[of][by]
		if !g.tallied {
			continue
		}
		_, name, _ := strings.Cut(g.column, ".")
		columns = append(columns, g.column)
		keyed := "TRUE"
		if g.keyed != "" {
			_, keyed, _ = strings.Cut(g.keyed, ".")
		}
		sums = append(sums, fmt.Sprintf(`SELECT %s, %s, %s, sum(n) FROM changed WHERE %s GROUP BY 2 HAVING sum(n) <> 0`, c.add(tallyName(of, by)), name, number, keyed))
	}
	part := func(revision int64, sign, index, changed string) string {
		c.view.Revision = revision
		alias, from, where := "s", `statement s INDEXED BY statement_`+index, clauses{}
		if of == graph.CountEntities {
			alias, from, where = "e", `entity e INDEXED BY entity_`+index, c.entities(&graph.EntityFilter{})
		} else {
			where = c.statements(&graph.StatementFilter{}, "")
		}
		if of == graph.CountCitations {
			from += ` CROSS JOIN citation c ON c.statement = s.row`
		}
		where.add(changed, alias, number)
		return fmt.Sprintf(`SELECT %s, %scount(*) AS n FROM %s WHERE %s GROUP BY %[1]s`, strings.Join(columns, ", "), sign, from, where)
	}
	return fmt.Sprintf(`
		WITH changed AS MATERIALIZED (
			%s
			UNION ALL
			%s)
		INSERT INTO tally (counted, key, revision, n)
		%s`,
		part(revision, "", "added", `%s.added_in + 0 = %s`),
		part(revision-1, "-", "ended", fmt.Sprintf(`%%[1]s.removed_in < %d AND %%[1]s.removed_in = %%[2]s`, int64(lasting))),
		strings.Join(sums, `
		UNION ALL
		`)), c.args
}
