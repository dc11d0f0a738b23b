package neo4jstore

import (
	"context"
	"math"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// see begins a read under a view, which must be of a published revision. The caller leaves.
func (s *Store) see(ctx context.Context, v graph.View) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	if _, ok := s.published.Load(v.Revision); ok {
		return nil
	}
	r, err := s.revision(ctx, fixed("revision"), params{"number": v.Revision})
	if err == nil && r == nil {
		err = graph.Invalidf("there is no published revision %d", v.Revision)
	}
	if err != nil {
		s.leave()
		return wrap(ctx, "find the revision", err)
	}
	return nil
}

// revision reads a published revision; nil if there is none. Later reads see at least what this one saw.
func (s *Store) revision(ctx context.Context, text string, p params) (*graph.Revision, error) {
	var found *graph.Revision
	noted, err := s.readNoting(ctx, text, p, func(r *neo4j.Record) (err error) {
		found, err = revisionOf(r.Values[0])
		return err
	})
	if found != nil {
		if _, known := s.published.LoadOrStore(found.Number, struct{}{}); !known {
			s.note(noted)
		}
	}
	return found, err
}

func revisionOf(value any) (*graph.Revision, error) {
	node, ok := value.(neo4j.Node)
	if !ok {
		return nil, errShape
	}
	p := properties(node.Props)
	r := &graph.Revision{
		Number: p.integer("number"), Time: time.Unix(p.integer("time"), 0).UTC(),
		Origin: p.text("origin"), Author: p.text("author"), Comment: p.text("comment"), Digest: p.text("digest"),
		Counts: graph.RevisionCounts{Added: int(p.integer("added")), Changed: int(p.integer("changed")),
			Withdrawn: int(p.integer("withdrawn")), Unchanged: int(p.integer("unchanged"))},
	}
	return r, nil
}

// properties are those of a node of ours, whose types are known. One that is not there is zero.
type properties map[string]any

func (p properties) integer(name string) int64 {
	n, _ := p[name].(int64)
	return n
}

func (p properties) text(name string) string {
	s, _ := p[name].(string)
	return s
}

// Head implements [graph.Revisions].
func (s *Store) Head(ctx context.Context) (graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer s.leave()
	r, err := s.revision(ctx, fixed("head"), nil)
	if err != nil || r == nil {
		return graph.Revision{}, wrap(ctx, "read the head", err)
	}
	return *r, nil
}

// Revision implements [graph.Revisions].
func (s *Store) Revision(ctx context.Context, number int64) (*graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	r, err := s.revision(ctx, fixed("revision"), params{"number": number})
	return r, wrap(ctx, "read a revision", err)
}

// RevisionAt implements [graph.History].
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return graph.Revision{}, err
	}
	defer s.leave()
	r, err := s.revision(ctx, fixed("revision_at"), params{"time": t.Unix()})
	if err != nil || r == nil {
		return graph.Revision{}, wrap(ctx, "find a revision", err)
	}
	return *r, nil
}

// ListRevisions implements [graph.History].
func (s *Store) ListRevisions(ctx context.Context, before int64, limit int) ([]graph.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if err := graph.CheckRevisions(before, limit); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	var out []graph.Revision
	err := s.read(ctx, fixed("revisions_down"), params{"before": before, "limit": limit}, func(r *neo4j.Record) error {
		found, _ := r.Values[0].([]any)
		for _, value := range found {
			revision, err := revisionOf(value)
			if err != nil {
				return err
			}
			out = append(out, *revision)
		}
		return nil
	})
	return out, wrap(ctx, "list revisions", err)
}
