package neo4jstore

import (
	"context"
	"embed"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

//go:embed cypher/*.cypher
var texts embed.FS

// fixed is the text of a query in the directory cypher.
func fixed(name string) string {
	text, err := texts.ReadFile("cypher/" + name + ".cypher")
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(text)
}

// params are the parameters of a query.
type params = map[string]any

// read runs one statement in a read transaction of its own, and hands each record to a function once all are there. It is tried again
// where what failed may pass, such as a lost connection; each is then handed the records of one try alone.
func (s *Store) read(ctx context.Context, text string, p params, each func(*neo4j.Record) error) error {
	_, err := s.readNoting(ctx, text, p, each)
	return err
}

// readNoting also returns what a session notes of the state that it read.
func (s *Store) readNoting(ctx context.Context, text string, p params, each func(*neo4j.Record) error) (neo4j.Bookmarks, error) {
	var records []*neo4j.Record
	var noted neo4j.Bookmarks
	var err error
	start := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		if records, noted, err = s.readOnce(ctx, text, p); err == nil || !passes(err) || time.Since(start)+pause > s.options.ReadRetry {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if err := each(r); err != nil {
			return nil, err
		}
	}
	return noted, nil
}

func (s *Store) readOnce(ctx context.Context, text string, p params) (records []*neo4j.Record, noted neo4j.Bookmarks, err error) {
	if err := s.refused(); err != nil {
		return nil, nil, err
	}
	defer func() { s.heed(err) }()
	if s.onRead != nil {
		s.onRead(text, p)
	}
	session := s.session(ctx, neo4j.AccessModeRead)
	defer closeSession(ctx, session)
	result, err := session.Run(ctx, text, p, timeout(ctx, 0)...)
	if err != nil {
		return nil, nil, err
	}
	if records, err = result.Collect(ctx); err != nil {
		return nil, nil, err
	}
	return records, session.LastBookmarks(), nil
}

// afterRefusal is for how long a store does not try a password again that the server has refused. After three wrong ones, of whatever
// client, Neo4j refuses the user for five seconds from the last (dbms.security.auth_max_failed_attempts and auth_lock_time), so a store
// that went on asking would keep out those who have the right one.
const afterRefusal = 30 * time.Second

// refusal is that the server refused the password.
type refusal struct {
	err   error
	until time.Time
}

// refused is the last refusal, while it stands.
func (s *Store) refused() error {
	if r := s.refusal.Load(); r != nil && s.options.Now().Before(r.until) {
		return r.err
	}
	return nil
}

// heed notes an error if it is a refusal.
func (s *Store) heed(err error) {
	var answer *neo4j.Neo4jError
	if errors.As(err, &answer) && answer.Code == wrongPassword {
		s.refusal.Store(&refusal{err, s.options.Now().Add(afterRefusal)})
	}
}

func (s *Store) session(ctx context.Context, mode neo4j.AccessMode) neo4j.SessionWithContext {
	c := neo4j.SessionConfig{AccessMode: mode, DatabaseName: s.options.Database}
	if noted := s.bookmarks.Load(); noted != nil {
		c.Bookmarks = *noted
	}
	return s.driver.NewSession(ctx, c)
}

// closeSession gives a session's connection back. Its own error tells nothing new: what was to be read was read, or failed.
func closeSession(ctx context.Context, session neo4j.SessionWithContext) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = session.Close(ctx)
}

// timeout makes the server stop a transaction when the context ends, or after most if that is not 0 and sooner.
func timeout(ctx context.Context, most time.Duration) []func(*neo4j.TransactionConfig) {
	if deadline, ok := ctx.Deadline(); ok {
		if left := max(time.Until(deadline), time.Millisecond); most == 0 || left < most {
			most = left
		}
	}
	if most == 0 {
		return nil
	}
	return []func(*neo4j.TransactionConfig){neo4j.WithTxTimeout(most)}
}

// longestChange is after how long the server ends a transaction that writes, and with it the lock of a process that hangs.
const longestChange = 10 * time.Minute

// change runs f in a write transaction, and again where what failed may pass: f has no effect but through the transaction, and returns
// the driver's errors as they are. A commit may come through and yet seem to fail, so what f does may be done twice. The driver would
// do the like, but waits twice as long each time, up to half a minute.
func (s *Store) change(ctx context.Context, f func(context.Context, *change) error) error {
	start := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		err := s.changeOnce(ctx, f)
		if err == nil || !passes(err) || time.Since(start)+pause > s.options.WriteRetry {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause)): // writers that were in each other's way come back one after the other
		}
	}
}

func (s *Store) changeOnce(ctx context.Context, f func(context.Context, *change) error) (err error) {
	if err := s.refused(); err != nil {
		return err
	}
	defer func() { s.heed(err) }()
	session := s.session(ctx, neo4j.AccessModeWrite)
	defer closeSession(ctx, session) // rolls back what is not committed
	tx, err := session.BeginTransaction(ctx, timeout(ctx, longestChange)...)
	if err != nil {
		return err
	}
	if err := f(ctx, &change{tx}); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	s.note(session.LastBookmarks())
	return nil
}

// note keeps what a session noted of the state that it read or made.
func (s *Store) note(b neo4j.Bookmarks) {
	if len(b) > 0 {
		s.bookmarks.Store(&b)
	}
}

// change is a write transaction.
type change struct{ tx neo4j.ExplicitTransaction }

// run runs a statement and returns its records.
func (c *change) run(ctx context.Context, text string, p params) ([]*neo4j.Record, error) {
	result, err := c.tx.Run(ctx, text, p)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}

// errShape is that a query of this package did not return what it says: a mistake in the package.
var errShape = errors.New("a query returned something of another shape")
