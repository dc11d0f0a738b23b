package sqlitestore

import "sync"

// cache keeps values that never change, mostly records by row. It holds two generations: when the young one is full it becomes the old one, and the
// old one is forgotten but for what was used meanwhile.
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
