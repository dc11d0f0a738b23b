package graphtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
)

var listCases = []testCase{
	{"entities in every order", entityOrders},
	{"entities by the name of the time", datedNames},
	{"statements in every order", statementOrders},
	{"lists at a revision", listRevisions},
	{"places in lists whose rows come and go", listPlaces},
	{"what cites", citing},
	{"lists of what cites in several roles", citingTwice},
	{"both ends of statements", statementEnds},
	{"lists of change events", changeEventLists},
	{"conflicts", conflicts},
	{"redirects to an entity", redirectsTo},
	{"counts of entities", entityCounts},
	{"counts of statements", statementCounts},
	{"counts of citations", citationCounts},
	{"counts of everything at each revision", revisionCounts},
	{"counts up to a limit", countLimits},
	{"revisions by time and number", revisionLists},
	{"a dump", dump},
}

// walkBoth reads a list of n rows in pages of several sizes, forwards and backwards, and compares with the list in one page. Read returns
// the rows of a page as text, with their places.
func (h *harness) walkBoth(what string, want []string, read func(graph.Page) (rows []string, places []graph.Cursor, info graph.PageInfo)) {
	h.Helper()
	n := len(want)
	for _, size := range []int{1, 2, 3, max(n, 1), n + 1} {
		var forwards, backwards []string
		page := graph.Page{First: size, Total: true}
		for range n + 1 {
			rows, places, info := read(page)
			forwards = append(forwards, rows...)
			if info.Total != n || info.HasPrevious != (page.After != nil) || info.HasNext != (len(forwards) < n) {
				h.Errorf("%s, pages of %d, after %d of %d: %+v", what, size, len(forwards), n, info)
			}
			if !info.HasNext || len(rows) == 0 {
				break
			}
			page.After = &places[len(places)-1]
		}
		h.equal(fmt.Sprintf("%s, pages of %d", what, size), want, forwards)
		page = graph.Page{Last: size}
		for range n + 1 {
			rows, places, info := read(page)
			backwards = append(rows, backwards...)
			if info.Total != 0 || info.HasNext != (page.Before != nil) || info.HasPrevious != (len(backwards) < n) {
				h.Errorf("%s, pages of %d backwards, after %d of %d: %+v", what, size, len(backwards), n, info)
			}
			if !info.HasPrevious || len(rows) == 0 {
				break
			}
			page.Before = &places[0]
		}
		h.equal(fmt.Sprintf("%s, pages of %d backwards", what, size), want, backwards)
	}
}

// listed walks a list of entities in both directions of an order, and compares their letters.
func (h *harness) listed(v graph.View, f graph.EntityFilter, by graph.OrderBy, want string) {
	h.Helper()
	letters := strings.Fields(want)
	for _, descending := range []bool{false, true} {
		o := graph.Order{By: by, Descending: descending}
		h.walkBoth(fmt.Sprintf("%+v at %q", o, v.Date), letters, func(p graph.Page) (rows []string, places []graph.Cursor, info graph.PageInfo) {
			page, err := h.store.ListEntities(h.Context(), v, graph.EntityQuery{Filter: f, Order: o, Page: p})
			if err != nil {
				h.Fatalf("ListEntities: %v", err)
			}
			for _, e := range page.Entities {
				rows, places = append(rows, e.ID[4:]), append(places, e.Cursor(o, v.Date))
			}
			return rows, places, page.PageInfo
		})
		letters = slices.Clone(letters)
		slices.Reverse(letters)
	}
}

func entityOrders(h *harness) {
	b := base()
	add := func(id, name string, life graph.Bounds) {
		b.entityWith("org:"+id, func(e *graph.Entity) {
			e.Names, e.Life = []graph.Name{{Text: name, Use: graph.Official, Bounds: graph.Timeless, Rank: graph.Normal}}, life
		})
	}
	add("a", "Émile", graph.Bounds{StartLo: 5, StartHi: 5, EndLo: graph.MaxDay, EndHi: graph.MaxDay})
	add("A", "emile", graph.Bounds{StartLo: 5, StartHi: 5, EndLo: 9, EndHi: 20})
	add("b", "Zebra", graph.Bounds{StartLo: graph.MinDay, StartHi: 3, EndLo: 9, EndHi: 10})
	add("c", "'Apex", graph.Bounds{StartLo: 5, StartHi: 7, EndLo: 9, EndHi: 10})
	add("d", "100 Homes", graph.Bounds{StartLo: -4, StartHi: 9, EndLo: 30, EndHi: 30})
	add("e", "Emil & Co", graph.Timeless)
	v := h.load(b)
	orgs := graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}
	h.listed(v, orgs, "", "d c e A a b")
	h.listed(v, orgs, graph.ByName, "d c e A a b")
	h.listed(v, orgs, graph.ByDate, "e b d A a c")
	h.listed(v, orgs, graph.ByEnd, "b c A d a e")
	h.listed(v, orgs, graph.ByID, "A a b c d e")
	h.listed(v, graph.EntityFilter{IDs: []string{"org:none"}}, graph.ByName, "")
	// Under a date what does not possibly exist is not listed, nor counted.
	v.Date = graph.Day(15).Date()
	h.listed(v, orgs, graph.ByName, "d e A a")
}

func datedNames(h *harness) {
	name := func(text string, use graph.NameUse, rank graph.Rank, bounds graph.Bounds, statement string) graph.Name {
		return graph.Name{Text: text, Use: use, Rank: rank, Bounds: bounds, Statement: statement}
	}
	span := func(from, to string) graph.Bounds {
		return graph.Bounds{StartLo: days(from), StartHi: days(from), EndLo: days(to), EndHi: days(to)}
	}
	fuzzy := graph.Bounds{StartLo: days("2000"), StartHi: days("2010"), EndLo: days("2011"), EndHi: graph.MaxDay}
	b := base()
	for id, names := range map[string][]graph.Name{
		"a-renamed":   {name("Zulu", graph.Official, graph.Normal, span("2005", "2020"), "s2"), name("Alpha", graph.Former, graph.Normal, span("1990", "2005"), "s1")},
		"b-constant":  {name("Mike", graph.Official, graph.Normal, graph.Timeless, "s1"), name("Aardvark", graph.Alias, graph.Preferred, graph.Timeless, "s0"), name("AAA", graph.Acronym, graph.Preferred, graph.Timeless, "s0")},
		"c-alias":     {name("Bravo", graph.Alias, graph.Normal, span("2005", "2020"), "s1"), name("Yankee", graph.Alias, graph.Normal, span("1990", "2005"), "s2")},
		"d-ranked":    {name("Lima", graph.Official, graph.Preferred, fuzzy, "s2"), name("Charlie", graph.Official, graph.Normal, graph.Timeless, "s1")},
		"e-definite":  {name("Victor", graph.Official, graph.Normal, fuzzy, "s1"), name("Delta", graph.Official, graph.Normal, span("2001", "2012"), "s2")},
		"f-tied":      {name("Foxtrot", graph.Official, graph.Normal, graph.Timeless, "s1"), name("Echo", graph.Official, graph.Normal, graph.Timeless, "s2")},
		"g-earlier":   {name("Kilo", graph.Official, graph.Normal, span("1990", "1995"), "s1"), name("Golf", graph.Official, graph.Normal, span("1992", "1996"), "s2")},
		"h-later":     {name("India", graph.Official, graph.Normal, span("2030", "2040"), "s1"), name("Juliet", graph.Official, graph.Normal, span("2025", "2040"), "s2")},
		"i-nothing":   nil,
		"j-acronym":   {name("HQ", graph.Acronym, graph.Normal, graph.Timeless, "s1")},
		"l-use":       {name("Quebec", graph.Official, graph.Normal, span("1990", "2000"), "s2"), name("Romeo", graph.Alias, graph.Normal, graph.Timeless, "s1")},
		"k-last-name": {name("Oscar", graph.Official, graph.Normal, span("1990", "2000"), "s2"), name("Papa", graph.Official, graph.Normal, span("1990", "2000"), "s1")},
	} {
		b.entityWith("org:"+id, func(e *graph.Entity) { e.Names = names })
	}
	v := h.load(b)
	orgs := graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}
	for _, test := range []struct{ date, want string }{
		{"", "c Bravo, e Delta, f Foxtrot, g Golf, j HQ, h India, d Lima, b Mike, i org i nothing, k Papa, l Quebec, a Zulu"},
		{"1995-06-01", "a Alpha, d Charlie, f Foxtrot, g Golf, j HQ, h Juliet, b Mike, i org i nothing, k Papa, l Quebec, e Victor, c Yankee"},
		{"2002", "a Alpha, e Delta, f Foxtrot, g Golf, j HQ, h Juliet, d Lima, b Mike, i org i nothing, k Papa, l Romeo, c Yankee"},
		{"2010-06", "c Bravo, f Foxtrot, g Golf, j HQ, h Juliet, d Lima, b Mike, i org i nothing, k Papa, l Romeo, e Victor, a Zulu"},
		{"2005", "c Bravo, e Delta, f Foxtrot, g Golf, j HQ, h Juliet, d Lima, b Mike, i org i nothing, k Papa, l Romeo, a Zulu"},
		{"20XX", "a Alpha, c Bravo, f Foxtrot, g Golf, j HQ, h India, d Lima, b Mike, i org i nothing, k Papa, l Romeo, e Victor"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		page, err := h.store.ListEntities(h.Context(), view, graph.EntityQuery{Filter: orgs, Page: everyPage})
		if err != nil {
			h.Fatalf("ListEntities: %v", err)
		}
		var got, ids []string
		var named graph.EntityFilter // a store may begin with ids rather than with names
		for _, e := range page.Entities {
			got = append(got, e.ID[4:5]+" "+graph.Fold(e.NameAt(view.Date)))
			ids, named.IDs = append(ids, e.ID[4:]), append(named.IDs, e.ID)
		}
		h.equal(test.date, strings.ToLower(test.want), strings.Join(got, ", "))
		h.listed(view, orgs, graph.ByName, strings.Join(ids, " "))
		page, err = h.store.ListEntities(h.Context(), view, graph.EntityQuery{Filter: named, Page: everyPage})
		if err != nil {
			h.Fatalf("ListEntities: %v", err)
		}
		var again []string
		for _, e := range page.Entities {
			again = append(again, e.ID)
		}
		h.equal(test.date+", by ids", named.IDs, again)
	}
}

func statementOrders(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	add := func(key string, bounds graph.Bounds) {
		b.relation(key, "org:a", "LED", "org:b", func(s *graph.Statement) { s.Bounds = bounds })
	}
	add("a", graph.Bounds{StartLo: 5, StartHi: 5, EndLo: graph.MaxDay, EndHi: graph.MaxDay})
	add("A", graph.Bounds{StartLo: 5, StartHi: 5, EndLo: 9, EndHi: 20})
	add("b", graph.Bounds{StartLo: graph.MinDay, StartHi: 3, EndLo: 9, EndHi: 10})
	add("c", graph.Bounds{StartLo: 5, StartHi: 7, EndLo: 9, EndHi: 10})
	add("d", graph.Bounds{StartLo: -4, StartHi: 9, EndLo: 30, EndHi: 30})
	add("e", graph.Timeless)
	v := h.load(b)
	for _, test := range []struct {
		by   graph.OrderBy
		want string
	}{
		{"", "e b d A a c"},
		{graph.ByDate, "e b d A a c"},
		{graph.ByEnd, "b c A d a e"},
		{graph.ByID, "A a b c d e"},
	} {
		want := strings.Fields(test.want)
		for _, descending := range []bool{false, true} {
			o := graph.Order{By: test.by, Descending: descending}
			read := func(page graph.EdgePage) (rows []string, places []graph.Cursor, info graph.PageInfo) {
				for i, key := range edgeKeys(page) {
					rows, places = append(rows, strings.Fields(key)[0]), append(places, page.Edges[i].Statement.Cursor(o))
				}
				return rows, places, page.PageInfo
			}
			h.walkBoth(fmt.Sprintf("list, %+v", o), want, func(p graph.Page) ([]string, []graph.Cursor, graph.PageInfo) {
				page, err := h.store.ListStatements(h.Context(), v, graph.StatementQuery{Order: o, Page: p})
				if err != nil {
					h.Fatalf("ListStatements: %v", err)
				}
				for _, e := range page.Edges {
					if e.Node != nil || e.Direction != "" || e.Statement.Citations != nil {
						h.Errorf("a list has statements alone, without citations: %+v", e)
					}
				}
				return read(page)
			})
			for near, d := range map[string]graph.Direction{"org:a": graph.Out, "org:b": graph.Both} {
				h.walkBoth(fmt.Sprintf("edges of %s, %+v", near, o), want, func(p graph.Page) ([]string, []graph.Cursor, graph.PageInfo) {
					return read(h.edges(v, graph.EdgeQuery{Entities: []string{near}, Direction: d, Order: o, Page: p})[0])
				})
			}
			h.walkBoth(fmt.Sprintf("what cites, %+v", o), want, func(p graph.Page) ([]string, []graph.Cursor, graph.PageInfo) {
				return read(h.edges(v, graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Order: o, Page: p})[0])
			})
			want = slices.Clone(want)
			slices.Reverse(want)
		}
	}
	v.Date = graph.Day(15).Date()
	h.equal("what possibly holds on a date", []string{"A", "a", "d", "e"}, h.keys(v, graph.StatementFilter{}, ""))
}

func listRevisions(h *harness) {
	s := h.store
	first := everything().entity("org:old-only", "Old")
	first.Redirects = []graph.Redirect{{From: "org:merged", To: "org:full"}}
	second := first.without("org:old-only", "stm:org:full/dated", "cfl:full", "org:merged").noted("stm:org:full/full", "new").entity("org:new", "New")
	second.ChangeEvents[0].Name = "Another name"
	third := second.without("evt:full", "stm:org:full/full")
	v1, v2, v3 := h.load(first), h.load(second), h.load(third)
	pending := h.begin(spec())
	h.put(pending, second.entity("org:pending", "Pending"))
	all := graph.StatementFilter{Statuses: graph.Statuses, Ranks: graph.Ranks}
	for _, test := range []struct {
		view                                           graph.View
		entities, statements, events, conflicts, merge string
	}{
		{v1, "org:full org:old-only org:other", "dated full a note", "A change", "cfl:full", "org:merged"},
		{v2, "org:full org:new org:other", "full new", "Another name", "", ""},
		{v3, "org:full org:new org:other", "", "", "", ""},
	} {
		when := fmt.Sprintf("revision %d", test.view.Revision)
		h.equal(when+": entities", strings.Fields(test.entities), h.ids(test.view, graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}))
		page, err := s.ListStatements(h.Context(), test.view, graph.StatementQuery{Filter: all, Order: graph.Order{By: graph.ByID}, Page: everyPage})
		if err != nil {
			h.Fatalf("ListStatements: %v", err)
		}
		var words []string
		for i, key := range edgeKeys(page) {
			words = append(words, strings.Fields(key)[0])
			words = append(words, strings.Fields(page.Edges[i].Statement.Note)...)
		}
		h.equal(when+": statements", strings.Fields(test.statements), words)
		events, err := s.ListChangeEvents(h.Context(), test.view, graph.ChangeEventQuery{Statuses: graph.Statuses, Page: everyPage})
		if err != nil {
			h.Fatalf("ListChangeEvents: %v", err)
		}
		words = nil
		for _, e := range events.ChangeEvents {
			words = append(words, e.Name)
		}
		h.equal(when+": change events", test.events, strings.Join(words, ", "))
		h.equal(when+": conflicts", strings.Fields(test.conflicts), h.conflictIDs(test.view, graph.ConflictQuery{Page: everyPage}))
		h.equal(when+": redirects", [][]string{strings.Fields(test.merge)}, h.redirectsTo(test.view, "org:full"))
		counts := h.count(test.view, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Limit: 9})
		h.equal(when+": counts", 3, counts["ORGANISATION"])
	}
}

func (h *harness) conflictIDs(v graph.View, q graph.ConflictQuery) []string {
	h.Helper()
	page, err := h.store.ListConflicts(h.Context(), v, q)
	if err != nil {
		h.Fatalf("ListConflicts(%+v): %v", q, err)
	}
	var out []string
	for _, c := range page.Conflicts {
		out = append(out, c.ID)
	}
	return out
}

func (h *harness) redirectsTo(v graph.View, ids ...string) [][]string {
	h.Helper()
	found, err := h.store.RedirectsTo(h.Context(), v, ids)
	if err != nil || len(found) != len(ids) {
		h.Fatalf("RedirectsTo: %d answers, %v", len(found), err)
	}
	return found
}

// count is the groups of a count.
func (h *harness) count(v graph.View, q graph.CountQuery) map[string]int {
	h.Helper()
	found, err := h.store.Count(h.Context(), v, q)
	if err != nil {
		h.Fatalf("Count(%s): %v", literal(q), err)
	}
	out := make(map[string]int)
	sum := 0
	for i, g := range found.Groups {
		out[g.Key] = g.N
		sum += g.N
		if i > 0 && (found.Groups[i-1].N < g.N || found.Groups[i-1].N == g.N && found.Groups[i-1].Key >= g.Key) {
			h.Errorf("%s: groups are not the largest first, then by key: %+v", literal(q), found.Groups)
		}
	}
	if found.More == 0 && found.Total != sum {
		h.Errorf("%s: total is %d; want %d", literal(q), found.Total, sum)
	}
	return out
}

func listPlaces(h *harness) {
	s := h.store
	b := base()
	for _, id := range strings.Fields("a b c d e") {
		b.entity("org:"+id, "Body "+id)
	}
	v := h.load(b)
	o := graph.Order{By: graph.ByName, Descending: true}
	query := graph.EntityQuery{Filter: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}, Order: o, Page: graph.Page{First: 2}}
	read := func(v graph.View) string {
		page, err := s.ListEntities(h.Context(), v, query)
		if err != nil {
			h.Fatalf("ListEntities: %v", err)
		}
		return fmt.Sprint(entityIDs(page.Entities), page.HasPrevious, page.HasNext)
	}
	h.equal("first page", "[org:e org:d] false true", read(v))
	query.Page.After = &graph.Cursor{Text: "body d", ID: "org:d"}
	h.equal("second page", "[org:c org:b] true true", read(v))
	later := h.load(b.without("org:d", "org:b").entity("org:cc", "Body cc").entity("org:dd", "Body dd"))
	h.equal("after a row that has gone, with others that came", "[org:cc org:c] true true", read(later))
	h.equal("the earlier revision", "[org:c org:b] true true", read(v))
	query.Page = graph.Page{Last: 9, Before: &graph.Cursor{Text: "body d", ID: "org:d"}}
	h.equal("before a row that has gone", "[org:e org:dd] false true", read(later))
	query.Page = graph.Page{First: 9, After: &graph.Cursor{Text: "a"}}
	h.equal("behind all", "[] true false", read(v))
	query.Page = graph.Page{First: 9, Before: &graph.Cursor{Text: "z"}}
	h.equal("before all", "[] false true", read(v))
}

func citing(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").entity("leg:act", "Act")
	b.Redirects = []graph.Redirect{{From: "src:journal", To: "src:gazette"}}
	as := func(source string, role graph.Role, aspect graph.Aspect) graph.Citation {
		c := citation(source, aspect)
		c.Role = role
		return c
	}
	cited := func(list ...graph.Citation) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Citations = list }
	}
	b.relation("a-twice", "org:a", "PART_OF", "org:b", cited(as("src:gazette", graph.Supports, graph.AspectRelation), as("src:gazette", graph.Supports, graph.AspectWhen)))
	b.relation("b-date", "org:a", "LED", "org:b", cited(as("src:almanac", graph.Supports, graph.AspectRelation), as("src:gazette", graph.Supports, graph.AspectStart)))
	b.relation("c-disputed", "org:a", "PART_OF", "org:b", cited(as("src:gazette", graph.Disputes, graph.AspectRelation), as("leg:act", graph.Supports, graph.AspectRelation)))
	b.relation("d-mentioned", "org:a", "PART_OF", "org:b", cited(as("src:gazette", graph.Mentions, graph.AspectRelation)), between(days("2000"), days("2010")))
	b.property("e-value", "org:a", "AIM", "To be")
	b.relation("f-proposed", "org:a", "PART_OF", "org:b", func(s *graph.Statement) { s.Status = graph.Proposed })
	b.relation("g-about", "src:gazette", "ABOUT", "org:b", cited(as("src:almanac", graph.Supports, graph.AspectRelation)))
	v := h.load(b)
	roles := func(list ...graph.Role) []graph.Role { return list }
	for _, test := range []struct {
		name  string
		query graph.EdgeQuery
		date  string
		want  string
	}{
		{"supported", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: roles(graph.Supports)}, "", "a b e"},
		{"disputed or mentioned", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: roles(graph.Disputes, graph.Mentions)}, "", "c d"},
		{"in any role", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles}, "", "a b c d e"},
		{"a source that redirects", graph.EdgeQuery{Entities: []string{"src:journal"}, CitedAs: roles(graph.Supports)}, "", "a b e"},
		{"legislation", graph.EdgeQuery{Entities: []string{"leg:act"}, CitedAs: roles(graph.Supports)}, "", "c"},
		{"what cannot be cited", graph.EdgeQuery{Entities: []string{"org:a"}, CitedAs: graph.Roles}, "", ""},
		{"nothing", graph.EdgeQuery{Entities: []string{"src:none"}, CitedAs: graph.Roles}, "", ""},
		{"relations", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Relations: []graph.RelationName{"LED"}}, "", "b"},
		{"properties", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Properties: []graph.PropertyName{"AIM"}}, "", "e"},
		{"relations and properties", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Relations: []graph.RelationName{"LED"}, Properties: []graph.PropertyName{"AIM"}}, "", "b e"},
		{"a filter", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Filter: graph.StatementFilter{Statuses: graph.Statuses, Relations: []graph.RelationName{"PART_OF"}}}, "", "a c d f"},
		{"on a date", graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles}, "2015", "a b c e"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		test.query.Order, test.query.Page = graph.Order{By: graph.ByID}, everyPage
		page := h.edges(view, test.query)[0]
		var got []string
		for i, e := range page.Edges {
			if e.Node != nil || e.Direction != "" || e.Statement.Citations != nil {
				h.Errorf("%s: an edge of what cites has neither node nor direction nor citations: %+v", test.name, e)
			}
			got = append(got, edgeKeys(page)[i][:1])
		}
		h.equal(test.name, strings.Fields(test.want), got)
		h.equal(test.name+": total", len(got), page.Total)
	}
}

// citingTwice pages through statements that each cite a source in all roles, and another one: each is one row.
func citingTwice(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	var want []string
	for i := range 5 {
		key := string(rune('a' + i))
		want = append(want, key)
		b.relation(key, "org:a", "PART_OF", "org:b", between(graph.Day(i), 100), func(s *graph.Statement) {
			s.Citations = []graph.Citation{citation("src:almanac", graph.AspectRelation)}
			for _, role := range graph.Roles {
				c := citation("src:gazette", graph.AspectRelation)
				c.Role = role
				s.Citations = append(s.Citations, c)
			}
		})
	}
	v := h.load(b)
	for _, by := range graph.StatementOrders {
		for _, sources := range [][]string{{"src:gazette"}, {"src:almanac", "src:gazette"}} {
			q := graph.StatementQuery{Filter: graph.StatementFilter{Sources: sources}, Order: graph.Order{By: by}}
			h.walkBoth(fmt.Sprintf("what cites %s by %s", sources, by), want, func(p graph.Page) (rows []string, places []graph.Cursor, info graph.PageInfo) {
				q.Page = p
				page, err := h.store.ListStatements(h.Context(), v, q)
				if err != nil {
					h.Fatalf("ListStatements: %v", err)
				}
				for i, key := range edgeKeys(page) {
					rows, places = append(rows, strings.Fields(key)[0]), append(places, page.Edges[i].Statement.Cursor(q.Order))
				}
				return rows, places, page.PageInfo
			})
		}
	}
}

// statementEnds asks every read of statements for both ends, and for none.
func statementEnds(h *harness) {
	b := base().entity("org:a", "A").entityWith("org:b", func(e *graph.Entity) { e.Life = graph.Bounds{StartLo: 0, StartHi: 0, EndLo: 1, EndHi: 1} })
	b.relation("related", "org:a", "PART_OF", "org:b")
	b.relation("self", "org:a", "LED", "org:a")
	b.property("value", "org:a", "AIM", "To be")
	v := h.load(b)
	v.Date = graph.MustDate("2010") // hides no end, though org:b was gone by then
	v2 := h.load(b.noted("stm:org:a/value", "new"))
	for _, ends := range []bool{false, true} {
		want := []string{"related org:a org:b", "self org:a org:a", "value org:a "}
		if !ends {
			want = []string{"related", "self", "value"}
		}
		check := func(name string, page graph.EdgePage) {
			h.Helper()
			var got []string
			for i, e := range page.Edges {
				row := strings.Fields(edgeKeys(page)[i])[0]
				if ends {
					if row += " " + e.Subject.ID + " "; e.Object != nil {
						row += e.Object.ID
					}
				} else if e.Subject != nil || e.Object != nil {
					h.Errorf("%s: an edge has ends that were not asked for: %+v", name, e)
				}
				got = append(got, row)
			}
			h.equal(fmt.Sprintf("%s, ends %t", name, ends), want, got)
		}
		byID, about := graph.Order{By: graph.ByID}, graph.StatementFilter{Subject: &graph.EntityFilter{IDs: []string{"org:a"}}, Not: &graph.StatementFilter{Properties: []graph.PropertyName{graph.NameProperty}}}
		for _, v := range []graph.View{v, v2} {
			page, err := h.store.ListStatements(h.Context(), v, graph.StatementQuery{Filter: about, Order: byID, Page: everyPage, Ends: ends})
			if err != nil {
				h.Fatalf("ListStatements: %v", err)
			}
			check("list", page)
			check("edges", h.edges(v, graph.EdgeQuery{Entities: []string{"org:a"}, Direction: graph.Both, Filter: about, Order: byID, Page: everyPage, Ends: ends})[0])
			check("what cites", h.edges(v, graph.EdgeQuery{Entities: []string{"src:gazette"}, CitedAs: graph.Roles, Filter: about, Order: byID, Page: everyPage, Ends: ends})[0])
		}
	}
}

func changeEventLists(h *harness) {
	s := h.store
	b := base().entity("org:a", "A").entity("org:b", "B").entity("org:c", "C").entity("res:duty", "Duty").entity("leg:act", "Act").entity("leg:order", "Order")
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:a"}, {From: "leg:bill", To: "leg:act"}}
	add := func(id string, when string, change func(*graph.ChangeEvent)) {
		e := graph.ChangeEvent{
			ID: "evt:" + id, Kind: graph.ChangeReplaced, Name: "Event " + id, Inputs: []string{"org:a"}, Outputs: []string{"org:b"}, Bounds: graph.EventBounds(graph.MinDay, graph.MaxDay),
			Status: graph.InEffect, Certainty: graph.Stated, Rank: graph.Normal, Basis: []graph.Basis{{LegislationID: "leg:act", Provision: "s. 1"}}, Citations: []graph.Citation{citation("src:gazette", graph.AspectRelation)},
		}
		if when != "" {
			e.When = graph.MustDate(when)
			e.Bounds = graph.EventBounds(e.When.Bounds())
		}
		if change != nil {
			change(&e)
		}
		b.ChangeEvents = append(b.ChangeEvents, e)
	}
	add("a", "2010", nil)
	add("b", "2005-04-01", func(e *graph.ChangeEvent) { e.Kind, e.Inputs = graph.ChangeMerged, []string{"org:c", "org:a"} })
	add("c", "2010-01-01", func(e *graph.ChangeEvent) {
		e.Inputs, e.Basis = []string{"org:c"}, []graph.Basis{{LegislationID: "leg:order"}, {LegislationID: "leg:act"}}
	})
	add("d", "2012", func(e *graph.ChangeEvent) {
		e.Kind, e.Inputs, e.Outputs, e.Responsibilities, e.Basis = graph.ChangeTransferred, []string{"org:c"}, []string{"org:b"}, []string{"res:duty"}, nil
	})
	add("e", "2001", func(e *graph.ChangeEvent) { e.Status = graph.Proposed })
	add("f", "2002", func(e *graph.ChangeEvent) { e.Rank = graph.Deprecated })
	add("g", "", func(e *graph.ChangeEvent) { e.Inputs = []string{"org:c"} })
	v := h.load(b)
	list := func(v graph.View, q graph.ChangeEventQuery) (rows []string, places []graph.Cursor, info graph.PageInfo) {
		h.Helper()
		page, err := s.ListChangeEvents(h.Context(), v, q)
		if err != nil {
			h.Fatalf("ListChangeEvents(%s): %v", literal(q), err)
		}
		for _, e := range page.ChangeEvents {
			if len(e.Citations) != 1 || e.Citations[0].Source == nil || e.Citations[0].Source.ID != "src:gazette" {
				h.Errorf("%s comes without its source", e.ID)
			}
			for _, basis := range e.Basis {
				if basis.Legislation == nil || basis.Legislation.ID != basis.LegislationID {
					h.Errorf("%s comes without its legislation", e.ID)
				}
			}
			rows, places = append(rows, e.ID[4:]), append(places, e.Cursor(q.Order))
		}
		return rows, places, page.PageInfo
	}
	type query = graph.ChangeEventQuery
	for _, test := range []struct {
		name, date string
		query      query
		want       string
	}{
		{"in effect and not deprecated", "", query{}, "g b c a d"},
		{"statuses", "", query{Statuses: []graph.Status{graph.Proposed, graph.InEffect}}, "g e b c a d"},
		{"ranks", "", query{Ranks: graph.Ranks}, "g f b c a d"},
		{"kinds", "", query{Kinds: []graph.ChangeKind{graph.ChangeMerged, graph.ChangeTransferred}}, "b d"},
		{"what went in", "", query{Entities: []string{"org:a"}}, "b a"},
		{"by an id that redirects", "", query{Entities: []string{"org:old"}}, "b a"},
		{"what came out", "", query{Entities: []string{"org:b"}}, "g b c a d"},
		{"what passed", "", query{Entities: []string{"res:duty"}}, "d"},
		{"what an order brought about", "", query{Entities: []string{"leg:order"}}, "c"},
		{"what an Act and a body did", "", query{Entities: []string{"leg:bill", "res:duty"}}, "g b c a d"},
		{"one of several", "", query{Entities: []string{"org:none", "res:duty", "org:a"}}, "b a d"},
		{"nobody", "", query{Entities: []string{"org:none"}}, ""},
		{"under an Act", "", query{Under: []string{"leg:act"}}, "g b c a"},
		{"under a bill that redirects", "", query{Under: []string{"leg:bill"}}, "g b c a"},
		{"under an order", "", query{Under: []string{"leg:order"}}, "c"},
		{"during", "", query{When: &graph.DateFilter{During: graph.MustDate("2010")}}, "c a"},
		{"surely before", "", query{When: &graph.DateFilter{Before: graph.MustDate("2010-01-02")}}, "b c"},
		{"possibly", "", query{When: &graph.DateFilter{Overlaps: graph.MustDate("2010-01-01")}}, "g c a"},
		{"happened by a date", "2010-01-01", query{}, "g b c a"},
		{"happened by an earlier date", "2009", query{}, "g b"},
		{"together", "", query{Entities: []string{"org:c"}, Under: []string{"leg:act"}, Kinds: []graph.ChangeKind{graph.ChangeReplaced}}, "g c"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		test.query.Page = everyPage
		rows, _, info := list(view, test.query)
		h.equal(test.name, strings.Fields(test.want), rows)
		h.equal(test.name+": total", len(rows), info.Total)
	}
	for o, want := range map[graph.Order]string{
		{}: "g b c a d", {By: graph.ByDate}: "g b c a d", {By: graph.ByDate, Descending: true}: "d a c b g", {By: graph.ByID}: "a b c d g", {By: graph.ByID, Descending: true}: "g d c b a",
	} {
		h.walkBoth(fmt.Sprintf("%+v", o), strings.Fields(want), func(p graph.Page) ([]string, []graph.Cursor, graph.PageInfo) {
			return list(v, query{Order: o, Page: p})
		})
	}
}

func conflicts(h *harness) {
	s := h.store
	b := base().entity("org:a", "A").entity("org:b", "B").entity("org:c", "C")
	b.relation("one", "org:a", "PART_OF", "org:b").relation("two", "org:b", "PART_OF", "org:c", between(5, 6)).property("three", "org:c", "AIM", "To be")
	b.relation("four", "org:a", "LED", "org:b")
	one, two, three, four := "stm:org:a/one", "stm:org:b/two", "stm:org:c/three", "stm:org:a/four"
	b.Conflicts = []graph.Conflict{
		{ID: "cfl:b", Kind: graph.Apparent, Members: []string{two, three}, Explanation: "x"},
		{ID: "cfl:A", Kind: graph.Contradiction, Members: []string{one, two}, Explanation: "x", Preferred: two},
		{ID: "cfl:a", Kind: graph.Contradiction, Members: []string{one, one}, Explanation: "x"},
	}
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:c"}}
	v := h.load(b)
	v.Date = graph.MustDate("2030") // which hides none
	found, err := s.Conflicts(h.Context(), v, []string{"cfl:b", "cfl:none", "cfl:A", "cfl:b"})
	if err != nil || len(found) != 4 {
		h.Fatalf("Conflicts: %d answers, %v", len(found), err)
	}
	h.equal("by id", []*graph.Conflict{&b.Conflicts[0], nil, &b.Conflicts[1], &b.Conflicts[0]}, found)

	of := []string{two, four, "stm:org:a/none", one, "org:c", "org:old", "org:b", "org:a", "org:none", two}
	lists, err := s.ConflictsOf(h.Context(), v, of)
	if err != nil || len(lists) != len(of) {
		h.Fatalf("ConflictsOf: %d answers, %v", len(lists), err)
	}
	var got []string
	for i, list := range lists {
		words := []string{of[i]}
		for _, c := range list {
			words = append(words, c.ID)
		}
		got = append(got, strings.Join(words, " "))
	}
	h.equal("of statements and entities", []string{
		two + " cfl:A cfl:b", four, "stm:org:a/none", one + " cfl:A cfl:a", "org:c cfl:A cfl:b", "org:old cfl:A cfl:b", "org:b cfl:A cfl:a cfl:b", "org:a cfl:A cfl:a", "org:none", two + " cfl:A cfl:b",
	}, got)

	for _, test := range []struct {
		name  string
		query graph.ConflictQuery
		want  string
	}{
		{"all", graph.ConflictQuery{}, "cfl:A cfl:a cfl:b"},
		{"kinds", graph.ConflictQuery{Kinds: []graph.ConflictKind{graph.Apparent, graph.CitationFault}}, "cfl:b"},
		{"entity", graph.ConflictQuery{Entities: []string{"org:a"}}, "cfl:A cfl:a"},
		{"entities, one of which redirects", graph.ConflictQuery{Entities: []string{"org:none", "org:old"}}, "cfl:A cfl:b"},
		{"nobody", graph.ConflictQuery{Entities: []string{"org:none"}}, ""},
		{"both", graph.ConflictQuery{Entities: []string{"org:c"}, Kinds: []graph.ConflictKind{graph.Contradiction}}, "cfl:A"},
	} {
		h.walkBoth(test.name, strings.Fields(test.want), func(p graph.Page) (rows []string, places []graph.Cursor, info graph.PageInfo) {
			test.query.Page = p
			page, err := s.ListConflicts(h.Context(), v, test.query)
			if err != nil {
				h.Fatalf("ListConflicts: %v", err)
			}
			for _, c := range page.Conflicts {
				rows, places = append(rows, c.ID), append(places, c.Cursor())
			}
			return rows, places, page.PageInfo
		})
	}
}

func redirectsTo(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	b.Redirects = []graph.Redirect{{From: "org:z", To: "org:a"}, {From: "org:Z", To: "org:a"}, {From: "org:y", To: "org:b"}}
	v := h.load(b)
	v.Date = graph.MustDate("1900")
	h.equal("redirects", [][]string{{"org:Z", "org:z"}, nil, nil, {"org:y"}, {"org:Z", "org:z"}}, h.redirectsTo(v, "org:a", "org:z", "org:none", "org:b", "org:a"))
}

func entityCounts(h *harness) {
	b := &batch{}
	b.Datasets = base().Datasets
	typed := func(id, kind string, start, end graph.Day) {
		b.entityWith(id, func(e *graph.Entity) {
			e.Type, e.Life = kind, graph.Bounds{StartLo: start, StartHi: start + 30, EndLo: end, EndHi: end}
		})
	}
	typed("org:a", "trust", days("2010"), graph.MaxDay)
	typed("org:b", "trust", days("2010-06"), days("2012"))
	typed("org:c", "Trust", days("2011-12-20"), graph.MaxDay)
	typed("org:d", "", days("1999"), days("2012"))
	typed("leg:e", "Act", days("-0043"), graph.MaxDay)
	b.entityWith("org:f", func(e *graph.Entity) { e.Form = graph.Class })
	typed("src:g", rareLetters[1], graph.MinDay, graph.MaxDay)
	typed("src:h", rareLetters[0], graph.MinDay, graph.MaxDay)
	v := h.load(b)
	type groups = map[string]int
	none := graph.EntityFilter{}
	for _, test := range []struct {
		by     graph.CountBy
		filter graph.EntityFilter
		date   string
		want   groups
	}{
		{graph.CountByKind, none, "", groups{"ORGANISATION": 5, "LEGISLATION": 1, "SOURCE": 2}},
		{graph.CountByForm, none, "", groups{"BODY": 7, "CLASS": 1}},
		{graph.CountByType, none, "", groups{"trust": 2, "Trust": 1, "": 2, "Act": 1, rareLetters[0]: 1, rareLetters[1]: 1}},
		{graph.CountByYear, none, "", groups{"2010": 2, "1999": 1, "-0043": 1}},
		{graph.CountByKind, none, "2011", groups{"ORGANISATION": 5, "LEGISLATION": 1, "SOURCE": 2}},
		{graph.CountByKind, none, "2015", groups{"ORGANISATION": 3, "LEGISLATION": 1, "SOURCE": 2}},
		{graph.CountByKind, graph.EntityFilter{Existences: []graph.Existence{graph.Ended}}, "2015", groups{"ORGANISATION": 2}},
		{graph.CountByType, graph.EntityFilter{Type: &graph.TextFilter{Eq: "TRUST"}}, "", groups{"trust": 2, "Trust": 1}},
		{graph.CountByYear, graph.EntityFilter{Forms: []graph.Form{graph.Class}}, "", groups{}},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		q := graph.CountQuery{Of: graph.CountEntities, By: test.by, Entities: test.filter, Limit: 10}
		h.equal(literal(q)+test.date, test.want, h.count(view, q))
	}
	sources := graph.EntityFilter{Kinds: []graph.Kind{graph.Source}}
	found, err := h.store.Count(h.Context(), v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByType, Entities: sources, Limit: 1})
	if err != nil {
		h.Fatalf("Count: %v", err)
	}
	h.equal("the first of two types", graph.Counts{Groups: []graph.Count{{Key: rareLetters[0], N: 1}}, Total: 2, More: 1}, found)
}

func statementCounts(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").entity("org:c", "C")
	b.relation("1", "org:a", "PART_OF", "org:b", between(days("2010"), days("2012")))
	b.relation("2", "org:a", "PART_OF", "org:c", between(days("2010-12-31"), days("2020")))
	b.relation("3", "org:b", "LED", "org:c")
	b.relation("4", "org:b", "LED", "org:c", func(s *graph.Statement) { s.Status = graph.Proposed })
	b.relation("5", "org:b", "LED", "org:c", func(s *graph.Statement) { s.Rank = graph.Deprecated })
	b.relation("6", "org:a", "SET_UP", "org:b", func(s *graph.Statement) { s.Bounds = graph.EventBounds(days("2010-12-31"), days("2011")) })
	b.property("7", "org:a", "AIM", "To be")
	v := h.load(b)
	type groups = map[string]int
	for _, test := range []struct {
		by     graph.CountBy
		filter graph.StatementFilter
		date   string
		want   groups
	}{
		{graph.CountByRelation, graph.StatementFilter{}, "", groups{"PART_OF": 2, "LED": 1, "SET_UP": 1, "AIM": 1}},
		{graph.CountByRelation, graph.StatementFilter{Statuses: graph.Statuses, Ranks: graph.Ranks}, "", groups{"PART_OF": 2, "LED": 3, "SET_UP": 1, "AIM": 1}},
		{graph.CountByRelation, graph.StatementFilter{}, "2015", groups{"PART_OF": 1, "LED": 1, "SET_UP": 1, "AIM": 1}},
		{graph.CountByYear, graph.StatementFilter{}, "", groups{"2010": 2}},
		{graph.CountBySubject, graph.StatementFilter{}, "", groups{"org:a": 4, "org:b": 1}},
		{graph.CountByObject, graph.StatementFilter{}, "", groups{"org:b": 2, "org:c": 2}},
		{graph.CountByObject, graph.StatementFilter{Relations: []graph.RelationName{"LED"}}, "", groups{"org:c": 1}},
		{graph.CountBySubject, graph.StatementFilter{Object: &graph.EntityFilter{IDs: []string{"org:c"}}}, "2011", groups{"org:a": 1, "org:b": 1}},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		q := graph.CountQuery{Of: graph.CountStatements, By: test.by, Statements: test.filter, Limit: 10}
		h.equal(literal(q)+test.date, test.want, h.count(view, q))
	}
}

func citationCounts(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	background := citation("src:almanac", graph.AspectWhen)
	background.Dataset, background.Role = "background", graph.Disputes
	rare := [2]graph.Citation{citation("src:almanac", graph.AspectWhen), citation("src:almanac", graph.AspectWhen)}
	for i, id := range rareLetters {
		b.Datasets = append(b.Datasets, graph.Dataset{ID: id})
		rare[i].Dataset = id
	}
	b.property("0", "org:a", "AIM", "To be", func(s *graph.Statement) { s.Citations = rare[:] })
	b.relation("1", "org:a", "PART_OF", "org:b", func(s *graph.Statement) { s.Citations = append(s.Citations, background, background) })
	b.relation("2", "org:a", "LED", "org:b", between(0, 1))
	b.relation("3", "org:a", "LED", "org:b", func(s *graph.Statement) { s.Status = graph.Withdrawn })
	v := h.load(b)
	type groups = map[string]int
	q := graph.CountQuery{Of: graph.CountCitations, By: graph.CountBySource, Limit: 10}
	h.equal("sources", groups{"src:gazette": 2, "src:almanac": 4}, h.count(v, q))
	q.By = graph.CountByDataset
	h.equal("data sets", groups{"curated": 2, "background": 2, rareLetters[0]: 1, rareLetters[1]: 1}, h.count(v, q))
	q.Statements.Datasets = []string{"curated"}
	h.equal("all citations of what matches", groups{"curated": 2, "background": 2}, h.count(v, q))
	q.Statements = graph.StatementFilter{Relations: []graph.RelationName{"LED"}, Statuses: graph.Statuses}
	h.equal("a filter", groups{"curated": 2}, h.count(v, q))
	v.Date = graph.MustDate("2010")
	h.equal("on a date", groups{"curated": 1}, h.count(v, q))
}

// revisionCounts loads a graph, another one in its place, and the first again: a store may keep the counts of everything.
func revisionCounts(h *harness) {
	naive := &harness{TB: h.TB, store: NewNaive(h.clock.Now), clock: h.clock}
	first, second := &batch{Batch: Generate(1, 60)}, &batch{Batch: Generate(2, 90)}
	var views, wanted []graph.View
	for _, b := range []*batch{first, second, first} {
		given := h.begin(spec())
		h.put(given, second)
		if err := given.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
		views = append(views, h.load(b))
		wanted = append(wanted, naive.load(b))
	}
	for i, v := range views {
		for of, all := range graph.CountsBy {
			for _, by := range all {
				q := graph.CountQuery{Of: of, By: by, Limit: 7}
				ours, err := h.store.Count(h.Context(), v, q)
				if err != nil {
					h.Fatalf("Count(%s): %v", literal(q), err)
				}
				theirs, err := naive.store.Count(h.Context(), wanted[i], q)
				if err != nil {
					h.Fatalf("Count(%s): %v", literal(q), err)
				}
				h.equal(fmt.Sprintf("%s at load %d", literal(q), i+1), theirs, ours)
			}
		}
	}
}

func countLimits(h *harness) {
	s := h.store
	b := base()
	for i, subject := range strings.Fields("c b a c a d") {
		if !slices.ContainsFunc(b.Entities, func(e graph.Entity) bool { return e.ID == "org:"+subject }) {
			b.entity("org:"+subject, subject)
		}
		b.property(fmt.Sprint(i), "org:"+subject, "AIM", "To be")
	}
	v := h.load(b)
	all := []graph.Count{{Key: "org:a", N: 2}, {Key: "org:c", N: 2}, {Key: "org:b", N: 1}, {Key: "org:d", N: 1}}
	for limit := 1; limit <= 5; limit++ {
		got, err := s.Count(h.Context(), v, graph.CountQuery{Of: graph.CountStatements, By: graph.CountBySubject, Limit: limit})
		if err != nil {
			h.Fatalf("Count: %v", err)
		}
		n := min(limit, 4)
		h.equal(fmt.Sprint("limit ", limit), graph.Counts{Groups: all[:n], Total: 6, More: 4 - n}, got)
	}
}

func revisionLists(h *harness) {
	s := h.store
	list := func(before int64, limit int) []int64 {
		h.Helper()
		found, err := s.ListRevisions(h.Context(), before, limit)
		if err != nil {
			h.Fatalf("ListRevisions: %v", err)
		}
		var out []int64
		for _, r := range found {
			out = append(out, r.Number)
		}
		return out
	}
	at := func(t time.Time) int64 {
		h.Helper()
		r, err := s.RevisionAt(h.Context(), t)
		if err != nil {
			h.Fatalf("RevisionAt: %v", err)
		}
		return r.Number
	}
	h.equal("of an empty store", []int64(nil), list(0, 9))
	h.equal("at a time, of an empty store", int64(0), at(revisionTime))
	var numbers []int64
	for i, hours := range []int{0, 2, 2, 1} { // the clocks of those who load may differ
		spec := spec()
		spec.Time = revisionTime.Add(time.Duration(hours) * time.Hour)
		numbers = append(numbers, h.load(base().entity(fmt.Sprintf("org:v%d", i), "A"), spec).Revision)
		if i == 1 { // leaves a gap
			l := h.begin(spec)
			if err := l.Discard(h.Context()); err != nil {
				h.Fatalf("Discard: %v", err)
			}
		}
	}
	newest := slices.Clone(numbers)
	slices.Reverse(newest)
	h.equal("all", newest, list(0, 9))
	h.equal("two", newest[:2], list(0, 2))
	h.equal("the next", newest[2:], list(newest[1], 2))
	h.equal("before the first", []int64(nil), list(numbers[0], 2))
	h.equal("before what is to come", newest, list(newest[0]+10, 9))
	found, err := s.ListRevisions(h.Context(), 0, 1)
	if err != nil {
		h.Fatalf("ListRevisions: %v", err)
	}
	h.equal("whole", []graph.Revision{h.head()}, found)
	for i, test := range []struct {
		after time.Duration
		want  int64
	}{
		{-time.Second, 0}, {0, numbers[0]}, {59 * time.Minute, numbers[0]}, {time.Hour, numbers[3]}, {119 * time.Minute, numbers[3]}, {2 * time.Hour, numbers[3]}, {999 * time.Hour, numbers[3]},
	} {
		h.equal(fmt.Sprintf("%d: %s after the first", i, test.after), test.want, at(revisionTime.Add(test.after).In(time.FixedZone("west", -7*3600))))
	}
}

func dump(h *harness) {
	s := h.store
	first := everything()
	first.Redirects = []graph.Redirect{{From: "org:old", To: "org:full"}, {From: "org:OLD", To: "org:full"}}
	first.Datasets = append(first.Datasets, graph.Dataset{ID: rareLetters[1]}, graph.Dataset{ID: rareLetters[0]})
	v := h.load(first)
	other := spec()
	other.Origin = "second"
	v2 := h.load(new(batch).entity("org:later", "Later").relation("r", "org:later", "PART_OF", "org:full"), other)
	v2.Date = graph.MustDate("1000") // which is not looked at
	h.load(first.without("cfl:full"))

	lines := func(v graph.View) []string {
		h.Helper()
		var out answer
		for r, err := range s.Dump(h.Context(), v) {
			if err != nil {
				h.Fatalf("Dump: %v", err)
			}
			out.add(r)
		}
		return out
	}
	want := func(b graph.Batch, origin string, into map[key]string) {
		for k, r := range recordsOf(b) {
			r.Origin = origin
			var a answer
			a.add(r)
			into[k] = a[0]
		}
	}
	records := make(map[key]string)
	want(first.Batch, "first", records)
	inOrder := func() (out []string) {
		keys := make([]key, 0, len(records))
		for k := range records {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, compareKeys)
		for _, k := range keys {
			out = append(out, records[k])
		}
		return out
	}
	h.equal("the first revision", inOrder(), lines(v))
	want(graph.Batch{
		Entities:   new(batch).entity("org:later", "Later").Entities,
		Statements: new(batch).relation("r", "org:later", "PART_OF", "org:full").Statements,
	}, "second", records)
	h.equal("the second, with both origins", inOrder(), lines(v2))
	delete(records, key{conflictSort, "cfl:full"})
	h.equal("the head", inOrder(), lines(graph.View{Revision: h.head().Number}))

	for stop := 1; stop < 4; stop++ {
		n := 0
		for _, err := range s.Dump(h.Context(), v) {
			if n++; err != nil || n == stop {
				break
			}
		}
		h.equal("stopped early", stop, n)
	}
	one := func(v graph.View) (n int, err error) {
		for _, err := range s.Dump(h.Context(), v) {
			if n++; err != nil {
				return n, err
			}
		}
		return n, nil
	}
	n, err := one(graph.View{Revision: v2.Revision + 100})
	h.refuse("a revision that is not there", err, graph.ErrInvalid)
	h.equal("records before the refusal, and it", 1, n)
}
