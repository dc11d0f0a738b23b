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
	return out, fillEvidence(ctx, r, v, cited)
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
		for j := range pages[i] {
			if q.Near {
				pages[i][j].Near, found = found[0], found[1:]
			}
		}
	}
	return nil
}

// nextLevel asks what the queries of a level ask of the nodes of their pages, each node once. It returns these queries, with their pages.
func nextLevel(ctx context.Context, r LevelReader, v View, queries []EdgeQuery, pages [][]EdgePage) (next []EdgeQuery, found [][]EdgePage, err error) {
	var at []map[string]*EdgePage // of each query, by its entities
	asked := false
	for i, q := range queries {
		for _, then := range q.Then {
			of := make(map[string]*EdgePage)
			for node := range nodes(pages[i], then.Kinds) {
				if _, ok := of[node.ID]; !ok {
					of[node.ID] = nil
					then.Entities = append(then.Entities, node.ID)
				}
			}
			asked = asked || len(of) > 0
			next, at = append(next, then), append(at, of)
		}
	}
	if !asked {
		found = make([][]EdgePage, len(next))
	} else if found, err = r.Edges(ctx, v, next); err != nil {
		return nil, nil, err
	}
	for i, q := range next {
		for j, id := range q.Entities {
			at[i][id] = &found[i][j]
		}
	}
	first := 0
	for i, q := range queries {
		if len(q.Then) == 0 {
			continue
		}
		for _, page := range pages[i] {
			for k := range page.Edges {
				e := &page.Edges[k]
				if e.Node == nil {
					continue
				}
				e.Then = make([]EdgePage, len(q.Then))
				for j, then := range q.Then {
					if p := at[first+j][e.Node.ID]; p != nil && then.AsksOf(e.Node.Kind) {
						if then.Near {
							p.Near = e.Node
						}
						e.Then[j] = *p // with the same edges, which are filled in later
					}
				}
			}
		}
		first += len(q.Then)
	}
	if !asked {
		next = nil
	}
	return next, found, nil
}

// AsksOf says whether a query in Then is asked of nodes of a kind.
func (q *EdgeQuery) AsksOf(k Kind) bool { return len(q.Kinds) == 0 || slices.Contains(q.Kinds, k) }

// nodes are those of pages that are of one of these kinds, or of any.
func nodes(pages []EdgePage, kinds []Kind) func(func(*Entity) bool) {
	q := EdgeQuery{Kinds: kinds}
	return func(yield func(*Entity) bool) {
		for _, page := range pages {
			for _, e := range page.Edges {
				if e.Node != nil && q.AsksOf(e.Node.Kind) && !yield(e.Node) {
					return
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
