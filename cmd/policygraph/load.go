package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/seed"
)

func newLoad(p *program) *cobra.Command {
	data := dataSetting()
	var author, comment string
	cmd := &cobra.Command{
		Use:   "load [DIR]",
		Short: "Load seed records as a new revision",
		Long: `Load brings the seed records of a directory, or without DIR those that this build carries, into the graph. They take the place of the
seed records that were loaded before: one that is no longer there is withdrawn. All become visible at once, as a revision; servers
that run on the same data directory show it without a restart. A load that was cut off changes nothing. Loading the same records
again makes no revision.`,
		Example: `  policygraph load
  policygraph load ./my-records --data ./data
  policygraph load ./my-records --data ./data --author 'Policy team' --comment 'Closures of 2013'`,
		Args: atMost(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, files := "the records that this build carries", seed.Embedded()
			if len(args) > 0 {
				var err error
				if dir, files, err = seedDirectory(args); err != nil {
					return err
				}
			}
			return p.load(cmd.Context(), data, dir, files, seed.Options{Author: author, Comment: comment, Time: time.Now()})
		},
	}
	cmd.Flags().StringVar(&author, "author", "", "who loads, as the revision will say")
	cmd.Flags().StringVar(&comment, "comment", "", "why, as the revision will say")
	add(cmd.Flags(), data)
	return cmd
}

func (p *program) load(ctx context.Context, data *setting, dir string, files fs.FS, options seed.Options) (err error) {
	document, err := p.readRecords(dir, files) // first, so that faulty records touch nothing
	if err != nil {
		return err
	}
	store, _, err := openStore(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if isTerminal(p.err) {
		options.Progress = func(done, total int) {
			_, _ = fmt.Fprintf(p.err, "\r%d of %d records\x1b[K", done, total) // to the end of the line is cleared
			if done == total {
				_, _ = fmt.Fprint(p.err, "\r\x1b[K")
			}
		}
	}
	start := time.Now()
	revision, err := seed.Load(ctx, store, document, options)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, loaded(revision, time.Since(start)))
	return err
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
