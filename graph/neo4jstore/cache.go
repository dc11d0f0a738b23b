package neo4jstore

import (
	"encoding/json"
	"sync"
)

// versionKey names a published version, which never changes.
type versionKey struct {
	id      string
	addedIn int64
}

// cache keeps what is decoded from the documents of versions. It holds two generations: when the young one is full it becomes the old one,
// and the old one is forgotten but for what was used meanwhile.
type cache[T any] struct {
	mu         sync.Mutex
	size       int // of a generation
	young, old map[versionKey]*T
}

func newCache[T any](size int) *cache[T] {
	return &cache[T]{size: size, young: make(map[versionKey]*T)}
}

// decoded is what a document holds, decoded once.
func (c *cache[T]) decoded(key versionKey, document string) (*T, error) {
	if value := c.get(key); value != nil {
		return value, nil
	}
	value := new(T)
	if err := json.Unmarshal([]byte(document), value); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(key, value)
	return value, nil
}

func (c *cache[T]) get(key versionKey) *T {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.young[key]; ok {
		return value
	}
	value, ok := c.old[key]
	if ok {
		c.add(key, value)
	}
	return value
}

func (c *cache[T]) add(key versionKey, value *T) {
	if len(c.young) >= c.size {
		c.young, c.old = make(map[versionKey]*T, c.size), c.young
	}
	c.young[key] = value
}

// decodedRow is the record of a row [id, addedIn, document, …]; nil of no row.
func decodedRow[T any](c *cache[T], row any) (*T, error) {
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
	return c.decoded(versionKey{id, addedIn}, document)
}

// decodedRows is the records of rows.
func decodedRows[T any](c *cache[T], rows []any) ([]*T, error) {
	out := make([]*T, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = decodedRow(c, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}
