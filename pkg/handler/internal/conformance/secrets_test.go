package conformance_test

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler/internal/conformance"
)

// What a caller sends that no log line and no answer may repeat.
const (
	sentPassword = "caller-sent-password"
	sentCode     = "verification-code-462913"
)

func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	logs := &logBuffer{}
	run := rand.Text()
	plain, others := httpDoors(t, logs)
	scenarios := []scenario{
		{name: "in an error", path: "/probe/failing"},
		{name: "in a panic", path: "/probe/panic"},
		{name: "in a wrong value", path: quotePath, body: `{"months":"` + sentPassword + `"}`},
		{name: "in a wrong decimal", path: quotePath, body: `{"amount":"` + sentPassword + `"}`},
		{name: "in broken JSON", path: quotePath, body: `{"password":"` + sentPassword + `"`},
		{name: "in a path", path: "/probe/nowhere/" + sentCode},
		{name: "in a query", path: "/probe/refused", query: "code=" + sentCode},
		{name: "in a broken query", path: "/probe/echo", query: "code=" + sentCode + "%zz"},
		{name: "in a cookie", path: "/probe/refused", header: map[string]string{"Cookie": "session=" + sentCode}},
		{name: "in an authorization", path: "/probe/refused", header: map[string]string{"Authorization": "Bearer " + sentCode}},
		{name: "in a forged request", path: quotePath, body: `{"password":"` + sentPassword + `"}`, sign: forged},
	}
	key := strings.TrimPrefix(conformance.SigningSecret, "whsec_")
	raw, err := base64.StdEncoding.DecodeString(key)
	require.NoError(t, err)
	for _, through := range append(others, plain) {
		for _, s := range scenarios {
			request := s.call(run)
			signature := request.header.Get("Webhook-Signature")
			answered := through.send(t, request)
			require.GreaterOrEqual(t, answered.status, http.StatusBadRequest, "%s %s", through.name, s.name)
			// The line that could tell is there.
			logs.contains(t, `"request_id":"`+answered.header.Get("X-Request-Id")+`"`)
			for _, seed := range []string{conformance.Password, key, string(raw), sentPassword, sentCode, signature} {
				assert.NotContains(t, answered.body, seed, "%s %s", through.name, s.name)
				assert.NotContains(t, logs.String(), seed, "%s %s", through.name, s.name)
			}
		}
	}
	logs.contains(t, `"stack":`)
}
