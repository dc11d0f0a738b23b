package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/jsonl"
)

func newDump(p *program) *cobra.Command {
	where := newStorage()
	var revision int64
	cmd := &cobra.Command{
		Use:   "dump [FILE | -]",
		Short: "Write the whole graph as JSON Lines",
		Long: `Dump writes every record of the graph, sorted, one JSON object a line: to a file, compressed if its name ends in .gz, or without FILE
to standard output. The same records are the same bytes, and load brings them into another graph. A file appears when it is whole.

` + readsWhere,
		Example: `  policygraph dump > graph.jsonl
  policygraph dump graph.jsonl.gz --data ./data
  policygraph dump --revision 1 | head`,
		Args: atMost(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("revision") && revision < 1 {
				return usagef("--revision: %d is not a revision; they count from 1, and `policygraph revisions` lists them", revision)
			}
			file := "-"
			if len(args) > 0 {
				file = args[0]
			}
			return p.dump(cmd.Context(), where, file, revision)
		},
	}
	cmd.Flags().Int64Var(&revision, "revision", 0, "write the graph as it was at this revision (default the newest)")
	where.add(cmd.Flags())
	return cmd
}

func (p *program) dump(ctx context.Context, where storage, file string, number int64) (err error) {
	start := time.Now()
	store, err := p.openGraph(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if number == 0 {
		head, err := store.Head(ctx)
		if err != nil {
			return err
		}
		number = head.Number
	}
	switch revision, err := store.Revision(ctx, number); {
	case err != nil:
		return err
	case revision == nil:
		return fmt.Errorf("there is no revision %d; `%s` lists those that there are", number, strings.TrimSpace("policygraph revisions "+where.flags()))
	}
	records := store.Dump(ctx, graph.View{Revision: number})
	if file != "-" || !isTerminal(p.out) {
		records = p.counted(records)
	}
	if file == "-" {
		_, err := jsonl.Write(p.out, records)
		return err
	}
	n, err := writeWhole(file, func(w io.Writer) (int, error) { return jsonl.Write(w, records) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s: %s of revision %d in %s\n", file, plural(n, "record"), number, time.Since(start).Round(time.Millisecond))
	return err
}

// writeWhole writes a file, compressed if its name ends in .gz. It takes its name when it is whole: until then, and where writing fails,
// a file that was there stays.
func writeWhole(name string, write func(io.Writer) (int, error)) (n int, err error) {
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return 0, cannot("write "+name, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // it is closed already, or fails as writing did
			_ = os.Remove(file.Name())
			err = cannot("write "+name, err)
		}
	}()
	buffer := bufio.NewWriter(file)
	if strings.HasSuffix(name, ".gz") {
		packed := gzip.NewWriter(buffer)
		if n, err = write(packed); err == nil {
			err = packed.Close()
		}
	} else {
		n, err = write(buffer)
	}
	if err != nil {
		return n, err
	}
	if err := buffer.Flush(); err != nil {
		return n, err
	}
	if err := errors.Join(file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return n, err
	}
	return n, os.Rename(file.Name(), name)
}

// counted shows on a terminal how many records have passed.
func (p *program) counted(records iter.Seq2[graph.Record, error]) iter.Seq2[graph.Record, error] {
	show := p.progress()
	if show == nil {
		return records
	}
	return func(yield func(graph.Record, error) bool) {
		n := 0
		for r, err := range records {
			if n++; n%progressStep == 0 {
				show(n, 0)
			}
			if !yield(r, err) {
				break
			}
		}
		show(n, n)
	}
}

// progressStep is how many records pass between two looks at the clock.
const progressStep = 1000

// progress is what shows on a terminal how many records are done, of a total if that is known, and how many a second; nil where nobody
// looks. When all are done it clears the line.
func (p *program) progress() func(done, total int) {
	if !isTerminal(p.err) {
		return nil
	}
	start := time.Now()
	return func(done, total int) {
		const clear = "\x1b[K" // to the end of the line
		if done == total {
			_, _ = fmt.Fprint(p.err, "\r"+clear)
			return
		}
		of := ""
		if total > 0 {
			of = fmt.Sprintf(" of %d", total)
		}
		_, _ = fmt.Fprintf(p.err, "\r%d%s records, %.0f a second%s", done, of, float64(done)/time.Since(start).Seconds(), clear)
	}
}
