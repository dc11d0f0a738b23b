package neo4jstore

import (
	"context"
	"strings"
	"sync"
	"unicode"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// Candidates implements [graph.Searcher].
func (s *Store) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, false, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return nil, false, err
	}
	found, err := s.candidates(ctx, v, q)
	if err != nil {
		return nil, false, wrap(ctx, "search names", err)
	}
	truncated := len(found) > q.Limit
	return found[:min(len(found), q.Limit)], truncated, nil
}

// candidates are one more than the limit if there are.
func (s *Store) candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, error) {
	var words graph.Vocabulary
	if q.Near {
		var err error
		if words, err = s.words(ctx, v.Revision); err != nil {
			return nil, err
		}
	}
	tokens := make([][]string, len(q.Tokens))
	for i, token := range q.Tokens {
		tokens[i] = []string{" " + token}
		for _, word := range words.Near(token) {
			if !strings.HasPrefix(word, token) {
				tokens[i] = append(tokens[i], " "+word+" ")
			}
		}
	}
	kinds := make([]string, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = string(k)
	}
	found, err := s.lists(ctx, fixed("candidates"), params{
		"lucene": lucene(tokens), "tokens": tokens, "kinds": kinds, "revision": v.Revision, "first": q.FirstKey(), "limit": int64(q.Limit) + 1,
	}, 1)
	if err != nil {
		return nil, err
	}
	return decodedRows(s.entityCache, found[0])
}

// longestTerm is how many letters the index keeps as one word: of a longer one it keeps parts.
const longestTerm = 255

// lucene is a query that finds at least what the tokens do. Each is a list of ways to meet it: a word's beginning behind a space, or a word
// between spaces.
func lucene(tokens [][]string) string {
	var b strings.Builder
	for _, ways := range tokens {
		b.WriteString("+(")
		for _, way := range ways {
			word := []rune(strings.TrimSpace(way))
			for _, r := range word[:min(len(word), longestTerm)] {
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) { // which no folded word has, and an operator is
					b.WriteByte('\\')
				}
				b.WriteRune(r)
			}
			if !strings.HasSuffix(way, " ") || len(word) > longestTerm {
				b.WriteByte('*')
			}
			b.WriteByte(' ')
		}
		b.WriteString(") ")
	}
	return b.String()
}

// vocabulary is the words of the database as far as they were read.
type vocabulary struct {
	mu    sync.Mutex
	words graph.Vocabulary
	upTo  int64 // the revision
}

// words are all words of names at a revision, and some of later ones, which find nothing.
func (s *Store) words(ctx context.Context, revision int64) (graph.Vocabulary, error) {
	v := &s.vocabulary
	v.mu.Lock()
	defer v.mu.Unlock()
	if revision <= v.upTo {
		return v.words, nil
	}
	err := s.read(ctx, fixed("words"), params{"after": v.upTo, "upTo": revision}, func(r *neo4j.Record) error {
		found, ok := r.Values[0].([]any)
		if !ok {
			return errShape
		}
		for _, value := range found {
			word, ok := value.(string)
			if !ok {
				return errShape
			}
			v.words.Add(word)
		}
		v.upTo = revision
		return nil
	})
	return v.words, err // what is added later is beyond what the copy sees
}
