package resolvers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Heads tells the newest published revision, as [graph.Revisions] does. Every operation asks once, at its start.
type Heads interface {
	Head(ctx context.Context) (graph.Revision, error)
}

// CachedHeads is the head as it was last asked for, so that an operation need not ask the store.
type CachedHeads struct {
	store graph.Revisions
	mu    sync.Mutex
	head  graph.Revision
	err   error // why there is no head yet
}

// answersWithin is how long a store may take to tell its head: one that is frozen, or behind a network that is, would else hold the
// question for minutes, and nobody would hear of it.
const answersWithin = 5 * time.Second

// NewHeads asks the store for its head, and starts a goroutine that asks again at every interval until ctx ends. While the store cannot
// answer, or does not within five seconds, the last head stands. How it went is given to asked each time, one call after the other: nil,
// or why the store did not answer. It may be nil.
func NewHeads(ctx context.Context, store graph.Revisions, every time.Duration, asked func(error)) *CachedHeads {
	h := &CachedHeads{store: store}
	refresh := func() {
		if err := h.Refresh(ctx); asked != nil && ctx.Err() == nil {
			asked(err)
		}
	}
	refresh()
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				refresh()
			}
		}
	}()
	return h
}

// Refresh asks the store now: after a load in this process, for one.
func (h *CachedHeads) Refresh(ctx context.Context) error {
	head, err := h.ask(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		h.head, h.err = head, nil
	case h.head.Number == 0:
		h.err = errors.Join(graph.ErrUnavailable, err)
	}
	return err
}

func (h *CachedHeads) ask(ctx context.Context) (graph.Revision, error) {
	within, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	head, err := h.store.Head(within)
	if err != nil && within.Err() != nil && ctx.Err() == nil { // the end of our patience is not that of an operation's time
		err = fmt.Errorf("%w: no answer within %s", graph.ErrUnavailable, answersWithin)
	}
	return head, err
}

// Head is the head as last known.
func (h *CachedHeads) Head(context.Context) (graph.Revision, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.head, h.err
}
