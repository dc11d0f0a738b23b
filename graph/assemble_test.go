package graph

import (
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
		"id twice":              {statement(func(s *Statement) { s.ID = "stm:org:trusts/planning" }), "stm:org:trusts/planning: two statements have this id"},
		"body of a body":        {statement(func(s *Statement) { s.Relation, s.Object = InstanceOf, "org:council" }), "stm:org:council/new: object: INSTANCE_OF joins a BODY to a CLASS"},
		"numbers of a change":   {event(func(e *ChangeEvent) { e.Inputs = append(e.Inputs, "org:council") }), "evt:groups-replace-trusts: inputs: REPLACED takes at most 1, there are 2"},
		"pair of nobody":        {event(func(e *ChangeEvent) { e.Pairs = []Pair{{"org:trusts", "org:council"}} }), `evt:groups-replace-trusts: pairs[0].to: "org:council" is not among the outputs`},
		"responsibilities":      {event(func(e *ChangeEvent) { e.Responsibilities = []string{"res:planning"} }), "evt:groups-replace-trusts: responsibilities: FUNCTIONS_TRANSFERRED names responsibilities"},
		"disagreeing end": {statement(func(s *Statement) {
			*s = Statement{ID: "stm:org:trusts/end", Subject: "org:trusts", Property: EndProperty, Value: Value{Kind: DateValue, Date: MustDate("2012")}, Citations: cite("src:article")}
		}), "stm:org:trusts/end: value: 2012 disagrees with evt:groups-replace-trusts"},
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
