package webhook_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/webhook"
)

const (
	liveText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	nextText = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

func now() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }

func parse(tb testing.TB, text string) webhook.Secret {
	tb.Helper()
	secret, err := webhook.ParseSecret(text)
	require.NoError(tb, err)
	return secret
}

func verifier(tb testing.TB, texts ...string) webhook.Verifier {
	tb.Helper()
	v := webhook.Verifier{Now: now}
	for _, text := range texts {
		v.Secrets = append(v.Secrets, parse(tb, text))
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var vectors []struct {
		Name, Secret, ID, Body, Signature string
		Timestamp                         int64
	}
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			at := time.Unix(v.Timestamp, 0)
			header := make(http.Header)
			webhook.SetHeaders(header, parse(t, v.Secret), v.ID, at, []byte(v.Body))
			assert.Equal(t, v.Signature, webhook.Sign(parse(t, v.Secret), v.ID, at, []byte(v.Body)))
			assert.Equal(t, http.Header{
				webhook.HeaderID:        {v.ID},
				webhook.HeaderTimestamp: {strconv.FormatInt(v.Timestamp, 10)},
				webhook.HeaderSignature: {v.Signature},
			}, header)

			receiver := verifier(t, v.Secret)
			receiver.Now = func() time.Time { return at }
			id, err := receiver.Verify(header, []byte(v.Body))
			require.NoError(t, err)
			assert.Equal(t, v.ID, id)
		})
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	body := []byte(`{"amount":"12.50"}`)
	tests := []struct {
		name   string
		change func(h http.Header)
		want   error
	}{
		{"as signed", func(http.Header) {}, nil},
		{"no id", remove(webhook.HeaderID), webhook.ErrMissing},
		{"no timestamp", remove(webhook.HeaderTimestamp), webhook.ErrMissing},
		{"no signature", remove(webhook.HeaderSignature), webhook.ErrMissing},
		{"empty id", set(webhook.HeaderID, ""), webhook.ErrMissing},
		{"two ids", func(h http.Header) { h.Add(webhook.HeaderID, "msg_2") }, webhook.ErrMissing},
		{"long id", set(webhook.HeaderID, strings.Repeat("x", 257)), webhook.ErrMissing},
		{"id with a full stop", set(webhook.HeaderID, "msg.1"), webhook.ErrMissing},
		{"id with a line break", set(webhook.HeaderID, "msg\n1"), webhook.ErrMissing},
		{"another id", set(webhook.HeaderID, "msg_2"), webhook.ErrMismatch},
		{"timestamp that is no number", set(webhook.HeaderTimestamp, "now"), webhook.ErrMissing},
		{"timestamp written otherwise", set(webhook.HeaderTimestamp, fmt.Sprintf("+%d", now().Unix())), webhook.ErrMissing},
		{"timestamp of 21 digits", set(webhook.HeaderTimestamp, strings.Repeat("1", 21)), webhook.ErrMissing},
		{"largest timestamp", set(webhook.HeaderTimestamp, "9223372036854775807"), webhook.ErrStale},
		{"another timestamp", set(webhook.HeaderTimestamp, strconv.FormatInt(now().Unix()+1, 10)), webhook.ErrMismatch},
		{"signature without a version", set(webhook.HeaderSignature, "abc="), webhook.ErrMismatch},
		{"signature that is not base64", set(webhook.HeaderSignature, "v1,!"), webhook.ErrMismatch},
		{"asymmetric signature alone", set(webhook.HeaderSignature, "v1a,AAAA"), webhook.ErrMismatch},
		{"empty signature", set(webhook.HeaderSignature, "v1,"), webhook.ErrMismatch},
		{"long signatures", set(webhook.HeaderSignature, strings.Repeat("v1,AAAA ", 600)), webhook.ErrMissing},
		{"many signatures", set(webhook.HeaderSignature, strings.Repeat("v1,AAAA ", 17)), webhook.ErrMismatch},
		{"among others", func(h http.Header) {
			h.Set(webhook.HeaderSignature, "v1a,AAAA v1,AAAA "+h.Get(webhook.HeaderSignature))
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := make(http.Header)
			webhook.SetHeaders(header, parse(t, liveText), "msg_1", now(), body)
			test.change(header)
			id, err := verifier(t, liveText).Verify(header, body)
			require.ErrorIs(t, err, test.want)
			if test.want == nil {
				assert.Equal(t, "msg_1", id)
			}
		})
	}
}

func remove(name string) func(http.Header) { return func(h http.Header) { h.Del(name) } }

func set(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }

func TestVerifyRefusesAnotherBody(t *testing.T) {
	t.Parallel()
	header := make(http.Header)
	webhook.SetHeaders(header, parse(t, liveText), "msg_1", now(), []byte(`{"amount": 1}`))
	_, err := verifier(t, liveText).Verify(header, []byte(`{"amount":1}`))
	require.ErrorIs(t, err, webhook.ErrMismatch)
}

func TestVerifyTolerance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		off  time.Duration
		want error
	}{
		{"five minutes old", -5 * time.Minute, nil},
		{"older", -5*time.Minute - time.Second, webhook.ErrStale},
		{"five minutes ahead", 5 * time.Minute, nil},
		{"further ahead", 5*time.Minute + time.Second, webhook.ErrStale},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := make(http.Header)
			webhook.SetHeaders(header, parse(t, liveText), "msg_1", now().Add(test.off), nil)
			_, err := verifier(t, liveText).Verify(header, nil)
			require.ErrorIs(t, err, test.want)
		})
	}
}

func TestVerifyWhileTheSecretChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		accepted []string
		want     error
	}{
		{"before", []string{liveText}, webhook.ErrMismatch},
		{"while both are live", []string{liveText, nextText}, nil},
		{"after", []string{nextText}, nil},
		{"with none", nil, webhook.ErrMismatch},
	}
	header := make(http.Header)
	webhook.SetHeaders(header, parse(t, nextText), "msg_1", now(), nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := verifier(t, test.accepted...).Verify(header, nil)
			require.ErrorIs(t, err, test.want)
		})
	}
}

func TestZeroSecretAcceptsNothing(t *testing.T) {
	t.Parallel()
	header := make(http.Header)
	webhook.SetHeaders(header, webhook.Secret{}, "msg_1", now(), nil)
	receiver := webhook.Verifier{Secrets: []webhook.Secret{{}}, Now: now}
	_, err := receiver.Verify(header, nil)
	require.ErrorIs(t, err, webhook.ErrMismatch)
}

func TestParseSecret(t *testing.T) {
	t.Parallel()
	encode := func(size int) string {
		return "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{'k'}, size))
	}
	tests := []struct {
		name, text, failure string
	}{
		{"shortest", encode(24), ""},
		{"longest", encode(64), ""},
		{"too short", encode(23), "23 bytes"},
		{"too long", encode(65), "65 bytes"},
		{"no prefix", strings.TrimPrefix(encode(24), "whsec_"), `begin with "whsec_"`},
		{"not base64", "whsec_*hunter2*", "base64"},
		{"empty", "", "begin with"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var secret webhook.Secret
			err := secret.UnmarshalText([]byte(test.text))
			if test.failure == "" {
				require.NoError(t, err)
				assert.False(t, secret.IsZero())
				return
			}
			require.ErrorContains(t, err, test.failure)
			assert.NotContains(t, err.Error(), "hunter2")
			assert.True(t, secret.IsZero())
		})
	}
}

func TestSecretHidesItself(t *testing.T) {
	t.Parallel()
	text := "whsec_" + base64.StdEncoding.EncodeToString([]byte("hunter2-hunter2-hunter2-hunter2"))
	secret := parse(t, text)
	inside := struct{ hidden webhook.Secret }{secret}
	encoded, err := json.Marshal(secret)
	require.NoError(t, err)
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "secret", secret, "inside", inside)

	shown := []string{secret.String(), string(encoded), logged.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, inside), fmt.Sprintf(verb, &inside))
	}
	for _, s := range shown {
		assert.NotContains(t, s, "hunter2")
		assert.NotContains(t, s, fmt.Sprintf("%x", "hunter2"))
		assert.NotContains(t, s, strings.TrimPrefix(text, "whsec_"))
	}
}

func FuzzVerify(f *testing.F) {
	body := []byte(`{"test": 2432232314}`)
	at := strconv.FormatInt(now().Unix(), 10)
	good := webhook.Sign(parse(f, liveText), "msg_1", now(), body)
	f.Add("msg_1", at, good, body)
	f.Add("msg_1", at, "v1,AAAA "+good, body)
	f.Add("", "-1", "v1,", []byte(nil))
	f.Add("msg.1", "1614265330", "v1a,x v2,y", []byte("{}"))
	receiver := verifier(f, liveText)
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, sent []byte) {
		header := http.Header{
			webhook.HeaderID:        {id},
			webhook.HeaderTimestamp: {timestamp},
			webhook.HeaderSignature: {signature},
		}
		accepted, err := receiver.Verify(header, sent)
		if err != nil {
			assert.Empty(t, accepted)
			return
		}
		// What is accepted was signed: the signature is among those sent.
		seconds, err := strconv.ParseInt(timestamp, 10, 64)
		require.NoError(t, err)
		want := webhook.Sign(parse(t, liveText), id, time.Unix(seconds, 0), sent)
		assert.Contains(t, strings.NewReplacer("\r", "", "\n", "").Replace(signature), want)
	})
}
