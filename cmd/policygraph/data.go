package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/seed"
)

// readsWhere is what the help of commands that read says of the place.
const readsWhere = `A place that --data or --store names must have a graph. Where neither does, the graph is in the default directory; if that is empty,
the records that this build carries are loaded into it first.`

// openGraph opens the store for a command that reads. A place that somebody named must have a graph, so that a mistyped name makes none;
// the default directory is filled, so that one command is enough on a new machine.
func (p *program) openGraph(ctx context.Context, where storage) (graph.Store, error) {
	if where.isNamed() {
		store, _, err := where.open(ctx, true)
		return store, err
	}
	store, name, err := where.open(ctx, false)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, store, name, p.say, p.progress()); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// ownRecords are the records that this build carries.
func ownRecords() (*seed.Document, error) {
	document, faults := seed.Read(seed.Embedded())
	if len(faults) > 0 { // tests of the seed hold every build to having none
		return nil, fmt.Errorf("the records of this build are faulty: %w", faults[0])
	}
	return document, nil
}

// again is how long to wait for a load of another process before looking again.
const again = 100 * time.Millisecond

// fill loads the records that this build carries into an empty store. Where another process does so, it waits for that.
func fill(ctx context.Context, store graph.Store, name string, say func(string), progress func(done, total int)) error {
	for waits := false; ; waits = true {
		head, err := store.Head(ctx)
		if err != nil || head.Number > 0 {
			return err
		}
		switch err := loadOwn(ctx, store, name, say, progress); {
		case errors.Is(err, errFilled):
			return nil
		case !errors.Is(err, graph.ErrConflict):
			return err
		}
		if !waits {
			say(name + " is empty, and another process loads records into it: waiting for that")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

// errFilled says that a store that was empty has a graph.
var errFilled = errors.New("another process has filled the store")

// A first begins loads of an empty store alone. A Begin that waits for another's publication succeeds when that is done, and the load would
// compare all records to find that they are there.
type first struct {
	graph.Store
	begun bool
}

func (f *first) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	load, err := f.Store.Begin(ctx, spec)
	if err != nil {
		return nil, err
	}
	head, err := f.Head(ctx)
	if err == nil && head.Number > 0 {
		err = errFilled
	}
	if err != nil {
		_ = load.Discard(context.WithoutCancel(ctx)) // where this fails too, the next load clears up
		return nil, err
	}
	f.begun = true
	return load, nil
}

// loadOwn is an errFilled where another process was faster, and an ErrConflict while another loads.
func loadOwn(ctx context.Context, store graph.Store, name string, say func(string), progress func(done, total int)) error {
	start := time.Now()
	document, err := ownRecords()
	if err != nil {
		return err
	}
	target := &first{Store: store}
	revision, err := seed.Load(ctx, target, document, seed.Options{
		Author: "policygraph " + version(), Comment: "the records that the program carries", Time: start, Progress: progress,
	})
	if target.begun {
		err = cutOff(err)
	}
	if err == nil {
		say(fmt.Sprintf("%s was empty: loaded %s as revision %d in %s",
			name, contents(document.Batch), revision.Number, time.Since(start).Round(time.Millisecond)))
	}
	return err
}

// compare says where the seed records in the store are not those that this build carries.
func compare(ctx context.Context, store graph.Revisions, say func(string)) error {
	document, err := ownRecords()
	if err != nil {
		return err
	}
	digest, err := document.Digest()
	if err != nil {
		return err
	}
	switch last, err := lastOf(ctx, store, seed.Origin); {
	case err != nil:
		return err
	case last != nil && last.Digest != digest:
		say(fmt.Sprintf("the graph has the records of revision %d, of %s, and not those that this program carries; `policygraph load` puts these in their place",
			last.Number, last.Time.Format(time.DateOnly)))
	}
	return nil
}

// lastOf is the newest revision that loaded records of an origin; nil if there is none.
func lastOf(ctx context.Context, store graph.Revisions, origin string) (*graph.Revision, error) {
	head, err := store.Head(ctx)
	if err != nil {
		return nil, err
	}
	for number := head.Number; number > 0; number-- {
		revision, err := store.Revision(ctx, number)
		if err != nil || revision != nil && revision.Origin == origin {
			return revision, err
		}
	}
	return nil, nil
}

// readRecords reads the records of a seed directory.
func (p *program) readRecords(dir string, files fs.FS) (*seed.Document, error) {
	document, faults := seed.Read(files)
	if len(faults) > 0 {
		return nil, p.report(dir, faults)
	}
	return document, nil
}
