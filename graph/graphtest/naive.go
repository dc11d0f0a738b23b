package graphtest

import (
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// Naive reads one revision's records by the letter of the contract, with nothing to make it fast: what a store answers is compared with
// it. It does not check its arguments.
type Naive struct{ graph.Batch }

// Entity is the entity of an id, following redirects; nil if there is none.
func (n Naive) Entity(id string) *graph.Entity {
	for _, r := range n.Redirects {
		if r.From == id {
			id = r.To
			break
		}
	}
	for i := range n.Entities {
		if n.Entities[i].ID == id {
			return &n.Entities[i]
		}
	}
	return nil
}

// Edges is the page of one entity.
func (n Naive) Edges(d graph.Date, q graph.EdgeQuery, entity string) graph.EdgePage {
	e := n.Entity(entity)
	if e == nil {
		return graph.EdgePage{}
	}
	var all []graph.Edge
	for i := range n.Statements {
		s := n.Statements[i]
		if edge, ok := n.edge(q, &s, e.ID); ok && n.shows(d, q.Filter, &n.Statements[i], edge.Node) {
			s.Citations = nil
			all = append(all, edge)
		}
	}
	slices.SortFunc(all, func(a, b graph.Edge) int {
		return compare(a.Statement.Cursor(graph.Order{}), b.Statement.Cursor(graph.Order{}))
	})
	return page(all, q.Page)
}

// edge is a statement as the query sees it from an entity, if it does.
func (n Naive) edge(q graph.EdgeQuery, s *graph.Statement, entity string) (edge graph.Edge, ok bool) {
	all := len(q.Relations) == 0 && len(q.Properties) == 0
	switch {
	case s.Property != "":
		return graph.Edge{Statement: s, Direction: graph.Out},
			s.Subject == entity && (slices.Contains(q.Properties, s.Property) || all && q.Direction != graph.In)
	case !all && !slices.Contains(q.Relations, s.Relation):
		return edge, false
	case s.Subject == entity && q.Direction != graph.In:
		return graph.Edge{Statement: s, Node: n.Entity(s.Object), Direction: graph.Out}, true
	case s.Object == entity && q.Direction != graph.Out:
		return graph.Edge{Statement: s, Node: n.Entity(s.Subject), Direction: graph.In}, true
	}
	return edge, false
}

func (n Naive) shows(d graph.Date, f graph.StatementFilter, s *graph.Statement, far *graph.Entity) bool {
	if !d.IsZero() {
		if h := s.Bounds.Holds(d); h == "" || len(f.Holds) > 0 && !slices.Contains(f.Holds, h) {
			return false
		}
	}
	statuses, ranks := f.Statuses, f.Ranks
	if len(statuses) == 0 {
		statuses = []graph.Status{graph.InEffect}
	}
	if len(ranks) == 0 {
		ranks = []graph.Rank{graph.Preferred, graph.Normal}
	}
	claimed := func(c graph.Citation) bool {
		return slices.Contains(f.Datasets, c.Dataset) && (slices.Contains(c.Aspects, graph.AspectRelation) || slices.Contains(c.Aspects, graph.AspectValue))
	}
	return slices.Contains(statuses, s.Status) && slices.Contains(ranks, s.Rank) &&
		(len(f.Certainties) == 0 || slices.Contains(f.Certainties, s.Certainty)) &&
		(len(f.Datasets) == 0 || slices.ContainsFunc(s.Citations, claimed)) &&
		(f.Node == nil || far != nil && (len(f.Node.Kinds) == 0 || slices.Contains(f.Node.Kinds, far.Kind)))
}

// page cuts a page from a whole list.
func page(all []graph.Edge, p graph.Page) graph.EdgePage {
	var out graph.EdgePage
	if p.Total {
		out.Total = len(all)
	}
	size := p.First + p.Last
	if size == 0 {
		return out
	}
	after := func(e graph.Edge) bool {
		return p.After == nil || compare(e.Statement.Cursor(graph.Order{}), *p.After) > 0
	}
	before := func(e graph.Edge) bool {
		return p.Before == nil || compare(e.Statement.Cursor(graph.Order{}), *p.Before) < 0
	}
	start, end := 0, len(all)
	for start < end && !after(all[start]) {
		start++
	}
	for end > start && !before(all[end-1]) {
		end--
	}
	if p.First > 0 {
		end = min(end, start+size)
	} else {
		start = max(start, end-size)
	}
	out.Edges, out.HasPrevious, out.HasNext = all[start:end], start > 0, end < len(all)
	if start == end {
		out.HasPrevious, out.HasNext = slices.ContainsFunc(all, before), slices.ContainsFunc(all, after)
	}
	return out
}

func compare(a, b graph.Cursor) int {
	return graph.Order{}.Compare(a, b)
}

// Candidates are the ids of the entities that a search finds, up to its limit.
func (n Naive) Candidates(q graph.SearchQuery) (ids []string, truncated bool) {
	for i := range n.Entities {
		e := &n.Entities[i]
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, e.Kind) {
			continue
		}
		if slices.ContainsFunc(e.Names, func(name graph.Name) bool {
			words := graph.Tokens(name.Text)
			return !slices.ContainsFunc(q.Tokens, func(token string) bool {
				return !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, token) })
			})
		}) {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	if len(ids) > q.Limit {
		return ids[:q.Limit], true
	}
	return ids, false
}
