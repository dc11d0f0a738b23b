package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trustsAndGroups is a small authored graph: trusts are replaced by groups under an Act, one duty passes, and two texts tell of it.
func trustsAndGroups() Batch {
	b := Batch{Datasets: []Dataset{{ID: "curated"}, {ID: "background"}}}
	named := func(id string, kind Kind, form Form, name string) {
		b.Entities = append(b.Entities, Entity{ID: id, Kind: kind, Form: form})
		b.Statements = append(b.Statements, Statement{
			ID: StatementID(id, "name"), Subject: id, Property: NameProperty, Value: Value{Kind: TextValue, Text: name}, Citations: cite("src:article"),
		})
	}
	starts := func(id, date, source string) {
		b.Statements = append(b.Statements, Statement{
			ID: StatementID(id, "start"), Subject: id, Property: StartProperty, Value: Value{Kind: DateValue, Date: MustDate(date)}, Citations: cite(source),
		})
	}
	named("src:article", Source, "", "An article")
	starts("src:article", "2021-02-03", "src:article")
	named("src:order", Source, "", "An order")
	starts("src:order", "2013-02", "src:order")
	named("org:trusts", Organisation, Class, "Trusts")
	starts("org:trusts", "2002-04-01", "src:order")
	named("org:groups", Organisation, Class, "Groups")
	named("org:council", Organisation, Body, "Council")
	named("leg:act-2012", Legislation, Body, "Act 2012")
	named("res:planning", Responsibility, Body, "Planning")
	b.Statements = append(b.Statements, Statement{
		ID: "stm:org:trusts/planning", Subject: "org:trusts", Relation: ResponsibleFor, Object: "res:planning", Period: PeriodFrom(MustDate("2002-04-01")), Citations: cite("src:article"),
	})
	b.ChangeEvents = []ChangeEvent{
		{
			ID: "evt:groups-replace-trusts", Kind: ChangeReplaced, When: MustDate("2013-04-01"), Inputs: []string{"org:trusts"}, Outputs: []string{"org:groups"},
			Basis: []Basis{{LegislationID: "leg:act-2012", Provision: "s. 34"}},
			Citations: []Citation{
				{SourceID: "src:article", Dataset: "curated", Locator: "p. 1", Aspects: []Aspect{AspectRelation}},
				{SourceID: "src:order", Dataset: "background", Locator: "art. 2", Aspects: []Aspect{AspectWhen}},
			},
		},
		{
			ID: "evt:planning-passes", Kind: ChangeTransferred, When: MustDate("2013-03"), Inputs: []string{"org:trusts"}, Outputs: []string{"org:council"},
			Responsibilities: []string{"res:planning"}, Citations: cite("src:article"),
		},
	}
	return b
}

func cite(source string) []Citation {
	return []Citation{{SourceID: source, Dataset: "curated", Locator: "p. 1"}}
}

func assembled(t *testing.T, in Batch) Batch {
	t.Helper()
	out, problems := Assemble(in)
	for _, p := range problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return out
}

func statementOf(t *testing.T, b Batch, id string) Statement {
	t.Helper()
	for _, s := range b.Statements {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no statement %s", id)
	return Statement{}
}

func entityOf(t *testing.T, b Batch, id string) *Entity {
	t.Helper()
	for i := range b.Entities {
		if b.Entities[i].ID == id {
			return &b.Entities[i]
		}
	}
	t.Fatalf("no entity %s", id)
	return nil
}

func wantHolds(t *testing.T, what string, b Bounds, want map[string]Holds) {
	t.Helper()
	for date, want := range want {
		if got := b.Holds(MustDate(date)); got != want {
			t.Errorf("%s at %s: %q, want %q", what, date, got, want)
		}
	}
}

func TestAssembleDerivesFromChangeEvents(t *testing.T) {
	b := assembled(t, trustsAndGroups())

	replaced := statementOf(t, b, "stm:evt:groups-replace-trusts/REPLACED/org:groups/org:trusts")
	if replaced.Subject != "org:groups" || replaced.Object != "org:trusts" || replaced.ChangeEvent != "evt:groups-replace-trusts" {
		t.Errorf("REPLACED joins %s to %s after %s", replaced.Subject, replaced.Object, replaced.ChangeEvent)
	}
	if want := []Basis{{LegislationID: "leg:act-2012", Provision: "s. 34"}}; !cmp.Equal(want, replaced.Basis) {
		t.Errorf("basis (-want +got):\n%s", cmp.Diff(want, replaced.Basis))
	}
	if len(replaced.Citations) != 2 || replaced.Citations[1].Aspects[0] != AspectWhen {
		t.Errorf("REPLACED does not inherit the event's citations: %+v", replaced.Citations)
	}
	wantHolds(t, "REPLACED", replaced.Bounds, map[string]Holds{"2008": "", "2013-03-31": "", "2013-04-01": Definitely, "2013": Partly, "2014": Definitely})

	trusts, groups := entityOf(t, b, "org:trusts"), entityOf(t, b, "org:groups")
	if end, by := trusts.EndAt(Date{}); end.String() != "2013-03-31" || by != "stm:evt:groups-replace-trusts/END/org:trusts" {
		t.Errorf("the trusts end on %s by %s; want 2013-03-31 by the change event", end, by)
	}
	if start, _ := groups.StartAt(Date{}); !start.IsZero() {
		t.Errorf("the groups start on %s; a replacement starts nothing", start)
	}
	for date, want := range map[string]Existence{"2001": NotYet, "2002": PartlyExists, "2008": Exists, "2013-03-31": Exists, "2013": PartlyExists, "2013-04-01": Ended, "2014": Ended} {
		if got := trusts.Life.Existence(MustDate(date)); got != want {
			t.Errorf("trusts at %s: %s, want %s", date, got, want)
		}
	}
}

func TestAssembleTransfersHoldings(t *testing.T) {
	b := assembled(t, trustsAndGroups())
	old := statementOf(t, b, "stm:org:trusts/planning")
	if got := old.Period.String(); got != "2002-04-01/2013-03" || old.ChangeEvent != "evt:planning-passes" {
		t.Errorf("the old holding is %s after %q; want 2002-04-01/2013-03, ended by the event", got, old.ChangeEvent)
	}
	if got := old.Citations[len(old.Citations)-1].Aspects; !cmp.Equal(got, []Aspect{AspectEnd}) {
		t.Errorf("the event bears out %v of the old holding, want END", got)
	}
	fresh := statementOf(t, b, "stm:evt:planning-passes/RESPONSIBLE_FOR/org:council/res:planning")
	if got := fresh.Period; got != PeriodFrom(MustDate("2013-03")) {
		t.Errorf("the new holding is %+v", got)
	}
	// The month of the transfer is known, not the day; and nobody says that the council still held it later.
	wantHolds(t, "the old holding", old.Bounds, map[string]Holds{"2013-02": Definitely, "2013-03-15": Possibly, "2013-03": Possibly, "2013-04": ""})
	wantHolds(t, "the new holding", fresh.Bounds, map[string]Holds{"2013-02": "", "2013-03-15": Possibly, "2013-03": Partly, "2013-04": Possibly})
	for _, id := range []string{"org:trusts", "org:council"} {
		for _, end := range entityOf(t, b, id).Ends {
			if end.Statement != "stm:evt:groups-replace-trusts/END/org:trusts" {
				t.Errorf("a transfer ends %s", id)
			}
		}
	}
}

// TestAssembleJoinsTransfers holds that what came by one transfer and went by another is one holding, in whatever order they are told.
func TestAssembleJoinsTransfers(t *testing.T) {
	in := trustsAndGroups()
	in.ChangeEvents = append([]ChangeEvent{{
		ID: "evt:planning-returns", Kind: ChangeTransferred, When: MustDate("2020"), Inputs: []string{"org:council"}, Outputs: []string{"org:trusts"},
		Responsibilities: []string{"res:planning"}, Citations: cite("src:order"),
	}}, in.ChangeEvents...)
	var got []string
	b := assembled(t, in)
	for _, s := range b.Statements {
		if s.Relation == ResponsibleFor {
			got = append(got, s.ID+" "+s.Period.String()+" after "+s.ChangeEvent)
		}
	}
	want := []string{
		"stm:org:trusts/planning 2002-04-01/2013-03 after evt:planning-passes",
		"stm:evt:planning-passes/RESPONSIBLE_FOR/org:council/res:planning 2013-03/2020 after evt:planning-passes",
		"stm:evt:planning-returns/RESPONSIBLE_FOR/org:trusts/res:planning 2020/ after evt:planning-returns",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("holdings (-want +got):\n%s", diff)
	}
	council := statementOf(t, b, "stm:evt:planning-passes/RESPONSIBLE_FOR/org:council/res:planning")
	wantHolds(t, "the council's holding", council.Bounds, map[string]Holds{"2013-02": "", "2016": Definitely, "2019-12-30": Definitely, "2020": Possibly, "2021": ""})
	if n := len(council.Citations); n != 2 || council.Citations[1].SourceID != "src:order" || !cmp.Equal(council.Citations[1].Aspects, []Aspect{AspectEnd}) {
		t.Errorf("the council's holding is cited as %+v; want the transfer that ended it as END", council.Citations)
	}
	if passes := b.ChangeEvents[2]; len(passes.Citations) != 1 || !cmp.Equal(passes.Citations[0].Aspects, []Aspect{AspectRelation}) {
		t.Errorf("the first transfer is now cited as %+v", passes.Citations)
	}
}

// TestAssembleTransfersChooseHoldings holds which authored holding a transfer ends or starts, beside that of the trusts from 2002.
func TestAssembleTransfersChooseHoldings(t *testing.T) {
	const fresh = "stm:evt:planning-passes/RESPONSIBLE_FOR/org:trusts/res:planning"
	holding := func(key, holder, period string) Statement {
		p, err := ParsePeriod(period)
		if err != nil {
			t.Fatal(err)
		}
		return Statement{ID: StatementID(holder, key), Subject: holder, Relation: ResponsibleFor, Object: "res:planning", Period: p, Citations: cite("src:article")}
	}
	authored := func(change func(*Statement)) func(*Batch) {
		return func(b *Batch) {
			for i := range b.Statements {
				if b.Statements[i].ID == "stm:org:trusts/planning" {
					change(&b.Statements[i])
				}
			}
		}
	}
	for name, test := range map[string]struct {
		change func(*Batch)
		want   map[string]string // periods by statement; "" for none
	}{
		"an earlier one": {func(b *Batch) {
			b.Statements = append([]Statement{holding("earlier", "org:trusts", "1990/1995")}, b.Statements...)
		},
			map[string]string{"stm:org:trusts/earlier": "1990/1995", "stm:org:trusts/planning": "2002-04-01/2013-03", fresh: ""}},
		"a later one": {authored(func(s *Statement) { s.Period = PeriodFrom(MustDate("2015")) }),
			map[string]string{"stm:org:trusts/planning": "2015/", fresh: "/2013-03"}},
		"one that ends so": {authored(func(s *Statement) { s.Period = holding("", "org:trusts", "2002/2013-03-30").Period }),
			map[string]string{"stm:org:trusts/planning": "2002/2013-03-30", fresh: ""}},
		"a deprecated one": {authored(func(s *Statement) { s.Rank = Deprecated }), map[string]string{"stm:org:trusts/planning": "2002-04-01/", fresh: "/2013-03"}},
		"a proposed one":   {authored(func(s *Statement) { s.Status = Proposed }), map[string]string{"stm:org:trusts/planning": "2002-04-01/", fresh: "/2013-03"}},
		"a transfer that is deprecated": {func(b *Batch) { b.ChangeEvents[1].Rank = Deprecated },
			map[string]string{"stm:org:trusts/planning": "2002-04-01/", fresh: "/2013-03"}},
		"one with an open start": {func(b *Batch) { b.Statements = append(b.Statements, holding("planning", "org:council", "../2020")) },
			map[string]string{"stm:org:council/planning": "2013-03/2020"}},
		"a transfer without a date": {func(b *Batch) { b.ChangeEvents[1].When = Date{} },
			map[string]string{"stm:org:trusts/planning": "2002-04-01/", fresh: "", "stm:evt:planning-passes/RESPONSIBLE_FOR/org:council/res:planning": "past"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := trustsAndGroups()
			test.change(&in)
			got := map[string]string{}
			for id := range test.want {
				got[id] = ""
			}
			for _, s := range assembled(t, in).Statements {
				if _, asked := got[s.ID]; asked {
					got[s.ID] = s.Period.String()
					if s.Past {
						got[s.ID] = "past"
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("periods (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAssembleBasisOfChanges holds that what a change begins and ends was established and abolished under its basis.
func TestAssembleBasisOfChanges(t *testing.T) {
	for _, kind := range ChangeKinds {
		in := trustsAndGroups()
		e := &in.ChangeEvents[0]
		e.Kind = kind
		rule, _ := kind.Rule()
		switch kind {
		case ChangeEstablished:
			e.Inputs = nil
		case ChangeAbolished:
			e.Outputs = nil
		case ChangeRenamed:
			e.Outputs = e.Inputs
		case ChangeMerged:
			e.Inputs = append(e.Inputs, "org:council")
		case ChangeSplit:
			e.Outputs = append(e.Outputs, "org:council")
		case ChangeTransferred:
			e.Responsibilities = []string{"res:planning"}
			in.ChangeEvents = in.ChangeEvents[:1]
		}
		b := assembled(t, in)
		if got := has(b, "stm:evt:groups-replace-trusts/ESTABLISHED/leg:act-2012/org:groups"); got != rule.StartsOutputs {
			t.Errorf("%s: the Act established the groups: %t", kind, got)
		}
		if got := has(b, "stm:evt:groups-replace-trusts/ABOLISHED/leg:act-2012/org:trusts"); got != rule.EndsInputs {
			t.Errorf("%s: the Act abolished the trusts: %t", kind, got)
		}
	}
}

func has(b Batch, id string) bool {
	return slices.ContainsFunc(b.Statements, func(s Statement) bool { return s.ID == id })
}

// TestAssembleEnactedIsAStart holds that legislation begins when it was enacted, unless a start is told.
func TestAssembleEnactedIsAStart(t *testing.T) {
	claim := func(in *Batch, key string, p PropertyName, date string) {
		in.Statements = append(in.Statements, Statement{
			ID: StatementID("leg:act-2012", key), Subject: "leg:act-2012", Property: p, Value: Value{Kind: DateValue, Date: MustDate(date)}, Citations: cite("src:article"),
		})
	}
	in := trustsAndGroups()
	claim(&in, "enacted", EnactedProperty, "2012-03-27")
	act := entityOf(t, assembled(t, in), "leg:act-2012")
	if start, by := act.StartAt(Date{}); start.String() != "2012-03-27" || by != "stm:leg:act-2012/enacted" {
		t.Errorf("the Act starts on %s by %q; want the day on which it was enacted", start, by)
	}
	for date, want := range map[string]Existence{"2012-03-26": NotYet, "2012": PartlyExists, "2013": Exists} {
		if got := act.Life.Existence(MustDate(date)); got != want {
			t.Errorf("the Act at %s: %s, want %s", date, got, want)
		}
	}
	claim(&in, "start", StartProperty, "2012-06")
	if start, _ := entityOf(t, assembled(t, in), "leg:act-2012").StartAt(Date{}); start.String() != "2012-06" {
		t.Errorf("the Act starts on %s; want the start that is told", start)
	}
}

// TestAssembleShownInBeing holds that an entity whose start is not known was surely there once a dated statement has it so; before, it
// is uncertain. The council is named in 2021 and never said to begin.
func TestAssembleShownInBeing(t *testing.T) {
	state := Statement{ID: "stm:org:council/new", Subject: "org:council", Relation: "MEMBER_OF", Object: "org:groups", Period: PeriodFrom(MustDate("2014-05")), Citations: cite("src:article")}
	event := Statement{ID: "stm:org:council/new", Subject: "org:council", Relation: "SET_UP", Object: "org:groups", When: MustDate("2014-05"), Citations: cite("src:article")}
	figure := Statement{
		ID: "stm:org:council/new", Subject: "org:council", Property: "COUNT", Value: Value{Kind: NumberValue, Number: 3}, Period: PeriodFrom(MustDate("2014-05")), Citations: cite("src:article"),
	}
	with := func(s Statement, change func(*Statement)) Statement { change(&s); return s }
	before := map[string]Existence{"2014-04": Uncertain, "2014-06": Uncertain, "2021-02-03": Exists}
	since := map[string]Existence{"2014-04": Uncertain, "2014-05-20": Uncertain, "2014-05": PartlyExists, "2014-06": Exists, "2021-02-03": Exists, "2022": Uncertain}
	for name, test := range map[string]struct {
		s    Statement
		of   string
		want map[string]Existence
	}{
		"subject of a state":   {state, "org:council", since},
		"object of a state":    {with(state, func(s *Statement) { s.Subject, s.Object = "org:groups", "org:council" }), "org:council", since},
		"subject of an event":  {event, "org:council", since},
		"object of an event":   {with(event, func(s *Statement) { s.Subject, s.Object = "org:groups", "org:council" }), "org:council", before},
		"subject of a figure":  {figure, "org:council", since},
		"known by its end":     {with(state, func(s *Statement) { s.Period = Period{To: MustDate("2014-05"), End: EndDated} }), "org:council", before},
		"proposed":             {with(state, func(s *Statement) { s.Status = Proposed }), "org:council", before},
		"deprecated":           {with(state, func(s *Statement) { s.Rank = Deprecated }), "org:council", before},
		"undated":              {with(state, func(s *Statement) { s.Period = Period{} }), "org:council", before},
		"before a known start": {with(state, func(s *Statement) { s.Object, s.Period = "org:trusts", PeriodFrom(MustDate("1990")) }), "org:trusts", map[string]Existence{"1995": NotYet, "2003": Exists}},
	} {
		t.Run(name, func(t *testing.T) {
			in := trustsAndGroups()
			in.ChangeEvents = nil
			in.Statements = append(in.Statements, test.s)
			e := entityOf(t, assembled(t, in), test.of)
			for date, want := range test.want {
				if got := e.Life.Existence(MustDate(date)); got != want {
					t.Errorf("%s at %s: %s, want %s", test.of, date, got, want)
				}
			}
		})
	}
}

// TestAssembleLegislationAttestsNothing holds that an Act which names a body, or says what is to happen, does not tell that it is so.
func TestAssembleLegislationAttestsNothing(t *testing.T) {
	in := trustsAndGroups()
	in.Entities = append(in.Entities, Entity{ID: "org:board", Kind: Organisation})
	in.Statements = append(in.Statements,
		Statement{ID: "stm:leg:act-2012/enacted", Subject: "leg:act-2012", Property: EnactedProperty, Value: Value{Kind: DateValue, Date: MustDate("2012-03-27")}, Citations: cite("leg:act-2012")},
		Statement{ID: "stm:org:board/name", Subject: "org:board", Property: NameProperty, Value: Value{Kind: TextValue, Text: "Board"}, Citations: cite("leg:act-2012")},
		Statement{ID: "stm:leg:act-2012/board", Subject: "leg:act-2012", Relation: Established, Object: "org:board", Citations: cite("leg:act-2012")},
	)
	b := assembled(t, in)
	if got := entityOf(t, b, "org:board").Life.Existence(MustDate("2012-04")); got != Uncertain {
		t.Errorf("the board after the Act was made: %s, want %s", got, Uncertain)
	}
	wantHolds(t, "the establishment", statementOf(t, b, "stm:leg:act-2012/board").Bounds, map[string]Holds{"2012-04": Possibly, "2030": Possibly})
}

// TestAssembleDisputedLives holds that a start or end shown on a date and existence on it do not gainsay each other where claims do.
func TestAssembleDisputedLives(t *testing.T) {
	for _, test := range []struct {
		name string
		rank Rank // of the claims of 2010 and 2018
		want map[string]Existence
	}{
		{"of one rank", Normal, map[string]Existence{"2009": NotYet, "2011": Uncertain, "2014": Exists, "2016": PartlyExists, "2017": Uncertain, "2019": Ended}},
		{"of a better one", Preferred, map[string]Existence{"2009": NotYet, "2011": Exists, "2014": Exists, "2016": Exists, "2017": Exists, "2019": Ended}},
		{"of a worse one", Deprecated, map[string]Existence{"2009": NotYet, "2011": NotYet, "2014": Exists, "2016": PartlyExists, "2017": Ended, "2019": Ended}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := trustsAndGroups()
			in.Entities = append(in.Entities, Entity{ID: "org:panel", Kind: Organisation})
			in.Statements = append(in.Statements, Statement{
				ID: "stm:org:panel/name", Subject: "org:panel", Property: NameProperty, Value: Value{Kind: TextValue, Text: "Panel"}, Past: true, Citations: cite("src:article"),
			})
			claim := func(key string, p PropertyName, date string, r Rank) {
				in.Statements = append(in.Statements, Statement{
					ID: StatementID("org:panel", key), Subject: "org:panel", Property: p, Value: Value{Kind: DateValue, Date: MustDate(date)}, Rank: r, Citations: cite("src:article"),
				})
			}
			claim("start-a", StartProperty, "2013", Normal)
			claim("start-b", StartProperty, "2010", test.rank)
			claim("end-a", EndProperty, "2016", Normal)
			claim("end-b", EndProperty, "2018", test.rank)
			panel := entityOf(t, assembled(t, in), "org:panel")
			got := map[string]Existence{}
			for date := range test.want {
				got[date] = panel.Life.Existence(MustDate(date))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("existence (-want +got):\n%s", diff)
			}
			for date, existence := range got {
				if start, _ := panel.StartAt(MustDate(date)); existence == NotYet && MustDate(date).String() > start.String() {
					t.Errorf("at %s it starts in %s and is %s", date, start, existence)
				}
			}
		})
	}
}

func TestAssembleJoinsProvisions(t *testing.T) {
	in := trustsAndGroups()
	e := &in.ChangeEvents[0]
	e.Kind, e.Outputs = ChangeAbolished, nil
	e.Basis = append(e.Basis, Basis{LegislationID: "leg:act-2012", Provision: "Sch. 1"})
	got := statementOf(t, assembled(t, in), "stm:evt:groups-replace-trusts/ABOLISHED/leg:act-2012/org:trusts").Qualifiers
	want := []Qualifier{{"PROVISION", Value{Kind: TextValue, Text: "s. 34"}}, {"PROVISION", Value{Kind: TextValue, Text: "Sch. 1"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Date{})); diff != "" {
		t.Errorf("provisions (-want +got):\n%s", diff)
	}
}

func TestAssembleUndatedRestsOnSources(t *testing.T) {
	in := trustsAndGroups()
	in.Statements = append(in.Statements,
		Statement{ID: "stm:org:council/member", Subject: "org:council", Relation: "MEMBER_OF", Object: "org:groups", Citations: cite("src:article")},
		Statement{ID: "stm:org:council/past", Subject: "org:council", Relation: "MEMBER_OF", Object: "org:trusts", Past: true, Citations: cite("src:article")},
		Statement{ID: "stm:leg:act-2012/undated", Subject: "leg:act-2012", Relation: Established, Object: "org:council", Citations: cite("src:article")},
	)
	b := assembled(t, in)
	wantHolds(t, "the present", statementOf(t, b, "stm:org:council/member").Bounds, map[string]Holds{"2021-02-03": Definitely, "2021": Partly, "2000": Possibly, "2030": Possibly})
	wantHolds(t, "the past", statementOf(t, b, "stm:org:council/past").Bounds, map[string]Holds{"2001": "", "2008": Possibly, "2014": ""})
	wantHolds(t, "the undated event", statementOf(t, b, "stm:leg:act-2012/undated").Bounds, map[string]Holds{"1900": Possibly, "2021": Partly, "2021-02-03": Definitely, "2022": Definitely})
}

// What was announced holds while it stood as announced; its own date is a plan.
func TestAssembleBoundsByStatus(t *testing.T) {
	in := trustsAndGroups()
	period, err := ParsePeriod("2020-08/2021-03")
	if err != nil {
		t.Fatal(err)
	}
	in.ChangeEvents = append(in.ChangeEvents, ChangeEvent{
		ID: "evt:announced", Kind: ChangeReplaced, When: MustDate("2021-04-01"), Inputs: []string{"org:groups"}, Outputs: []string{"org:council"},
		Status: Announced, StatusPeriod: period, Citations: cite("src:article"),
	})
	in.Statements = append(in.Statements, Statement{
		ID: "stm:leg:act-2012/proposed", Subject: "leg:act-2012", Relation: Established, Object: "org:council", Status: Proposed, When: MustDate("2030"), Citations: cite("src:article"),
	})
	b := assembled(t, in)
	replaced := statementOf(t, b, "stm:evt:announced/REPLACED/org:council/org:groups")
	if replaced.StatusPeriod != period {
		t.Errorf("the status period is %s, want the event's", replaced.StatusPeriod)
	}
	for what, bounds := range map[string]Bounds{"REPLACED": replaced.Bounds, "the event": b.ChangeEvents[2].Bounds} {
		wantHolds(t, what, bounds, map[string]Holds{"2020-07": "", "2020-12-31": Definitely, "2021-04": "", "2022": ""})
	}
	wantHolds(t, "a proposal without a period", statementOf(t, b, "stm:leg:act-2012/proposed").Bounds, map[string]Holds{"2021-02-03": Definitely, "2019": Possibly, "2030": Possibly})
	if groups := entityOf(t, b, "org:groups"); len(groups.Ends) > 0 {
		t.Errorf("an announcement ends the groups: %+v", groups.Ends)
	}
}

func TestAssembleBoundsTimelessByTexts(t *testing.T) {
	in := trustsAndGroups()
	timeless := func(id, subject string, relation RelationName, object string) {
		in.Statements = append(in.Statements, Statement{ID: StatementID(subject, id), Subject: subject, Relation: relation, Object: object, Citations: cite("src:article")})
	}
	timeless("cites", "src:article", "CITES", "src:order")
	timeless("wrote", "org:council", "AUTHORED", "src:order")
	timeless("about", "src:order", "ABOUT", "org:trusts")
	timeless("one-of", "org:council", InstanceOf, "org:groups")
	b := assembled(t, in)
	for id, want := range map[string]map[string]Holds{
		"stm:src:article/cites":  {"2013-03": "", "2021-02-02": "", "2021-02-03": Definitely, "2030": Definitely},
		"stm:org:council/wrote":  {"2013-01": "", "2013-02": Partly, "2013-03": Definitely},
		"stm:src:order/about":    {"2002-05": "", "2014": Definitely},
		"stm:org:council/one-of": {"1900": Definitely, "2030": Definitely}, // no start is known
	} {
		wantHolds(t, id, statementOf(t, b, id).Bounds, want)
	}
}

func TestAssembleLeavesInputAlone(t *testing.T) {
	in, again := trustsAndGroups(), trustsAndGroups()
	assembled(t, in)
	if diff := cmp.Diff(again, in, cmp.AllowUnexported(Date{})); diff != "" {
		t.Errorf("Assemble changed its input (-before +after):\n%s", diff)
	}
}

func TestAssembleRefuses(t *testing.T) {
	statement := func(change func(*Statement)) func(*Batch) {
		return func(b *Batch) {
			s := Statement{ID: "stm:org:council/new", Subject: "org:council", Relation: ResponsibleFor, Object: "res:planning", Citations: cite("src:article")}
			change(&s)
			b.Statements = append(b.Statements, s)
		}
	}
	event := func(change func(*ChangeEvent)) func(*Batch) {
		return func(b *Batch) { change(&b.ChangeEvents[0]) }
	}
	for name, test := range map[string]struct {
		change func(*Batch)
		want   string // how one of the problems begins
	}{
		"unknown relation": {statement(func(s *Statement) { s.Relation = "LIKED" }), `stm:org:council/new: relation: "LIKED" is not a relation`},
		"inverse relation": {statement(func(s *Statement) { s.Relation = "RESPONSIBILITY_OF" }), "stm:org:council/new: relation: RESPONSIBILITY_OF is the inverse of RESPONSIBLE_FOR"},
		"neither":          {statement(func(s *Statement) { s.Relation = "" }), "stm:org:council/new: relation: a statement has a relation or a property"},
		"unknown object":   {statement(func(s *Statement) { s.Object = "res:planing" }), `stm:org:council/new: object: there is no entity "res:planing"; the nearest id is res:planning`},
		"kind of object":   {statement(func(s *Statement) { s.Object = "leg:act-2012" }), "stm:org:council/new: object: leg:act-2012 is of kind LEGISLATION; want one of RESPONSIBILITY"},
		"when of a state":  {statement(func(s *Statement) { s.When = MustDate("2013") }), "stm:org:council/new: when: RESPONSIBLE_FOR is a state and has no when"},
		"period of an event": {statement(func(s *Statement) {
			s.Relation, s.Object, s.Period = "SET_UP", "org:groups", PeriodFrom(MustDate("2013"))
		}), "stm:org:council/new: period: SET_UP is an event and has no period"},
		"uncited":               {statement(func(s *Statement) { s.Citations = nil }), "stm:org:council/new: cite: a statement names at least one place"},
		"no locator":            {statement(func(s *Statement) { s.Citations[0].Locator = " " }), "stm:org:council/new: cite[0].at: a citation says where"},
		"source not citable":    {statement(func(s *Statement) { s.Citations = cite("org:trusts") }), "stm:org:council/new: cite[0].source: org:trusts is of kind ORGANISATION"},
		"unknown data set":      {statement(func(s *Statement) { s.Citations[0].Dataset = "x" }), `stm:org:council/new: cite[0].dataset: there is no data set "x"`},
		"reported by nobody":    {statement(func(s *Statement) { s.Certainty = Reported }), "stm:org:council/new: attributedTo: a REPORTED statement names who says it"},
		"qualifier not allowed": {statement(func(s *Statement) { s.Qualifiers = []Qualifier{{"POST", Value{Kind: TextValue, Text: "x"}}} }), "stm:org:council/new: qualifiers.POST: POST does not qualify RESPONSIBLE_FOR; allowed: SHARE"},
		"qualifier's type":      {statement(func(s *Statement) { s.Qualifiers = []Qualifier{{"SHARE", Value{Kind: TextValue, Text: "x"}}} }), "stm:org:council/new: qualifiers.SHARE: the value is a TEXT; want a NUMBER"},
		"basis":                 {statement(func(s *Statement) { s.Basis = []Basis{{LegislationID: "org:groups"}} }), "stm:org:council/new: basis[0].legislation: org:groups is of kind ORGANISATION"},
		"change event twice":    {func(b *Batch) { b.ChangeEvents = append(b.ChangeEvents, b.ChangeEvents[0]) }, "evt:groups-replace-trusts: two change events have this id"},
		"id twice":              {statement(func(s *Statement) { s.ID = "stm:org:trusts/planning" }), "stm:org:trusts/planning: two statements have this id"},
		"body of a body":        {statement(func(s *Statement) { s.Relation, s.Object = InstanceOf, "org:council" }), "stm:org:council/new: object: INSTANCE_OF joins a BODY to a CLASS"},
		"numbers of a change":   {event(func(e *ChangeEvent) { e.Inputs = append(e.Inputs, "org:council") }), "evt:groups-replace-trusts: inputs: REPLACED takes at most 1 inputs, there are 2"},
		"pair of nobody":        {event(func(e *ChangeEvent) { e.Pairs = []Pair{{"org:trusts", "org:council"}} }), `evt:groups-replace-trusts: pairs[0].to: "org:council" is not among the outputs`},
		"responsibilities":      {event(func(e *ChangeEvent) { e.Responsibilities = []string{"res:planning"} }), "evt:groups-replace-trusts: responsibilities: FUNCTIONS_TRANSFERRED names responsibilities"},
		"disagreeing end": {statement(func(s *Statement) {
			*s = Statement{ID: "stm:org:trusts/end", Subject: "org:trusts", Property: EndProperty, Value: Value{Kind: DateValue, Date: MustDate("2012")}, Citations: cite("src:article")}
		}), "stm:org:trusts/end: value: 2012 disagrees with evt:groups-replace-trusts"},
		"disagreeing change": {func(b *Batch) {
			b.ChangeEvents = append(b.ChangeEvents, ChangeEvent{ID: "evt:trusts-end", Kind: ChangeAbolished, When: MustDate("2010"), Inputs: []string{"org:trusts"}, Citations: cite("src:article")})
		}, "evt:trusts-end: when: END 2010 of org:trusts follows, and 2013-03-31 from evt:groups-replace-trusts"},
		"disagreeing holding": {func(b *Batch) {
			for i := range b.Statements {
				if b.Statements[i].ID == "stm:org:trusts/planning" {
					b.Statements[i].Period = Period{To: MustDate("2012"), End: EndDated}
				}
			}
		}, "stm:org:trusts/planning: to: 2012 disagrees with evt:planning-passes, from which 2013-03 follows"},
		"changed into itself":         {event(func(e *ChangeEvent) { e.Outputs = []string{"org:trusts"} }), "evt:groups-replace-trusts: outputs[0]: org:trusts is among the inputs too"},
		"in twice":                    {func(b *Batch) { e := &b.ChangeEvents[1]; e.Inputs = append(e.Inputs, "org:trusts") }, "evt:planning-passes: inputs[1]: org:trusts is there twice"},
		"pair twice":                  {event(func(e *ChangeEvent) { e.Pairs = []Pair{{"org:trusts", "org:groups"}, {"org:trusts", "org:groups"}} }), "evt:groups-replace-trusts: pairs[1]: the pair is there twice"},
		"change under an entity's id": {event(func(e *ChangeEvent) { e.ID = "org:groups" }), `org:groups: "org:groups" is not an id of its kind, which starts with "evt:"`},
		"too long an id follows":      {event(func(e *ChangeEvent) { e.ID = "evt:" + strings.Repeat("x", 390) }), "evt:" + strings.Repeat("x", 390) + ": of the statement that org:groups is REPLACED: an id has at most 400 bytes"},
		"dataset twice":               {func(b *Batch) { b.Datasets = append(b.Datasets, Dataset{ID: "curated"}) }, "curated: two datasets have this id"},
		"dataset without id":          {func(b *Batch) { b.Datasets = append(b.Datasets, Dataset{}) }, ": a dataset has an id"},
		"redirect of no id":           {func(b *Batch) { b.Redirects = []Redirect{{"old trusts", "org:trusts"}} }, `old trusts: redirects[0].from: "old trusts" is not an id`},
		"redirect to another kind":    {func(b *Batch) { b.Redirects = []Redirect{{"res:trusts", "org:trusts"}} }, "res:trusts: redirects[0].from: res:trusts is not of the kind of org:trusts"},
		"redirect of an entity":       {func(b *Batch) { b.Redirects = []Redirect{{"org:groups", "org:trusts"}} }, "org:groups: redirects[0].from: org:groups is an entity"},
		"redirect to nothing":         {func(b *Batch) { b.Redirects = []Redirect{{"org:old", "org:older"}} }, `org:old: redirects[0].to: there is no entity "org:older"`},
		"redirect twice":              {func(b *Batch) { b.Redirects = []Redirect{{"org:old", "org:trusts"}, {"org:old", "org:groups"}} }, "org:old: redirects[1].from: org:old redirects twice"},
		"start after end": {func(b *Batch) {
			for i := range b.Statements {
				if b.Statements[i].ID == "stm:org:trusts/start" {
					b.Statements[i].Value.Date = MustDate("2014")
				}
			}
		}, "org:trusts: end: "},
		"nameless":        {func(b *Batch) { b.Entities = append(b.Entities, Entity{ID: "pla:x", Kind: Place}) }, "pla:x: name: an entity has at least one NAME"},
		"kind against id": {func(b *Batch) { b.Entities[2].Kind = Place }, "org:trusts: kind: the id is of the kind ORGANISATION, the record says PLACE"},
		"lonely conflict": {func(b *Batch) {
			b.Conflicts = []Conflict{{ID: "cfl:x", Kind: Apparent, Members: []string{"stm:org:trusts/start"}, Explanation: "x"}}
		}, "cfl:x: members: a conflict has two members or more, there are 1"},
		"conflict with itself": {func(b *Batch) {
			b.Conflicts = []Conflict{{ID: "cfl:x", Kind: Apparent, Members: []string{"stm:org:trusts/start", "stm:org:trusts/start"}, Explanation: "x"}}
		}, "cfl:x: members[1]: stm:org:trusts/start is there twice"},
		"conflict id twice": {func(b *Batch) {
			c := Conflict{ID: "cfl:x", Kind: Apparent, Members: []string{"stm:org:trusts/start", "stm:org:trusts/name"}, Explanation: "x"}
			b.Conflicts = []Conflict{c, c}
		}, "cfl:x: two conflicts have this id"},
	} {
		t.Run(name, func(t *testing.T) {
			in := trustsAndGroups()
			test.change(&in)
			_, problems := Assemble(in)
			for _, p := range problems {
				if strings.HasPrefix(p.String(), test.want) {
					return
				}
			}
			t.Errorf("got %v\nwant one that begins %s", problems, test.want)
		})
	}
}
