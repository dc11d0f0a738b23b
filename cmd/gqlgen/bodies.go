package main

import (
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/graph"
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
	entity := contains(def.Interfaces, "Entity") && def.Kind == ast.Object
	claim := def.Name == "Statement" || contains(def.Interfaces, "StatementEdge")
	switch {
	case field.Directives.ForName("relation") != nil:
		return "return related[" + goType(field, "Related") + "](ctx, r.Resolver, obj.Record)"
	case entity && entityBodies[field.Name] != "":
		return entityBodies[field.Name]
	case claim && claimBodies[field.Name] != "":
		return claimBodies[field.Name]
	case def.Name == "Query" && field.Name != "at" && !strings.HasPrefix(field.Name, "__"):
		return read("r.reads(nil)", field, f)
	case def.Name == "View" && field.Name != "date":
		return read("r.reads(obj)", field, f)
	}
	return ""
}

// The bodies of fields that every kind of entity has, and of those that statements and their edges have.
var (
	entityBodies = map[string]string{
		"statements":     "return r.statements(ctx, obj.Record)",
		"supports":       "return r.supports(ctx, obj.Record)",
		"conflicts":      "return r.conflicts(ctx, obj.Record.View, obj.Record.Entity.ID)",
		"changeEvents":   "return r.changeEvents(ctx, obj.Record)",
		"redirectedFrom": "return r.redirectedFrom(ctx, obj.Record)",
	}
	claimBodies = map[string]string{
		"citations": "return r.citations(ctx, obj.Claim)",
		"basis":     "return r.basis(ctx, obj.Claim)",
	}
)

// read is the body of a read. The lists of entities are all alike.
func read(from string, field *ast.FieldDefinition, f *codegen.Field) string {
	kind := ""
	for _, k := range graph.Kinds {
		if field.Type.Name() == k.Type+"Connection" {
			kind = "graph." + k.Type
		}
	}
	if field.Type.Name() == "EntityConnection" {
		kind = `""`
	}
	if kind == "" {
		return "return " + from + "." + call(f)
	}
	return "return entities[" + goType(field, "") + "](ctx, " + from + ", " + kind + ")"
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

// goType is the Go type of the nodes of a connection: *gqlmodel.Organisation for OrganisationConnection, with a prefix for those of
// relations.
func goType(f *ast.FieldDefinition, prefix string) string {
	name := strings.TrimPrefix(strings.TrimSuffix(f.Type.Name(), "Connection"), prefix)
	if name == "Entity" || name == "Citable" {
		return "gqlmodel." + name
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
