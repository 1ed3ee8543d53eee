package sign_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func TestKeysNeverShowTheirSecret(t *testing.T) {
	t.Parallel()
	k := sign.Keys{AccessKey: "AKTEST", SecretKey: "seeded-secret", SecurityToken: "seeded-token"}
	var shown bytes.Buffer
	for _, v := range []any{k, &k, []sign.Keys{k}, map[string]sign.Keys{"k": k}, struct{ Keys sign.Keys }{k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&shown, verb+"\n", v)
		}
		data, err := json.Marshal(v)
		require.NoError(t, err)
		shown.Write(data)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
			slog.New(handler).Info("", "keys", v)
		}
	}
	assert.Contains(t, shown.String(), "AKTEST")
	assert.NotContains(t, shown.String(), "seeded-secret")
	assert.NotContains(t, shown.String(), "seeded-token")
}

func TestKeysThatCannotSignAreRefused(t *testing.T) {
	t.Parallel()
	for want, keys := range map[string][]sign.Keys{
		"has a control character":         {{AccessKey: "a\r\nB: c", SecretKey: "seeded-secret"}, {AccessKey: "a", SecretKey: "seeded-secret", SecurityToken: "a\nb"}},
		"is empty":                        {{}, {AccessKey: "a"}, {SecretKey: "seeded-secret"}},
		"begins or ends with white space": {{AccessKey: "a ", SecretKey: "seeded-secret"}, {AccessKey: "a", SecretKey: "seeded-secret\n"}},
	} {
		for _, k := range keys {
			r := newRequest(t, "GET", "https://bss.example.com/", nil)
			err := sign.Sign(r, nil, k, signedAt)
			require.ErrorContains(t, err, want)
			assert.NotContains(t, err.Error(), "seeded-secret")
			assert.Empty(t, r.Header.Get("Authorization"))
		}
	}
}
