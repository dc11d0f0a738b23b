package sqlitestore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
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
	holder string
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
	l := &load{store: s, spec: spec, holder: newHolder(), nodes: make(map[string]int64)}
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
	host, _ := os.Hostname() // unknown: leases then end by time alone
	expires := now.Add(l.store.options.Lease).UnixMilli()

	var left struct {
		number           int64
		origin, digest   string
		holder, host     string
		process, expires int64
	}
	found, err := c.row(ctx, `SELECT number, origin, digest, holder, host, process, expires FROM pending`, nil,
		[]any{&left.number, &left.origin, &left.digest, &left.holder, &left.host, &left.process, &left.expires})
	if err != nil {
		return err
	}
	if found {
		if left.expires > now.UnixMilli() && !(left.host == host && host != "" && hasDied(left.process, left.holder)) {
			return &fault{kind: graph.ErrConflict, text: fmt.Sprintf("revision %d is being loaded by process %d on %s: wait for its end, or until its lease ends at %s",
				left.number, left.process, left.host, time.UnixMilli(left.expires).UTC().Format(time.RFC3339))}
		}
		if left.origin == l.spec.Origin && left.digest == l.spec.Digest && left.digest != "" {
			l.number = left.number
			_, err := c.exec(ctx, `UPDATE pending SET holder = ?1, host = ?2, process = ?3, expires = ?4`, l.holder, host, os.Getpid(), expires)
			return err
		}
		if err := purge(ctx, c, left.number); err != nil {
			return err
		}
	}
	if _, err := c.row(ctx, `UPDATE store SET last = last + 1 RETURNING last`, nil, []any{&l.number}); err != nil {
		return err
	}
	_, err = c.exec(ctx, `INSERT INTO pending (one, number, origin, digest, added, changed, unchanged, holder, host, process, expires)
		VALUES (1, ?1, ?2, ?3, 0, 0, 0, ?4, ?5, ?6, ?7)`, l.number, l.spec.Origin, l.spec.Digest, l.holder, host, os.Getpid(), expires)
	return err
}

// purge deletes what a load added, and clears its marks.
func purge(ctx context.Context, c *change, number int64) error {
	texts := []string{
		`DELETE FROM name_token WHERE entity IN (SELECT row FROM entity WHERE added_in = ?1)`,
		`DELETE FROM citing WHERE (source, role, start_lo, start_hi, id, statement) IN (
			SELECT c.source, c.role, s.start_lo, s.start_hi, s.id, s.row FROM statement s CROSS JOIN citation c ON c.statement = s.row WHERE s.added_in = ?1)`,
	}
	for _, sort := range sorts {
		texts = append(texts,
			fmt.Sprintf(`DELETE FROM reference WHERE sort = '%[1]s' AND row IN (SELECT row FROM %[1]s WHERE added_in = ?1)`, sort),
			fmt.Sprintf(`DELETE FROM %s WHERE added_in = ?1`, sort),
			fmt.Sprintf(`UPDATE %s SET removed_in = %d WHERE removed_in = ?1`, sort, int64(lasting)))
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
		mine, err := c.exec(ctx, `UPDATE pending SET expires = ?1 WHERE number = ?2 AND holder = ?3`, expires, l.number, l.holder)
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

// Put implements [graph.Load].
func (l *load) Put(ctx context.Context, b graph.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	p := putter{load: l, nodes: make(map[string]int64)}
	if err := l.step(ctx, "put records", func(ctx context.Context, c *change) error {
		p.change = c
		return p.batch(ctx, b)
	}); err != nil {
		return err
	}
	for id, row := range p.nodes {
		l.nodes[id] = row
	}
	return nil
}

// putter is one call of Put.
type putter struct {
	*change
	load                      *load
	nodes                     map[string]int64 // found or made in this transaction
	added, changed, unchanged int64
}

func (p *putter) batch(ctx context.Context, b graph.Batch) error {
	for i := range b.Datasets {
		d := &b.Datasets[i]
		if _, _, err := p.put(ctx, datasetSort, d.ID, d, nil, nil); err != nil {
			return err
		}
	}
	for i := range b.Entities {
		if err := p.entity(ctx, &b.Entities[i]); err != nil {
			return err
		}
	}
	for i := range b.Statements {
		if err := p.statement(ctx, &b.Statements[i]); err != nil {
			return err
		}
	}
	for i := range b.ChangeEvents {
		if err := p.changeEvent(ctx, &b.ChangeEvents[i]); err != nil {
			return err
		}
	}
	for i := range b.Conflicts {
		if err := p.conflict(ctx, &b.Conflicts[i]); err != nil {
			return err
		}
	}
	for i := range b.Redirects {
		if err := p.redirect(ctx, &b.Redirects[i]); err != nil {
			return err
		}
	}
	_, err := p.exec(ctx, `UPDATE pending SET added = added + ?1, changed = changed + ?2, unchanged = unchanged + ?3`, p.added, p.changed, p.unchanged)
	return err
}

// document is a record's JSON, with its digest, which decides whether two are equal.
func document(record any) (text string, digest []byte, err error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		return "", nil, err
	}
	encoded := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	sum := sha256.Sum256(encoded)
	return string(encoded), sum[:], nil
}

// place finds out whether a record is to have a new version, and if so ends the one in force.
func (p *putter) place(ctx context.Context, table sort, id string, digest []byte) (isNew bool, err error) {
	var (
		row, addedIn int64
		origin       string
		current      []byte
	)
	found, err := p.row(ctx, fmt.Sprintf(`SELECT row, origin, added_in, digest FROM %s WHERE id = ?1 AND removed_in = %d`, table, int64(lasting)),
		[]any{id}, []any{&row, &origin, &addedIn, &current})
	if err != nil {
		return false, err
	}
	same := bytes.Equal(current, digest)
	switch {
	case !found:
		p.added++
		return true, nil
	case origin != p.load.spec.Origin:
		return false, graph.Invalidf("%s belongs to the origin %q; this load is of %q", id, origin, p.load.spec.Origin)
	case addedIn == p.load.number && same:
		return false, nil
	case addedIn == p.load.number:
		return false, graph.Invalidf("%s is put twice in this load, with different contents", id)
	case same:
		n, err := p.exec(ctx, `INSERT INTO kept (sort, row) VALUES (?1, ?2) ON CONFLICT DO NOTHING`, string(table), row)
		p.unchanged += n
		return false, err
	}
	kept, err := p.row(ctx, `SELECT 1 FROM kept WHERE sort = ?1 AND row = ?2`, []any{string(table), row}, []any{new(int)})
	if err != nil {
		return false, err
	}
	if kept {
		return false, graph.Invalidf("%s is put twice in this load, with different contents", id)
	}
	p.changed++
	_, err = p.exec(ctx, fmt.Sprintf(`UPDATE %s SET removed_in = ?1 WHERE row = ?2`, table), p.load.number, row)
	return true, err
}

// columns are those that each record table has of its own, before the document.
var columns = map[sort][]string{
	entitySort: {"node", "kind", "form", "type", "type_text", "name", "renamed", "start_lo", "start_hi", "end_lo", "end_hi", "year"},
	statementSort: {
		"subject", "predicate", "object", "start_lo", "start_hi", "end_lo", "end_hi", "told_to", "year", "status", "rank", "certainty", "change",
		"value_kind", "text", "number", "day_lo", "day_to",
	},
	changeEventSort: {"kind", "start_lo", "start_hi", "end_hi", "status", "rank"},
	conflictSort:    {"kind"},
	redirectSort:    {"node"},
}

// inserts are the texts that add a record to each table.
var inserts = func() map[sort]string {
	texts := make(map[sort]string)
	for _, table := range sorts {
		all := slices.Concat([]string{"id", "origin", "added_in", "digest"}, columns[table], []string{"document"})
		texts[table] = fmt.Sprintf(`INSERT INTO %s (removed_in, %s) VALUES (%d%s)`, table, strings.Join(all, ", "), int64(lasting), strings.Repeat(", ?", len(all)))
	}
	return texts
}()

// put adds a record with what its own columns hold and what it refers to. Where it is in the graph as it is, isNew is false. The digest
// is that of the record if it is nil.
func (p *putter) put(ctx context.Context, table sort, id string, record any, digest []byte, references []string, own ...any) (row int64, isNew bool, err error) {
	var text string
	if digest == nil {
		if text, digest, err = document(record); err != nil {
			return 0, false, err
		}
	}
	if isNew, err = p.place(ctx, table, id, digest); err != nil || !isNew {
		return 0, false, err
	}
	if text == "" {
		if text, _, err = document(record); err != nil {
			return 0, false, err
		}
	}
	args := slices.Concat([]any{id, p.load.spec.Origin, p.load.number, digest}, own, []any{text})
	if row, err = p.insert(ctx, inserts[table], args...); err != nil {
		return 0, false, err
	}
	return row, true, p.references(ctx, table, row, references)
}

func (p *putter) references(ctx context.Context, table sort, row int64, targets []string) error {
	for _, target := range targets {
		if _, err := p.insert(ctx, `INSERT INTO reference (target, sort, row) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`, target, string(table), row); err != nil {
			return err
		}
	}
	return nil
}

// node is the row of an entity's id, made if need be.
func (p *putter) node(ctx context.Context, id string) (row int64, err error) {
	if row, ok := p.load.nodes[id]; ok {
		return row, nil
	}
	if row, ok := p.nodes[id]; ok {
		return row, nil
	}
	kind, ok := graph.KindOf(id)
	if !ok {
		return 0, graph.Invalidf("%q is not the id of an entity", id)
	}
	found, err := p.row(ctx, `SELECT row FROM node WHERE id = ?1`, []any{id}, []any{&row})
	if err == nil && !found {
		row, err = p.insert(ctx, `INSERT INTO node (id, kind, added_in) VALUES (?1, ?2, ?3)`, id, string(kind), p.load.number)
	}
	p.nodes[id] = row
	return row, err
}

// displayOrder puts the uses of names in the order in which [graph.Entity.NameAt] prefers them; a former name competes with official ones.
func displayOrder(u graph.NameUse) int {
	switch u {
	case graph.Official, graph.Former:
		return 0
	case graph.Alias:
		return 1
	}
	return acronymLast
}

const acronymLast = 2 // of displayOrder: shown only where there is nothing else

// rankOrder puts ranks in the order in which NameAt prefers them.
func rankOrder(r graph.Rank) int {
	switch r {
	case graph.Preferred:
		return 0
	case graph.Normal:
		return 1
	}
	return 2
}

// shownNames are the different names that an entity may show under dates, folded.
func shownNames(e *graph.Entity) []string {
	names := []string{graph.Fold(e.NameAt(graph.Date{}))}
	acronyms := !slices.ContainsFunc(e.Names, func(n graph.Name) bool { return displayOrder(n.Use) != acronymLast })
	for i := range e.Names {
		if acronyms || displayOrder(e.Names[i].Use) != acronymLast {
			names = append(names, graph.Fold(e.Names[i].Text))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func yearOf(b graph.Bounds) string {
	year, _ := b.Year()
	return year.String()
}

func (p *putter) entity(ctx context.Context, e *graph.Entity) error {
	node, err := p.node(ctx, e.ID)
	if err != nil {
		return err
	}
	shown := shownNames(e)
	renamed := len(shown) > 1
	row, isNew, err := p.put(ctx, entitySort, e.ID, e, nil, nil,
		node, string(e.Kind), string(e.Form), e.Type, graph.Fold(e.Type), graph.Fold(e.NameAt(graph.Date{})), renamed,
		int64(e.Life.StartLo), int64(e.Life.StartHi), int64(e.Life.EndLo), int64(e.Life.EndHi), yearOf(e.Life))
	if err != nil || !isNew {
		return err
	}
	for i := 0; renamed && i < len(shown); i++ {
		if _, err := p.insert(ctx, `INSERT INTO shown (entity, kind, name, id) VALUES (?1, ?2, ?3, ?4)`, row, string(e.Kind), shown[i], e.ID); err != nil {
			return err
		}
	}
	for i, name := range e.Names {
		folded, b := graph.Fold(name.Text), name.Bounds
		if _, err := p.insert(ctx, `INSERT INTO name (entity, ordinal, folded, use_order, rank_order, start_lo, start_hi, end_lo, end_hi, statement) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			row, i, folded, displayOrder(name.Use), rankOrder(name.Rank), int64(b.StartLo), int64(b.StartHi), int64(b.EndLo), int64(b.EndHi), name.Statement); err != nil {
			return err
		}
		for _, token := range strings.Fields(folded) {
			if _, err := p.insert(ctx, `INSERT INTO name_token (token, id, entity, ordinal) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`, token, e.ID, row, i); err != nil {
				return err
			}
		}
	}
	for i, id := range e.Identifiers {
		if _, err := p.insert(ctx, `INSERT INTO identifier (scheme, value, entity, ordinal, start_lo, end_hi) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			id.Scheme, id.Value, row, i, int64(id.Bounds.StartLo), int64(id.Bounds.EndHi)); err != nil {
			return err
		}
	}
	return nil
}

func (p *putter) redirect(ctx context.Context, r *graph.Redirect) error {
	node, err := p.node(ctx, r.To)
	if err != nil {
		return err
	}
	_, _, err = p.put(ctx, redirectSort, r.From, r, nil, []string{r.To}, node)
	return err
}

func (p *putter) changeEvent(ctx context.Context, e *graph.ChangeEvent) error {
	_, _, err := p.put(ctx, changeEventSort, e.ID, e, nil, changeEventReferences(e),
		string(e.Kind), int64(e.Bounds.StartLo), int64(e.Bounds.StartHi), int64(e.Bounds.EndHi), string(e.Status), string(e.Rank))
	return err
}

func (p *putter) conflict(ctx context.Context, c *graph.Conflict) error {
	references := slices.Clone(c.Members)
	if c.Preferred != "" {
		references = append(references, c.Preferred)
	}
	row, isNew, err := p.put(ctx, conflictSort, c.ID, c, nil, references, string(c.Kind))
	if err != nil || !isNew {
		return err
	}
	for _, member := range c.Members {
		if _, err := p.insert(ctx, `INSERT INTO member (statement, conflict) VALUES (?1, ?2) ON CONFLICT DO NOTHING`, member, row); err != nil {
			return err
		}
	}
	return nil
}

// valueColumns are what value_kind, text, number, day_lo and day_to hold of a value.
func valueColumns(v graph.Value) []any {
	lo, hi := graph.MinDay, graph.MinDay
	if v.Kind == graph.DateValue {
		lo, hi = v.Date.Bounds()
	}
	return []any{string(v.Kind), graph.Fold(v.Text), v.Number, int64(lo), int64(hi.Add(1))}
}

func (p *putter) statement(ctx context.Context, s *graph.Statement) error {
	_, digest, err := document(s)
	if err != nil {
		return err
	}
	subject, err := p.node(ctx, s.Subject)
	if err != nil {
		return err
	}
	object, predicate, value := any(nil), string(s.Property), s.Value
	if s.Relation != "" {
		predicate, value = string(s.Relation), graph.Value{}
		if object, err = p.node(ctx, s.Object); err != nil {
			return err
		}
	}
	bare := *s
	bare.Citations = nil
	_, told := s.Extent()
	row, isNew, err := p.put(ctx, statementSort, s.ID, &bare, digest, statementReferences(s), append([]any{
		subject, predicate, object, int64(s.Bounds.StartLo), int64(s.Bounds.StartHi), int64(s.Bounds.EndLo), int64(s.Bounds.EndHi), int64(told), yearOf(s.Bounds),
		string(s.Status), string(s.Rank), string(s.Certainty), s.ChangeEvent}, valueColumns(value)...)...)
	if err != nil || !isNew {
		return err
	}
	for i, q := range s.Qualifiers {
		if _, err := p.insert(ctx, `INSERT INTO qualifier (statement, ordinal, name, value_kind, text, number, day_lo, day_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			append([]any{row, i, string(q.Name)}, valueColumns(q.Value)...)...); err != nil {
			return err
		}
	}
	for i := range s.Citations {
		if err := p.citation(ctx, s, row, i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putter) citation(ctx context.Context, s *graph.Statement, row int64, i int) error {
	c := &s.Citations[i]
	text, _, err := document(c)
	if err != nil {
		return err
	}
	source, err := p.node(ctx, c.SourceID)
	if err != nil {
		return err
	}
	claims := slices.Contains(c.Aspects, graph.AspectRelation) || slices.Contains(c.Aspects, graph.AspectValue)
	if _, err := p.insert(ctx, `INSERT INTO citation (statement, ordinal, source, dataset, role, claims, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		row, i, source, c.Dataset, string(c.Role), claims, text); err != nil {
		return err
	}
	_, err = p.insert(ctx, `INSERT INTO citing (source, role, start_lo, start_hi, id, statement) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING`,
		source, string(c.Role), int64(s.Bounds.StartLo), int64(s.Bounds.StartHi), s.ID, row)
	return err
}

// statementReferences are the ids to which a statement refers beside its ends and sources.
func statementReferences(s *graph.Statement) []string {
	var out []string
	add := func(id string) {
		if id != "" {
			out = append(out, id)
		}
	}
	add(s.AttributedTo)
	add(s.ChangeEvent)
	add(s.Value.Entity)
	for i := range s.Qualifiers {
		add(s.Qualifiers[i].Value.Entity)
	}
	for i := range s.Basis {
		add(s.Basis[i].LegislationID)
	}
	return out
}

func changeEventReferences(e *graph.ChangeEvent) []string {
	out := slices.Concat(e.Inputs, e.Outputs, e.Responsibilities)
	for _, pair := range e.Pairs {
		out = append(out, pair.From, pair.To)
	}
	for i := range e.Basis {
		out = append(out, e.Basis[i].LegislationID)
	}
	for i := range e.Citations {
		out = append(out, e.Citations[i].SourceID, e.Citations[i].Dataset)
	}
	return out
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
		if err := forget(ctx, c); err != nil {
			return r, err
		}
		return l.unchanged(ctx, c, r.Counts)
	}
	if err := checkReferences(ctx, c); err != nil {
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
	stmt, err := c.stmt(ctx, dangling)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, maxDangling+1)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells of what went wrong
	var faults []string
	for rows.Next() {
		var target, by string
		if err := rows.Scan(&target, &by); err != nil {
			return err
		}
		faults = append(faults, fmt.Sprintf("%s (named by %s)", target, by))
	}
	if err := rows.Err(); err != nil || len(faults) == 0 {
		return err
	}
	more := ""
	if len(faults) > maxDangling {
		faults, more = faults[:maxDangling], " and others"
	}
	return graph.Invalidf("records refer to what is not there: %s%s", strings.Join(faults, ", "), more)
}
