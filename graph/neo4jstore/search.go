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
		"documents": int64(firstDocuments),
	}, 1)
	if err != nil {
		return nil, err
	}
	return s.entitiesAt(ctx, found[0])
}

// firstDocuments is how many candidates come with their documents, so that a search that finds few of them is one statement. Of more, those
// that are not kept are read by another: the documents of two thousand are most of what a search would take.
const firstDocuments = 50

// entitiesAt are the entities of rows [id, addedIn, document], of which a document may be null.
func (s *Store) entitiesAt(ctx context.Context, rows []any) ([]*graph.Entity, error) {
	out := make([]*graph.Entity, len(rows))
	at := make(map[versionKey]int) // places of those without
	var keys []any
	for i, row := range rows {
		fields, ok := row.([]any)
		if !ok || len(fields) != 3 {
			return nil, errShape
		}
		if fields[2] == nil {
			id, _ := fields[0].(string)
			addedIn, _ := fields[1].(int64)
			key := versionKey{id, addedIn}
			if out[i], ok = s.entityCache.Get(key); !ok {
				at[key] = i
				keys = append(keys, params{"id": id, "addedIn": addedIn})
			}
			continue
		}
		var err error
		if out[i], err = decodedRow(s.entityCache, row); err != nil {
			return nil, err
		}
	}
	if keys == nil {
		return out, nil
	}
	found, err := s.lists(ctx, fixed("entity_versions"), params{"keys": keys}, 1)
	if err != nil {
		return nil, err
	}
	if len(found[0]) != len(keys) {
		return nil, errShape
	}
	for _, row := range found[0] {
		e, err := decodedRow(s.entityCache, row)
		if err != nil {
			return nil, err
		}
		fields := row.([]any) // decodedRow has seen to it
		i, ok := at[versionKey{fields[0].(string), fields[1].(int64)}]
		if !ok {
			return nil, errShape
		}
		out[i] = e
	}
	return out, nil
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
