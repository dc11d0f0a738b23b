package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/policygraph/policygraph/graph"
)

// A grouping is the column that a count is grouped by, the index that has it with the columns of the usual conditions, if there is one,
// what has a key, and whether the key is a node whose id is meant.
type grouping struct {
	column, index, keyed string
	node                 bool
}

var groupings = map[graph.Countable]map[graph.CountBy]grouping{
	graph.CountEntities: {
		graph.CountByKind: {column: "e.kind"},
		graph.CountByForm: {column: "e.form"},
		graph.CountByType: {column: "e.type"},
		graph.CountByYear: {column: "e.year", keyed: `e.year <> ''`},
	},
	graph.CountStatements: {
		graph.CountByRelation: {column: "s.predicate", index: "statement_by_date"},
		graph.CountByYear:     {column: "s.year", index: "statement_by_date", keyed: `s.year <> ''`},
		graph.CountBySubject:  {column: "s.subject", index: "statement_by_subject", node: true},
		graph.CountByObject:   {column: "s.object", index: "statement_by_object", keyed: `s.object IS NOT NULL`, node: true},
	},
	graph.CountCitations: {
		graph.CountBySource:  {column: "c.source", node: true},
		graph.CountByDataset: {column: "c.dataset"},
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
	text, args := countQuery(v, q)
	err := s.query(ctx, text, func(rows *sql.Rows) error {
		var c graph.Count
		err := rows.Scan(&c.Key, &c.N, &out.Total, &groups)
		out.Groups = append(out.Groups, c)
		return err
	}, args...)
	out.More = groups - len(out.Groups)
	return out, wrap(ctx, "count", err)
}

// countQuery reads (key, number, number in all groups, number of groups).
func countQuery(v graph.View, q graph.CountQuery) (string, []any) {
	c := newCompiler(v, 0)
	by := groupings[q.Of][q.By]
	var from, few, found string
	var where clauses
	if q.Of == graph.CountEntities {
		from, where = `entity e `, c.entities(&q.Entities)
		few, found = c.fewEntities(&q.Entities)
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
	key, join := `g.key`, ``
	if by.node {
		key, join = `n.id`, ` CROSS JOIN node n ON n.row = g.key`
	}
	return fmt.Sprintf(`
		SELECT %s, g.n, sum(g.n) OVER (), count(*) OVER ()
		FROM (SELECT %s AS key, count(*) AS n FROM %s WHERE %s GROUP BY 1) g%s
		ORDER BY 2 DESC, 1 LIMIT %s + 0`, key, by.column, from, where, join, c.add(int64(q.Limit))), c.args
}
