package handler_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

type edgeSettings struct {
	Secrets []webhook.Secret `envconfig:"TEST_WEBHOOK_SECRETS" required:"true" desc:"one or two whsec_ secrets, joined by a comma"`
	Level   slog.Level       `envconfig:"TEST_LOG_LEVEL" default:"INFO" desc:"DEBUG, INFO, WARN or ERROR"`
}

type settings struct {
	edgeSettings
	Password handler.Secret `envconfig:"TEST_PASSWORD" required:"true" desc:"of the partner's account"`
	Wait     time.Duration  `envconfig:"TEST_WAIT" default:"30s"`
	Workers  int            `envconfig:"TEST_WORKERS"`
	Strict   bool           `envconfig:"TEST_STRICT" desc:"refuse what is not known"`
}

const validSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// The tests of this file set environment variables and so do not run in parallel.

func TestLoadConfig(t *testing.T) {
	t.Setenv("TEST_WEBHOOK_SECRETS", validSecret+","+validSecret)
	t.Setenv("TEST_PASSWORD", "a secret, with a comma")
	t.Setenv("TEST_STRICT", "true")
	got := settings{Workers: 4}
	require.NoError(t, handler.LoadConfig(&got))
	assert.Len(t, got.Secrets, 2)
	assert.Equal(t, slog.LevelInfo, got.Level)
	assert.Equal(t, "a secret, with a comma", got.Password.Reveal())
	assert.Equal(t, 30*time.Second, got.Wait)
	assert.Equal(t, 4, got.Workers, "what is not set stays")
	assert.True(t, got.Strict)
}

func TestLoadConfigNamesEverythingAtOnce(t *testing.T) {
	t.Setenv("TEST_WEBHOOK_SECRETS", "whsec_hunter2")
	t.Setenv("TEST_LOG_LEVEL", "hunter2")
	t.Setenv("TEST_PASSWORD", "")
	t.Setenv("TEST_WAIT", "hunter2")
	t.Setenv("TEST_WORKERS", "hunter2")
	t.Setenv("TEST_STRICT", "hunter2")
	err := handler.LoadConfig(new(settings))
	require.ErrorIs(t, err, handler.ErrConfig)
	assert.EqualError(t, err, `configuration: set these environment variables:
  TEST_WEBHOOK_SECRETS is not a valid webhook.Secret: one or two whsec_ secrets, joined by a comma
  TEST_LOG_LEVEL is not a valid slog.Level: DEBUG, INFO, WARN or ERROR
  TEST_PASSWORD is missing: of the partner's account
  TEST_WAIT is not a duration such as 30s or 5m
  TEST_WORKERS is not a whole number
  TEST_STRICT is not true or false: refuse what is not known`)
}

func TestLoadConfigRefusesOtherTargets(t *testing.T) {
	t.Parallel()
	var none *settings
	tests := map[string]any{
		"a struct":         settings{},
		"nil":              nil,
		"a nil pointer":    none,
		"a pointer to int": new(int),
		"a field without a tag": &struct {
			Workers int
		}{},
	}
	for name, target := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, handler.LoadConfig(target), handler.ErrConfig)
			assert.Nil(t, handler.Variables(target))
		})
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []handler.Variable{
		{Name: "TEST_WEBHOOK_SECRETS", Type: "[]webhook.Secret", Required: true, Description: "one or two whsec_ secrets, joined by a comma"},
		{Name: "TEST_LOG_LEVEL", Type: "slog.Level", Default: "INFO", Description: "DEBUG, INFO, WARN or ERROR"},
		{Name: "TEST_PASSWORD", Type: "handler.Secret", Required: true, Description: "of the partner's account"},
		{Name: "TEST_WAIT", Type: "time.Duration", Default: "30s"},
		{Name: "TEST_WORKERS", Type: "int"},
		{Name: "TEST_STRICT", Type: "bool", Description: "refuse what is not known"},
	}, handler.Variables(&settings{}))
}
