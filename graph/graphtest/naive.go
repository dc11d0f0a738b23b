package graphtest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Naive is a store in memory that follows the contract to the letter and does nothing to be fast: what other stores answer is compared
// with it. Each revision is a map of all its records; a read goes through them.
type Naive struct {
	now       func() time.Time
	mu        sync.RWMutex
	closed    bool
	last      int64 // newest number given to a load
	published []revision
	pending   *naiveLoad
}

// revision is a published revision with all its records.
type revision struct {
	graph.Revision
	records map[key]record
	ready   func() *reading // undated; made once
}

// key is a record's place: dumps yield records in the order of keys.
type key struct {
	sort sort
	id   string
}

// sort is a sort of records.
type sort int

const (
	datasetSort sort = iota
	entitySort
	redirectSort
	statementSort
	changeEventSort
	conflictSort
)

// record is a record as it was put, with its JSON to compare it by.
type record struct {
	graph.Record
	text []byte
}

func compareKeys(a, b key) int { return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id)) }

var _ graph.Store = (*Naive)(nil)

// NewNaive is an empty store. Now tells it the time, for leases.
func NewNaive(now func() time.Time) *Naive { return &Naive{now: now} }

// enter begins a call; leave ends it if there is no error.
func (n *Naive) enter(ctx context.Context) error {
	n.mu.Lock()
	err := ctx.Err()
	if n.closed {
		err = graph.ErrClosed
	}
	if err != nil {
		n.mu.Unlock()
	}
	return err
}

func (n *Naive) leave() { n.mu.Unlock() }

// Ping implements [graph.Closer].
func (n *Naive) Ping(ctx context.Context) error {
	if err := n.enter(ctx); err != nil {
		return err
	}
	n.leave()
	return nil
}

// Close implements [graph.Closer].
func (n *Naive) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	return nil
}

// head is the newest revision, of number 0 in an empty store.
func (n *Naive) head() revision {
	if len(n.published) == 0 {
		return revision{}
	}
	return n.published[len(n.published)-1]
}

// Head implements [graph.Revisions].
func (n *Naive) Head(ctx context.Context) (graph.Revision, error) {
	if err := n.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer n.leave()
	return n.head().Revision, nil
}

// Revision implements [graph.Revisions].
func (n *Naive) Revision(ctx context.Context, number int64) (*graph.Revision, error) {
	if err := n.enter(ctx); err != nil {
		return nil, err
	}
	defer n.leave()
	for _, r := range n.published {
		if r.Number == number {
			return &r.Revision, nil
		}
	}
	return nil, nil
}

// RevisionAt implements [graph.History].
func (n *Naive) RevisionAt(ctx context.Context, t time.Time) (found graph.Revision, err error) {
	if err := n.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer n.leave()
	for _, r := range n.published {
		if !r.Time.After(t) {
			found = r.Revision
		}
	}
	return found, nil
}

// ListRevisions implements [graph.History].
func (n *Naive) ListRevisions(ctx context.Context, before int64, limit int) ([]graph.Revision, error) {
	if err := n.enter(ctx); err != nil {
		return nil, err
	}
	defer n.leave()
	if err := graph.CheckRevisions(before, limit); err != nil {
		return nil, err
	}
	var out []graph.Revision
	for _, r := range slices.Backward(n.published) {
		if (before == 0 || r.Number < before) && len(out) < limit {
			out = append(out, r.Revision)
		}
	}
	return out, nil
}

// Dump implements [graph.Dumper].
func (n *Naive) Dump(ctx context.Context, v graph.View) iter.Seq2[graph.Record, error] {
	return func(yield func(graph.Record, error) bool) {
		records, err := n.records(ctx, v)
		if err != nil {
			yield(graph.Record{}, err)
			return
		}
		for _, k := range slices.SortedFunc(maps.Keys(records), compareKeys) {
			if err := n.Ping(ctx); err != nil {
				yield(graph.Record{}, err)
				return
			}
			if !yield(records[k].Record, nil) {
				return
			}
		}
	}
}

// records are those of a view's revision.
func (n *Naive) records(ctx context.Context, v graph.View) (map[key]record, error) {
	if err := n.enter(ctx); err != nil {
		return nil, err
	}
	defer n.leave()
	r, err := n.see(v)
	return r.records, err
}

func (n *Naive) see(v graph.View) (revision, error) {
	for _, r := range n.published {
		if r.Number == v.Revision {
			return r, nil
		}
	}
	return revision{}, graph.Invalidf("there is no published revision %d", v.Revision)
}

// read is the reading of a view.
func (n *Naive) read(ctx context.Context, v graph.View) (*reading, error) {
	if err := n.enter(ctx); err != nil {
		return nil, err
	}
	defer n.leave()
	r, err := n.see(v)
	if err != nil {
		return nil, err
	}
	out := *r.ready()
	out.date, out.known = v.Date, make(map[question]bool)
	return &out, nil
}

// naiveLoad is a pending revision.
type naiveLoad struct {
	store   *Naive
	spec    graph.LoadSpec
	number  int64
	put     map[key]record
	expires time.Time
	done    bool
}

const lease = time.Hour

// Begin implements [graph.Writer].
func (n *Naive) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	if err := n.enter(ctx); err != nil {
		return nil, err
	}
	defer n.leave()
	if err := spec.Check(); err != nil {
		return nil, err
	}
	load := &naiveLoad{store: n, spec: spec, put: make(map[key]record), expires: n.now().Add(lease)}
	if left := n.pending; left != nil {
		if n.now().Before(left.expires) {
			return nil, fmt.Errorf("%w: a load of %s is under way", graph.ErrConflict, left.spec.Origin)
		}
		if left.spec.Origin == spec.Origin && left.spec.Digest == spec.Digest && spec.Digest != "" {
			load.number, load.put = left.number, left.put
		}
	}
	if load.number == 0 {
		n.last++
		load.number = n.last
	}
	n.pending = load
	return load, nil
}

// enter begins a call of a load that is under way.
func (l *naiveLoad) enter(ctx context.Context) error {
	if err := l.store.enter(ctx); err != nil {
		return err
	}
	var err error
	if l.done {
		err = graph.Invalidf("the load is done")
	} else if l.store.pending != l {
		err = fmt.Errorf("%w: another process has taken over the load", graph.ErrConflict)
	}
	if err != nil {
		l.store.leave()
		return err
	}
	l.expires = l.store.now().Add(lease)
	return nil
}

// Number implements [graph.Load].
func (l *naiveLoad) Number() int64 { return l.number }

// Put implements [graph.Load].
func (l *naiveLoad) Put(ctx context.Context, b graph.Batch) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.store.leave()
	if err := b.Check(); err != nil {
		return err
	}
	put := maps.Clone(l.put)
	for k, r := range recordsOf(b) {
		r, err := newRecord(r, l.spec.Origin)
		if err != nil {
			return err
		}
		if other, ok := put[k]; ok && !bytes.Equal(other.text, r.text) {
			return graph.Invalidf("two different records are put under the id %s", k.id)
		}
		if other, ok := l.store.head().records[k]; ok && other.Origin != l.spec.Origin {
			return graph.Invalidf("%s belongs to the origin %s", k.id, other.Origin)
		}
		put[k] = r
	}
	l.put = put
	return nil
}

// recordsOf are the records of a batch.
func recordsOf(b graph.Batch) iter.Seq2[key, graph.Record] {
	return func(yield func(key, graph.Record) bool) {
		for i := range b.Datasets {
			if !yield(key{datasetSort, b.Datasets[i].ID}, graph.Record{Dataset: &b.Datasets[i]}) {
				return
			}
		}
		for i := range b.Entities {
			if !yield(key{entitySort, b.Entities[i].ID}, graph.Record{Entity: &b.Entities[i]}) {
				return
			}
		}
		for i := range b.Redirects {
			if !yield(key{redirectSort, b.Redirects[i].From}, graph.Record{Redirect: &b.Redirects[i]}) {
				return
			}
		}
		for i := range b.Statements {
			if !yield(key{statementSort, b.Statements[i].ID}, graph.Record{Statement: &b.Statements[i]}) {
				return
			}
		}
		for i := range b.ChangeEvents {
			if !yield(key{changeEventSort, b.ChangeEvents[i].ID}, graph.Record{ChangeEvent: &b.ChangeEvents[i]}) {
				return
			}
		}
		for i := range b.Conflicts {
			if !yield(key{conflictSort, b.Conflicts[i].ID}, graph.Record{Conflict: &b.Conflicts[i]}) {
				return
			}
		}
	}
}

// newRecord is a record's own copy.
func newRecord(r graph.Record, origin string) (record, error) {
	r.Origin = origin
	text, err := json.Marshal(r)
	out := record{text: text}
	if err == nil {
		err = json.Unmarshal(text, &out.Record)
	}
	return out, err
}

// references are what a record refers to.
func (r record) references() []key {
	var out []key
	add := func(sort sort, ids ...string) {
		for _, id := range ids {
			if id != "" {
				out = append(out, key{sort, id})
			}
		}
	}
	evidence := func(citations []graph.Citation, basis []graph.Basis) {
		for _, c := range citations {
			add(entitySort, c.SourceID)
			add(datasetSort, c.Dataset)
		}
		for _, b := range basis {
			add(entitySort, b.LegislationID)
		}
	}
	switch {
	case r.Redirect != nil:
		add(entitySort, r.Redirect.To)
	case r.Statement != nil:
		s := r.Statement
		add(entitySort, s.Subject, s.Object, s.AttributedTo, s.Value.Entity)
		for _, q := range s.Qualifiers {
			add(entitySort, q.Value.Entity)
		}
		add(changeEventSort, s.ChangeEvent)
		evidence(s.Citations, s.Basis)
	case r.ChangeEvent != nil:
		e := r.ChangeEvent
		add(entitySort, slices.Concat(e.Inputs, e.Outputs, e.Responsibilities)...)
		for _, p := range e.Pairs {
			add(entitySort, p.From, p.To)
		}
		evidence(e.Citations, e.Basis)
	case r.Conflict != nil:
		add(statementSort, r.Conflict.Members...)
		add(statementSort, r.Conflict.Preferred)
	}
	return out
}

// Publish implements [graph.Load].
func (l *naiveLoad) Publish(ctx context.Context) (graph.Revision, error) {
	if err := l.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer l.store.leave()
	head := l.store.head()
	next := maps.Clone(l.put)
	var counts graph.RevisionCounts
	for k, r := range head.records {
		switch put, ok := l.put[k]; {
		case r.Origin != l.spec.Origin:
			next[k] = r
		case !ok:
			counts.Withdrawn++
		case bytes.Equal(put.text, r.text):
			counts.Unchanged++
		default:
			counts.Changed++
		}
	}
	counts.Added = len(l.put) - counts.Unchanged - counts.Changed
	if err := checkReferences(next); err != nil {
		return graph.Revision{}, err
	}
	l.store.pending, l.done = nil, true
	if counts.Nothing() {
		head.Counts = counts
		return head.Revision, nil
	}
	r := revision{Revision: graph.Revision{
		Number: l.number, Time: l.spec.Time.UTC().Truncate(time.Second), Origin: l.spec.Origin, Author: l.spec.Author, Comment: l.spec.Comment,
		Digest: l.spec.Digest, Counts: counts,
	}, records: next}
	r.ready = sync.OnceValue(func() *reading { return newReading(next) })
	l.store.published = append(l.store.published, r)
	return r.Revision, nil
}

func checkReferences(records map[key]record) error {
	for k, r := range records {
		for _, target := range r.references() {
			if _, ok := records[target]; !ok {
				return graph.Invalidf("%s refers to %s, which is not there", k.id, target.id)
			}
		}
		if _, ok := records[key{entitySort, k.id}]; ok && k.sort == redirectSort {
			return graph.Invalidf("%s redirects and is an entity", k.id)
		}
	}
	return nil
}

// Discard implements [graph.Load].
func (l *naiveLoad) Discard(ctx context.Context) error {
	if err := l.store.enter(ctx); err != nil {
		return err
	}
	defer l.store.leave()
	l.done = true
	if l.store.pending == l {
		l.store.pending = nil
	}
	return nil
}
