package seed

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/jsonl"
)

// Origin is the origin under which [Load] loads: the seed's records are withdrawn by a later load of the seed alone.
const Origin = "seed"

// Options say who loads, and who wants to know how far it has come.
type Options struct {
	Author  string
	Comment string
	Time    time.Time // of the revision
	// Progress is called after each step with the number of records put so far and of all; nil: nobody wants to know.
	Progress func(done, total int)
}

// loadStep is how many records go into a store at a time: few enough to stop soon when the context ends.
const loadStep = 1000

// Load brings a document that was read without faults into a store, as one revision. A load that was cut off is resumed by the next
// one of the same records. Where the store has these records already there is no new revision, and the one returned has
// Counts.Nothing. On an error the load is given up, and the store is as it was.
func Load(ctx context.Context, w graph.Writer, d *Document, o Options) (graph.Revision, error) {
	digest, err := d.Digest()
	if err != nil {
		return graph.Revision{}, err
	}
	load, err := w.Begin(ctx, graph.LoadSpec{Origin: Origin, Author: o.Author, Comment: o.Comment, Digest: digest, Time: o.Time})
	if err != nil {
		return graph.Revision{}, fmt.Errorf("begin to load the seed: %w", err)
	}
	revision, err := fill(ctx, load, d.Batch, o.Progress)
	if err != nil {
		_ = load.Discard(context.WithoutCancel(ctx)) // where this fails too, the next load clears up
		return graph.Revision{}, fmt.Errorf("load the seed: %w", err)
	}
	return revision, nil
}

func fill(ctx context.Context, load graph.Load, b graph.Batch, progress func(done, total int)) (graph.Revision, error) {
	total := len(b.Datasets) + len(b.Entities) + len(b.Statements) + len(b.ChangeEvents) + len(b.Conflicts)
	done := 0
	put := func(part graph.Batch, n int) error {
		if err := load.Put(ctx, part); err != nil {
			return err
		}
		done += n
		if progress != nil {
			progress(done, total)
		}
		return nil
	}
	// What is few goes first and at once.
	if err := put(graph.Batch{Datasets: b.Datasets, ChangeEvents: b.ChangeEvents, Conflicts: b.Conflicts, Redirects: b.Redirects},
		len(b.Datasets)+len(b.ChangeEvents)+len(b.Conflicts)); err != nil {
		return graph.Revision{}, err
	}
	for part := range slices.Chunk(b.Entities, loadStep) {
		if err := put(graph.Batch{Entities: part}, len(part)); err != nil {
			return graph.Revision{}, err
		}
	}
	for part := range slices.Chunk(b.Statements, loadStep) {
		if err := put(graph.Batch{Statements: part}, len(part)); err != nil {
			return graph.Revision{}, err
		}
	}
	return load.Publish(ctx)
}

// Digest names the records that a load puts: documents with the same records have the same one, and so has a dump of them. It is in
// hexadecimal.
func (d *Document) Digest() (string, error) {
	digest, err := jsonl.Digest(jsonl.Records(Origin, d.Batch))
	if err != nil {
		return "", fmt.Errorf("digest of the seed: %w", err)
	}
	return digest, nil
}
