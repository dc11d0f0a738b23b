package neo4jstore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// dumpStep is how many records a dump reads at a time, so that it holds no transaction while its caller works.
const dumpStep = 500

// dumped are the sorts in the order of a dump, with the field of a record that each fills.
var dumped = []struct {
	sort  int
	field func(*graph.Record) any
}{
	{datasetSort, func(r *graph.Record) any { r.Dataset = new(graph.Dataset); return r.Dataset }},
	{entitySort, func(r *graph.Record) any { r.Entity = new(graph.Entity); return r.Entity }},
	{redirectSort, func(r *graph.Record) any { r.Redirect = new(graph.Redirect); return r.Redirect }},
	{statementSort, func(r *graph.Record) any { r.Statement = new(graph.Statement); return r.Statement }},
	{changeEventSort, func(r *graph.Record) any { r.ChangeEvent = new(graph.ChangeEvent); return r.ChangeEvent }},
	{conflictSort, func(r *graph.Record) any { r.Conflict = new(graph.Conflict); return r.Conflict }},
}

// dumpText reads the records of a sort behind an id. The index has its order, by code points, which is not that of a sort in the server.
func dumpText(sort int) string {
	return fmt.Sprintf(`
		MATCH (v:%[1]s)
		USING INDEX SEEK v:%[1]s(id, addedIn)
		WHERE v.id > $after AND v.addedIn <= $revision AND v.removedIn > $revision
		WITH v ORDER BY v.id, v.addedIn LIMIT $limit
		RETURN collect([v.id, v.origin, v.document, v.citations]) AS found`, sortTable[sort].label)
}

// Dump implements [graph.Dumper].
func (s *Store) Dump(ctx context.Context, v graph.View) iter.Seq2[graph.Record, error] {
	return func(yield func(graph.Record, error) bool) {
		for _, d := range dumped {
			text := dumpText(d.sort)
			for id, more := "", true; more; {
				found, last, err := s.dumpStep(ctx, v, text, d.field, id)
				if err != nil {
					yield(graph.Record{}, wrap(ctx, "dump", err))
					return
				}
				for _, r := range found {
					if !yield(r, nil) {
						return
					}
				}
				id, more = last, len(found) == dumpStep
			}
		}
	}
}

// dumpStep reads the next records behind an id, and the id of the last one.
func (s *Store) dumpStep(ctx context.Context, v graph.View, text string, field func(*graph.Record) any, id string) (found []graph.Record, last string, err error) {
	if err := s.see(ctx, v); err != nil {
		return nil, "", err
	}
	defer s.leave()
	err = s.read(ctx, text, params{"after": id, "revision": v.Revision, "limit": dumpStep}, func(record *neo4j.Record) error {
		list, ok := record.Values[0].([]any)
		if !ok {
			return errShape
		}
		for _, value := range list {
			row, ok := value.([]any)
			if !ok || len(row) != 4 {
				return errShape
			}
			var r graph.Record
			last, _ = row[0].(string)
			r.Origin, _ = row[1].(string)
			document, _ := row[2].(string)
			if err := json.Unmarshal([]byte(document), field(&r)); err != nil {
				return err
			}
			if citations, ok := row[3].(string); ok && r.Statement != nil {
				if err := json.Unmarshal([]byte(citations), &r.Statement.Citations); err != nil {
					return err
				}
			}
			found = append(found, r)
		}
		return nil
	})
	return found, last, err
}
