package seed

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTexts holds the identifiers of sources to the cited texts, where they are at hand (see the flag -texts): each text is one of the
// sources', and has as many lines as that says.
func TestTexts(t *testing.T) {
	if *textsFlag == "" {
		t.Skip("the cited texts are not in the repository; -texts names them")
	}
	files, err := filepath.Glob(*textsFlag)
	if err != nil || len(files) == 0 {
		t.Fatalf("-texts %s: no files (%v)", *textsFlag, err)
	}
	d, _ := Read(os.DirFS("."))
	lengths := make(map[string]string) // text-lines by text-sha256
	for _, e := range d.authored.Entities {
		var hash, length string
		for _, id := range e.Identifiers {
			switch id.Scheme {
			case "text-sha256":
				hash = id.Value
			case "text-lines":
				length = id.Value
			}
		}
		if hash != "" {
			lengths[hash] = length
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		hash := hex.EncodeToString(sum[:])
		length, ok := lengths[hash]
		if want := strconv.Itoa(len(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))); !ok || length != want {
			t.Errorf("%s: text-sha256 %s, text-lines %s; the source with this hash has text-lines %q", file, hash, want, length)
		}
		delete(lengths, hash)
	}
	for hash := range lengths {
		t.Errorf("no text has the text-sha256 %s of a source", hash)
	}
}
