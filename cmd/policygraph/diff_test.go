package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines are numbered lines, with some changed: a number gives the text of that line, which may be none or several.
func lines(n int, changed map[int]string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		text, ok := changed[i]
		if !ok {
			text = string(rune('a'+i%26)) + strings.Repeat("x", i) + "\n"
		}
		b.WriteString(text)
	}
	return b.String()
}

// TestUnified shows that `patch` makes the new text of the old one and the difference.
func TestUnified(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		hunks    int
	}{
		{"same", lines(9, nil), lines(9, nil), 0},
		{"one line", lines(9, nil), lines(9, map[int]string{5: "new\n"}), 1},
		{"first and last line", lines(20, nil), lines(20, map[int]string{1: "new\n", 20: "new\n"}), 2},
		{"near lines", lines(20, nil), lines(20, map[int]string{5: "new\n", 12: "new\n"}), 1},
		{"lines a little further apart", lines(20, nil), lines(20, map[int]string{5: "new\n", 13: "new\n"}), 2},
		{"lines added", lines(9, nil), lines(9, map[int]string{1: "new\nnew\nnew\n"}), 1},
		{"lines taken away", lines(9, nil), lines(9, map[int]string{1: "", 9: ""}), 2},
		{"of nothing", "", lines(3, nil), 1},
		{"to nothing", lines(3, nil), "", 1},
		{"last line without its end", lines(9, nil), strings.TrimSuffix(lines(9, nil), "\n"), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := unified("file", "file", test.old, test.new)
			if got := strings.Count("\n"+text, "\n@@ "); got != test.hunks {
				t.Errorf("%d hunks, want %d:\n%s", got, test.hunks, text)
			}
			patch, err := exec.LookPath("patch")
			if err != nil || test.hunks == 0 {
				return // the tool is not everywhere; the difference of a record is held to its text in TestSeed
			}
			file := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(file, []byte(test.old), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), patch, "--fuzz=0", file)
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("patch: %v: %s\n%s", err, out, text)
			}
			got, err := os.ReadFile(file)
			if err != nil && test.new != "" { // patch removes a file that is empty
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.new, string(got)); diff != "" {
				t.Errorf("patched (-want +got):\n%s\n%s", diff, text)
			}
		})
	}
}
