package sqlitestore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

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
	maps.Copy(l.nodes, p.nodes)
	return nil
}

// putter is one call of Put. What it has to know of the database it reads for all records at once, before the first one is written.
type putter struct {
	*change
	load           *load
	current        map[string]version // of the table being written, by id
	kept           []int64            // rows of that table which the load leaves as they are
	nodes          map[string]int64   // found or made in this transaction
	added, changed int64
	encoding       bytes.Buffer
}

// version is one in force.
type version struct {
	row, addedIn int64
	origin       string
	digest       []byte
	kept         bool // by this load
}

func (p *putter) batch(ctx context.Context, b graph.Batch) error {
	if err := p.findNodes(ctx, b); err != nil {
		return err
	}
	unchanged := int64(0)
	for _, part := range []struct {
		table sort
		n     int
		id    func(i int) string
		put   func(ctx context.Context, i int) error
	}{
		{datasetSort, len(b.Datasets), func(i int) string { return b.Datasets[i].ID }, func(ctx context.Context, i int) error { return p.dataset(ctx, &b.Datasets[i]) }},
		{entitySort, len(b.Entities), func(i int) string { return b.Entities[i].ID }, func(ctx context.Context, i int) error { return p.entity(ctx, &b.Entities[i]) }},
		{statementSort, len(b.Statements), func(i int) string { return b.Statements[i].ID }, func(ctx context.Context, i int) error { return p.statement(ctx, &b.Statements[i]) }},
		{changeEventSort, len(b.ChangeEvents), func(i int) string { return b.ChangeEvents[i].ID }, func(ctx context.Context, i int) error { return p.changeEvent(ctx, &b.ChangeEvents[i]) }},
		{conflictSort, len(b.Conflicts), func(i int) string { return b.Conflicts[i].ID }, func(ctx context.Context, i int) error { return p.conflict(ctx, &b.Conflicts[i]) }},
		{redirectSort, len(b.Redirects), func(i int) string { return b.Redirects[i].From }, func(ctx context.Context, i int) error { return p.redirect(ctx, &b.Redirects[i]) }},
	} {
		if part.n == 0 {
			continue
		}
		ids := make([]string, part.n)
		for i := range ids {
			ids[i] = part.id(i)
		}
		if err := p.findVersions(ctx, part.table, ids); err != nil {
			return err
		}
		// A context that can end costs the driver a goroutine for each statement, so it is looked at between records.
		quick := context.WithoutCancel(ctx)
		for i := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := part.put(quick, i); err != nil {
				return err
			}
		}
		if len(p.kept) > 0 {
			n, err := p.exec(ctx, `INSERT INTO kept (sort, row) SELECT ?1, value FROM json_each(?2) WHERE TRUE ON CONFLICT DO NOTHING`, string(part.table), list(p.kept))
			if err != nil {
				return err
			}
			unchanged += n
		}
	}
	_, err := p.exec(ctx, `UPDATE pending SET added = added + ?1, changed = changed + ?2, unchanged = unchanged + ?3`, p.added, p.changed, unchanged)
	return err
}

// findNodes finds the rows of the entities that records name, as far as there are any.
func (p *putter) findNodes(ctx context.Context, b graph.Batch) error {
	var ids []string
	asked := make(map[string]bool)
	add := func(id string) {
		if p.load.nodes[id] == 0 && id != "" && !asked[id] {
			asked[id] = true
			ids = append(ids, id)
		}
	}
	for i := range b.Entities {
		add(b.Entities[i].ID)
	}
	for i := range b.Statements {
		s := &b.Statements[i]
		add(s.Subject)
		add(s.Object)
		for j := range s.Citations {
			add(s.Citations[j].SourceID)
		}
	}
	for i := range b.Redirects {
		add(b.Redirects[i].To)
	}
	if len(ids) == 0 {
		return nil
	}
	return p.query(ctx, `SELECT n.id, n.row FROM json_each(?1) k CROSS JOIN node n ON n.id = k.value`, func(rows *sql.Rows) error {
		var id string
		var row int64
		err := rows.Scan(&id, &row)
		p.nodes[id] = row
		return err
	}, list(ids))
}

// findVersions finds the versions in force of records of a table that are about to be put.
func (p *putter) findVersions(ctx context.Context, table sort, ids []string) error {
	p.current, p.kept = make(map[string]version, len(ids)), nil
	return p.query(ctx, currentRows(table), func(rows *sql.Rows) error {
		var id string
		var v version
		err := rows.Scan(&id, &v.row, &v.origin, &v.addedIn, &v.digest, &v.kept)
		p.current[id] = v
		return err
	}, list(ids))
}

func currentRows(table sort) string {
	return fmt.Sprintf(`
		SELECT t.id, t.row, t.origin, t.added_in, t.digest, EXISTS (SELECT 1 FROM kept WHERE kept.sort = '%[1]s' AND kept.row = t.row)
		FROM json_each(?1) k CROSS JOIN %[1]s t ON t.id = k.value AND t.removed_in = %[2]d`, table, int64(lasting))
}

// A document is a record's JSON, with the digest that decides whether two records are equal.
type document struct {
	text   string
	digest [sha256.Size]byte
}

// encode is a record's JSON.
func (p *putter) encode(record any) (string, error) {
	p.encoding.Reset()
	encoder := json.NewEncoder(&p.encoding)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(p.encoding.Bytes(), []byte("\n"))), nil
}

func (p *putter) document(record any) (d document, err error) {
	d.text, err = p.encode(record)
	d.digest = sha256.Sum256([]byte(d.text))
	return d, err
}

// statementDocument is a statement's document without its citations, and theirs. The digest is that of the whole, whose last field they are.
func (p *putter) statementDocument(s *graph.Statement) (d document, citations []string, err error) {
	bare := *s
	bare.Citations = nil
	if len(s.Citations) == 0 {
		d, err = p.document(&bare)
		return d, nil, err
	}
	if d.text, err = p.encode(&bare); err != nil {
		return d, nil, err
	}
	whole := sha256.New()
	write := func(text string) { _, _ = whole.Write([]byte(text)) } // a hash takes all
	write(d.text[:len(d.text)-1])
	citations = make([]string, len(s.Citations))
	for i := range s.Citations {
		if citations[i], err = p.encode(&s.Citations[i]); err != nil {
			return d, nil, err
		}
		if i == 0 {
			write(`,"citations":[`)
		} else {
			write(`,`)
		}
		write(citations[i])
	}
	write(`]}`)
	whole.Sum(d.digest[:0])
	return d, citations, nil
}

// place finds out whether a record is to have a new version, and if so ends the one in force.
func (p *putter) place(ctx context.Context, table sort, id string, digest []byte) (isNew bool, err error) {
	v, found := p.current[id]
	same := bytes.Equal(v.digest, digest)
	switch {
	case !found:
		p.added++
		return true, nil
	case v.origin != p.load.spec.Origin:
		return false, graph.Invalidf("%s belongs to the origin %q; this load is of %q", id, v.origin, p.load.spec.Origin)
	case v.addedIn == p.load.number && same:
		return false, nil
	case v.addedIn == p.load.number, v.kept && !same:
		return false, graph.Invalidf("%s is put twice in this load, with different contents", id)
	case same:
		v.kept = true
		p.current[id] = v
		p.kept = append(p.kept, v.row)
		return false, nil
	}
	p.changed++
	_, err = p.exec(ctx, fmt.Sprintf(`UPDATE %s SET removed_in = ?1 WHERE row = ?2`, table), p.load.number, v.row)
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

// put adds a record with what its own columns hold and what it refers to. Where it is in the graph as it is, isNew is false.
func (p *putter) put(ctx context.Context, table sort, id string, d document, references []string, own ...any) (row int64, isNew bool, err error) {
	if isNew, err = p.place(ctx, table, id, d.digest[:]); err != nil || !isNew {
		return 0, false, err
	}
	args := slices.Concat([]any{id, p.load.spec.Origin, p.load.number, d.digest[:]}, own, []any{d.text})
	if row, err = p.insert(ctx, inserts[table], args...); err != nil {
		return 0, false, err
	}
	p.current[id] = version{row: row, addedIn: p.load.number, origin: p.load.spec.Origin, digest: d.digest[:]}
	for _, target := range references {
		if _, err := p.insert(ctx, `INSERT INTO reference (target, sort, row) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, target, string(table), row); err != nil {
			return 0, false, err
		}
	}
	return row, true, nil
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
	row, err = p.insert(ctx, `INSERT INTO node (id, kind, added_in) VALUES (?, ?, ?)`, id, string(kind), p.load.number)
	p.nodes[id] = row
	return row, err
}

func yearOf(b graph.Bounds) string {
	year, _ := b.Year()
	return year.String()
}

func (p *putter) dataset(ctx context.Context, d *graph.Dataset) error {
	document, err := p.document(d)
	if err == nil {
		_, _, err = p.put(ctx, datasetSort, d.ID, document, nil)
	}
	return err
}

func (p *putter) entity(ctx context.Context, e *graph.Entity) error {
	document, err := p.document(e)
	if err != nil {
		return err
	}
	node, err := p.node(ctx, e.ID)
	if err != nil {
		return err
	}
	shown := e.ShownNames()
	renamed := len(shown) > 1
	row, isNew, err := p.put(ctx, entitySort, e.ID, document, nil,
		node, string(e.Kind), string(e.Form), e.Type, graph.Fold(e.Type), graph.Fold(e.NameAt(graph.Date{})), renamed,
		int64(e.Life.StartLo), int64(e.Life.StartHi), int64(e.Life.EndLo), int64(e.Life.EndHi), yearOf(e.Life))
	if err != nil || !isNew {
		return err
	}
	for i := 0; renamed && i < len(shown); i++ {
		if _, err := p.insert(ctx, `INSERT INTO shown (entity, kind, name, id) VALUES (?, ?, ?, ?)`, row, string(e.Kind), shown[i], e.ID); err != nil {
			return err
		}
	}
	for i, name := range e.Names {
		folded, b := graph.Fold(name.Text), name.Bounds
		use, rank := name.Order()
		if _, err := p.insert(ctx, `INSERT INTO name (entity, ordinal, key, folded, use_order, rank_order, start_lo, start_hi, end_lo, end_hi, statement) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			row, i, nameKey(e.ID, folded), folded, use, rank, int64(b.StartLo), int64(b.StartHi), int64(b.EndLo), int64(b.EndHi), name.Statement); err != nil {
			return err
		}
	}
	for i, id := range e.Identifiers {
		if _, err := p.insert(ctx, `INSERT INTO identifier (scheme, value, entity, ordinal, start_lo, end_hi) VALUES (?, ?, ?, ?, ?, ?)`,
			id.Scheme, id.Value, row, i, int64(id.Bounds.StartLo), int64(id.Bounds.EndHi)); err != nil {
			return err
		}
	}
	return nil
}

func (p *putter) redirect(ctx context.Context, r *graph.Redirect) error {
	document, err := p.document(r)
	if err != nil {
		return err
	}
	node, err := p.node(ctx, r.To)
	if err != nil {
		return err
	}
	_, _, err = p.put(ctx, redirectSort, r.From, document, []string{r.To}, node)
	return err
}

func (p *putter) changeEvent(ctx context.Context, e *graph.ChangeEvent) error {
	document, err := p.document(e)
	if err != nil {
		return err
	}
	references := e.References()
	for i := range e.Citations {
		references = append(references, e.Citations[i].Dataset)
	}
	_, _, err = p.put(ctx, changeEventSort, e.ID, document, references,
		string(e.Kind), int64(e.Bounds.StartLo), int64(e.Bounds.StartHi), int64(e.Bounds.EndHi), string(e.Status), string(e.Rank))
	return err
}

func (p *putter) conflict(ctx context.Context, c *graph.Conflict) error {
	document, err := p.document(c)
	if err != nil {
		return err
	}
	row, isNew, err := p.put(ctx, conflictSort, c.ID, document, c.References(), string(c.Kind))
	if err != nil || !isNew {
		return err
	}
	for _, member := range c.Members {
		if _, err := p.insert(ctx, `INSERT INTO member (statement, conflict) VALUES (?, ?) ON CONFLICT DO NOTHING`, member, row); err != nil {
			return err
		}
	}
	return nil
}

// valueColumns are what value_kind, text, number, day_lo and day_to hold of a value.
func valueColumns(v graph.Value) []any {
	lo, to := v.Days()
	return []any{string(v.Kind), graph.Fold(v.Text), v.Number, int64(lo), int64(to)}
}

func (p *putter) statement(ctx context.Context, s *graph.Statement) error {
	document, citations, err := p.statementDocument(s)
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
	_, told := s.Extent()
	row, isNew, err := p.put(ctx, statementSort, s.ID, document, s.References(), append([]any{
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
		if err := p.citation(ctx, row, i, &s.Citations[i], citations[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *putter) citation(ctx context.Context, statement int64, ordinal int, c *graph.Citation, text string) error {
	source, err := p.node(ctx, c.SourceID)
	if err != nil {
		return err
	}
	_, err = p.insert(ctx, `INSERT INTO citation (statement, ordinal, source, dataset, role, claims, document) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		statement, ordinal, source, c.Dataset, string(c.Role), c.ClaimsValue(), text)
	return err
}
