package graphtest

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

// fuzzStatements is about how large the graph of a fuzz target is: small, so that each input is quick.
const fuzzStatements = 120

// Fuzz asks a store for lists, edges and counts whose filters are made of the fuzzer's bytes: trees of any form, with words that are none
// and texts that no schema lets through. The store has to refuse and to answer as [Naive] does. Open is as for [Run].
func Fuzz(f *testing.F, open func(tb testing.TB, clock *Clock) graph.Store) {
	h := newHistory(1, fuzzStatements)
	naive, store := NewNaive(newClock().Now), open(f, newClock())
	material := newMaterial(h.batches, h.load(f, naive))
	h.load(f, store)
	random := rand.New(rand.NewPCG(1, 0))
	for n := range 60 {
		seed := make([]byte, 4*n)
		for i := range seed {
			seed[i] = byte(random.UintN(256))
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := (&maker{material: material, data: data}).probe()
		want, got := p.ask(t.Context(), naive), p.ask(t.Context(), store)
		if !slices.Equal(want, got) {
			t.Errorf("%s\n(-want +got):\n%s", literal(p), cmp.Diff(want, got))
		}
	})
}

// maker makes a query of bytes. Where there are no more, all is left at its zero value: so every tree ends.
type maker struct {
	*material
	data  []byte
	edges bool // statements have a far end here
}

// next is a number below n.
func (m *maker) next(n int) int {
	if len(m.data) == 0 {
		return 0
	}
	b := int(m.data[0])
	m.data = m.data[1:]
	return b % n
}

func (m *maker) probe() probe {
	p := probe{View: m.views[m.next(len(m.views))]}
	if m.next(2) == 1 {
		p.View.Date = madeOf(m, madeDates)
		if p.View.Date.Approximate() || p.View.Date.Uncertain() { // no view is of one
			p.View.Date = graph.Date{}
		}
	}
	page := graph.Page{First: 1 + m.next(40), Total: m.next(2) == 1}
	switch m.next(4) {
	case 0:
		p.ListEntities = &graph.EntityQuery{Page: page}
		m.fill(reflect.ValueOf(&p.ListEntities.Filter).Elem())
	case 1:
		p.ListStatements = &graph.StatementQuery{Page: page}
		m.fill(reflect.ValueOf(&p.ListStatements.Filter).Elem())
	case 2:
		q := graph.EdgeQuery{Entities: []string{m.hubs[0], m.hubs[m.next(len(m.hubs))]}, Page: page}
		if m.next(4) == 3 || m.seldom() {
			m.fill(reflect.ValueOf(&q.CitedAs).Elem())
		}
		if len(q.CitedAs) == 0 || m.seldom() {
			m.fill(reflect.ValueOf(&q.Direction).Elem())
		}
		m.edges = len(q.CitedAs) == 0
		m.fill(reflect.ValueOf(&q.Filter).Elem())
		p.Edges = &[]graph.EdgeQuery{q}
	case 3:
		p.Count = &graph.CountQuery{Of: madeOf(m, []graph.Countable{graph.CountEntities, graph.CountStatements, graph.CountCitations}), Limit: 10}
		by := graph.CountsBy[p.Count.Of]
		p.Count.By = by[m.next(len(by))]
		if p.Count.Of == graph.CountEntities {
			m.fill(reflect.ValueOf(&p.Count.Entities).Elem())
		} else {
			m.fill(reflect.ValueOf(&p.Count.Statements).Elem())
		}
	}
	return p
}

var (
	madeDates   = []graph.Date{graph.MustDate("2005-06"), graph.MustDate("2008-04-01"), graph.MustDate("2012"), graph.MustDate("200X"), graph.MustDate("2010~"), graph.MustDate("-0400"), graph.MustDate("2014-23"), graph.MustDate("Y5000000")}
	madeNumbers = []float64{0, 1, -1, 0.5, 1e6, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64}
	madeTexts   = []string{"a", "", "Board", "council", "É", "’", "\x00", "\xff", "%", "_", "*", "[a", `"`, "'", " ", "ﬁ", "\U0010FFFF", "İ", "🙂"}
)

// seldom decides on what is most likely to be refused.
func (m *maker) seldom() bool { return m.next(40) == 39 }

func madeOf[T any](m *maker, list []T) T { return list[m.next(len(list))] }

// word is one of some words, seldom one that is none of them.
func word[T ~string](m *maker, words []T) string {
	if m.seldom() {
		return "NO SUCH WORD"
	}
	return string(madeOf(m, words))
}

// fill sets a value, and lists of up to three.
func (m *maker) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *graph.Date:
		*x = madeOf(m, madeDates)
		return
	case *graph.RelationName:
		if *x = graph.RelationName(word(m, askedRelations[:4])); m.seldom() {
			*x = "REPLACED_BY"
		}
		return
	case *graph.PropertyName:
		*x = graph.PropertyName(word(m, askedProperties))
		return
	case *graph.QualifierName:
		*x = graph.QualifierName(word(m, []string{"POST", "SHARE", "TARGET_DATE", "OF", "NAME_USE", "AMOUNT"}))
		return
	case *graph.Kind:
		*x = graph.Kind(word(m, askedKinds))
		return
	case *graph.Form:
		*x = graph.Form(word(m, graph.Forms))
		return
	case *graph.Holds:
		*x = graph.Holds(word(m, askedHolds))
		return
	case *graph.Status:
		*x = graph.Status(word(m, graph.Statuses))
		return
	case *graph.Rank:
		*x = graph.Rank(word(m, graph.Ranks))
		return
	case *graph.Certainty:
		*x = graph.Certainty(word(m, graph.Certainties))
		return
	case *graph.Existence:
		*x = graph.Existence(word(m, graph.Existences))
		return
	case *graph.Quantifier:
		*x = graph.Quantifier(word(m, graph.Quantifiers))
		return
	case *graph.Direction:
		*x = graph.Direction(word(m, graph.Directions))
		return
	case *graph.Role:
		*x = graph.Role(word(m, graph.Roles))
		return
	case *graph.Identifier:
		if *x = madeOf(m, m.identifiers); m.next(3) == 0 {
			x.Value = m.text()
		}
		return
	case *graph.RelatedFilter:
		outside := m.edges
		m.edges = true
		m.fields(v)
		m.edges = outside
		if x.Direction == "" && !m.seldom() {
			x.Direction = graph.Both
		}
		return
	case *graph.QualifierFilter:
		m.fields(v)
		m.fill(reflect.ValueOf(&x.Name).Elem())
		return
	case *graph.StatementFilter:
		m.fields(v)
		if !m.edges && !m.seldom() {
			x.Node = nil
		}
		return
	case *graph.TextFilter, *graph.DateFilter, *graph.ValueFilter: // of which one field at least is set
		m.fill(v.Field(m.next(v.NumField())))
		if m.next(4) == 1 {
			m.fields(v)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		m.fields(v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), m.next(4), 3))
		for i := range v.Len() {
			m.fill(v.Index(i))
		}
	case reflect.Int:
		v.SetInt(int64(m.next(20)/4 - 1))
	case reflect.Float64:
		v.SetFloat(madeOf(m, madeNumbers))
	case reflect.String:
		v.SetString(m.text())
	}
}

// fields sets about one field in six.
func (m *maker) fields(v reflect.Value) {
	for i := range v.NumField() {
		if m.next(6) == 1 {
			m.fill(v.Field(i))
		}
	}
}

// text is an id, a name, a part of one, or bytes as they come.
func (m *maker) text() string {
	switch m.next(6) {
	case 0:
		return madeOf(m, m.rows).ID
	case 1:
		return madeOf(m, m.redirects)
	case 2:
		return madeOf(m, m.words)
	case 3:
		return madeOf(m, generatedDatasets)
	case 4:
		n := min(m.next(20), len(m.data))
		text := string(m.data[:n])
		m.data = m.data[n:]
		return text
	}
	return madeOf(m, madeTexts)
}
