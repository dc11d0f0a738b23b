package main

import (
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// bodies is a plugin of gqlgen that makes resolvers of the fields that read, and writes the bodies that are all alike.
type bodies struct{}

// Name is what gqlgen's messages call it.
func (bodies) Name() string { return "bodies" }

// MutateConfig makes resolvers of the fields whose body [bodies.Implement] writes.
func (bodies) MutateConfig(cfg *config.Config) error {
	for name, def := range cfg.Schema.Types {
		if def.Kind != ast.Object {
			continue
		}
		for _, f := range def.Fields {
			if body(def, f, nil) == "" {
				continue
			}
			model := cfg.Models[name]
			if model.Fields == nil {
				model.Fields = map[string]config.TypeMapField{}
			}
			field := model.Fields[f.Name]
			field.Resolver = true
			model.Fields[f.Name] = field
			cfg.Models[name] = model
		}
	}
	return nil
}

// Implement is the body of a resolver; prev is the one on disk.
func (bodies) Implement(prev string, f *codegen.Field) string {
	if b := body(f.Object.Definition, f.FieldDefinition, f); b != "" {
		return b
	}
	if prev == "" {
		return `panic("` + f.Object.Name + "." + f.Name + ` has no resolver")`
	}
	return prev
}

// body is the generated body of a field's resolver, "" where it is written by hand. Without the resolver, only whether there is one
// is meant.
func body(def *ast.Definition, field *ast.FieldDefinition, f *codegen.Field) string {
	edge := def.OneOf("Statement") || contains(def.Interfaces, "StatementEdge")
	switch {
	case field.Directives.ForName("relation") != nil:
		return "return related[" + goType(field) + "](ctx, r.Resolver, obj.Record)"
	case field.Name == "statements" && contains(def.Interfaces, "Entity"):
		return "return r.statements(ctx, obj.Record)"
	case field.Name == "citations" && edge:
		return "return r.citations(ctx, obj.Claim)"
	case field.Name == "basis" && edge:
		return "return r.basis(ctx, obj.Claim)"
	case def.Name == "Query" && field.Name != "at" && !strings.HasPrefix(field.Name, "__"):
		return "return r.reads(nil)." + call(f)
	case def.Name == "View" && field.Name != "date":
		return "return r.reads(obj)." + call(f)
	}
	return ""
}

// call is the call of the read with the field's name and arguments.
func call(f *codegen.Field) string {
	if f == nil {
		return "…"
	}
	names := []string{"ctx"}
	for _, a := range f.Args {
		names = append(names, a.VarName)
	}
	return f.GoFieldName + "(" + strings.Join(names, ", ") + ")"
}

// goType is the Go type at the far end of a relation field: *gqlmodel.Organisation for OrganisationConnection.
func goType(f *ast.FieldDefinition) string {
	name := strings.TrimSuffix(f.Type.Name(), "Connection")
	if name == "Entity" {
		return "gqlmodel.Entity"
	}
	return "*gqlmodel." + name
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
