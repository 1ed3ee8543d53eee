// Package onaws runs a function on AWS Lambda, with its ledger in DynamoDB.
package onaws

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/awslambda"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
)

// Main configures a function from the environment and serves it until Lambda ends
// the process. What is wrong in the configuration is named, and ends it at once.
func Main[C any](shared func(C) functions.Config, build func(C, functions.Runtime) (*handler.Edge, error)) {
	edge, err := start(context.Background(), shared, build)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	awslambda.Start(edge)
}

func start[C any](ctx context.Context, shared func(C) functions.Config, build func(C, functions.Runtime) (*handler.Edge, error)) (*handler.Edge, error) {
	var cfg C
	if err := handler.LoadConfig(&cfg); err != nil {
		return nil, err
	}
	common := shared(cfg)
	table, ok := strings.CutPrefix(common.LedgerURL, "dynamodb:")
	if !ok || table == "" {
		return nil, fmt.Errorf("LEDGER_URL %q is not of the form dynamodb:TABLE, which is the ledger on AWS", common.LedgerURL)
	}
	account, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	store := dynamodb.New(ddb.NewFromConfig(account), table)
	return build(cfg, functions.NewRuntime(common, store, os.Stdout))
}
