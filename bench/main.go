// Command bench measures policygraph on generated graphs: how fast they load, how reads of a large graph compare with those of a small
// one, what GraphQL over HTTP adds to the store's calls, and how it does over Neo4j beside a handler that was written by hand for a few
// operations and beside @neo4j/graphql. It prints tables as README.md has them.
//
//	go run ./bench [-dir DIR] [-small N] [-large N] [-rounds N] load|reads|http|peer ...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is a run.
type bench struct {
	dir    string // where the graphs are
	sizes  []int  // statements, the small graph first
	rounds int
	only   *regexp.Regexp // of the names of reads and operations

	profiles string // directory for them; "": none
}

func run(ctx context.Context) (err error) {
	var b bench
	small, large := flag.Int("small", 10_000, "statements of the small graph"), flag.Int("large", 1_000_000, "statements of the large graph")
	flag.StringVar(&b.dir, "dir", "", "keep the graphs in this directory, and use those that are there (default: a temporary one)")
	flag.IntVar(&b.rounds, "rounds", 100, "times that each read is made of each graph")
	flag.StringVar(&b.profiles, "profiles", "", "write a profile of the processors' time of each operation of http into this directory")
	only := flag.String("only", "", "make only the reads and operations whose name this regular expression matches")
	flag.Parse()
	if b.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	b.sizes = []int{*small, *large}
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "policygraph-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	}
	parts := map[string]func(context.Context) error{"load": b.load, "reads": b.reads, "http": b.http, "peer": b.peer}
	for _, name := range flag.Args() {
		part := parts[name]
		if part == nil {
			return fmt.Errorf("there is nothing to measure named %q: load, reads, http or peer", name)
		}
		if err := part(ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// open opens the graph of so many statements, which is made if it is not there.
func (b *bench) open(ctx context.Context, statements int, o sqlitestore.Options) (*sqlitestore.Store, error) {
	file := filepath.Join(b.dir, fmt.Sprintf("%d.db", statements))
	s, err := sqlitestore.Open(ctx, file, o)
	if err != nil {
		return nil, err
	}
	head, err := s.Head(ctx)
	if err == nil && head.Number == 0 {
		err = graphtest.Fill(ctx, s, statements)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// table prints rows in columns.
func table(rows [][]string) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	for i, row := range rows {
		for _, cell := range row {
			fmt.Fprintf(w, "| %s\t", cell)
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			for n := range row {
				fmt.Fprintf(w, "| %s\t", []string{"---", "---:"}[min(n, 1)])
			}
			fmt.Fprintln(w, "|")
		}
	}
	_ = w.Flush() // standard output that is gone cannot be told of
	fmt.Println()
}

func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// quartiles of what was measured; it is sorted.
func quartiles[T int | float64 | time.Duration](values []T) (low, median, high T) {
	slices.Sort(values)
	n := len(values)
	return values[n/4], values[n/2], values[n*3/4]
}
