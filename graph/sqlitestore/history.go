package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/policygraph/policygraph/graph"
)

const (
	revisionAt    = `SELECT ` + revisionColumns + ` FROM revision r WHERE r.time <= ?1 ORDER BY r.number DESC LIMIT 1`
	revisionsDown = `SELECT ` + revisionColumns + ` FROM revision r WHERE ?1 = 0 OR r.number < ?1 ORDER BY r.number DESC LIMIT ?2 + 0`
)

// RevisionAt implements [graph.History].
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer s.leave()
	r, err := s.revision(ctx, revisionAt, t.Unix())
	if err != nil || r == nil {
		return graph.Revision{}, wrap(ctx, "find a revision", err)
	}
	return *r, nil
}

// ListRevisions implements [graph.History].
func (s *Store) ListRevisions(ctx context.Context, before int64, limit int) ([]graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if err := graph.CheckRevisions(before, limit); err != nil {
		return nil, err
	}
	var out []graph.Revision
	err := s.query(ctx, revisionsDown, func(rows *sql.Rows) error {
		r, err := scanRevision(rows)
		if err == nil {
			out = append(out, *r)
		}
		return err
	}, before, limit)
	return out, wrap(ctx, "list revisions", err)
}

// dumpStep is how many records a dump reads at a time, so that it holds no transaction while its caller works.
const dumpStep = 500

// dumped are the record tables in the order of a dump, with the field of a record that each fills.
var dumped = []struct {
	table sort
	field func(*graph.Record) any
}{
	{datasetSort, func(r *graph.Record) any { r.Dataset = new(graph.Dataset); return r.Dataset }},
	{entitySort, func(r *graph.Record) any { r.Entity = new(graph.Entity); return r.Entity }},
	{redirectSort, func(r *graph.Record) any { r.Redirect = new(graph.Redirect); return r.Redirect }},
	{statementSort, func(r *graph.Record) any { r.Statement = new(graph.Statement); return r.Statement }},
	{changeEventSort, func(r *graph.Record) any { r.ChangeEvent = new(graph.ChangeEvent); return r.ChangeEvent }},
	{conflictSort, func(r *graph.Record) any { r.Conflict = new(graph.Conflict); return r.Conflict }},
}

// dumpRows reads the records of a table behind an id.
func dumpRows(table sort) string {
	return fmt.Sprintf(`SELECT e.row, e.id, e.origin, e.document FROM %s e WHERE e.id > ?1 AND %s ORDER BY e.id LIMIT ?3 + 0`, table, fmt.Sprintf(inForce, "e", 2))
}

// Dump implements [graph.Dumper].
func (s *Store) Dump(ctx context.Context, v graph.View) iter.Seq2[graph.Record, error] {
	return func(yield func(graph.Record, error) bool) {
		for _, d := range dumped {
			text := dumpRows(d.table)
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
	var cited []int64
	at := make(map[int64]*graph.Statement)
	if err := s.query(ctx, text, func(rows *sql.Rows) error {
		var row int64
		var document sql.RawBytes
		var r graph.Record
		if err := rows.Scan(&row, &last, &r.Origin, &document); err != nil {
			return err
		}
		err := json.Unmarshal(document, field(&r))
		if r.Statement != nil {
			cited = append(cited, row)
			at[row] = r.Statement
		}
		found = append(found, r)
		return err
	}, id, v.Revision, dumpStep); err != nil || len(cited) == 0 {
		return found, last, err
	}
	err = s.query(ctx, citationDocuments, func(rows *sql.Rows) error {
		var row int64
		var document sql.RawBytes
		var c graph.Citation
		if err := rows.Scan(&row, &document); err != nil {
			return err
		}
		err := json.Unmarshal(document, &c)
		at[row].Citations = append(at[row].Citations, c)
		return err
	}, list(cited))
	return found, last, err
}
