package graph

import (
	"context"
	"slices"
)

// A LevelReader reads edges one level at a time: its Edges leaves out what a query asks for beside edges and their ends.
type LevelReader interface {
	Entities(ctx context.Context, v View, ids []string) ([]*Entity, error)
	Edges(ctx context.Context, v View, queries []EdgeQuery) ([][]EdgePage, error)
	Evidence(ctx context.Context, v View, statements []string) ([]Evidence, error)
}

// Follow reads edges with all that the queries ask for, for a store that reads a level at a time: each level of Then is one call whatever
// its width, then the evidence of all levels is one, and the entities of Near are one.
func Follow(ctx context.Context, r LevelReader, v View, queries []EdgeQuery) ([][]EdgePage, error) {
	out, err := r.Edges(ctx, v, queries)
	if err != nil || !slices.ContainsFunc(queries, func(q EdgeQuery) bool { return q.Near || q.Evidence || len(q.Then) > 0 }) {
		return out, err
	}
	if err := fillNear(ctx, r, v, queries, out); err != nil {
		return nil, err
	}
	var cited []EdgePage // whose statements' evidence is asked for
	for level, pages := queries, out; len(level) > 0; {
		for i, q := range level {
			if q.Evidence {
				cited = append(cited, pages[i]...)
			}
		}
		if level, pages, err = nextLevel(ctx, r, v, level, pages); err != nil {
			return nil, err
		}
	}
	if err := fillEvidence(ctx, r, v, cited); err != nil {
		return nil, err
	}
	return out, nil
}

func fillNear(ctx context.Context, r LevelReader, v View, queries []EdgeQuery, pages [][]EdgePage) error {
	var ids []string
	for _, q := range queries {
		if q.Near {
			ids = append(ids, q.Entities...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.Entities(ctx, v, ids)
	if err != nil {
		return err
	}
	for i, q := range queries {
		if !q.Near {
			continue
		}
		for j := range pages[i] {
			pages[i][j].Near, found = found[0], found[1:]
		}
	}
	return nil
}

// nextLevel asks what the queries of a level ask of the nodes of their pages, each node once. It returns these queries, with their pages,
// which all edges that lead to a node share.
func nextLevel(ctx context.Context, r LevelReader, v View, queries []EdgeQuery, pages [][]EdgePage) (next []EdgeQuery, found [][]EdgePage, err error) {
	asked := false
	for i, q := range queries {
		for _, then := range q.Then {
			then.Entities = nodesAsked(pages[i], &then)
			next = append(next, then)
			asked = asked || len(then.Entities) > 0
		}
	}
	if !asked {
		found = make([][]EdgePage, len(next))
	} else if found, err = r.Edges(ctx, v, next); err != nil {
		return nil, nil, err
	}
	first := 0 // of those that follow the query
	for i, q := range queries {
		if len(q.Then) > 0 {
			handOver(pages[i], next[first:first+len(q.Then)], found[first:])
			first += len(q.Then)
		}
	}
	if !asked {
		return nil, nil, nil
	}
	return next, found, nil
}

// nodesAsked are the ids of the nodes of pages of which a query is asked.
func nodesAsked(pages []EdgePage, q *EdgeQuery) (ids []string) {
	seen := make(map[string]bool)
	for _, page := range pages {
		for _, e := range page.Edges {
			if e.Node != nil && q.AsksOf(e.Node.Kind) && !seen[e.Node.ID] {
				seen[e.Node.ID] = true
				ids = append(ids, e.Node.ID)
			}
		}
	}
	return ids
}

// AsksOf says whether a query in Then is asked of nodes of a kind.
func (q *EdgeQuery) AsksOf(k Kind) bool { return len(q.Kinds) == 0 || slices.Contains(q.Kinds, k) }

// handOver gives the edges of pages what was found to follow their nodes: for each query, a page of each of its entities.
func handOver(pages []EdgePage, queries []EdgeQuery, found [][]EdgePage) {
	at := make([]map[string]*EdgePage, len(queries))
	for i, q := range queries {
		at[i] = make(map[string]*EdgePage, len(q.Entities))
		for j, id := range q.Entities {
			at[i][id] = &found[i][j]
		}
	}
	for _, page := range pages {
		for i := range page.Edges {
			e := &page.Edges[i]
			if e.Node == nil {
				continue
			}
			e.Then = make([]EdgePage, len(queries))
			for j, q := range queries {
				if then := at[j][e.Node.ID]; then != nil {
					if q.Near {
						then.Near = e.Node
					}
					e.Then[j] = *then
				}
			}
		}
	}
}

func fillEvidence(ctx context.Context, r LevelReader, v View, pages []EdgePage) error {
	var ids []string
	at := make(map[string]int)
	for _, page := range pages {
		for _, e := range page.Edges {
			if _, ok := at[e.Statement.ID]; !ok {
				at[e.Statement.ID] = len(ids)
				ids = append(ids, e.Statement.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.Evidence(ctx, v, ids)
	if err != nil {
		return err
	}
	for _, page := range pages {
		for i := range page.Edges {
			page.Edges[i].Evidence = &found[at[page.Edges[i].Statement.ID]]
		}
	}
	return nil
}
