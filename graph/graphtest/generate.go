package graphtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/policygraph/policygraph/graph"
)

// Generate makes a graph of about so many statements, three to an entity, as a register of bodies would give it: most bodies are
// instances of few classes and parts of few parents, later bodies replace earlier ones, and most is cited from few sources. Degrees
// follow a power law. The same seed gives the same graph. Ids and names are invented.
//
// The records are assembled: a store takes them as they are.
func Generate(seed uint64, statements int) graph.Batch {
	g := &generator{random: rand.New(rand.NewPCG(seed, 0x706f6c696379))}
	g.out.Datasets = []graph.Dataset{{ID: "curated", Title: "Curated"}, {ID: "background", Title: "Background"}}
	n := max(10, statements/3)
	g.many(graph.Source, n/50+2, "src:report", "Report on %s")
	g.many(graph.Place, n/50+2, "pla:place", "%s Vale")
	g.many(graph.Topic, n/100+2, "top:topic", "Care of %s")
	g.many(graph.Responsibility, n/20+2, "res:duty", "Duty to visit %s")
	g.many(graph.Legislation, n/100+2, "leg:act", "The %s Act")
	classes := g.many(graph.Organisation, n/200+2, "org:class", "%s boards")
	bodies := g.many(graph.Organisation, n-len(g.out.Entities), "org:body", "%s Board")
	for _, i := range classes {
		g.out.Entities[i].Form = graph.Class
	}
	for i := range g.out.Entities {
		g.describe(i)
	}
	g.relate(bodies, classes, statements)
	out, problems := graph.Assemble(g.out)
	if len(problems) > 0 {
		panic(fmt.Sprint("generated records have faults: ", problems[:min(3, len(problems))]))
	}
	return out
}

type generator struct {
	random *rand.Rand
	out    graph.Batch
	byKind map[graph.Kind][]int // places in out.Entities
}

// many adds entities of a kind and returns their places.
func (g *generator) many(kind graph.Kind, n int, prefix, name string) []int {
	if g.byKind == nil {
		g.byKind = make(map[graph.Kind][]int)
	}
	var places []int
	for i := range n {
		places = append(places, len(g.out.Entities))
		g.out.Entities = append(g.out.Entities, graph.Entity{ID: fmt.Sprintf("%s-%06d", prefix, i), Kind: kind, Summary: fmt.Sprintf(name, g.word())})
	}
	g.byKind[kind] = append(g.byKind[kind], places...)
	return places
}

// word makes a place's name of two or three syllables, some far more often than others.
func (g *generator) word() string {
	heads := []string{"North", "East", "Mill", "Ash", "Kings", "Ox", "Lang", "Thorn", "Wes", "Bram", "Stan", "Hol", "Whit", "Red", "Ald", "Cor"}
	middles := []string{"", "", "", "er", "ing", "en", "le", "over"}
	tails := []string{"ford", "ton", "ley", "brook", "field", "wick", "mouth", "stead", "by", "combe", "worth", "ham"}
	return heads[g.skewed(len(heads))] + middles[g.random.IntN(len(middles))] + tails[g.skewed(len(tails))]
}

// skewed is a number below n, low ones far more often than high ones.
func (g *generator) skewed(n int) int {
	x := g.random.Float64()
	return int(x * x * x * float64(n))
}

// date is of any precision, from the year given on.
func (g *generator) date(from, years int) graph.Date {
	year := from + g.random.IntN(years)
	switch g.random.IntN(4) {
	case 0:
		return graph.MustDate(fmt.Sprintf("%04d", year))
	case 1:
		return graph.MustDate(fmt.Sprintf("%04d-%02d", year, 1+g.random.IntN(12)))
	case 2:
		return graph.MustDate(fmt.Sprintf("%04d-04-01", year))
	}
	return graph.MustDate(fmt.Sprintf("%04d-%02d-%02d", year, 1+g.random.IntN(12), 1+g.random.IntN(28)))
}

func (g *generator) id(place int) string { return g.out.Entities[place].ID }

// some is an entity of a kind, the first ones far more often.
func (g *generator) some(kind graph.Kind) string {
	places := g.byKind[kind]
	return g.id(places[g.skewed(len(places))])
}

func (g *generator) citations(aspect graph.Aspect) []graph.Citation {
	var out []graph.Citation
	for range 1 + g.skewed(3) {
		c := graph.Citation{SourceID: g.some(graph.Source), Dataset: "curated", Locator: fmt.Sprintf("para. %d", 1+g.random.IntN(200)), Role: graph.Supports, Aspects: []graph.Aspect{aspect}}
		if g.random.IntN(4) == 0 {
			c.Dataset = "background"
		}
		out = append(out, c)
	}
	return out
}

func (g *generator) add(s graph.Statement) {
	s.ID = graph.StatementID(s.Subject, fmt.Sprintf("k%d", len(g.out.Statements)))
	aspect := graph.AspectRelation
	if s.Property != "" {
		aspect = graph.AspectValue
	}
	s.Citations = append(s.Citations, g.citations(aspect)...)
	g.out.Statements = append(g.out.Statements, s)
}

// describe gives an entity its name and, mostly, its start.
func (g *generator) describe(i int) {
	e := &g.out.Entities[i]
	g.add(graph.Statement{Subject: e.ID, Property: graph.NameProperty, Value: graph.Value{Kind: graph.TextValue, Text: e.Summary}})
	if e.Kind != graph.Organisation || g.random.IntN(3) == 0 {
		g.add(graph.Statement{Subject: e.ID, Property: graph.StartProperty, Value: graph.Value{Kind: graph.DateValue, Date: g.date(1990, 20)}})
	}
	if e.Kind == graph.Organisation {
		e.Identifiers = []graph.Identifier{{Scheme: "codes", Value: fmt.Sprintf("Q%05d", i)}}
	}
}

// relate adds relations between bodies and the rest until there are enough statements.
func (g *generator) relate(bodies, classes []int, statements int) {
	for len(g.out.Statements) < statements {
		i := g.random.IntN(len(bodies))
		s := graph.Statement{Subject: g.id(bodies[i])}
		switch g.random.IntN(10) {
		case 0, 1, 2:
			s.Relation, s.Object = graph.InstanceOf, g.id(classes[g.skewed(len(classes))])
		case 3, 4:
			s.Relation, s.Object = "PART_OF", g.id(bodies[g.skewed(len(bodies))])
		case 5:
			s.Relation, s.Object, s.When = graph.Replaced, g.id(bodies[g.random.IntN(i+1)]), g.date(2000, 25)
		case 6:
			s.Relation, s.Object = graph.ResponsibleFor, g.some(graph.Responsibility)
		case 7:
			s.Relation, s.Object = "LOCATED_IN", g.some(graph.Place)
		case 8:
			s.Subject, s.Relation, s.Object = g.some(graph.Source), "ABOUT", g.id(bodies[i])
		case 9:
			s.Property, s.Value = "COUNT", graph.Value{Kind: graph.NumberValue, Number: float64(g.random.IntN(1000)), Unit: "sites"}
		}
		if s.Nature() == graph.State && g.random.IntN(4) > 0 {
			s.Period = g.period()
		}
		g.vary(&s)
		g.add(s)
	}
}

func (g *generator) period() graph.Period {
	from := g.date(1995, 15)
	switch g.random.IntN(4) {
	case 0:
		return graph.PeriodFrom(from)
	case 1:
		return graph.Period{From: from, End: graph.EndOpen}
	}
	return graph.Period{From: from, To: g.date(2011, 14), End: graph.EndDated}
}

// vary makes one statement in eight something else than stated and in effect.
func (g *generator) vary(s *graph.Statement) {
	switch g.random.IntN(32) {
	case 0:
		s.Status = graph.Proposed
	case 1:
		s.Rank = graph.Deprecated
	case 2:
		s.Rank = graph.Preferred
	case 3:
		s.Certainty = graph.Implied
	}
}
