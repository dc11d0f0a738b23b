package resolvers_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
)

// TestPrintedSchema shows each change of the API in one file. Its descriptions are in the sources.
func TestPrintedSchema(t *testing.T) {
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  "), formatter.WithoutDescription()).FormatSchema(resolvers.Schema())
	golden(t, "testdata/schema.graphql", b.String())
}

// own are the types of the schema that are not GraphQL's.
func own(s *ast.Schema) (types []*ast.Definition) {
	for _, def := range s.Types {
		if !def.BuiltIn && !strings.HasPrefix(def.Name, "__") {
			types = append(types, def)
		}
	}
	slices.SortFunc(types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return types
}

// ownFields are the fields of a type that are not GraphQL's.
func ownFields(def *ast.Definition) (fields []*ast.FieldDefinition) {
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			fields = append(fields, f)
		}
	}
	return fields
}

func TestDescriptions(t *testing.T) {
	described := 0
	check := func(what, text string) {
		described++
		if len(text) < 9 || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ".)") && !strings.HasSuffix(text, "`") {
			t.Errorf("%s is described as %q; want a sentence with its full stop", what, text)
		}
	}
	s := resolvers.Schema()
	for _, def := range own(s) {
		check(def.Name, def.Description)
		for _, f := range ownFields(def) {
			check(def.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				check(def.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
		for _, v := range def.EnumValues {
			check(def.Name+"."+v.Name, v.Description)
		}
	}
	relation := s.Directives["relation"]
	check("@relation", relation.Description)
	for _, a := range relation.Arguments {
		check("@relation("+a.Name+")", a.Description)
	}
	if described < 1000 {
		t.Errorf("only %d elements were looked at", described)
	}
}

// TestNames holds the names of the schema to one style: types in PascalCase, fields and arguments in camelCase, values in CAPITALS; inputs
// end in Filter, Order or Input, connections and edges in those words.
func TestNames(t *testing.T) {
	for _, fault := range nameFaults(resolvers.Schema()) {
		t.Error(fault)
	}
}

// TestNameFaults shows that the check finds what it should.
func TestNameFaults(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*ast.Schema)
		want   string
	}{
		"field":   {func(s *ast.Schema) { s.Types["Name"].Fields[0].Name = "Text" }, "Name.Text is not in camelCase"},
		"acronym": {func(s *ast.Schema) { s.Types["Name"].Fields[0].Name = "sourceURL" }, "Name.sourceURL is not in camelCase"},
		"input":   {func(s *ast.Schema) { s.Types["DateRange"] = &ast.Definition{Kind: ast.InputObject, Name: "DateRange"} }, "input DateRange ends in none of Filter, Order, Input"},
		"list":    {func(s *ast.Schema) { s.Types["NameConnections"] = &ast.Definition{Kind: ast.Object, Name: "Name_Page"} }, "Name_Page is not in PascalCase"},
		"edges of": {func(s *ast.Schema) {
			s.Types["PlaceConnection"].Fields[0].Type = ast.ListType(ast.NamedType("Place", nil), nil)
		}, "PlaceConnection.edges are of Place; want a type whose name ends in Edge"},
	} {
		t.Run(name, func(t *testing.T) {
			s := clone(resolvers.Schema())
			test.change(s)
			if got := nameFaults(s); !slices.Contains(got, test.want) {
				t.Errorf("faults are %q; want %q among them", got, test.want)
			}
		})
	}
}

var (
	pascalCase = regexp.MustCompile(`^([A-Z][a-z0-9]+)+$`)
	camelCase  = regexp.MustCompile(`^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$`)
	capitals   = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)
)

func nameFaults(s *ast.Schema) (faults []string) {
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	for _, def := range own(s) {
		check(pascalCase.MatchString(strings.ReplaceAll(def.Name, "DateTime", "Date")), "%s is not in PascalCase", def.Name)
		for _, f := range ownFields(def) {
			check(camelCase.MatchString(f.Name), "%s.%s is not in camelCase", def.Name, f.Name)
			for _, a := range f.Arguments {
				check(camelCase.MatchString(a.Name), "%s.%s(%s) is not in camelCase", def.Name, f.Name, a.Name)
			}
		}
		for _, v := range def.EnumValues {
			check(capitals.MatchString(v.Name), "%s.%s is not in capitals", def.Name, v.Name)
		}
		if def.Kind == ast.InputObject {
			check(strings.HasSuffix(def.Name, "Filter") || strings.HasSuffix(def.Name, "Order") || strings.HasSuffix(def.Name, "Input"),
				"input %s ends in none of Filter, Order, Input", def.Name)
		}
		if edges := def.Fields.ForName("edges"); edges != nil {
			check(strings.HasSuffix(edges.Type.Name(), "Edge"), "%s.edges are of %s; want a type whose name ends in Edge", def.Name, edges.Type.Name())
		}
	}
	return faults
}

// testExamplesInDescriptions asks what the descriptions of inputs and of arguments show: each example is a value that is answered.
func testExamplesInDescriptions(t *testing.T, s stores) {
	schema := resolvers.Schema()
	c := newClient(t, s, options(t))
	// How a value of each input is given.
	given := map[string]string{
		"EntityFilter":      `{ entities(where: %s) { totalCount } }`,
		"RelationFilter":    `{ entities(where: {parts: %s}) { totalCount } }`,
		"RelatedFilter":     `{ entities(where: {related: [%s]}) { totalCount } }`,
		"IdentifierFilter":  `{ entities(where: {identifiers: [%s]}) { totalCount } }`,
		"TextFilter":        `{ entities(where: {name: %s}) { totalCount } }`,
		"DateFilter":        `{ entities(where: {start: %s}) { totalCount } }`,
		"EntityOrder":       `{ entities(orderBy: %s) { edges { cursor } } }`,
		"StatementFilter":   `{ organisation(id: "org:council") { parts(where: %s) { totalCount } } }`,
		"ValueFilter":       `{ statements(where: {value: %s}) { totalCount } }`,
		"QualifierFilter":   `{ statements(where: {qualifiers: [%s]}) { totalCount } }`,
		"StatementOrder":    `{ statements(orderBy: %s) { edges { cursor } } }`,
		"ChangeEventFilter": `{ changeEvents(where: %s) { totalCount } }`,
		"ChangeEventOrder":  `{ changeEvents(orderBy: %s) { edges { cursor } } }`,
		"ConflictFilter":    `{ conflicts(where: %s) { totalCount } }`,
	}
	example := regexp.MustCompile("`(\\{.*?\\})`")
	asked := 0
	try := func(t *testing.T, description, typ string) {
		t.Helper()
		for _, m := range example.FindAllStringSubmatch(description, -1) {
			asked++
			query := fmt.Sprintf(given[typ], m[1])
			if answer := c.Do(t.Context(), graphql.RawParams{Query: query}); len(answer.Errors) > 0 {
				t.Errorf("%s\n%v", query, answer.Errors)
			}
		}
	}
	for _, def := range own(schema) {
		if def.Kind == ast.InputObject && def.Name != "IdentifierInput" {
			t.Run(def.Name, func(t *testing.T) {
				if given[def.Name] == "" || !example.MatchString(def.Description) {
					t.Fatal("no example is shown, or this test does not know how to ask one")
				}
				try(t, def.Description, def.Name)
			})
		}
		for _, f := range ownFields(def) {
			for _, a := range f.Arguments {
				if def.Kind == ast.Object {
					try(t, a.Description, a.Type.Name())
				}
			}
		}
	}
	if asked < 40 {
		t.Errorf("only %d examples were asked", asked)
	}
}

// TestRelay holds the schema to the GraphQL Server Specification of Relay and to the GraphQL Cursor Connections Specification
// (https://relay.dev/docs/guides/graphql-server-specification/, https://relay.dev/graphql/connections.htm).
func TestRelay(t *testing.T) {
	for _, fault := range relayFaults(resolvers.Schema()) {
		t.Error(fault)
	}
}

// TestRelayFaults shows that the check finds what it should.
func TestRelayFaults(t *testing.T) {
	tests := []struct {
		name   string
		change func(*ast.Schema)
		want   string
	}{
		{"node without id", func(s *ast.Schema) { s.Query.Fields.ForName("node").Arguments = nil }, "Query.node() Node; want (id: ID!) Node"},
		{"page info", func(s *ast.Schema) { s.Types["PageInfo"].Fields = s.Types["PageInfo"].Fields[1:] }, "PageInfo has no hasPreviousPage: Boolean!"},
		{"connection without pageInfo", func(s *ast.Schema) {
			s.Types["PlaceConnection"].Fields = slices.DeleteFunc(slices.Clone(s.Types["PlaceConnection"].Fields), func(f *ast.FieldDefinition) bool { return f.Name == "pageInfo" })
		}, "PlaceConnection has no pageInfo: PageInfo!"},
		{"edge without cursor", func(s *ast.Schema) {
			s.Types["PlaceEdge"].Fields = slices.DeleteFunc(slices.Clone(s.Types["PlaceEdge"].Fields), func(f *ast.FieldDefinition) bool { return f.Name == "cursor" })
		}, "PlaceEdge has no cursor: String!"},
		{"first without after", func(s *ast.Schema) {
			f := s.Query.Fields.ForName("search")
			f.Arguments = slices.DeleteFunc(slices.Clone(f.Arguments), func(a *ast.ArgumentDefinition) bool { return a.Name == "after" })
		}, "Query.search gives a connection and has neither first and after nor last and before"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := clone(resolvers.Schema())
			test.change(s)
			if got := relayFaults(s); !slices.Contains(got, test.want) {
				t.Errorf("faults are %q; want %q among them", got, test.want)
			}
		})
	}
}

// clone copies a schema as deep as the tests change it.
func clone(s *ast.Schema) *ast.Schema {
	out := *s
	out.Types = map[string]*ast.Definition{}
	for name, def := range s.Types {
		d := *def
		d.Fields = slices.Clone(def.Fields)
		for i, f := range d.Fields {
			copied := *f
			d.Fields[i] = &copied
		}
		out.Types[name] = &d
	}
	out.Query = out.Types["Query"]
	return &out
}

func relayFaults(s *ast.Schema) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	has := func(def *ast.Definition, name, typ string) {
		if f := def.Fields.ForName(name); f == nil || f.Type.String() != typ {
			fault("%s has no %s: %s", def.Name, name, typ)
		}
	}
	signature := func(f *ast.FieldDefinition) string {
		var args []string
		for _, a := range f.Arguments {
			args = append(args, a.Name+": "+a.Type.String())
		}
		return "(" + strings.Join(args, ", ") + ") " + f.Type.String()
	}
	for name, want := range map[string]string{"node": "(id: ID!) Node", "nodes": "(ids: [ID!]!) [Node]!"} {
		if got := signature(s.Query.Fields.ForName(name)); got != want {
			fault("Query.%s%s; want %s", name, got, want)
		}
	}
	if node := s.Types["Node"]; len(ownFields(node)) != 1 {
		fault("Node has more than its id")
	}
	has(s.Types["Node"], "id", "ID!")
	for _, def := range own(s) {
		connection := strings.HasSuffix(def.Name, "Connection")
		switch {
		case def.Name == "PageInfo":
			has(def, "hasPreviousPage", "Boolean!")
			has(def, "hasNextPage", "Boolean!")
			has(def, "startCursor", "String")
			has(def, "endCursor", "String")
		case connection && def.Kind != ast.Object:
			fault("%s is not an object", def.Name)
		case connection:
			has(def, "pageInfo", "PageInfo!")
			edges := def.Fields.ForName("edges")
			if edges == nil || edges.Type.Elem == nil || s.Types[edges.Type.Name()].Kind != ast.Object {
				fault("%s has no list of edges", def.Name)
				continue
			}
			edge := s.Types[edges.Type.Name()]
			has(edge, "cursor", "String!")
			if node := edge.Fields.ForName("node"); node == nil || node.Type.Elem != nil {
				fault("%s has no node, or a list of them", edge.Name)
			}
		}
		for _, f := range ownFields(def) {
			if !strings.HasSuffix(f.Type.Name(), "Connection") {
				continue
			}
			pair := func(size, from string) bool {
				a, b := f.Arguments.ForName(size), f.Arguments.ForName(from)
				return a != nil && b != nil && a.Type.String() == "Int" && b.Type.String() == "String"
			}
			if !pair("first", "after") && !pair("last", "before") {
				fault("%s.%s gives a connection and has neither first and after nor last and before", def.Name, f.Name)
			}
		}
	}
	return faults
}

// TestViewIsQuery holds the reads on a date to the reads without.
func TestViewIsQuery(t *testing.T) {
	s := resolvers.Schema()
	signatures := func(typ, except string) (out []string) {
		for _, f := range ownFields(s.Types[typ]) {
			if f.Name == except {
				continue
			}
			line := f.Name + ": " + f.Type.String() + " " + f.Description
			for _, a := range f.Arguments {
				line += "\n  " + a.Name + ": " + a.Type.String() + " = " + a.DefaultValue.String() + " " + a.Description
			}
			out = append(out, line)
		}
		return out
	}
	if diff := cmp.Diff(signatures("Query", "at"), signatures("View", "date")); diff != "" {
		t.Errorf("reads (-Query +View):\n%s", diff)
	}
}

// TestRootsMayBeNull holds what reads at the root to be null where it fails, so that it takes nothing along that stands beside it.
func TestRootsMayBeNull(t *testing.T) {
	for _, f := range ownFields(resolvers.Schema().Types["Query"]) {
		if f.Type.NonNull != (f.Name == "ontology" || f.Name == "nodes") { // which reads nothing, and whose ids fail each for itself
			t.Errorf("%s is %s", f.Name, f.Type)
		}
	}
}

// TestRelationFields holds the relation fields to the ontology: every row both ways on every kind that may stand there, and no others.
func TestRelationFields(t *testing.T) {
	want := map[string]string{}
	typeOf := func(k graph.Kind) string {
		info, ok := k.Info()
		if !ok {
			t.Fatalf("no kind %s", k)
		}
		return info.Type
	}
	citable := func(k graph.Kind) bool { info, _ := k.Info(); return info.Citable }
	holds := func(all []graph.Kind, near []graph.Kind) bool {
		return !slices.ContainsFunc(all, func(k graph.Kind) bool { return !slices.Contains(near, k) })
	}
	var every, cited []graph.Kind
	for _, info := range graph.Kinds {
		every = append(every, info.Kind)
		if info.Citable {
			cited = append(cited, info.Kind)
		}
	}
	add := func(near, far []graph.Kind, same bool, field string, name graph.RelationName, d graph.Direction) {
		node := "Entity"
		switch {
		case len(far) == 1:
			node = typeOf(far[0])
		case !slices.ContainsFunc(far, func(k graph.Kind) bool { return !citable(k) }):
			node = "Citable"
		}
		put := func(typ, node string) {
			want[typ+"."+field] = fmt.Sprintf("Related%sConnection! @relation(name: %s, direction: %s)", node, name, d)
		}
		for _, k := range near {
			if same {
				put(typeOf(k), typeOf(k))
			} else {
				put(typeOf(k), node)
			}
		}
		if !same && holds(every, near) {
			put("Entity", node)
		}
		if !same && holds(cited, near) {
			put("Citable", node)
		}
	}
	for _, row := range graph.Ontology {
		add(row.Subjects, row.Objects, row.SameKind, row.Field, row.Name, graph.Out)
		add(row.Objects, row.Subjects, row.SameKind, row.InverseField, row.Name, graph.In)
	}
	got := map[string]string{}
	filters, wantFilters := map[string]bool{}, map[string]bool{}
	for _, f := range resolvers.Schema().Types["EntityFilter"].Fields {
		if f.Type.String() == "RelationFilter" {
			filters[f.Name] = true
		}
	}
	for _, row := range graph.Ontology {
		wantFilters[row.Field], wantFilters[row.InverseField] = true, true
	}
	if diff := cmp.Diff(wantFilters, filters); diff != "" {
		t.Errorf("relation filters (-ontology +schema):\n%s", diff)
	}
	for _, def := range own(resolvers.Schema()) {
		for _, f := range ownFields(def) {
			if d := f.Directives.ForName("relation"); d != nil {
				got[def.Name+"."+f.Name] = fmt.Sprintf("%s @relation(name: %s, direction: %s)", f.Type, d.Arguments.ForName("name").Value, d.Arguments.ForName("direction").Value)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("relation fields (-ontology +schema):\n%s", diff)
	}
}

// TestWords holds enumerations and kinds to the tables of the graph.
func TestWords(t *testing.T) {
	s := resolvers.Schema()
	check := func(enum string, want []string) {
		t.Helper()
		var got []string
		for _, v := range s.Types[enum].EnumValues {
			got = append(got, v.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-graph +schema):\n%s", enum, diff)
		}
	}
	check("EntityKind", texts(graph.Kinds, func(k graph.KindInfo) graph.Kind { return k.Kind }))
	check("Form", texts(graph.Forms, same))
	check("NameUse", texts(graph.NameUses, same))
	check("Status", texts(graph.Statuses, same))
	check("Certainty", texts(graph.Certainties, same))
	check("Rank", texts(graph.Ranks, same))
	check("CitationRole", texts(graph.Roles, same))
	check("Aspect", texts(graph.Aspects, same))
	check("ConflictKind", texts(graph.ConflictKinds, same))
	check("EntityOrderField", texts(graph.EntityOrders, same))
	check("StatementOrderField", texts(graph.StatementOrders, same))
	check("ChangeEventOrderField", texts(graph.ChangeEventOrders, same))
	check("EntityGrouping", texts(graph.CountsBy[graph.CountEntities], same))
	check("StatementGrouping", texts(graph.CountsBy[graph.CountStatements], same))
	check("CitationGrouping", texts(graph.CountsBy[graph.CountCitations], same))
	check("Direction", texts(graph.Directions, same))
	check("Holds", []string{string(graph.Definitely), string(graph.Partly), string(graph.Possibly)})
	check("Existence", []string{string(graph.NotYet), string(graph.Exists), string(graph.PartlyExists), string(graph.Uncertain), string(graph.Ended)})
	check("EndState", []string{string(graph.EndDated), string(graph.EndOpen), string(graph.EndUnknown), string(graph.EndNotStated)})
	check("Nature", []string{string(graph.State), string(graph.Event), string(graph.AlwaysTrue)})
	check("ValueKind", []string{string(graph.NumberValue), string(graph.DateValue), string(graph.TextValue), string(graph.EntityValue)})
	check("RelationName", texts(graph.Ontology, func(r graph.RelationInfo) graph.RelationName { return r.Name }))
	check("PropertyName", texts(graph.Properties, func(p graph.PropertyInfo) graph.PropertyName { return p.Name }))
	check("QualifierName", texts(graph.Qualifiers, func(q graph.QualifierInfo) graph.QualifierName { return q.Name }))
	check("ChangeKind", texts(graph.ChangeRules, func(c graph.ChangeRule) graph.ChangeKind { return c.Kind }))
	for _, k := range graph.Kinds {
		def := s.Types[k.Type]
		if def == nil {
			t.Errorf("kind %s has no type %s", k.Kind, k.Type)
			continue
		}
		if got := slices.Contains(def.Interfaces, "Citable"); got != k.Citable {
			t.Errorf("%s implements Citable: %t; want %t", k.Type, got, k.Citable)
		}
		if def.Description != k.Meaning {
			t.Errorf("%s is described as %q; the kind's meaning is %q", k.Type, def.Description, k.Meaning)
		}
	}
}

func same[T any](v T) T { return v }

func texts[R any, T ~string](rows []R, name func(R) T) (out []string) {
	for _, r := range rows {
		out = append(out, string(name(r)))
	}
	return out
}
