package billexport_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// newAbroad is before the simulated international site, whose bucket has the files
// that the partner subscribes to.
func newAbroad(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)), dir: t.TempDir()}
	var err error
	w.cloud, err = huawei.NewServer(huawei.Options{Clock: w.clock, Site: bss.SiteIntl, Seed: 1, Bucket: "partner-bills", QuotaOff: true})
	require.NoError(t, err)
	server := httptest.NewServer(w.cloud.API())
	t.Cleanup(server.Close)
	w.cfg = billexport.Config{ExportURL: "file:" + w.dir, Config: functions.Config{
		Site: "intl", Endpoint: server.URL, IAMEndpoint: server.URL,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		IAMDomain: "sim-partner", IAMUser: "sim-operator", IAMPassword: handler.NewSecret("Sim-Operator-1"),
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}}
	w.cfg.SubscribedURL, w.cfg.SubscribedEndpoint = "obs://partner-bills", server.URL+"/_obs"
	w.cfg.SubscribedAccessKey, w.cfg.SubscribedSecretKey = "SIMBUCKETAK", handler.NewSecret("SIMBUCKETSK")
	w.store = memory.New()
	w.edge, err = billexport.New(w.cfg, functions.Runtime{
		Clock: w.clock, Store: w.store, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Transport: w, Random: func() float64 { return 0 },
	})
	require.NoError(t, err)
	return w
}

type subscribedAnswer struct {
	Agrees bool `json:"agrees"`
	Files  []struct {
		Kind  string `json:"kind"`
		Parts int    `json:"parts"`
		Rows  int    `json:"rows"`
	} `json:"files"`
	Compared    int `json:"compared"`
	Count       int `json:"difference_count"`
	Differences []struct {
		CustomerID string `json:"customer_id"`
		Cause      string `json:"cause"`
		Difference string `json:"difference"`
	} `json:"differences"`
	Postpaid struct {
		Out        bool   `json:"out"`
		AmountDue  string `json:"amount_due"`
		FileAmount string `json:"file_amount"`
		Difference string `json:"difference"`
	} `json:"postpaid"`
}

func (w *world) subscribed() (a subscribedAnswer) {
	w.t.Helper()
	status, body := w.call(http.MethodPost, "/billexport/subscribed/2026-02", "")
	require.Equal(w.t, http.StatusOK, status, "%s", body)
	require.NoError(w.t, json.Unmarshal(body, &a))
	return a
}

func (w *world) bucket() objects.Store {
	w.t.Helper()
	store, err := objects.Open(w.cfg.SubscribedURL, objects.Options{
		Endpoint: w.cfg.SubscribedEndpoint, AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK", Transport: w, Now: w.clock.Now, Sleep: w.clock.Sleep,
	})
	require.NoError(w.t, err)
	return store
}

const billFile = "customerBill/customerBill_202602.tar.gz"

// replace writes another archive in the place of the bill's.
func (w *world) replace(change func(tar []byte) []byte) {
	w.t.Helper()
	packed, version, err := w.bucket().Get(w.t.Context(), billFile, 64<<20)
	require.NoError(w.t, err)
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(w.t, err)
	plain, err := io.ReadAll(unzip)
	require.NoError(w.t, err)
	var changed bytes.Buffer
	zip := gzip.NewWriter(&changed)
	_, err = zip.Write(change(plain))
	require.NoError(w.t, err)
	require.NoError(w.t, zip.Close())
	require.NoError(w.t, w.bucket().Put(w.t.Context(), billFile, changed.Bytes(), version))
}

func TestSubscribedFilesAgreeWithTheAPI(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	_, err := w.cloud.AddConsumers("2026-02", 3, 120)
	require.NoError(t, err)
	reseller, err := w.cloud.AddReseller(huawei.Reseller{AccountName: "reseller-one"})
	require.NoError(t, err)
	theirs, err := w.cloud.AddAccount(huawei.Account{Name: "their-customer", Association: huawei.AssociationReseller, Reseller: reseller})
	require.NoError(t, err)
	require.NoError(t, w.cloud.AddBills("2026-02", theirs, 40))

	assert.Equal(t, "subscribed_not_found", w.refused(http.MethodPost, "/billexport/subscribed/2026-02", "").Code)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	got := w.subscribed()
	assert.True(t, got.Agrees, "%+v", got)
	require.Len(t, got.Files, 2)
	assert.Equal(t, 400, got.Files[0].Rows)
	assert.Positive(t, got.Compared)
	assert.True(t, got.Postpaid.Out)
	assert.Equal(t, got.Postpaid.AmountDue, got.Postpaid.FileAmount)

	require.NoError(t, w.cloud.AddBills("2026-02", theirs, 1)) // after the files were written
	late := w.subscribed()
	assert.False(t, late.Agrees)
	require.NotZero(t, late.Count)
	assert.Equal(t, theirs, late.Differences[0].CustomerID)
	assert.NotEqual(t, "0", late.Postpaid.Difference)

	w.clock.Set(time.Date(2026, 3, 5, 3, 59, 59, 0, time.UTC))
	assert.False(t, w.subscribed().Postpaid.Out, "noon of the 5th is not yet")
}

func TestASubscribedFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	_, err := w.cloud.AddConsumers("2026-02", 2, 30)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	w.replace(func(tar []byte) []byte { return bytes.Replace(tar, []byte(",USD"), []byte(",EUR"), 1) })
	got := w.subscribed()
	assert.False(t, got.Agrees)
	assert.Equal(t, 2, got.Count)

	w.replace(func(tar []byte) []byte {
		return bytes.Replace(tar, []byte("official_amount"), []byte("official_AMOUNT"), 1)
	})
	p := w.refused(http.MethodPost, "/billexport/subscribed/2026-02", "")
	assert.Equal(t, "subscribed_refused", p.Code)
	assert.Contains(t, p.Detail, "other columns")
	for cycle, code := range map[string]string{"2026-04": "cycle_future", "2024-08": "cycle_too_old", "202602": "cycle_malformed"} {
		assert.Equal(t, code, w.refused(http.MethodPost, "/billexport/subscribed/"+cycle, "").Code)
	}
}

func TestWhoSubscribesToNothingIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, "subscribed_off", w.refused(http.MethodPost, "/billexport/subscribed/2026-02", "").Code)
}
