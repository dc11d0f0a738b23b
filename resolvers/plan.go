package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

// plan walks a selection ahead of its resolvers and reads what they will ask for. A walk only notes what it wants; run reads all that
// is noted of one sort in one call, then walks on from there. Relations of relations, with their evidence, are one call however many levels
// and entities there are. What else evidence is asked of comes last, since nothing waits for it.
type plan struct {
	op   *operation
	oc   *graphql.OperationContext
	view graph.View

	pages      pageWants
	entities   wants[*graph.Entity]
	statements wants[*graph.Statement]
	events     wants[*graph.ChangeEvent]
	datasets   wants[[]graph.Dataset]
	evidence   wants[graph.Evidence]

	conflicts   wants[*graph.Conflict]
	conflictsOf wants[[]*graph.Conflict]
	eventsOf    wants[[]*graph.ChangeEvent]
	redirectsTo wants[[]string]
	counts      wants[map[string]int]
}

// step is a sort of read.
type step interface {
	pending() bool
	run(ctx context.Context, p *plan) error
}

func newPlan(ctx context.Context, v graph.View) *plan {
	op := operationOf(ctx)
	return &plan{
		op: op, oc: graphql.GetOperationContext(ctx), view: v,
		entities:   wants[*graph.Entity]{table: &op.entities},
		statements: wants[*graph.Statement]{table: &op.statements},
		events:     wants[*graph.ChangeEvent]{table: &op.events},
		datasets:   wants[[]graph.Dataset]{table: &op.datasets},
		evidence:   wants[graph.Evidence]{table: &op.evidence},

		conflicts:   wants[*graph.Conflict]{table: &op.conflicts},
		conflictsOf: wants[[]*graph.Conflict]{table: &op.conflictsOf},
		eventsOf:    wants[[]*graph.ChangeEvent]{table: &op.eventsOf},
		redirectsTo: wants[[]string]{table: &op.redirectsTo},
		counts:      wants[map[string]int]{table: &op.citationCount},
	}
}

func (p *plan) run(ctx context.Context) error {
	steps := []step{&p.pages, &p.entities, &p.statements, &p.eventsOf, &p.events, &p.conflictsOf, &p.conflicts, &p.redirectsTo, &p.datasets, &p.counts, &p.evidence}
	for !p.op.unplanned {
		i := slices.IndexFunc(steps, step.pending)
		if i < 0 {
			return nil
		}
		if err := steps[i].run(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// wants are the records of one sort that are to be read.
type wants[V any] struct {
	table *table[V]
	ids   []string
	then  []func(V)
}

func (w *wants[V]) add(id string, then func(V)) {
	w.ids, w.then = append(w.ids, id), append(w.then, then)
}

func (w *wants[V]) pending() bool { return len(w.ids) > 0 }

func (w *wants[V]) run(ctx context.Context, p *plan) error {
	ids, then := w.ids, w.then
	w.ids, w.then = nil, nil
	if err := w.table.fill(ctx, p.view, ids); err != nil {
		return err
	}
	for i, id := range ids {
		row, err := w.table.get(ctx, p.view, id) // it is there now
		if err != nil {
			return err
		}
		then[i](row)
	}
	return nil
}

// pageWants are the pages that are to be read: by field, since all entities of a field are one query.
type pageWants struct {
	fields []*fieldWants
	seen   map[pageKey]bool // never walked twice
}

type fieldWants struct {
	*reach
	entities []string
	near     wants[*graph.Entity] // entities that come with their pages
}

// reach is a field that lists statements of entities, with the fields of that sort that it selects of their nodes.
type reach struct {
	field graphql.CollectedField
	key   fieldKey
	asked ask
	kinds []graph.Kind // of the nodes of which it is asked, if of nodes
	then  []*reach
}

// query asks for all that is in reach.
func (r *reach) query() graph.EdgeQuery {
	q := r.asked.query
	q.Kinds = r.kinds
	for _, then := range r.then {
		q.Then = append(q.Then, then.query())
	}
	return q
}

func (w *pageWants) pending() bool { return len(w.fields) > 0 }

func (w *pageWants) run(ctx context.Context, p *plan) error {
	fields := w.fields
	w.fields = nil
	queries := make([]graph.EdgeQuery, len(fields))
	for i, f := range fields {
		queries[i] = f.query()
		queries[i].Near = f.near.pending()
		queries[i].Entities = once(f.entities, f.near.ids)
	}
	pages, err := p.op.edges(ctx, p.view, queries)
	if err != nil {
		return err
	}
	for i, q := range queries {
		for j, id := range q.Entities {
			page := pages[i][j]
			if q.Near {
				p.op.entities.add(p.view, id, page.Near)
			}
			if page.Near != nil {
				id = page.Near.ID // which is another one if that redirects
			}
			p.keep(fields[i].reach, id, page)
		}
	}
	for _, f := range fields { // now that all that was read can be found
		for _, id := range f.entities {
			p.walk(f.field, id)
		}
		for i, then := range f.near.then {
			e, _ := p.op.entities.known(p.view, f.near.ids[i])
			then(e)
		}
	}
	return nil
}

// once is the values of lists, each once, in order.
func once[T comparable](lists ...[]T) (out []T) {
	seen := make(map[T]bool)
	for _, value := range slices.Concat(lists...) {
		if !seen[value] {
			seen[value] = true
			out = append(out, value)
		}
	}
	return out
}

// keep notes the page of an entity and those that came with it, these first: another plan that finds a page finds what follows it.
func (p *plan) keep(r *reach, id string, read graph.EdgePage) {
	k := pageKey{p.view, id, r.key}
	if _, ok := p.op.pageOf(k); ok {
		return
	}
	page := newEdgePage(r.asked, read)
	for _, e := range page.Edges {
		for i, then := range r.then {
			if len(e.Then) > 0 && slices.Contains(then.kinds, e.Node.Kind) {
				p.op.keepEdges(p.view, e.Then[i].Edges)
				p.keep(then, e.Node.ID, e.Then[i])
			}
		}
	}
	p.op.keepPage(k, page)
}

// walk plans for what a field selects of the page of an entity, which has been read.
func (p *plan) walk(f graphql.CollectedField, id string) {
	page, _ := p.op.pageOf(pageKey{p.view, id, p.op.fieldKey(f)})
	p.page(page.Edges, f, func(s *graph.Statement, passage graphql.CollectedField) {
		p.evidence.add(s.ID, func(e graph.Evidence) {
			p.citations(passages(e.Citations, id, page.asked.query.CitedAs), passage.Selections)
		})
	})
}

// reach is what a field that lists statements reads, with so many others at most; nil if it has nothing to read, or refuses its arguments
// when it is answered. What is left out is read by a further call, if there is anything to read: a selection may branch without end.
func (p *plan) reach(f graphql.CollectedField, left *int, kinds ...graph.Kind) *reach {
	a, err := asked(p.oc, f, p.view)
	if err != nil || a.nothing {
		return nil
	}
	r := &reach{field: f, key: p.op.fieldKey(f), asked: a, kinds: kinds}
	if a.size == 0 { // nothing follows a page of nothing
		return r
	}
	p.nodes(f, func(node graphql.CollectedField) {
		for _, info := range graph.Kinds {
			if !slices.Contains(p.op.types[info.Type], node.Definition.Type.Name()) {
				continue
			}
			for _, f := range p.fields(info.Type, node.Selections) {
				if !listsStatements(f) {
					continue
				}
				key := p.op.fieldKey(f)
				if i := slices.IndexFunc(r.then, func(r *reach) bool { return r.key == key }); i >= 0 {
					r.then[i].kinds = append(r.then[i].kinds, info.Kind)
				} else if *left > 0 {
					*left--
					if then := p.reach(f, left, info.Kind); then != nil {
						r.then = append(r.then, then)
					}
				}
			}
		}
	})
	return r
}

// listsStatements says whether a field of an entity lists its statements.
func listsStatements(f graphql.CollectedField) bool {
	return f.Name == "statements" || f.Name == "supports" || f.Definition.Directives.ForName("relation") != nil
}

// fields are the selection's fields on an object of a type.
func (p *plan) fields(typeName string, selection ast.SelectionSet) []graphql.CollectedField {
	return graphql.CollectFields(p.oc, selection, p.op.types[typeName])
}

// entityID plans for an entity that is only known by id. With pages of its statements it comes with them.
func (p *plan) entityID(id string, selection ast.SelectionSet) {
	if id == "" {
		return
	}
	then := func(e *graph.Entity) { p.entity(e, selection) }
	if e, ok := p.op.entities.known(p.view, id); ok {
		then(e)
		return
	}
	kind, _ := graph.KindOf(id)
	info, _ := kind.Info()
	var with []*fieldWants
	for _, f := range p.fields(info.Type, selection) {
		if listsStatements(f) {
			if w := p.want(f); w != nil {
				with = append(with, w)
			}
		}
	}
	if len(with) == 0 {
		p.entities.add(id, then)
		return
	}
	with[0].near.add(id, then)
	for _, w := range with[1:] {
		w.near.add(id, func(*graph.Entity) {}) // its page is asked for in the same call
	}
}

func (p *plan) entity(e *graph.Entity, selection ast.SelectionSet) {
	if e == nil {
		return
	}
	info, ok := e.Kind.Info()
	if !ok {
		return
	}
	p.op.keep(p.view, e)
	for _, f := range p.fields(info.Type, selection) {
		switch {
		case listsStatements(f):
			p.ask(e.ID, f)
		case f.Name == "conflicts":
			p.conflicting(e.ID, f.Selections)
		case f.Name == "changeEvents":
			p.eventsOf.add(e.ID, func(of []*graph.ChangeEvent) {
				for _, e := range of {
					p.event(e, f.Selections)
				}
			})
		case f.Name == "redirectedFrom":
			p.redirectsTo.add(e.ID, func([]string) {})
		case f.Name == "names":
			for _, n := range (gqlmodel.Record{Entity: e, View: p.view}).Names() {
				p.name(n, f.Selections)
			}
		}
	}
}

func (p *plan) name(n gqlmodel.Name, selection ast.SelectionSet) {
	for _, f := range p.fields("Name", selection) {
		switch f.Name {
		case "citations":
			p.cited(n.Record.Statement, f)
		case "statement":
			p.statements.add(n.Record.Statement, func(s *graph.Statement) { p.statement(s, f.Selections) })
		}
	}
}

// ask wants a page of an entity.
func (p *plan) ask(id string, f graphql.CollectedField) {
	k := pageKey{p.view, id, p.op.fieldKey(f)}
	if p.pages.seen[k] {
		return
	}
	if p.pages.seen == nil {
		p.pages.seen = map[pageKey]bool{}
	}
	if _, ok := p.op.pageOf(k); ok {
		p.pages.seen[k] = true
		p.walk(f, id)
	} else if w := p.want(f); w != nil {
		p.pages.seen[k] = true
		w.entities = append(w.entities, id)
	}
}

// want is what is to be read for a field; nil if nothing is.
func (p *plan) want(f graphql.CollectedField) *fieldWants {
	key := p.op.fieldKey(f)
	i := slices.IndexFunc(p.pages.fields, func(w *fieldWants) bool { return w.key == key })
	if i < 0 {
		left := graph.MaxThen
		r := p.reach(f, &left)
		if r == nil {
			return nil
		}
		i = len(p.pages.fields)
		p.pages.fields = append(p.pages.fields, &fieldWants{reach: r})
	}
	return p.pages.fields[i]
}

// page plans for a page of edges of statements; passages, for the field of that name.
func (p *plan) page(page []graph.Edge, connection graphql.CollectedField, passages func(*graph.Statement, graphql.CollectedField)) {
	p.edges(connection, func(f graphql.CollectedField) {
		for _, e := range page {
			switch {
			case f.Name == "statement" || f.Name == "node" && f.Definition.Type.Name() == "Statement":
				p.statement(e.Statement, f.Selections)
			case f.Name == "node":
				p.entity(e.Node, f.Selections)
			case f.Name == "passages":
				passages(e.Statement, f)
			default:
				p.claim(e.Statement, f)
			}
		}
	})
}

// edges calls walk for each field that is selected of a connection's edges.
func (p *plan) edges(connection graphql.CollectedField, walk func(graphql.CollectedField)) {
	for _, edges := range p.fields(connection.Definition.Type.Name(), connection.Selections) {
		if edges.Name != "edges" {
			continue
		}
		for _, f := range p.fields(edges.Definition.Type.Name(), edges.Selections) {
			walk(f)
		}
	}
}

// nodes calls walk for each field of nodes that is selected of a connection.
func (p *plan) nodes(connection graphql.CollectedField, walk func(graphql.CollectedField)) {
	p.edges(connection, func(f graphql.CollectedField) {
		if f.Name == "node" {
			walk(f)
		}
	})
}

// claim plans for a field that statements and edges have in common.
func (p *plan) claim(s *graph.Statement, f graphql.CollectedField) {
	switch f.Name {
	case "citations":
		p.cited(s.ID, f)
	case "basis":
		p.evidence.add(s.ID, func(e graph.Evidence) { p.basis(e.Basis, f.Selections) })
	case "qualifiers":
		for _, v := range p.fields("Qualifier", f.Selections) {
			if v.Name != "value" {
				continue
			}
			for _, q := range s.Qualifiers {
				p.value(q.Value, v.Selections)
			}
		}
	}
}

func (p *plan) cited(statement string, f graphql.CollectedField) {
	p.evidence.add(statement, func(e graph.Evidence) { p.citations(e.Citations, f.Selections) })
}

func (p *plan) citations(of []graph.Citation, selection ast.SelectionSet) {
	for _, f := range p.fields("Citation", selection) {
		switch {
		case len(of) == 0:
		case f.Name == "source":
			for _, c := range of {
				p.entity(c.Source, f.Selections)
			}
		case f.Name == "dataset" && !onlyID(p.oc, f):
			p.datasets.add("", func([]graph.Dataset) {})
			p.dataset(f.Selections)
		}
	}
}

// dataset plans for a dataset, whichever.
func (p *plan) dataset(selection ast.SelectionSet) {
	for _, f := range p.fields("Dataset", selection) {
		if f.Name == "citationCount" {
			p.counts.add("", func(map[string]int) {})
		}
	}
}

// onlyID says that nothing is asked of an object that its id does not tell.
func onlyID(oc *graphql.OperationContext, f graphql.CollectedField) bool {
	return !slices.ContainsFunc(graphql.CollectFields(oc, f.Selections, nil), func(f graphql.CollectedField) bool { return f.Name != "id" && f.Name != "__typename" })
}

func (p *plan) basis(of []graph.Basis, selection ast.SelectionSet) {
	for _, f := range p.fields("Basis", selection) {
		if f.Name == "legislation" {
			for _, b := range of {
				p.entity(b.Legislation, f.Selections)
			}
		}
	}
}

func (p *plan) statement(s *graph.Statement, selection ast.SelectionSet) {
	if s == nil {
		return
	}
	p.op.statements.add(p.view, s.ID, s)
	for _, f := range p.fields("Statement", selection) {
		switch f.Name {
		case "subject":
			p.entityID(s.Subject, f.Selections)
		case "object":
			p.entityID(s.Object, f.Selections)
		case "attributedTo":
			p.evidence.add(s.ID, func(e graph.Evidence) { p.entity(e.AttributedTo, f.Selections) })
		case "value":
			p.value(s.Value, f.Selections)
		case "changeEvent":
			if s.ChangeEvent != "" {
				p.events.add(s.ChangeEvent, func(e *graph.ChangeEvent) { p.event(e, f.Selections) })
			}
		case "conflicts":
			p.conflicting(s.ID, f.Selections)
		default:
			p.claim(s, f)
		}
	}
}

// conflicting plans for the conflicts of an entity or a statement.
func (p *plan) conflicting(id string, selection ast.SelectionSet) {
	p.conflictsOf.add(id, func(of []*graph.Conflict) {
		for _, c := range of {
			p.conflict(c, selection)
		}
	})
}

func (p *plan) conflict(c *graph.Conflict, selection ast.SelectionSet) {
	if c == nil {
		return
	}
	p.op.conflicts.add(p.view, c.ID, c)
	for _, f := range p.fields("Conflict", selection) {
		var ids []string
		switch f.Name {
		case "members":
			ids = c.Members
		case "preferred":
			if c.Preferred != "" {
				ids = []string{c.Preferred}
			}
		}
		for _, id := range ids {
			p.statements.add(id, func(s *graph.Statement) { p.statement(s, f.Selections) })
		}
	}
}

func (p *plan) value(v graph.Value, selection ast.SelectionSet) {
	for _, f := range p.fields("Value", selection) {
		if f.Name == "entity" {
			p.entityID(v.Entity, f.Selections)
		}
	}
}

func (p *plan) event(e *graph.ChangeEvent, selection ast.SelectionSet) {
	if e == nil {
		return
	}
	for _, f := range p.fields("ChangeEvent", selection) {
		var ids []string
		switch f.Name {
		case "inputs":
			ids = e.Inputs
		case "outputs":
			ids = e.Outputs
		case "responsibilities":
			ids = e.Responsibilities
		case "pairs":
			for _, end := range p.fields("ChangePair", f.Selections) {
				for _, pair := range e.Pairs {
					switch end.Name {
					case "from":
						p.entityID(pair.From, end.Selections)
					case "to":
						p.entityID(pair.To, end.Selections)
					}
				}
			}
		case "citations":
			p.citations(e.Citations, f.Selections)
		case "basis":
			p.basis(e.Basis, f.Selections)
		}
		for _, id := range ids {
			p.entityID(id, f.Selections)
		}
	}
}
