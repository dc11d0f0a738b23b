package graph

import (
	"regexp"
	"slices"
	"testing"
)

// The ontology is a contract: each name and each field is used once on a kind, and every row can be understood.
func TestOntology(t *testing.T) {
	names := map[RelationName]bool{}
	fields := map[Kind]map[string]RelationName{}
	word, field := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`), regexp.MustCompile(`^[a-z]+([A-Z][a-z]+)*$`)
	claim := func(kinds []Kind, name string, relation RelationName) {
		if !field.MatchString(name) {
			t.Errorf("%s: field %q is not camelCase", relation, name)
		}
		for _, k := range kinds {
			if fields[k] == nil {
				fields[k] = map[string]RelationName{}
			}
			if other, taken := fields[k][name]; taken {
				t.Errorf("%s: field %s of %s is taken by %s", relation, name, k, other)
			}
			fields[k][name] = relation
		}
	}
	for _, row := range Ontology {
		for _, n := range []RelationName{row.Name, row.Inverse} {
			if !word.MatchString(string(n)) || names[n] {
				t.Errorf("relation %q is malformed or stands twice", n)
			}
			names[n] = true
		}
		claim(row.Subjects, row.Field, row.Name)
		claim(row.Objects, row.InverseField, row.Inverse)
		if row.Meaning == "" || row.Meaning[len(row.Meaning)-1] != '.' {
			t.Errorf("%s: the meaning is not a sentence", row.Name)
		}
		if row.Nature != State && row.Nature != Event && row.Nature != AlwaysTrue {
			t.Errorf("%s: nature %q", row.Name, row.Nature)
		}
		for _, k := range slices.Concat(row.Subjects, row.Objects) {
			if _, ok := k.Info(); !ok {
				t.Errorf("%s: unknown kind %q", row.Name, k)
			}
		}
		for _, q := range row.Qualifiers {
			if _, ok := QualifierRow(q); !ok {
				t.Errorf("%s: unknown qualifier %s", row.Name, q)
			}
		}
		if got, inverse, ok := RelationRow(row.Inverse); !ok || !inverse || got.Name != row.Name {
			t.Errorf("RelationRow(%s) = %v, %t, %t", row.Inverse, got, inverse, ok)
		}
	}
	for _, row := range Properties {
		if row.Meaning == "" || row.Value == "" {
			t.Errorf("%s: no meaning or value", row.Name)
		}
		for _, q := range row.Qualifiers {
			if _, ok := QualifierRow(q); !ok {
				t.Errorf("%s: unknown qualifier %s", row.Name, q)
			}
		}
	}
	used := map[QualifierName]bool{}
	for _, row := range Ontology {
		for _, q := range row.Qualifiers {
			used[q] = true
		}
	}
	for _, row := range Properties {
		for _, q := range row.Qualifiers {
			used[q] = true
		}
	}
	for _, row := range Qualifiers {
		if !used[row.Name] {
			t.Errorf("no relation or property takes the qualifier %s", row.Name)
		}
	}
}

func TestChangeRules(t *testing.T) {
	for _, r := range ChangeRules {
		if r.MinInputs > r.MaxInputs || r.MinOutputs > r.MaxOutputs || r.MinInputs+r.MinOutputs == 0 || r.Meaning == "" {
			t.Errorf("%s: %+v", r.Kind, r)
		}
		if r.Replaces && (r.MinInputs == 0 || r.MinOutputs == 0) {
			t.Errorf("%s replaces without two ends", r.Kind)
		}
		if r.Transfers && (r.Replaces || r.EndsInputs || r.StartsOutputs) {
			t.Errorf("%s: a transfer never replaces or ends a body", r.Kind)
		}
	}
}
