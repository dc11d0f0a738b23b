package graphtest

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// material is what random queries are made of: ids, words and rows of all revisions of a graph.
type material struct {
	views        []graph.View
	rows         []*graph.Entity
	claims       []*graph.Statement
	changeEvents []string
	conflicts    []string
	members      []string // of conflicts
	redirects    []string
	merged       []string // to what redirects lead
	disputed     []string // subjects of members of conflicts
	changed      []string // what went into change events
	sources      []string
	identifiers  []graph.Identifier
	words        []string // of names, with accents and capitals
	hubs         []string // entities on which most statements stand
}

func newMaterial(batches []graph.Batch, views []graph.View) *material {
	m := &material{views: views}
	degree := make(map[string]int)
	for _, b := range batches {
		for i := range b.Entities {
			e := &b.Entities[i]
			m.rows = append(m.rows, e)
			m.identifiers = append(m.identifiers, e.Identifiers...)
			for _, n := range e.Names {
				m.words = append(m.words, n.Text)
			}
			if e.Kind == graph.Source || e.Kind == graph.Legislation {
				m.sources = append(m.sources, e.ID)
			}
		}
		for i := range b.Statements {
			s := &b.Statements[i]
			m.claims = append(m.claims, s)
			degree[s.Object]++
		}
		for _, e := range b.ChangeEvents {
			m.changeEvents = append(m.changeEvents, e.ID)
			m.changed = append(m.changed, e.Inputs...)
		}
		for _, c := range b.Conflicts {
			m.conflicts = append(m.conflicts, c.ID)
			m.members = append(m.members, c.Members...)
			m.disputed = append(m.disputed, b.Statements[slices.IndexFunc(b.Statements, func(s graph.Statement) bool { return s.ID == c.Members[0] })].Subject)
		}
		for _, r := range b.Redirects {
			m.redirects = append(m.redirects, r.From)
			m.merged = append(m.merged, r.To)
		}
	}
	delete(degree, "")
	m.hubs = slices.SortedFunc(maps.Keys(degree), func(a, b string) int {
		if degree[a] != degree[b] {
			return degree[b] - degree[a]
		}
		return compareKeys(key{id: a}, key{id: b})
	})[:8]
	return m
}

// asker makes a random query. What stands in it is decided by shape alone, and the values by value, so that the same shape with other
// values is the same query with other parameters.
type asker struct {
	*material
	shape, value *rand.Rand
	target       *graph.Statement // which the query is likely to find
}

// oneIn decides on the shape.
func (a *asker) oneIn(n int) bool { return a.shape.IntN(n) == 0 }

// a few values of a list, at least one.
func few[T any](a *asker, list []T) []T {
	var out []T
	for range 1 + a.value.IntN(3) {
		out = append(out, list[a.value.IntN(len(list))])
	}
	return out
}

func aValue[T any](a *asker, list ...T) T { return list[a.value.IntN(len(list))] }

// entity is the id of an entity, often of a hub, sometimes one that redirects or is not there.
func (a *asker) entity() string {
	switch k := a.value.IntN(20); {
	case k == 0:
		return "org:nobody"
	case k < 3:
		return aValue(a, a.redirects...)
	case k < 9:
		return aValue(a, a.hubs...)
	}
	return aValue(a, a.rows...).ID
}

func (a *asker) some(n int, one func() string) []string {
	var out []string
	for range 1 + a.value.IntN(n) {
		out = append(out, one())
	}
	return out
}

func (a *asker) date() graph.Date {
	likeliest := []string{"2008-04-01", "2005-06-07", "2012", "2010-05", "2008-03-31", "200X", "1999-04", "2014-23", "2013-XX", "1996", "20XX", "2023", "1985", "9999", "-0400"}
	return graph.MustDate(likeliest[min(a.value.IntN(len(likeliest)), a.value.IntN(len(likeliest)))])
}

func (a *asker) view() graph.View {
	v := aValue(a, a.views...)
	if a.oneIn(3) {
		v.Date = a.date()
	}
	return v
}

// text is a part of a name, as a user might write it.
func (a *asker) text() *graph.TextFilter {
	name := []rune(aValue(a, a.words...))
	part := func(from, to int) string {
		for graph.Fold(string(name[from:to])) == "" {
			from, to = 0, len(name)
		}
		return string(name[from:to])
	}
	from := a.value.IntN(len(name))
	to := from + 1 + a.value.IntN(min(4, len(name)-from))
	switch a.shape.IntN(5) {
	case 0:
		return &graph.TextFilter{Eq: string(name)}
	case 1:
		return &graph.TextFilter{In: append(few(a, a.words), "no such name")}
	case 2:
		return &graph.TextFilter{StartsWith: part(0, to)}
	case 3:
		return &graph.TextFilter{StartsWith: part(0, 1+a.value.IntN(3)), Contains: part(from, to)}
	}
	return &graph.TextFilter{Contains: part(from, to)}
}

func (a *asker) dates() *graph.DateFilter {
	switch a.shape.IntN(5) {
	case 0:
		return &graph.DateFilter{Before: a.date()}
	case 1:
		return &graph.DateFilter{After: a.date()}
	case 2:
		return &graph.DateFilter{During: a.date()}
	case 3:
		return &graph.DateFilter{After: a.date(), Before: a.date()}
	}
	return &graph.DateFilter{Overlaps: a.date()}
}

func (a *asker) numbers() *graph.ValueFilter {
	n := float64(a.value.IntN(300_000)) / aValue(a, 1, 100, 1000, 300_000.0)
	switch a.shape.IntN(3) {
	case 0:
		return &graph.ValueFilter{Min: &n}
	case 1:
		return &graph.ValueFilter{Max: &n}
	}
	more := n * 5
	return &graph.ValueFilter{Min: &n, Max: &more}
}

func (a *asker) valueFilter() *graph.ValueFilter {
	switch a.shape.IntN(3) {
	case 0:
		return &graph.ValueFilter{Text: a.text()}
	case 1:
		return &graph.ValueFilter{Date: a.dates()}
	}
	return a.numbers()
}

func (a *asker) qualifier() graph.QualifierFilter {
	if a.oneIn(3) {
		return graph.QualifierFilter{Name: aValue(a, graph.QualifierName("POST"), "SHARE", "GROUND", "TARGET_DATE", "OF", "NAME_USE")}
	}
	switch a.shape.IntN(4) {
	case 0:
		return graph.QualifierFilter{Name: "POST", Value: &graph.ValueFilter{Text: &graph.TextFilter{In: few(a, []string{"chair", "Tresoriere", "chief officer"})}}}
	case 1:
		return graph.QualifierFilter{Name: "TARGET_DATE", Value: &graph.ValueFilter{Date: a.dates()}}
	case 2:
		return graph.QualifierFilter{Name: "NAME_USE", Value: &graph.ValueFilter{Text: &graph.TextFilter{Eq: aValue(a, "ACRONYM", "former")}}}
	}
	return graph.QualifierFilter{Name: aValue(a, graph.QualifierName("SHARE"), "AMOUNT"), Value: a.numbers()}
}

var (
	askedRelations = []graph.RelationName{
		"INSTANCE_OF", "PART_OF", "REPLACED", "RESPONSIBLE_FOR", "LOCATED_IN", "ABOUT", "CITES", "PUBLISHED", "HOLDS_POST", "ASSESSED", "ESTABLISHED", "RECOMMENDED", "AMENDED",
	}
	askedProperties = []graph.PropertyName{graph.NameProperty, graph.StartProperty, graph.EndProperty, graph.TypeProperty, "COUNT", "POPULATION", "AIM"}
	askedHolds      = []graph.Holds{graph.Definitely, graph.Partly, graph.Possibly}
	askedKinds      = []graph.Kind{graph.Organisation, graph.Organisation, graph.Source, graph.Initiative, graph.Place, graph.Legislation}
)

// named are relations or properties of the shape: a store may compile them in.
func named[T any](a *asker, list []T) []T {
	var out []T
	for range 1 + a.shape.IntN(2) {
		out = append(out, list[min(a.shape.IntN(len(list)), a.shape.IntN(len(list)))])
	}
	return out
}

// predicates are relations and properties of edges, with a direction that fits.
func (a *asker) predicates() (relations []graph.RelationName, properties []graph.PropertyName, d graph.Direction) {
	d = graph.Directions[a.shape.IntN(3)]
	switch a.shape.IntN(6) {
	case 0, 1, 2:
		relations = named(a, askedRelations)
	case 3:
		properties = named(a, askedProperties)
	case 4:
		relations, properties = named(a, askedRelations), named(a, askedProperties)
	}
	return relations, properties, d
}

// statements is a filter of up to so many levels; edges says whether there is a far end.
func (a *asker) statements(levels int, edges bool) graph.StatementFilter {
	var f graph.StatementFilter
	if a.oneIn(4) {
		return f
	}
	set := []func(){
		func() { f.Relations = named(a, askedRelations) },
		func() { f.Relations, f.Properties = named(a, askedRelations), named(a, askedProperties) },
		func() { f.Holds = few(a, askedHolds) },
		func() { f.Statuses = append(few(a, graph.Statuses), a.target.Status) },
		func() { f.Ranks = append(few(a, graph.Ranks), a.target.Rank) },
		func() { f.Certainties = append(few(a, graph.Certainties), a.target.Certainty) },
		func() { f.Datasets = few(a, generatedDatasets) },
		func() {
			f.Sources = append(a.some(3, func() string { return aValue(a, a.sources...) }), a.target.Citations[0].SourceID)
		},
		func() { f.MinCitations = 1 + a.value.IntN(3) },
		func() { f.When = a.dates() },
		func() {
			f.ChangeEvents = append(a.some(20, func() string { return aValue(a, a.changeEvents...) }), cmp.Or(a.target.ChangeEvent, "evt:none"))
		},
		func() { f.Qualifiers = []graph.QualifierFilter{a.qualifier()} },
		func() { f.Value = a.valueFilter() },
	}
	if levels > 1 {
		set = append(set,
			func() { f.And = []graph.StatementFilter{a.statements(levels-1, edges), a.statements(levels-1, edges)} },
			func() { f.Or = []graph.StatementFilter{a.statements(levels-1, edges), a.statements(levels-1, edges)} },
			func() { not := a.statements(levels-1, edges); f.Not = &not },
			func() { f.Subject = a.end(levels - 1) },
			func() { f.Object = a.end(levels - 1) },
		)
		if edges {
			set = append(set, func() { f.Node = a.end(levels - 1) }, func() { f.Node = a.end(levels - 1) })
		}
	}
	a.pick(set)
	return f
}

// pick sets one, two or three fields.
func (a *asker) pick(set []func()) {
	for {
		set[a.shape.IntN(len(set))]()
		if !a.oneIn(4) {
			return
		}
	}
}

func (a *asker) end(levels int) *graph.EntityFilter {
	f := a.entities(levels)
	return &f
}

// entities is a filter of up to so many levels.
func (a *asker) entities(levels int) graph.EntityFilter {
	var f graph.EntityFilter
	if a.oneIn(8) {
		return f
	}
	set := []func(){
		func() { f.IDs = a.some(6, a.entity) },
		func() { f.Kinds = few(a, askedKinds) },
		func() { f.Forms = few(a, graph.Forms) },
		func() {
			f.Type = a.text()
			if f.Type.Eq != "" {
				f.Type.Eq = aValue(a, "Board", "TRUST", "mediatheque")
			}
		},
		func() { f.Name = a.text() },
		func() {
			f.Identifiers = few(a, a.identifiers)
			for i := range f.Identifiers {
				f.Identifiers[i] = graph.Identifier{Scheme: f.Identifiers[i].Scheme, Value: aValue(a, f.Identifiers[i].Value, f.Identifiers[i].Value, "")}
			}
		},
		func() { f.Start = a.dates() },
		func() { f.End = a.dates() },
		func() { f.Life = a.dates() },
		func() { f.Existences = few(a, graph.Existences) },
		func() { f.Datasets = few(a, generatedDatasets) },
	}
	if levels > 1 {
		related := func() {
			r := graph.RelatedFilter{Quantifier: append(graph.Quantifiers, "")[a.shape.IntN(4)], Where: a.statements(levels-1, true)}
			r.Relations, r.Properties, r.Direction = a.predicates()
			f.Related = append(f.Related, r)
		}
		set = append(set,
			func() { f.And = []graph.EntityFilter{a.entities(levels - 1), a.entities(levels - 1)} },
			func() { f.Or = []graph.EntityFilter{a.entities(levels - 1), a.entities(levels - 1)} },
			func() { f.Not = a.end(levels - 1) },
			related, related, related,
		)
	}
	a.pick(set)
	return f
}

// order is one of a list's orders.
func (a *asker) order(by []graph.OrderBy) graph.Order {
	return graph.Order{By: append(by[:len(by):len(by)], "")[a.shape.IntN(len(by)+1)], Descending: a.oneIn(2)}
}

// page is a page with places of rows that may be in the list.
func (a *asker) page(place func() graph.Cursor) graph.Page {
	p := graph.Page{Total: a.oneIn(3)}
	size := 1 + a.value.IntN(12)
	switch a.shape.IntN(9) {
	case 0:
		p.Total = true
		return p
	case 1, 2, 3, 4:
		p.First = size
	default:
		p.Last = size
	}
	at := func() *graph.Cursor {
		if !a.oneIn(5) {
			return nil
		}
		c := place()
		if a.value.IntN(6) == 0 { // a place where there is no row
			c.ID += aValue(a, "0", "~")
		}
		return &c
	}
	p.After, p.Before = at(), at()
	return p
}

func (a *asker) edgeQuery() graph.EdgeQuery {
	var q graph.EdgeQuery
	q.Relations, q.Properties, q.Direction = a.predicates()
	citing := a.oneIn(5)
	if citing {
		q.CitedAs, q.Direction = few(a, graph.Roles), ""
	}
	near := func() string { // an entity that has such an edge
		for range 50 {
			if a.target = aValue(a, a.claims...); len(q.Relations) == 0 && len(q.Properties) == 0 || of(a.target, q.Relations, q.Properties) {
				break
			}
		}
		switch {
		case citing:
			return a.target.Citations[0].SourceID
		case a.target.Object != "" && (q.Direction == graph.In || q.Direction == graph.Both && a.value.IntN(2) == 0):
			return a.target.Object
		}
		return a.target.Subject
	}
	q.Entities = slices.Concat(a.some(4, a.entity), a.some(8, near))
	q.Filter = a.statements(3, !citing)
	q.Order = a.order(graph.StatementOrders)
	q.Page = a.page(func() graph.Cursor { return aValue(a, a.claims...).Cursor(q.Order) })
	q.Near, q.Ends, q.Evidence = a.oneIn(4), a.oneIn(3), a.oneIn(3)
	if a.oneIn(3) {
		q.Then = a.then(2)
	}
	return q
}

// then is queries of the nodes of edges, of up to so many levels.
func (a *asker) then(levels int) []graph.EdgeQuery {
	var out []graph.EdgeQuery
	for range 1 + a.shape.IntN(2) {
		var q graph.EdgeQuery
		q.Relations, q.Properties, q.Direction = a.predicates()
		if a.oneIn(8) {
			q.CitedAs, q.Direction = few(a, graph.Roles), ""
		}
		if a.oneIn(2) {
			q.Filter = a.statements(1, len(q.CitedAs) == 0)
		}
		if a.oneIn(3) {
			for _, info := range graph.Kinds[:1+a.value.IntN(3)] {
				q.Kinds = append(q.Kinds, info.Kind)
			}
		}
		q.Order = a.order(graph.StatementOrders)
		q.Page = a.page(func() graph.Cursor { return aValue(a, a.claims...).Cursor(q.Order) })
		q.Page.First, q.Page.Last = min(q.Page.First, 4), min(q.Page.Last, 4) // what is read goes with their product
		q.Near, q.Ends, q.Evidence = a.oneIn(4), a.oneIn(4), a.oneIn(3)
		if levels > 1 && a.oneIn(2) {
			q.Then = a.then(levels - 1)
		}
		out = append(out, q)
	}
	return out
}

// probe is a random query.
func (a *asker) probe() probe {
	p := probe{View: a.view()}
	a.target = aValue(a, a.claims...)
	statementIDs := func() *[]string {
		ids := a.some(8, func() string {
			return aValue(a, aValue(a, a.claims...).ID, aValue(a, a.claims...).ID, "stm:org:nobody/x")
		})
		return &ids
	}
	switch k := a.shape.IntN(100); {
	case k < 30:
		queries := []graph.EdgeQuery{a.edgeQuery()}
		if a.oneIn(4) {
			queries = append(queries, a.edgeQuery())
		}
		p.Edges = &queries
	case k < 36:
		q := a.edgeQuery()
		q.Entities = q.Entities[len(q.Entities)-1:]
		p.Edges, p.Walk = &[]graph.EdgeQuery{q}, 1+a.value.IntN(20)
	case k < 52:
		q := graph.EntityQuery{Filter: a.entities(3), Order: a.order(graph.EntityOrders)}
		q.Page = a.page(func() graph.Cursor { return aValue(a, a.rows...).Cursor(q.Order, p.View.Date) })
		p.ListEntities = &q
		if a.oneIn(4) {
			p.Walk = 3 + a.value.IntN(30)
		}
	case k < 65:
		q := graph.StatementQuery{Filter: a.statements(3, false), Order: a.order(graph.StatementOrders), Ends: a.oneIn(3)}
		q.Page = a.page(func() graph.Cursor { return aValue(a, a.claims...).Cursor(q.Order) })
		p.ListStatements = &q
		if a.oneIn(6) {
			p.Walk = 10 + a.value.IntN(60)
		}
	case k < 76:
		q := graph.CountQuery{Of: []graph.Countable{graph.CountEntities, graph.CountStatements, graph.CountCitations}[a.shape.IntN(3)], Limit: 1 + a.value.IntN(12)}
		by := graph.CountsBy[q.Of]
		q.By = by[a.shape.IntN(len(by))]
		if q.Of == graph.CountEntities {
			q.Entities = a.entities(3)
		} else {
			q.Statements = a.statements(3, false)
		}
		p.Count = &q
	case k < 81:
		q := graph.ChangeEventQuery{Order: a.order(graph.ChangeEventOrders), Page: a.page(func() graph.Cursor { return graph.Cursor{ID: aValue(a, a.changeEvents...)} })}
		a.pick([]func(){
			func() {},
			func() { q.Kinds = few(a, graph.ChangeKinds) },
			func() { q.Entities = append(a.some(6, a.entity), few(a, a.changed)...) },
			func() { q.Under = few(a, a.sources) },
			func() { q.Statuses = few(a, graph.Statuses) },
			func() { q.Ranks = few(a, graph.Ranks) },
			func() { q.When = a.dates() },
		})
		p.ListChangeEvents = &q
		if a.oneIn(3) {
			p.Walk = 1 + a.value.IntN(4)
		}
	case k < 84:
		q := graph.ConflictQuery{Page: a.page(func() graph.Cursor { return graph.Cursor{ID: aValue(a, a.conflicts...)} })}
		a.pick([]func(){
			func() {},
			func() { q.Kinds = few(a, graph.ConflictKinds) },
			func() { q.Entities = append(a.some(20, a.entity), few(a, a.disputed)...) },
		})
		p.ListConflicts = &q
		if a.oneIn(3) {
			p.Walk = 1 + a.value.IntN(3)
		}
	case k < 88:
		q := graph.SearchQuery{Tokens: misspelt(a.value, graph.Tokens(aValue(a, a.words...))), Near: a.oneIn(2), Limit: 1 + a.value.IntN(20)}
		if a.oneIn(2) {
			q.Kinds = few(a, askedKinds)
		}
		p.Candidates = &q
	case k < 90:
		ids := a.some(9, a.entity)
		p.Entities = &ids
	case k < 91:
		ids := few(a, a.identifiers)
		p.Identifiers = &ids
	case k < 92:
		p.Statements = statementIDs()
	case k < 94:
		p.Evidence = statementIDs()
	case k < 95:
		ids := few(a, append(a.changeEvents[:len(a.changeEvents):len(a.changeEvents)], "evt:none"))
		p.ChangeEvents = &ids
	case k < 96:
		if a.oneIn(2) {
			ids := few(a, append(a.conflicts[:len(a.conflicts):len(a.conflicts)], "cfl:none"))
			p.Conflicts = &ids
		} else {
			p.Datasets = new(struct{})
		}
	case k < 97:
		ids := append(*statementIDs(), a.some(9, func() string { return aValue(a, a.entity(), aValue(a, a.members...)) })...)
		p.ConflictsOf = &ids
	case k < 98:
		ids := append(a.some(9, a.entity), few(a, a.merged)...)
		p.RedirectsTo = &ids
	case k < 99:
		if a.oneIn(2) {
			t := revisionTime.Add(time.Duration(a.value.IntN(12)-2) * 40 * time.Minute)
			p.RevisionAt = &t
		} else {
			p.ListRevisions = &[2]int64{int64(a.value.IntN(9)), int64(1 + a.value.IntN(9))}
		}
	default:
		stop := aValue(a, 0, 1, 40)
		p.Dump = &stop
	}
	return p
}
