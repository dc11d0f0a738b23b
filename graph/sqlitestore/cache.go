package sqlitestore

import "sync"

// cache keeps values that never change, by row. It holds two generations: when the young one is full it becomes the old one, and the
// old one is forgotten but for what was used meanwhile.
type cache[T any] struct {
	mu         sync.Mutex
	size       int // of a generation; nothing is kept below 1
	young, old map[int64]T
}

func newCache[T any](size int) *cache[T] {
	return &cache[T]{size: size, young: make(map[int64]T)}
}

func (c *cache[T]) get(row int64) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok = c.young[row]; ok {
		return value, true
	}
	if value, ok = c.old[row]; ok {
		c.add(row, value)
	}
	return value, ok
}

func (c *cache[T]) put(row int64, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(row, value)
}

func (c *cache[T]) add(row int64, value T) {
	if c.size < 1 {
		return
	}
	if len(c.young) >= c.size {
		c.young, c.old = make(map[int64]T, c.size), c.young
	}
	c.young[row] = value
}
