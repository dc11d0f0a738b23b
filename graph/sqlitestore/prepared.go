package sqlitestore

import (
	"context"
	"database/sql"
	"sync"
)

// prepared keeps the statements of texts that were read with lately. Texts are made from filters, so there is no end of them: like
// [cache], it holds two generations.
type prepared struct {
	db         *sql.DB
	mu         sync.Mutex
	size       int // of a generation
	young, old map[string]*preparedText
}

type preparedText struct {
	*sql.Stmt
	users     int // calls under way
	forgotten bool
}

func newPrepared(db *sql.DB, size int) *prepared {
	return &prepared{db: db, size: size, young: make(map[string]*preparedText)}
}

// take is the statement of a text, until give.
func (p *prepared) take(ctx context.Context, text string) (*preparedText, error) {
	if found := p.find(text, nil); found != nil {
		return found, nil
	}
	stmt, err := p.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return p.find(text, stmt), nil
}

// find is what is kept of a text. A statement that is made anew is kept, unless another call was faster.
func (p *prepared) find(text string, made *sql.Stmt) *preparedText {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.young[text]
	if found == nil {
		if found = p.old[text]; found == nil {
			if made == nil {
				return nil
			}
			found, made = &preparedText{Stmt: made}, nil
		}
		delete(p.old, text)
		if len(p.young) >= p.size {
			for _, t := range p.old {
				t.forgotten = true
				t.closeUnused()
			}
			p.young, p.old = make(map[string]*preparedText), p.young
		}
		p.young[text] = found
	}
	if made != nil {
		_ = made.Close()
	}
	found.users++
	return found
}

func (p *prepared) give(t *preparedText) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.users--
	t.closeUnused()
}

// closeUnused closes a statement that nothing will use any more. Its error tells nothing: what it read is read.
func (t *preparedText) closeUnused() {
	if t.forgotten && t.users == 0 {
		_ = t.Close()
	}
}
