package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/jsonl"
	"github.com/policygraph/policygraph/seed"
)

func newLoad(p *program) *cobra.Command {
	where := newStorage()
	var l loading
	cmd := &cobra.Command{
		Use:   "load [DIR | FILE]",
		Short: "Load records as a new revision",
		Long: `Load brings records into the graph: the seed records of a directory, those of a file that dump wrote, or without an argument those that
this build carries. They take the place of the records that were loaded before from the same origin: one that is no longer there is
withdrawn. All become visible at once, as a revision; servers that run on the same graph show it without a restart. A load
that was cut off changes nothing. Loading the same records again makes no revision.

A file may have records of several origins. Each origin is a revision then, and becomes visible as a whole; origins that the file does not
name stay as they are. Where one fails, it says which are loaded and which are not, and loading the file again does the rest.`,
		Example: `  policygraph load
  policygraph load ./my-records --data ./data
  policygraph load ./my-records --data ./data --author 'Policy team' --comment 'Closures of 2013' --verbose
  policygraph dump graph.jsonl.gz && policygraph load graph.jsonl.gz --data ./copy`,
		Args: atMost(1, "one directory or file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			from := ""
			if len(args) > 0 {
				from = args[0]
			}
			return p.load(cmd.Context(), where, from, l)
		},
	}
	cmd.Flags().StringVar(&l.author, "author", "", "who loads, as the revision will say")
	cmd.Flags().StringVar(&l.comment, "comment", "", "why, as the revision will say")
	cmd.Flags().BoolVarP(&l.verbose, "verbose", "v", false, "list each record that was added, changed or withdrawn")
	where.add(cmd.Flags())
	return cmd
}

// loading is how a load is asked for.
type loading struct {
	author, comment string
	verbose         bool
}

// A source is what a load reads: it was read already, so that faulty records touch nothing.
type source struct {
	origins []string
	load    func(ctx context.Context, store graph.Writer) ([]jsonl.Loaded, error)
}

func (p *program) load(ctx context.Context, where storage, from string, l loading) (err error) {
	read, err := p.source(ctx, from, l)
	if err != nil {
		return err
	}
	store, _, err := where.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	done, failed := read.load(ctx, store)
	took := time.Since(start)
	for _, d := range done { // also of a load that failed: these stay
		r, of := d.Revision, ""
		if len(read.origins) > 1 {
			of = d.Origin + ": "
		}
		if _, err := fmt.Fprintln(p.out, of+loaded(r, took)); err != nil {
			return err
		}
		if r.Counts.Nothing() {
			continue
		}
		if err := writeChanges(p.out, changes(ctx, store, head.Number, r.Number), l.verbose); err != nil {
			return err
		}
		head = r
	}
	if failed != nil && len(read.origins) > 1 {
		left := slices.DeleteFunc(slices.Clone(read.origins), func(origin string) bool {
			return slices.ContainsFunc(done, func(d jsonl.Loaded) bool { return d.Origin == origin })
		})
		p.say("not loaded, and as before: " + strings.Join(left, ", ") + "; loading the file again does the rest")
	}
	return cutOff(failed)
}

// errCutOff marks the error of an interrupt that met a load.
var errCutOff = errors.New("a load was cut off")

// cutOff marks the error of a load, if that was interrupted.
func cutOff(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: %w", errCutOff, err)
	}
	return err
}

// source reads what a load names: nothing (the records of this build), a directory or a file.
func (p *program) source(ctx context.Context, from string, l loading) (read source, err error) {
	dir, files := "the records that this build carries", seed.Embedded()
	if from != "" {
		info, err := os.Stat(from)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return read, fmt.Errorf("there is no directory or file %s here", from)
		case err != nil:
			return read, cannot("read "+from, err)
		case !info.IsDir():
			return p.lines(ctx, from, l)
		}
		dir, files = from, os.DirFS(from)
	}
	document, err := p.readRecords(dir, files)
	if err != nil {
		return read, err
	}
	return source{[]string{seed.Origin}, func(ctx context.Context, store graph.Writer) ([]jsonl.Loaded, error) {
		options := seed.Options{Author: l.author, Comment: l.comment, Time: time.Now(), Progress: p.progress()}
		revision, err := seed.Load(ctx, store, document, options)
		if err != nil {
			return nil, err
		}
		return []jsonl.Loaded{{Origin: seed.Origin, Revision: revision}}, nil
	}}, nil
}

// lines reads a file of JSON Lines.
func (p *program) lines(ctx context.Context, file string, l loading) (read source, err error) {
	lines, err := jsonl.Check(ctx, func() (io.ReadCloser, error) { return openLines(file) })
	if fault, ok := errors.AsType[jsonl.Fault](err); ok {
		return read, fmt.Errorf("%s:%w", file, fault)
	}
	if err != nil {
		return read, cannot("read "+file, err)
	}
	if lines.Records == 0 {
		return read, fmt.Errorf("%s has no records", file)
	}
	options := jsonl.Options{Author: l.author, Comment: l.comment, Time: time.Now(), Progress: p.progress()}
	return source{lines.Origins(), func(ctx context.Context, store graph.Writer) ([]jsonl.Loaded, error) {
		return lines.Load(ctx, store, options)
	}}, nil
}

// openLines opens a file, and unpacks it if it is compressed with gzip.
func openLines(name string) (io.ReadCloser, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewReaderSize(file, 64<<10)
	magic, err := buffer.Peek(2)
	if err != nil && err != io.EOF {
		return nil, errors.Join(err, file.Close())
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return readCloser{buffer, file}, nil
	}
	unpacked, err := gzip.NewReader(buffer)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return readCloser{unpacked, file}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// loaded says what a load did.
func loaded(revision graph.Revision, took time.Duration) string {
	c := revision.Counts
	if c.Nothing() {
		return fmt.Sprintf("nothing changed: revision %d has these records already", revision.Number)
	}
	return fmt.Sprintf("revision %d: %s added, %d changed, %d withdrawn, %d as before, in %s",
		revision.Number, plural(c.Added, "record"), c.Changed, c.Withdrawn, c.Unchanged, took.Round(time.Millisecond))
}
