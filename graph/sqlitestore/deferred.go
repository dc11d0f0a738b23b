package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"
)

// The first load of a database writes rows that nobody can read yet, so it does without most indexes until it is published. An index
// that is made at once from all rows is written in its order; row by row, each row would touch a page of each index anywhere in it.
// The indexes by id stay: they find what was put already.

// deferIndexes drops the indexes of record tables where nothing was ever published.
func deferIndexes(ctx context.Context, c *change) error {
	var head int64
	if _, err := c.row(ctx, `SELECT head FROM store`, nil, []any{&head}); err != nil || head != 0 {
		return err
	}
	if _, err := c.exec(ctx, `INSERT INTO deferred (name, text) SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name <> tbl_name || '_id'`); err != nil {
		return err
	}
	names, err := c.texts(ctx, `SELECT name FROM deferred`)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := c.tx.ExecContext(ctx, fmt.Sprintf(`DROP INDEX "%s"`, name)); err != nil {
			return err
		}
	}
	return nil
}

// makeIndexes makes the indexes that were dropped, if any.
func makeIndexes(ctx context.Context, c *change) error {
	texts, err := c.texts(ctx, `SELECT text FROM deferred`)
	if err != nil || len(texts) == 0 {
		return err
	}
	for _, text := range texts {
		if _, err := c.tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	_, err = c.exec(ctx, `DELETE FROM deferred`)
	return err
}

// texts reads one column.
func (c *change) texts(ctx context.Context, text string) (all []string, err error) {
	err = c.query(ctx, text, func(rows *sql.Rows) error {
		var value string
		err := rows.Scan(&value)
		all = append(all, value)
		return err
	})
	return all, err
}
