package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// A Hit is an entity found by search.
type Hit struct {
	Entity *Entity
	Name   Name // the name that matched best
	Score  int  // see [RankCandidates]
}

// SearchResult is what a search found, best first.
type SearchResult struct {
	Hits      []Hit
	Truncated bool // there were more candidates than a search looks at, or more hits than were asked for
}

// maxCandidates is how many entities a search ranks.
const maxCandidates = 2000

// Search finds entities by any of their names: every word of the text is the beginning of a word of one name. Under a dated view it
// finds what possibly exists on the date. A text without a letter or digit finds nothing.
func Search(ctx context.Context, s Searcher, v View, text string, kinds []Kind, limit int) (SearchResult, error) {
	tokens := Tokens(text)
	if len(tokens) == 0 {
		return SearchResult{}, nil
	}
	found, truncated, err := s.Candidates(ctx, v, SearchQuery{Tokens: tokens, Kinds: kinds, Limit: maxCandidates})
	if err != nil {
		return SearchResult{}, err
	}
	hits := RankCandidates(found, tokens, v.Date)
	if len(hits) > limit {
		hits, truncated = hits[:limit], true
	}
	return SearchResult{hits, truncated}, nil
}

// The scores of a name, best kind of match first; words of the name beyond those asked for cost a point each, up to 99.
const (
	scoreExact   = 600 // the whole name
	scoreAcronym = 500 // the whole of an acronym
	scorePrefix  = 400 // the name begins so, with whole words
	scoreBegins  = 300 // the name begins so, within a word
	scoreWords   = 200 // every word is a word of the name
	scoreStarts  = 100 // every word begins a word of the name
	offDate      = 50  // taken off where the name was not in use on the date
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
		for _, n := range e.Names {
			if score, ok := scoreName(n, query, tokens, date); ok && score > hit.Score {
				hit.Name, hit.Score = n, score
			}
		}
		if hit.Score >= 0 {
			hits = append(hits, hit)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entity.ID, b.Entity.ID))
	})
	return hits
}

func scoreName(n Name, query string, tokens []string, date Date) (score int, ok bool) {
	name := Fold(n.Text)
	words := strings.Fields(name)
	switch {
	case name == query && n.Use == Acronym:
		score = scoreAcronym
	case name == query:
		score = scoreExact
	case strings.HasPrefix(name, query+" "):
		score = scorePrefix
	case strings.HasPrefix(name, query):
		score = scoreBegins
	default:
		whole := true
		for _, t := range tokens {
			if slices.Contains(words, t) {
				continue
			}
			whole = false
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) }) {
				return 0, false
			}
		}
		score = scoreStarts
		if whole {
			score = scoreWords
		}
	}
	score -= min(99, max(0, len(words)-len(tokens)))
	if !date.IsZero() && n.Bounds.Holds(date) == "" {
		score -= offDate
	}
	return max(0, score), true
}
