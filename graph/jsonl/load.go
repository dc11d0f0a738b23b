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

// Lines are records that were read to their end without a fault.
type Lines struct {
	Records int

	open    func() (io.ReadCloser, error)
	digests map[string]hash.Hash // by origin
}

// Check reads lines to their end, so that those with a [Fault] are known before anything is done with them. It keeps open, which is
// called again for each origin that is loaded.
func Check(ctx context.Context, open func() (io.ReadCloser, error)) (lines *Lines, err error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	lines = &Lines{open: open, digests: make(map[string]hash.Hash)}
	var text []byte
	for record, err := range Read(r) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if text, err = Append(text[:0], record); err != nil {
			return nil, err
		}
		if lines.digests[record.Origin] == nil {
			lines.digests[record.Origin] = sha256.New()
		}
		lines.digests[record.Origin].Write(text)
		lines.Records++
	}
	return lines, nil
}

// Origins are those that the lines name, in order.
func (lines *Lines) Origins() []string { return slices.Sorted(maps.Keys(lines.digests)) }

// Load brings the lines into a store. They stand for all records of the origins that they name, as a [graph.Load] does: of these origins
// the store has what the lines have and nothing else. Records of other origins stay. Each origin becomes a revision of its own,
// published as a whole, in order of name; one that refers to records of another waits for that. Where an origin cannot be loaded,
// those before it stay, and are returned with the error. A load that was cut off is resumed by the next one of the same lines.
func (lines *Lines) Load(ctx context.Context, w graph.Writer, o Options) ([]Loaded, error) {
	var loaded []Loaded
	for left := lines.Origins(); len(left) > 0; {
		var waiting []string
		var refused error
		for _, origin := range left {
			l := loader{lines: lines, origin: origin, options: o}
			spec := graph.LoadSpec{Origin: origin, Author: o.Author, Comment: o.Comment, Digest: hex.EncodeToString(lines.digests[origin].Sum(nil)), Time: o.Time}
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

// loader loads the records of one origin.
type loader struct {
	lines   *Lines
	origin  string
	options Options
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
		_ = load.Discard(context.WithoutCancel(ctx)) // where this fails too, the next load clears up
		return graph.Revision{}, fmt.Errorf("load the origin %s: %w", l.origin, err)
	}
	return revision, nil
}

func (l *loader) fill(ctx context.Context, load graph.Load) (err error) {
	r, err := l.lines.open()
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
			l.options.Progress(done, l.lines.Records)
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
