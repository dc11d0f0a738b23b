package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/lease"
)

// applicationID marks our files in their header: "plcg".
const applicationID = 0x706c6367

//go:embed migrations/*.sql
var migrations embed.FS

// Version is that of the databases which this package writes: the number of the newest migration. Migration n brings a database of
// version n-1 to n, and the first one makes the schema.
const Version = 4

const firstMigration = 3 // versions before were of builds before the first release

// migrateInTurn migrates when other processes that open the same file let it. SQLite does not wait by itself for the lock that a change
// of the journal's mode takes.
func (s *Store) migrateInTurn(ctx context.Context) error {
	const pause = 10 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		err := s.migrate(ctx)
		if code, ok := resultCode(err); !ok || code != sqlite3.SQLITE_BUSY || waited >= s.options.BusyTimeout {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// migrate makes the schema in an empty database, and brings an older one up to date. It refuses, without a change, what is not ours.
// What it refuses with a [fault] reads on from the file's name.
func (s *Store) migrate(ctx context.Context) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	// One statement, for one view of the file: another process may be making the schema at this moment.
	var application, have, objects int
	if err := conn.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&application, &have, &objects); err != nil {
		return err
	}
	switch {
	case application == 0 && have == 0 && objects == 0:
		if s.options.MustExist {
			return &fault{kind: graph.ErrNoGraph, text: noGraph}
		}
	case application != applicationID:
		return &fault{kind: graph.ErrUnsupported, text: "is a database of another program, not of policygraph"}
	case have > Version:
		return &fault{kind: graph.ErrUnsupported, text: fmt.Sprintf(
			"was written by a newer policygraph (version %d of the schema, this one knows %d): use that, or another data directory", have, Version)}
	case have < firstMigration:
		return &fault{kind: graph.ErrUnsupported, text: "was written by a build of policygraph before its first release, which this one does not read: delete it and load it anew, or use another data directory"}
	}
	if s.options.MustExist {
		if err := s.mustHold(ctx, conn); err != nil {
			return err
		}
	}
	// The mode is kept in the file. It cannot be set within a transaction.
	var mode string
	if err := conn.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return &fault{kind: graph.ErrUnavailable, text: "cannot keep a write-ahead log: its file system does not allow shared memory"}
	}
	for n := max(have+1, firstMigration); n <= Version; n++ {
		if err := migrateTo(ctx, conn, n); err != nil {
			return err
		}
	}
	// A write that changes nothing finds out now whether writing is possible.
	_, err = conn.ExecContext(ctx, `UPDATE store SET head = head`)
	return err
}

// noGraph reads on from the file's name.
const noGraph = "has no graph yet"

// mustHold refuses a database of ours in which nothing has been published.
func (s *Store) mustHold(ctx context.Context, conn *sql.Conn) error {
	var head int64
	if err := conn.QueryRowContext(ctx, `SELECT head FROM store`).Scan(&head); err != nil || head > 0 {
		return err
	}
	var number, expires int64
	var holder lease.Holder
	err := conn.QueryRowContext(ctx, `SELECT number, holder, host, process, expires FROM pending`).
		Scan(&number, &holder.Name, &holder.Host, &holder.Process, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case expires > s.options.Now().UnixMilli() && !holder.HasDied():
		return &fault{kind: graph.ErrNoGraph, cause: graph.ErrUnavailable, text: noGraph + ", and " + holder.Loads(number)}
	}
	return &fault{kind: graph.ErrNoGraph, text: noGraph}
}

func migrateTo(ctx context.Context, conn *sql.Conn, n int) error {
	script, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.sql", n))
	if err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx)
	var have int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&have); err != nil {
		return err
	}
	if have >= n {
		return nil // another process was faster
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if n == 4 { // what is compared and searched is made by this program
		if err := indexAllNames(ctx, &change{tx: tx, prepared: make(map[string]*sql.Stmt)}); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, n)); err != nil {
		return err
	}
	return tx.Commit()
}
