package graphiql

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed examples/*.graphql
var exampleFiles embed.FS

// Example is an operation that the page offers. It runs as it is, without variables.
type Example struct {
	Title string `json:"title"` // the question it answers
	Query string `json:"query"` // the whole file
}

// Examples returns the operations in examples/, in the order of the numbers in their file names.
// The first line of each file is its title, as a comment.
func Examples() []Example {
	// The pattern and the files are fixed when the program is built, so neither call can fail.
	names, _ := fs.Glob(exampleFiles, "examples/*.graphql")
	examples := make([]Example, len(names))
	for i, name := range names {
		text, _ := exampleFiles.ReadFile(name)
		title, _, _ := strings.Cut(string(text), "\n")
		examples[i] = Example{Title: strings.TrimSpace(strings.TrimPrefix(title, "#")), Query: string(text)}
	}
	return examples
}
