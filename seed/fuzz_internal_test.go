package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

// seeds adds the files of the fixtures to a fuzz target's corpus.
func seeds(f *testing.F, add func(folder, src string)) {
	f.Helper()
	for _, path := range []string{"testdata/base.txtar", "testdata/format/entity.txtar", "testdata/format/comments.txtar",
		"testdata/format/change-event.txtar", "testdata/format/conflict.txtar", "testdata/check/words.txtar", "testdata/check/prose.txtar"} {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if folder, _, ok := bytes.Cut([]byte(file.Name), []byte("/")); ok {
				add(string(folder), string(file.Data))
			}
		}
	}
}

// FuzzFormat holds the formatter to its promises on any text: what it writes says the same, is canonical, and keeps the comments.
func FuzzFormat(f *testing.F) {
	list := folders()
	seeds(f, func(folder, src string) {
		if i := slices.Index(list, folder); i >= 0 {
			f.Add(uint(i), []byte(src))
		}
	})
	f.Fuzz(func(t *testing.T, i uint, src []byte) {
		folder := list[i%uint(len(list))]
		out, err := Format(src, folder)
		if errors.Is(err, errMeaning) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		before, after := decode(folder, src, newRecord(folder)), decode(folder, out, newRecord(folder))
		if !reflect.DeepEqual(before.record, after.record) {
			t.Errorf("format changed the record\nbefore: %+v\nafter:  %+v\n%s", before.record, after.record, out)
		}
		again, err := Format(out, folder)
		if err != nil || !bytes.Equal(out, again) {
			t.Errorf("formatted twice differs (%v)\nonce:\n%s\ntwice:\n%s", err, out, again)
		}
	})
}

// FuzzRead reads any file among good ones: a fault has a place in the file, and a file without faults a record.
func FuzzRead(f *testing.F) {
	seeds(f, func(folder, src string) { f.Add(folder+"/fuzzed.yaml", []byte(src)) })
	f.Fuzz(func(t *testing.T, path string, src []byte) {
		if !fs.ValidPath(path) {
			return
		}
		fsys := fstest.MapFS{"datasets/curated.yaml": {Data: []byte("title: t\ndescription: d\npublisher: p\nlicence: CC0-1.0\n")}, path: {Data: src}}
		lines := bytes.Count(src, []byte("\n")) + 2
		_, faults := Check(fsys)
		for _, fault := range faults {
			if fault.File == path && (fault.Line < 1 || fault.Line > lines || fault.Column < 1 && !strings.Contains(fault.Text, "not YAML")) || fault.Text == "" {
				t.Errorf("fault without a place: %s", fault)
			}
		}
	})
}

// FuzzText formats any text in every place where the rules of quoting and folding differ: whatever is read is written without loss.
func FuzzText(f *testing.F) {
	for _, text := range []string{"a", "no", "12", "~", "2013?", "a: b", "a #b", "- a", "a, b", "[x]", "'a' \"b\" \\", "é", "https://example.org/?q=a", "...",
		strings.Repeat("long words: ", 20) + "end"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		src := strings.ReplaceAll("name: TEXT\nsummary: TEXT\nnames:\n  - {text: TEXT, use: ALIAS, key: a}\ncite:\n  - {source: src:a, at: TEXT, note: TEXT}\n"+
			"statements:\n  a:\n    property: AIM\n    value: {text: TEXT}\n    qualifiers: {OF: TEXT}\n    cite: [{source: src:a, at: TEXT}]\n",
			"TEXT", string(quoted))
		if len(decode("organisations", []byte(src), newRecord("organisations")).faults) > 0 {
			return
		}
		out, err := Format([]byte(src), "organisations")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Format(out, "organisations"); err != nil || !bytes.Equal(out, again) {
			t.Errorf("formatted twice differs (%v)\nonce:\n%s\ntwice:\n%s", err, out, again)
		}
	})
}
