package resolvers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/internal/gqlmodel"
)

var errNothingPublished = fmt.Errorf("%w: no revision has been published", graph.ErrUnavailable)

// reads are the read fields of Query and of View.
type reads struct{ under *gqlmodel.View }

// reads under a view; nil is the head without a date.
func (*Resolver) reads(under *gqlmodel.View) reads { return reads{under} }

func (r reads) view(ctx context.Context) (graph.View, error) {
	if r.under != nil {
		return r.under.View, nil
	}
	op := operationOf(ctx)
	return graph.View{Revision: op.head.Number}, op.err
}

// at answers the field of that name.
func (*Resolver) at(ctx context.Context, date *graph.Date, knownAt *time.Time, number *int) (*gqlmodel.View, error) {
	op := operationOf(ctx)
	if op.err != nil {
		return nil, op.err
	}
	under := &gqlmodel.View{View: graph.View{Revision: op.head.Number, Pinned: knownAt != nil || number != nil}, Revision: op.head}
	switch {
	case date == nil && knownAt == nil && number == nil:
		return nil, graph.Invalidf("none of date, knownAt and revision is given; give at least one")
	case knownAt != nil && number != nil:
		return nil, graph.Invalidf("knownAt and revision are both given; give one of them")
	case knownAt != nil && knownAt.Before(op.head.Time):
		op.calls.Add(1)
		then, err := op.store.RevisionAt(ctx, *knownAt)
		if err != nil {
			return nil, err
		}
		if then.Number == 0 {
			return nil, graph.Invalidf("no revision had been published by %s; revisions lists those that have been", knownAt.UTC().Format(time.RFC3339))
		}
		under.Revision = then
	case number != nil && int64(*number) != op.head.Number:
		op.calls.Add(1)
		then, err := op.store.Revision(ctx, int64(*number))
		if err != nil {
			return nil, err
		}
		if then == nil {
			return nil, graph.Invalidf("there is no published revision %d; revisions lists those that there are", *number)
		}
		under.Revision = *then
	}
	under.View.Revision = under.Revision.Number
	if date != nil {
		// What is a date of a record need not be one to ask for.
		var err error
		if under.View.Date, err = graph.ParseQueryDate(date.String()); err != nil {
			return nil, err
		}
	}
	return under, nil
}

// Node answers the field of that name.
func (r reads) Node(ctx context.Context, id string) (gqlmodel.Node, error) {
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	ref, err := r.ref(v, id)
	if err != nil {
		return nil, err
	}
	nodes, err := readNodes(ctx, ref.View, []string{ref.id})
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// nodeRef is an id and the view that it asks for.
type nodeRef struct {
	graph.View
	id string
}

// ref takes apart the id of any object. Without a view it brings its own; under one it must not disagree.
func (r reads) ref(v graph.View, id string) (nodeRef, error) {
	ref, err := graph.ParseRef(id)
	if err != nil {
		return nodeRef{}, err
	}
	if r.under != nil {
		plain, err := plainID(v, id)
		return nodeRef{v, plain}, err
	}
	if strings.HasPrefix(ref.ID, graph.StatementPrefix+":") {
		err = graph.CheckStatementID(ref.ID)
	} else {
		err = graph.CheckID(ref.ID)
	}
	v.Date = ref.Date
	if ref.Revision > 0 {
		v.Revision, v.Pinned = ref.Revision, true
	}
	return nodeRef{v, ref.ID}, err
}

// Nodes answers the field of that name.
func (r reads) Nodes(ctx context.Context, ids []string) ([]gqlmodel.Node, error) {
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	if len(ids) > maxPage {
		return nil, graph.Limitf("ids has %d ids; nodes takes at most %d at a time", len(ids), maxPage)
	}
	nodes := make([]gqlmodel.Node, len(ids))
	places := map[graph.View][]int{} // mixed dates: one read for each
	plain := make([]string, len(ids))
	var views []graph.View
	for i, id := range ids {
		ref, err := r.ref(v, id)
		if err != nil {
			graphql.AddError(graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i)), err)
			continue
		}
		if places[ref.View] == nil {
			views = append(views, ref.View)
		}
		places[ref.View] = append(places[ref.View], i)
		plain[i] = ref.id
	}
	for _, v := range views {
		these := make([]string, len(places[v]))
		for j, i := range places[v] {
			these[j] = plain[i]
		}
		found, err := readNodes(ctx, v, these)
		if err != nil {
			return nil, err
		}
		for j, i := range places[v] {
			nodes[i] = found[j]
		}
	}
	return nodes, nil
}

// readNodes are the objects with these ids, in order, and what the field being answered asks of them; nil where there is none.
func readNodes(ctx context.Context, v graph.View, ids []string) ([]gqlmodel.Node, error) {
	op := operationOf(ctx)
	selection := graphql.GetFieldContext(ctx).Field.Selections
	p := newPlan(ctx, v)
	for _, id := range ids {
		switch prefix, _, _ := strings.Cut(id, ":"); prefix {
		case graph.StatementPrefix:
			p.statements.add(id, func(s *graph.Statement) { p.statement(s, selection) })
		case graph.ChangeEventPrefix:
			p.events.add(id, func(e *graph.ChangeEvent) { p.event(e, selection) })
		case graph.ConflictPrefix:
			p.conflicts.add(id, func(c *graph.Conflict) { p.conflict(c, selection) })
		default:
			if _, ok := graph.KindOf(id); ok {
				p.entityID(id, selection)
			}
		}
	}
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	nodes := make([]gqlmodel.Node, len(ids))
	for i, id := range ids {
		switch prefix, _, _ := strings.Cut(id, ":"); prefix {
		case graph.StatementPrefix:
			if s, err := op.statements.get(ctx, v, id); err != nil {
				return nil, err
			} else if s != nil {
				nodes[i] = &gqlmodel.Statement{Claim: gqlmodel.Claim{Record: s, View: v}}
			}
		case graph.ChangeEventPrefix:
			if e, err := op.events.get(ctx, v, id); err != nil {
				return nil, err
			} else if e != nil {
				nodes[i] = &gqlmodel.ChangeEvent{Record: e, View: v}
			}
		case graph.ConflictPrefix:
			if c, err := op.conflicts.get(ctx, v, id); err != nil {
				return nil, err
			} else if c != nil {
				nodes[i] = &gqlmodel.Conflict{Record: c, View: v}
			}
		default:
			if _, ok := graph.KindOf(id); !ok {
				continue
			}
			if e, err := op.entities.get(ctx, v, id); err != nil {
				return nil, err
			} else if e != nil {
				op.redirected(id, e.ID)
				if nodes[i], err = gqlmodel.Of(gqlmodel.Record{Entity: e, View: v}); err != nil {
					return nil, err
				}
			}
		}
	}
	return nodes, nil
}

// plainID is an id argument without its date, which must be that of the view.
func plainID(v graph.View, id string) (string, error) {
	ref, err := graph.ParseRef(id)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(ref.ID, graph.StatementPrefix+":") {
		err = graph.CheckStatementID(ref.ID)
	} else {
		err = graph.CheckID(ref.ID)
	}
	switch {
	case err != nil:
		return "", err
	case !ref.Date.IsZero() && ref.Date != v.Date && v.Dated():
		return "", graph.Invalidf("the id %q carries the date %s, and this is read at %s; give %q", id, ref.Date, v.Date, ref.ID)
	case !ref.Date.IsZero() && !v.Dated():
		return "", graph.Invalidf("the id %q carries a date, and this is read without one; ask under at(date: %q), or ask node(id:)", id, ref.Date)
	case ref.Revision > 0 && v.Pinned && ref.Revision != v.Revision:
		return "", graph.Invalidf("the id %q carries the revision %d, and this is read at revision %d; give %q", id, ref.Revision, v.Revision, ref.ID)
	case ref.Revision > 0 && !v.Pinned:
		return "", graph.Invalidf("the id %q carries a revision, and this is read at the newest; give %q, or ask under at(revision: %d)", id, ref.ID, ref.Revision)
	}
	return ref.ID, nil
}

// one is the entity that an id or an identifier names, of one kind or ("") of any.
func one[T gqlmodel.Entity](ctx context.Context, r reads, kind graph.Kind, id *string, by *gqlmodel.IdentifierInput) (T, error) {
	var none T
	v, err := r.view(ctx)
	if err != nil {
		return none, err
	}
	switch {
	case id == nil && by == nil:
		return none, graph.Invalidf("neither id nor identifier is given; give one of them")
	case id != nil && by != nil:
		return none, graph.Invalidf("id and identifier are both given; give one of them")
	}
	op, record := operationOf(ctx), gqlmodel.Record{View: v}
	p, selection := newPlan(ctx, v), graphql.GetFieldContext(ctx).Field.Selections
	if id != nil {
		plain, err := plainID(v, *id)
		if err != nil {
			return none, err
		}
		if err := checkKind(plain, kind); err != nil {
			return none, err
		}
		p.entityID(plain, selection)
		if err := p.run(ctx); err != nil {
			return none, err
		}
		if record.Entity, err = op.entities.get(ctx, v, plain); err != nil {
			return none, err
		}
		if record.Entity != nil {
			op.redirected(plain, record.Entity.ID)
		}
	} else {
		if record.Entity, err = identified(ctx, v, kind, *by); err != nil {
			return none, err
		}
		p.entity(record.Entity, selection)
		if err := p.run(ctx); err != nil {
			return none, err
		}
	}
	if record.Entity == nil {
		return none, nil
	}
	return gqlmodel.As[T](record)
}

// checkKind refuses an id that says another kind than the field's.
func checkKind(id string, want graph.Kind) error {
	got, ok := graph.KindOf(id)
	switch {
	case !ok:
		return graph.Invalidf("%q is not an entity's id; ask node(id:)", id)
	case want != "" && got != want:
		info, _ := want.Info()
		gotInfo, _ := got.Info()
		return graph.Invalidf("%q names an entity of the kind %s; an id here begins with %s:; ask %s(id:) or entity(id:)", id, got, info.Prefix, strings.ToLower(gotInfo.Type))
	}
	return nil
}

func identified(ctx context.Context, v graph.View, kind graph.Kind, by gqlmodel.IdentifierInput) (*graph.Entity, error) {
	op := operationOf(ctx)
	op.calls.Add(1)
	all, err := op.store.EntitiesByIdentifier(ctx, v, []graph.Identifier{{Scheme: by.Scheme, Value: by.Value}})
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(all[0]), func(e *graph.Entity) bool { return kind != "" && e.Kind != kind })
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	candidates, told := make([]map[string]any, len(found)), make([]string, len(found))
	for i, e := range found {
		periods := []string{}
		for _, n := range e.Identifiers {
			if n.Scheme == by.Scheme && n.Value == by.Value && !n.Period.IsZero() {
				periods = append(periods, n.Period.String())
			}
		}
		id := graph.RefOf(e.ID, v).String()
		candidates[i] = map[string]any{"id": id, "name": e.NameAt(v.Date), "periods": periods}
		told[i] = id
		if len(periods) > 0 {
			told[i] += " (" + strings.Join(periods, ", ") + ")"
		}
	}
	return nil, &gqlerror.Error{
		Message: fmt.Sprintf("the %s code %q belonged to %d entities: %s; ask by id, or under at(date:) on which one had it",
			by.Scheme, by.Value, len(found), strings.Join(told, ", ")),
		Extensions: map[string]any{"code": CodeAmbiguous, "candidates": candidates},
	}
}

// Entity answers the field of that name.
func (r reads) Entity(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (gqlmodel.Entity, error) {
	return one[gqlmodel.Entity](ctx, r, "", id, by)
}

// Organisation answers the field of that name.
func (r reads) Organisation(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Organisation, error) {
	return one[*gqlmodel.Organisation](ctx, r, graph.Organisation, id, by)
}

// Legislation answers the field of that name.
func (r reads) Legislation(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Legislation, error) {
	return one[*gqlmodel.Legislation](ctx, r, graph.Legislation, id, by)
}

// Initiative answers the field of that name.
func (r reads) Initiative(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Initiative, error) {
	return one[*gqlmodel.Initiative](ctx, r, graph.Initiative, id, by)
}

// Responsibility answers the field of that name.
func (r reads) Responsibility(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Responsibility, error) {
	return one[*gqlmodel.Responsibility](ctx, r, graph.Responsibility, id, by)
}

// Source answers the field of that name.
func (r reads) Source(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Source, error) {
	return one[*gqlmodel.Source](ctx, r, graph.Source, id, by)
}

// Person answers the field of that name.
func (r reads) Person(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Person, error) {
	return one[*gqlmodel.Person](ctx, r, graph.Person, id, by)
}

// Place answers the field of that name.
func (r reads) Place(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Place, error) {
	return one[*gqlmodel.Place](ctx, r, graph.Place, id, by)
}

// Topic answers the field of that name.
func (r reads) Topic(ctx context.Context, id *string, by *gqlmodel.IdentifierInput) (*gqlmodel.Topic, error) {
	return one[*gqlmodel.Topic](ctx, r, graph.Topic, id, by)
}

// Statement answers the field of that name.
func (r reads) Statement(ctx context.Context, id string) (*gqlmodel.Statement, error) {
	return record[*gqlmodel.Statement](ctx, r, id, graph.StatementPrefix)
}

// ChangeEvent answers the field of that name.
func (r reads) ChangeEvent(ctx context.Context, id string) (*gqlmodel.ChangeEvent, error) {
	return record[*gqlmodel.ChangeEvent](ctx, r, id, graph.ChangeEventPrefix)
}

// Conflict answers the field of that name.
func (r reads) Conflict(ctx context.Context, id string) (*gqlmodel.Conflict, error) {
	return record[*gqlmodel.Conflict](ctx, r, id, graph.ConflictPrefix)
}

// record is the object with an id that has a prefix.
func record[T gqlmodel.Node](ctx context.Context, r reads, id, prefix string) (T, error) {
	var none T
	v, err := r.view(ctx)
	if err != nil {
		return none, err
	}
	plain, err := plainID(v, id)
	if err != nil {
		return none, err
	}
	if !strings.HasPrefix(plain, prefix+":") {
		return none, graph.Invalidf("%q names something else; an id here begins with %s:", id, prefix)
	}
	nodes, err := readNodes(ctx, v, []string{plain})
	if err != nil || nodes[0] == nil {
		return none, err
	}
	return nodes[0].(T), nil
}

// Search answers the field of that name.
func (r reads) Search(ctx context.Context, text string, kinds []graph.Kind, _ *int, _ *string) (*gqlmodel.SearchConnection, error) {
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	op, oc, field := operationOf(ctx), graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	w, err := windowOf(oc, field, "search", v)
	if err != nil {
		return nil, err
	}
	if len(text) > maxText { // the work of ranking goes with its length
		return nil, graph.Invalidf("text has %d bytes, and at most %d are looked for; give some words of a name", len(text), maxText)
	}
	if len(graph.Tokens(text)) == 0 {
		return nil, graph.Invalidf("text has neither a letter nor a digit; give a word of a name")
	}
	result, err := graph.Search(ctx, countedSearcher{op}, v, text, kinds, maxHits)
	if err != nil {
		return nil, err
	}
	info, rest := graph.PageInfo{Total: len(result.Hits)}, result.Hits
	place := func(h graph.Hit) graph.Cursor { return graph.Cursor{Lo: graph.Day(-h.Score), ID: h.Entity.ID} }
	if w.page.After != nil {
		n := slices.IndexFunc(rest, func(h graph.Hit) bool { return graph.Order{}.Compare(place(h), *w.page.After) > 0 })
		if n < 0 {
			n = len(rest)
		}
		info.HasPrevious = n > 0
		rest = rest[n:]
	}
	if len(rest) > w.size {
		rest, info.HasNext = rest[:w.size], true
	}
	p := newPlan(ctx, v)
	p.edges(field, func(f graphql.CollectedField) {
		for i := range rest {
			switch f.Name {
			case "node":
				p.entity(rest[i].Entity, f.Selections)
			case "matched":
				p.name(gqlmodel.Name{Record: &rest[i].Name, View: v}, f.Selections)
			}
		}
	})
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	c, err := connect(rest, info, func(h graph.Hit) (gqlmodel.SearchEdge, gqlmodel.Cursor, error) {
		node, err := gqlmodel.Of(gqlmodel.Record{Entity: h.Entity, View: v})
		at := w.cursor(v, place(h))
		return gqlmodel.SearchEdge{
			NodeEdge: gqlmodel.NodeEdge[gqlmodel.Entity]{Node: node, Place: at}, Match: h.Match, Score: h.Score, Matched: gqlmodel.Name{Record: &h.Name, View: v},
		}, at, err
	})
	if err != nil {
		return nil, err
	}
	return &gqlmodel.SearchConnection{ConnectionOf: *c, Truncated: result.Truncated}, nil
}

// countedSearcher counts the calls of a search.
type countedSearcher struct{ op *operation }

func (s countedSearcher) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	s.op.calls.Add(1)
	return s.op.store.Candidates(ctx, v, q)
}

// maxText is how many bytes of text a search takes: more than the longest names have.
const maxText = 500

// maxHits is how many hits a search counts and pages through.
const maxHits = 2000

// Ontology answers the field of that name.
func (reads) Ontology(context.Context) (*gqlmodel.Ontology, error) { return &gqlmodel.Ontology{}, nil }

// Datasets answers the field of that name.
func (r reads) Datasets(ctx context.Context) ([]gqlmodel.Dataset, error) {
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	p := newPlan(ctx, v)
	p.datasets.add("", func([]graph.Dataset) { p.dataset(graphql.GetFieldContext(ctx).Field.Selections) })
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	all, err := operationOf(ctx).datasets.get(ctx, v, "")
	out := make([]gqlmodel.Dataset, len(all))
	for i, d := range all {
		out[i] = gqlmodel.Dataset{Dataset: d, View: v}
	}
	return out, err
}

// Statistics answers the field of that name.
func (r reads) Statistics(ctx context.Context) (*gqlmodel.Statistics, error) {
	v, err := r.view(ctx)
	return &gqlmodel.Statistics{View: v}, err
}

// Revision answers the field of that name.
func (r reads) Revision(ctx context.Context, number *int) (*gqlmodel.Revision, error) {
	op := operationOf(ctx)
	read := op.head
	if r.under != nil {
		read = r.under.Revision
	}
	switch {
	case op.err != nil:
		return nil, op.err
	case number == nil || int64(*number) == read.Number:
		return &gqlmodel.Revision{Revision: read}, nil
	case int64(*number) > read.Number: // not known by then
		return nil, nil
	}
	op.calls.Add(1)
	found, err := op.store.Revision(ctx, int64(*number))
	if err != nil || found == nil {
		return nil, err
	}
	return &gqlmodel.Revision{Revision: *found}, nil
}

// named is an entity that a record of the graph names, as type T.
func named[T gqlmodel.Entity](ctx context.Context, v graph.View, id string) (T, error) {
	var none T
	e, err := operationOf(ctx).entities.get(ctx, v, id)
	if err != nil {
		return none, err
	}
	if e == nil {
		return none, errors.New("the entity " + id + " is named by a record and missing")
	}
	return gqlmodel.As[T](gqlmodel.Record{Entity: e, View: v})
}

// allNamed are entities that a record of the graph names.
func allNamed[T gqlmodel.Entity](ctx context.Context, v graph.View, ids []string) ([]T, error) {
	out := make([]T, len(ids))
	if err := operationOf(ctx).entities.fill(ctx, v, ids); err != nil {
		return nil, err
	}
	for i, id := range ids {
		e, err := named[T](ctx, v, id)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}
