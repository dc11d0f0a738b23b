package jsonl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Options say who loads, and who wants to know how far it has come.
type Options struct {
	Author  string
	Comment string
	Time    time.Time // of the revisions
	// Progress is called after each step with the number of records put so far and of all; nil: nobody wants to know.
	Progress func(done, total int)
}

// loadStep is how many records go into a store at a time: few enough to stop soon when the context ends.
const loadStep = 1000

// A Loaded is what became of the records of one origin.
type Loaded struct {
	Origin   string
	Revision graph.Revision // that the load made; with Counts.Nothing, the one that had these records already
}

// Load brings lines into a store. It opens them twice at least: they are read to their end before anything is loaded, so that those
// with a [Fault] change nothing.
//
// The lines stand for all records of the origins that they name, as a [graph.Load] does: of these origins the store has what the lines
// have and nothing else. Records of other origins stay. Each origin becomes a revision of its own, published as a whole, in order of
// name; one that refers to records of another waits for that. Where an origin cannot be loaded, those before it stay, and are returned
// with the error. A load that was cut off is resumed by the next one of the same lines.
func Load(ctx context.Context, w graph.Writer, open func() (io.ReadCloser, error), o Options) ([]Loaded, error) {
	digests, total, err := survey(ctx, open)
	if err != nil {
		return nil, err
	}
	if total == 0 {
		return nil, graph.Invalidf("there are no records to load")
	}
	var loaded []Loaded
	for left := slices.Sorted(maps.Keys(digests)); len(left) > 0; {
		var waiting []string
		var refused error
		for _, origin := range left {
			l := loader{open: open, origin: origin, options: o, total: total}
			spec := graph.LoadSpec{Origin: origin, Author: o.Author, Comment: o.Comment, Digest: hex.EncodeToString(digests[origin].Sum(nil)), Time: o.Time}
			revision, err := l.load(ctx, w, spec)
			switch {
			case err == nil:
				loaded = append(loaded, Loaded{origin, revision})
			case l.refused:
				waiting, refused = append(waiting, origin), errors.Join(refused, err)
			default:
				return loaded, err
			}
		}
		if len(waiting) == len(left) {
			return loaded, refused
		}
		left = waiting
	}
	return loaded, nil
}

// survey reads all lines, and returns the digest of each origin's and their number.
func survey(ctx context.Context, open func() (io.ReadCloser, error)) (digests map[string]hash.Hash, total int, err error) {
	r, err := open()
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	digests = make(map[string]hash.Hash)
	var text []byte
	for record, err := range Read(r) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, 0, err
		}
		if text, err = Append(text[:0], record); err != nil {
			return nil, 0, err
		}
		if digests[record.Origin] == nil {
			digests[record.Origin] = sha256.New()
		}
		digests[record.Origin].Write(text)
		total++
	}
	return digests, total, nil
}

// loader loads the records of one origin.
type loader struct {
	open    func() (io.ReadCloser, error)
	origin  string
	options Options
	total   int
	refused bool // by Publish: a reference does not resolve
}

func (l *loader) load(ctx context.Context, w graph.Writer, spec graph.LoadSpec) (graph.Revision, error) {
	load, err := w.Begin(ctx, spec)
	if err != nil {
		return graph.Revision{}, fmt.Errorf("begin to load the origin %s: %w", l.origin, err)
	}
	err = l.fill(ctx, load)
	var revision graph.Revision
	if err == nil {
		revision, err = load.Publish(ctx)
		l.refused = errors.Is(err, graph.ErrInvalid)
	}
	if err != nil {
		err = errors.Join(err, load.Discard(context.WithoutCancel(ctx)))
		return graph.Revision{}, fmt.Errorf("load the origin %s: %w", l.origin, err)
	}
	return revision, nil
}

func (l *loader) fill(ctx context.Context, load graph.Load) (err error) {
	r, err := l.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var batch graph.Batch
	n, done := 0, 0
	put := func() error {
		if err := load.Put(ctx, batch); err != nil {
			return err
		}
		batch, n = graph.Batch{}, 0
		if l.options.Progress != nil {
			l.options.Progress(done, l.total)
		}
		return nil
	}
	for record, err := range Read(r) {
		if err != nil {
			return err
		}
		done++
		if record.Origin != l.origin {
			continue
		}
		sorts[KeyOf(record).sort].add(&batch, record)
		if n++; n == loadStep {
			if err := put(); err != nil {
				return err
			}
		}
	}
	return put()
}
