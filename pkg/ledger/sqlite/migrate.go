package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations[i] takes the schema from version i to i+1. What has been released
// is never edited: a change of the schema is another entry. Instants are whole
// microseconds since 1970; in a shell, read one with
// datetime(due_at / 1000000, 'unixepoch').
func migrations() []string {
	return []string{
		`CREATE TABLE rows (
			kind       TEXT    NOT NULL,
			key        TEXT    NOT NULL,
			version    INTEGER NOT NULL,
			body       TEXT    NOT NULL,
			state      TEXT    NOT NULL,
			due_at     INTEGER,
			expires_at INTEGER,
			created_at INTEGER NOT NULL,
			updated_at INTEGER NOT NULL,
			PRIMARY KEY (kind, key)
		) STRICT, WITHOUT ROWID;
		CREATE INDEX rows_due ON rows (kind, due_at) WHERE due_at IS NOT NULL;
		CREATE INDEX rows_expired ON rows (expires_at) WHERE expires_at IS NOT NULL;`,
	}
}

// migrate brings the schema up to date in one transaction, which also keeps
// other processes out meanwhile.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing

	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	steps := migrations()
	if version > len(steps) {
		return fmt.Errorf("its schema has version %d, this program knows %d: run the newer program", version, len(steps))
	}
	if version == len(steps) {
		return nil
	}
	for i, step := range steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("migrate the schema to version %d: %w", version+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}
