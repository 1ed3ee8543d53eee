package onboard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const password = "Correct-Horse-9"

// rowsOf is a store that remembers what was written.
type rowsOf struct {
	ledger.Store
	written *bytes.Buffer
}

func (s rowsOf) Insert(ctx context.Context, row ledger.Row) error {
	s.written.Write(row.Body)
	return s.Store.Insert(ctx, row)
}

func (s rowsOf) Update(ctx context.Context, row ledger.Row) error {
	s.written.Write(row.Body)
	return s.Store.Update(ctx, row)
}

// A password goes to Huawei Cloud and nowhere else.
func TestAPasswordIsKeptNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log, written bytes.Buffer
	var sent []string
	refuse := true
	w.serve(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		rt.Store = rowsOf{memory.New(), &written}
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !isRegistration(r) {
				return wire.RoundTrip(r)
			}
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			var in struct {
				Password string `json:"password"`
			}
			require.NoError(t, json.Unmarshal(body, &in))
			sent = append(sent, in.Password)
			if refuse {
				return answered(r, http.StatusBadRequest, fields{"error_code": "CBC.99000036", "error_msg": "the format of the password is illegal"}), nil
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			return wire.RoundTrip(r)
		})
	})
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "password": "Other-Horse-8"}
	p := w.refused("/onboard/customers", in)
	assert.Equal(t, "password_refused", p.Code)

	refuse, in["password"] = false, password
	created := w.register(in)
	in["password"] = "Another-Horse-7"
	assert.Equal(t, created, w.register(in), "the same registration, whatever the password")
	assert.Equal(t, []string{"Other-Horse-8", password}, sent)
	for _, text := range []string{"Horse", "[redacted]"} {
		assert.NotContains(t, log.String(), text)
		assert.NotContains(t, written.String(), text)
	}
	p = w.refused("/onboard/customers", fields{"account_id": "acct-2", "password": strings.Repeat("Horse", 9)})
	text, err := json.Marshal(p)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "Horse")
}
