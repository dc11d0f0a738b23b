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

// TestDependencies holds docs/dependencies.md to what go.mod and the page's package.json name.
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
	var page struct{ Dependencies, DevDependencies map[string]string }
	text, err := os.ReadFile(filepath.Join(root, "server/graphiql/web/package.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}

	want := map[string][]string{"The page": slices.Sorted(maps.Keys(page.DevDependencies))}
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
	if len(page.Dependencies) > 0 {
		t.Errorf("the page's packages are all devDependencies, as they are built in; these are not: %v", page.Dependencies)
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
		t.Errorf("docs/dependencies.md (-go.mod and package.json +document), in order of name:\n%s", diff)
	}
}
