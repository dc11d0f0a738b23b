package docstest

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// packageFiles name the packages of each part of docs/dependencies.md that are from npm.
var packageFiles = map[string]string{
	"The page":       "server/graphiql/web/package.json",
	"The benchmarks": "bench/neo4jgraphql/package.json",
}

// TestDependencies holds docs/dependencies.md to what go.mod and the files of npm name.
func TestDependencies(t *testing.T) {
	var module struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	command := exec.Command("go", "mod", "edit", "-json")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for heading, file := range packageFiles {
		var packages struct{ Dependencies, DevDependencies map[string]string } // dev: of what is built into a file
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &packages); err != nil {
			t.Fatal(err)
		}
		want[heading] = slices.AppendSeq(slices.Collect(maps.Keys(packages.Dependencies)), maps.Keys(packages.DevDependencies))
	}
	for _, r := range module.Require {
		// A module that only a tool needs is the tool's.
		ofTool := slices.ContainsFunc(module.Tool, func(tool struct{ Path string }) bool { return strings.HasPrefix(tool.Path, r.Path+"/") })
		if !r.Indirect && !ofTool {
			want["Go modules"] = append(want["Go modules"], r.Path)
		}
	}
	for _, tool := range module.Tool {
		want["Go tools"] = append(want["Go tools"], tool.Path)
	}

	got := map[string][]string{}
	for _, part := range strings.Split(read(t, "docs/dependencies.md"), "\n## ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		for _, m := range firstCell.FindAllStringSubmatch(body, -1) {
			got[heading] = append(got[heading], m[1])
		}
	}
	for heading := range want {
		slices.Sort(want[heading])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/dependencies.md (-go.mod and files of npm +document), in order of name:\n%s", diff)
	}
}
