package cache

import "testing"

func TestGenerations(t *testing.T) {
	const size = 10
	c := New[int64, int64](size)
	for row := int64(1); row <= 1000; row++ {
		c.Put(row, -row)
		if value, ok := c.Get(1); !ok || value != -1 { // used all the time, so never forgotten
			t.Fatalf("after %d rows: row 1 is %d, %t", row, value, ok)
		}
		if n := len(c.young) + len(c.old); n > 2*size {
			t.Fatalf("after %d rows: %d are kept, want at most %d", row, n, 2*size)
		}
	}
	if value, ok := c.Get(1000); !ok || value != -1000 {
		t.Errorf("the newest row is %d, %t", value, ok)
	}
	if value, ok := c.Get(2); ok {
		t.Errorf("a row unused for long is still kept: %d", value)
	}
}
