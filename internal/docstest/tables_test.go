package docstest

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/server"
)

// tables are the tables that documents show, each written from a table of graph.
var tables = map[string]func() string{
	"kinds": func() string {
		rows := [][]string{{"kind", "ids begin", "type in the API", "citable", "meaning"}}
		for _, k := range graph.Kinds {
			rows = append(rows, []string{code(k.Kind), code(k.Prefix + ":"), code(k.Type), yes(k.Citable), k.Meaning})
		}
		return table(rows)
	},
	"changes": func() string {
		rows := [][]string{{"kind", "in", "out", "what follows", "meaning"}}
		for _, r := range graph.ChangeRules {
			var follows []string
			for _, f := range []struct {
				so   bool
				what string
			}{
				{r.Replaces, "`REPLACED` for each pair"},
				{r.StartsOutputs, "`START` of what came out, and `ESTABLISHED` by each basis"},
				{r.EndsInputs, "`END` of what went in, the day before, and `ABOLISHED` by each basis"},
				{r.Transfers, "`RESPONSIBLE_FOR` ends and starts"},
			} {
				if f.so {
					follows = append(follows, f.what)
				}
			}
			rows = append(rows, []string{code(r.Kind), count(r.MinInputs, r.MaxInputs), count(r.MinOutputs, r.MaxOutputs),
				cmp.Or(strings.Join(follows, "; "), "nothing"), r.Meaning})
		}
		return table(rows)
	},
	"relations": func() string {
		rows := [][]string{{"relation, and from the object", "fields", "from", "to", "nature", "qualifiers", "meaning", "nearest terms"}}
		for _, r := range graph.Ontology {
			objects := kinds(r.Objects)
			if r.SameKind {
				objects = "the same kind"
			}
			rows = append(rows, []string{code(r.Name) + " " + code(r.Inverse), code(r.Field) + " " + code(r.InverseField),
				kinds(r.Subjects), objects, code(r.Nature), codes(r.Qualifiers), r.Meaning, r.Term})
		}
		return table(rows)
	},
	"properties": func() string {
		rows := [][]string{{"property", "value", "nature", "qualifiers", "meaning", "nearest term"}}
		for _, p := range graph.Properties {
			rows = append(rows, []string{code(p.Name), code(p.Value), code(p.Nature), codes(p.Qualifiers), p.Meaning, p.Term})
		}
		return table(rows)
	},
	"limits": func() string {
		rows := [][]string{{"limit", "what is limited", "at most", "flag of `serve`, and in the environment", "beyond it", "what to do"}}
		for _, l := range server.Limits() {
			flag := "– (the same on every server)"
			if l.Flag != "" {
				flag = code("--"+l.Flag) + " " + code("POLICYGRAPH_"+strings.ToUpper(strings.ReplaceAll(l.Flag, "-", "_")))
			}
			most := l.Default
			if l.Kind == "bytes" {
				most += " bytes"
			}
			rows = append(rows, []string{l.Name, l.Bounds, most, flag, code(l.Answer), l.Lower})
		}
		return table(rows)
	},
	"qualifiers": func() string {
		rows := [][]string{{"qualifier", "value", "allowed words", "meaning"}}
		for _, q := range graph.Qualifiers {
			rows = append(rows, []string{code(q.Name), code(q.Value), codes(q.Words), q.Meaning})
		}
		return table(rows)
	},
}

// table writes rows as Markdown; the first is the heading.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func code[T ~string](word T) string { return "`" + string(word) + "`" }

func codes[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = code(w)
	}
	return strings.Join(list, " ")
}

func kinds(list []graph.Kind) string {
	if len(list) == len(graph.Kinds) {
		return "any"
	}
	names := make([]string, len(list))
	for i, k := range list {
		info, _ := k.Info()
		names[i] = info.Type
	}
	return strings.Join(names, ", ")
}

func yes(so bool) string {
	if so {
		return "yes"
	}
	return ""
}

func count(least, most int) string {
	switch {
	case most == least:
		return fmt.Sprint(least)
	case most < graph.Unlimited:
		return fmt.Sprintf("%d to %d", least, most)
	}
	return fmt.Sprintf("%d or more", least)
}

// docTable is the table in the doc comment of a type or function of a package, named as in graph.Date.
func docTable(t *testing.T, name string) string {
	t.Helper()
	pkg, symbol, _ := strings.Cut(name, ".")
	paths, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	d, err := doc.NewFromFiles(set, files, pkg)
	if err != nil {
		t.Fatal(err)
	}
	funcs := d.Funcs
	for _, typ := range d.Types {
		funcs = append(funcs, typ.Funcs...)
		if typ.Name == symbol {
			return codeBlock(t, d, name, typ.Doc)
		}
	}
	for _, f := range funcs {
		if f.Name == symbol {
			return codeBlock(t, d, name, f.Doc)
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

func codeBlock(t *testing.T, d *doc.Package, name, text string) string {
	t.Helper()
	for _, block := range d.Parser().Parse(text).Content {
		if c, ok := block.(*comment.Code); ok {
			return c.Text
		}
	}
	t.Fatalf("the doc comment of %s has no table", name)
	return ""
}
