package seed_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/policygraph/policygraph/seed"
)

var update = flag.Bool("update", false, "write the expectations in testdata again")

// TestRecords checks the curated records themselves, a sub-test a file.
func TestRecords(t *testing.T) {
	dir := os.DirFS(".")
	files, _ := seed.Files(dir)
	faults := make(map[string][]string)
	for _, file := range files {
		faults[file] = nil
	}
	_, found := seed.Check(dir)
	for _, fault := range found {
		faults[fault.File] = append(faults[fault.File], fault.String())
	}
	for file, list := range faults {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			for _, fault := range list {
				t.Error(fault)
			}
		})
	}
}

// TestEmbedded holds what the build carries to what stands in the folders.
func TestEmbedded(t *testing.T) {
	want, _ := seed.Files(os.DirFS("."))
	got, faults := seed.Files(seed.Embedded())
	for _, fault := range faults {
		t.Error(fault)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("embedded files (-want +got):\n%s", diff)
	}
}

// TestCheck shows that every check can fail: each case puts files over testdata/base.txtar and names the faults to be found, in its
// file "faults".
func TestCheck(t *testing.T) {
	cases, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive := parse(t, file)
			fsys := folder(t, parse(t, "testdata/base.txtar"))
			var want string
			for name, f := range folder(t, archive) {
				switch {
				case name == "faults":
					want = string(f.Data)
				case strings.TrimSpace(string(f.Data)) == "(none)":
					delete(fsys, name)
				default:
					fsys[name] = f
				}
			}
			var got strings.Builder
			_, faults := seed.Check(fsys)
			for _, fault := range faults {
				got.WriteString(fault.String() + "\n")
			}
			if *update {
				write(t, file, archive, "faults", got.String())
				return
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func parse(t *testing.T, file string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func folder(t *testing.T, archive *txtar.Archive) fstest.MapFS {
	t.Helper()
	fsys := make(fstest.MapFS)
	for _, f := range archive.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data, Mode: fs.FileMode(0o644)}
	}
	return fsys
}

// write puts a file of an archive in the place of the one of that name, or at its end.
func write(t *testing.T, path string, archive *txtar.Archive, name, data string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			archive.Files[i].Data = []byte(data)
			name = ""
		}
	}
	if name != "" {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(data)})
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFormat formats the first file of each archive, of the folder that its name says, and holds it to the file "want".
func TestFormat(t *testing.T) {
	cases, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive := parse(t, file)
			in, want := archive.Files[0], string(archive.Files[1].Data)
			for name, src := range map[string]string{
				"as it is":         string(in.Data),
				"CRLF, no last LF": strings.ReplaceAll(strings.TrimSuffix(string(in.Data), "\n"), "\n", "\r\n"),
			} {
				got, err := seed.Format([]byte(src), filepath.Dir(in.Name))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if *update {
					write(t, file, archive, "want", string(got))
					want = string(got)
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				again, err := seed.Format(got, filepath.Dir(in.Name))
				if err != nil {
					t.Fatalf("formatted twice: %v", err)
				}
				if diff := cmp.Diff(string(got), string(again)); diff != "" {
					t.Errorf("formatted twice (-once +twice):\n%s", diff)
				}
			}
		})
	}
}
