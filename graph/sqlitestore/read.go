package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/cache"
)

// inForce narrows a record table, under its alias, to the versions of a revision; the verbs are the alias and the parameter's number.
// Row ids come from key-by-key reads in the order of a JSON list: CROSS JOIN keeps SQLite from another order.
const inForce = `%[1]s.added_in <= ?%[2]d AND %[1]s.removed_in > ?%[2]d`

var (
	entityRows = fmt.Sprintf(`
		SELECT k.key, coalesce(e.row, t.row)
		FROM json_each(?1) k
		LEFT JOIN entity e ON e.id = k.value AND `+inForce+`
		LEFT JOIN redirect r ON e.row IS NULL AND r.id = k.value AND `+fmt.Sprintf(inForce, "r", 2)+`
		LEFT JOIN entity t ON t.node = r.node AND `+fmt.Sprintf(inForce, "t", 2), "e", 2)

	nodeRows = fmt.Sprintf(`
		SELECT k.key, coalesce(r.node, n.row)
		FROM json_each(?1) k
		LEFT JOIN redirect r ON r.id = k.value AND `+inForce+`
		LEFT JOIN node n ON n.id = k.value`, "r", 2)

	statementRows = fmt.Sprintf(`
		SELECT k.key, s.row
		FROM json_each(?1) k CROSS JOIN statement s ON s.id = k.value AND `+inForce, "s", 2)

	identifierRows = fmt.Sprintf(`
		SELECT DISTINCT k.key, e.row
		FROM json_each(?1) k
		CROSS JOIN identifier i ON i.scheme = k.value ->> 0 AND i.value = k.value ->> 1 AND i.start_lo < ?4 AND i.end_hi > ?3
		CROSS JOIN entity e ON e.row = i.entity AND `+inForce+`
		ORDER BY k.key, e.id`, "e", 2)

	changeEventRows = fmt.Sprintf(`
		SELECT k.key, c.row
		FROM json_each(?1) k CROSS JOIN change_event c ON c.id = k.value AND `+inForce, "c", 2)

	conflictRows = fmt.Sprintf(`
		SELECT k.key, c.row
		FROM json_each(?1) k CROSS JOIN conflict c ON c.id = k.value AND `+inForce, "c", 2)

	conflictsOfStatements = fmt.Sprintf(`
		SELECT k.key, c.row
		FROM json_each(?1) k CROSS JOIN member m ON m.statement = k.value CROSS JOIN conflict c ON c.row = m.conflict AND `+inForce, "c", 2)

	// Conflicts are few, and what they are about may be a hub: so this starts from the conflicts.
	conflictsOfNodes = fmt.Sprintf(`
		SELECT c.row, s.subject, s.object
		FROM member m CROSS JOIN conflict c ON c.row = m.conflict AND `+inForce+`
		CROSS JOIN statement s ON s.id = m.statement AND `+fmt.Sprintf(inForce, "s", 2)+`
		WHERE s.subject IN (SELECT value FROM json_each(?1)) OR s.object IN (SELECT value FROM json_each(?1))`, "c", 2)

	redirectsTo = fmt.Sprintf(`
		SELECT k.key, r.id
		FROM json_each(?1) k CROSS JOIN node n ON n.id = k.value CROSS JOIN redirect r ON r.node = n.row AND `+inForce+`
		ORDER BY k.key, r.id`, "r", 2)

	datasetDocuments = fmt.Sprintf(`SELECT d.document FROM dataset d WHERE `+inForce+` ORDER BY d.id`, "d", 1)
)

const (
	entityDocuments      = `SELECT e.row, e.document FROM json_each(?1) k CROSS JOIN entity e ON e.row = k.value`
	statementDocuments   = `SELECT s.row, s.document FROM json_each(?1) k CROSS JOIN statement s ON s.row = k.value`
	changeEventDocuments = `SELECT c.row, c.document FROM json_each(?1) k CROSS JOIN change_event c ON c.row = k.value`
	conflictDocuments    = `SELECT c.row, c.document FROM json_each(?1) k CROSS JOIN conflict c ON c.row = k.value`
	citationDocuments    = `SELECT c.statement, c.document FROM json_each(?1) k CROSS JOIN citation c ON c.statement = k.value ORDER BY c.statement, c.ordinal`

	revisionColumns = `r.number, r.time, r.origin, r.author, r.comment, r.digest, r.added, r.changed, r.withdrawn, r.unchanged`
	headRow         = `SELECT ` + revisionColumns + ` FROM store o JOIN revision r ON r.number = o.head`
	revisionRow     = `SELECT ` + revisionColumns + ` FROM revision r WHERE r.number = ?1`
)

// aboveAll is greater than every letter that a folded word may have.
const aboveAll = "\U0010FFFF"

// query runs a read and hands each row to scan.
func (s *Store) query(ctx context.Context, text string, scan func(*sql.Rows) error, args ...any) error {
	stmt, err := s.prepared.take(ctx, text)
	if err != nil {
		return err
	}
	defer s.prepared.give(stmt)
	return each(ctx, stmt.Stmt, scan, args...)
}

// each runs a statement and hands each row to scan.
func each(ctx context.Context, stmt *sql.Stmt, scan func(*sql.Rows) error, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := scan(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// see begins a read under a view, which must be of a published revision. The caller leaves.
func (s *Store) see(ctx context.Context, v graph.View) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	if _, ok := s.published.Load(v.Revision); ok {
		return nil
	}
	r, err := s.revision(ctx, revisionRow, v.Revision)
	if err == nil && r == nil {
		err = graph.Invalidf("there is no published revision %d", v.Revision)
	}
	if err != nil {
		s.leave()
		return wrap(ctx, "find the revision", err)
	}
	return nil
}

// revision reads a published revision; nil if there is none.
func (s *Store) revision(ctx context.Context, text string, args ...any) (*graph.Revision, error) {
	var found *graph.Revision
	err := s.query(ctx, text, func(rows *sql.Rows) (err error) {
		found, err = scanRevision(rows)
		return err
	}, args...)
	if found != nil {
		s.published.Store(found.Number, struct{}{})
	}
	return found, err
}

func scanRevision(rows interface{ Scan(...any) error }) (*graph.Revision, error) {
	var r graph.Revision
	var at int64
	if err := rows.Scan(&r.Number, &at, &r.Origin, &r.Author, &r.Comment, &r.Digest,
		&r.Counts.Added, &r.Counts.Changed, &r.Counts.Withdrawn, &r.Counts.Unchanged); err != nil {
		return nil, err
	}
	r.Time = time.Unix(at, 0).UTC()
	return &r, nil
}

// Head implements [graph.Revisions].
func (s *Store) Head(ctx context.Context) (graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer s.leave()
	r, err := s.revision(ctx, headRow)
	if err != nil || r == nil {
		return graph.Revision{}, wrap(ctx, "read the head", err)
	}
	return *r, nil
}

// Revision implements [graph.Revisions].
func (s *Store) Revision(ctx context.Context, number int64) (*graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	r, err := s.revision(ctx, revisionRow, number)
	return r, wrap(ctx, "read a revision", err)
}

// list is a Go slice as the JSON parameter of json_each.
func list[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings and integers always have JSON
	}
	return string(text)
}

// asked is an id at a revision, which is published, so that its row stays the same.
type asked struct {
	revision int64
	id       string
}

// rowsOf is the rows of ids, 0 where there is none, from the cache or by a query of (index of the id, row).
func (s *Store) rowsOf(ctx context.Context, text string, ids []string, revision int64) ([]int64, error) {
	found, known := make([]int64, len(ids)), s.rowCaches[text]
	var missing []string
	var at []int // their places in ids
	for i, id := range ids {
		row, ok := known.Get(asked{revision, id})
		if !ok {
			missing, at = append(missing, id), append(at, i)
		}
		found[i] = row
	}
	if len(missing) == 0 {
		return found, nil
	}
	if err := s.query(ctx, text, func(rows *sql.Rows) error {
		var key int
		var row sql.NullInt64
		if err := rows.Scan(&key, &row); err != nil {
			return err
		}
		found[at[key]] = row.Int64
		return nil
	}, list(missing), revision); err != nil {
		return nil, err
	}
	for i, id := range missing {
		known.Put(asked{revision, strings.Clone(id)}, found[at[i]]) // the caller's id may be a part of a long text
	}
	return found, nil
}

// decoded is the records of rows, from the cache or by a query of (row, document). A row may yield several documents in order, or none:
// add folds each into the record so far. Row 0 yields the zero value.
func decoded[T any](ctx context.Context, s *Store, c *cache.Of[int64, T], text string, rows []int64, add func(record *T, document []byte) error) ([]T, error) {
	out := make([]T, len(rows))
	var missing []int64
	var fresh map[int64]*T
	for i, row := range rows {
		if row == 0 {
			continue
		}
		value, ok := c.Get(row)
		if ok {
			out[i] = value
			continue
		}
		if fresh == nil {
			fresh = make(map[int64]*T)
		}
		if fresh[row] == nil {
			fresh[row] = new(T)
			missing = append(missing, row)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	err := s.query(ctx, text, func(r *sql.Rows) error {
		var row int64
		var document sql.RawBytes
		if err := r.Scan(&row, &document); err != nil {
			return err
		}
		return add(fresh[row], document)
	}, list(missing))
	if err != nil {
		return nil, err
	}
	for row, value := range fresh {
		c.Put(row, *value)
	}
	for i, row := range rows {
		if value := fresh[row]; value != nil {
			out[i] = *value
		}
	}
	return out, nil
}

func one[T any](record **T, document []byte) error {
	*record = new(T)
	return json.Unmarshal(document, *record)
}

func (s *Store) entities(ctx context.Context, rows []int64) ([]*graph.Entity, error) {
	return decoded(ctx, s, s.entityCache, entityDocuments, rows, one[graph.Entity])
}

func (s *Store) statementsOf(ctx context.Context, rows []int64) ([]*graph.Statement, error) {
	return decoded(ctx, s, s.statementCache, statementDocuments, rows, one[graph.Statement])
}

func (s *Store) conflicts(ctx context.Context, rows []int64) ([]*graph.Conflict, error) {
	return decoded(ctx, s, s.conflictCache, conflictDocuments, rows, one[graph.Conflict])
}

func (s *Store) citations(ctx context.Context, statements []int64) ([][]graph.Citation, error) {
	return decoded(ctx, s, s.citationCache, citationDocuments, statements, func(record *[]graph.Citation, document []byte) error {
		var c graph.Citation
		err := json.Unmarshal(document, &c)
		*record = append(*record, c)
		return err
	})
}

// entitiesByID is the entities of ids at a revision, without the checks of a call.
func (s *Store) entitiesByID(ctx context.Context, revision int64, ids []string) ([]*graph.Entity, error) {
	if len(ids) == 0 {
		return []*graph.Entity{}, nil
	}
	rows, err := s.rowsOf(ctx, entityRows, ids, revision)
	if err != nil {
		return nil, err
	}
	return s.entities(ctx, rows)
}

// Entities implements [graph.Reader].
func (s *Store) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.entitiesByID(ctx, v.Revision, ids)
	return found, wrap(ctx, "read entities", err)
}

// EntitiesByIdentifier implements [graph.Reader].
func (s *Store) EntitiesByIdentifier(ctx context.Context, v graph.View, identifiers []graph.Identifier) ([][]*graph.Entity, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	keys := make([][2]string, len(identifiers))
	for i, id := range identifiers {
		keys[i] = [2]string{id.Scheme, id.Value}
	}
	q0, q1 := v.Date.Span()
	from, to := int64(q0), int64(q1)
	if !v.Dated() { // whenever it was borne
		from, to = from-1, to+1
	}
	out := make([][]*graph.Entity, len(identifiers))
	var at []int
	var found []int64
	err := s.query(ctx, identifierRows, func(rows *sql.Rows) error {
		var key int
		var row int64
		if err := rows.Scan(&key, &row); err != nil {
			return err
		}
		at, found = append(at, key), append(found, row)
		return nil
	}, list(keys), v.Revision, from, to)
	if err != nil {
		return nil, wrap(ctx, "read entities by identifier", err)
	}
	entities, err := s.entities(ctx, found)
	if err != nil {
		return nil, wrap(ctx, "read entities by identifier", err)
	}
	for i, e := range entities {
		out[at[i]] = append(out[at[i]], e)
	}
	return out, nil
}

// Statements implements [graph.Reader].
func (s *Store) Statements(ctx context.Context, v graph.View, ids []string) ([]*graph.Statement, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	rows, err := s.rowsOf(ctx, statementRows, ids, v.Revision)
	if err != nil {
		return nil, wrap(ctx, "read statements", err)
	}
	found, err := s.statementsOf(ctx, rows)
	return found, wrap(ctx, "read statements", err)
}

// Evidence implements [graph.Reader].
func (s *Store) Evidence(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.evidence(ctx, v.Revision, ids)
	return found, wrap(ctx, "read evidence", err)
}

func (s *Store) evidence(ctx context.Context, revision int64, ids []string) ([]graph.Evidence, error) {
	rows, err := s.rowsOf(ctx, statementRows, ids, revision)
	if err != nil {
		return nil, err
	}
	statements, err := s.statementsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	citations, err := s.citations(ctx, rows)
	if err != nil {
		return nil, err
	}
	named := newNames()
	for i, statement := range statements {
		if statement != nil {
			named.add(statement.AttributedTo)
			named.addEvidence(citations[i], statement.Basis)
		}
	}
	if err := named.read(ctx, s, revision); err != nil {
		return nil, err
	}
	out := make([]graph.Evidence, len(ids))
	for i, statement := range statements {
		if statement != nil {
			out[i] = graph.Evidence{AttributedTo: named.entity(statement.AttributedTo)}
			out[i].Citations, out[i].Basis = named.fill(citations[i], statement.Basis)
		}
	}
	return out, nil
}

// ChangeEvents implements [graph.Reader].
func (s *Store) ChangeEvents(ctx context.Context, v graph.View, ids []string) ([]*graph.ChangeEvent, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	rows, err := s.rowsOf(ctx, changeEventRows, ids, v.Revision)
	if err != nil {
		return nil, wrap(ctx, "read change events", err)
	}
	found, err := s.changeEvents(ctx, v.Revision, rows)
	return found, wrap(ctx, "read change events", err)
}

// changeEvents are those of rows, with what their citations and bases name at a revision.
func (s *Store) changeEvents(ctx context.Context, revision int64, rows []int64) ([]*graph.ChangeEvent, error) {
	out, err := decoded(ctx, s, s.changeEventCache, changeEventDocuments, rows, one[graph.ChangeEvent])
	if err != nil {
		return nil, err
	}
	named := newNames()
	for _, e := range out {
		if e != nil {
			named.addEvidence(e.Citations, e.Basis)
		}
	}
	if err := named.read(ctx, s, revision); err != nil {
		return nil, err
	}
	for i, e := range out {
		if e != nil {
			filled := *e
			filled.Citations, filled.Basis = named.fill(e.Citations, e.Basis)
			out[i] = &filled
		}
	}
	return out, nil
}

// Datasets implements [graph.Reader].
func (s *Store) Datasets(ctx context.Context, v graph.View) ([]graph.Dataset, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	var out []graph.Dataset
	err := s.query(ctx, datasetDocuments, func(rows *sql.Rows) error {
		var document sql.RawBytes
		var d graph.Dataset
		if err := rows.Scan(&document); err != nil {
			return err
		}
		err := json.Unmarshal(document, &d)
		out = append(out, d)
		return err
	}, v.Revision)
	return out, wrap(ctx, "read data sets", err)
}

// names are the entities that evidence names.
type names struct {
	index    map[string]int
	ids      []string
	entities []*graph.Entity
}

func newNames() *names { return &names{index: make(map[string]int)} }

func (n *names) add(id string) {
	if _, ok := n.index[id]; !ok && id != "" {
		n.index[id] = len(n.ids)
		n.ids = append(n.ids, id)
	}
}

func (n *names) addEvidence(citations []graph.Citation, basis []graph.Basis) {
	for i := range citations {
		n.add(citations[i].SourceID)
	}
	for i := range basis {
		n.add(basis[i].LegislationID)
	}
}

func (n *names) read(ctx context.Context, s *Store, revision int64) (err error) {
	n.entities, err = s.entitiesByID(ctx, revision, n.ids)
	return err
}

func (n *names) entity(id string) *graph.Entity {
	if id == "" {
		return nil
	}
	return n.entities[n.index[id]]
}

// fill copies citations and bases, with the entities that they name: what is cached has none, since they depend on the revision.
func (n *names) fill(citations []graph.Citation, basis []graph.Basis) ([]graph.Citation, []graph.Basis) {
	filled := make([]graph.Citation, len(citations))
	for i, c := range citations {
		c.Source = n.entity(c.SourceID)
		filled[i] = c
	}
	bases := make([]graph.Basis, len(basis))
	for i, b := range basis {
		b.Legislation = n.entity(b.LegislationID)
		bases[i] = b
	}
	return filled, bases
}
