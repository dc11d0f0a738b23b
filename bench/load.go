package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// load fills empty stores, then brings the same records again, which changes nothing.
func (b *bench) load(ctx context.Context) error {
	rows := [][]string{{"statements", "records", "first load: s", "of it CPU: s", "records a second", "again: s", "file: MB"}}
	for _, n := range b.sizes {
		row, err := b.loadOne(ctx, n)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table(rows)
	return nil
}

func (b *bench) loadOne(ctx context.Context, statements int) (row []string, err error) {
	file := filepath.Join(b.dir, fmt.Sprintf("%d.db", statements))
	if _, err := os.Stat(file); err == nil {
		return nil, fmt.Errorf("%s is there already", file)
	}
	s, err := sqlitestore.Open(ctx, file, sqlitestore.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	batch := graphtest.Generate(1, statements)
	took, used, head, err := fill(ctx, s, batch)
	if err != nil {
		return nil, err
	}
	again, _, unchanged, err := fill(ctx, s, batch)
	if err != nil {
		return nil, err
	}
	if unchanged.Number != head.Number || !unchanged.Counts.Nothing() {
		return nil, fmt.Errorf("the same records made revision %+v after %+v", unchanged, head)
	}
	if err := s.Close(); err != nil { // which folds the log into the file
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }
	return []string{
		fmt.Sprint(len(batch.Statements)), fmt.Sprint(head.Counts.Added), seconds(took), seconds(used),
		fmt.Sprintf("%.0f", float64(head.Counts.Added)/took.Seconds()), seconds(again), fmt.Sprint(info.Size() >> 20),
	}, nil
}

// fill loads a batch and says how long that took, and how much time of processors.
func fill(ctx context.Context, s graph.Store, b graph.Batch) (took, used time.Duration, head graph.Revision, err error) {
	start, before := time.Now(), processorTime()
	head, err = graphtest.Load(ctx, s, b)
	return time.Since(start), processorTime() - before, head, err
}
