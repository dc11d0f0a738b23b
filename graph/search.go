package graph

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"strings"
)

// A Hit is an entity found by search.
type Hit struct {
	Entity *Entity
	Name   Name  // the name that matched best
	Match  Match // how it matched
	Score  int   // see [RankCandidates]
}

// Match is how a name answers a search.
type Match string

// The ways in which a name answers a search, best first.
const (
	ExactMatch   Match = "EXACT"   // the whole name
	AcronymMatch Match = "ACRONYM" // the whole of an acronym
	PrefixMatch  Match = "PREFIX"  // the name begins so
	WordsMatch   Match = "WORDS"   // every word begins a word of the name
	SimilarMatch Match = "SIMILAR" // every word begins a word of the name or is near one
)

// Matches are all ways of matching, best first.
var Matches = []Match{ExactMatch, AcronymMatch, PrefixMatch, WordsMatch, SimilarMatch}

// SearchResult is what a search found, best first.
type SearchResult struct {
	Hits      []Hit
	Truncated bool // there were more candidates than a search looks at, or more hits than were asked for
}

const (
	maxCandidates = 2000 // how many entities a search ranks of those that one question finds
	fewHits       = 20   // with fewer, a search looks for what is similar
)

// Search finds entities by any of their names: every word of the text is the beginning of a word of one name. If it finds few of them,
// and none by the whole of a name, it finds those too of which a word is near one of the text. Under a dated view it finds what
// possibly exists on the date. A text without a letter or digit finds nothing. It takes at most two calls of the store.
func Search(ctx context.Context, s Searcher, v View, text string, kinds []Kind, limit int) (SearchResult, error) {
	tokens := Tokens(text)
	if len(tokens) == 0 {
		return SearchResult{}, nil
	}
	q := SearchQuery{Tokens: tokens, Kinds: kinds, Limit: maxCandidates}
	found, truncated, err := s.Candidates(ctx, v, q)
	if err != nil {
		return SearchResult{}, err
	}
	hits := RankCandidates(found, tokens, v.Date)
	if len(hits) < fewHits && (len(hits) == 0 || hits[0].Match != ExactMatch && hits[0].Match != AcronymMatch) {
		q.Near = true
		near, more, err := s.Candidates(ctx, v, q)
		if err != nil {
			return SearchResult{}, err
		}
		truncated = truncated || more
		known := make(map[string]bool, len(found))
		for _, e := range found {
			known[e.ID] = true
		}
		near = slices.DeleteFunc(slices.Clone(near), func(e *Entity) bool { return known[e.ID] })
		hits = RankCandidates(slices.Concat(found, near), tokens, v.Date)
	}
	if len(hits) > limit {
		hits, truncated = hits[:limit], true
	}
	return SearchResult{hits, truncated}, nil
}

// Meets says whether a folded name answers the query: every token is the beginning of a word of it or, if the query is Near, is [Near]
// one.
func (q SearchQuery) Meets(folded string) bool {
	words := strings.Fields(folded)
	if q.Near {
		_, ok := similar(words, q.Tokens)
		return ok
	}
	return !slices.ContainsFunc(q.Tokens, func(token string) bool { return !begins(token, words) })
}

func begins(token string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, token) })
}

// similar is in how many letters all tokens together differ from the words that they begin or are nearest to.
func similar(words, tokens []string) (edits int, ok bool) {
	for _, token := range tokens {
		if begins(token, words) {
			continue
		}
		least, s := -1, spell(token)
		for _, word := range words {
			o := spell(word)
			if n, ok := s.near(&o); ok && (least < 0 || n < least) {
				least = n
			}
		}
		if least < 0 {
			return 0, false
		}
		edits += least
	}
	return edits, true
}

// NameKey puts the names of a graph in the order in which a search looks at them: by the length of the folded name in bytes, the
// shortest first, and of one length by a hash of the entity's id and the name. It is not negative.
func NameKey(id, folded string) int64 {
	h := fnv.New64a()
	for _, part := range []string{id, "\x00", folded} {
		_, _ = h.Write([]byte(part)) // never an error
	}
	return FirstNameKey(len(folded)) | int64(h.Sum64()>>(64-hashBits))
}

// FirstNameKey is the least key that a name of so many bytes may have. Names of 4,095 bytes and more are taken for equally long.
func FirstNameKey(length int) int64 { return int64(min(length, 1<<(63-hashBits)-1)) << hashBits }

const hashBits = 51

// FirstKey is the key from which the names are looked at. Names with lower ones are looked at last: they are shorter than the text, so
// one of their words answers two of its words, and they would push out the name that is the text.
func (q SearchQuery) FirstKey() int64 {
	if q.Near {
		return 0
	}
	return FirstNameKey(len(strings.Join(q.Tokens, " ")))
}

// The scores of a name. Within a way of matching a point is taken off for each word of the name beyond those asked for, and more where
// the name was not in use on the date; never so many that the next way would be reached.
const (
	scoreExact   = 700 // the whole name
	scoreAcronym = 600 // the whole of an acronym
	scorePrefix  = 500 // the name begins so, with whole words
	scoreBegins  = 400 // the name begins so, within a word
	scoreWords   = 300 // every word is a word of the name
	scoreStarts  = 200 // every word begins a word of the name
	scoreSimilar = 100 // every word does or is near one
	offDate      = 50  // taken off where the name was not in use on the date
	offEdit      = 10  // for each letter that differs, up to four
)

// RankCandidates scores entities by their best name and puts them in order: score, highest first, then id. Entities that surely do
// not exist on the date, and those without a name that matches, are left out. The score is a whole number made from folded text
// alone, so that it is the same for every store.
func RankCandidates(found []*Entity, tokens []string, date Date) []Hit {
	query := strings.Join(tokens, " ")
	hits := make([]Hit, 0, len(found))
	for _, e := range found {
		if !date.IsZero() && e.Life.Holds(date) == "" {
			continue
		}
		hit := Hit{Entity: e, Score: -1}
		for _, near := range []bool{false, true} { // what is similar comes after all else
			for _, n := range e.Names {
				match, score := scoreName(n, query, tokens, near)
				if !date.IsZero() && n.Bounds.Holds(date) == "" {
					score -= offDate
				}
				if match != "" && score > hit.Score {
					hit.Name, hit.Match, hit.Score = n, match, score
				}
			}
			if hit.Match != "" {
				hits = append(hits, hit)
				break
			}
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entity.ID, b.Entity.ID))
	})
	return hits
}

// scoreName is how a name answers a query, whatever its date; "" if it does not.
func scoreName(n Name, query string, tokens []string, near bool) (match Match, score int) {
	name := Fold(n.Text)
	words := strings.Fields(name)
	beyond := max(0, len(words)-len(tokens))
	switch {
	case near:
		edits, ok := similar(words, tokens)
		if !ok {
			return "", 0
		}
		return SimilarMatch, scoreSimilar - offEdit*min(4, edits) - min(9, beyond)
	case name == query && n.Use == Acronym:
		return AcronymMatch, scoreAcronym
	case name == query:
		return ExactMatch, scoreExact
	case strings.HasPrefix(name, query+" "):
		match, score = PrefixMatch, scorePrefix
	case strings.HasPrefix(name, query):
		match, score = PrefixMatch, scoreBegins
	default:
		match, score = WordsMatch, scoreWords
		for _, t := range tokens {
			if slices.Contains(words, t) {
				continue
			}
			if !begins(t, words) {
				return "", 0
			}
			score = scoreStarts
		}
	}
	return match, score - min(49, beyond)
}
