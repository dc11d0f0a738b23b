package neo4jstore

import (
	"encoding/json"
	"strings"

	"github.com/policygraph/policygraph/graph/cache"
)

// versionKey names a published version, which never changes.
type versionKey struct {
	id      string
	addedIn int64
}

// asked is an id at a published revision, at which what it names stays the same.
type asked struct {
	revision int64
	id       string
}

// known is what ids name at a revision, from the cache or, of those that it has not, by one read of each once.
func known[T any](c *cache.Of[asked, T], revision int64, ids []string, read func(missing []string) (map[string]T, error)) ([]T, error) {
	out := make([]T, len(ids))
	var missing []string
	var at []int // their places
	for i, id := range ids {
		value, ok := c.Get(asked{revision, id})
		if !ok {
			missing, at = append(missing, id), append(at, i)
		}
		out[i] = value
	}
	if len(missing) == 0 {
		return out, nil
	}
	found, err := read(distinct(missing))
	if err != nil {
		return nil, err
	}
	for i, id := range missing {
		out[at[i]] = found[id]
		c.Put(asked{revision, strings.Clone(id)}, found[id]) // the caller's id may be a part of a long text
	}
	return out, nil
}

// decoded is what a document holds, decoded once.
func decoded[T any](c *cache.Of[versionKey, *T], key versionKey, document string) (*T, error) {
	if value, ok := c.Get(key); ok {
		return value, nil
	}
	value := new(T)
	if err := json.Unmarshal([]byte(document), value); err != nil {
		return nil, err
	}
	c.Put(key, value)
	return value, nil
}

// decodedRow is the record of a row [id, addedIn, document, …]; nil of no row.
func decodedRow[T any](c *cache.Of[versionKey, *T], row any) (*T, error) {
	if row == nil {
		return nil, nil
	}
	fields, ok := row.([]any)
	if !ok || len(fields) < 3 {
		return nil, errShape
	}
	id, ok0 := fields[0].(string)
	addedIn, ok1 := fields[1].(int64)
	document, ok2 := fields[2].(string)
	if !ok0 || !ok1 || !ok2 {
		return nil, errShape
	}
	return decoded(c, versionKey{id, addedIn}, document)
}

// decodedRows is the records of rows.
func decodedRows[T any](c *cache.Of[versionKey, *T], rows []any) ([]*T, error) {
	out := make([]*T, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = decodedRow(c, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}
