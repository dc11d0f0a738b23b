package neo4jstore

import (
	"context"
	"slices"
	"sync"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// redirects are those of a revision. They are few, so they are read once and followed here, which leaves one statement to each read.
type redirects struct {
	to   map[string]string   // by the id that redirects
	from map[string][]string // by the id that is redirected to, in order
}

// followed is ids, where those that redirect are those to which they do.
func (r *redirects) followed(ids []string) []string {
	out := slices.Clone(ids)
	for i, id := range ids {
		if to, ok := r.to[id]; ok {
			out[i] = to
		}
	}
	return out
}

// redirectsKept is of how many revisions redirects are kept.
const redirectsKept = 64

// redirectsCache keeps the redirects of the revisions that were read last.
type redirectsCache struct {
	mu     sync.Mutex
	of     map[int64]*redirects
	recent []int64 // the oldest first
}

func (c *redirectsCache) get(revision int64) *redirects {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[revision]
}

func (c *redirectsCache) put(revision int64, r *redirects) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = make(map[int64]*redirects)
	}
	if _, ok := c.of[revision]; !ok {
		c.recent = append(c.recent, revision)
	}
	c.of[revision] = r
	if len(c.recent) > redirectsKept {
		delete(c.of, c.recent[0])
		c.recent = c.recent[1:]
	}
}

// redirects are those of a view's revision.
func (s *Store) redirects(ctx context.Context, v graph.View) (*redirects, error) {
	if r := s.redirectsKnown.get(v.Revision); r != nil {
		return r, nil
	}
	r := &redirects{to: make(map[string]string), from: make(map[string][]string)}
	err := s.read(ctx, fixed("redirects"), params{"revision": v.Revision}, func(record *neo4j.Record) error {
		pairs, ok := record.Values[0].([]any)
		if !ok {
			return errShape
		}
		for _, value := range pairs {
			pair, ok := value.([]any)
			if !ok || len(pair) != 2 {
				return errShape
			}
			id, ok0 := pair[0].(string)
			target, ok1 := pair[1].(string)
			if !ok0 || !ok1 {
				return errShape
			}
			r.to[id] = target
			r.from[target] = append(r.from[target], id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.redirectsKnown.put(v.Revision, r)
	return r, nil
}

// RedirectsTo implements [graph.Lister].
func (s *Store) RedirectsTo(ctx context.Context, v graph.View, ids []string) ([][]string, error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return nil, err
	}
	defer s.leave()
	out := make([][]string, len(ids))
	for i, id := range ids {
		out[i] = slices.Clone(r.from[id])
	}
	return out, nil
}

// seeRedirects begins a read that follows redirects, as see does. The caller leaves.
func (s *Store) seeRedirects(ctx context.Context, v graph.View) (*redirects, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	r, err := s.redirects(ctx, v)
	if err != nil {
		s.leave()
		return nil, wrap(ctx, "read redirects", err)
	}
	return r, nil
}
