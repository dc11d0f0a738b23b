package graphtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/policygraph/policygraph/graph"
)

// Generate makes a graph of about so many statements, three to an entity, as registers of bodies and the texts about them would give
// it: most bodies are instances of few classes and parts of few parents, later bodies replace earlier ones, and most is cited from few
// sources. Degrees follow Zipf's law: of 100,000 statements some 5,000 stand on one class. All kinds, natures, sorts of dates, statuses,
// ranks, certainties, roles and aspects occur, with change events, conflicts, redirects, codes that pass from one body to the next, odd
// names and ids that differ in letter case alone. The same seed gives the same graph. Ids and names are invented.
//
// The records are assembled: a store takes them as they are.
func Generate(seed uint64, statements int) graph.Batch { return assemble(author(seed, statements).out) }

func assemble(authored graph.Batch) graph.Batch {
	out, problems := graph.Assemble(authored)
	if len(problems) > 0 {
		panic(fmt.Sprint("generated records have faults: ", problems[:min(3, len(problems))]))
	}
	return out
}

// author makes the records before they are assembled.
func author(seed uint64, statements int) *generator {
	g := &generator{random: rand.New(rand.NewPCG(seed, 0x706f6c696379)), byKind: make(map[graph.Kind][]string), zipfs: make(map[int]*rand.Zipf)}
	for _, id := range generatedDatasets {
		g.out.Datasets = append(g.out.Datasets, graph.Dataset{ID: id, Title: "Data set " + id})
	}
	n := max(20, statements/3)
	g.many(graph.Source, n/50+4, "src:report", "Report on %s", graph.Body)
	g.many(graph.Place, n/50+2, "pla:place", "%s Vale", graph.Body)
	g.many(graph.Topic, n/100+2, "top:topic", "Care of %s", graph.Body)
	g.many(graph.Person, n/50+2, "per:speaker", "Speaker of %s", graph.Body)
	g.many(graph.Initiative, n/50+2, "ini:fund", "%s Fund", graph.Body)
	g.many(graph.Responsibility, n/20+4, "res:duty", "Duty to visit %s", graph.Body)
	g.many(graph.Legislation, n/100+2, "leg:act", "The %s Act", graph.Body)
	g.classes = g.many(graph.Organisation, n/200+3, "org:class", "%s boards", graph.Class)
	g.bodies = g.many(graph.Organisation, max(10, n-len(g.out.Entities)), bodyPrefix, "%s Board", graph.Body)
	// Bodies and duties of change events are apart from the others, whose dates could disagree.
	changing := g.bodies[len(g.bodies)-len(g.bodies)/4-5:]
	g.changing = make(map[string]bool, len(changing))
	for _, id := range changing {
		g.changing[id] = true
	}
	for i := range g.out.Entities {
		g.describe(&g.out.Entities[i], i)
	}
	described := len(g.out.Statements)
	g.changeEvents(changing, n/20+9)
	for len(g.out.Statements) <= max(described, statements-1) {
		g.relate()
	}
	for i := range n/40 + 6 {
		g.conflict(i, g.random.IntN(described))
		g.out.Redirects = append(g.out.Redirects, graph.Redirect{From: fmt.Sprintf("org:merged-%06d", i), To: g.skewedOf(g.bodies)})
	}
	return g
}

var generatedDatasets = []string{"background", "curated", "ods", "ons"}

type generator struct {
	random          *rand.Rand
	zipfs           map[int]*rand.Zipf
	out             graph.Batch
	byKind          map[graph.Kind][]string
	classes, bodies []string
	changing        map[string]bool
	keys            int // of statements, given out
}

// many adds entities of a kind and returns their ids. In every fifty there is one whose id differs from the one before in letter case.
func (g *generator) many(kind graph.Kind, n int, prefix, name string, form graph.Form) []string {
	var ids []string
	for i := range n {
		id := numbered(prefix, i)
		ids = append(ids, id)
		g.out.Entities = append(g.out.Entities, graph.Entity{ID: id, Kind: kind, Form: form, Summary: fmt.Sprintf(name, g.word())})
	}
	g.byKind[kind] = append(g.byKind[kind], ids...)
	return ids
}

const bodyPrefix = "org:body"

// numbered is the i-th id with a prefix.
func numbered(prefix string, i int) string {
	if i%50 == 7 {
		return fmt.Sprintf("%s%c%s-%06d", prefix[:4], prefix[4]-'a'+'A', prefix[5:], i-1)
	}
	return fmt.Sprintf("%s-%06d", prefix, i)
}

// word makes a place's name of two or three syllables, some far more often than others, some with accents and odd signs.
func (g *generator) word() string {
	heads := []string{"North", "East", "Mill", "Ash", "Kings", "Ox", "Lang", "Thorn", "Wes", "Bram", "Stan", "Hol", "Whit", "Red", "Ald", "Zoë"}
	middles := []string{"", "", "", "er", "ing", "en", "le", "over"}
	tails := []string{"ford", "ton", "ley", "brook", "field", "wick", "mouth", "stead", "by", "combe", "worth", "ham"}
	word := heads[g.skewed(len(heads))] + middles[g.random.IntN(len(middles))] + tails[g.skewed(len(tails))]
	switch g.random.IntN(16) {
	case 0:
		return "St. " + word + "’s"
	case 1:
		return word + "-in-the-Élan & Œuvre"
	case 2:
		return "100% " + word + "_1"
	}
	return word
}

// skewed is a number below n by Zipf's law, the low ones most often.
func (g *generator) skewed(n int) int {
	z := g.zipfs[n]
	if z == nil {
		z = rand.NewZipf(g.random, 1.25, 1, uint64(n-1))
		g.zipfs[n] = z
	}
	return int(z.Uint64())
}

func (g *generator) skewedOf(ids []string) string { return ids[g.skewed(len(ids))] }

// some is an entity of a kind, the first ones most often.
func (g *generator) some(kind graph.Kind) string { return g.skewedOf(g.byKind[kind]) }

func (g *generator) oneIn(n int) bool { return g.random.IntN(n) == 0 }

// date is of any precision, from the year given on.
func (g *generator) date(from, years int) graph.Date {
	year, month := from+g.random.IntN(years), 1+g.random.IntN(12)
	var text string
	switch g.random.IntN(12) {
	case 0, 1:
		text = fmt.Sprintf("%04d", year)
	case 2, 3:
		text = fmt.Sprintf("%04d-%02d", year, month)
	case 4, 5:
		text = fmt.Sprintf("%04d-04-01", year)
	case 6:
		text = fmt.Sprintf("%04d%c", year, "~?%"[g.random.IntN(3)])
	case 7:
		text = fmt.Sprintf("%04d-%02d%c", year, month, "~?%"[g.random.IntN(3)])
	case 8:
		text = fmt.Sprintf("%04d-2%d", year, 1+g.random.IntN(4))
	default:
		text = fmt.Sprintf("%04d-%02d-%02d", year, month, 1+g.random.IntN(28))
	}
	return graph.MustDate(text)
}

// period has any end state, or none: it may be the zero Period.
func (g *generator) period() graph.Period {
	from, to := g.date(1995, 12), g.date(2011, 13)
	switch g.random.IntN(10) {
	case 0:
		return graph.Period{}
	case 1:
		return graph.PeriodFrom(from)
	case 2:
		return graph.Period{From: from, End: graph.EndOpen}
	case 3:
		return graph.Period{From: from, End: graph.EndUnknown}
	case 4:
		return graph.Period{OpenStart: true, To: to, End: graph.EndDated}
	case 5:
		return graph.Period{To: to, End: graph.EndDated}
	}
	return graph.Period{From: from, To: to, End: graph.EndDated}
}

func (g *generator) citations(claim graph.Aspect) []graph.Citation {
	var out []graph.Citation
	for i := range 1 + g.skewed(4) {
		c := graph.Citation{
			SourceID: g.some(graph.Source), Dataset: generatedDatasets[g.skewed(len(generatedDatasets))], Locator: fmt.Sprintf("para. %d", 1+g.random.IntN(200)),
			Role: graph.Supports, Aspects: []graph.Aspect{claim},
		}
		switch g.random.IntN(12) {
		case 0:
			c.SourceID = g.some(graph.Legislation)
		case 1:
			c.Role, c.Note = graph.Disputes, "Gives another reading."
		case 2:
			c.Role, c.Line = graph.Mentions, 1+g.random.IntN(900)
		case 3:
			c.Aspects = append(c.Aspects, graph.AspectWhen, graph.AspectStart)
		case 4:
			if i > 0 { // the first bears out the claim itself
				c.Aspects = []graph.Aspect{graph.AspectEnd}
			}
			c.Accessed = graph.MustDate("2030-01-02")
		}
		out = append(out, c)
	}
	return out
}

func (g *generator) add(s graph.Statement) {
	s.ID = graph.StatementID(s.Subject, fmt.Sprintf("k%d", g.keys))
	g.keys++
	claim := graph.AspectRelation
	if s.Property != "" {
		claim = graph.AspectValue
	}
	s.Citations = g.citations(claim)
	g.out.Statements = append(g.out.Statements, s)
}

func text(s string) graph.Value { return graph.Value{Kind: graph.TextValue, Text: s} }

func number(n float64, unit string) graph.Value {
	return graph.Value{Kind: graph.NumberValue, Number: n, Unit: unit}
}

func date(d graph.Date) graph.Value { return graph.Value{Kind: graph.DateValue, Date: d} }

func qualified(name graph.QualifierName, v graph.Value) []graph.Qualifier {
	return []graph.Qualifier{{Name: name, Value: v}}
}

// describe gives an entity its names, type, start and end, and its codes.
func (g *generator) describe(e *graph.Entity, i int) {
	property := func(p graph.PropertyName, v graph.Value, change func(*graph.Statement)) {
		s := graph.Statement{Subject: e.ID, Property: p, Value: v}
		if change != nil {
			change(&s)
		}
		g.add(s)
	}
	use := func(u graph.NameUse) func(*graph.Statement) {
		return func(s *graph.Statement) {
			s.Qualifiers = qualified(graph.NameUseQualifier, text(string(u)))
			if u == graph.Former {
				s.Period = graph.Period{From: g.date(1990, 5), To: g.date(1999, 8), End: graph.EndDated}
			}
		}
	}
	property(graph.NameProperty, text(e.Summary), nil)
	switch g.random.IntN(12) {
	case 0:
		property(graph.NameProperty, text(fmt.Sprintf("%c%cB", e.Summary[0], 'A'+i%26)), use(graph.Acronym))
	case 1:
		property(graph.NameProperty, text("Old "+e.Summary), use(graph.Former))
	case 2:
		property(graph.NameProperty, text(g.word()+" authority"), use(graph.Alias))
	}
	if g.oneIn(4) {
		property(graph.TypeProperty, text([]string{"board", "Board of Visitors", "trust", "médiathèque"}[g.skewed(4)]), nil)
	}
	if !g.changing[e.ID] && (e.Kind != graph.Organisation || g.oneIn(3)) {
		property(graph.StartProperty, date(g.date(1988, 12)), nil)
	}
	if !g.changing[e.ID] && e.Kind == graph.Organisation && g.oneIn(6) {
		property(graph.EndProperty, date(g.date(2005, 18)), nil)
	}
	if e.Kind != graph.Organisation {
		return
	}
	// Codes pass from each third body to the next.
	code := graph.Identifier{Scheme: "codes", Value: fmt.Sprintf("Q%05d", i)}
	switch i % 3 {
	case 0:
		code.Period = graph.Period{To: graph.MustDate("2008-03-31"), End: graph.EndDated}
	case 1:
		code.Value = fmt.Sprintf("Q%05d", i-1)
		code.Period = graph.PeriodFrom(graph.MustDate("2008-04-01"))
	}
	e.Identifiers = append(e.Identifiers, code)
	if g.oneIn(5) {
		e.Identifiers = append(e.Identifiers, graph.Identifier{Scheme: "ons", Value: fmt.Sprintf("E%08d", i)})
	}
}

// relate adds a statement between entities, or of a figure.
func (g *generator) relate() {
	body := func() string { return g.bodies[g.random.IntN(len(g.bodies))] }
	s := graph.Statement{Subject: body()}
	switch k := g.random.IntN(100); {
	case k < 26:
		s.Relation, s.Object = graph.InstanceOf, g.skewedOf(g.classes)
	case k < 42:
		s.Relation, s.Object = "PART_OF", g.skewedOf(g.bodies)
	case k < 50:
		i := g.random.IntN(len(g.bodies))
		s.Subject, s.Relation, s.Object = g.bodies[i], graph.Replaced, g.bodies[g.random.IntN(i+1)]
		if g.oneIn(3) {
			s.Qualifiers = qualified("SHARE", number(float64(g.random.IntN(100))/100, ""))
		}
	case k < 57:
		s.Relation, s.Object = graph.ResponsibleFor, g.duty()
	case k < 64:
		s.Relation, s.Object = "LOCATED_IN", g.some(graph.Place)
	case k < 71:
		s.Subject, s.Relation, s.Object = g.some(graph.Source), "ABOUT", body()
	case k < 74:
		s.Subject, s.Relation, s.Object = g.some(graph.Source), "CITES", g.some(graph.Source)
		s.Qualifiers = qualified("REFERENCE", text(fmt.Sprint(1+g.random.IntN(40))))
	case k < 76:
		s.Relation, s.Object = "PUBLISHED", g.some(graph.Source)
	case k < 79:
		s.Subject, s.Relation, s.Object = g.some(graph.Person), "HOLDS_POST", body()
		s.Qualifiers = qualified("POST", text([]string{"Chair", "Chief Officer", "Trésorière"}[g.skewed(3)]))
	case k < 82:
		s.Subject, s.Relation, s.Object = g.some(graph.Source), "ASSESSED", g.some(graph.Initiative)
		s.Qualifiers = append(qualified("POLARITY", text([]string{"POSITIVE", "NEGATIVE", "MIXED"}[g.skewed(3)])), graph.Qualifier{Name: "GROUND", Value: text("figures of " + g.word())})
	case k < 84:
		s.Relation, s.Object = "FUNDED", g.some(graph.Initiative)
		s.Qualifiers = qualified("AMOUNT", number(float64(1000*g.random.IntN(500)), "GBP"))
	case k < 86:
		s.Subject, s.Relation, s.Object = g.some(graph.Legislation), "AMENDED", g.some(graph.Legislation)
		s.Qualifiers = append(qualified("PROVISION", text("s. 3")), graph.Qualifier{Name: "AFFECTED_PROVISION", Value: text("Sch. 1")})
	case k < 88:
		s.Subject, s.Relation, s.Object = g.some(graph.Legislation), graph.Established, body()
	case k < 90:
		s.Subject, s.Relation, s.Object = g.some(graph.Source), "RECOMMENDED", g.some(graph.Initiative)
		s.Qualifiers = qualified("TARGET_DATE", date(g.date(2015, 10)))
	case k < 92:
		s.Subject, s.Relation, s.Object = g.some(graph.Responsibility), "APPLIES_TO", g.some(graph.Topic)
	case k < 96:
		s.Property, s.Value = "COUNT", number(float64(g.skewed(1000)), "sites")
		s.Qualifiers = qualified("OF", text("wards"))
	case k < 98:
		s.Property, s.Value = "POPULATION", number(float64(g.random.IntN(1_000_000)), "people")
	default:
		s.Property, s.Value = "AIM", text("To serve "+g.word())
	}
	switch s.Nature() {
	case graph.State:
		s.Period = g.period()
		s.Past = s.Period.IsZero() && g.oneIn(2)
	case graph.Event:
		if !g.oneIn(4) {
			s.When = g.date(1998, 25)
		}
	}
	g.vary(&s)
	g.add(s)
}

// duty is one that no transfer names.
func (g *generator) duty() string {
	duties := g.byKind[graph.Responsibility]
	return g.skewedOf(duties[:len(duties)-len(duties)/4])
}

// vary makes one statement in four something else than stated and in effect, or gives it a basis.
func (g *generator) vary(s *graph.Statement) {
	switch g.random.IntN(32) {
	case 0:
		s.Status, s.StatusPeriod = graph.Proposed, graph.PeriodFrom(g.date(2000, 20))
	case 1:
		s.Status = graph.Announced
	case 2:
		s.Status = graph.Withdrawn
	case 3:
		s.Rank = graph.Deprecated
	case 4:
		s.Rank = graph.Preferred
	case 5:
		s.Certainty = graph.Implied
	case 6:
		s.Certainty, s.AttributedTo = graph.Reported, g.some(graph.Person)
	case 7:
		s.Basis = []graph.Basis{{LegislationID: g.some(graph.Legislation), Provision: "s. 1"}}
	}
}

// changeEvents makes so many change events in the order of time. Each goes on with bodies that came out of one long enough before, or
// with fresh ones.
func (g *generator) changeEvents(fresh []string, n int) {
	type made struct {
		id   string
		year int
	}
	var old []made // in order of time
	duties := g.byKind[graph.Responsibility]
	duties = duties[len(duties)-len(duties)/4:]
	for i := range n {
		year := 1992 + i*30/n
		take := func(count int, mayBeOld bool) []string {
			var ids []string
			for range count {
				if mayBeOld && len(old) > 0 && old[0].year+4 <= year {
					ids, old = append(ids, old[0].id), old[1:]
				} else if len(fresh) > 0 {
					ids, fresh = append(ids, fresh[0]), fresh[1:]
				}
			}
			return ids
		}
		rule := graph.ChangeRules[i%len(graph.ChangeRules)]
		e := graph.ChangeEvent{
			ID: fmt.Sprintf("evt:change-%06d", i), Kind: rule.Kind, Name: "A change", When: g.date(year, 1), Citations: g.citations(graph.AspectRelation),
		}
		if rule.Transfers {
			e.Responsibilities = []string{duties[g.random.IntN(len(duties))]}
		}
		e.Inputs = take(min(rule.MinInputs+1, rule.MaxInputs), true)
		e.Outputs = take(min(rule.MinOutputs+1, rule.MaxOutputs), false)
		if rule.Kind == graph.ChangeRenamed {
			e.Outputs = e.Inputs
		}
		if len(e.Inputs) < rule.MinInputs || len(e.Outputs) < rule.MinOutputs {
			return // no bodies are left
		}
		if rule.Replaces && len(e.Inputs) > 1 && len(e.Outputs) > 1 {
			e.Pairs = []graph.Pair{{From: e.Inputs[0], To: e.Outputs[0]}, {From: e.Inputs[1], To: e.Outputs[1]}}
		}
		if g.oneIn(2) {
			e.Basis = []graph.Basis{{LegislationID: g.some(graph.Legislation), Provision: fmt.Sprintf("s. %d", 1+g.random.IntN(60))}}
		}
		switch g.random.IntN(8) {
		case 0:
			e.Status = graph.Proposed
		case 1:
			e.Rank = graph.Deprecated
		case 2:
			if rule.Kind != graph.ChangeRenamed {
				e.When = graph.Date{}
			}
		}
		g.out.ChangeEvents = append(g.out.ChangeEvents, e)
		if e.Kind != graph.ChangeRenamed {
			for _, id := range e.Outputs {
				old = append(old, made{id, year})
			}
		}
	}
}

// conflict joins a statement and the next, if they are of one subject.
func (g *generator) conflict(i, at int) {
	s, next := g.out.Statements[at], g.out.Statements[at+1]
	if s.Subject != next.Subject {
		return
	}
	c := graph.Conflict{
		ID: fmt.Sprintf("cfl:point-%06d", i), Kind: graph.ConflictKinds[g.skewed(len(graph.ConflictKinds))], Members: []string{s.ID, next.ID},
		Explanation: "The texts count at different times.",
	}
	if g.oneIn(2) {
		c.Preferred = next.ID
	}
	g.out.Conflicts = append(g.out.Conflicts, c)
}
