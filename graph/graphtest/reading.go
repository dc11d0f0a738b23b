package graphtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// reading is the records of one revision, as read under a date. All lists are in order of id.
type reading struct {
	datasets     []graph.Dataset
	entities     []*graph.Entity
	redirects    []graph.Redirect
	statements   []*graph.Statement // with their citations
	changeEvents []*graph.ChangeEvent
	conflicts    []*graph.Conflict

	entity    map[string]*graph.Entity // by id
	redirect  map[string]string
	statement map[string]*graph.Statement
	ends      map[string][]*graph.Statement // by the ids of subject and object, each once

	date  graph.Date
	known map[question]bool
}

// question is whether an entity passes a filter: asked of a hub once for each of its edges.
type question struct {
	filter *graph.EntityFilter
	entity *graph.Entity
}

func newReading(records map[key]record) *reading {
	r := &reading{
		entity: make(map[string]*graph.Entity), redirect: make(map[string]string),
		statement: make(map[string]*graph.Statement), ends: make(map[string][]*graph.Statement),
	}
	for _, k := range slices.SortedFunc(maps.Keys(records), compareKeys) {
		switch x := records[k].Record; {
		case x.Dataset != nil:
			r.datasets = append(r.datasets, *x.Dataset)
		case x.Entity != nil:
			r.entities = append(r.entities, x.Entity)
			r.entity[k.id] = x.Entity
		case x.Redirect != nil:
			r.redirects = append(r.redirects, *x.Redirect)
			r.redirect[k.id] = x.Redirect.To
		case x.Statement != nil:
			r.statements = append(r.statements, x.Statement)
			r.statement[k.id] = x.Statement
			r.ends[x.Statement.Subject] = append(r.ends[x.Statement.Subject], x.Statement)
			if x.Statement.Object != "" && x.Statement.Object != x.Statement.Subject {
				r.ends[x.Statement.Object] = append(r.ends[x.Statement.Object], x.Statement)
			}
		case x.ChangeEvent != nil:
			r.changeEvents = append(r.changeEvents, x.ChangeEvent)
		case x.Conflict != nil:
			r.conflicts = append(r.conflicts, x.Conflict)
		}
	}
	return r
}

// follow is the id that an id leads to.
func (r *reading) follow(id string) string { return cmp.Or(r.redirect[id], id) }

// names says whether one of the ids leads to the entity.
func (r *reading) names(ids []string, entity string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return r.follow(id) == entity })
}

// possibly says whether something possibly holds under the date; without a date everything does.
func (r *reading) possibly(b graph.Bounds) bool { return r.date.IsZero() || b.Holds(r.date) != "" }

// bare is a statement without its citations.
func bare(s *graph.Statement) *graph.Statement {
	if s == nil {
		return nil
	}
	out := *s
	out.Citations = nil
	return &out
}

// Entities implements [graph.Reader].
func (n *Naive) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.Entity, len(ids))
	for i, id := range ids {
		out[i] = r.entity[r.follow(id)]
	}
	return out, nil
}

// EntitiesByIdentifier implements [graph.Reader].
func (n *Naive) EntitiesByIdentifier(ctx context.Context, v graph.View, identifiers []graph.Identifier) ([][]*graph.Entity, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([][]*graph.Entity, len(identifiers))
	for i, id := range identifiers {
		for _, e := range r.entities {
			if slices.ContainsFunc(e.Identifiers, func(own graph.Identifier) bool {
				return own.Scheme == id.Scheme && own.Value == id.Value && r.possibly(own.Bounds)
			}) {
				out[i] = append(out[i], e)
			}
		}
	}
	return out, nil
}

// Statements implements [graph.Reader].
func (n *Naive) Statements(ctx context.Context, v graph.View, ids []string) ([]*graph.Statement, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.Statement, len(ids))
	for i, id := range ids {
		out[i] = bare(r.statement[id])
	}
	return out, nil
}

// Evidence implements [graph.Reader].
func (n *Naive) Evidence(ctx context.Context, v graph.View, statements []string) ([]graph.Evidence, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]graph.Evidence, len(statements))
	for i, id := range statements {
		if s := r.statement[id]; s != nil {
			out[i] = r.evidence(s)
		}
	}
	return out, nil
}

func (r *reading) evidence(s *graph.Statement) (out graph.Evidence) {
	out.Citations, out.Basis = r.filled(s.Citations, s.Basis)
	out.AttributedTo = r.entity[s.AttributedTo]
	return out
}

// filled are citations and basis with their entities.
func (r *reading) filled(citations []graph.Citation, basis []graph.Basis) ([]graph.Citation, []graph.Basis) {
	citations, basis = slices.Clone(citations), slices.Clone(basis)
	for i := range citations {
		citations[i].Source = r.entity[citations[i].SourceID]
	}
	for i := range basis {
		basis[i].Legislation = r.entity[basis[i].LegislationID]
	}
	return citations, basis
}

func (r *reading) filledEvent(e *graph.ChangeEvent) *graph.ChangeEvent {
	out := *e
	out.Citations, out.Basis = r.filled(e.Citations, e.Basis)
	return &out
}

// ChangeEvents implements [graph.Reader].
func (n *Naive) ChangeEvents(ctx context.Context, v graph.View, ids []string) ([]*graph.ChangeEvent, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.ChangeEvent, len(ids))
	for i, id := range ids {
		for _, e := range r.changeEvents {
			if e.ID == id {
				out[i] = r.filledEvent(e)
			}
		}
	}
	return out, nil
}

// Datasets implements [graph.Reader].
func (n *Naive) Datasets(ctx context.Context, v graph.View) ([]graph.Dataset, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	return slices.Clone(r.datasets), nil
}

// Conflicts implements [graph.Lister].
func (n *Naive) Conflicts(ctx context.Context, v graph.View, ids []string) ([]*graph.Conflict, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.Conflict, len(ids))
	for i, id := range ids {
		for _, c := range r.conflicts {
			if c.ID == id {
				out[i] = c
			}
		}
	}
	return out, nil
}

// ConflictsOf implements [graph.Lister].
func (n *Naive) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([][]*graph.Conflict, len(ids))
	for i, id := range ids {
		for _, c := range r.conflicts {
			if slices.Contains(c.Members, id) || r.conflictOf(c, []string{id}) {
				out[i] = append(out[i], c)
			}
		}
	}
	return out, nil
}

// conflictOf says whether one of the entities is the subject or object of a member.
func (r *reading) conflictOf(c *graph.Conflict, entities []string) bool {
	return slices.ContainsFunc(c.Members, func(member string) bool {
		s := r.statement[member]
		return r.names(entities, s.Subject) || s.Object != "" && r.names(entities, s.Object)
	})
}

// RedirectsTo implements [graph.Lister].
func (n *Naive) RedirectsTo(ctx context.Context, v graph.View, ids []string) ([][]string, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(ids))
	for i, id := range ids {
		for _, redirect := range r.redirects {
			if redirect.To == id {
				out[i] = append(out[i], redirect.From)
			}
		}
	}
	return out, nil
}

// Edges implements [graph.Reader].
func (n *Naive) Edges(ctx context.Context, v graph.View, queries []graph.EdgeQuery) ([][]graph.EdgePage, error) {
	r, err := n.read(ctx, v)
	if err != nil {
		return nil, err
	}
	out := make([][]graph.EdgePage, len(queries))
	for i := range queries {
		if err := queries[i].Check(); err != nil {
			return nil, err
		}
		out[i] = make([]graph.EdgePage, len(queries[i].Entities))
		for j, id := range queries[i].Entities {
			out[i][j] = r.edges(&queries[i], r.entity[r.follow(id)])
		}
	}
	return out, nil
}

// edges is the page of an entity with all that a query asks for; an empty one of none.
func (r *reading) edges(q *graph.EdgeQuery, e *graph.Entity) graph.EdgePage {
	if e == nil {
		return graph.EdgePage{}
	}
	page := r.edgePage(r.edgesOf(q, e), q.Order, q.Page, q.Ends)
	if q.Near {
		page.Near = e
	}
	for i := range page.Edges {
		edge := &page.Edges[i]
		if q.Evidence {
			edge.Evidence = new(r.evidence(r.statement[edge.Statement.ID]))
		}
		if edge.Node == nil || q.Then == nil {
			continue
		}
		edge.Then = make([]graph.EdgePage, len(q.Then))
		for j := range q.Then {
			if then := &q.Then[j]; len(then.Kinds) == 0 || slices.Contains(then.Kinds, edge.Node.Kind) {
				edge.Then[j] = r.edges(then, edge.Node)
			}
		}
	}
	return page
}

// edgesOf are all edges of an entity that a query asks for.
func (r *reading) edgesOf(q *graph.EdgeQuery, e *graph.Entity) []graph.Edge {
	var out []graph.Edge
	if len(q.CitedAs) > 0 {
		for _, s := range r.statements {
			cited := slices.ContainsFunc(s.Citations, func(c graph.Citation) bool { return c.SourceID == e.ID && slices.Contains(q.CitedAs, c.Role) })
			all := len(q.Relations) == 0 && len(q.Properties) == 0
			if cited && (all || of(s, q.Relations, q.Properties)) && r.shows(&q.Filter, s, nil) {
				out = append(out, graph.Edge{Statement: bare(s)})
			}
		}
		return out
	}
	everyProperty := len(q.Relations) == 0 && len(q.Properties) == 0 && q.Direction != graph.In
	for _, edge := range r.sides(e, q.Relations, q.Properties, everyProperty, q.Direction) {
		if r.shows(&q.Filter, edge.Statement, edge.Node) {
			edge.Statement = bare(edge.Statement)
			out = append(out, edge)
		}
	}
	return out
}

// of says whether a statement is of one of these relations or properties.
func of(s *graph.Statement, relations []graph.RelationName, properties []graph.PropertyName) bool {
	return s.Relation != "" && slices.Contains(relations, s.Relation) || s.Property != "" && slices.Contains(properties, s.Property)
}

// sides are the statements that an entity sees, whatever they say.
func (r *reading) sides(e *graph.Entity, relations []graph.RelationName, properties []graph.PropertyName, everyProperty bool, d graph.Direction) []graph.Edge {
	everyRelation := len(relations) == 0 && len(properties) == 0
	var out []graph.Edge
	for _, s := range r.ends[e.ID] {
		switch {
		case s.Property != "":
			if everyProperty || slices.Contains(properties, s.Property) {
				out = append(out, graph.Edge{Statement: s, Direction: graph.Out})
			}
		case !everyRelation && !slices.Contains(relations, s.Relation):
		case s.Subject == e.ID && d != graph.In:
			out = append(out, graph.Edge{Statement: s, Node: r.entity[s.Object], Direction: graph.Out})
		case s.Object == e.ID && d != graph.Out:
			out = append(out, graph.Edge{Statement: s, Node: r.entity[s.Subject], Direction: graph.In})
		}
	}
	return out
}

// shows says whether a statement is shown under the view and the filter with its defaults.
func (r *reading) shows(f *graph.StatementFilter, s *graph.Statement, far *graph.Entity) bool {
	return r.byDefault(f, s) && r.passes(f, s, far)
}

// byDefault says whether the view and the defaults of a filter show a statement.
func (r *reading) byDefault(f *graph.StatementFilter, s *graph.Statement) bool {
	statuses, ranks := f.Defaults()
	return r.possibly(s.Bounds) && contains(statuses, s.Status) && contains(ranks, s.Rank)
}

// contains says whether a list holds a value; one that is not set does.
func contains[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// passes says whether a statement passes a node of a filter and what is below it.
func (r *reading) passes(f *graph.StatementFilter, s *graph.Statement, far *graph.Entity) bool {
	for i := range f.And {
		if !r.passes(&f.And[i], s, far) {
			return false
		}
	}
	one := len(f.Or) == 0
	for i := range f.Or {
		one = one || r.passes(&f.Or[i], s, far)
	}
	if !one || f.Not != nil && r.passes(f.Not, s, far) {
		return false
	}
	if (len(f.Relations) > 0 || len(f.Properties) > 0) && !of(s, f.Relations, f.Properties) {
		return false
	}
	if !r.date.IsZero() && !contains(f.Holds, s.Bounds.Holds(r.date)) {
		return false
	}
	if !contains(f.Statuses, s.Status) || !contains(f.Ranks, s.Rank) || !contains(f.Certainties, s.Certainty) || !contains(f.ChangeEvents, s.ChangeEvent) {
		return false
	}
	if len(f.Datasets) > 0 && !claimedIn(s, f.Datasets) {
		return false
	}
	if len(f.Sources) > 0 && !slices.ContainsFunc(s.Citations, func(c graph.Citation) bool { return r.names(f.Sources, c.SourceID) }) {
		return false
	}
	support := 0
	for _, c := range s.Citations {
		if c.Role == graph.Supports {
			support++
		}
	}
	if support < f.MinCitations {
		return false
	}
	if f.When != nil && !f.When.Matches(s.Extent()) {
		return false
	}
	for _, want := range f.Qualifiers {
		if !slices.ContainsFunc(s.Qualifiers, func(q graph.Qualifier) bool {
			return q.Name == want.Name && (want.Value == nil || valueMatches(want.Value, q.Value))
		}) {
			return false
		}
	}
	if f.Value != nil && (s.Property == "" || !valueMatches(f.Value, s.Value)) {
		return false
	}
	return r.isEnd(f.Subject, r.entity[s.Subject]) && r.isEnd(f.Object, r.entity[s.Object]) && r.isEnd(f.Node, far)
}

// claimedIn says whether the relation or value itself is cited in one of these data sets.
func claimedIn(s *graph.Statement, datasets []string) bool {
	return slices.ContainsFunc(s.Citations, func(c graph.Citation) bool {
		return slices.Contains(datasets, c.Dataset) && (slices.Contains(c.Aspects, graph.AspectRelation) || slices.Contains(c.Aspects, graph.AspectValue))
	})
}

func (r *reading) isEnd(f *graph.EntityFilter, e *graph.Entity) bool {
	return f == nil || e != nil && r.is(f, e)
}

func valueMatches(f *graph.ValueFilter, v graph.Value) bool {
	switch v.Kind {
	case graph.TextValue:
		return f.Text != nil && textMatches(f.Text, v.Text)
	case graph.NumberValue:
		return (f.Min != nil || f.Max != nil) && (f.Min == nil || v.Number >= *f.Min) && (f.Max == nil || v.Number <= *f.Max)
	case graph.DateValue:
		lo, hi := v.Date.Bounds()
		return f.Date != nil && f.Date.Matches(lo, hi.Add(1))
	}
	return false
}

func textMatches(f *graph.TextFilter, text string) bool {
	text = graph.Fold(text)
	return (f.Eq == "" || text == graph.Fold(f.Eq)) &&
		(len(f.In) == 0 || slices.ContainsFunc(f.In, func(one string) bool { return text == graph.Fold(one) })) &&
		strings.Contains(text, graph.Fold(f.Contains)) &&
		strings.HasPrefix(text, graph.Fold(f.StartsWith))
}

// is says whether an entity passes a node of a filter and what is below it.
func (r *reading) is(f *graph.EntityFilter, e *graph.Entity) bool {
	q := question{f, e}
	answer, ok := r.known[q]
	if !ok {
		answer = r.judge(f, e)
		r.known[q] = answer
	}
	return answer
}

func (r *reading) judge(f *graph.EntityFilter, e *graph.Entity) bool {
	for i := range f.And {
		if !r.is(&f.And[i], e) {
			return false
		}
	}
	one := len(f.Or) == 0
	for i := range f.Or {
		one = one || r.is(&f.Or[i], e)
	}
	if !one || f.Not != nil && r.is(f.Not, e) {
		return false
	}
	if len(f.IDs) > 0 && !r.names(f.IDs, e.ID) || !contains(f.Kinds, e.Kind) || !contains(f.Forms, e.Form) {
		return false
	}
	if f.Type != nil && !textMatches(f.Type, e.Type) {
		return false
	}
	if f.Name != nil && !slices.ContainsFunc(e.Names, func(n graph.Name) bool { return r.possibly(n.Bounds) && textMatches(f.Name, n.Text) }) {
		return false
	}
	if len(f.Identifiers) > 0 && !slices.ContainsFunc(e.Identifiers, func(own graph.Identifier) bool {
		return r.possibly(own.Bounds) && slices.ContainsFunc(f.Identifiers, func(want graph.Identifier) bool {
			return own.Scheme == want.Scheme && (want.Value == "" || own.Value == want.Value)
		})
	}) {
		return false
	}
	if f.Start != nil {
		if lo, end, known := e.Life.FirstDay(); !known || !f.Start.Matches(lo, end) {
			return false
		}
	}
	if f.End != nil {
		if lo, end, known := e.Life.LastDay(); !known || !f.End.Matches(lo, end) {
			return false
		}
	}
	if f.Life != nil && !f.Life.Matches(e.Life.StartLo, e.Life.EndHi) {
		return false
	}
	if !r.date.IsZero() && !contains(f.Existences, e.Life.Existence(r.date)) {
		return false
	}
	if len(f.Datasets) > 0 && !slices.ContainsFunc(r.ends[e.ID], func(s *graph.Statement) bool {
		return s.Property == graph.NameProperty && s.Status == graph.InEffect && s.Rank != graph.Deprecated && claimedIn(s, f.Datasets)
	}) {
		return false
	}
	for i := range f.Related {
		if !r.related(&f.Related[i], e) {
			return false
		}
	}
	return true
}

func (r *reading) related(f *graph.RelatedFilter, e *graph.Entity) bool {
	some, all := false, true
	for _, edge := range r.sides(e, f.Relations, f.Properties, false, f.Direction) {
		if r.byDefault(&f.Where, edge.Statement) {
			passes := r.passes(&f.Where, edge.Statement, edge.Node)
			some, all = some || passes, all && passes
		}
	}
	switch f.Quantifier {
	case graph.All:
		return all
	case graph.None:
		return !some
	}
	return some
}

// pageOf cuts a page from a whole list.
func pageOf[T any](all []T, o graph.Order, p graph.Page, at func(T) graph.Cursor) (rows []T, info graph.PageInfo) {
	slices.SortFunc(all, func(a, b T) int { return o.Compare(at(a), at(b)) })
	if p.Total {
		info.Total = len(all)
	}
	size := p.First + p.Last
	if size == 0 {
		return nil, info
	}
	after := func(row T) bool { return p.After == nil || o.Compare(at(row), *p.After) > 0 }
	before := func(row T) bool { return p.Before == nil || o.Compare(at(row), *p.Before) < 0 }
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
	info.HasPrevious, info.HasNext = start > 0, end < len(all)
	if start == end {
		info.HasPrevious, info.HasNext = slices.ContainsFunc(all, before), slices.ContainsFunc(all, after)
	}
	return all[start:end], info
}

func (r *reading) edgePage(all []graph.Edge, o graph.Order, p graph.Page, ends bool) (out graph.EdgePage) {
	out.Edges, out.PageInfo = pageOf(all, o, p, func(e graph.Edge) graph.Cursor { return e.Statement.Cursor(o) })
	for i := range out.Edges {
		if e := &out.Edges[i]; ends {
			e.Subject, e.Object = r.entity[e.Statement.Subject], r.entity[e.Statement.Object]
		}
	}
	return out
}

// matching are the entities that a filter shows in lists and counts.
func (r *reading) matching(f *graph.EntityFilter) []*graph.Entity {
	var out []*graph.Entity
	for _, e := range r.entities {
		if (f.NamesExistences() || r.possibly(e.Life)) && r.is(f, e) {
			out = append(out, e)
		}
	}
	return out
}

// ListEntities implements [graph.Lister].
func (n *Naive) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (out graph.EntityPage, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return out, err
	}
	out.Entities, out.PageInfo = pageOf(r.matching(&q.Filter), q.Order, q.Page, func(e *graph.Entity) graph.Cursor { return e.Cursor(q.Order, v.Date) })
	return out, nil
}

// ListStatements implements [graph.Lister].
func (n *Naive) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (out graph.EdgePage, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return out, err
	}
	var all []graph.Edge
	for _, s := range r.statements {
		if r.shows(&q.Filter, s, nil) {
			all = append(all, graph.Edge{Statement: bare(s)})
		}
	}
	return r.edgePage(all, q.Order, q.Page, q.Ends), nil
}

// ListChangeEvents implements [graph.Lister].
func (n *Naive) ListChangeEvents(ctx context.Context, v graph.View, q graph.ChangeEventQuery) (out graph.ChangeEventPage, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return out, err
	}
	statuses, ranks := q.Statuses, q.Ranks
	if len(statuses) == 0 {
		statuses = []graph.Status{graph.InEffect}
	}
	if len(ranks) == 0 {
		ranks = []graph.Rank{graph.Preferred, graph.Normal}
	}
	var all []*graph.ChangeEvent
	for _, e := range r.changeEvents {
		named := func(id string) bool { return r.names(q.Entities, id) }
		under := func(ids []string) bool {
			return slices.ContainsFunc(e.Basis, func(b graph.Basis) bool { return r.names(ids, b.LegislationID) })
		}
		if r.possibly(e.Bounds) && contains(q.Kinds, e.Kind) && contains(statuses, e.Status) && contains(ranks, e.Rank) &&
			(q.When == nil || q.When.Matches(e.Extent())) &&
			(len(q.Entities) == 0 || under(q.Entities) || slices.ContainsFunc(slices.Concat(e.Inputs, e.Outputs, e.Responsibilities), named)) &&
			(len(q.Under) == 0 || under(q.Under)) {
			all = append(all, r.filledEvent(e))
		}
	}
	out.ChangeEvents, out.PageInfo = pageOf(all, q.Order, q.Page, func(e *graph.ChangeEvent) graph.Cursor { return e.Cursor(q.Order) })
	return out, nil
}

// ListConflicts implements [graph.Lister].
func (n *Naive) ListConflicts(ctx context.Context, v graph.View, q graph.ConflictQuery) (out graph.ConflictPage, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return out, err
	}
	var all []*graph.Conflict
	for _, c := range r.conflicts {
		if contains(q.Kinds, c.Kind) && (len(q.Entities) == 0 || r.conflictOf(c, q.Entities)) {
			all = append(all, c)
		}
	}
	out.Conflicts, out.PageInfo = pageOf(all, graph.Order{}, q.Page, (*graph.Conflict).Cursor)
	return out, nil
}

// Count implements [graph.Counter].
func (n *Naive) Count(ctx context.Context, v graph.View, q graph.CountQuery) (out graph.Counts, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return out, err
	}
	groups := make(map[string]int)
	year := func(b graph.Bounds) {
		if year, known := b.Year(); known {
			groups[year.String()]++
		}
	}
	if q.Of == graph.CountEntities {
		for _, e := range r.matching(&q.Entities) {
			switch q.By {
			case graph.CountByKind:
				groups[string(e.Kind)]++
			case graph.CountByForm:
				groups[string(e.Form)]++
			case graph.CountByType:
				groups[e.Type]++
			case graph.CountByYear:
				year(e.Life)
			}
		}
	} else {
		for _, s := range r.statements {
			if !r.shows(&q.Statements, s, nil) {
				continue
			}
			switch q.By {
			case graph.CountByRelation:
				groups[cmp.Or(string(s.Relation), string(s.Property))]++
			case graph.CountByYear:
				year(s.Bounds)
			case graph.CountBySubject:
				groups[s.Subject]++
			case graph.CountByObject:
				if s.Object != "" {
					groups[s.Object]++
				}
			case graph.CountBySource:
				for _, c := range s.Citations {
					groups[c.SourceID]++
				}
			case graph.CountByDataset:
				for _, c := range s.Citations {
					groups[c.Dataset]++
				}
			}
		}
	}
	for key, n := range groups {
		out.Groups = append(out.Groups, graph.Count{Key: key, N: n})
		out.Total += n
	}
	slices.SortFunc(out.Groups, func(a, b graph.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Key, b.Key)) })
	if len(out.Groups) > q.Limit {
		out.More = len(out.Groups) - q.Limit
		out.Groups = out.Groups[:q.Limit]
	}
	return out, nil
}

// Candidates implements [graph.Searcher].
func (n *Naive) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) (found []*graph.Entity, truncated bool, err error) {
	r, err := n.read(ctx, v)
	if err == nil {
		err = q.Check()
	}
	if err != nil {
		return nil, false, err
	}
	type place struct {
		last   bool // it is before the first key
		key    int64
		entity *graph.Entity
	}
	var places []place
	for _, e := range r.entities {
		for _, name := range e.Names {
			if folded := graph.Fold(name.Text); contains(q.Kinds, e.Kind) && q.Meets(folded) {
				key := graph.NameKey(e.ID, folded)
				places = append(places, place{key < q.FirstKey(), key, e})
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.last != b.last {
			return map[bool]int{false: -1, true: 1}[a.last]
		}
		return cmp.Compare(a.key, b.key)
	})
	for _, p := range places {
		if !slices.Contains(found, p.entity) {
			found = append(found, p.entity)
		}
	}
	if len(found) > q.Limit {
		return found[:q.Limit], true, nil
	}
	return found, false, nil
}
