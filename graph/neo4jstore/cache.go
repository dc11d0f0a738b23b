package neo4jstore

import (
	"encoding/json"
	"strings"
	"sync"
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

// cache keeps what never changes: what is decoded from the documents of versions, and what ids name at a revision. It holds two
// generations: when the young one is full it becomes the old one, and the old one is forgotten but for what was used meanwhile.
type cache[K comparable, T any] struct {
	mu         sync.Mutex
	size       int // of a generation; nothing is kept below 1
	young, old map[K]T
}

func newCache[K comparable, T any](size int) *cache[K, T] {
	return &cache[K, T]{size: size, young: make(map[K]T)}
}

func (c *cache[K, T]) get(key K) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok = c.young[key]; ok {
		return value, true
	}
	if value, ok = c.old[key]; ok {
		c.add(key, value)
	}
	return value, ok
}

func (c *cache[K, T]) put(key K, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(key, value)
}

func (c *cache[K, T]) add(key K, value T) {
	if c.size < 1 {
		return
	}
	if len(c.young) >= c.size {
		c.young, c.old = make(map[K]T, c.size), c.young
	}
	c.young[key] = value
}

// known is what ids name at a revision, from the cache or, of those that it has not, by one read of each once.
func known[T any](c *cache[asked, T], revision int64, ids []string, read func(missing []string) (map[string]T, error)) ([]T, error) {
	out := make([]T, len(ids))
	var missing []string
	var at []int // their places
	for i, id := range ids {
		value, ok := c.get(asked{revision, id})
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
		c.put(asked{revision, strings.Clone(id)}, found[id]) // the caller's id may be a part of a long text
	}
	return out, nil
}

// decoded is what a document holds, decoded once.
func decoded[T any](c *cache[versionKey, *T], key versionKey, document string) (*T, error) {
	if value, ok := c.get(key); ok {
		return value, nil
	}
	value := new(T)
	if err := json.Unmarshal([]byte(document), value); err != nil {
		return nil, err
	}
	c.put(key, value)
	return value, nil
}

// decodedRow is the record of a row [id, addedIn, document, …]; nil of no row.
func decodedRow[T any](c *cache[versionKey, *T], row any) (*T, error) {
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
func decodedRows[T any](c *cache[versionKey, *T], rows []any) ([]*T, error) {
	out := make([]*T, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = decodedRow(c, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}
