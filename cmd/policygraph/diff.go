package main

import (
	"fmt"
	"strings"
)

// diffContext is how many lines of a hunk stand around what differs.
const diffContext = 3

// unified is the difference of two texts in the unified format that `patch` reads; "" where there is none. Time and memory go
// with the product of their lines: a record has few.
func unified(oldName, newName, old, new string) string {
	if old == new {
		return ""
	}
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	edits := align(a, b)
	var text strings.Builder
	fmt.Fprintf(&text, "--- %s\n+++ %s\n", oldName, newName)
	for at := 0; at < len(edits); {
		if edits[at].sign == ' ' {
			at++
			continue
		}
		from, to, same := max(at-diffContext, 0), at, 0
		for end := at; end < len(edits) && same <= 2*diffContext; end++ { // two hunks that would touch are one
			if same++; edits[end].sign != ' ' {
				same, to = 0, end
			}
		}
		to = min(to+diffContext+1, len(edits))
		hunk(&text, edits[:from], edits[from:to])
		at = to
	}
	return text.String()
}

// An edit is a line that stands in both texts (' '), in the old one alone ('-') or in the new one alone ('+').
type edit struct {
	sign byte
	line string
}

func hunk(text *strings.Builder, before, edits []edit) {
	oldBefore, newBefore := count(before)
	oldLines, newLines := count(edits)
	fmt.Fprintf(text, "@@ -%d,%d +%d,%d @@\n", oldBefore+min(oldLines, 1), oldLines, newBefore+min(newLines, 1), newLines)
	for _, e := range edits {
		text.WriteByte(e.sign)
		text.WriteString(e.line)
		if !strings.HasSuffix(e.line, "\n") {
			text.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func count(edits []edit) (old, new int) {
	for _, e := range edits {
		if e.sign != '+' {
			old++
		}
		if e.sign != '-' {
			new++
		}
	}
	return old, new
}

// align keeps a longest common subsequence of lines.
func align(a, b []string) []edit {
	a, b = strip(a), strip(b)
	// longest[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var edits []edit
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			edits = append(edits, edit{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			edits = append(edits, edit{'-', a[i]})
			i++
		default:
			edits = append(edits, edit{'+', b[j]})
			j++
		}
	}
	return edits
}

// strip takes off the empty line that [strings.SplitAfter] sees behind the last line break.
func strip(lines []string) []string {
	if n := len(lines); lines[n-1] == "" {
		return lines[:n-1]
	}
	return lines
}
