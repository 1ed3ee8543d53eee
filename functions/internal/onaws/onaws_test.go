package onaws

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
)

func shared(c onboard.Config) functions.Config { return c.Config }

func environment(t *testing.T, ledgerURL string) {
	t.Helper()
	for name, value := range map[string]string{
		"BSS_ACCESS_KEY": "AK", "BSS_SECRET_KEY": "SK", "BSS_XACCOUNT_TYPE": "IDP", "AWS_REGION": "eu-west-1",
		"CALLER_SECRETS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "LEDGER_URL": ledgerURL,
	} {
		t.Setenv(name, value)
	}
}

var errBuilt = errors.New("built")

func TestTheLedgerIsInDynamoDB(t *testing.T) {
	environment(t, "dynamodb:bssfn-ledger")
	_, err := start(t.Context(), shared, func(cfg onboard.Config, rt functions.Runtime) (*handler.Edge, error) {
		assert.IsType(t, (*dynamodb.Store)(nil), rt.Store)
		edge, err := onboard.New(cfg, rt)
		require.NoError(t, err)
		assert.Equal(t, "onboard", edge.Function().Name)
		return nil, errBuilt
	})
	require.ErrorIs(t, err, errBuilt)
}

func TestAnotherLedgerIsRefused(t *testing.T) {
	for _, url := range []string{"dynamodb:", "sqlite:/tmp/ledger.db"} {
		environment(t, url)
		_, err := start(t.Context(), shared, onboard.New)
		require.ErrorContains(t, err, "LEDGER_URL")
	}
}

func TestEveryMissingVariableIsNamed(t *testing.T) {
	_, err := start(t.Context(), shared, onboard.New)
	for _, name := range []string{"BSS_ACCESS_KEY", "BSS_SECRET_KEY", "BSS_XACCOUNT_TYPE", "CALLER_SECRETS", "LEDGER_URL"} {
		require.ErrorContains(t, err, name)
	}
}
