package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
)

func newRevisions(p *program) *cobra.Command {
	where := newStorage()
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "revisions",
		Short: "List the loads that made the graph",
		Long: `Revisions lists every load that changed the graph, newest first: its number, its time in UTC, whose records it loaded, how many
were added, changed and withdrawn, and what author and comment were given. Numbers rise, and some are missing: those of loads that were
cut off or changed nothing.

` + readsWhere,
		Example: `  policygraph revisions
  policygraph revisions --json --data ./data`,
		Args: atMost(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.revisions(cmd.Context(), where, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line instead of a table")
	where.add(cmd.Flags())
	return cmd
}

// revisionsStep is how many revisions are read at a time.
const revisionsStep = 100

func (p *program) revisions(ctx context.Context, where storage, asJSON bool) (err error) {
	store, err := p.openGraph(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	if !asJSON {
		_, _ = fmt.Fprintln(table, "REVISION\tTIME\tORIGIN\tADDED\tCHANGED\tWITHDRAWN\tAUTHOR\tCOMMENT") // Flush has the error
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	for below, more := int64(0), true; more; {
		revisions, err := store.ListRevisions(ctx, below, revisionsStep)
		if err != nil {
			return err
		}
		for _, r := range revisions {
			if asJSON {
				if err := encoder.Encode(shown(r)); err != nil {
					return err
				}
				continue
			}
			c := r.Counts
			_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n",
				r.Number, r.Time.UTC().Format(time.DateTime), r.Origin, c.Added, c.Changed, c.Withdrawn, r.Author, r.Comment)
		}
		if more = len(revisions) == revisionsStep; more {
			below = revisions[len(revisions)-1].Number
		}
	}
	return table.Flush()
}

// shownRevision is a revision as --json prints it.
type shownRevision struct {
	Number    int64     `json:"number"`
	Time      time.Time `json:"time"`
	Origin    string    `json:"origin"`
	Author    string    `json:"author"`
	Comment   string    `json:"comment"`
	Digest    string    `json:"digest"`
	Added     int       `json:"added"`
	Changed   int       `json:"changed"`
	Withdrawn int       `json:"withdrawn"`
	Unchanged int       `json:"unchanged"`
}

func shown(r graph.Revision) shownRevision {
	c := r.Counts
	return shownRevision{r.Number, r.Time.UTC(), r.Origin, r.Author, r.Comment, r.Digest, c.Added, c.Changed, c.Withdrawn, c.Unchanged}
}
