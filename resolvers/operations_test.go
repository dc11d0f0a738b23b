package resolvers_test

import (
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/graph"
)

// generator makes operations by chance, over few fields, pages and entities, so that the same are met on many ways. A field is called
// the same wherever its arguments are the same, so that it merges with others of its name.
type generator struct {
	*rand.Rand
	schema    *ast.Schema
	types     []*ast.Definition // its own
	fields    []string          // that are met the most often
	fragments []string          // the types of those that may be spread, by their numbers
	pages     []string          // that are asked for
	cursors   []string          // for lists without a date
	dated     bool              // there are dates, and no cursors
	refuses   bool              // some arguments are refused
	left      int               // of the objects that may yet be selected
}

// values are what arguments may be, by their names or else their types, and the ids of what is no entity, by its type; refused are
// those that are valid GraphQL and no good.
var values, refused = map[string][]string{
	"page": {"", "", "first: 0", "last: 0", "first: 1", "last: 1", "first: 2", "first: $two", "last: 2", "first: 3", "last: 3", "first: 2, after: %q", "last: 2, before: %q"},
	"date": {`"2003"`, `"2008"`, `"2014-05"`}, "revision": {"1"}, "text": {`"or"`, `"ward a"`}, "number": {"1", "9"},
	"roles": {"[]", "[DISPUTES]", "[SUPPORTS, MENTIONS]"}, "relations": {"[ABOUT]", "[PART_OF, ASSESSED]"}, "properties": {"[NAME]"}, "direction": {"IN", "OUT", "BOTH"},
	"StatementFilter":  {`{not: {relations: [PART_OF]}}`, `{subject: {kinds: [ORGANISATION]}}`, `{status: [IN_EFFECT]}`, `{sources: ["src:a"]}`},
	"StatementOrder":   {"{field: DATE, direction: DESC}", "{field: END}", "{field: ID, direction: DESC}"},
	"EntityFilter":     {`{kinds: [PERSON, SOURCE]}`, `{name: {startsWith: "org"}}`, `{ids: ["ini:old", "org:b"]}`},
	"EntityOrder":      {"{field: NAME, direction: DESC}", "{field: ID}"},
	"EntityKind":       {"[ORGANISATION, PLACE]"},
	"Statement":        {"stm:org:council/name", "stm:org:a/s1", "stm:org:a/none"},
	"ChangeEvent":      {"evt:groups-2013", "evt:none"},
	"Conflict":         {"cfl:number-of-boards"},
	"ChangeEventOrder": {"{field: DATE, direction: DESC}"},
}, map[string][]string{
	"page": {"first: 300", "first: 2, last: 2", "first: -1", `after: "zz"`, `before: "zz"`, `last: 2, before: "zz"`},
	"date": {`"2003~"`}, "relations": {"[]"}, "StatementFilter": {`{node: {ids: ["zz"]}}`, `{node: {ids: ["org:old", "org:b"]}}`, `{sources: ["zz"]}`}, "EntityFilter": {`{ids: ["zz"]}`}, "text": {`""`},
}

func (g *generator) one(in ...string) string { return in[g.IntN(len(in))] }

// operation is one in which no part selects more objects than size.
func (g *generator) operation(size int) string {
	g.fields = []string{"entity", "nodes", g.one("assessedBy", "subjectOf"), g.one("assessedBy", "subjectOf", "statements", "supports")}
	pages := values["page"]
	if g.dated {
		pages = pages[:len(pages)-2]
	}
	for range 2 {
		g.pages = append(g.pages, g.one(pages...))
		rel := graph.Ontology[g.IntN(len(graph.Ontology))]
		g.fields = append(g.fields, rel.Field, rel.InverseField)
	}
	part := func(typeName string, depth, size int) string {
		g.left = size
		return g.selection(typeName, depth)
	}
	types := []string{"Organisation", "Entity", "Entity", g.one("Citable", "Initiative"), "View"}
	text := make([]string, len(types))
	for i, of := range types { // each may spread those before it
		text[i] = fmt.Sprintf("fragment F%d on %s %s", i, of, part(of, 7, size/3))
		g.fragments = append(g.fragments, of)
	}
	views := []string{"revision: 1", `knownAt: "2999-01-01T00:00:00Z"`}
	if g.dated {
		views = []string{`date: "2003"`, `date: "2012"`}
	}
	query := fmt.Sprintf(`query($two: Int = 2, $yes: Boolean = true, $no: Boolean = false) { a: at(%s) { ...F4 } b: at(%s) { ...F4 }
		used: __typename @skip(if: $no) @include(if: $yes) two: search(text: "none", first: $two) { __typename } ...Q }
		fragment Q on Query %s`, views[0], views[1], part("Query", 11, size))
	for i := len(types) - 1; i >= 0; i-- {
		if strings.Contains(query, fmt.Sprintf("...F%d ", i)) {
			query += "\n" + text[i]
		}
	}
	return query
}

// selection is of what a type has, and of fragments on types that share objects with it.
func (g *generator) selection(typeName string, depth int) string {
	def := g.schema.Types[typeName]
	var leaves, objects, preferred []*ast.FieldDefinition
	for _, f := range ownFields(def) {
		switch to := g.schema.Types[f.Type.Name()]; {
		case f.Name == "ontology" || f.Name == "statistics" || f.Name == "kind": // plans have no part in them, and kinds are of several types
		case !to.IsCompositeType():
			leaves = append(leaves, f)
		case slices.Contains(g.fields, f.Name) || len(f.Arguments) == 0 && (f.Name == "edges" || f.Name == "node"):
			preferred = append(preferred, f)
			fallthrough
		default:
			objects = append(objects, f)
		}
	}
	var b strings.Builder
	b.WriteString("{ __typename ")
	for range min(g.IntN(3), len(leaves)) {
		b.WriteString(leaves[g.IntN(len(leaves))].Name + g.directive() + " ")
	}
	deeper := func(typeName string) string {
		g.left--
		return g.selection(typeName, depth-1) + " "
	}
	for range 1 + g.IntN(3) {
		from := objects
		if len(preferred) > 0 && g.IntN(5) > 0 {
			from = preferred
		}
		if depth > 0 && g.left > 0 && len(from) > 0 {
			f := from[g.IntN(len(from))]
			b.WriteString(g.called(f) + g.directive() + " " + deeper(f.Type.Name()))
		}
	}
	var on []string
	for _, of := range g.types {
		if slices.ContainsFunc(g.schema.GetPossibleTypes(of), func(d *ast.Definition) bool { return slices.Contains(g.schema.GetPossibleTypes(def), d) }) {
			on = append(on, of.Name)
		}
	}
	fragments := g.IntN(3)
	if def.Kind == ast.Interface {
		fragments += 2
	}
	for range fragments {
		if i := g.IntN(6); i < len(g.fragments) && slices.Contains(on, g.fragments[i]) {
			fmt.Fprintf(&b, "...F%d %s ", i, g.directive())
		} else if of := g.one(on...); depth > 0 && g.left > 0 && len(objects)+len(on) > 1 {
			b.WriteString("... on " + of + g.directive() + " " + deeper(of))
		}
	}
	return b.String() + "}"
}

func (g *generator) directive() string {
	return g.one(append(make([]string, 20), " @include(if: $yes)", " @include(if: $no)", " @skip(if: $yes)", " @skip(if: $no)")...)
}

// called is a field with arguments, under a name that they give it.
func (g *generator) called(f *ast.FieldDefinition) string {
	var args []string
	value := func(name string, of []string) string {
		if other := refused[name]; g.refuses && len(other) > 0 && g.IntN(3) == 0 {
			return g.one(other...)
		}
		return g.one(of...)
	}
	for _, a := range f.Arguments {
		switch key := a.Name; {
		case key == "last":
			page := value("page", g.pages)
			if strings.Contains(page, "%q") {
				page = fmt.Sprintf(page, g.one(g.cursors...))
			}
			args = append(args, page)
		case f.Name == "at" && (key == "date") != g.dated || key == "knownAt": // one of the three is enough
		case key == "id":
			args = append(args, fmt.Sprintf("id: %q", g.id(f.Type.Name())))
		case key == "ids":
			args = append(args, fmt.Sprintf("ids: [%q, %q, %q]", g.id("Node"), g.id("Entity"), g.id("Organisation")))
		case a.Type.NonNull || f.Name == "at" || g.IntN(8) == 0:
			if values[key] == nil {
				key = a.Type.Name()
			}
			if values[key] != nil {
				args = append(args, a.Name+": "+value(key, values[key]))
			}
		}
	}
	args = slices.DeleteFunc(args, func(a string) bool { return a == "" })
	if len(args) == 0 {
		return f.Name
	}
	list := strings.Join(args, ", ")
	return fmt.Sprintf("%s_%x%s: %[1]s(%[4]s)", f.Name, crc32.ChecksumIEEE([]byte(list)), g.one("", "", "", "", "again"), list)
}

// id is that of something of a type, or of nothing.
func (g *generator) id(typeName string) string {
	if typeName == "Node" && g.IntN(3) == 0 {
		typeName = g.one("Statement", "ChangeEvent", "Conflict")
	}
	if ids := values[typeName]; ids != nil {
		return g.one(ids...)
	}
	i := slices.IndexFunc(graph.Kinds, func(info graph.KindInfo) bool { return info.Type == typeName })
	if i < 0 {
		i = g.IntN(len(graph.Kinds))
	}
	return graph.Kinds[i].Prefix + ":" + g.one("a", "b", "b", "c", "old", "nowhere")
}
