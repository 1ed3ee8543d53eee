package onboard_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

type prepared struct {
	ID     string `json:"id"`
	Upload struct {
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
	} `json:"upload"`
}

func (w *world) prepare(format string, file []byte) prepared {
	w.t.Helper()
	sum := sha256.Sum256(file)
	var out prepared
	w.post(glacier+"/attachments/uploads", fields{"format": format, "size": len(file), "sha256": hex.EncodeToString(sum[:])}, &out)
	return out
}

// put sends a file to the bucket as a browser does.
func (w *world) put(p prepared, file []byte) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), p.Upload.Method, p.Upload.URL, bytes.NewReader(file))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", p.Upload.Headers["Content-Type"])
	return w.send(req).StatusCode
}

func (p prepared) completion() string {
	return glacier + "/attachments/uploads/" + p.ID + "/completion"
}

func TestFilesThatAreNotTakenReachNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	for code, file := range map[string]string{
		"attachment_format":     "<html><script>alert(1)</script>",
		"attachment_unreadable": "\x89PNG\r\n\x1a\n",
		"attachment_suspect":    string(picture()) + "MZ",
		"attachment_empty":      "",
		"body_too_large":        strings.Repeat("x", 10<<20+1),
	} {
		_, got := w.sendFile(glacier, []byte(file))
		assert.Equal(t, code, got)
	}
	status, _, err := w.Platform.SendAs(t.Context(), http.MethodPost, glacier+"/attachments", "image/png", picture())
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
	_, code := w.sendFile("/onboard/customers/nobody", picture())
	assert.Equal(t, "customer_unknown", code)
	assert.Empty(t, w.Sim.Objects())
}

func TestAFileIsUploadedByABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	p := w.prepare("png", picture())
	assert.Equal(t, "upload_missing", w.refused(p.completion(), nil).Code)
	assert.Equal(t, http.StatusOK, w.put(p, picture()))
	assert.Empty(t, w.downloads(), "nobody has looked at it")
	var first, again struct {
		ID     string `json:"id"`
		Format string `json:"format"`
	}
	w.post(p.completion(), nil, &first)
	assert.Equal(t, "png", first.Format)
	assert.Equal(t, []string{"download/" + p.ID + ".png"}, w.downloads())
	assert.Len(t, w.Sim.Objects(), 1, "what was uploaded has moved")

	// The address is still good, and what is put there changes nothing that was looked at.
	evil := bytes.Clone(picture())
	evil[len(evil)-1] ^= 0xff
	assert.Equal(t, http.StatusOK, w.put(p, evil))
	w.post(p.completion(), nil, &again)
	assert.Equal(t, first, again)
	objects := w.Sim.Objects()
	for _, o := range objects {
		if strings.HasPrefix(o.Key, "download/") {
			assert.Equal(t, hexSum(picture()), o.SHA256)
		}
	}
	in := w.firm("real-1", "913")
	in["attachments"] = []string{first.ID}
	assert.Equal(t, "reviewing", w.submit("enterprise", in).Status)
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestAnUploadThatIsSomethingElseIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	suspect := append(picture(), "<?php"...)
	other := bytes.Clone(picture())
	other[len(other)-20] ^= 1
	for code, c := range map[string]struct {
		format          string
		announced, sent []byte
	}{
		"attachment_suspect": {"png", suspect, suspect},
		"upload_differs":     {"jpg", picture(), picture()},
	} {
		p := w.prepare(c.format, c.announced)
		require.Equal(t, http.StatusOK, w.put(p, c.sent))
		assert.Equal(t, code, w.refused(p.completion(), nil).Code)
		assert.Empty(t, w.Sim.Objects(), code)
		assert.Equal(t, "upload_missing", w.refused(p.completion(), nil).Code)
		in := w.firm("real-1", "913")
		in["attachments"] = []string{p.ID}
		assert.Equal(t, "invalid_fields", w.refusedFor("enterprise", in).Code, "it cannot be submitted")
		w.clock.Advance(25 * time.Hour)
		w.lookAtRealNames()
	}
	p := w.prepare("png", picture())
	require.Equal(t, http.StatusOK, w.put(p, other))
	code := w.refused(p.completion(), nil).Code
	assert.Contains(t, []string{"upload_differs", "attachment_unreadable"}, code, "other bytes of the same length")
	assert.Equal(t, "upload_unknown", w.refused(glacier+"/attachments/uploads/"+strings.Repeat("0", 32)+"/completion", nil).Code)
	for field, value := range map[string]any{"format": "svg", "size": 10<<20 + 1, "sha256": "abc"} {
		in := fields{"format": "png", "size": 1, "sha256": hexSum(nil)}
		in[field] = value
		refusal := w.refused(glacier+"/attachments/uploads", in)
		require.Len(t, refusal.Fields, 1)
		assert.Equal(t, field, refusal.Fields[0].Field)
	}
}

func TestAttachmentsAreTheirCustomersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	w.account(huawei.Account{Name: "heath-and-sons", Association: huawei.AssociationResale})
	w.bindTo("heath-and-sons", "acct-8")
	in := w.firm("real-1", "913")
	p := w.refused("/onboard/customers/acct-8/real-name/enterprise", in)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "attachments[0]", p.Fields[0].Field)
	prepared := w.prepare("png", picture())
	require.Equal(t, http.StatusOK, w.put(prepared, picture()))
	completion := strings.Replace(prepared.completion(), "acct-7", "acct-8", 1)
	assert.Equal(t, "upload_unknown", w.refused(completion, nil).Code)
}

// A process may die, and a customer may give up, between the file and the submission.
func TestFilesThatNobodySubmitsAreDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	ids := w.attached(2)
	forgotten := w.prepare("png", picture())
	require.Equal(t, http.StatusOK, w.put(forgotten, picture()))
	in := w.firm("real-1", "913")
	in["attachments"] = ids[:1]
	w.submit("enterprise", in)
	refused := w.firm("real-2", "914")
	assert.Equal(t, "realname_exists", w.refusedFor("enterprise", refused).Code)

	w.clock.Advance(23 * time.Hour)
	w.lookAtRealNames()
	assert.Len(t, w.Sim.Objects(), 5)
	w.clock.Advance(2 * time.Hour)
	w.lookAtRealNames()
	assert.Equal(t, []string{"download/" + ids[0] + ".png"}, w.downloads(), "what is under review stays")
	assert.Len(t, w.Sim.Objects(), 1)
	in["request_id"], in["attachments"] = "real-3", ids[1:]
	assert.Equal(t, "invalid_fields", w.refusedFor("enterprise-change", in).Code, "it is gone")
	w.clock.Advance(40 * 24 * time.Hour)
	w.lookAtRealNames()
	assert.Empty(t, w.Sim.Objects())
}

func TestAFileOfAProcessThatDiedIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationResale})
	w.bindTo("glacier-labs", "acct-7")
	broken := true
	edge := w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			res, err := wire.RoundTrip(r)
			if broken && r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/_obs/") {
				_ = res.Body.Close()
				return nil, errBroken // it is stored, and nobody knows
			}
			return res, err
		})
	})
	w.register(fields{"account_id": "acct-7"})
	_, code := w.sendFile(glacier, picture())
	assert.Equal(t, "bucket_unavailable", code)
	assert.Len(t, w.Sim.Objects(), 1)
	broken = false
	w.clock.Advance(25 * time.Hour)
	require.NoError(t, edge.Schedule(t.Context(), "real-names", nil))
	assert.Empty(t, w.Sim.Objects())
}

func TestABucketThatDeniesUs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationResale})
	w.bindTo("glacier-labs", "acct-7")
	var log pages
	w.serveAlone(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.OBSSecretKey = handler.NewSecret("another-secret")
		rt.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	w.register(fields{"account_id": "acct-7"})
	_, code := w.sendFile(glacier, picture())
	assert.Equal(t, "bucket_denied", code)
	assert.Contains(t, log.String(), "SignatureDoesNotMatch")
	assert.NotContains(t, log.String(), "another-secret")
	assert.NotContains(t, log.String(), "Signature=")
}

func TestWithoutABucketThereAreNoAttachments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.firm("real-1", "913")
	edge := w.serveAlone(func(cfg *onboard.Config, _ *functions.Runtime) { cfg.AttachmentsConfig = onboard.AttachmentsConfig{} })
	w.register(fields{"account_id": "acct-7"})
	_, code := w.sendFile(glacier, picture())
	assert.Equal(t, "attachments_off", code)
	assert.Equal(t, "attachments_off", w.refused(glacier+"/attachments/uploads", fields{"format": "png", "size": 1, "sha256": hexSum(nil)}).Code)
	assert.Equal(t, "attachments_off", w.refused(glacier+"/attachments/uploads/1/completion", nil).Code)
	assert.Equal(t, "attachments_off", w.refusedFor("enterprise", in).Code)
	assert.Equal(t, "none", w.realName().Status)
	require.NoError(t, edge.Schedule(t.Context(), "real-names", nil))

	cfg := onboard.Config{Config: functions.Config{Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK")}}
	cfg.OBSBucket = "papers"
	_, err := onboard.New(cfg, newRuntime())
	assert.ErrorContains(t, err, "OBS_ENDPOINT")
}
