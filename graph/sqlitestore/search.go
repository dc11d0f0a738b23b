package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/policygraph/policygraph/graph"
)

// Names are found by groups of letters: of each name the groups of three, with an underscore before and behind each word, and each
// first letter with its underscore. "ox act" has _ox ox_ x_a _ac act ct_ _o _a. A beginning of a word, a whole word and a part of a name
// of three letters or more all are groups that have to be there together; whether they stand beside each other is checked on the name
// itself. An FTS5 table keeps, for each group, the sorted keys of its names, so several groups are intersected without reading all of
// any; its own prefix queries read and sort all of a prefix first.

// grams are the groups of letters of a padded text. The first letters of words are wanted of a whole name only.
func grams(padded string, initials bool) (out []string) {
	letters := []rune(padded)
	for i := range letters {
		if initials && letters[i] == '_' && i+2 <= len(letters) {
			out = append(out, string(letters[i:i+2]))
		}
		if i+3 <= len(letters) {
			out = append(out, string(letters[i:i+3]))
		}
	}
	return out
}

// indexed is what name_gram holds of a name.
func indexed(folded, kind string) string {
	padded := "_" + strings.ReplaceAll(folded, " ", "_") + "_"
	return strings.Join(append(grams(padded, true), ":"+kind), " ")
}

// beginning, whole and kindOf are expressions of FTS5 that find names. Groups have neither quotes nor spaces.
func beginning(token string) string {
	return all(grams("_"+token, len([]rune(token)) == 1))
}

func whole(word string) string { return all(grams("_"+word+"_", false)) }

func all(groups []string) string {
	groups = slices.Clone(groups)
	slices.Sort(groups)
	return `("` + strings.Join(slices.Compact(groups), `" AND "`) + `")`
}

func anyKind(kinds []graph.Kind) string {
	var quoted []string
	for _, k := range kinds {
		quoted = append(quoted, `":`+string(k)+`"`)
	}
	return "(" + strings.Join(quoted, " OR ") + ")"
}

var candidateRows = fmt.Sprintf(`
	SELECT n.entity, n.folded
	FROM name_gram CROSS JOIN name n ON n.key = name_gram.rowid CROSS JOIN entity e ON e.row = n.entity AND `+inForce+`
	WHERE name_gram MATCH ?2 AND name_gram.rowid BETWEEN ?3 AND ?4
	ORDER BY name_gram.rowid`, "e", 1)

// Candidates implements [graph.Searcher].
func (s *Store) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) ([]*graph.Entity, bool, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, false, err
	}
	defer s.leave()
	if err := q.Check(); err != nil {
		return nil, false, err
	}
	rows, err := s.candidates(ctx, v, q)
	if err != nil {
		return nil, false, wrap(ctx, "search names", err)
	}
	truncated := len(rows) > q.Limit
	entities, err := s.entities(ctx, rows[:min(len(rows), q.Limit)])
	return entities, truncated, wrap(ctx, "search names", err)
}

// errEnough ends a read before its last row.
var errEnough = errors.New("enough")

// candidates are rows of entities, one more than the limit if there are.
func (s *Store) candidates(ctx context.Context, v graph.View, q graph.SearchQuery) (found []int64, err error) {
	match, err := s.expression(ctx, q)
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]bool)
	for _, keys := range [][2]int64{{q.FirstKey(), math.MaxInt64}, {0, q.FirstKey() - 1}} {
		err := s.query(ctx, candidateRows, func(rows *sql.Rows) error {
			var row int64
			var folded string
			if err := rows.Scan(&row, &folded); err != nil {
				return err
			}
			if seen[row] || !q.Meets(folded) {
				return nil
			}
			seen[row] = true
			if found = append(found, row); len(found) > q.Limit {
				return errEnough
			}
			return nil
		}, v.Revision, match, keys[0], keys[1])
		if errors.Is(err, errEnough) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// expression finds the names that may meet a query.
func (s *Store) expression(ctx context.Context, q graph.SearchQuery) (string, error) {
	var each []string
	for _, token := range q.Tokens {
		each = append(each, beginning(token))
	}
	if q.Near {
		words, err := s.words(ctx)
		if err != nil {
			return "", err
		}
		for i, token := range q.Tokens {
			ways := []string{each[i]}
			for _, word := range words.Near(token) {
				if !strings.HasPrefix(word, token) {
					ways = append(ways, whole(word))
				}
			}
			each[i] = "(" + strings.Join(ways, " OR ") + ")"
		}
	}
	if len(q.Kinds) > 0 {
		each = append(each, anyKind(q.Kinds))
	}
	return strings.Join(each, " AND "), nil
}

// vocabulary is the words of the database as far as they were read.
type vocabulary struct {
	mu    sync.Mutex
	words graph.Vocabulary
	last  int64 // row
}

const newWords = `SELECT w.row, w.word FROM word w WHERE w.row > ?1 ORDER BY w.row`

// words are all words of names. Those of other revisions find nothing.
func (s *Store) words(ctx context.Context) (graph.Vocabulary, error) {
	v := &s.vocabulary
	v.mu.Lock()
	defer v.mu.Unlock()
	err := s.query(ctx, newWords, func(rows *sql.Rows) error {
		var word string
		if err := rows.Scan(&v.last, &word); err != nil {
			return err
		}
		v.words.Add(word)
		return nil
	}, v.last)
	return v.words, err // what is added later is beyond what the copy sees
}

// fewNames is how many names a list starts from, at most: a page of those that more have is soon found in the list's own order.
var fewNames = 1000 // tests lower it

// fewNamed are rows of entities, among them all that pass a filter, if it asks for letters that few names have; else nil.
func (s *Store) fewNamed(ctx context.Context, v graph.View, f *graph.EntityFilter) ([]int64, error) {
	groups := lettersOf(f)
	if len(groups) == 0 {
		return nil, nil
	}
	found := []int64{}
	err := s.query(ctx, candidateRows, func(rows *sql.Rows) error {
		var row int64
		var folded string
		if err := rows.Scan(&row, &folded); err != nil {
			return err
		}
		if found = append(found, row); len(found) > fewNames {
			return errEnough
		}
		return nil
	}, v.Revision, all(groups), int64(0), int64(math.MaxInt64))
	if errors.Is(err, errEnough) {
		return nil, nil
	}
	return found, err
}

// lettersOf are groups of letters that one name has of each entity which passes a filter.
func lettersOf(f *graph.EntityFilter) (groups []string) {
	if f.Name != nil {
		padded := func(before, text, after string) string {
			return before + strings.ReplaceAll(graph.Fold(text), " ", "_") + after
		}
		for _, is := range []struct{ text, padded string }{
			{f.Name.Eq, padded("_", f.Name.Eq, "_")}, {f.Name.StartsWith, padded("_", f.Name.StartsWith, "")}, {f.Name.Contains, padded("", f.Name.Contains, "")},
		} {
			if is.text != "" {
				groups = append(groups, grams(is.padded, false)...)
			}
		}
	}
	for i := 0; groups == nil && i < len(f.And); i++ {
		groups = lettersOf(&f.And[i])
	}
	return groups
}

// nameKey is [graph.NameKey]; tests make it collide.
var nameKey = graph.NameKey

// namesOf are the names of each key that a load brings, with whether an earlier one has brought them.
const namesOf = `
	SELECT n.key, n.folded, e.kind, min(e.added_in) < ?1
	FROM (SELECT DISTINCT n.key FROM entity e CROSS JOIN name n ON n.entity = e.row WHERE e.added_in + 0 = ?1) keys
	CROSS JOIN name n ON n.key = keys.key CROSS JOIN entity e ON e.row = n.entity
	WHERE e.added_in <= ?1
	GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

// indexNames indexes the names that a load brings as it is published. They come in the order of keys, in which FTS5 keeps them together;
// out of order it would write each for itself. Should different names have one key, they are indexed as one, and told apart when found.
func indexNames(ctx context.Context, c *change, number int64) error {
	var key int64
	var known, fresh []string // what is indexed of the key, and what is not
	flush := func() error {
		if len(fresh) == 0 {
			return nil
		}
		if len(known) > 0 {
			if _, err := c.exec(ctx, `INSERT INTO name_gram (name_gram, rowid, grams) VALUES ('delete', ?, ?)`, key, strings.Join(known, " ")); err != nil {
				return err
			}
		}
		_, err := c.exec(ctx, `INSERT INTO name_gram (rowid, grams) VALUES (?, ?)`, key, strings.Join(append(known, fresh...), " "))
		return err
	}
	words := make(map[string]bool)
	if err := c.query(ctx, namesOf, func(rows *sql.Rows) error {
		var next int64
		var folded, kind string
		var before bool
		if err := rows.Scan(&next, &folded, &kind, &before); err != nil {
			return err
		}
		if next != key {
			if err := flush(); err != nil {
				return err
			}
			key, known, fresh = next, nil, nil
		}
		if before {
			known = append(known, indexed(folded, kind))
			return nil
		}
		fresh = append(fresh, indexed(folded, kind))
		for word := range strings.FieldsSeq(folded) {
			if !words[word] {
				words[word] = true
				if _, err := c.exec(ctx, `INSERT INTO word (word) VALUES (?) ON CONFLICT DO NOTHING`, word); err != nil {
					return err
				}
			}
		}
		return nil
	}, number); err != nil {
		return err
	}
	return flush()
}

// indexAllNames makes the keys of all names and indexes those of published revisions.
func indexAllNames(ctx context.Context, c *change) error {
	type name struct {
		entity, ordinal int64
		id, folded      string
	}
	names := []name{{entity: -1}}
	for len(names) > 0 {
		after := names[len(names)-1]
		names = names[:0]
		if err := c.query(ctx, `
			SELECT n.entity, n.ordinal, e.id, n.folded FROM name n CROSS JOIN entity e ON e.row = n.entity
			WHERE (n.entity, n.ordinal) > (?, ?) ORDER BY n.entity, n.ordinal LIMIT 5000`, func(rows *sql.Rows) error {
			var n name
			err := rows.Scan(&n.entity, &n.ordinal, &n.id, &n.folded)
			names = append(names, n)
			return err
		}, after.entity, after.ordinal); err != nil {
			return err
		}
		for _, n := range names {
			if _, err := c.exec(ctx, `UPDATE name SET key = ? WHERE entity = ? AND ordinal = ?`, nameKey(n.id, n.folded), n.entity, n.ordinal); err != nil {
				return err
			}
		}
	}
	var revisions []int64
	if err := c.query(ctx, `SELECT number FROM revision ORDER BY number`, func(rows *sql.Rows) error {
		var number int64
		err := rows.Scan(&number)
		revisions = append(revisions, number)
		return err
	}); err != nil {
		return err
	}
	for _, number := range revisions {
		if err := indexNames(ctx, c, number); err != nil {
			return err
		}
	}
	return nil
}
