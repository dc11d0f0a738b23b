package graph

import (
	"math/bits"
	"strings"
)

// EditDistance is Levenshtein's distance of a and b in bytes, or any number over limit once it must exceed it.
func EditDistance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	var short [64]int // most words are
	row := short[:]
	if len(b) >= len(short) {
		row = make([]int, len(b)+1)
	}
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal, least := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, cost)
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}

// Near says whether one of two words of folded text may have been meant by the other, and in how many letters their singulars then
// differ: none for one word in two numbers (authority, authorities; ICS, ICSs), at most one if the shorter word has four letters, two if it has
// more. Where a singular has fewer than four (ICBs, ICSs), none may differ. Words with a digit are near themselves alone.
func Near(a, b string) (edits int, ok bool) {
	x, y := spell(a), spell(b)
	return x.near(&y)
}

// A spelling is a word with what is known of it beforehand when it is compared with many.
type spelling struct {
	word, singular string
	letters        uint32 // the set of those in the singular
	edits          int    // allowed to another word that is not shorter; -1: not even another number
}

func spell(word string) spelling {
	s := spelling{word: word, singular: singular(word)}
	if len(s.singular) > 3 {
		s.edits = min(2, len(word)-3)
	}
	for i := range len(word) {
		if word[i] >= '0' && word[i] <= '9' {
			return spelling{word: word, singular: word, edits: -1}
		}
	}
	for i := range len(s.singular) {
		s.letters |= 1 << (s.singular[i] % 32)
	}
	return s
}

func (s *spelling) near(o *spelling) (edits int, ok bool) {
	limit := min(s.edits, o.edits)
	switch {
	case s.word == o.word:
		return 0, true
	case limit < 0:
		return 0, false
	case plainPlural(s.word, o.word), plainPlural(o.word, s.word):
		return 0, true
	}
	// Each edit takes at most one letter out of the set, and puts at most one in.
	if bits.OnesCount32(s.letters&^o.letters) > limit || bits.OnesCount32(o.letters&^s.letters) > limit {
		return 0, false
	}
	edits = EditDistance(s.singular, o.singular, limit)
	return edits, edits <= limit
}

// plainPlural says whether b is a with an s, also where a ends in one: ICSs are several of an ICS.
func plainPlural(a, b string) bool {
	return len(a) > 2 && len(b) == len(a)+1 && b[len(a)] == 's' && b[:len(a)] == a
}

// singular takes the ending of the English plural off a word of folded text; what looks like one and is none (us, ss) stays.
func singular(word string) string {
	end := func(s string) bool { return strings.HasSuffix(word, s) }
	switch {
	case len(word) > 4 && end("ies"):
		return word[:len(word)-3] + "y"
	case end("xes"), end("ches"), end("shes"), end("sses"):
		return word[:len(word)-2]
	case len(word) > 2 && end("s") && !end("ss") && !end("us"):
		return word[:len(word)-1]
	}
	return word
}

// A Vocabulary is a set of words that finds those near another one. The zero value is empty.
type Vocabulary struct{ spellings []spelling }

// Add adds a word of folded text that is not in the vocabulary yet.
func (v *Vocabulary) Add(word string) { v.spellings = append(v.spellings, spell(word)) }

// Near are the words that are [Near] this one.
func (v *Vocabulary) Near(word string) (near []string) {
	s := spell(word)
	for i := range v.spellings {
		if _, ok := s.near(&v.spellings[i]); ok {
			near = append(near, v.spellings[i].word)
		}
	}
	return near
}
