//go:build integration

package dynamodb_test

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
	"github.com/bssfn/bssfn/pkg/ledger/storetest"
	"github.com/bssfn/bssfn/pkg/outbox/outboxtest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, open)
}

// open needs the address of a DynamoDB in LEDGER_TEST_DYNAMODB; .ci/services.sh
// starts one.
func open(t *testing.T) ledger.Store {
	t.Helper()
	endpoint := os.Getenv("LEDGER_TEST_DYNAMODB")
	require.NotEmpty(t, endpoint, "set LEDGER_TEST_DYNAMODB: see .ci/services.sh")
	client := newClient(endpoint)
	table := "ledger-" + uuid.NewString()
	s := dynamodb.New(client, table)
	require.NoError(t, s.CreateTable(t.Context()))
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx := context.WithoutCancel(t.Context())
		_, err := client.DeleteTable(ctx, &sdk.DeleteTableInput{TableName: aws.String(table)})
		assert.NoError(t, err)
	})
	return s
}

func BenchmarkDo(b *testing.B) {
	endpoint := os.Getenv("LEDGER_TEST_DYNAMODB")
	require.NotEmpty(b, endpoint, "set LEDGER_TEST_DYNAMODB: see .ci/services.sh")
	client, table := newClient(endpoint), "ledger-"+uuid.NewString()
	s := dynamodb.New(client, table)
	require.NoError(b, s.CreateTable(b.Context()))
	b.Cleanup(func() {
		ctx := context.WithoutCancel(b.Context())
		_, err := client.DeleteTable(ctx, &sdk.DeleteTableInput{TableName: aws.String(table)})
		assert.NoError(b, err)
	})
	storetest.BenchmarkDo(b, s)
}
