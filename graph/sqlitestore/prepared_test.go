package sqlitestore

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
)

// TestPreparedIsBounded reads with many different texts at once, some of them again and again: each is answered, and few are kept.
func TestPreparedIsBounded(t *testing.T) {
	s := opened(t)
	s.prepared.size = 8
	var readers sync.WaitGroup
	for reader := range 4 {
		readers.Go(func() {
			for i := range 200 {
				n := i
				if i%2 == 0 {
					n = i % 5
				}
				n += 1000 * (reader % 2)
				err := s.query(t.Context(), fmt.Sprintf(`SELECT %d`, n), func(rows *sql.Rows) error {
					var got int
					err := rows.Scan(&got)
					if got != n {
						t.Errorf("got %d for %d", got, n)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	readers.Wait()
	p := s.prepared
	if len(p.young) == 0 || len(p.young) > p.size || len(p.old) > p.size {
		t.Errorf("%d and %d texts are kept, of at most %d", len(p.young), len(p.old), p.size)
	}
	for _, generation := range []map[string]*preparedText{p.young, p.old} {
		for text, kept := range generation {
			if kept.users != 0 || kept.forgotten {
				t.Errorf("%s: %+v", text, kept)
			}
		}
	}
}
