// Package archtest holds the tree to its layout: which package may import which, and which modules
// of others it may use. Arrows point inward, to graph, which knows no technology.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/policygraph/policygraph"

const (
	cmpModule      = "github.com/google/go-cmp"
	gqlgenModule   = "github.com/99designs/gqlgen"
	gqlparseModule = "github.com/vektah/gqlparser/v2"
)

// rule says what the packages of a pattern may import. A pattern is a path in this module; with
// /... at its end it covers what lies below as well. The first rule that matches a package counts.
type rule struct {
	pattern string
	ours    []string // patterns of this module's packages
	modules []string // modules of others
	tests   []string // modules of others that test files may import, besides go-cmp
	// support is for packages that serve tests: only tests and support packages may import them.
	support bool
}

// rules is the table. A package that no row covers is refused, so that a new one is placed on purpose.
var rules = []rule{
	{pattern: "graph", ours: nil, modules: nil},
	{pattern: "graph/graphtest/...", ours: []string{"graph"}, modules: []string{cmpModule}, support: true},
	{pattern: "graph/jsonl", ours: []string{"graph"}},
	{pattern: "graph/cache"},
	{pattern: "graph/lease"},
	{pattern: "graph/sqlitestore/...", ours: []string{"graph", "graph/cache", "graph/lease"}, modules: []string{"modernc.org/sqlite"},
		tests: []string{"golang.org/x/tools"}}, // txtar
	{pattern: "graph/neo4jstore/...", ours: []string{"graph", "graph/cache", "graph/lease"}, modules: []string{"github.com/neo4j/neo4j-go-driver/v5"},
		tests: []string{"golang.org/x/tools"}}, // txtar
	{pattern: "seed/...", ours: []string{"graph", "graph/jsonl"}, modules: []string{"go.yaml.in/yaml/v3"},
		tests: []string{"golang.org/x/tools"}}, // txtar
	{pattern: "registers/...", ours: []string{"graph"}},
	{pattern: "internal/gqlmodel", ours: []string{"graph"}},
	{pattern: "internal/scalars", ours: []string{"graph", "internal/gqlapi"}, modules: []string{gqlgenModule}},
	{pattern: "internal/gqlapi", ours: []string{"graph", "internal/gqlmodel", "internal/scalars"},
		modules: []string{gqlgenModule, gqlparseModule, "golang.org/x/sync"}},
	{pattern: "resolvers", ours: []string{"graph", "internal/gqlapi", "internal/gqlmodel"},
		modules: []string{gqlgenModule, gqlparseModule}},
	{pattern: "server/graphiql", tests: []string{gqlparseModule, "github.com/chromedp/chromedp", "github.com/chromedp/cdproto"}},
	{pattern: "server", ours: []string{"graph", "internal/gqlapi", "resolvers", "server/graphiql"},
		modules: []string{gqlgenModule, gqlparseModule, "github.com/klauspost/compress", "github.com/rs/cors"},
		tests:   []string{"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"}},
	{pattern: "cmd/gqlgen", ours: []string{"..."}, modules: []string{gqlgenModule, gqlparseModule}},
	{pattern: "cmd/policygraph", ours: []string{"..."},
		modules: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", gqlgenModule, gqlparseModule}},
	{pattern: "bench/...", ours: []string{"..."}, modules: []string{cmpModule, gqlgenModule, "github.com/neo4j/neo4j-go-driver/v5"}, support: true},
	{pattern: "internal/archtest"},
	{pattern: "internal/questionstest", ours: []string{"graph", "resolvers", "seed"},
		modules: []string{cmpModule, gqlgenModule, "go.yaml.in/yaml/v3", "golang.org/x/tools"}, support: true},
	{pattern: "internal/docstest", ours: []string{"graph/...", "seed", "server"}, support: true},
	{pattern: "internal/deploytest", tests: []string{"github.com/compose-spec/compose-go/v2", "github.com/moby/buildkit"}, support: true},
	{pattern: "internal/browsertest", modules: []string{"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"}, support: true},
	{pattern: "internal/neo4jtest", modules: []string{"github.com/neo4j/neo4j-go-driver/v5"}, support: true},
}

// testMayImport is what test files of any package may import besides what the package may:
// real components instead of doubles.
var testMayImport = []string{"graph/...", "seed", "internal/browsertest", "internal/neo4jtest"}

// listed is a package as `go list -json` prints it.
type listed struct {
	ImportPath                         string
	Standard                           bool
	Module                             *struct{ Path string }
	ForTest                            string
	Imports, TestImports, XTestImports []string
}

// TestImports holds every package of this module to the table.
func TestImports(t *testing.T) {
	for _, fault := range violations(rules, goList(t, "-deps", "-test", "./...")) {
		t.Error(fault)
	}
}

// violations returns a sentence for each import in pkgs that rules do not allow, in the order of
// pkgs. pkgs must hold our packages and everything that they import, with the module of each.
func violations(rules []rule, pkgs []listed) []string {
	moduleOf := map[string]string{} // no entry for the standard library
	known := map[string]bool{}
	for _, p := range pkgs {
		known[p.ImportPath] = true
		if p.Module != nil {
			moduleOf[p.ImportPath] = p.Module.Path
		}
	}
	var faults []string
	for _, p := range pkgs {
		// A package is listed again as it is built for a test; its own listing names its test imports.
		if moduleOf[p.ImportPath] != module || p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		self := relative(p.ImportPath)
		r, ok := ruleFor(rules, self)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s has no row in the table of internal/archtest: say what it may import", self))
			continue
		}
		check := func(what string, imports, ours, modules []string, isTest bool) {
			for _, path := range imports {
				target := relative(path)
				switch owner := moduleOf[path]; {
				case path == p.ImportPath: // an external test imports its package
				case !known[path]:
					faults = append(faults, fmt.Sprintf("%s%s imports %s, which is not Go of a known module", self, what, path))
				case owner == "":
				case owner == module && !matchAny(ours, target):
					faults = append(faults, fmt.Sprintf("%s%s imports %s; of ours it may import: %s", self, what, target, orNothing(ours)))
				case owner == module:
					if to, ok := ruleFor(rules, target); ok && to.support && !r.support && !isTest {
						faults = append(faults, fmt.Sprintf("%s imports %s, which is for tests only", self, target))
					}
				case !slices.Contains(modules, owner):
					faults = append(faults, fmt.Sprintf("%s%s imports %s; of modules it may use: %s", self, what, path, orNothing(modules)))
				}
			}
		}
		check("", p.Imports, r.ours, r.modules, false)
		ours, modules := slices.Concat(r.ours, testMayImport), slices.Concat(r.modules, r.tests, []string{cmpModule})
		check(" (tests)", p.TestImports, ours, modules, true)
		check(" (tests)", p.XTestImports, ours, modules, true)
	}
	return faults
}

// relative returns a package's path in this module, "." for its root; other paths as they are.
func relative(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

func ruleFor(rules []rule, path string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return match(r.pattern, path) })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

func matchAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, path) })
}

func match(pattern, path string) bool {
	if pattern == "..." || pattern == path {
		return true
	}
	below, ok := strings.CutSuffix(pattern, "...")
	return ok && strings.HasPrefix(path+"/", below)
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// TestViolations shows that the check refuses what it should, on made-up packages.
func TestViolations(t *testing.T) {
	rules := []rule{
		{pattern: "core"},
		{pattern: "core/kit/...", ours: []string{"core"}, support: true},
		{pattern: "store", ours: []string{"core"}, modules: []string{"example.org/driver"}},
		{pattern: "web", ours: []string{"core", "core/..."}, tests: []string{"example.org/browser"}},
	}
	// deps are there to be imported; no fault is in themselves.
	deps := []listed{
		{ImportPath: "fmt", Standard: true},
		pkgOf("example.org/driver/sql", "example.org/driver"),
		pkgOf("example.org/browser", "example.org/browser"),
		pkgOf("github.com/google/go-cmp/cmp", cmpModule),
		pkgOf(module+"/core", module),
		pkgOf(module+"/core/kit", module),
		pkgOf(module+"/store", module),
	}
	our := func(path string, imports, tests, xtests []string) listed {
		p := pkgOf(module+"/"+path, module)
		p.Imports, p.TestImports, p.XTestImports = imports, tests, xtests
		return p
	}
	tests := []struct {
		name string
		pkg  listed
		want []string
	}{
		{"standard library", our("core", []string{"fmt"}, []string{"fmt"}, nil), nil},
		{"test of its own package with go-cmp", our("core", nil, nil, []string{module + "/core", "github.com/google/go-cmp/cmp"}), nil},
		{"inward, with the driver", our("store", []string{module + "/core", "example.org/driver/sql"}, nil, nil), nil},
		{"kit in a test", our("web", nil, []string{module + "/core/kit", "example.org/browser"}, nil), nil},
		{"outward", our("core", []string{module + "/store"}, nil, nil),
			[]string{"core imports store; of ours it may import: nothing"}},
		{"outward in an external test", our("core", nil, nil, []string{module + "/store"}),
			[]string{"core (tests) imports store; of ours it may import: " + strings.Join(testMayImport, ", ")}},
		{"module of another", our("core", []string{"example.org/driver/sql"}, nil, nil),
			[]string{"core imports example.org/driver/sql; of modules it may use: nothing"}},
		{"go-cmp outside tests", our("core", []string{"github.com/google/go-cmp/cmp"}, nil, nil),
			[]string{"core imports github.com/google/go-cmp/cmp; of modules it may use: nothing"}},
		{"module for tests outside tests", our("web", []string{"example.org/browser"}, nil, nil),
			[]string{"web imports example.org/browser; of modules it may use: nothing"}},
		{"kit outside tests", our("web", []string{module + "/core/kit"}, nil, nil),
			[]string{"web imports core/kit, which is for tests only"}},
		{"cgo", our("core", []string{"C"}, nil, nil),
			[]string{"core imports C, which is not Go of a known module"}},
		{"package without a row", our("util", nil, nil, nil),
			[]string{"util has no row in the table of internal/archtest: say what it may import"}},
		{"name that only begins alike", our("storehouse", nil, nil, nil),
			[]string{"storehouse has no row in the table of internal/archtest: say what it may import"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := violations(rules, append([]listed{test.pkg}, deps...))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func pkgOf(path, owner string) listed {
	return listed{ImportPath: path, Module: &struct{ Path string }{owner}}
}

// noticeLine is a line of NOTICE that names a module: the path, then the licence.
var noticeLine = regexp.MustCompile(`^  ([a-z.]+\.[a-z]+/\S+)  +\S`)

// TestNotice holds NOTICE to the modules of others that are linked into the program: each is named,
// and what is named is still required (not every module is linked on every system).
func TestNotice(t *testing.T) {
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	required, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for line := range strings.Lines(string(notice)) {
		if m := noticeLine.FindStringSubmatch(line); m != nil {
			named[m[1]] = true
			if !strings.Contains(string(required), "\t"+m[1]+" v") {
				t.Errorf("NOTICE names %s, which go.mod does not require", m[1])
			}
		}
	}
	if len(named) == 0 {
		t.Error("NOTICE names no modules in the form that this test reads")
	}
	for _, p := range goList(t, "-deps", "./cmd/policygraph") {
		if p.Module != nil && p.Module.Path != module && !named[p.Module.Path] {
			named[p.Module.Path] = true
			t.Errorf("NOTICE does not name %s, which is linked into cmd/policygraph", p.Module.Path)
		}
	}
}

// goList returns what `go list -json args...` prints at the root of the module.
func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Module,ForTest,Imports,TestImports,XTestImports"}, args...)...)
	command.Dir = "../.."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, &stderr)
	}
	var pkgs []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) == 0 {
		t.Fatalf("%s lists no packages", command)
	}
	return pkgs
}
