package chaos

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
	"github.com/bssfn/bssfn/pkg/ledger/postgres"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
)

// openStore opens the store at sqlite:FILE, postgres://… or dynamodb:TABLE@ENDPOINT.
func openStore(ctx context.Context, address string) (ledger.Store, func(), error) {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		s, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return s, func() { _ = s.Close() }, nil
	}
	if table, endpoint, ok := dynamoTable(address); ok {
		return dynamodb.New(dynamoClient(endpoint), table), func() {}, nil
	}
	s, err := postgres.Open(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

func dynamoTable(address string) (table, endpoint string, ok bool) {
	rest, ok := strings.CutPrefix(address, "dynamodb:")
	table, endpoint, named := strings.Cut(rest, "@")
	return table, endpoint, ok && named
}

func dynamoClient(endpoint string) *ddb.Client {
	return ddb.New(ddb.Options{
		Region: "local", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// prepareStore gives a world its store, and returns its address and how to leave it.
func (o Options) prepareStore(ctx context.Context, world int) (address string, leave func(), err error) {
	endpoint, ok := strings.CutPrefix(o.Store, "dynamodb:")
	switch {
	case o.Store == "":
		return "sqlite:" + filepath.Join(o.Dir, fmt.Sprintf("ledger-%d.db", world)), func() {}, nil
	case !ok:
		return o.Store, func() {}, nil
	}
	table, client := "bssfn-chaos-"+rand.Text(), dynamoClient(endpoint)
	if err := dynamodb.New(client, table).CreateTable(ctx); err != nil {
		return "", nil, err
	}
	return "dynamodb:" + table + "@" + endpoint, func() {
		// The context of the runs may have ended.
		_, _ = client.DeleteTable(context.WithoutCancel(ctx), &ddb.DeleteTableInput{TableName: &table})
	}, nil
}

// scoped keeps the rows of one run apart from all others in the same store.
type scoped struct {
	store ledger.Store
	scope string
}

func (s scoped) in(row ledger.Row) ledger.Row {
	row.Kind = s.scope + row.Kind
	return row
}

func (s scoped) out(row ledger.Row) ledger.Row {
	row.Kind = strings.TrimPrefix(row.Kind, s.scope)
	return row
}

func (s scoped) Insert(ctx context.Context, row ledger.Row) error {
	return s.store.Insert(ctx, s.in(row))
}

func (s scoped) Update(ctx context.Context, row ledger.Row) error {
	return s.store.Update(ctx, s.in(row))
}

func (s scoped) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	row, err := s.store.Get(ctx, s.scope+kind, key)
	return s.out(row), err
}

func (s scoped) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	rows, err := s.store.Due(ctx, s.scope+kind, from, until, limit)
	for i := range rows {
		rows[i] = s.out(rows[i])
	}
	// Rows that are due at the same instant come in another order from each store. A run
	// must be the same over all of them.
	slices.SortFunc(rows, func(a, b ledger.Row) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Key, b.Key)) })
	return rows, err
}

// DeleteExpired deletes nothing: it would delete rows of other runs too, which have
// another time.
func (s scoped) DeleteExpired(context.Context, time.Time, int) (int, error) { return 0, nil }
