package graphtest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

var edgeCases = []testCase{
	{"edges in both directions", directions},
	{"sets of relations and properties", relationSets},
	{"a statement from an entity to itself", selfLoop},
	{"pages of several entities and queries", severalQueries},
	{"order of edges", edgeOrder},
	{"pages forwards and backwards", paging},
	{"places outside the list", outsidePlaces},
	{"totals", totals},
	{"what follows edges", following},
	{"a hub", hub},
	{"filters", filters},
	{"edges under a date", datedEdges},
	{"queries that break a rule", badQueries},
}

// family is a small graph around org:ego.
func family() *batch {
	b := base().entity("org:ego", "Ego").entity("org:a", "A").entity("org:b", "B").entity("res:duty", "Duty")
	b.relation("replaced-a", "org:ego", "REPLACED", "org:a", between(10, 20))
	b.relation("replaced-b", "org:ego", "REPLACED", "org:b", between(5, 20))
	b.relation("part", "org:ego", "PART_OF", "org:b", between(7, 30))
	b.relation("duty", "org:ego", "RESPONSIBLE_FOR", "res:duty", between(8, 30))
	b.property("name", "org:ego", graph.NameProperty, "Ego", between(6, 30))
	b.property("aim", "org:ego", "AIM", "To be", between(9, 30))
	b.relation("replaced-ego", "org:a", "REPLACED", "org:ego", between(1, 2))
	b.relation("in-ego", "org:b", "PART_OF", "org:ego", between(15, 30))
	return b
}

func directions(h *harness) {
	v := h.load(family())
	for _, test := range []struct {
		direction graph.Direction
		want      string
	}{
		{graph.Out, "replaced-b OUT org:b, replaced-a OUT org:a"},
		{graph.In, "replaced-ego IN org:a"},
		{graph.Both, "replaced-ego IN org:a, replaced-b OUT org:b, replaced-a OUT org:a"},
	} {
		p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:ego"}, Relations: []graph.RelationName{"REPLACED"}, Direction: test.direction, Page: graph.Page{First: 9}})
		h.equal(string(test.direction), test.want, strings.Join(edgeKeys(p[0]), ", "))
	}
	p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:ego"}, Relations: []graph.RelationName{"REPLACED"}, Direction: graph.In, Page: graph.Page{First: 9}})
	if s := p[0].Edges[0].Statement; s.Subject != "org:a" || s.Object != "org:ego" || s.Relation != "REPLACED" || s.Citations != nil {
		h.Errorf("an edge seen from its object has its statement as it is, without citations: %+v", s)
	}
	if node := p[0].Edges[0].Node; len(node.Names) != 1 || node.Names[0].Text != "A" {
		h.Errorf("the far end is whole: %+v", node)
	}
}

func relationSets(h *harness) {
	v := h.load(family())
	type relations = []graph.RelationName
	type properties = []graph.PropertyName
	for _, test := range []struct {
		name       string
		relations  relations
		properties properties
		direction  graph.Direction
		want       string
	}{
		{"everything outwards", nil, nil, graph.Out, "replaced-b name part duty aim replaced-a"},
		{"everything inwards has no property", nil, nil, graph.In, "replaced-ego in-ego"},
		{"everything", nil, nil, graph.Both, "replaced-ego replaced-b name part duty aim replaced-a in-ego"},
		{"two relations", relations{"RESPONSIBLE_FOR", "REPLACED"}, nil, graph.Out, "replaced-b duty replaced-a"},
		{"two relations, both ways", relations{"PART_OF", "REPLACED"}, nil, graph.Both, "replaced-ego replaced-b part replaced-a in-ego"},
		{"a relation named twice", relations{"PART_OF", "PART_OF"}, nil, graph.Out, "part"},
		{"a property", nil, properties{"AIM"}, graph.Out, "aim"},
		{"properties have no direction", nil, properties{"AIM", graph.NameProperty}, "", "name aim"},
		{"properties are seen whatever the direction of the relations", relations{"PART_OF"}, properties{"AIM"}, graph.In, "aim in-ego"},
		{"nothing of the sort", relations{"CITES"}, properties{"COUNT"}, graph.Both, ""},
	} {
		p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:ego"}, Relations: test.relations, Properties: test.properties, Direction: test.direction, Page: graph.Page{First: 20, Total: true}})
		var got []string
		for _, key := range edgeKeys(p[0]) {
			got = append(got, strings.Fields(key)[0])
		}
		h.equal(test.name, strings.Fields(test.want), got)
		h.equal(test.name+": total", len(got), p[0].Total)
	}
	p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:ego"}, Properties: properties{"AIM"}, Page: graph.Page{First: 1}})
	h.equal("a property has no far end", []string{"aim OUT -"}, edgeKeys(p[0]))
}

// tree is the lines of a page with all that is read beside its edges, each level further in.
func tree(p graph.EdgePage) (lines []string) {
	if p.Near != nil {
		lines = append(lines, "near "+p.Near.ID)
	}
	if p.Total > 0 {
		lines = append(lines, fmt.Sprint("total ", p.Total))
	}
	for i, key := range edgeKeys(p) {
		e := p.Edges[i]
		if e.Evidence != nil {
			for _, c := range e.Evidence.Citations {
				key += ", cites " + c.Source.ID
			}
			for _, b := range e.Evidence.Basis {
				key += ", under " + b.Legislation.ID
			}
			if by := e.Evidence.AttributedTo; by != nil {
				key += ", says " + by.ID
			}
		}
		lines = append(lines, key)
		for j, then := range e.Then {
			lines = append(lines, fmt.Sprintf("  %d:", j))
			for _, line := range tree(then) {
				lines = append(lines, "    "+line)
			}
		}
	}
	return lines
}

func following(h *harness) {
	b := family().entity("leg:act", "The Act").entity("per:critic", "A Critic")
	b.relation("led", "per:critic", "LED", "org:b", func(s *graph.Statement) {
		s.Basis, s.Certainty, s.AttributedTo = []graph.Basis{{LegislationID: "leg:act"}}, graph.Reported, "per:critic"
		s.Citations = append(s.Citations, citation("src:almanac", graph.AspectRelation))
	})
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:ego"}}
	v := h.load(b)
	aim := graph.EdgeQuery{Properties: []graph.PropertyName{"AIM"}, Page: graph.Page{First: 9}, Near: true}
	query := graph.EdgeQuery{
		Entities: []string{"org:old", "org:none", "org:ego"}, Relations: []graph.RelationName{"REPLACED"}, Direction: graph.Out,
		Page: graph.Page{First: 1}, Near: true, Evidence: true, // its second edge is behind the page, and nothing follows it
		Then: []graph.EdgeQuery{
			{Relations: []graph.RelationName{"PART_OF"}, Direction: graph.Both, Page: graph.Page{Last: 1, Total: true}, Then: []graph.EdgeQuery{aim}},
			{Relations: []graph.RelationName{"LED"}, Direction: graph.In, Page: graph.Page{First: 5}, Evidence: true, Kinds: []graph.Kind{graph.Person, graph.Organisation}},
			{Relations: []graph.RelationName{"LED"}, Direction: graph.In, Page: graph.Page{First: 5}, Kinds: []graph.Kind{graph.Person}},
			{CitedAs: []graph.Role{graph.Supports}, Page: graph.Page{First: 5}, Then: []graph.EdgeQuery{aim}},
			{Direction: graph.In, Page: graph.Page{Total: true}},
		},
	}
	whole := []string{
		"near org:ego",
		"replaced-b OUT org:b, cites src:gazette",
		"  0:", "    total 2", "    in-ego OUT org:ego", "      0:", "        near org:ego", "        aim OUT -",
		"  1:", "    led IN per:critic, cites src:gazette, cites src:almanac, under leg:act, says per:critic",
		"  2:", "  3:", "  4:", "    total 3",
	}
	for range 2 { // a store may read otherwise what it is asked again
		pages := h.edges(v, query)
		h.equal("all that follows", whole, tree(pages[2]))
		h.equal("all that follows an id that redirects", whole, tree(pages[0]))
		h.equal("nothing follows what is not there", []string(nil), tree(pages[1]))
	}

	// Under a date, and against reading one thing after the other.
	v.Date = graph.MustDate("1970-01-17")
	pages := h.edges(v, query)
	h.equal("under a date", []string{
		"near org:ego", "replaced-b OUT org:b, cites src:gazette",
		"  0:", "    total 2", "    in-ego OUT org:ego", "      0:", "        near org:ego", "        aim OUT -",
		"  1:", "    led IN per:critic, cites src:gazette, cites src:almanac, under leg:act, says per:critic",
		"  2:", "  3:", "  4:", "    total 3",
	}, tree(pages[2]))
	v.Date = graph.MustDate("1970-01-12")
	h.equal("under an earlier date", []string{
		"near org:ego", "replaced-b OUT org:b, cites src:gazette",
		"  0:", "    total 1", "    part IN org:ego", "      0:", "        near org:ego", "        aim OUT -",
		"  1:", "    led IN per:critic, cites src:gazette, cites src:almanac, under leg:act, says per:critic",
		"  2:", "  3:", "  4:", "    total 3",
	}, tree(h.edges(v, query)[2]))
	v.Date = graph.Date{}

	// Each node is asked once, and answers wherever it stands.
	back := graph.EdgeQuery{Relations: []graph.RelationName{"REPLACED"}, Direction: graph.Both, Page: graph.Page{First: 9}}
	round := back
	round.Then = []graph.EdgeQuery{back}
	round.Entities = []string{"org:a"}
	h.equal("there and back", []string{
		"replaced-ego OUT org:ego", "  0:", "    replaced-ego IN org:a", "    replaced-b OUT org:b", "    replaced-a OUT org:a",
		"replaced-a IN org:ego", "  0:", "    replaced-ego IN org:a", "    replaced-b OUT org:b", "    replaced-a OUT org:a",
	}, tree(h.edges(v, round)[0]))
}

func selfLoop(h *harness) {
	v := h.load(base().entity("org:a", "A").entity("org:b", "B").
		relation("self", "org:a", "PART_OF", "org:a", between(5, 6)).relation("other", "org:a", "PART_OF", "org:b", between(7, 8)).relation("first", "org:b", "PART_OF", "org:a", between(1, 2)))
	for _, test := range []struct {
		direction graph.Direction
		want      string
	}{
		{graph.Out, "self OUT org:a, other OUT org:b"},
		{graph.In, "first IN org:b, self IN org:a"},
		{graph.Both, "first IN org:b, self OUT org:a, other OUT org:b"},
	} {
		p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:a"}, Relations: []graph.RelationName{"PART_OF"}, Direction: test.direction, Page: graph.Page{First: 9, Total: true}})
		h.equal(string(test.direction), test.want, strings.Join(edgeKeys(p[0]), ", "))
		h.equal(string(test.direction)+": total", len(p[0].Edges), p[0].Total)
	}
}

func severalQueries(h *harness) {
	v := h.load(family())
	replaced := graph.EdgeQuery{Entities: []string{"org:b", "org:none", "org:ego", "org:a", "org:ego"}, Relations: []graph.RelationName{"REPLACED"}, Direction: graph.Out, Page: graph.Page{First: 1, Total: true}}
	parts := graph.EdgeQuery{Entities: []string{"org:ego"}, Relations: []graph.RelationName{"PART_OF"}, Direction: graph.In, Page: graph.Page{Last: 5}}
	nobody := graph.EdgeQuery{Direction: graph.Out, Page: graph.Page{First: 1}}
	found, err := h.store.Edges(h.Context(), v, []graph.EdgeQuery{replaced, nobody, parts})
	if err != nil {
		h.Fatalf("Edges: %v", err)
	}
	var got []string
	for i, pages := range found {
		for _, p := range pages {
			got = append(got, fmt.Sprintf("%d: %s of %d, more: %t", i, strings.Join(edgeKeys(p), ", "), p.Total, p.HasNext))
		}
	}
	h.equal("pages", []string{
		"0:  of 0, more: false", "0:  of 0, more: false", "0: replaced-b OUT org:b of 2, more: true", "0: replaced-ego OUT org:ego of 1, more: false",
		"0: replaced-b OUT org:b of 2, more: true", "2: in-ego IN org:b of 0, more: false",
	}, got)
	if found, err := h.store.Edges(h.Context(), v, nil); err != nil || len(found) != 0 {
		h.Errorf("no queries: %v, %v", found, err)
	}
}

func edgeOrder(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	bounds := func(lo, hi graph.Day) func(*graph.Statement) {
		return func(s *graph.Statement) {
			s.Bounds = graph.Bounds{StartLo: lo, StartHi: hi, EndLo: graph.MaxDay, EndHi: graph.MaxDay}
		}
	}
	// Keys say the place in the list; they are put out of order.
	b.relation("9-unbounded", "org:a", "CITES", "org:b", bounds(graph.MaxDay, graph.MaxDay))
	b.relation("4-lo", "org:a", "CITES", "org:b", bounds(-3, 8))
	b.relation("1-undated", "org:a", "CITES", "org:b", bounds(graph.MinDay, graph.MinDay))
	b.relation("2-undated", "org:a", "CITES", "org:b", bounds(graph.MinDay, graph.MaxDay))
	b.relation("5-Capital", "org:a", "CITES", "org:b", bounds(7, 7))
	b.relation("5-small", "org:a", "CITES", "org:b", bounds(7, 7))
	b.relation("5_under", "org:a", "CITES", "org:b", bounds(7, 7))
	b.relation("6-hi", "org:a", "CITES", "org:b", bounds(7, 8))
	b.relation("3-hi", "org:a", "CITES", "org:b", bounds(-3, 7))
	v := h.load(b)
	p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Out, Page: graph.Page{First: 20}})
	var got []string
	for _, key := range edgeKeys(p[0]) {
		got = append(got, strings.Fields(key)[0])
	}
	h.equal("first and last possible start, then id by bytes", strings.Fields("1-undated 2-undated 3-hi 4-lo 5-Capital 5-small 5_under 6-hi 9-unbounded"), got)
}

// ladder is org:a with n statements in order, some with equal bounds, of two relations and both directions.
func ladder(n int) *batch {
	b := base().entity("org:a", "A").entity("org:b", "B")
	for i := range n {
		key, day := fmt.Sprintf("k%04d", i), between(graph.Day(i/3), 10_000)
		switch i % 4 {
		case 0, 1:
			b.relation(key, "org:a", "PART_OF", "org:b", day)
		case 2:
			b.relation(key, "org:a", "LED", "org:b", day)
		case 3:
			b.relation(key, "org:b", "LED", "org:a", day)
		}
	}
	return b
}

func paging(h *harness) {
	b := ladder(23)
	v := h.load(b)
	query := graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Both}
	query.Page = graph.Page{First: 100}
	whole := h.edges(v, query)[0]
	if len(whole.Edges) != 23 || whole.HasNext || whole.HasPrevious {
		h.Fatalf("the whole list: %d edges, %t, %t", len(whole.Edges), whole.HasPrevious, whole.HasNext)
	}
	for _, size := range []int{1, 2, 7, 22, 23, 24} {
		var forwards []string
		query.Page = graph.Page{First: size}
		for {
			p := h.edges(v, query)[0]
			forwards = append(forwards, edgeKeys(p)...)
			if want := query.Page.After != nil; p.HasPrevious != want {
				h.Errorf("pages of %d forwards, after %d: HasPrevious is %t", size, len(forwards), p.HasPrevious)
			}
			if want := len(forwards) < 23; p.HasNext != want {
				h.Fatalf("pages of %d forwards, after %d: HasNext is %t", size, len(forwards), p.HasNext)
			}
			if !p.HasNext {
				break
			}
			last := p.Edges[len(p.Edges)-1].Statement.Cursor(graph.Order{})
			query.Page.After = &last
		}
		h.equal(fmt.Sprintf("pages of %d forwards", size), edgeKeys(whole), forwards)

		var backwards []string
		query.Page = graph.Page{Last: size}
		for {
			p := h.edges(v, query)[0]
			backwards = append(edgeKeys(p), backwards...)
			if want := query.Page.Before != nil; p.HasNext != want {
				h.Errorf("pages of %d backwards, after %d: HasNext is %t", size, len(backwards), p.HasNext)
			}
			if want := len(backwards) < 23; p.HasPrevious != want {
				h.Fatalf("pages of %d backwards, after %d: HasPrevious is %t", size, len(backwards), p.HasPrevious)
			}
			if !p.HasPrevious {
				break
			}
			first := p.Edges[0].Statement.Cursor(graph.Order{})
			query.Page.Before = &first
		}
		h.equal(fmt.Sprintf("pages of %d backwards", size), edgeKeys(whole), backwards)
	}

	// A cursor holds its place when what it names has gone, and when others have come.
	third := whole.Edges[2].Statement.Cursor(graph.Order{})
	changed := b.without(third.ID).relation("k0002-behind", "org:a", "LED", "org:b", between(0, 10_000)).relation("k0000-before", "org:a", "LED", "org:b", between(0, 10_000))
	later := h.load(changed)
	query.Page = graph.Page{First: 2, After: &third}
	p := h.edges(later, query)[0]
	h.equal("after a withdrawn statement", []string{"k0002-behind OUT org:b", "k0004 OUT org:b"}, edgeKeys(p))
	h.equal("the earlier revision pages as before", edgeKeys(graph.EdgePage{Edges: whole.Edges[3:5]}), edgeKeys(h.edges(v, query)[0]))
}

func outsidePlaces(h *harness) {
	b := ladder(9)
	v := h.load(b)
	naive := h.naively(b)
	at := func(lo graph.Day, id string) *graph.Cursor { return &graph.Cursor{Lo: lo, Hi: lo, ID: id} }
	for name, page := range map[string]graph.Page{
		"before all":          {First: 3, After: at(graph.MinDay, "")},
		"behind all":          {First: 3, After: at(graph.MaxDay, "stm:z/z")},
		"behind all, last":    {Last: 3, Before: at(graph.MaxDay, "stm:z/z")},
		"before all, last":    {Last: 3, Before: at(graph.MinDay, "")},
		"between, first":      {First: 9, After: at(0, "stm:org:a/k0001"), Before: at(2, "stm:org:a/k0006")},
		"between, last":       {Last: 2, After: at(0, "stm:org:a/k0001"), Before: at(2, "stm:org:a/k0006")},
		"nothing between":     {First: 2, After: at(1, "stm:org:a/k0004"), Before: at(1, "stm:org:a/k0005")},
		"nothing to the left": {Last: 2, After: at(1, "stm:org:a/k0004"), Before: at(1, "stm:org:a/k0005")},
		"after behind before": {First: 2, After: at(2, "stm:org:a/k0006"), Before: at(0, "stm:org:a/k0001")},
		"only before, first":  {First: 2, Before: at(1, "stm:org:a/k0005")},
		"only after, last":    {Last: 2, After: at(1, "stm:org:a/k0005")},
	} {
		query := graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Both, Page: page}
		h.equal(name, naive.edges(graph.View{Revision: 1}, query)[0], h.edges(v, query)[0])
	}
}

func totals(h *harness) {
	v := h.load(ladder(23))
	query := graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Both}
	place := graph.Cursor{Lo: 3, Hi: 3, ID: "stm:org:a/k0010"}
	for _, test := range []struct {
		name  string
		page  graph.Page
		edges int
		total int
	}{
		{"not asked for", graph.Page{First: 5}, 5, 0},
		{"with a page", graph.Page{First: 5, Total: true}, 5, 23},
		{"of the whole list, wherever the page is", graph.Page{Last: 5, Before: &place, Total: true}, 5, 23},
		{"alone", graph.Page{Total: true}, 0, 23},
	} {
		query.Page = test.page
		p := h.edges(v, query)[0]
		h.equal(test.name, []int{test.edges, test.total}, []int{len(p.Edges), p.Total})
	}
	query.Page = graph.Page{Total: true}
	if p := h.edges(v, query)[0]; p.HasNext || p.HasPrevious {
		h.Errorf("the total alone has no page: %+v", p)
	}
}

func hub(h *harness) {
	const degree = 2000
	b := base().entity("org:hub", "Hub").entity("org:class", "Class")
	for i := range degree {
		id := fmt.Sprintf("org:spoke-%04d", i)
		b.entity(id, fmt.Sprint("Spoke ", i)).relation("in", id, "INSTANCE_OF", "org:hub")
	}
	b.relation("out", "org:hub", "PART_OF", "org:class")
	v := h.load(b)
	query := graph.EdgeQuery{Entities: []string{"org:hub"}, Relations: []graph.RelationName{"INSTANCE_OF"}, Direction: graph.In, Page: graph.Page{First: 300, Total: true}}
	seen := 0
	for {
		p := h.edges(v, query)[0]
		if p.Total != degree {
			h.Fatalf("total: want %d, got %d", degree, p.Total)
		}
		for _, e := range p.Edges {
			if want := fmt.Sprintf("org:spoke-%04d", seen); e.Node.ID != want {
				h.Fatalf("edge %d: want %s, got %s", seen, want, e.Node.ID)
			}
			seen++
		}
		if !p.HasNext {
			break
		}
		last := p.Edges[len(p.Edges)-1].Statement.Cursor(graph.Order{})
		query.Page.After = &last
	}
	h.equal("edges seen", degree, seen)
	query = graph.EdgeQuery{Entities: []string{"org:hub"}, Direction: graph.Both, Page: graph.Page{Last: 1, Total: true}}
	p := h.edges(v, query)[0]
	h.equal("the hub's last", []string{"in IN org:spoke-1999"}, edgeKeys(p))
	h.equal("the hub's total, both ways", degree+1, p.Total)
}

func filters(h *harness) {
	b := base().entity("org:ego", "Ego").entity("org:a", "A").entity("ini:i", "I").entity("res:r", "R").entity("leg:l", "L")
	set := func(status graph.Status, certainty graph.Certainty, rank graph.Rank) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Status, s.Certainty, s.Rank = status, certainty, rank }
	}
	cited := func(citations ...graph.Citation) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Citations = citations }
	}
	background := func(aspects ...graph.Aspect) graph.Citation {
		c := citation("src:almanac", aspects...)
		c.Dataset = "background"
		return c
	}
	b.relation("1plain", "org:ego", "SET_UP", "org:a")
	b.relation("2preferred", "org:ego", "SET_UP", "ini:i", set(graph.InEffect, graph.Implied, graph.Preferred))
	b.relation("3deprecated", "org:ego", "SET_UP", "org:a", set(graph.InEffect, graph.Stated, graph.Deprecated))
	b.relation("4proposed", "org:ego", "RESPONSIBLE_FOR", "res:r", set(graph.Proposed, graph.Reported, graph.Normal))
	b.relation("5announced", "org:ego", "SET_UP", "ini:i", set(graph.Announced, graph.Stated, graph.Normal))
	b.relation("6withdrawn", "org:ego", "SET_UP", "ini:i", set(graph.Withdrawn, graph.Stated, graph.Deprecated))
	b.relation("7background", "org:ego", "SET_UP", "org:a", cited(background(graph.AspectRelation)))
	b.relation("8date-alone", "org:ego", "SET_UP", "org:a", cited(citation("src:gazette", graph.AspectRelation), background(graph.AspectWhen, graph.AspectBasis)))
	b.property("9value", "org:ego", "AIM", "To be", cited(citation("src:gazette", graph.AspectStart), background(graph.AspectStart, graph.AspectValue)))
	v := h.load(b)
	type filter = graph.StatementFilter
	for _, test := range []struct {
		name   string
		filter filter
		want   string
	}{
		{"by default what is in effect and not deprecated", filter{}, "1 2 7 8 9"},
		{"statuses", filter{Statuses: []graph.Status{graph.Proposed, graph.Announced}}, "4 5"},
		{"a status, and still not deprecated", filter{Statuses: []graph.Status{graph.Withdrawn}}, ""},
		{"ranks", filter{Ranks: []graph.Rank{graph.Deprecated}}, "3"},
		{"all ranks", filter{Ranks: graph.Ranks}, "1 2 3 7 8 9"},
		{"all statuses and ranks", filter{Statuses: graph.Statuses, Ranks: graph.Ranks}, "1 2 3 4 5 6 7 8 9"},
		{"certainty", filter{Certainties: []graph.Certainty{graph.Implied}}, "2"},
		{"certainties", filter{Certainties: []graph.Certainty{graph.Reported, graph.Implied}, Statuses: graph.Statuses}, "2 4"},
		{"data set of the relation or value, not of the date", filter{Datasets: []string{"background"}}, "7 9"},
		{"another data set", filter{Datasets: []string{"curated"}}, "1 2 8"},
		{"data sets", filter{Datasets: []string{"background", "curated", "none"}}, "1 2 7 8 9"},
		{"no such data set", filter{Datasets: []string{"none"}}, ""},
		{"far kind", filter{Node: &graph.EntityFilter{Kinds: []graph.Kind{graph.Initiative}}}, "2"},
		{"far kinds", filter{Node: &graph.EntityFilter{Kinds: []graph.Kind{graph.Initiative, graph.Organisation, graph.Legislation}}}, "1 2 7 8"},
		{"holds has no meaning without a date", filter{Holds: []graph.Holds{graph.Possibly}}, "1 2 7 8 9"},
		{"all at once", filter{Certainties: []graph.Certainty{graph.Stated}, Datasets: []string{"background"}, Node: &graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}, Ranks: graph.Ranks}, "7"},
	} {
		for _, page := range []graph.Page{{First: 20, Total: true}, {Last: 20, Total: true}} {
			p := h.edges(v, graph.EdgeQuery{Entities: []string{"org:ego"}, Direction: graph.Both, Filter: test.filter, Page: page})
			var got []string
			for _, key := range edgeKeys(p[0]) {
				got = append(got, key[:1])
			}
			h.equal(test.name, strings.Fields(test.want), got)
			h.equal(test.name+": total", len(got), p[0].Total)
		}
	}
	// A far end is the subject when seen from the object.
	p := h.edges(v, graph.EdgeQuery{Entities: []string{"res:r"}, Direction: graph.In, Filter: filter{Statuses: graph.Statuses, Node: &graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}}, Page: graph.Page{First: 9}})
	h.equal("far kind from the object", []string{"4proposed IN org:ego"}, edgeKeys(p[0]))
}

func datedEdges(h *harness) {
	b := base().entity("org:b", "B")
	b.entityWith("org:a", func(e *graph.Entity) { e.Life = graph.Bounds{StartLo: 0, StartHi: 0, EndLo: 1, EndHi: 1} }) // a far end is not hidden
	day := func(s string) graph.Day { q0, _ := graph.MustDate(s).Span(); return q0 }
	bounds := func(startLo, startHi, endLo, endHi string) func(*graph.Statement) {
		return func(s *graph.Statement) {
			s.Bounds = graph.Bounds{StartLo: day(startLo), StartHi: day(startHi), EndLo: day(endLo), EndHi: day(endHi)}
		}
	}
	b.relation("a-throughout", "org:a", "LED", "org:b", bounds("2000", "2000", "2020", "2020"))
	b.relation("b-from-june", "org:a", "LED", "org:b", bounds("2010-06", "2010-06", "2020", "2020"))
	b.relation("c-perhaps", "org:a", "LED", "org:b", bounds("2005", "2015", "2016", "2020"))
	b.relation("d-ended", "org:a", "LED", "org:b", bounds("2000", "2000", "2010", "2010"))
	b.relation("e-later", "org:a", "LED", "org:b", bounds("2011", "2011", "2012", "2012"))
	b.relation("f-event-in-may", "org:a", "SET_UP", "org:b", func(s *graph.Statement) { s.Bounds = graph.EventBounds(graph.MustDate("2010-05").Bounds()) })
	b.relation("g-timeless", "org:a", "ABOUT", "org:b")
	v := h.load(b)
	holds := func(list ...graph.Holds) graph.StatementFilter { return graph.StatementFilter{Holds: list} }
	for _, test := range []struct {
		date   string
		filter graph.StatementFilter
		want   string
	}{
		{"2010", holds(), "a b c f g"},
		{"2010", holds(graph.Definitely), "a g"},
		{"2010", holds(graph.Partly), "b f"},
		{"2010", holds(graph.Possibly), "c"},
		{"2010", holds(graph.Possibly, graph.Definitely), "a c g"},
		{"2010", holds(graph.Definitely, graph.Partly, graph.Possibly), "a b c f g"},
		{"2010-01-01", holds(), "a c g"},
		{"2009-12-31", holds(), "a c d g"},
		{"2010-06", holds(graph.Definitely), "a b f g"},
		{"2010-05", holds(), "a c f g"},
		{"2010-05-01", holds(graph.Definitely, graph.Partly), "a g"},
		{"2011-07", holds(graph.Definitely), "a b e f g"},
		{"201X", holds(graph.Partly), "b c e f"},
		{"201X", holds(graph.Definitely), "a g"},
		{"-0400", holds(), "g"},
		{"9999", holds(), "f g"},
		{"", holds(), "a b c d e f g"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		p := h.edges(view, graph.EdgeQuery{Entities: []string{"org:b"}, Direction: graph.In, Filter: test.filter, Page: graph.Page{First: 20, Total: true}})
		got := map[string]bool{}
		for _, key := range edgeKeys(p[0]) {
			got[key[:1]] = true
		}
		want := map[string]bool{}
		for _, key := range strings.Fields(test.want) {
			want[key] = true
		}
		h.equal(fmt.Sprintf("%q %v", test.date, test.filter.Holds), want, got)
		h.equal(fmt.Sprintf("%q %v: total", test.date, test.filter.Holds), len(want), p[0].Total)
		for _, e := range p[0].Edges {
			if e.Node == nil {
				h.Errorf("%q: the far end of %s is hidden", test.date, e.Statement.ID)
			}
		}
	}
}

func badQueries(h *harness) {
	v := h.load(family())
	good := graph.EdgeQuery{Entities: []string{"org:ego"}, Relations: []graph.RelationName{"REPLACED"}, Direction: graph.Out, Page: graph.Page{First: 1}}
	for _, test := range []struct {
		name string
		bend func(*graph.EdgeQuery)
		word string
	}{
		{"inverse name", func(q *graph.EdgeQuery) { q.Relations = []graph.RelationName{"REPLACED_BY"} }, "REPLACED"},
		{"unknown relation", func(q *graph.EdgeQuery) { q.Relations = []graph.RelationName{"REPLACED'; --"} }, "REPLACED'; --"},
		{"unknown property", func(q *graph.EdgeQuery) { q.Properties = []graph.PropertyName{"SHOE_SIZE"} }, "SHOE_SIZE"},
		{"no direction", func(q *graph.EdgeQuery) { q.Direction = "" }, "OUT, IN, BOTH"},
		{"unknown direction", func(q *graph.EdgeQuery) { q.Direction = "UP" }, "UP"},
		{"first and last", func(q *graph.EdgeQuery) { q.Page.Last = 1 }, "first or last"},
		{"neither first nor last", func(q *graph.EdgeQuery) { q.Page = graph.Page{} }, "first"},
		{"negative", func(q *graph.EdgeQuery) { q.Page = graph.Page{Last: -1, Total: true} }, "negative"},
		{"unknown holds", func(q *graph.EdgeQuery) { q.Filter.Holds = []graph.Holds{"MAYBE"} }, "MAYBE"},
		{"unknown status", func(q *graph.EdgeQuery) { q.Filter.Statuses = []graph.Status{"MAYBE"} }, "MAYBE"},
		{"unknown rank", func(q *graph.EdgeQuery) { q.Filter.Ranks = []graph.Rank{"MAYBE"} }, "MAYBE"},
		{"unknown certainty", func(q *graph.EdgeQuery) { q.Filter.Certainties = []graph.Certainty{"MAYBE"} }, "MAYBE"},
		{"entities of what follows", func(q *graph.EdgeQuery) { q.Then = []graph.EdgeQuery{*q} }, "names no entities"},
		{"kinds of named entities", func(q *graph.EdgeQuery) { q.Kinds = []graph.Kind{graph.Person} }, "PERSON"},
		{"too many that follow", func(q *graph.EdgeQuery) {
			then := graph.EdgeQuery{Direction: graph.Out, Page: graph.Page{First: 1}}
			for range graph.MaxThen - 1 {
				q.Then = append(q.Then, then)
			}
			q.Then[0].Then = []graph.EdgeQuery{then, then}
		}, fmt.Sprint(graph.MaxThen)},
		{"unknown kind of what follows", func(q *graph.EdgeQuery) {
			q.Then = []graph.EdgeQuery{{Direction: graph.Out, Page: graph.Page{First: 1}, Kinds: []graph.Kind{"MAYBE"}}}
		}, "MAYBE"},
		{"a page in what follows what follows", func(q *graph.EdgeQuery) {
			q.Then = []graph.EdgeQuery{{Direction: graph.Out, Page: graph.Page{First: 1}, Then: []graph.EdgeQuery{{Direction: graph.Out}}}}
		}, "first"},
		{"unknown kind", func(q *graph.EdgeQuery) { q.Filter.Node = &graph.EntityFilter{Kinds: []graph.Kind{"MAYBE"}} }, "MAYBE"},
	} {
		bad := good
		test.bend(&bad)
		_, err := h.store.Edges(h.Context(), v, []graph.EdgeQuery{good, bad})
		h.refuse(test.name, err, graph.ErrInvalid, test.word)
	}
}

func pick[T any](random *rand.Rand, list ...T) T { return list[random.IntN(len(list))] }

// some is a part of a list, often none.
func some[T any](random *rand.Rand, list []T) []T {
	var out []T
	for random.IntN(3) == 0 {
		out = append(out, pick(random, list...))
	}
	return out
}
