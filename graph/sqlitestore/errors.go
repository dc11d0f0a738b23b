package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/policygraph/policygraph/graph"
)

// A fault is a sentence for the caller, of one of graph's kinds. What SQLite said is in its chain and not in its text.
type fault struct {
	kind  error
	text  string
	cause error
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// conditions are the results of SQLite that its caller can do something about, by primary result code
// (https://www.sqlite.org/rescode.html).
var conditions = map[int]struct {
	kind error
	text string
}{
	sqlite3.SQLITE_BUSY:     {graph.ErrUnavailable, "another process has locked the database"},
	sqlite3.SQLITE_LOCKED:   {graph.ErrUnavailable, "another process has locked the database"},
	sqlite3.SQLITE_FULL:     {graph.ErrUnavailable, "the disk is full"},
	sqlite3.SQLITE_READONLY: {graph.ErrUnavailable, "the database may be read and not written"},
	sqlite3.SQLITE_PERM:     {graph.ErrUnavailable, "the database may not be opened"},
	sqlite3.SQLITE_CANTOPEN: {graph.ErrUnavailable, "the database cannot be opened for reading and writing"},
	sqlite3.SQLITE_IOERR:    {graph.ErrUnavailable, "the disk cannot be read or written"},
	sqlite3.SQLITE_NOMEM:    {graph.ErrUnavailable, "there is not enough memory"},
	sqlite3.SQLITE_CORRUPT:  {graph.ErrUnavailable, "the database is damaged"},
	sqlite3.SQLITE_NOTADB:   {graph.ErrUnsupported, "the file is no database"},
}

// wrap says in a verb phrase what failed. An end of the context is the context's error; a condition of SQLite that has a sentence is that
// sentence; errors of graph's kinds stay as they are.
func wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", doing, ended)
	}
	for _, kind := range []error{graph.ErrInvalid, graph.ErrConflict, graph.ErrClosed, graph.ErrUnavailable, graph.ErrUnsupported, graph.ErrLimit} {
		if errors.Is(err, kind) {
			return err
		}
	}
	if c, ok := condition(err); ok {
		return &fault{c.kind, doing + ": " + c.text, err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func condition(err error) (c struct {
	kind error
	text string
}, ok bool) {
	if code, isSQLite := resultCode(err); isSQLite {
		c, ok = conditions[code]
	}
	return c, ok
}

// resultCode is the primary result code of an error of SQLite.
func resultCode(err error) (code int, ok bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0, false
	}
	return e.Code() & 0xff, true
}

// rollback ends a transaction that was not committed. Its own error tells nothing new: the transaction is gone either way.
func rollback(tx *sql.Tx) { _ = tx.Rollback() }
