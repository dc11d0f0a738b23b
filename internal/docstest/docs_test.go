// Package docstest holds the documents to the code: what they show of it is written from it, and what they say was run is run again.
package docstest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

var update = flag.Bool("update", false, "write what the code says into the documents")

// documents is the README and all of docs/, by path from the root.
func documents(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	for _, pattern := range []string{"docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: found %d, %v", pattern, len(found), err)
		}
		for _, path := range found {
			path, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, filepath.ToSlash(path))
		}
	}
	return list
}

func read(t *testing.T, document string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// same compares a document with what it should read, or with -update writes it.
func same(t *testing.T, document, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, document), []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s (-document +code); go test ./internal/docstest -update writes it:\n%s", document, cmp.Diff(strings.Split(got, "\n"), strings.Split(want, "\n")))
}

// section is a part of a document that is written from the code: what stands between its marks.
var section = regexp.MustCompile(`(?s)<!-- (table|from the code): ([^\n]+?) -->\n(.*?)<!-- end -->`)

// TestSections holds each marked section to the code.
func TestSections(t *testing.T) {
	written := map[string]bool{}
	for _, document := range documents(t) {
		t.Run(document, func(t *testing.T) {
			got := read(t, document)
			want := section.ReplaceAllStringFunc(got, func(text string) string {
				m := section.FindStringSubmatch(text)
				source, name := m[1], m[2]
				written[name] = true
				var body string
				switch source {
				case "table":
					make, ok := tables[name]
					if !ok {
						t.Fatalf("there is no table %q", name)
					}
					body = make()
				default:
					body = "```text\n" + docTable(t, name) + "```\n"
				}
				return fmt.Sprintf("<!-- %s: %s -->\n%s<!-- end -->", source, name, body)
			})
			same(t, document, got, want)
		})
	}
	for name := range tables {
		if !written[name] {
			t.Errorf("no document has the table %q", name)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks follows every relative link of the documents to a file, and to a heading where it names one.
func TestLinks(t *testing.T) {
	for _, document := range documents(t) {
		t.Run(document, func(t *testing.T) {
			for _, m := range link.FindAllStringSubmatch(read(t, document), -1) {
				target := m[1]
				if strings.Contains(target, "://") {
					continue
				}
				path, anchor, _ := strings.Cut(target, "#")
				file := document
				if path != "" {
					file = filepath.Join(filepath.Dir(document), path)
				}
				if _, err := os.Stat(filepath.Join(root, file)); err != nil {
					t.Errorf("the link %s leads nowhere", target)
				} else if anchor != "" && !anchors(read(t, file))[anchor] {
					t.Errorf("the link %s names no heading", target)
				}
			}
		})
	}
}

var (
	heading    = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	fencedCode = regexp.MustCompile("(?ms)^```.*?^```$")
)

// anchors are the names that GitHub gives to a document's headings.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fencedCode.ReplaceAllString(text, ""), -1) {
		found[strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return found
}

// TestDecisions holds the list of decisions to the files: numbers without a gap, the title that the file has, a status and the parts.
func TestDecisions(t *testing.T) {
	list := read(t, "docs/adr/README.md")
	files, err := filepath.Glob(filepath.Join(root, "docs/adr/0*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d decisions, %v", len(files), err)
	}
	for i, path := range files {
		name := filepath.Base(path)
		text := read(t, "docs/adr/"+name)
		number := fmt.Sprintf("%04d", i+1)
		title, ok := strings.CutPrefix(strings.SplitN(text, "\n", 2)[0], "# "+number+": ")
		if !ok {
			t.Errorf("%s does not begin with \"# %s: \": decisions are numbered without a gap", name, number)
		}
		if row := fmt.Sprintf("| [%s](%s) | %s |\n", number, name, title); !strings.Contains(list, row) {
			t.Errorf("docs/adr/README.md has no row %s", row)
		}
		if !regexp.MustCompile(`\nStatus: (proposed|accepted|superseded by \[\d{4}\]\(\S+\))\n`).MatchString(text) {
			t.Errorf("%s has no status: proposed, accepted, or superseded by a link", name)
		}
		for _, part := range []string{"Context", "Decision", "Consequences"} {
			if !strings.Contains(text, "\n## "+part+"\n") {
				t.Errorf("%s has no part %s", name, part)
			}
		}
	}
}

// TestPackages holds the table of packages in the architecture to the tree.
func TestPackages(t *testing.T) {
	command := exec.Command("go", "list", "./...")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	var want []string
	for path := range strings.FieldsSeq(string(out)) {
		want = append(want, strings.TrimPrefix(path, "github.com/policygraph/policygraph/"))
	}
	_, text, _ := strings.Cut(read(t, "docs/architecture.md"), "\n## Packages\n")
	text, _, _ = strings.Cut(text, "\n## ")
	var got []string
	for _, m := range firstCell.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table of packages in docs/architecture.md (-tree +document):\n%s", diff)
	}
}

// TestIndex holds docs/README.md to the pages.
func TestIndex(t *testing.T) {
	index := read(t, "docs/README.md")
	for _, document := range documents(t) {
		dir, page := filepath.Split(document)
		if dir == "docs/" && page != "README.md" && !strings.Contains(index, "]("+page+")") {
			t.Errorf("docs/README.md does not name %s", page)
		}
	}
}
