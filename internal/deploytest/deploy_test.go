// Package deploytest holds docker-compose.yml and the Dockerfile to what their own tools say of them, and builds the binary with the
// commands of the Dockerfile. It needs no Docker engine, so it says nothing of a container that runs.
package deploytest

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// root is that of the tree, from this package.
var root = filepath.Join("..", "..")

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func loadCompose(t *testing.T) *types.Project {
	t.Helper()
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: dir, Environment: types.Mapping{},
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "docker-compose.yml"), Content: read(t, "docker-compose.yml")}},
	})
	if err != nil {
		t.Fatalf("docker-compose.yml: %v", err)
	}
	return project
}

func TestCompose(t *testing.T) {
	project := loadCompose(t)
	neo4j, api := project.Services["neo4j"], project.Services["policygraph"]

	if want := "neo4j:" + testedNeo4j(t) + "-community"; neo4j.Image != want {
		t.Errorf("neo4j is the image %s; the tests run against %s", neo4j.Image, want)
	}
	if neo4j.HealthCheck == nil || len(neo4j.HealthCheck.Test) == 0 {
		t.Error("neo4j has no health check")
	}
	if !slices.ContainsFunc(neo4j.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == "volume" && v.Target == "/data" }) {
		t.Error("neo4j keeps its data in no volume")
	}
	if api.DependsOn["neo4j"].Condition != types.ServiceConditionHealthy {
		t.Error("policygraph does not wait until neo4j is healthy")
	}
	if api.Build == nil || !api.ReadOnly || api.Privileged {
		t.Error("policygraph is not built from the Dockerfile, or runs with more rights than it needs")
	}
	for name, service := range project.Services {
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("port %s of %s is open on %q, not on loopback alone", port.Published, name, cmp.Or(port.HostIP, "every address"))
			}
		}
		if !slices.ContainsFunc(service.Secrets, func(s types.ServiceSecretConfig) bool { return s.Source == "neo4j-auth" }) {
			t.Errorf("%s does not get the secret", name)
		}
		for variable, value := range service.Environment {
			if strings.HasSuffix(variable, "_FILE") && (value == nil || *value != "/run/secrets/neo4j-auth") {
				t.Errorf("%s of %s is not the secret's file", variable, name)
			}
			if strings.HasSuffix(variable, "AUTH") || strings.HasSuffix(variable, "PASSWORD") {
				t.Errorf("%s of %s stands in the file in clear", variable, name)
			}
		}
	}
	if project.Secrets["neo4j-auth"].File == "" {
		t.Error("the secret does not come from a file")
	}
	if _, err := exec.LookPath("git"); err == nil {
		if err := exec.CommandContext(t.Context(), "git", "-C", root, "check-ignore", "-q", "secrets/neo4j-auth").Run(); err != nil {
			t.Error("git would take the secret's file in")
		}
	}
}

// testedNeo4j is the version of Neo4j that the tests run against.
func testedNeo4j(t *testing.T) string {
	t.Helper()
	var pom struct {
		Dependencies []struct {
			Artifact string `xml:"artifactId"`
			Version  string `xml:"version"`
		} `xml:"dependencies>dependency"`
	}
	if err := xml.Unmarshal(read(t, "internal/neo4jtest/server/pom.xml"), &pom); err != nil {
		t.Fatal(err)
	}
	for _, d := range pom.Dependencies {
		if d.Artifact == "neo4j" {
			return d.Version
		}
	}
	t.Fatal("internal/neo4jtest/server/pom.xml does not name neo4j")
	return ""
}

func parseDockerfile(t *testing.T) []instructions.Stage {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(read(t, "Dockerfile")))
	if err != nil {
		t.Fatalf("Dockerfile: %v", err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("Dockerfile: %s", w.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, at []parser.Range) {
		t.Errorf("Dockerfile:%d: %s: %s", at[0].Start.Line, rule, message)
	}})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		t.Fatalf("Dockerfile: %v", err)
	}
	return stages
}

// last is the last instruction of a kind.
func last[C instructions.Command](s instructions.Stage) (found C) {
	for _, c := range s.Commands {
		if c, ok := c.(C); ok {
			found = c
		}
	}
	return found
}

func TestDockerfile(t *testing.T) {
	stages := parseDockerfile(t)
	if len(stages) != 2 {
		t.Fatalf("%d stages, want one that builds and one that runs", len(stages))
	}
	build, final := stages[0], stages[1]
	language := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(read(t, "go.mod"))
	if want := "golang:" + string(language[1]) + "-"; !strings.HasPrefix(build.BaseName, want) {
		t.Errorf("built from %s; go.mod is of %s…", build.BaseName, want)
	}
	if final.BaseName != "scratch" {
		t.Errorf("runs on %s, want scratch", final.BaseName)
	}
	if user := last[*instructions.UserCommand](final); user == nil || strings.HasPrefix(user.User, "0") || strings.HasPrefix(user.User, "root") {
		t.Error("runs as root")
	}
	if last[*instructions.HealthCheckCommand](final) == nil {
		t.Error("has no health check")
	}
}

// TestDockerfileBuilds runs the RUN instructions of the Dockerfile on a copy of the tree, as the image's build does, and what its
// entrypoint and health check run.
func TestDockerfileBuilds(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the image is of Linux")
	}
	stages := parseDockerfile(t)
	src, env := copyTree(t), os.Environ()
	var ran []string
	for _, c := range stages[0].Commands {
		switch c := c.(type) {
		case *instructions.EnvCommand:
			for _, kv := range c.Env {
				env = append(env, kv.Key+"="+kv.Value)
			}
		case *instructions.RunCommand:
			line := strings.Join(c.CmdLine, " ")
			cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
			cmd.Dir, cmd.Env = src, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("RUN %s: %v\n%s", line, err, out)
			}
			ran = append(ran, line)
		}
	}
	for _, c := range stages[1].Commands {
		if c, ok := c.(*instructions.CopyCommand); ok && c.From == "build" {
			for _, path := range c.SourcePaths {
				local, ours := strings.CutPrefix(path, "/src/")
				if _, err := os.Stat(filepath.Join(src, local)); ours && err != nil {
					t.Errorf("COPY of %s, which %s did not make", path, strings.Join(ran, "; "))
				}
			}
		}
	}
	binary := filepath.Join(src, "bin", "policygraph")
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary is linked dynamically, and the image has no libraries")
		}
	}
	help := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), binary, append(args, "--help")...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	serve := help(last[*instructions.CmdCommand](stages[1]).CmdLine...)
	help(last[*instructions.HealthCheckCommand](stages[1]).Health.Test[2:]...)
	given := map[string]string{}
	for _, kv := range last[*instructions.EnvCommand](stages[1]).Env {
		given[kv.Key] = kv.Value
	}
	for name, value := range loadCompose(t).Services["policygraph"].Environment {
		given[name] = *value
	}
	for name := range given {
		if strings.HasPrefix(name, "POLICYGRAPH_") && !strings.Contains(serve, "$"+name+"]") {
			t.Errorf("%s is set, and `policygraph serve` does not know it", name)
		}
	}

	// With what the image and the file set together it comes as far as the server, which is not there.
	auth := filepath.Join(t.TempDir(), "auth")
	if err := os.WriteFile(auth, []byte("neo4j/secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	given["POLICYGRAPH_STORE"], given["POLICYGRAPH_STORE_AUTH_FILE"], given["POLICYGRAPH_ADDR"] = "neo4j://127.0.0.1:1", auth, "127.0.0.1:0"
	composed := exec.CommandContext(t.Context(), binary, "serve")
	for name, value := range given {
		composed.Env = append(composed.Env, name+"="+value)
	}
	if out, err := composed.CombinedOutput(); err == nil || !strings.Contains(string(out), "nothing listens there") {
		t.Errorf("serve as composed: %v\n%s", err, out)
	}
}

// copyTree copies what COPY . . takes of the tree, less the history.
func copyTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	list, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("list the files of the tree: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue // removed and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
