package handler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
)

func TestSecretHidesItself(t *testing.T) {
	t.Parallel()
	secret := handler.NewSecret("hunter2")
	inside := struct {
		Shown  handler.Secret
		hidden handler.Secret
	}{secret, secret}
	encoded, err := json.Marshal(inside)
	require.NoError(t, err)
	var logged bytes.Buffer
	handler.NewLogger(&logged, slog.LevelInfo).Info("start", "secret", secret, "inside", inside, "key", &secret)

	shown := []string{secret.String(), string(encoded), logged.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, inside), fmt.Sprintf(verb, &inside))
	}
	for _, s := range shown {
		assert.NotContains(t, s, "hunter2")
		assert.NotContains(t, s, fmt.Sprintf("%x", "hunter2"))
		assert.NotContains(t, s, fmt.Sprintf("%X", "hunter2"))
	}
	assert.Equal(t, "hunter2", inside.hidden.Reveal())
}

func TestZeroSecretIsEmpty(t *testing.T) {
	t.Parallel()
	assert.True(t, handler.Secret{}.IsZero())
	assert.True(t, handler.NewSecret("").IsZero())
	assert.Empty(t, handler.Secret{}.Reveal())
	assert.False(t, handler.NewSecret("a").IsZero())
}
