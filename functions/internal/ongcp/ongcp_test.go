package ongcp

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
)

func shared(c payorder.Config) functions.Config { return c.Config }

// environment is a complete configuration of payorder.
func environment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"BSS_ACCESS_KEY": "AK", "BSS_SECRET_KEY": "secret-of-the-partner", "BSS_XACCOUNT_TYPE": "IDP",
		"BSS_IAM_DOMAIN": "partner", "BSS_IAM_USER": "operator", "BSS_IAM_PASSWORD": "password-of-the-operator",
		"CALLER_SECRETS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "LEDGER_URL": "sqlite:" + filepath.Join(t.TempDir(), "ledger.db"),
		"QUOTE_KEY": "a-key-that-is-long-enough-for-a-quote", "EVENTS_URL": "https://platform.example/events",
		"EVENTS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "REBATE_RATES": "hws.service.type.ec2:0.08,*:0.05",
	} {
		t.Setenv(name, value)
	}
}

var errBuilt = errors.New("built")

// build stops before anything listens.
func build(cfg payorder.Config, rt functions.Runtime) (*handler.Edge, error) {
	if _, err := payorder.New(cfg, rt); err != nil {
		return nil, err
	}
	return nil, errBuilt
}

func TestAWholeConfigurationBuildsTheFunction(t *testing.T) {
	environment(t)
	var rates string
	err := run(t.Context(), shared, func(cfg payorder.Config, rt functions.Runtime) (*handler.Edge, error) {
		assert.IsType(t, (*sqlite.Store)(nil), rt.Store)
		rates = cfg.RebateRates["hws.service.type.ec2"].String() + " " + cfg.RebateRates["*"].String()
		return build(cfg, rt)
	})
	require.ErrorIs(t, err, errBuilt)
	assert.Equal(t, "0.08 0.05", rates)
}

func TestEveryMissingVariableIsNamed(t *testing.T) {
	err := run(t.Context(), shared, build)
	for _, name := range []string{"BSS_ACCESS_KEY", "BSS_SECRET_KEY", "BSS_XACCOUNT_TYPE", "CALLER_SECRETS", "LEDGER_URL", "QUOTE_KEY"} {
		require.ErrorContains(t, err, name)
	}
}

func TestAWrongVariableIsNamedWithoutItsSecret(t *testing.T) {
	for name, value := range map[string]string{
		"LEDGER_URL": "mysql://user:hunter2@host/ledger", "CALLER_SECRETS": "hunter2", "QUOTE_KEY": "hunter2",
		"EVENTS_URL": "http://platform.example/events", "EVENTS_SECRET": "hunter2", "PAY_WAIT": "hunter2",
		"BSS_PAGE_SIZE": "hunter2", "LOG_LEVEL": "hunter2", "REBATE_RATES": "*:hunter2",
	} {
		t.Run(name, func(t *testing.T) {
			environment(t)
			t.Setenv(name, value)
			err := run(t.Context(), shared, build)
			require.NotErrorIs(t, err, errBuilt)
			require.ErrorContains(t, err, name)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestPayorderNeedsAnAddressForEvents(t *testing.T) {
	environment(t)
	t.Setenv("EVENTS_URL", "")
	require.ErrorContains(t, run(t.Context(), shared, build), "EVENTS_URL")
}

func TestPayorderNeedsAUserForCustomersTokens(t *testing.T) {
	environment(t)
	t.Setenv("BSS_IAM_PASSWORD", "")
	require.ErrorContains(t, run(t.Context(), shared, build), "BSS_IAM_PASSWORD")
}
