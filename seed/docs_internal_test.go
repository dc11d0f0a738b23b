package seed

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const formatPage = "../docs/seed-format.md"

var (
	fencedFile = regexp.MustCompile("(?s)```yaml\n(# ([a-z-]+/[a-z0-9-]+\\.yaml)\n.*?)```")
	fieldTable = regexp.MustCompile(`<!-- fields: ([a-z ]+) -->\n\| field \| example \| meaning \|\n\|---\|---\|---\|\n((?:\|.*\n)+)`)
	fieldRow   = regexp.MustCompile("^\\| `([^`]+)` \\| `([^`]+)` \\| (.+) \\|$")
)

// TestFormatPage holds docs/seed-format.md to the structs: a row for each field, in their order, whose example is read without a fault.
func TestFormatPage(t *testing.T) {
	tables := make(map[string]string)
	for _, m := range fieldTable.FindAllStringSubmatch(page(t), -1) {
		tables[m[1]] = m[2]
	}
	for title, typ := range map[string]reflect.Type{
		"entity": reflect.TypeFor[entityRecord](), "identifier": reflect.TypeFor[identifier](), "name": reflect.TypeFor[name](),
		"start and end": reflect.TypeFor[lifeEnd](), "statement": reflect.TypeFor[statement](), "value": reflect.TypeFor[value](),
		"basis": reflect.TypeFor[basis](), "citation": reflect.TypeFor[citation](), "change event": reflect.TypeFor[changeEventRecord](),
		"pair": reflect.TypeFor[pair](), "conflict": reflect.TypeFor[conflictRecord](), "dataset": reflect.TypeFor[datasetRecord](),
		"shared name": reflect.TypeFor[sharedNameRecord](), "text": reflect.TypeFor[textRecord](),
		"place of a text": reflect.TypeFor[textPlace](),
	} {
		t.Run(title, func(t *testing.T) {
			var want, got []string
			for _, f := range fieldsOf(typ) {
				want = append(want, fmt.Sprintf("%s, required: %t", f.name, f.required))
			}
			for row := range strings.Lines(tables[title]) {
				m := fieldRow.FindStringSubmatch(strings.TrimSpace(row))
				if m == nil {
					t.Errorf("not a row of field, example and meaning: %s", row)
					continue
				}
				got = append(got, fmt.Sprintf("%s, required: %t", m[1], strings.Contains(m[3], "Has to be there.")))
				readExample(t, typ, m[1], m[2])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, table %q (-structs +page):\n%s", formatPage, title, diff)
			}
		})
	}
}

// readExample reads "field: value" into a record, which may lack its other fields.
func readExample(t *testing.T, typ reflect.Type, field, example string) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(example), &document); err != nil {
		t.Errorf("%s: %v", example, err)
		return
	}
	if key := document.Content[0].Content[0].Value; key != field {
		t.Errorf("the example of %s is of %s", field, key)
	}
	f := &file{spots: make(map[string]spot)}
	record := reflect.New(typ).Elem()
	f.value(document.Content[0], record, "", false)
	for _, fault := range f.faults {
		if !strings.HasSuffix(fault.Text, "is missing; it has to be there") || fault.Line != 1 || fault.Column != 1 {
			t.Errorf("%s: %s", example, fault.Text)
		}
	}
	if record.IsZero() {
		t.Errorf("%s: nothing was read", example)
	}
}

// TestFormatPageRecords checks the records of the page together, as a seed folder of their own.
func TestFormatPageRecords(t *testing.T) {
	fsys := make(fstest.MapFS)
	for _, m := range fencedFile.FindAllStringSubmatch(page(t), -1) {
		fsys[m[2]] = &fstest.MapFile{Data: []byte(m[1])}
	}
	if len(fsys) != strings.Count(page(t), "```yaml") {
		t.Errorf("%d of %d examples name their file in the first line", len(fsys), strings.Count(page(t), "```yaml"))
	}
	_, faults := Check(fsys)
	for _, fault := range faults {
		t.Error(fault)
	}
	d, _ := Read(fsys)
	if len(d.Batch.Statements) <= len(d.authored.Statements) {
		t.Errorf("nothing follows from the change event: %d statements of %d authored", len(d.Batch.Statements), len(d.authored.Statements))
	}
	for _, folder := range folders() {
		if !strings.Contains(page(t), "| `"+folder+"` |") {
			t.Errorf("%s does not name the folder %s", formatPage, folder)
		}
	}
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
