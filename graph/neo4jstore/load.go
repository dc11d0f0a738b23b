package neo4jstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/lease"
)

// lasting is the removedIn of a version in force.
const lasting = math.MaxInt64

// loadStep is how many versions a transaction marks, deletes or tidies.
const loadStep = 1000

// load is the pending revision as its holder sees it.
type load struct {
	store  *Store
	number int64
	spec   graph.LoadSpec
	holder lease.Holder
	done   bool
	cut    bool                // a step ran out of time, or out of tries to reach the server
	nodes  map[string]struct{} // ids of entities whose nodes are sure to be in the database
	words  map[string]struct{} // of names, likewise
}

// pending is the load under way as the database has it.
type pending struct {
	number, expires           int64
	origin, digest            string
	holder                    lease.Holder
	purge                     bool // it is given up: nobody resumes it
	added, changed, unchanged int
}

func pendingOf(records []*neo4j.Record) (p pending, found bool, err error) {
	if len(records) == 0 {
		return p, false, nil
	}
	node, ok := records[0].Values[0].(neo4j.Node)
	if !ok {
		return p, false, errShape
	}
	of := properties(node.Props)
	purge, _ := of["purge"].(bool)
	return pending{
		purge:  purge,
		number: of.integer("number"), expires: of.integer("expires"), origin: of.text("origin"), digest: of.text("digest"),
		holder: lease.Holder{Name: of.text("holder"), Host: of.text("host"), Process: of.integer("process")},
		added:  int(of.integer("added")), changed: int(of.integer("changed")), unchanged: int(of.integer("unchanged")),
	}, true, nil
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
	l := &load{store: s, spec: spec, holder: lease.NewHolder(), nodes: make(map[string]struct{}), words: make(map[string]struct{})}
	if err := l.begin(ctx); err != nil {
		return nil, wrap(ctx, "begin a load", err)
	}
	return l, nil
}

// begin takes the pending revision: a new one, or one that was left behind.
func (l *load) begin(ctx context.Context) error {
	if err := l.store.tidy(ctx); err != nil {
		return err
	}
	left := false
	if err := l.store.change(ctx, func(ctx context.Context, c *change) (err error) {
		left, err = l.take(ctx, c)
		return err
	}); err != nil || !left {
		return err
	}
	// What was left behind is ours now, and nobody resumes it.
	if err := l.purge(ctx); err != nil {
		return err
	}
	purged := l.number
	return l.store.change(ctx, func(ctx context.Context, c *change) error {
		there, found, err := l.lock(ctx, c)
		switch {
		case err != nil:
			return err
		case !found || there.holder.Name != l.holder.Name:
			return l.lost()
		case there.number != purged: // the commit of an earlier try came through
			l.number = there.number
			return nil
		}
		if _, err := c.run(ctx, fixed("forget"), nil); err != nil {
			return err
		}
		return l.open(ctx, c)
	})
}

// take makes a pending revision where there is none, or takes over the one that is there. It is left to be purged if this load does not
// resume it.
func (l *load) take(ctx context.Context, c *change) (left bool, err error) {
	there, found, err := l.lock(ctx, c)
	if err != nil {
		return false, err
	}
	if !found {
		return false, l.open(ctx, c)
	}
	now := l.store.options.Now()
	if there.holder.Name != l.holder.Name && there.expires > now.UnixMilli() && !there.holder.HasDied() {
		return false, &fault{kind: graph.ErrConflict, text: fmt.Sprintf("%s, or until its lease ends at %s",
			there.holder.Loads(there.number), time.UnixMilli(there.expires).UTC().Format(time.RFC3339))}
	}
	l.number = there.number
	left = there.purge
	if there.holder.Name != l.holder.Name { // else the commit of an earlier try came through
		left = left || there.origin != l.spec.Origin || there.digest != l.spec.Digest || there.digest == ""
	}
	return left, l.hold(ctx, c, left)
}

// hold makes the pending revision this load's, to be purged or to go on.
func (l *load) hold(ctx context.Context, c *change, purge bool) error {
	p := l.lease()
	p["purge"] = purge
	_, err := c.run(ctx, fixed("take"), p)
	return err
}

// open makes a new pending revision.
func (l *load) open(ctx context.Context, c *change) error {
	p := l.lease()
	p["origin"], p["digest"] = l.spec.Origin, l.spec.Digest
	records, err := c.run(ctx, fixed("open"), p)
	if err != nil {
		return err
	}
	l.number, _, err = neo4j.GetRecordValue[int64](records[0], "number")
	return err
}

// lease is what the pending revision says of its holder from now on.
func (l *load) lease() params {
	return params{"holder": l.holder.Name, "host": l.holder.Host, "process": l.holder.Process,
		"expires": l.store.options.Now().Add(l.store.options.Lease).UnixMilli()}
}

// lock makes other writers wait for the end of this transaction, and reads the pending revision.
func (l *load) lock(ctx context.Context, c *change) (pending, bool, error) {
	if err := c.lock(ctx, l.holder.Name); err != nil {
		return pending{}, false, err
	}
	records, err := c.run(ctx, fixed("pending"), nil) // a statement of its own, so that it reads what the last holder of the lock left
	if err != nil {
		return pending{}, false, err
	}
	return pendingOf(records)
}

// lock makes other writers wait for the end of this transaction.
func (c *change) lock(ctx context.Context, holder string) error {
	_, err := c.run(ctx, fixed("lock"), params{"holder": holder})
	return err
}

// Number implements [graph.Load].
func (l *load) Number() int64 { return l.number }

// errLost is that another process has taken the load over, or that it is over.
var errLost = errors.New("the load is not ours")

func (l *load) lost() error {
	return &fault{kind: graph.ErrConflict, text: fmt.Sprintf("the load of revision %d lost its lease to another process", l.number), cause: errLost}
}

// change runs a part of the load in a transaction, if the load still has its lease, which it renews. It may be run twice.
func (l *load) change(ctx context.Context, f func(context.Context, *change, pending) error) error {
	return l.store.change(ctx, func(ctx context.Context, c *change) error {
		there, found, err := l.lock(ctx, c)
		if err != nil {
			return err
		}
		if !found || there.number != l.number || there.holder.Name != l.holder.Name {
			return l.lost()
		}
		if err := f(ctx, c, there); err != nil {
			return err
		}
		_, err = c.run(ctx, fixed("renew"), l.lease()) // at the end, so that a long step does not end without a lease
		return err
	})
}

// step is a call of the load.
func (l *load) step(ctx context.Context, doing string, f func(context.Context) error) error {
	if err := l.store.enter(ctx); err != nil {
		return err
	}
	defer l.store.leave()
	if l.done {
		return graph.Invalidf("the load of revision %d is done; begin another", l.number)
	}
	err := wrap(ctx, doing, f(ctx))
	l.cut = l.cut || ctx.Err() != nil || errors.Is(err, graph.ErrUnavailable)
	return err
}

// inSteps runs a text that returns how many versions it saw, of at most $limit, until it sees fewer.
func (l *load) inSteps(ctx context.Context, text string) error {
	for more := true; more; {
		if err := l.change(ctx, func(ctx context.Context, c *change, _ pending) error {
			n, err := c.count(ctx, text, params{"number": l.number, "origin": l.spec.Origin, "limit": loadStep})
			more = n == loadStep
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// count runs a statement that returns one number.
func (c *change) count(ctx context.Context, text string, p params) (int, error) {
	records, err := c.run(ctx, text, p)
	if err != nil {
		return 0, err
	}
	if len(records) != 1 {
		return 0, errShape
	}
	n, ok := records[0].Values[0].(int64)
	if !ok {
		return 0, errShape
	}
	return int(n), nil
}

// purge deletes what the pending revision added, and clears its marks, in steps.
func (l *load) purge(ctx context.Context) error {
	for more := true; more; {
		if err := l.change(ctx, func(ctx context.Context, c *change, _ pending) error {
			found, err := c.versions(ctx, fixed("purge_versions"), params{"number": l.number, "limit": loadStep})
			if err != nil {
				return err
			}
			more = len(found) == loadStep
			if err := c.removeRelations(ctx, found); err != nil {
				return err
			}
			_, err = c.run(ctx, fixed("delete_versions"), params{"nodes": nodesOf(found)})
			return err
		}); err != nil {
			return err
		}
	}
	for _, name := range []string{"purge_marks", "purge_entities", "purge_identifiers", "purge_members", "purge_words"} {
		if err := l.inSteps(ctx, fixed(name)); err != nil {
			return err
		}
	}
	return nil
}

// parting is how long Discard takes at most where a step was cut off: the caller wants to go, and the next load clears up.
const parting = 3 * time.Second

// Discard implements [graph.Load].
func (l *load) Discard(ctx context.Context) error {
	if l.done {
		return nil
	}
	if l.cut {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, parting)
		defer cancel()
	}
	err := l.step(ctx, "give up a load", func(ctx context.Context) error {
		// First nobody may resume it: the purge takes several transactions.
		if err := l.change(ctx, func(ctx context.Context, c *change, _ pending) error {
			return l.hold(ctx, c, true)
		}); err != nil {
			return err
		}
		if err := l.purge(ctx); err != nil {
			return err
		}
		return l.change(ctx, func(ctx context.Context, c *change, _ pending) error {
			_, err := c.run(ctx, fixed("forget"), nil)
			return err
		})
	})
	if err == nil || errors.Is(err, graph.ErrConflict) { // another process has taken it over: there is nothing of ours
		l.done = true
		return nil
	}
	return err
}

// Put implements [graph.Load].
func (l *load) Put(ctx context.Context, b graph.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	var p *putter
	if err := l.step(ctx, "put records", func(ctx context.Context) error {
		records, err := l.prepare(b)
		if err != nil {
			return err
		}
		return l.change(ctx, func(ctx context.Context, c *change, _ pending) error {
			p = &putter{change: c, load: l, nodes: make(map[string]struct{}), words: make(map[string]struct{})}
			return p.put(ctx, records)
		})
	}); err != nil {
		return err
	}
	maps.Copy(l.nodes, p.nodes)
	maps.Copy(l.words, p.words)
	return nil
}

// putter is one try of a Put.
type putter struct {
	*change
	load                      *load
	nodes, words              map[string]struct{} // found or made in this transaction
	added, changed, unchanged int
}

func (p *putter) put(ctx context.Context, batch [sorts][]made) error {
	var fresh [sorts][]made
	for sort, records := range batch {
		if len(records) == 0 {
			continue
		}
		var err error
		if fresh[sort], err = p.place(ctx, sortTable[sort], records); err != nil {
			return err
		}
	}
	if err := p.entityNodes(ctx, fresh); err != nil {
		return err
	}
	if err := p.wordNodes(ctx, fresh[entitySort]); err != nil {
		return err
	}
	for sort, records := range fresh {
		if len(records) == 0 {
			continue
		}
		rows := make([]any, len(records))
		for i, r := range records {
			rows[i] = r.row
		}
		if _, err := p.run(ctx, fixed(sortTable[sort].put), params{"rows": rows, "number": p.load.number}); err != nil {
			return err
		}
	}
	_, err := p.run(ctx, fixed("counted"), params{"added": p.added, "changed": p.changed, "unchanged": p.unchanged})
	return err
}

// version is one in the database that may stand in the way of a new one.
type version struct {
	origin         string
	addedIn, putIn int64
	digest         []byte
}

// place finds out which records are to have a new version, ends the ones in force that these replace, and keeps those that are put as they
// are.
func (p *putter) place(ctx context.Context, sort sortRow, records []made) (fresh []made, err error) {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.id
	}
	own, before, err := p.versionsOf(ctx, sort, ids)
	if err != nil {
		return nil, err
	}
	here := make(map[string][]byte, len(records)) // digests in this batch
	var marks []any
	for _, r := range records {
		if digest, twice := here[r.id]; twice {
			if !bytes.Equal(digest, r.digest) {
				return nil, putTwice(r.id)
			}
			continue
		}
		here[r.id] = r.digest
		number := p.load.number
		if v, ok := own[r.id]; ok {
			if !bytes.Equal(v.digest, r.digest) {
				return nil, putTwice(r.id)
			}
			continue
		}
		v, ok := before[r.id]
		switch same := bytes.Equal(v.digest, r.digest); {
		case !ok:
			p.added++
			fresh = append(fresh, r)
		case v.origin != p.load.spec.Origin:
			return nil, graph.Invalidf("%s belongs to the origin %q; this load is of %q", r.id, v.origin, p.load.spec.Origin)
		case same && v.putIn == number:
		case same:
			p.unchanged++
			marks = append(marks, params{"id": r.id, "removedIn": int64(lasting)})
		case v.putIn == number:
			return nil, putTwice(r.id)
		default:
			p.changed++
			fresh = append(fresh, r)
			marks = append(marks, params{"id": r.id, "removedIn": number})
		}
	}
	if marks == nil {
		return fresh, nil
	}
	_, err = p.run(ctx, sort.mark, params{"rows": marks, "number": p.load.number, "lasting": int64(lasting)})
	return fresh, err
}

func putTwice(id string) error {
	return graph.Invalidf("%s is put twice in this load, with different contents", id)
}

// versionsOf are those that this load added under ids, and those that were in force before it.
func (p *putter) versionsOf(ctx context.Context, sort sortRow, ids []string) (own, before map[string]version, err error) {
	records, err := p.run(ctx, sort.find, params{"ids": ids, "number": p.load.number})
	if err != nil {
		return nil, nil, err
	}
	own, before = make(map[string]version), make(map[string]version)
	found, ok := records[0].Values[0].([]any)
	if !ok {
		return nil, nil, errShape
	}
	for _, value := range found {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, nil, errShape
		}
		of := properties(fields)
		v := version{origin: of.text("origin"), addedIn: of.integer("addedIn"), putIn: of.integer("putIn")}
		v.digest, _ = fields["digest"].([]byte)
		if v.addedIn == p.load.number {
			own[of.text("id")] = v
		} else {
			before[of.text("id")] = v
		}
	}
	return own, before, nil
}

// entityNodes makes the nodes of entities that the records name and that are not there yet.
func (p *putter) entityNodes(ctx context.Context, fresh [sorts][]made) error {
	var rows []any
	for _, records := range fresh {
		for _, r := range records {
			for _, id := range r.entities {
				if _, ok := p.load.nodes[id]; ok {
					continue
				}
				if _, ok := p.nodes[id]; ok {
					continue
				}
				kind, ok := graph.KindOf(id)
				if !ok {
					continue // it does not resolve, which Publish will say
				}
				p.nodes[id] = struct{}{}
				info, _ := kind.Info()
				rows = append(rows, params{"id": id, "kind": string(kind), "label": info.Type})
			}
		}
	}
	if rows == nil {
		return nil
	}
	_, err := p.run(ctx, fixed("put_entity_nodes"), params{"rows": rows, "number": p.load.number})
	return err
}

// wordNodes makes the nodes of words of names that are not there yet.
func (p *putter) wordNodes(ctx context.Context, entities []made) error {
	var words []string
	for _, e := range entities {
		for _, word := range e.words {
			_, known := p.load.words[word]
			if _, found := p.words[word]; !known && !found {
				p.words[word] = struct{}{}
				words = append(words, word)
			}
		}
	}
	if words == nil {
		return nil
	}
	_, err := p.run(ctx, fixed("put_words"), params{"words": words, "number": p.load.number})
	return err
}

// Publish implements [graph.Load].
func (l *load) Publish(ctx context.Context) (graph.Revision, error) {
	var r graph.Revision
	if err := l.step(ctx, "publish a load", func(ctx context.Context) (err error) {
		r, err = l.publish(ctx)
		return err
	}); err != nil {
		return graph.Revision{}, err
	}
	l.done = true
	// It is published whatever becomes of this: what remains to be done is done by the next Begin or Open.
	_ = l.store.tidy(ctx)
	return r, nil
}

func (l *load) publish(ctx context.Context) (graph.Revision, error) {
	// Marks of withdrawal are seen by nobody before the head moves. If the references do not resolve, a Put may take them off again.
	if err := l.inSteps(ctx, fixed("withdraw")); err != nil {
		return graph.Revision{}, err
	}
	if err := l.checkReferences(ctx); err != nil {
		return graph.Revision{}, err
	}
	return l.moveHead(ctx)
}

func (l *load) moveHead(ctx context.Context) (graph.Revision, error) {
	r := graph.Revision{
		Number: l.number, Time: l.spec.Time.UTC().Truncate(time.Second),
		Origin: l.spec.Origin, Author: l.spec.Author, Comment: l.spec.Comment, Digest: l.spec.Digest,
	}
	tries := 0
	err := l.change(ctx, func(ctx context.Context, c *change, there pending) (err error) {
		tries++
		r.Counts = graph.RevisionCounts{Added: there.added, Changed: there.changed, Unchanged: there.unchanged}
		if r.Counts.Withdrawn, err = c.count(ctx, fixed("withdrawn"), params{"number": l.number, "origin": l.spec.Origin}); err != nil {
			return err
		}
		if !r.Counts.Nothing() {
			if _, err := c.run(ctx, fixed("publish"), params{
				"number": r.Number, "time": r.Time.Unix(), "origin": r.Origin, "author": r.Author, "comment": r.Comment, "digest": r.Digest,
				"added": r.Counts.Added, "changed": r.Counts.Changed, "withdrawn": r.Counts.Withdrawn, "unchanged": r.Counts.Unchanged, "holder": l.holder.Name,
			}); err != nil {
				return err
			}
		}
		_, err = c.run(ctx, fixed("forget"), nil)
		return err
	})
	if errors.Is(err, errLost) && tries > 0 { // the commit of an earlier try may have come through
		if r.Counts.Nothing() {
			err = nil
		} else if ours, e := l.isPublished(ctx); e == nil && ours {
			return r, nil
		}
	}
	if err != nil {
		return graph.Revision{}, err
	}
	if r.Counts.Nothing() {
		head, err := l.store.revision(ctx, fixed("head"), nil)
		if err != nil {
			return graph.Revision{}, err
		}
		counts := r.Counts
		r = graph.Revision{}
		if head != nil {
			r = *head
		}
		r.Counts = counts
	}
	return r, nil
}

// isPublished tells whether this load published its revision.
func (l *load) isPublished(ctx context.Context) (ours bool, err error) {
	err = l.store.read(ctx, fixed("revision"), params{"number": l.number}, func(r *neo4j.Record) error {
		node, ok := r.Values[0].(neo4j.Node)
		ours = ok && properties(node.Props).text("holder") == l.holder.Name
		return nil
	})
	return ours, err
}

// maxDangling is how many ids an error names.
const maxDangling = 10

// checkReferences finds ids to which something that will be in force refers and which will not be in force themselves. It may read all
// that the load added, and holds no lock meanwhile: while the lease is ours nobody else writes, and the publication looks at it again.
func (l *load) checkReferences(ctx context.Context) error {
	var faults []string
	for _, name := range []string{"check_added", "check_datasets", "check_withdrawn", "check_redirects"} {
		if err := l.change(ctx, func(context.Context, *change, pending) error { return nil }); err != nil { // renews the lease
			return err
		}
		if err := l.store.read(ctx, fixed(name), params{"number": l.number, "origin": l.spec.Origin, "limit": maxDangling + 1}, func(r *neo4j.Record) error {
			target, ok := r.Values[0].(string)
			by, also := r.Values[1].(string)
			if !ok || !also {
				return errShape
			}
			faults = append(faults, fmt.Sprintf("%s (named by %s)", target, by))
			return nil
		}); err != nil {
			return err
		}
	}
	if faults == nil {
		return nil
	}
	more := ""
	if len(faults) > maxDangling {
		faults, more = faults[:maxDangling], " and others"
	}
	return graph.Invalidf("records refer to what is not there: %s%s", strings.Join(faults, ", "), more)
}
