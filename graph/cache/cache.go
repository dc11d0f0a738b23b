// Package cache keeps what never changes: decoded versions of records, and what ids name at a revision. It is for stores.
package cache

import "sync"

// Of keeps values by keys, of which the least used are forgotten. It holds two generations: when the young one is full it becomes the
// old one, and the old one is forgotten but for what was used meanwhile. It is safe for concurrent use.
type Of[K comparable, T any] struct {
	mu         sync.Mutex
	size       int // of a generation
	young, old map[K]T
}

// New is an empty cache of generations of this size; below 1 it keeps nothing.
func New[K comparable, T any](size int) *Of[K, T] {
	return &Of[K, T]{size: size, young: make(map[K]T)}
}

// Get is what is kept under a key.
func (c *Of[K, T]) Get(key K) (value T, ok bool) {
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

// Put keeps a value.
func (c *Of[K, T]) Put(key K, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(key, value)
}

func (c *Of[K, T]) add(key K, value T) {
	if c.size < 1 {
		return
	}
	if len(c.young) >= c.size {
		c.young, c.old = make(map[K]T, c.size), c.young
	}
	c.young[key] = value
}
