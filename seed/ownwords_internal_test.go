package seed

import (
	"bytes"
	"encoding/binary"
	"flag"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
)

// The texts that the records cite belong to their authors and are not in the repository. What is here is a hash of each eight words
// in a row, so that the test below can tell a copied sentence. When a text is added, make the file again from all of them:
//
//	go test ./seed -run TestOwnWords -texts '/path/to/texts/*.txt'
const shinglesFile = "testdata/shingles.bin"

var textsFlag = flag.String("texts", "", "glob of the cited texts: make "+shinglesFile+" again from them")

const (
	shingleWords = 8
	// leastOwnWords is how many of the words in a row have to lie outside names: "established under the Health and Social Care Act
	// 2012" is no copy, since nobody can say it otherwise.
	leastOwnWords = 5
)

// shingles are the hashes of each eight folded words in a row, by the place of the first; none for fewer words.
func shingles(words []string) []uint64 {
	var hashes []uint64
	for i := 0; i+shingleWords <= len(words); i++ {
		h := fnv.New64a()
		h.Write([]byte(strings.Join(words[i:i+shingleWords], " ")))
		hashes = append(hashes, h.Sum64())
	}
	return hashes
}

// copied is the first eight words of a text that also stand in one of the texts known, or "". Words of names do not count.
func copied(text string, known []uint64, names [][]string) string {
	words := graph.Tokens(text)
	named := make([]bool, len(words))
	for _, name := range names {
		for i := 0; i+len(name) <= len(words); i++ {
			if slices.Equal(words[i:i+len(name)], name) {
				for j := range name {
					named[i+j] = true
				}
			}
		}
	}
	for i, hash := range shingles(words) {
		own := 0
		for _, isName := range named[i : i+shingleWords] {
			if !isName {
				own++
			}
		}
		if _, found := slices.BinarySearch(known, hash); found && own >= leastOwnWords {
			return strings.Join(words[i:i+shingleWords], " ")
		}
	}
	return ""
}

// TestOwnWords refuses notes, summaries and the like that share eight words in a row with a cited text.
func TestOwnWords(t *testing.T) {
	if *textsFlag != "" {
		writeShingles(t, *textsFlag)
	}
	data, err := os.ReadFile(shinglesFile)
	if err != nil {
		t.Fatal(err)
	}
	known := make([]uint64, len(data)/8)
	if err := binary.Read(bytes.NewReader(data), binary.LittleEndian, known); err != nil || len(known) == 0 {
		t.Fatalf("%s: %d hashes, %v", shinglesFile, len(known), err)
	}
	d, _ := Read(os.DirFS("."))
	names := namesOf(d)
	for _, f := range d.files {
		t.Run(f.path, func(t *testing.T) {
			t.Parallel()
			for _, p := range f.prose {
				if words := copied(p.text, known, names); words != "" {
					at := f.spots[p.path]
					t.Errorf("%s:%d:%d: %q stands in a cited text; say it in our own words", f.path, at.line, at.column, words)
				}
			}
		})
	}
}

func namesOf(d *Document) (names [][]string) {
	for _, s := range d.authored.Statements {
		if words := graph.Tokens(s.Value.Text); s.Property == graph.NameProperty && len(words) > 0 {
			names = append(names, words)
		}
	}
	return names
}

func writeShingles(t *testing.T, glob string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("-texts %s: no files (%v)", glob, err)
	}
	var hashes []uint64
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			hashes = append(hashes, shingles(graph.Tokens(line))...)
		}
	}
	slices.Sort(hashes)
	var out bytes.Buffer
	if err := binary.Write(&out, binary.LittleEndian, slices.Compact(hashes)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shinglesFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCopied(t *testing.T) {
	known := shingles(graph.Tokens("In spring the new boards took over what the old boards had done, under the Boards and Other Bodies Act 2012."))
	slices.Sort(known)
	names := [][]string{graph.Tokens("Boards and Other Bodies Act 2012")}
	for _, test := range []struct{ name, text, want string }{
		{"a sentence", "As told: the new boards took over what the old boards had done.", "the new boards took over what the old"},
		{"other letters and marks", "The New Boards took over; what the “old” boards’ …", "the new boards took over what the old"},
		{"seven words", "Boards took over what the old boards lost", ""},
		{"own words", "Old boards gave way to new ones in spring.", ""},
		{"a name", "It was done, under the Boards and Other Bodies Act 2012", ""},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, copied(test.text, known, names)); diff != "" {
				t.Errorf("copied words (-want +got):\n%s", diff)
			}
		})
	}
}
