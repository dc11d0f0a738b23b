// Package seed holds the curated records as YAML, one record a file, and brings them into a store: it reads them strictly ([Read]),
// checks them ([Check]), keeps them in one written form ([Format]) and loads them ([Load]). docs/seed-format.md describes the files.
package seed

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
)

//go:embed */*.yaml
var embedded embed.FS

// Embedded is the curated records that this build carries.
func Embedded() fs.FS { return embedded }

// A Fault is something wrong in a file, and what is allowed or what to do, in one sentence.
type Fault struct {
	File         string // path from the root of what was read
	Line, Column int    // from 1; Column is 0 where only the line is known
	Text         string
}

// String is the fault as compilers print theirs: "file:line:column: text", without a column that is not known.
func (f Fault) String() string {
	if f.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
}

// Error is [Fault.String]: a fault can be returned as an error.
func (f Fault) Error() string { return f.String() }

func sortFaults(faults []Fault) {
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
}
