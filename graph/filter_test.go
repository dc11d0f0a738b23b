package graph

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaults(t *testing.T) {
	inEffect, shown := []Status{InEffect}, []Rank{Preferred, Normal}
	proposed := StatementFilter{Statuses: []Status{Proposed}}
	deprecated := StatementFilter{Ranks: []Rank{Deprecated}}
	tests := []struct {
		name     string
		filter   StatementFilter
		statuses []Status
		ranks    []Rank
	}{
		{"zero", StatementFilter{}, inEffect, shown},
		{"a status at the root", proposed, nil, shown},
		{"a rank at the root", deprecated, inEffect, nil},
		{"a status in and", StatementFilter{And: []StatementFilter{{}, proposed}}, nil, shown},
		{"a status and a rank in or", StatementFilter{Or: []StatementFilter{proposed, deprecated}}, nil, nil},
		{"a rank in not", StatementFilter{Not: &deprecated}, inEffect, nil},
		{"a status deep down", StatementFilter{Not: &StatementFilter{Or: []StatementFilter{{And: []StatementFilter{proposed}}}}}, nil, shown},
		{"a status in another tree", StatementFilter{Node: &EntityFilter{Related: []RelatedFilter{{Where: proposed}}}}, inEffect, shown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			statuses, ranks := test.filter.Defaults()
			if diff := cmp.Diff([]any{test.statuses, test.ranks}, []any{statuses, ranks}); diff != "" {
				t.Errorf("defaults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesExistences(t *testing.T) {
	ended := EntityFilter{Existences: []Existence{Ended}}
	for name, test := range map[string]struct {
		filter EntityFilter
		want   bool
	}{
		"zero":            {EntityFilter{}, false},
		"root":            {ended, true},
		"and":             {EntityFilter{And: []EntityFilter{{}, ended}}, true},
		"or":              {EntityFilter{Or: []EntityFilter{{}, ended}}, true},
		"not":             {EntityFilter{Not: &ended}, true},
		"in another tree": {EntityFilter{Related: []RelatedFilter{{Where: StatementFilter{Node: &ended}}}}, false},
	} {
		if got := test.filter.NamesExistences(); got != test.want {
			t.Errorf("%s: got %t; want %t", name, got, test.want)
		}
	}
}

func TestDateFilterMatches(t *testing.T) {
	days := func(text string) (lo, end Day) {
		p, err := ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		lo, _ = p.From.Bounds()
		_, hi := p.To.Bounds()
		return lo, hi.Add(1)
	}
	for _, test := range []struct{ days, filter, date, want string }{
		{"2010/2012", "before", "2013", "yes"},
		{"2010/2012", "before", "2012-12-31", "no"},
		{"2010/2012", "after", "2009", "yes"},
		{"2010/2012", "after", "2010-01-01", "no"},
		{"2010/2012", "during", "201X", "yes"},
		{"2010/2012", "during", "2010", "no"},
		{"2010/2010", "during", "2010", "yes"},
		{"2010/2012", "overlaps", "2012", "yes"},
		{"2010/2012", "overlaps", "2013", "no"},
		{"2010/2012", "overlaps", "2009", "no"},
		{"2010/", "before", "9999", "no"},
		{"2010/", "overlaps", "9999", "yes"},
		{"/2010", "after", "-9999", "no"},
		{"/2010", "before", "2011", "yes"},
	} {
		date := MustDate(test.date)
		f := map[string]DateFilter{"before": {Before: date}, "after": {After: date}, "during": {During: date}, "overlaps": {Overlaps: date}}[test.filter]
		if got := f.Matches(days(test.days)); got != (test.want == "yes") {
			t.Errorf("%s %s %s: got %t; want %s", test.days, test.filter, test.date, got, test.want)
		}
	}
	both := DateFilter{After: MustDate("2000"), Before: MustDate("2010")}
	for text, want := range map[string]bool{"2003/2004": true, "2000/2004": false, "2003/2010": false} {
		if got := both.Matches(days(text)); got != want {
			t.Errorf("%s after 2000 and before 2010: got %t; want %t", text, got, want)
		}
	}
}

func TestBoundsDays(t *testing.T) {
	day := func(s string) Day { d, _ := MustDate(s).Span(); return d }
	known := Bounds{day("2010-03-01"), day("2010-12-31"), day("2013-04-01"), day("2014-01-01")}
	for _, test := range []struct {
		name              string
		bounds            Bounds
		first, last, year string
	}{
		{"known", known, "2010-03-01 2011-01-01", "2013-03-31 2014-01-01", "2010"},
		{"two years", Bounds{day("2010-12-31"), day("2011-01-01"), known.EndLo, known.EndHi}, "2010-12-31 2011-01-02", "2013-03-31 2014-01-01", ""},
		{"start not known", Bounds{MinDay, day("2010"), known.EndLo, known.EndHi}, "", "2013-03-31 2014-01-01", ""},
		{"end not known", Bounds{known.StartLo, known.StartHi, known.EndLo, MaxDay}, "2010-03-01 2011-01-01", "", "2010"},
		{"timeless", Timeless, "", "", ""},
		{"an event without a date", EventBounds(MinDay, MaxDay), "", "", ""},
		{"before Christ", EventBounds(day("-0043"), day("-0043-03-15")), "-0043-01-01 -0043-03-16", "", "-0043"},
		{"far off", EventBounds(DayOf(12013, 1, 1), DayOf(12013, 12, 31)), "Y12013-01-01 Y12014-01-01", "", "Y12013"},
	} {
		days := func(lo, end Day, known bool) string {
			if !known {
				return ""
			}
			return lo.String() + " " + end.String()
		}
		year, known := test.bounds.Year()
		got := []string{days(test.bounds.FirstDay()), days(test.bounds.LastDay()), year.String()}
		if diff := cmp.Diff([]string{test.first, test.last, test.year}, got); diff != "" || known != (test.year != "") {
			t.Errorf("%s: year known: %t (-want +got):\n%s", test.name, known, diff)
		}
	}
}

// nested is a filter of so many levels.
func nested(levels int) StatementFilter {
	var f StatementFilter
	for i := range levels - 1 {
		inner := f
		switch i % 4 {
		case 0:
			f = StatementFilter{Not: &inner}
		case 1:
			f = StatementFilter{And: []StatementFilter{inner}}
		case 2:
			f = StatementFilter{Or: []StatementFilter{inner}}
		default:
			f = StatementFilter{Subject: &EntityFilter{Related: []RelatedFilter{{Direction: Out, Where: inner.Or[0]}}}}
		}
	}
	return f
}

// TestConditions fills filters with one thing up to the limit, of which each counts as its sort does.
func TestConditions(t *testing.T) {
	text := &TextFilter{Eq: "a", In: []string{"b"}, Contains: "c", StartsWith: "d"}
	date := &DateFilter{Before: MustDate("2001"), After: MustDate("2002"), During: MustDate("2003"), Overlaps: MustDate("2004")}
	number := 1.0
	edges := func(d Direction, relations ...RelationName) []RelatedFilter {
		return []RelatedFilter{{Relations: relations, Direction: d}}
	}
	check := func(name string, each int, of func(n int) error) {
		t.Helper()
		if err := of(MaxFilterConditions / each); err != nil {
			t.Errorf("%s: %d of it, of %d each: %v", name, MaxFilterConditions/each, each, err)
		}
		if err := of(MaxFilterConditions/each + 1); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "conditions") {
			t.Errorf("%s: one more is not refused: %v", name, err)
		}
	}
	for _, test := range []struct {
		name   string
		each   int
		filter EntityFilter
	}{
		{"ids", 1, EntityFilter{IDs: []string{"a", "b"}}}, {"kinds", 1, EntityFilter{Kinds: []Kind{Topic, Person}}}, {"forms", 1, EntityFilter{Forms: Forms}},
		{"existences", 2, EntityFilter{Existences: Existences}}, {"type", 4, EntityFilter{Type: text}}, {"name", 4, EntityFilter{Name: text}},
		{"start", 4, EntityFilter{Start: date}}, {"end", 4, EntityFilter{End: date}}, {"life", 4, EntityFilter{Life: date}},
		{"identifiers", 5, EntityFilter{Identifiers: []Identifier{{Scheme: "a"}, {Scheme: "b"}}}}, {"data sets", 5, EntityFilter{Datasets: []string{"a", "b"}}},
		{"edges out", 5, EntityFilter{Related: edges(Out, Replaced, "LED")}}, {"edges in", 5, EntityFilter{Related: edges(In)}}, {"edges both ways", 10, EntityFilter{Related: edges(Both)}},
		{"properties", 5, EntityFilter{Related: []RelatedFilter{{Properties: []PropertyName{"AIM"}}}}},
		{"edges to what", 12, EntityFilter{Related: []RelatedFilter{{Direction: Out, Where: StatementFilter{Ranks: Ranks, Node: &EntityFilter{Forms: Forms}}}}}},
		{"a name and kinds, not", 5, EntityFilter{Not: &EntityFilter{Name: text, Kinds: []Kind{Topic}}}},
	} {
		check(test.name, test.each, func(n int) error {
			return EntityQuery{Filter: EntityFilter{And: slices.Repeat([]EntityFilter{test.filter}, n)}, Page: Page{First: 1}}.Check()
		})
	}
	for _, test := range []struct {
		name   string
		each   int
		filter StatementFilter
	}{
		{"relations and properties", 1, StatementFilter{Relations: []RelationName{Replaced, "LED"}, Properties: []PropertyName{"AIM"}}}, {"holds", 2, StatementFilter{Holds: []Holds{Partly, Possibly}}},
		{"statuses", 1, StatementFilter{Statuses: Statuses}}, {"ranks", 1, StatementFilter{Ranks: Ranks}}, {"certainties", 1, StatementFilter{Certainties: Certainties}},
		{"data sets", 1, StatementFilter{Datasets: []string{"a", "b"}}}, {"sources", 1, StatementFilter{Sources: []string{"a", "b"}}}, {"citations", 1, StatementFilter{MinCitations: 9}},
		{"change events", 1, StatementFilter{ChangeEvents: []string{"a", "b"}}}, {"when", 4, StatementFilter{When: date}}, {"text", 4, StatementFilter{Value: &ValueFilter{Text: text}}},
		{"number", 2, StatementFilter{Value: &ValueFilter{Min: &number, Max: &number}}}, {"date", 4, StatementFilter{Value: &ValueFilter{Date: date}}},
		{"qualifiers", 6, StatementFilter{Qualifiers: []QualifierFilter{{Name: "POST"}, {Name: "POST", Value: &ValueFilter{Text: text}}}}},
		{"subject", 5, StatementFilter{Subject: &EntityFilter{}}}, {"object", 6, StatementFilter{Object: &EntityFilter{Forms: Forms}}}, {"node", 5, StatementFilter{Node: &EntityFilter{}}},
	} {
		check(test.name, test.each, func(n int) error {
			return EdgeQuery{Direction: Out, Filter: StatementFilter{Or: slices.Repeat([]StatementFilter{test.filter}, n)}, Page: Page{First: 1}}.Check()
		})
	}
}

func TestQueryChecks(t *testing.T) {
	number := func(x float64) *float64 { return &x }
	page := Page{First: 1}
	statements := func(f StatementFilter) StatementQuery { return StatementQuery{Filter: f, Page: page} }
	entities := func(f EntityFilter) EntityQuery { return EntityQuery{Filter: f, Page: page} }
	edges := func(f StatementFilter) EdgeQuery { return EdgeQuery{Direction: Both, Filter: f, Page: page} }
	qualified := func(name QualifierName, v *ValueFilter) StatementQuery {
		return statements(StatementFilter{Qualifiers: []QualifierFilter{{name, v}}})
	}
	related := func(r RelatedFilter) EntityQuery { return entities(EntityFilter{Related: []RelatedFilter{r}}) }
	many := make([]string, MaxFilterValues+1)
	nodes := make([]StatementFilter, MaxFilterNodes)
	deep := StatementFilter{At: "where.deepest"}
	for range MaxFilterDepth - 2 {
		deep = StatementFilter{Or: []StatementFilter{deep}}
	}
	type query interface{ Check() error }
	tests := []struct {
		name  string
		query query
		kind  error  // nil: none
		want  string // a part of the sentence
	}{
		{"zero filters", statements(StatementFilter{}), nil, ""},
		{"eight levels", statements(nested(MaxFilterDepth)), nil, ""},
		{"nine levels", statements(nested(MaxFilterDepth + 1)), ErrLimit, "at most 8 levels"},
		{"a hundred filters", statements(StatementFilter{Or: nodes[1:]}), nil, ""},
		{"more than a hundred filters", statements(StatementFilter{Or: nodes}), ErrLimit, "at most 100 filters"},
		{"sixty conditions", entities(EntityFilter{Or: slices.Repeat([]EntityFilter{{Name: &TextFilter{Eq: "a", Contains: "b"}, Forms: Forms}}, 20)}), nil, ""},
		{"more than sixty conditions", entities(EntityFilter{IDs: many[1:], Or: slices.Repeat([]EntityFilter{{Name: &TextFilter{Eq: "a", Contains: "b"}, Forms: Forms}}, 20)}), ErrLimit, "at most 60 conditions"},
		{"two hundred values", entities(EntityFilter{IDs: many[1:]}), nil, ""},
		{"more than two hundred values", entities(EntityFilter{IDs: many}), ErrLimit, "ids: a list in a filter has at most 200 values, this one 201"},
		{"more than two hundred entities of change events", ChangeEventQuery{At: "where", Entities: many, Page: page}, ErrLimit, "where.entities: a list"},
		{"more than two hundred texts", entities(EntityFilter{Name: &TextFilter{In: slices.Repeat([]string{"a"}, 201)}}), ErrLimit, "name.in: a list"},
		{"a far end of edges", edges(StatementFilter{Or: []StatementFilter{{Node: &EntityFilter{}}}}), nil, ""},
		{"a far end without edges", statements(StatementFilter{Not: &StatementFilter{Node: &EntityFilter{}}}), ErrInvalid, "no edges here"},
		{"a far end of what cites", EdgeQuery{CitedAs: Roles, Filter: StatementFilter{Node: &EntityFilter{}}, Page: page}, ErrInvalid, "no edges here"},
		{"a far end of related edges", related(RelatedFilter{Direction: In, Where: StatementFilter{Node: &EntityFilter{}}}), nil, ""},
		{"a direction of what cites", EdgeQuery{CitedAs: Roles, Direction: Out, Page: page}, ErrInvalid, "no direction"},
		{"unknown role", EdgeQuery{CitedAs: []Role{"HINTS"}, Page: page}, ErrInvalid, "SUPPORTS, DISPUTES, MENTIONS"},
		{"a text by nothing", entities(EntityFilter{Type: &TextFilter{}}), ErrInvalid, "eq, in, contains and startsWith"},
		{"a text without a letter", entities(EntityFilter{Name: &TextFilter{Contains: " – "}}), ErrInvalid, "no letter or digit"},
		{"an empty text in a list", entities(EntityFilter{Name: &TextFilter{In: []string{"a", ""}}}), ErrInvalid, "no letter or digit"},
		{"a date by nothing", statements(StatementFilter{When: &DateFilter{}}), ErrInvalid, "before, after, during and overlaps"},
		{"a date that is not exact", entities(EntityFilter{Start: &DateFilter{After: MustDate("2010~")}}), ErrInvalid, "2010~"},
		{"a value by nothing", statements(StatementFilter{Value: &ValueFilter{}}), ErrInvalid, "one of the three"},
		{"a value by two", statements(StatementFilter{Value: &ValueFilter{Text: &TextFilter{Eq: "a"}, Min: number(1)}}), ErrInvalid, "one of the three"},
		{"a number by both bounds", statements(StatementFilter{Value: &ValueFilter{Min: number(1), Max: number(1)}}), nil, ""},
		{"no number between", statements(StatementFilter{Value: &ValueFilter{Min: number(2), Max: number(1)}}), ErrInvalid, "min is not above max"},
		{"a qualifier of any value", qualified("POST", nil), nil, ""},
		{"a qualifier by its kind", qualified("SHARE", &ValueFilter{Max: number(0.5)}), nil, ""},
		{"a qualifier by another kind", qualified("POST", &ValueFilter{Max: number(0.5)}), ErrInvalid, "POST is a TEXT"},
		{"unknown qualifier", qualified("COLOUR", nil), ErrInvalid, "COLOUR"},
		{"negative number of citations", statements(StatementFilter{MinCitations: -1}), ErrInvalid, "-1"},
		{"unknown relation", statements(StatementFilter{Relations: []RelationName{"ADMIRED"}}), ErrInvalid, "ADMIRED"},
		{"inverse relation", statements(StatementFilter{Relations: []RelationName{"REPLACED_BY"}}), ErrInvalid, "ask for REPLACED"},
		{"unknown property", statements(StatementFilter{Properties: []PropertyName{"SHOE_SIZE"}}), ErrInvalid, "SHOE_SIZE"},
		{"unknown kind", statements(StatementFilter{Object: &EntityFilter{Kinds: []Kind{"SHIP"}}}), ErrInvalid, "SHIP"},
		{"unknown form", entities(EntityFilter{Forms: []Form{"ROUND"}}), ErrInvalid, "ROUND"},
		{"unknown existence", entities(EntityFilter{Existences: []Existence{"MAYBE"}}), ErrInvalid, "NOT_YET, EXISTS, PARTLY, UNCERTAIN, ENDED"},
		{"identifier without a scheme", entities(EntityFilter{Identifiers: []Identifier{{Value: "Q1"}}}), ErrInvalid, "scheme"},
		{"unknown quantifier", related(RelatedFilter{Quantifier: "MOST", Direction: Out}), ErrInvalid, "SOME, ALL, NONE"},
		{"related without a direction", related(RelatedFilter{}), ErrInvalid, "OUT, IN, BOTH"},
		{"related properties have no direction", related(RelatedFilter{Properties: []PropertyName{"COUNT"}}), nil, ""},
		{"faults deep down", entities(EntityFilter{Not: &EntityFilter{Related: []RelatedFilter{{Direction: Out, Where: StatementFilter{Ranks: []Rank{"BEST"}}}}}}), ErrInvalid, "BEST"},
		{"the place of a fault", related(RelatedFilter{Direction: Out, Where: StatementFilter{At: "where.parts.some", Value: &ValueFilter{Text: &TextFilter{In: []string{"a", ""}}}}}), ErrInvalid, "where.parts.some.value.text.in[1]: "},
		{"the place of what is too deep", entities(EntityFilter{Not: &EntityFilter{Related: []RelatedFilter{{Direction: Out, Where: deep}}}}), ErrLimit, "where.deepest: a filter has at most 8 levels"},
		{"order of entities", EntityQuery{Order: Order{By: ByName, Descending: true}, Page: page}, nil, ""},
		{"no such order of statements", StatementQuery{Order: Order{By: ByName}, Page: page}, ErrInvalid, "DATE, END, ID"},
		{"no such order of edges", EdgeQuery{Direction: Out, Order: Order{By: "SIZE"}, Page: page}, ErrInvalid, "SIZE"},
		{"no such order of change events", ChangeEventQuery{Order: Order{By: ByEnd}, Page: page}, ErrInvalid, "DATE, ID"},
		{"unknown kind of change", ChangeEventQuery{Kinds: []ChangeKind{"SHRUNK"}, Page: page}, ErrInvalid, "SHRUNK"},
		{"unknown kind of conflict", ConflictQuery{Kinds: []ConflictKind{"ROW"}, Page: page}, ErrInvalid, "ROW"},
		{"no page", ConflictQuery{}, ErrInvalid, "first, last or the total"},
		{"count", CountQuery{Of: CountStatements, By: CountByRelation, Limit: 1}, nil, ""},
		{"count of nothing", CountQuery{By: CountByKind, Limit: 1}, ErrInvalid, "ENTITIES, STATEMENTS, CITATIONS"},
		{"count by what it has not", CountQuery{Of: CountCitations, By: CountByKind, Limit: 1}, ErrInvalid, "SOURCE, DATASET"},
		{"count without a limit", CountQuery{Of: CountEntities, By: CountByKind}, ErrInvalid, "limit"},
		{"count with a bad filter", CountQuery{Of: CountStatements, By: CountByYear, Statements: StatementFilter{Node: &EntityFilter{}}, Limit: 1}, ErrInvalid, "no edges here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.query.Check()
			if test.kind == nil {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want an error of the kind %q with %q", err, test.kind, test.want)
			}
		})
	}
}

func TestCursors(t *testing.T) {
	bounds := Bounds{1, 2, 3, 4}
	names := []Name{{Text: "Été  House", Use: Official, Bounds: Timeless, Rank: Normal}}
	s, e, c := &Statement{ID: "stm:org:a/b", Bounds: bounds}, &Entity{ID: "org:a", Names: names, Life: bounds}, &ChangeEvent{ID: "evt:a", Bounds: bounds}
	for _, test := range []struct {
		by                           OrderBy
		statement, entity, changeEvt Cursor
	}{
		{"", Cursor{"", 1, 2, s.ID}, Cursor{"ete house", 0, 0, e.ID}, Cursor{"", 1, 2, c.ID}},
		{ByDate, Cursor{"", 1, 2, s.ID}, Cursor{"", 1, 2, e.ID}, Cursor{"", 1, 2, c.ID}},
		{ByEnd, Cursor{"", 3, 4, s.ID}, Cursor{"", 3, 4, e.ID}, Cursor{"", 3, 4, c.ID}},
		{ByID, Cursor{ID: s.ID}, Cursor{ID: e.ID}, Cursor{ID: c.ID}},
	} {
		o := Order{By: test.by}
		if diff := cmp.Diff([]Cursor{test.statement, test.entity, test.changeEvt}, []Cursor{s.Cursor(o), e.Cursor(o, Date{}), c.Cursor(o)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.by, diff)
		}
	}
	ascending := []Cursor{{"", MinDay, MinDay, ""}, {"", 1, 2, "b"}, {"", 1, 3, "a"}, {"", 2, 0, "a"}, {"", 2, 0, "b"}, {"a", 0, 0, "a"}, {"ab", 0, 0, "a"}}
	for i, a := range ascending {
		for j, b := range ascending {
			up, down := Order{}.Compare(a, b), Order{Descending: true}.Compare(a, b)
			if (up < 0) != (i < j) || (up > 0) != (i > j) || down != -up {
				t.Errorf("%+v and %+v compare as %d, descending %d", a, b, up, down)
			}
		}
	}
}
