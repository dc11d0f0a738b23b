package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/jsonl"
)

// What becomes of a record between two revisions.
const (
	added     = "added"
	changed   = "changed"
	withdrawn = "withdrawn"
)

// A change is what became of one record.
type change struct {
	what string
	jsonl.Key
}

// changes compares two revisions (0: nothing) record by record, in the order of dumps. An error comes last.
func changes(ctx context.Context, store graph.Dumper, from, to int64) iter.Seq2[change, error] {
	at := func(number int64) iter.Seq2[graph.Record, error] {
		if number == 0 {
			return func(func(graph.Record, error) bool) {}
		}
		return store.Dump(ctx, graph.View{Revision: number})
	}
	return func(yield func(change, error) bool) {
		before, stop := iter.Pull2(at(from))
		defer stop()
		a, aErr, inA := before()
		var aLine, bLine []byte
		pass := func(what string, r graph.Record) bool { return yield(change{what, jsonl.KeyOf(r)}, nil) }
		for b, bErr := range at(to) {
			if bErr != nil {
				yield(change{}, bErr)
				return
			}
			order := -1
			for inA && aErr == nil {
				if order = jsonl.KeyOf(a).Compare(jsonl.KeyOf(b)); order >= 0 {
					break
				}
				if !pass(withdrawn, a) {
					return
				}
				a, aErr, inA = before()
			}
			switch {
			case aErr != nil:
				yield(change{}, aErr)
				return
			case !inA || order > 0:
				if !pass(added, b) {
					return
				}
				continue
			}
			if aLine, aErr = jsonl.Append(aLine[:0], a); aErr == nil {
				bLine, aErr = jsonl.Append(bLine[:0], b)
			}
			if aErr != nil {
				yield(change{}, aErr)
				return
			}
			if string(aLine) != string(bLine) && !pass(changed, b) {
				return
			}
			a, aErr, inA = before()
		}
		for inA && aErr == nil {
			if !pass(withdrawn, a) {
				return
			}
			a, aErr, inA = before()
		}
		if aErr != nil {
			yield(change{}, aErr)
		}
	}
}

// writeChanges says for each sort how many records became what, with all also which ones.
func writeChanges(w io.Writer, changes iter.Seq2[change, error], all bool) error {
	counts := map[string]map[string]int{}
	var list strings.Builder
	for c, err := range changes {
		if err != nil {
			return err
		}
		if counts[c.Sort()] == nil {
			counts[c.Sort()] = map[string]int{}
		}
		counts[c.Sort()][c.what]++
		if all {
			fmt.Fprintf(&list, "  %s %s %s\n", c.what, c.Sort(), c.ID)
		}
	}
	for _, sort := range jsonl.Sorts() {
		var parts []string
		for _, what := range []string{added, changed, withdrawn} {
			if n := counts[sort][what]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, what))
			}
		}
		if len(parts) > 0 {
			if _, err := fmt.Fprintf(w, "  %s: %s\n", sort, strings.Join(parts, ", ")); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(w, list.String())
	return err
}
