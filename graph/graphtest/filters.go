package graphtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

var filterCases = []testCase{
	{"filters of statements", statementFilters},
	{"filters of the ends of statements", endFilters},
	{"trees of filters and their defaults", filterTrees},
	{"filters of entities", entityFilters},
	{"filters of entities under a date", datedEntityFilters},
	{"filters by related edges", relatedFilters},
	{"texts compare folded", textFilters},
	{"filters with as many conditions as there may be", mostConditions},
	{"filters that break a rule", badFilters},
}

// everyPage is a page as large as any list of the cases.
var everyPage = graph.Page{First: 1000, Total: true}

// keys are the keys of the statements that a filter shows in a list; edges of everything from the near end, if it is given.
func (h *harness) keys(v graph.View, f graph.StatementFilter, near string) []string {
	h.Helper()
	var page graph.EdgePage
	if near != "" {
		page = h.edges(v, graph.EdgeQuery{Entities: []string{near}, Direction: graph.Both, Filter: f, Order: graph.Order{By: graph.ByID}, Page: everyPage})[0]
	} else {
		var err error
		if page, err = h.store.ListStatements(h.Context(), v, graph.StatementQuery{Filter: f, Order: graph.Order{By: graph.ByID}, Page: everyPage}); err != nil {
			h.Fatalf("ListStatements(%s): %v", literal(f), err)
		}
	}
	var out []string
	for _, key := range edgeKeys(page) {
		out = append(out, strings.Fields(key)[0])
	}
	if page.Total != len(out) {
		h.Errorf("%s: total is %d of %d", literal(f), page.Total, len(out))
	}
	return out
}

// ids are the entities that a filter shows in a list, in order of id.
func (h *harness) ids(v graph.View, f graph.EntityFilter) []string {
	h.Helper()
	page, err := h.store.ListEntities(h.Context(), v, graph.EntityQuery{Filter: f, Order: graph.Order{By: graph.ByID}, Page: everyPage})
	if err != nil {
		h.Fatalf("ListEntities(%s): %v", literal(f), err)
	}
	if page.Total != len(page.Entities) {
		h.Errorf("%s: total is %d of %d", literal(f), page.Total, len(page.Entities))
	}
	return entityIDs(page.Entities)
}

// statementsToFilter are statements of which each differs from the first in one thing.
func statementsToFilter() *batch {
	b := base().entity("org:ego", "Ego").entity("org:a", "Élan Board").entity("ini:i", "I").entity("leg:act", "The Act").entity("org:old", "Old")
	b.Datasets = append(b.Datasets, graph.Dataset{ID: "third"})
	b.ChangeEvents = []graph.ChangeEvent{{
		ID: "evt:x", Kind: graph.ChangeReplaced, Inputs: []string{"org:old"}, Outputs: []string{"org:a"}, Status: graph.InEffect, Certainty: graph.Stated, Rank: graph.Normal,
		Bounds: graph.EventBounds(0, 0), Citations: []graph.Citation{citation("src:gazette", graph.AspectRelation)},
	}}
	b.Redirects = []graph.Redirect{{From: "src:journal", To: "src:almanac"}, {From: "org:b", To: "org:a"}}
	qualified := func(name graph.QualifierName, v graph.Value) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Qualifiers = append(s.Qualifiers, graph.Qualifier{Name: name, Value: v}) }
	}
	cited := func(list ...graph.Citation) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Citations = list }
	}
	as := func(c graph.Citation, role graph.Role, dataset string) graph.Citation {
		c.Role, c.Dataset = role, dataset
		return c
	}
	event := func(from, to string) func(*graph.Statement) {
		return func(s *graph.Statement) {
			lo, _ := graph.MustDate(from).Bounds()
			_, hi := graph.MustDate(to).Bounds()
			s.Bounds = graph.EventBounds(lo, hi)
		}
	}
	b.relation("a-plain", "org:ego", "SET_UP", "org:a")
	b.relation("b-event", "org:ego", "SET_UP", "org:a", event("2010", "2011"))
	b.relation("c-state", "org:ego", "PART_OF", "org:a", between(days("2010"), days("2013")))
	b.relation("d-object", "org:ego", "SET_UP", "ini:i", qualified("SHARE", number(0.5, "")))
	b.relation("e-post", "org:ego", "LED", "org:a", qualified("POST", text("Chief Trésorière")), qualified("SHARE", number(2, "")))
	b.relation("f-target", "org:ego", "RESPONSIBLE_FOR", "ini:i", qualified("TARGET_DATE", date(graph.MustDate("2015-06"))), func(s *graph.Statement) { s.ChangeEvent = "evt:x" })
	b.relation("g-cited", "org:ego", "SET_UP", "org:a", cited(
		as(citation("src:almanac", graph.AspectWhen), graph.Supports, "third"), as(citation("src:gazette", graph.AspectRelation), graph.Supports, "background"),
		as(citation("leg:act", graph.AspectRelation), graph.Disputes, "third")))
	b.relation("h-mentioned", "org:ego", "SET_UP", "org:a", cited(as(citation("src:almanac", graph.AspectRelation), graph.Mentions, "curated")))
	b.relation("i-incoming", "org:a", "PART_OF", "org:ego")
	b.property("j-text", "org:ego", "AIM", "To serve L’Élan")
	b.property("k-number", "org:ego", "COUNT", "", func(s *graph.Statement) { s.Value = number(150.5, "sites") })
	b.property("l-date", "org:ego", graph.StartProperty, "", func(s *graph.Statement) { s.Value = date(graph.MustDate("2011~")) }, event("2010", "2012"))
	for i := range b.Statements {
		if s := &b.Statements[i]; s.Nature() == graph.Event && s.Bounds == graph.Timeless {
			s.Bounds = graph.EventBounds(graph.MinDay, graph.MaxDay) // without a date
		}
	}
	return b
}

// days is the first day of a date.
func days(s string) graph.Day { q0, _ := graph.MustDate(s).Span(); return q0 }

func statementFilters(h *harness) {
	v := h.load(statementsToFilter())
	type filter = graph.StatementFilter
	during := func(s string) *graph.DateFilter { return &graph.DateFilter{During: graph.MustDate(s)} }
	share := func(v *graph.ValueFilter) filter {
		return filter{Qualifiers: []graph.QualifierFilter{{Name: "SHARE", Value: v}}}
	}
	for _, test := range []struct {
		name   string
		filter filter
		want   string
	}{
		{"relation", filter{Relations: []graph.RelationName{"PART_OF"}}, "c i"},
		{"relations", filter{Relations: []graph.RelationName{"PART_OF", "LED", "CITES"}}, "c e i"},
		{"property", filter{Properties: []graph.PropertyName{"AIM"}}, "j"},
		{"relations or properties", filter{Relations: []graph.RelationName{"LED"}, Properties: []graph.PropertyName{"COUNT", graph.StartProperty}}, "e k l"},
		{"data set of the claim", filter{Datasets: []string{"background"}}, "g"},
		{"data set of a date, and of a citation that disputes", filter{Datasets: []string{"third"}}, "g"},
		{"no such data set", filter{Datasets: []string{"none"}}, ""},
		{"source", filter{Sources: []string{"src:almanac"}}, "g h"},
		{"source that disputes", filter{Sources: []string{"leg:act"}}, "g"},
		{"source that redirects", filter{Sources: []string{"src:journal"}}, "g h"},
		{"sources", filter{Sources: []string{"leg:act", "src:gazette", "src:none"}}, "a b c d e f g i j k l"},
		{"no such source", filter{Sources: []string{"src:none"}}, ""},
		{"a supporting citation", filter{MinCitations: 1}, "a b c d e f g i j k l"},
		{"two supporting citations", filter{MinCitations: 2}, "g"},
		{"three", filter{MinCitations: 3}, ""},
		{"change event", filter{ChangeEvents: []string{"evt:none", "evt:x"}}, "f"},
		{"during, event", filter{When: during("201X")}, "b c l"},
		{"during, an event's last day", filter{When: &graph.DateFilter{During: graph.MustDate("201X"), Before: graph.MustDate("2012-01-01")}}, "b"},
		{"during, just too short", filter{When: during("2010")}, ""},
		{"before", filter{When: &graph.DateFilter{Before: graph.MustDate("2013-01-01")}}, "b c l"},
		{"before, a day sooner", filter{When: &graph.DateFilter{Before: graph.MustDate("2012-12-31")}}, "b"},
		{"after", filter{When: &graph.DateFilter{After: graph.MustDate("2009")}}, "b c l"},
		{"after, a day later", filter{When: &graph.DateFilter{After: graph.MustDate("2010-01-01")}}, ""},
		{"overlaps", filter{When: &graph.DateFilter{Overlaps: graph.MustDate("2012")}}, "a c d e f g h i j k l"},
		{"qualifier", share(nil), "d e"},
		{"qualifier's least", share(&graph.ValueFilter{Min: new(0.5)}), "d e"},
		{"qualifier's most", share(&graph.ValueFilter{Max: new(0.5)}), "d"},
		{"qualifier between", share(&graph.ValueFilter{Min: new(0.51), Max: new(1.99)}), ""},
		{"two qualifiers", filter{Qualifiers: []graph.QualifierFilter{{Name: "SHARE"}, {Name: "POST"}}}, "e"},
		{"qualifier's text, folded", filter{Qualifiers: []graph.QualifierFilter{{Name: "POST", Value: &graph.ValueFilter{Text: &graph.TextFilter{Contains: "tresoriere"}}}}}, "e"},
		{"qualifier's date", filter{Qualifiers: []graph.QualifierFilter{{Name: "TARGET_DATE", Value: &graph.ValueFilter{Date: during("2015")}}}}, "f"},
		{"qualifier's other date", filter{Qualifiers: []graph.QualifierFilter{{Name: "TARGET_DATE", Value: &graph.ValueFilter{Date: during("2015-06-01")}}}}, ""},
		{"text of a value, folded", filter{Value: &graph.ValueFilter{Text: &graph.TextFilter{Eq: "to serve lelan"}}}, "j"},
		{"number", filter{Value: &graph.ValueFilter{Min: new(150.5), Max: new(150.5)}}, "k"},
		{"number, just above", filter{Value: &graph.ValueFilter{Min: new(150.51)}}, ""},
		{"date of a value, as it may be meant", filter{Value: &graph.ValueFilter{Date: during("201X")}}, "l"},
		{"date of a value, as it is written", filter{Value: &graph.ValueFilter{Date: during("2011")}}, ""},
		{"holds has no meaning without a date", filter{Relations: []graph.RelationName{"LED"}, Holds: []graph.Holds{graph.Partly}}, "e"},
		{"fields together", filter{Relations: []graph.RelationName{"SET_UP"}, Sources: []string{"src:almanac"}, MinCitations: 1}, "g"},
	} {
		want := strings.Fields(test.want)
		for _, near := range []string{"", "org:ego"} {
			got := h.keys(v, test.filter, near)
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], "-")
			}
			h.equal(fmt.Sprintf("%s, from %q", test.name, near), want, sorted(got))
		}
	}
}

func endFilters(h *harness) {
	v := h.load(statementsToFilter())
	type filter = graph.StatementFilter
	named := func(ids ...string) *graph.EntityFilter { return &graph.EntityFilter{IDs: ids} }
	for _, test := range []struct {
		name   string
		filter filter
		want   string
		edges  bool
	}{
		{"subject", filter{Subject: named("org:a")}, "i", false},
		{"object", filter{Object: named("ini:i")}, "d f", false},
		{"object that redirects", filter{Object: named("org:b")}, "a b c e g h", false},
		{"object by name", filter{Object: &graph.EntityFilter{Name: &graph.TextFilter{StartsWith: "elan"}}}, "a b c e g h", false},
		{"any object: no property has one", filter{Object: new(graph.EntityFilter)}, "a b c d e f g h i", false},
		{"any subject", filter{Subject: new(graph.EntityFilter)}, "a b c d e f g h i j k l", false},
		{"both ends", filter{Subject: named("org:ego", "org:a"), Object: &graph.EntityFilter{Kinds: []graph.Kind{graph.Initiative}}}, "d f", false},
		{"an object that is not there", filter{Object: named("org:none")}, "", false},
		{"far end", filter{Node: named("org:a")}, "a b c e g h i", true},
		{"any far end", filter{Node: new(graph.EntityFilter)}, "a b c d e f g h i", true},
		{"no far end", filter{Not: &filter{Node: new(graph.EntityFilter)}}, "j k l", true},
		{"far end that is the subject", filter{Node: named("org:a"), Subject: named("org:a")}, "i", true},
	} {
		near := ""
		if test.edges {
			near = "org:ego"
		}
		got := h.keys(v, test.filter, near)
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], "-")
		}
		h.equal(test.name, strings.Fields(test.want), sorted(got))
	}
}

func filterTrees(h *harness) {
	b := base().entity("org:ego", "Ego").entity("org:a", "A")
	set := func(status graph.Status, rank graph.Rank) func(*graph.Statement) {
		return func(s *graph.Statement) { s.Status, s.Rank = status, rank }
	}
	b.relation("a", "org:ego", "LED", "org:a")
	b.relation("b", "org:ego", "PART_OF", "org:a", set(graph.InEffect, graph.Preferred))
	b.relation("c", "org:ego", "LED", "org:a", set(graph.Proposed, graph.Normal))
	b.relation("d", "org:ego", "PART_OF", "org:a", set(graph.InEffect, graph.Deprecated))
	b.relation("e", "org:ego", "PART_OF", "org:a", set(graph.Withdrawn, graph.Deprecated))
	v := h.load(b)
	type filter = graph.StatementFilter
	type list = []filter
	led, part := filter{Relations: []graph.RelationName{"LED"}}, filter{Relations: []graph.RelationName{"PART_OF"}}
	proposed, deprecated := filter{Statuses: []graph.Status{graph.Proposed}}, filter{Ranks: []graph.Rank{graph.Deprecated}}
	never := filter{Not: &filter{}}
	for _, test := range []struct {
		name   string
		filter filter
		want   string
	}{
		{"zero", filter{}, "a b"},
		{"empty lists are not set", filter{And: list{}, Or: list{}, Relations: []graph.RelationName{}, Statuses: []graph.Status{}}, "a b"},
		{"and", filter{And: list{led, {}}}, "a"},
		{"and of what excludes each other", filter{And: list{led, part}}, ""},
		{"or", filter{Or: list{led, part}}, "a b"},
		{"or of one", filter{Or: list{led}}, "a"},
		{"or of nothing that matches", filter{Or: list{never, never}}, ""},
		{"not", filter{Not: &led}, "b"},
		{"not not", filter{Not: &filter{Not: &led}}, "a"},
		{"never", never, ""},
		{"fields beside and, or and not", filter{Relations: []graph.RelationName{"LED", "PART_OF"}, And: list{{}}, Or: list{led, never}, Not: &part}, "a"},
		{"a status in or lifts the default for all", filter{Or: list{led, proposed}}, "a c"},
		{"a status in not", filter{Not: &proposed}, "a b"},
		{"a rank in or", filter{Or: list{part, deprecated}}, "b d"},
		{"a rank in not", filter{Not: &deprecated}, "a b"},
		{"status and rank in different nodes", filter{Or: list{proposed, {And: list{deprecated}}}}, "c d e"},
		{"a status in another tree", filter{Object: &graph.EntityFilter{Related: []graph.RelatedFilter{{Direction: graph.In, Where: proposed}}}}, "a b"},
	} {
		for _, near := range []string{"", "org:ego"} {
			h.equal(fmt.Sprintf("%s, from %q", test.name, near), strings.Fields(test.want), h.keys(v, test.filter, near))
		}
	}
}

// entitiesToFilter are bodies of which each differs from the first in one thing.
func entitiesToFilter() *batch {
	life := func(startLo, startHi, endLo, endHi graph.Day) func(*graph.Entity) {
		return func(e *graph.Entity) {
			e.Life = graph.Bounds{StartLo: startLo, StartHi: startHi, EndLo: endLo, EndHi: endHi}
		}
	}
	b := base().entity("org:a-plain", "Plain")
	add := func(id string, name string, changes ...func(*graph.Entity)) {
		b.entityWith(id, func(e *graph.Entity) {
			e.Names = []graph.Name{{Text: name, Use: graph.Official, Bounds: graph.Timeless, Rank: graph.Normal}}
			for _, change := range changes {
				change(e)
			}
		})
	}
	code := func(scheme, value string, from, to graph.Day) func(*graph.Entity) {
		return func(e *graph.Entity) {
			e.Identifiers = append(e.Identifiers, graph.Identifier{Scheme: scheme, Value: value, Bounds: graph.Bounds{StartLo: from, StartHi: from, EndLo: to, EndHi: to}})
		}
	}
	add("org:b-class", "Classy", func(e *graph.Entity) { e.Form = graph.Class })
	add("org:c-typed", "Typed", func(e *graph.Entity) { e.Type = "NHS Trust" })
	add("org:d-dated", "Dated", life(days("2010"), days("2010-12-31"), days("2013-04-01"), days("2013-04-01")))
	add("org:e-later", "Later", life(days("2015-06-01"), days("2015-06-01"), days("2016"), graph.MaxDay))
	add("org:f-ended", "Ended", life(graph.MinDay, days("2001"), days("2005"), days("2006")))
	add("org:g-coded", "Coded", code("codes", "Q1", days("2000"), days("2010")), code("ons", "E1", graph.MinDay, graph.MaxDay))
	add("org:h-coded", "Coded too", code("codes", "Q1", days("2010"), graph.MaxDay), code("codes", "q2", graph.MinDay, graph.MaxDay))
	add("ini:i-kind", "Kindly")
	add("org:j-named", "Young", func(e *graph.Entity) {
		e.Names = append(e.Names, graph.Name{Text: "Old Élan", Use: graph.Former, Bounds: graph.Bounds{StartLo: 0, StartHi: 0, EndLo: days("2005"), EndHi: days("2006")}, Rank: graph.Normal})
	})
	b.Redirects = []graph.Redirect{{From: "org:merged", To: "org:c-typed"}}
	named := func(id, dataset string, change func(*graph.Statement)) {
		b.property("name-"+dataset, id, graph.NameProperty, "A name", func(s *graph.Statement) {
			s.Citations = []graph.Citation{citation("src:gazette", graph.AspectValue)}
			s.Citations[0].Dataset = dataset
			change(s)
		})
	}
	named("org:a-plain", "background", func(*graph.Statement) {})
	named("org:b-class", "background", func(s *graph.Statement) { s.Citations[0].Aspects = []graph.Aspect{graph.AspectStart} })
	named("org:c-typed", "background", func(s *graph.Statement) { s.Rank = graph.Deprecated })
	named("org:d-dated", "background", func(s *graph.Statement) { s.Status = graph.Proposed })
	named("org:e-later", "background", func(s *graph.Statement) { s.Bounds = graph.Bounds{StartLo: 0, StartHi: 0, EndLo: 1, EndHi: 1} })
	named("org:e-later", "curated", func(*graph.Statement) {})
	b.property("aim", "org:f-ended", "AIM", "To be", func(s *graph.Statement) { s.Citations[0].Dataset = "background" })
	return b
}

// letters are the letters after the kinds of ids: what the cases call their entities.
func letters(ids []string) []string {
	var out []string
	for _, id := range ids {
		if _, name, ok := strings.Cut(id, ":"); ok && len(name) > 1 && name[1] == '-' {
			out = append(out, name[:1])
		}
	}
	return sorted(out)
}

func entityFilters(h *harness) {
	v := h.load(entitiesToFilter())
	type filter = graph.EntityFilter
	date := graph.MustDate
	for _, test := range []struct {
		name   string
		filter filter
		want   string
	}{
		{"zero", filter{}, "a b c d e f g h i j"},
		{"ids", filter{IDs: []string{"org:j-named", "org:a-plain", "org:A-PLAIN", "org:none"}}, "a j"},
		{"an id that redirects", filter{IDs: []string{"org:merged"}}, "c"},
		{"no such id", filter{IDs: []string{"org:none"}}, ""},
		{"kind", filter{Kinds: []graph.Kind{graph.Initiative, graph.Person}}, "i"},
		{"form", filter{Forms: []graph.Form{graph.Class}}, "b"},
		{"type, folded", filter{Type: &graph.TextFilter{Eq: "nhs trust"}}, "c"},
		{"not of a type", filter{Not: &filter{Type: &graph.TextFilter{Contains: "trust"}}, Kinds: []graph.Kind{graph.Organisation}}, "a b d e f g h j"},
		{"name", filter{Name: &graph.TextFilter{StartsWith: "coded"}}, "g h"},
		{"former name", filter{Name: &graph.TextFilter{Eq: "old elan"}}, "j"},
		{"two conditions on one name", filter{Name: &graph.TextFilter{StartsWith: "young", Contains: "elan"}}, ""},
		{"two conditions on two names", filter{And: []filter{{Name: &graph.TextFilter{Eq: "Young"}}, {Name: &graph.TextFilter{Eq: "Old Elan"}}}}, "j"},
		{"identifier", filter{Identifiers: []graph.Identifier{{Scheme: "codes", Value: "Q1"}}}, "g h"},
		{"identifier's letter case", filter{Identifiers: []graph.Identifier{{Scheme: "codes", Value: "Q2"}}}, ""},
		{"any identifier of a scheme", filter{Identifiers: []graph.Identifier{{Scheme: "ons"}}}, "g"},
		{"identifiers", filter{Identifiers: []graph.Identifier{{Scheme: "ons", Value: "E1"}, {Scheme: "codes", Value: "q2"}}}, "g h"},
		{"start during", filter{Start: &graph.DateFilter{During: date("2010")}}, "d"},
		{"start before", filter{Start: &graph.DateFilter{Before: date("2015-06-02")}}, "d e"},
		{"start before, on the day", filter{Start: &graph.DateFilter{Before: date("2015-06-01")}}, "d"},
		{"start after", filter{Start: &graph.DateFilter{After: date("2009-12-31")}}, "d e"},
		{"start after, on the first possible day", filter{Start: &graph.DateFilter{After: date("2010-01-01")}}, "e"},
		{"start possibly", filter{Start: &graph.DateFilter{Overlaps: date("2010-12-31")}}, "d"},
		{"start not possibly", filter{Start: &graph.DateFilter{Overlaps: date("2011")}}, ""},
		{"no start that is not known", filter{Not: &filter{Start: &graph.DateFilter{Overlaps: date("2010-07")}}}, "a b c e f g h i j"},
		{"end on the last day", filter{End: &graph.DateFilter{During: date("2013-03-31")}}, "d"},
		{"end not on the day after", filter{End: &graph.DateFilter{Overlaps: date("2013-04-01")}}, ""},
		{"end possibly", filter{End: &graph.DateFilter{Overlaps: date("2005")}}, "f"},
		{"end before", filter{End: &graph.DateFilter{Before: date("9999")}}, "d f"},
		{"life during", filter{Life: &graph.DateFilter{During: date("201X")}}, "d"},
		{"life over before", filter{Life: &graph.DateFilter{Before: date("2013-04-01")}}, "d f"},
		{"life after", filter{Life: &graph.DateFilter{After: date("2009")}}, "d e"},
		{"life overlaps", filter{Life: &graph.DateFilter{Overlaps: date("2005")}}, "a b c f g h i j"},
		{"existence has no meaning without a date", filter{Existences: []graph.Existence{graph.Ended}, Forms: []graph.Form{graph.Class}}, "b"},
		{"data set of a name", filter{Datasets: []string{"background"}}, "a e"},
		{"data sets of names", filter{Datasets: []string{"curated", "none"}}, "e"},
		{"or", filter{Or: []filter{{Forms: []graph.Form{graph.Class}}, {Kinds: []graph.Kind{graph.Initiative}}}}, "b i"},
		{"fields together", filter{Kinds: []graph.Kind{graph.Organisation}, Identifiers: []graph.Identifier{{Scheme: "codes"}}, Name: &graph.TextFilter{Contains: "too"}}, "h"},
	} {
		h.equal(test.name, strings.Fields(test.want), letters(h.ids(v, test.filter)))
	}
}

func datedEntityFilters(h *harness) {
	v := h.load(entitiesToFilter())
	type filter = graph.EntityFilter
	exist := func(list ...graph.Existence) filter { return filter{Existences: list} }
	not := exist(graph.Exists)
	codes := filter{Identifiers: []graph.Identifier{{Scheme: "codes", Value: "Q1"}}}
	name := func(s string) filter { return filter{Name: &graph.TextFilter{Contains: s}} }
	for _, test := range []struct {
		date   string
		filter filter
		want   string
	}{
		{"2004", filter{}, "a b c f g h i j"},
		{"2005", filter{}, "a b c f g h i j"},
		{"2006", filter{}, "a b c g h i j"},
		{"2010", filter{}, "a b c d g h i j"},
		{"2013-04-01", filter{}, "a b c g h i j"},
		{"2013-03-31", filter{}, "a b c d g h i j"},
		{"2015-06-01", filter{}, "a b c e g h i j"},
		{"2010", exist(graph.Uncertain, graph.PartlyExists), "d"},
		{"2010-07", exist(graph.Uncertain), "d"},
		{"2010", exist(graph.NotYet), "e"},
		{"2010", exist(graph.Ended), "f"},
		{"2010", exist(graph.NotYet, graph.Ended), "e f"},
		{"2013", exist(graph.PartlyExists), "d"},
		{"2010", filter{Not: &not}, "d e f"},
		{"2010", filter{Or: []filter{exist(graph.Ended), {Forms: []graph.Form{graph.Class}}}}, "b f"},
		{"2005", codes, "g"},
		{"2015", codes, "h"},
		{"2010-01-01", codes, "h"},
		{"200X", codes, "g"},
		{"2004", name("elan"), "j"},
		{"2005", name("elan"), "j"},
		{"2006", name("elan"), ""},
		{"2006", name("young"), "j"},
		{"2015-07", filter{Datasets: []string{"background"}}, "a e"},
		{"2010", filter{End: &graph.DateFilter{Before: graph.MustDate("2006-02")}}, ""},
	} {
		view := graph.View{Revision: v.Revision, Date: graph.MustDate(test.date)}
		h.equal(test.date+" "+literal(test.filter), strings.Fields(test.want), letters(h.ids(view, test.filter)))
	}
	// A date does not hide the end of a statement.
	b := base().entity("org:a", "A").entityWith("org:gone", func(e *graph.Entity) { e.Life = graph.Bounds{StartLo: 0, StartHi: 0, EndLo: 1, EndHi: 1} })
	b.relation("r", "org:a", "PART_OF", "org:gone")
	v = h.load(b)
	v.Date = graph.MustDate("2010")
	ended := exist(graph.Ended)
	h.equal("an end that has ended", []string{"r"}, h.keys(v, graph.StatementFilter{Node: new(filter)}, "org:a"))
	h.equal("an end that has ended, asked for", []string{"r"}, h.keys(v, graph.StatementFilter{Object: &ended}, ""))
	h.equal("an end that exists", []string{}, h.keys(v, graph.StatementFilter{Object: &not}, ""))
}

func relatedFilters(h *harness) {
	b := base()
	for _, id := range []string{"org:a-two", "org:b-one", "org:c-none", "org:d-proposed", "org:e-self", "org:f-dated", "org:x", "org:y"} {
		b.entity(id, id[4:])
	}
	b.entity("ini:z", "Z")
	b.relation("r1", "org:a-two", "PART_OF", "org:x").relation("r2", "org:a-two", "PART_OF", "org:y").relation("r3", "org:a-two", "LED", "ini:z")
	b.relation("r4", "org:b-one", "PART_OF", "org:x", func(s *graph.Statement) { s.Rank = graph.Preferred })
	b.relation("r5", "org:d-proposed", "PART_OF", "org:y", func(s *graph.Statement) { s.Status = graph.Proposed })
	b.relation("r6", "org:e-self", "PART_OF", "org:e-self")
	b.relation("r7", "org:f-dated", "PART_OF", "org:x", between(days("2000"), days("2005"))).relation("r8", "org:f-dated", "PART_OF", "org:y", between(days("2005"), days("2010")))
	b.property("p1", "org:c-none", "COUNT", "", func(s *graph.Statement) { s.Value = number(7, "") })
	v := h.load(b)
	x, y := graph.StatementFilter{Node: &graph.EntityFilter{IDs: []string{"org:x"}}}, graph.StatementFilter{Node: &graph.EntityFilter{IDs: []string{"org:y"}}}
	part := []graph.RelationName{"PART_OF"}
	related := func(q graph.Quantifier, relations []graph.RelationName, d graph.Direction, where graph.StatementFilter) graph.RelatedFilter {
		return graph.RelatedFilter{Quantifier: q, Relations: relations, Direction: d, Where: where}
	}
	proposed := graph.StatementFilter{Statuses: []graph.Status{graph.Proposed}}
	either := graph.StatementFilter{Statuses: []graph.Status{graph.Proposed, graph.InEffect}}
	for _, test := range []struct {
		name, date string
		related    []graph.RelatedFilter
		want       string
	}{
		{"some", "", []graph.RelatedFilter{related(graph.Some, part, graph.Out, x)}, "a b f"},
		{"some is what is not said", "", []graph.RelatedFilter{related("", part, graph.Out, x)}, "a b f"},
		{"some at all", "", []graph.RelatedFilter{related(graph.Some, part, graph.Out, graph.StatementFilter{})}, "a b e f"},
		{"none", "", []graph.RelatedFilter{related(graph.None, part, graph.Out, x)}, "c d e"},
		{"none at all", "", []graph.RelatedFilter{related(graph.None, part, graph.Out, graph.StatementFilter{})}, "c d"},
		{"all, or there are none", "", []graph.RelatedFilter{related(graph.All, part, graph.Out, x)}, "b c d"},
		{"all that the defaults show", "", []graph.RelatedFilter{related(graph.All, part, graph.Out, graph.StatementFilter{Ranks: []graph.Rank{graph.Preferred}})}, "b c d"},
		{"all and some", "", []graph.RelatedFilter{related(graph.All, part, graph.Out, x), related(graph.Some, part, graph.Out, x)}, "b"},
		{"another status", "", []graph.RelatedFilter{related(graph.Some, part, graph.Out, proposed)}, "d"},
		{"all of more statuses", "", []graph.RelatedFilter{related(graph.All, part, graph.Out, graph.StatementFilter{And: []graph.StatementFilter{either, y}})}, "c d"},
		{"every relation, no property", "", []graph.RelatedFilter{related(graph.None, nil, graph.Both, graph.StatementFilter{})}, "c d"},
		{"two relations", "", []graph.RelatedFilter{related(graph.Some, []graph.RelationName{"LED", "CITES"}, graph.Out, graph.StatementFilter{})}, "a"},
		{"towards the entity", "", []graph.RelatedFilter{related(graph.Some, part, graph.In, graph.StatementFilter{})}, "e"},
		{"itself", "", []graph.RelatedFilter{related(graph.Some, part, graph.Both, graph.StatementFilter{Node: &graph.EntityFilter{IDs: []string{"org:e-self"}}})}, "e"},
		{"a property", "", []graph.RelatedFilter{{Properties: []graph.PropertyName{"COUNT"}, Where: graph.StatementFilter{Value: &graph.ValueFilter{Min: new(7.0)}}}}, "c"},
		{"a property too low", "", []graph.RelatedFilter{{Properties: []graph.PropertyName{"COUNT"}, Where: graph.StatementFilter{Value: &graph.ValueFilter{Min: new(7.5)}}}}, ""},
		{"a property or a relation", "", []graph.RelatedFilter{{Relations: []graph.RelationName{"LED"}, Properties: []graph.PropertyName{"COUNT"}, Direction: graph.Out}}, "a c"},
		{"on a date", "2004", []graph.RelatedFilter{related(graph.Some, part, graph.Out, x)}, "a b f"},
		{"on another date", "2005", []graph.RelatedFilter{related(graph.Some, part, graph.Out, x)}, "a b"},
		{"all on a date", "2005", []graph.RelatedFilter{related(graph.All, part, graph.Out, y)}, "c d f"},
		{"two hops", "", []graph.RelatedFilter{related(graph.Some, part, graph.Out, graph.StatementFilter{Node: &graph.EntityFilter{Related: []graph.RelatedFilter{
			related(graph.Some, part, graph.In, graph.StatementFilter{Node: &graph.EntityFilter{IDs: []string{"org:b-one"}}})}}})}, "a b f"},
	} {
		view := v
		if test.date != "" {
			view.Date = graph.MustDate(test.date)
		}
		got := letters(h.ids(view, graph.EntityFilter{Related: test.related, Kinds: []graph.Kind{graph.Organisation}}))
		h.equal(test.name, strings.Fields(test.want), got)
	}
}

func textFilters(h *harness) {
	b := base()
	names := []string{"a-King’s Fund", "b-Kings Fund", "c-100% Cover_All", "d-Zoë & Œuvre", "e-Cover All", "f-zoe AND oeuvre trust", "g-Ŵyl 健康 Bwrdd"}
	for _, name := range names {
		id, text, _ := strings.Cut(name, "-")
		b.entity("org:"+id+"-x", text)
	}
	v := h.load(b)
	type filter = graph.TextFilter
	for _, test := range []struct {
		filter filter
		want   string
	}{
		{filter{Eq: "KING'S FUND"}, "a b"},
		{filter{Eq: "kings"}, ""},
		{filter{Eq: "kings  fund!"}, "a b"},
		{filter{Eq: "zoe and oeuvre"}, "d"},
		{filter{StartsWith: "Zoé &"}, "d f"},
		{filter{StartsWith: "king"}, "a b"},
		{filter{StartsWith: "und"}, ""},
		{filter{Contains: "ngs fu"}, "a b"},
		{filter{Contains: "all"}, "c e"},
		{filter{Contains: "%"}, "refused"},
		{filter{Contains: "cover_all"}, "c e"},
		{filter{Contains: "0 c"}, "c"},
		{filter{Contains: "健"}, "g"},
		{filter{Eq: "wyl 健康 bwrdd"}, "g"},
		{filter{In: []string{"Cover-all", "nothing", "KINGS FUND"}}, "a b e"},
		{filter{In: []string{"cover"}}, ""},
		{filter{In: []string{"cover all", "100 cover all"}, StartsWith: "1"}, "c"},
		{filter{StartsWith: "c", Contains: "all"}, "e"},
	} {
		q := graph.EntityQuery{Filter: graph.EntityFilter{Name: &test.filter, Kinds: []graph.Kind{graph.Organisation}}, Order: graph.Order{By: graph.ByID}, Page: everyPage}
		page, err := h.store.ListEntities(h.Context(), v, q)
		if test.want == "refused" {
			h.refuse(literal(test.filter), err, graph.ErrInvalid)
			continue
		}
		if err != nil {
			h.Fatalf("%s: %v", literal(test.filter), err)
		}
		h.equal(literal(test.filter), strings.Fields(test.want), letters(entityIDs(page.Entities)))
	}
}

// mostConditions asks with as many conditions as a filter may have, most of them of other records, and with one more.
func mostConditions(h *harness) {
	b := &batch{Batch: Generate(5, 200)}
	naive := h.naively(b)
	v := h.load(b)
	v.Date = graph.MustDate("2012")
	name := func(part string) *graph.EntityFilter {
		return &graph.EntityFilter{Name: &graph.TextFilter{Contains: part}}
	}
	far := func(q graph.Quantifier, d graph.Direction, part string) graph.EntityFilter {
		return graph.EntityFilter{Related: []graph.RelatedFilter{{Quantifier: q, Direction: d, Where: graph.StatementFilter{Node: name(part)}}}}
	}
	not := func(f graph.EntityFilter) graph.EntityFilter { return graph.EntityFilter{Not: &f} }
	// Of 16, 11, 11, 6, 5, 4, 4, 1, 1 and 1 conditions.
	f := graph.EntityFilter{Or: []graph.EntityFilter{
		far(graph.Some, graph.Both, "north"), not(far(graph.All, graph.Out, "a")), not(far(graph.None, graph.In, "board")),
		{Datasets: []string{"curated"}, Life: &graph.DateFilter{Overlaps: graph.MustDate("2001")}},
		{Identifiers: []graph.Identifier{{Scheme: "ods"}}},
		{Existences: []graph.Existence{graph.Ended}, Kinds: []graph.Kind{graph.Organisation, graph.Legislation}, Name: &graph.TextFilter{StartsWith: "w"}},
		{Start: &graph.DateFilter{After: graph.MustDate("1990"), Before: graph.MustDate("2000")}, End: &graph.DateFilter{During: graph.MustDate("200X")}, Forms: []graph.Form{graph.Class}},
		*name("north"), *name("south"), *name("trust"),
	}}
	more := f
	more.Forms = []graph.Form{graph.Body}
	q := graph.EntityQuery{Filter: f, Page: everyPage}
	list := func(h *harness, v graph.View, q graph.EntityQuery) graph.EntityPage {
		h.Helper()
		page, err := h.store.ListEntities(h.Context(), v, q)
		if err != nil {
			h.Fatalf("ListEntities: %v", err)
		}
		return page
	}
	seen := graph.View{Revision: 1, Date: v.Date}
	all := list(naive, seen, q)
	if n := len(all.Entities); n < 10 || n == len(b.Entities) {
		h.Fatalf("the filter shows %d of %d", n, len(b.Entities))
	}
	order := graph.Order{By: graph.ByName}
	after, before := all.Entities[1].Cursor(order, v.Date), all.Entities[len(all.Entities)-2].Cursor(order, v.Date)
	q.Page = graph.Page{First: 5, Total: true, After: &after, Before: &before}
	want, got := list(naive, seen, q), list(h, v, q)
	h.equal("a page", entityIDs(want.Entities), entityIDs(got.Entities))
	h.equal("around the page", want.PageInfo, got.PageInfo)

	ctx, page := h.Context(), graph.Page{First: 1}
	errs := make(map[string]error)
	_, errs["ListEntities"] = h.store.ListEntities(ctx, v, graph.EntityQuery{Filter: more, Page: page})
	_, errs["Count"] = h.store.Count(ctx, v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Entities: more, Limit: 1})
	_, errs["ListStatements"] = h.store.ListStatements(ctx, v, graph.StatementQuery{Filter: graph.StatementFilter{Object: &f}, Page: page})
	_, errs["Edges"] = h.store.Edges(ctx, v, []graph.EdgeQuery{{Direction: graph.Out, Filter: graph.StatementFilter{Node: &f}, Page: page}})
	for what, err := range errs {
		h.refuse(what, err, graph.ErrLimit, "at most 60 conditions", "lower")
	}
}

// badFilters holds every method to the checks of package graph, which has the tests of each.
func badFilters(h *harness) {
	s := h.store
	v := h.load(base())
	ctx, page := h.Context(), graph.Page{First: 1}
	deep := graph.StatementFilter{}
	for range graph.MaxFilterDepth {
		inner := deep
		deep = graph.StatementFilter{Not: &inner}
	}
	wide := graph.EntityFilter{IDs: slices.Repeat([]string{"org:a"}, graph.MaxFilterValues+1)}
	bad := graph.StatementFilter{Not: &graph.StatementFilter{Ranks: []graph.Rank{"BEST"}}}
	node := graph.StatementFilter{Node: new(graph.EntityFilter)}
	name := graph.Order{By: graph.ByName}
	errs := make(map[string]error)
	edges := func(what string, q graph.EdgeQuery) {
		q.Page = page
		_, errs["Edges "+what] = s.Edges(ctx, v, []graph.EdgeQuery{q})
	}
	edges("limit", graph.EdgeQuery{Direction: graph.Out, Filter: deep})
	edges("BEST", graph.EdgeQuery{Direction: graph.Out, Filter: bad})
	edges("NAME", graph.EdgeQuery{Direction: graph.Out, Order: name})
	edges("no edges", graph.EdgeQuery{CitedAs: graph.Roles, Filter: node})
	edges("OUT", graph.EdgeQuery{CitedAs: graph.Roles, Direction: graph.Out})
	_, errs["ListStatements limit"] = s.ListStatements(ctx, v, graph.StatementQuery{Filter: deep, Page: page})
	_, errs["ListStatements no edges"] = s.ListStatements(ctx, v, graph.StatementQuery{Filter: node, Page: page})
	_, errs["ListStatements NAME"] = s.ListStatements(ctx, v, graph.StatementQuery{Order: name, Page: page})
	_, errs["ListStatements first"] = s.ListStatements(ctx, v, graph.StatementQuery{})
	_, errs["ListEntities limit"] = s.ListEntities(ctx, v, graph.EntityQuery{Filter: wide, Page: page})
	_, errs["ListEntities SIZE"] = s.ListEntities(ctx, v, graph.EntityQuery{Order: graph.Order{By: "SIZE"}, Page: page})
	_, errs["ListEntities first"] = s.ListEntities(ctx, v, graph.EntityQuery{Page: graph.Page{First: 1, Last: 1}})
	_, errs["ListChangeEvents SHRUNK"] = s.ListChangeEvents(ctx, v, graph.ChangeEventQuery{Kinds: []graph.ChangeKind{"SHRUNK"}, Page: page})
	_, errs["ListChangeEvents first"] = s.ListChangeEvents(ctx, v, graph.ChangeEventQuery{})
	_, errs["ListConflicts ROW"] = s.ListConflicts(ctx, v, graph.ConflictQuery{Kinds: []graph.ConflictKind{"ROW"}, Page: page})
	_, errs["ListConflicts negative"] = s.ListConflicts(ctx, v, graph.ConflictQuery{Page: graph.Page{First: -1}})
	_, errs["Count BEST"] = s.Count(ctx, v, graph.CountQuery{Of: graph.CountStatements, By: graph.CountByYear, Statements: bad, Limit: 1})
	_, errs["Count KIND"] = s.Count(ctx, v, graph.CountQuery{Of: graph.CountStatements, By: graph.CountByKind, Limit: 1})
	_, errs["Count limit"] = s.Count(ctx, v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Entities: wide, Limit: 1})
	_, errs["Count at least 1"] = s.Count(ctx, v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind})
	_, errs["ListRevisions at least 1"] = s.ListRevisions(ctx, 0, 0)
	_, errs["ListRevisions -1"] = s.ListRevisions(ctx, -1, 1)
	for what, err := range errs {
		_, word, _ := strings.Cut(what, " ")
		if word == "limit" {
			h.refuse(what, err, graph.ErrLimit, "at most", "lower")
			continue
		}
		h.refuse(what, err, graph.ErrInvalid, word)
	}
}
