package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// pair is the small and the large graph, opened alike.
type pair struct {
	stores  [2]*sqlitestore.Store
	samples [2]graphtest.Sample
}

func (b *bench) pair(ctx context.Context, o sqlitestore.Options) (p pair, err error) {
	for i, n := range b.sizes {
		if p.stores[i], err = b.open(ctx, n, o); err != nil {
			return p, errors.Join(err, p.close())
		}
		if p.samples[i], err = graphtest.TakeSample(ctx, p.stores[i]); err != nil {
			return p, errors.Join(err, p.close())
		}
	}
	return p, nil
}

func (p pair) close() (err error) {
	for _, s := range p.stores {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	return err
}

// reads makes the same reads of the small and of the large graph in turn, so that both meet the same weather: once with the records
// decoded before, as of an object that is asked for often, and once with none of them kept. In both the pages of the database that are
// read are in memory, since a round before did the same.
func (b *bench) reads(ctx context.Context) error {
	for _, state := range []struct {
		name    string
		options sqlitestore.Options
	}{
		{"records decoded before", sqlitestore.Options{}},
		{"records decoded at each read", sqlitestore.Options{Records: -1}},
	} {
		fmt.Printf("%s:\n\n", state.name)
		if err := b.compare(ctx, state.options); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compare(ctx context.Context, o sqlitestore.Options) (err error) {
	p, err := b.pair(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	rows := [][]string{{
		"read", fmt.Sprintf("rows: %d", b.sizes[0]), fmt.Sprintf("%d", b.sizes[1]), "ms", "ms", "ratio", "quartiles", "for each row",
	}}
	reads := [2][]graphtest.Read{p.samples[0].Reads(), p.samples[1].Reads()}
	for k, read := range reads[0] {
		if !b.only.MatchString(read.Name) {
			continue
		}
		m, err := b.measure(ctx, p, [2]graphtest.Read{read, reads[1][k]})
		if err != nil {
			return fmt.Errorf("%s: %w", read.Name, err)
		}
		rows = append(rows, append([]string{read.Name}, m.cells()...))
	}
	table(rows)
	return nil
}

// measured is the times of one read of both graphs.
type measured struct {
	times  [2][]time.Duration
	rows   [2]int
	ratios []float64
}

// measure makes a read so often, of each graph in turn, after as many without a clock. A read of a second is made less often.
func (b *bench) measure(ctx context.Context, p pair, reads [2]graphtest.Read) (m measured, err error) {
	const most = 6 * time.Second
	begun := time.Now()
	done := 0
	for ; done < b.rounds && time.Since(begun) < most/2; done++ {
		for i := range reads {
			if _, err := reads[i].Do(ctx, p.stores[i], done); err != nil {
				return m, err
			}
		}
	}
	for round := range done {
		var took [2]time.Duration
		for turn := range reads {
			i := (round + turn) % 2
			start := time.Now()
			n, err := reads[i].Do(ctx, p.stores[i], round)
			if err != nil {
				return m, err
			}
			took[i] = time.Since(start)
			m.times[i] = append(m.times[i], took[i])
			m.rows[i] += n
		}
		m.ratios = append(m.ratios, float64(took[1])/float64(took[0]))
	}
	return m, nil
}

func (m measured) cells() []string {
	n := float64(len(m.ratios))
	_, small, _ := quartiles(m.times[0])
	_, large, _ := quartiles(m.times[1])
	low, ratio, high := quartiles(m.ratios)
	eachRow := "–"
	if m.rows[1] > 0 {
		eachRow = fmt.Sprintf("%.2f", ratio*float64(m.rows[0])/float64(m.rows[1]))
	}
	return []string{
		fmt.Sprintf("%.0f", float64(m.rows[0])/n), fmt.Sprintf("%.0f", float64(m.rows[1])/n), ms(small), ms(large),
		fmt.Sprintf("%.2f", ratio), fmt.Sprintf("%.2f–%.2f", low, high), eachRow,
	}
}
