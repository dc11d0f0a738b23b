package graphtest

import (
	"fmt"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

var readCases = []testCase{
	{"entities by id", entitiesByID},
	{"ids that differ in letter case, odd ids and long ids", oddIDs},
	{"long names, and names in rare letters", oddNames},
	{"redirects", redirects},
	{"a thousand keys", thousandKeys},
	{"records come back whole", wholeRecords},
	{"identifiers", identifiers},
	{"statements by id", statementsByID},
	{"evidence", evidence},
	{"change events", changeEvents},
	{"data sets", datasets},
	{"views of what is not published", unpublishedViews},
}

func entitiesByID(h *harness) {
	v := h.load(base().entity("org:b", "B").entity("org:a", "A"))
	for _, test := range []struct{ name, ids, want string }{
		{"order of the argument", "org:b org:a", "org:b org:a"},
		{"missing", "org:a org:none leg:a", "org:a - -"},
		{"repeated", "org:a org:b org:a", "org:a org:b org:a"},
		{"missing and repeated", "org:none org:none", "- -"},
		{"what is no id", "org: ' \" %", "- - - -"},
	} {
		h.equal(test.name, strings.Fields(test.want), entityIDs(h.entities(v, strings.Fields(test.ids)...)))
	}
	h.equal("no ids", 0, len(h.entities(v)))
	dated := graph.View{Revision: v.Revision, Date: graph.MustDate("1066")}
	h.equal("a date hides no entity", []string{"org:a"}, entityIDs(h.entities(dated, "org:a")))
}

func oddIDs(h *harness) {
	long := "org:" + strings.Repeat("l", graph.MaxIDLength-len("org:"))
	ids := []string{"org:abc", "org:ABC", "org:aBc", "org:a_b", "org:a.b", "org:a-b", "org:aXb", "org:pct:5QC", "org:0", long, long[:len(long)-1]}
	b := base()
	for _, id := range ids {
		b.entity(id, "Name of "+id[:5])
	}
	key := strings.Repeat("k", graph.MaxIDLength-len("stm:org:a_b/"))
	b.relation(key, "org:a_b", "REPLACED", long).relation("Key", "org:a_b", "REPLACED", "org:a.b").relation("key", "org:a_b", "REPLACED", "org:a-b")
	v := h.load(b)
	h.equal("entities", append(ids, "-", "-"), entityIDs(h.entities(v, append(ids, "ORG:abc", "org:a%b")...)))
	page := h.edges(v, graph.EdgeQuery{Entities: []string{"org:a_b", "org:aXb"}, Direction: graph.Out, Page: graph.Page{First: 10}})
	h.equal("edges, capitals first", []string{"Key OUT org:a.b", "key OUT org:a-b", key + " OUT " + long}, edgeKeys(page[0]))
	h.equal("_ is no wildcard", []string{}, edgeKeys(page[1]))

	for _, id := range []string{long + "l", "org:a b", "org:", "a", "xyz:a"} {
		bad := base().entity("org:fine", "Fine")
		bad.Entities[2].ID = id
		l := h.begin(spec())
		h.refuse("Put of "+id, l.Put(h.Context(), bad.Batch), graph.ErrInvalid)
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}
}

func oddNames(h *harness) {
	// The longest there are grow when they are folded, and order is by code points: U+FA0E comes before U+20000, whose halves do not.
	b := base().entity("org:long", strings.Repeat("&", graph.MaxNameLength)).entity("org:longer", strings.Repeat("&", graph.MaxNameLength-1)+"z")
	b.entity("org:far", "\U00020000").entity("org:near", "\uFA0E").entity("org:plain", "Zebra")
	b.Entities[2].Identifiers = []graph.Identifier{{Scheme: strings.Repeat("s", graph.MaxNameLength), Value: strings.Repeat("v", graph.MaxNameLength), Bounds: graph.Timeless}}
	v := h.load(b)
	page, err := h.store.ListEntities(h.Context(), v, graph.EntityQuery{Filter: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}, Page: everyPage})
	if err != nil {
		h.Fatalf("ListEntities: %v", err)
	}
	h.equal("by name", []string{"org:long", "org:longer", "org:plain", "org:near", "org:far"}, entityIDs(page.Entities))
	for i, want := range page.Entities {
		c := want.Cursor(graph.Order{}, graph.Date{})
		after, err := h.store.ListEntities(h.Context(), v, graph.EntityQuery{Filter: graph.EntityFilter{Kinds: []graph.Kind{graph.Organisation}}, Page: graph.Page{First: 1, After: &c}})
		if err != nil {
			h.Fatalf("ListEntities: %v", err)
		}
		h.equal("after "+want.ID, entityIDs(page.Entities[i+1:min(i+2, len(page.Entities))]), entityIDs(after.Entities))
	}
	found, err := h.store.EntitiesByIdentifier(h.Context(), v, b.Entities[2].Identifiers)
	if err != nil {
		h.Fatalf("EntitiesByIdentifier: %v", err)
	}
	h.equal("by identifier", []string{"org:long"}, entityIDs(found[0]))
}

func redirects(h *harness) {
	b := base().entity("org:merged", "Merged").entity("org:far", "Far").relation("r", "org:merged", "REPLACED", "org:far")
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:merged"}, {From: "org:older", To: "org:merged"}}
	v := h.load(b)
	h.equal("entities", []string{"org:merged", "org:merged", "org:merged", "-"}, entityIDs(h.entities(v, "org:old", "org:merged", "org:older", "org:oldest")))
	for i, p := range h.edges(v, graph.EdgeQuery{Entities: []string{"org:old", "org:merged"}, Direction: graph.Out, Page: graph.Page{First: 1, Total: true}}) {
		h.equal(fmt.Sprint("edges ", i), []string{"r OUT org:far"}, edgeKeys(p))
	}

	// An entity of its own at first, merged later.
	first := base().entity("org:keeps", "Keeps").entity("org:goes", "Goes")
	second := first.without("org:goes")
	second.Redirects = []graph.Redirect{{From: "org:goes", To: "org:keeps"}}
	v1, v2 := h.load(first), h.load(second)
	h.equal("before the merger", []string{"org:goes"}, entityIDs(h.entities(v1, "org:goes")))
	h.equal("after the merger", []string{"org:keeps"}, entityIDs(h.entities(v2, "org:goes")))

	for name, bad := range map[string]graph.Redirect{
		"to what is not there": {From: "org:goes", To: "org:none"},
		"to itself":            {From: "org:goes", To: "org:goes"},
		"from an entity":       {From: "org:keeps", To: "src:gazette"},
	} {
		b := base().entity("org:keeps", "Keeps")
		b.Redirects = []graph.Redirect{bad}
		l := h.begin(spec())
		h.put(l, b)
		_, err := l.Publish(h.Context())
		h.refuse("redirect "+name, err, graph.ErrInvalid)
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}
}

func thousandKeys(h *harness) {
	b := base()
	var ids, statements []string
	for i := range 1000 {
		id := fmt.Sprintf("org:body-%03d", i)
		ids = append(ids, id)
		statements = append(statements, graph.StatementID(id, "n"))
		b.entity(id, fmt.Sprintf("Body %d", i)).property("n", id, graph.NameProperty, fmt.Sprintf("Body %d", i))
	}
	v := h.load(b)
	h.equal("entities", ids, entityIDs(h.entities(v, ids...)))
	for i, s := range h.statements(v, statements...) {
		if s == nil || s.ID != statements[i] {
			h.Fatalf("Statements: want %s at %d, got %+v", statements[i], i, s)
		}
	}
	pages := h.edges(v, graph.EdgeQuery{Entities: ids, Properties: []graph.PropertyName{graph.NameProperty}, Page: graph.Page{First: 1}})
	for i, p := range pages {
		if len(p.Edges) != 1 || p.Edges[0].Statement.ID != statements[i] {
			h.Fatalf("Edges: want %s at %d, got %+v", statements[i], i, p)
		}
	}
	found, err := h.store.Evidence(h.Context(), v, statements)
	if err != nil || len(found) != len(statements) {
		h.Fatalf("Evidence: %d answers, %v", len(found), err)
	}
	for i := range found {
		if len(found[i].Citations) != 1 || found[i].Citations[0].Source.ID != "src:gazette" {
			h.Fatalf("Evidence of %s: %+v", statements[i], found[i])
		}
	}
}

// everything is a batch in which every field of every record is set.
func everything() *batch {
	bounds := graph.Bounds{StartLo: -5, StartHi: 7, EndLo: 900, EndHi: graph.MaxDay}
	period := graph.Period{From: graph.MustDate("1970~"), End: graph.EndOpen}
	b := base().entity("leg:act", "The Act").entity("per:speaker", "A Speaker").entity("org:other", "Other")
	b.entityWith("org:full", func(e *graph.Entity) {
		e.Form, e.Type, e.Summary, e.Life = graph.Class, "board", "Tabs\tand \"quotes\", <b>, é, ☂, 𝔸 and 'SQL; --", bounds
		e.Names = []graph.Name{{Text: "The Full Board", Use: graph.Official, Period: period, Bounds: bounds, Rank: graph.Preferred, Statement: "stm:org:full/name"}}
		e.Identifiers = []graph.Identifier{{Scheme: "codes", Value: "X1", Period: period, Bounds: bounds}}
		e.Starts = []graph.LifeEnd{{Date: graph.MustDate("1970?"), Bounds: bounds, Rank: graph.Normal, Statement: "stm:org:full/start"}}
		e.Ends = []graph.LifeEnd{{Date: graph.MustDate("201X"), Bounds: bounds, Rank: graph.Deprecated, Statement: "stm:org:full/end"}}
	})
	b.relation("full", "org:full", "FUNDED", "org:other", func(s *graph.Statement) {
		s.Period, s.Past, s.Bounds = period, true, bounds
		s.Status, s.StatusPeriod, s.Certainty, s.AttributedTo, s.Rank = graph.Announced, period, graph.Reported, "per:speaker", graph.Preferred
		s.Note, s.ChangeEvent = "a note", "evt:full"
		s.Qualifiers = []graph.Qualifier{
			{Name: "AMOUNT", Value: graph.Value{Kind: graph.NumberValue, Number: 0.1, Unit: "GBP"}},
			{Name: "OF", Value: graph.Value{Kind: graph.EntityValue, Entity: "org:other"}},
		}
		s.Basis = []graph.Basis{{LegislationID: "leg:act", Provision: "s. 1"}}
		s.Citations = []graph.Citation{{
			SourceID: "src:gazette", Dataset: "background", Locator: "p. 2", Line: 12, Role: graph.Disputes,
			Aspects: []graph.Aspect{graph.AspectStart, graph.AspectRelation}, Note: "a note", Accessed: graph.MustDate("2030-01-02"),
		}}
	})
	b.property("dated", "org:full", graph.StartProperty, "", func(s *graph.Statement) {
		s.Value, s.When = graph.Value{Kind: graph.DateValue, Date: graph.MustDate("1970-XX")}, graph.MustDate("1970-XX")
	})
	b.ChangeEvents = []graph.ChangeEvent{{
		ID: "evt:full", Kind: graph.ChangeReplaced, Name: "A change", When: graph.MustDate("1999-04"), Bounds: bounds,
		Inputs: []string{"org:other"}, Outputs: []string{"org:full"}, Pairs: []graph.Pair{{From: "org:other", To: "org:full"}},
		Responsibilities: []string{"org:full"}, Status: graph.Proposed, Certainty: graph.Implied, Rank: graph.Preferred, Note: "a note",
		Basis:     []graph.Basis{{LegislationID: "leg:act", Provision: "s. 2"}},
		Citations: []graph.Citation{citation("leg:act", graph.AspectWhen), citation("src:almanac", graph.AspectRelation)},
	}}
	b.Conflicts = []graph.Conflict{{ID: "cfl:full", Kind: graph.Contradiction, Members: []string{"stm:org:full/full", "stm:org:full/dated"}, Explanation: "They differ.", Preferred: "stm:org:full/full"}}
	b.Datasets = append(b.Datasets, graph.Dataset{
		ID: "full", Title: "T", Description: "D", Publisher: "P", Licence: "CC0-1.0", LicenceURL: "https://example.org/l", Attribution: "A",
		URL: "https://example.org", Retrieved: graph.MustDate("2030"), Version: "1",
	})
	return b
}

func wholeRecords(h *harness) {
	b := everything()
	v := h.load(b)
	for i := range b.Entities {
		h.equal(b.Entities[i].ID, &b.Entities[i], h.entities(v, b.Entities[i].ID)[0])
	}
	for i := range b.Statements {
		want := b.Statements[i]
		want.Citations = nil // which Evidence has
		h.equal(want.ID, &want, h.statements(v, want.ID)[0])
		found, err := h.store.Evidence(h.Context(), v, []string{want.ID})
		if err != nil {
			h.Fatalf("Evidence: %v", err)
		}
		citations := found[0].Citations
		for i := range citations {
			citations[i].Source = nil
		}
		h.equal("citations of "+want.ID, b.Statements[i].Citations, citations)
	}
	if r := h.publishAgain(b); !r.Counts.Nothing() {
		h.Errorf("the same records again: %+v", r.Counts)
	}
}

func (h *harness) publishAgain(b *batch) graph.Revision {
	h.Helper()
	l := h.begin(spec())
	h.put(l, b)
	return h.publish(l)
}

func identifiers(h *harness) {
	code := func(value string, from, to graph.Day) graph.Identifier {
		return graph.Identifier{Scheme: "codes", Value: value, Bounds: graph.Bounds{StartLo: from, StartHi: from + 10, EndLo: to - 10, EndHi: to}}
	}
	day := func(s string) graph.Day { q0, _ := graph.MustDate(s).Span(); return q0 }
	b := base()
	b.entityWith("org:b-later", func(e *graph.Entity) { e.Identifiers = []graph.Identifier{code("Q1", day("2010"), day("2020"))} })
	b.entityWith("org:c-earlier", func(e *graph.Entity) {
		e.Identifiers = []graph.Identifier{code("Q1", day("2000"), day("2010")), code("q1", graph.MinDay, graph.MaxDay)}
	})
	b.entityWith("org:a-twice", func(e *graph.Entity) {
		e.Identifiers = []graph.Identifier{code("Q2", day("2000"), day("2001")), code("Q2", day("2005"), day("2006")), {Scheme: "other", Value: "Q1", Bounds: graph.Timeless}}
	})
	v := h.load(b)
	for _, test := range []struct{ name, date, scheme, value, want string }{
		{"two bearers, in order of id", "", "codes", "Q1", "org:b-later org:c-earlier"},
		{"letter case", "", "codes", "q1", "org:c-earlier"},
		{"scheme", "", "other", "Q1", "org:a-twice"},
		{"borne twice, found once", "", "codes", "Q2", "org:a-twice"},
		{"nobody's", "", "codes", "Q3", ""},
		{"another scheme's", "", "none", "Q1", ""},
		{"the earlier", "2005", "codes", "Q1", "org:c-earlier"},
		{"the later", "2015", "codes", "Q1", "org:b-later"},
		{"the last possible day", "2009-12-31", "codes", "Q1", "org:c-earlier"},
		{"the first possible day", "2010-01-01", "codes", "Q1", "org:b-later"},
		{"nobody's then", "2003", "codes", "Q2", ""},
		{"unbounded", "-9999", "codes", "q1", "org:c-earlier"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		// The period of the argument is not looked at.
		id := graph.Identifier{Scheme: test.scheme, Value: test.value, Period: graph.PeriodFrom(graph.MustDate("1900"))}
		found, err := h.store.EntitiesByIdentifier(h.Context(), view, []graph.Identifier{{Scheme: "codes", Value: "nothing"}, id, id})
		if err != nil || len(found) != 3 {
			h.Fatalf("%s: %d answers, %v", test.name, len(found), err)
		}
		h.equal(test.name+": missing", 0, len(found[0]))
		h.equal(test.name, strings.Fields(test.want), entityIDs(found[1]))
		h.equal(test.name+": repeated", strings.Fields(test.want), entityIDs(found[2]))
	}
}

func statementsByID(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B")
	b.relation("one", "org:a", "REPLACED", "org:b", between(10, 20)).relation("two", "org:a", "PART_OF", "org:b", func(s *graph.Statement) { s.Rank, s.Status = graph.Deprecated, graph.Proposed })
	v := h.load(b)
	one, two := "stm:org:a/one", "stm:org:a/two"
	found := h.statements(v, two, "stm:org:a/none", one, two)
	var got []string
	for _, s := range found {
		if s == nil {
			got = append(got, "-")
			continue
		}
		got = append(got, s.ID)
		if s.Citations != nil {
			h.Errorf("%s comes with citations", s.ID)
		}
	}
	h.equal("order, missing, repeated", []string{two, "-", one, two}, got)
	if found := h.statements(graph.View{Revision: v.Revision, Date: graph.MustDate("2030")}, one); found[0] == nil {
		h.Error("a date hides a statement asked for by id")
	}
}

func evidence(h *harness) {
	b := base().entity("leg:act", "The Act").entity("leg:order", "The Order").entity("per:speaker", "A Speaker").entity("org:a", "A").entity("org:b", "B")
	b.relation("full", "org:a", "REPLACED", "org:b", between(10, 20), func(s *graph.Statement) {
		s.Certainty, s.AttributedTo = graph.Reported, "per:speaker"
		s.Basis = []graph.Basis{{LegislationID: "leg:order", Provision: "art. 2"}, {LegislationID: "leg:act"}}
		s.Citations = []graph.Citation{
			citation("src:gazette", graph.AspectRelation), citation("leg:act", graph.AspectWhen), citation("src:almanac", graph.AspectBasis), citation("src:gazette", graph.AspectWhen),
		}
	})
	b.relation("bare", "org:a", "PART_OF", "org:b", func(s *graph.Statement) { s.Citations = nil })
	v := h.load(b)
	v.Date = graph.MustDate("2030") // which hides nothing
	found, err := h.store.Evidence(h.Context(), v, []string{"stm:org:a/bare", "stm:org:a/none", "stm:org:a/full", "stm:org:a/full"})
	if err != nil || len(found) != 4 {
		h.Fatalf("Evidence: %d answers, %v", len(found), err)
	}
	for i := range 2 {
		h.equal("none", graph.Evidence{}, found[i])
	}
	for i := 2; i < 4; i++ {
		var sources, bases []string
		for _, c := range found[i].Citations {
			sources = append(sources, fmt.Sprintf("%s %s %s", c.SourceID, c.Source.ID, c.Aspects[0]))
		}
		for _, x := range found[i].Basis {
			bases = append(bases, fmt.Sprintf("%s %s %q", x.LegislationID, x.Legislation.ID, x.Provision))
		}
		h.equal("citations, in the author's order", []string{
			"src:gazette src:gazette RELATION", "leg:act leg:act WHEN", "src:almanac src:almanac BASIS", "src:gazette src:gazette WHEN",
		}, sources)
		h.equal("basis", []string{`leg:order leg:order "art. 2"`, `leg:act leg:act ""`}, bases)
		if by := found[i].AttributedTo; by == nil || by.ID != "per:speaker" {
			h.Errorf("attributed to %+v", by)
		}
	}
	// The entities named are those of the revision that is read.
	renamed := b.without("src:gazette").entity("src:gazette", "The New Gazette")
	later := h.load(renamed)
	for view, want := range map[graph.View]string{v: "The Gazette", later: "The New Gazette"} {
		found, err := h.store.Evidence(h.Context(), view, []string{"stm:org:a/full"})
		if err != nil {
			h.Fatalf("Evidence: %v", err)
		}
		h.equal("name of the source", want, found[0].Citations[0].Source.Names[0].Text)
	}
}

func changeEvents(h *harness) {
	b := everything()
	v := h.load(b)
	found, err := h.store.ChangeEvents(h.Context(), v, []string{"evt:none", "evt:full", "evt:FULL", "evt:full"})
	if err != nil || len(found) != 4 {
		h.Fatalf("ChangeEvents: %d answers, %v", len(found), err)
	}
	if found[0] != nil || found[2] != nil {
		h.Errorf("what is not there: %+v, %+v", found[0], found[2])
	}
	entities := h.entities(v, "leg:act", "src:almanac")
	want := b.ChangeEvents[0]
	want.Basis = []graph.Basis{{LegislationID: "leg:act", Legislation: entities[0], Provision: "s. 2"}}
	want.Citations = []graph.Citation{want.Citations[0], want.Citations[1]}
	want.Citations[0].Source, want.Citations[1].Source = entities[0], entities[1]
	h.equal("event", &want, found[1])
	h.equal("event again", &want, found[3])
}

// rareLetters are two texts in order, which the other way round is their order by UTF-16 units.
var rareLetters = [2]string{"\uff21", "\U0001d538"}

func datasets(h *harness) {
	b := everything()
	v := h.load(b)
	found, err := h.store.Datasets(h.Context(), v)
	if err != nil {
		h.Fatalf("Datasets: %v", err)
	}
	h.equal("in order of id", []graph.Dataset{b.Datasets[1], b.Datasets[0], b.Datasets[2]}, found)

	b = base()
	b.Datasets = append(b.Datasets, graph.Dataset{ID: rareLetters[1]}, graph.Dataset{ID: rareLetters[0]})
	if found, err = h.store.Datasets(h.Context(), h.load(b)); err != nil {
		h.Fatalf("Datasets: %v", err)
	}
	h.equal("rare letters", []graph.Dataset{b.Datasets[1], b.Datasets[0], b.Datasets[3], b.Datasets[2]}, found)
}

func unpublishedViews(h *harness) {
	check := func(name string, v graph.View) {
		h.Helper()
		for call, err := range h.reads(h.Context(), v) {
			h.refuse(name+": "+call, err, graph.ErrInvalid)
		}
		if r, err := h.store.Revision(h.Context(), v.Revision); r != nil || err != nil {
			h.Errorf("%s: Revision: want nil, got %+v, %v", name, r, err)
		}
	}
	check("empty store", graph.View{})
	v := h.load(base())
	check("no revision", graph.View{})
	check("not yet", graph.View{Revision: v.Revision + 100})
	check("negative", graph.View{Revision: -1})
	given := h.begin(spec())
	h.put(given, base().entity("org:a", "A"))
	check("pending", graph.View{Revision: given.Number()})
	if err := given.Discard(h.Context()); err != nil {
		h.Fatalf("Discard: %v", err)
	}
	check("given up", graph.View{Revision: given.Number()})
	h.load(base().entity("org:b", "B"))
	check("given up, with a later one", graph.View{Revision: given.Number()})
}
