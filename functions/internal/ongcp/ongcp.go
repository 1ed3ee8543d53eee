// Package ongcp runs a function as an HTTP server of the functions framework: on
// Google Cloud, and in any container. Its ledger is in PostgreSQL, or in a SQLite
// file where one instance serves everything.
package ongcp

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/gcpfunctions"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/postgres"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
)

// Main configures a function from the environment and serves it on PORT until the
// process is told to end. What is wrong in the configuration is named, and ends it
// at once.
func Main[C any](shared func(C) functions.Config, build func(C, functions.Runtime) (*handler.Edge, error)) {
	if err := run(context.Background(), shared, build); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run[C any](ctx context.Context, shared func(C) functions.Config, build func(C, functions.Runtime) (*handler.Edge, error)) error {
	var cfg C
	if err := handler.LoadConfig(&cfg); err != nil {
		return err
	}
	common := shared(cfg)
	store, err := open(ctx, common.LedgerURL)
	if err != nil {
		return err
	}
	edge, err := build(cfg, functions.NewRuntime(common, store, os.Stdout))
	if err != nil {
		return err
	}
	return gcpfunctions.Start(ctx, edge)
}

func open(ctx context.Context, url string) (ledger.Store, error) {
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sqlite.Open(ctx, file)
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres.Open(ctx, url)
	}
	return nil, fmt.Errorf("LEDGER_URL is neither sqlite:FILE nor postgres://…")
}
