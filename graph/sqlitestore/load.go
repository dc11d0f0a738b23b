package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/lease"
)

// lasting is the removed_in of a version in force. The migrations have it as a number.
const lasting = math.MaxInt64

// sort is the name of a record table. They are constants, so that SQL may be made from them.
type sort string

const (
	datasetSort     sort = "dataset"
	entitySort      sort = "entity"
	statementSort   sort = "statement"
	changeEventSort sort = "change_event"
	conflictSort    sort = "conflict"
	redirectSort    sort = "redirect"
)

// sorts are all record tables.
var sorts = []sort{datasetSort, entitySort, statementSort, changeEventSort, conflictSort, redirectSort}

// load is the pending revision as its holder sees it.
type load struct {
	store  *Store
	number int64
	spec   graph.LoadSpec
	holder lease.Holder
	done   bool
	nodes  map[string]int64 // rows of ids that are sure to be in the database
}

// Begin implements [graph.Writer].
func (s *Store) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if err := spec.Check(); err != nil {
		return nil, err
	}
	l := &load{store: s, spec: spec, holder: lease.NewHolder(), nodes: make(map[string]int64)}
	if err := s.change(ctx, l.begin); err != nil {
		return nil, wrap(ctx, "begin a load", err)
	}
	return l, nil
}

// change runs f in a transaction of the writer.
func (s *Store) change(ctx context.Context, f func(context.Context, *change) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx)
	if err := f(ctx, &change{tx: tx, prepared: make(map[string]*sql.Stmt)}); err != nil {
		return err
	}
	return tx.Commit()
}

// change is a transaction of the writer, which prepares each text once.
type change struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

func (c *change) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := c.prepared[text]; ok {
		return stmt, nil
	}
	stmt, err := c.tx.PrepareContext(ctx, text)
	c.prepared[text] = stmt
	return stmt, err
}

// exec runs a text and returns the number of rows that it changed.
func (c *change) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := c.result(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert runs an INSERT of one row and returns it.
func (c *change) insert(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := c.result(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (c *change) result(ctx context.Context, text string, args ...any) (sql.Result, error) {
	stmt, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// query runs a read and hands each row to scan.
func (c *change) query(ctx context.Context, text string, scan func(*sql.Rows) error, args ...any) error {
	stmt, err := c.stmt(ctx, text)
	if err != nil {
		return err
	}
	return each(ctx, stmt, scan, args...)
}

// row reads at most one row; found is false if there is none.
func (c *change) row(ctx context.Context, text string, args, into []any) (found bool, err error) {
	stmt, err := c.stmt(ctx, text)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// begin takes the pending revision: a new one, or one that was left behind.
func (l *load) begin(ctx context.Context, c *change) error {
	now := l.store.options.Now()
	expires := now.Add(l.store.options.Lease).UnixMilli()

	var left struct {
		number         int64
		origin, digest string
		holder         lease.Holder
		expires        int64
	}
	found, err := c.row(ctx, `SELECT number, origin, digest, holder, host, process, expires FROM pending`, nil,
		[]any{&left.number, &left.origin, &left.digest, &left.holder.Name, &left.holder.Host, &left.holder.Process, &left.expires})
	if err != nil {
		return err
	}
	if found {
		if left.expires > now.UnixMilli() && !left.holder.HasDied() {
			return &fault{kind: graph.ErrConflict, text: fmt.Sprintf("%s, or until its lease ends at %s",
				left.holder.Loads(left.number), time.UnixMilli(left.expires).UTC().Format(time.RFC3339))}
		}
		if left.origin == l.spec.Origin && left.digest == l.spec.Digest && left.digest != "" {
			l.number = left.number
			_, err := c.exec(ctx, `UPDATE pending SET holder = ?1, host = ?2, process = ?3, expires = ?4`, l.holder.Name, l.holder.Host, l.holder.Process, expires)
			return err
		}
		if err := purge(ctx, c, left.number); err != nil {
			return err
		}
	}
	if err := deferIndexes(ctx, c); err != nil {
		return err
	}
	if _, err := c.row(ctx, `UPDATE store SET last = last + 1 RETURNING last`, nil, []any{&l.number}); err != nil {
		return err
	}
	_, err = c.exec(ctx, `INSERT INTO pending (one, number, origin, digest, added, changed, unchanged, holder, host, process, expires)
		VALUES (1, ?1, ?2, ?3, 0, 0, 0, ?4, ?5, ?6, ?7)`, l.number, l.spec.Origin, l.spec.Digest, l.holder.Name, l.holder.Host, l.holder.Process, expires)
	return err
}

// purge deletes what a load added, and clears its marks.
func purge(ctx context.Context, c *change, number int64) error {
	if err := makeIndexes(ctx, c); err != nil { // without them each row deleted is looked for in whole tables
		return err
	}
	var texts []string
	for _, sort := range sorts {
		texts = append(texts,
			fmt.Sprintf(`DELETE FROM reference WHERE sort = '%[1]s' AND row IN (SELECT row FROM %[1]s WHERE added_in + 0 = ?1)`, sort),
			fmt.Sprintf(`DELETE FROM %s WHERE added_in + 0 = ?1`, sort),
			fmt.Sprintf(`UPDATE %s SET removed_in = %d WHERE removed_in = ?1 AND removed_in < %[2]d`, sort, int64(lasting)))
	}
	texts = append(texts, `DELETE FROM node WHERE added_in = ?1`)
	for _, text := range texts {
		if _, err := c.exec(ctx, text, number); err != nil {
			return err
		}
	}
	return forget(ctx, c)
}

// forget ends the pending revision.
func forget(ctx context.Context, c *change) error {
	if _, err := c.exec(ctx, `DELETE FROM kept`); err != nil {
		return err
	}
	_, err := c.exec(ctx, `DELETE FROM pending`)
	return err
}

// Number implements [graph.Load].
func (l *load) Number() int64 { return l.number }

// step runs a part of the load in a transaction, if the load still has its lease, which it renews.
func (l *load) step(ctx context.Context, doing string, f func(context.Context, *change) error) error {
	if err := l.store.enter(ctx); err != nil {
		return err
	}
	defer l.store.leave()
	if l.done {
		return graph.Invalidf("the load of revision %d is done; begin another", l.number)
	}
	err := l.store.change(ctx, func(ctx context.Context, c *change) error {
		expires := l.store.options.Now().Add(l.store.options.Lease).UnixMilli()
		mine, err := c.exec(ctx, `UPDATE pending SET expires = ?1 WHERE number = ?2 AND holder = ?3`, expires, l.number, l.holder.Name)
		if err != nil {
			return err
		}
		if mine == 0 {
			return &fault{kind: graph.ErrConflict, text: fmt.Sprintf("the load of revision %d lost its lease to another process", l.number)}
		}
		return f(ctx, c)
	})
	return wrap(ctx, doing, err)
}

// Discard implements [graph.Load].
func (l *load) Discard(ctx context.Context) error {
	if l.done {
		return nil
	}
	err := l.step(ctx, "give up a load", func(ctx context.Context, c *change) error { return purge(ctx, c, l.number) })
	if err == nil || errors.Is(err, graph.ErrConflict) { // another process has taken it over: there is nothing of ours
		l.done = true
		return nil
	}
	return err
}

// Publish implements [graph.Load].
func (l *load) Publish(ctx context.Context) (graph.Revision, error) {
	var r graph.Revision
	if err := l.step(ctx, "publish a load", func(ctx context.Context, c *change) (err error) {
		r, err = l.publish(ctx, c)
		return err
	}); err != nil {
		return graph.Revision{}, err
	}
	l.done = true
	return r, nil
}

func (l *load) publish(ctx context.Context, c *change) (graph.Revision, error) {
	r := graph.Revision{
		Number: l.number, Time: l.spec.Time.UTC().Truncate(time.Second),
		Origin: l.spec.Origin, Author: l.spec.Author, Comment: l.spec.Comment, Digest: l.spec.Digest,
	}
	if _, err := c.row(ctx, `SELECT added, changed, unchanged FROM pending`, nil, []any{&r.Counts.Added, &r.Counts.Changed, &r.Counts.Unchanged}); err != nil {
		return r, err
	}
	for _, sort := range sorts {
		n, err := c.exec(ctx, fmt.Sprintf(`
			UPDATE %[1]s SET removed_in = ?1
			WHERE origin = ?2 AND removed_in = %[2]d AND added_in < ?1 AND NOT EXISTS (SELECT 1 FROM kept k WHERE k.sort = '%[1]s' AND k.row = %[1]s.row)`,
			sort, int64(lasting)), l.number, l.spec.Origin)
		if err != nil {
			return r, err
		}
		r.Counts.Withdrawn += int(n)
	}
	if r.Counts.Nothing() {
		if err := makeIndexes(ctx, c); err != nil {
			return r, err
		}
		if err := forget(ctx, c); err != nil {
			return r, err
		}
		return l.unchanged(ctx, c, r.Counts)
	}
	if _, err := c.exec(ctx, fillCiting, l.number); err != nil {
		return r, err
	}
	if err := makeIndexes(ctx, c); err != nil {
		return r, err
	}
	if err := checkReferences(ctx, c); err != nil {
		return r, err
	}
	if err := indexNames(ctx, c, l.number); err != nil {
		return r, err
	}
	if err := tally(ctx, c, l.number); err != nil {
		return r, err
	}
	if _, err := c.exec(ctx, `INSERT INTO revision (number, time, origin, author, comment, digest, added, changed, withdrawn, unchanged)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`, r.Number, r.Time.Unix(), r.Origin, r.Author, r.Comment, r.Digest,
		r.Counts.Added, r.Counts.Changed, r.Counts.Withdrawn, r.Counts.Unchanged); err != nil {
		return r, err
	}
	if _, err := c.exec(ctx, `UPDATE store SET head = ?1`, r.Number); err != nil {
		return r, err
	}
	return r, forget(ctx, c)
}

// unchanged is the head with the counts of a load that changed nothing.
func (l *load) unchanged(ctx context.Context, c *change, counts graph.RevisionCounts) (graph.Revision, error) {
	stmt, err := c.stmt(ctx, headRow)
	if err != nil {
		return graph.Revision{}, err
	}
	head, err := scanRevision(stmt.QueryRowContext(ctx))
	if errors.Is(err, sql.ErrNoRows) {
		return graph.Revision{Counts: counts}, nil
	}
	if err != nil {
		return graph.Revision{}, err
	}
	head.Counts = counts
	return *head, nil
}

// fillCiting adds what a load added, in the order of the table: so each page of it is written once.
const fillCiting = `
	INSERT INTO citing (source, role, start_lo, start_hi, id, statement)
	SELECT DISTINCT c.source, c.role, s.start_lo, s.start_hi, s.id, s.row
	FROM statement s CROSS JOIN citation c ON c.statement = s.row WHERE s.added_in + 0 = ?1
	ORDER BY 1, 2, 3, 4, 5, 6`

// dangling finds ids to which something in force refers and which are not in force themselves, each with one that refers to it. It
// starts from the targets, of which there are fewer than references.
var dangling = func() string {
	live := func(alias string) string { return fmt.Sprintf(`%s.removed_in = %d`, alias, int64(lasting)) }
	texts := []string{
		// Ends and sources of statements.
		fmt.Sprintf(`
		SELECT n.id, coalesce(
			(SELECT s.id FROM statement s WHERE s.subject = n.row AND %[1]s LIMIT 1),
			(SELECT s.id FROM statement s WHERE s.object = n.row AND %[1]s LIMIT 1),
			(SELECT s.id FROM citing c JOIN statement s ON s.row = c.statement AND %[1]s WHERE c.source = n.row LIMIT 1)) AS by
		FROM node n WHERE NOT EXISTS (SELECT 1 FROM entity e WHERE e.node = n.row AND %[2]s) AND by IS NOT NULL`, live("s"), live("e")),
		// Data sets of citations.
		fmt.Sprintf(`
		SELECT d.dataset, (SELECT s.id FROM citation c JOIN statement s ON s.row = c.statement AND %s WHERE c.dataset = d.dataset LIMIT 1) AS by
		FROM (SELECT DISTINCT dataset FROM citation) d WHERE NOT EXISTS (SELECT 1 FROM dataset t WHERE t.id = d.dataset AND %s) AND by IS NOT NULL`, live("s"), live("t")),
		// Redirects from what is an entity.
		fmt.Sprintf(`
		SELECT r.id, 'its redirect, though it is an entity itself' FROM redirect r WHERE %s AND EXISTS (SELECT 1 FROM entity e WHERE e.id = r.id AND %s)`, live("r"), live("e")),
	}
	// All other references.
	var gone, by []string
	for _, sort := range sorts {
		if sort == entitySort || sort == statementSort || sort == changeEventSort || sort == datasetSort {
			gone = append(gone, fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM %s x WHERE x.id = t.target AND %s)`, sort, live("x")))
		}
		by = append(by, fmt.Sprintf(`(SELECT x.id FROM reference r JOIN %[1]s x ON x.row = r.row AND %[2]s WHERE r.target = t.target AND r.sort = '%[1]s' LIMIT 1)`, sort, live("x")))
	}
	texts = append(texts, fmt.Sprintf(`SELECT t.target, coalesce(%s) AS by FROM (SELECT DISTINCT target FROM reference) t WHERE %s AND by IS NOT NULL`,
		strings.Join(by, ", "), strings.Join(gone, " AND ")))
	return `SELECT * FROM (` + strings.Join(texts, ` UNION `) + `) ORDER BY 1, 2 LIMIT ?1`
}()

// maxDangling is how many ids an error names.
const maxDangling = 10

func checkReferences(ctx context.Context, c *change) error {
	var faults []string
	if err := c.query(ctx, dangling, func(rows *sql.Rows) error {
		var target, by string
		err := rows.Scan(&target, &by)
		faults = append(faults, fmt.Sprintf("%s (named by %s)", target, by))
		return err
	}, maxDangling+1); err != nil || len(faults) == 0 {
		return err
	}
	more := ""
	if len(faults) > maxDangling {
		faults, more = faults[:maxDangling], " and others"
	}
	return graph.Invalidf("records refer to what is not there: %s%s", strings.Join(faults, ", "), more)
}
