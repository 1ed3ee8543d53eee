package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// migrations[i] takes the schema from version i to i+1. What has been released
// is never edited: a change of the schema is another entry. The body is json and
// not jsonb, which would write amounts and names anew.
func migrations() []string {
	return []string{
		`CREATE TABLE ledger_rows (
			kind       text        COLLATE "C" NOT NULL,
			key        text        COLLATE "C" NOT NULL,
			version    bigint      NOT NULL,
			body       json        NOT NULL,
			state      text        NOT NULL,
			due_at     timestamptz,
			expires_at timestamptz,
			created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL,
			PRIMARY KEY (kind, key)
		);
		CREATE INDEX ledger_rows_due ON ledger_rows (kind, due_at) WHERE due_at IS NOT NULL;
		CREATE INDEX ledger_rows_expired ON ledger_rows (expires_at) WHERE expires_at IS NOT NULL;`,
	}
}

// The number of the advisory lock that lets one process migrate at a time; it
// means nothing to the database.
const migrationLock = 0x6c6564676572

// migrate brings the schema up to date in one transaction.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
		const table = `CREATE TABLE IF NOT EXISTS ledger_migrations (
			version    integer     PRIMARY KEY,
			applied_at timestamptz NOT NULL DEFAULT now()
		)`
		if _, err := tx.Exec(ctx, table); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM ledger_migrations`).Scan(&version); err != nil {
			return err
		}
		return climb(ctx, tx, version)
	})
}

// climb runs the migrations after version.
func climb(ctx context.Context, tx pgx.Tx, version int) error {
	steps := migrations()
	if version > len(steps) {
		return fmt.Errorf("its schema has version %d, this program knows %d: run the newer program", version, len(steps))
	}
	for i, step := range steps[version:] {
		reached := version + i + 1
		if _, err := tx.Exec(ctx, step); err != nil {
			return fmt.Errorf("migrate the schema to version %d: %w", reached, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO ledger_migrations (version) VALUES ($1)`, reached); err != nil {
			return err
		}
	}
	return nil
}
