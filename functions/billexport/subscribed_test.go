package billexport_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// abroad is a world of the international site.
type abroad struct {
	*world

	// answer answers a request in the place of Huawei Cloud, unless it is nil.
	answer func(r *http.Request) *httptest.ResponseRecorder
}

// RoundTrip implements http.RoundTripper.
func (a *abroad) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.answer != nil {
		if answer := a.answer(r); answer != nil {
			return answer.Result(), nil
		}
	}
	return a.world.RoundTrip(r)
}

// answers answers requests of a path.
func (a *abroad) answers(path string, status int, body string) {
	a.answer = func(r *http.Request) *httptest.ResponseRecorder {
		if r.URL.Path != path {
			return nil
		}
		answer := httptest.NewRecorder()
		answer.Header().Set("Content-Type", "application/json")
		answer.WriteHeader(status)
		_, _ = answer.WriteString(body) // which does not fail
		return answer
	}
}

// newAbroad is before the simulated international site, whose bucket has the files
// that the partner subscribes to.
func newAbroad(t *testing.T) *abroad {
	t.Helper()
	w := &abroad{world: &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)), dir: t.TempDir()}}
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
	return w
}

// open makes the function, whose requests may be denied.
func (a *abroad) open(p billexport.Platform) {
	a.t.Helper()
	var err error
	a.edge, err = billexport.NewOn(p, a.cfg, functions.Runtime{
		Clock: a.clock, Store: a.store, Logger: slog.New(slog.DiscardHandler), Transport: a, Random: func() float64 { return 0 },
	})
	require.NoError(a.t, err)
}

// askSubscribed asks for the subscribed files of February.
func (w *world) askSubscribed() billexport.RunStatus {
	w.t.Helper()
	status, body := w.call(http.MethodPost, "/billexport/subscribed/2026-02", "")
	require.Equal(w.t, http.StatusAccepted, status, "%s", body)
	var begun billexport.RunStatus
	require.NoError(w.t, json.Unmarshal(body, &begun))
	assert.Equal(w.t, billexport.RunSubscribed, begun.Kind)
	return begun
}

// subscribed compares the subscribed files of February, and returns what is published.
func (w *world) subscribed() subscribed.Manifest {
	w.t.Helper()
	r := w.ended(w.askSubscribed().RunID)
	require.Equal(w.t, billexport.RunPublished, r.State, "%+v", r.Reason)
	m := w.publishedSubscribed()
	assert.Equal(w.t, r.RunID, m.RunID)
	assert.Equal(w.t, "subscribed/2026-02/"+r.RunID+"/manifest.json", r.Manifest)
	return m
}

// refusedSubscribed must fail, and returns why.
func (w *world) refusedSubscribed() billexport.RunReason {
	w.t.Helper()
	r := w.ended(w.askSubscribed().RunID)
	require.Equal(w.t, billexport.RunFailed, r.State)
	return *r.Reason
}

// publishedSubscribed reads what is published of February, and holds the files to it.
func (w *world) publishedSubscribed() (m subscribed.Manifest) {
	w.t.Helper()
	status, body := w.call(http.MethodGet, "/billexport/subscribed/2026-02", "")
	require.Equal(w.t, http.StatusOK, status, "%s", body)
	require.NoError(w.t, json.Unmarshal(body, &m))
	assert.Equal(w.t, string(body), string(w.read("subscribed", "2026-02", m.RunID, "manifest.json")))
	for _, file := range m.Files {
		content := w.read(file.Path)
		assert.Equal(w.t, file.SHA256, hash(content), file.Path)
		assert.Equal(w.t, file.Rows, bytes.Count(content, []byte("\n"))-1, file.Path)
	}
	return m
}

func (w *world) bucket() objects.Store {
	w.t.Helper()
	store, err := objects.Open(w.cfg.SubscribedURL, objects.Options{
		Endpoint: w.cfg.SubscribedEndpoint, AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK", Transport: w, Now: w.clock.Now, Sleep: w.clock.Sleep,
	})
	require.NoError(w.t, err)
	return store
}

const (
	billFile  = "customerBill/customerBill_202602.tar.gz"
	usageFile = "customerUsage/customerUsage_202602.tar.gz"
)

// replace writes another archive in the place of one.
func (w *world) replace(name string, change func(tar []byte) []byte) {
	w.t.Helper()
	packed, version, err := w.bucket().Get(w.t.Context(), name, 64<<20)
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
	require.NoError(w.t, w.bucket().Put(w.t.Context(), name, changed.Bytes(), version))
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

	assert.Equal(t, "subscribed_not_compared", w.refused(http.MethodGet, "/billexport/subscribed/2026-02", "").Code)
	assert.Equal(t, "subscribed_not_found", w.refusedSubscribed().Code)
	archives, err := w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	got := w.subscribed()
	assert.True(t, got.Agrees, "%+v", got)
	require.Len(t, got.Archives, 2)
	assert.Equal(t, 400, got.Archives[0].Rows)
	assert.Equal(t, 4, got.Customers)
	assert.Positive(t, got.Compared)
	assert.True(t, got.Postpaid.Out)
	assert.Equal(t, got.Postpaid.AmountDue, got.Postpaid.FileAmount)
	for i, archive := range got.Archives {
		packed, _, err := w.bucket().Get(t.Context(), archives[i], 64<<20)
		require.NoError(t, err)
		assert.Equal(t, hash(packed), archive.SHA256)
		assert.Equal(t, string(merged(t, packed)), string(w.read(got.Files[i].Path)))
	}

	require.NoError(t, w.cloud.AddBills("2026-02", theirs, 1)) // after the files were written
	late := w.subscribed()
	assert.False(t, late.Agrees)
	require.NotZero(t, late.DifferenceCount)
	assert.Equal(t, theirs, late.Differences[0].CustomerID)
	assert.False(t, late.Postpaid.Difference.IsZero())
	assert.Equal(t, got.RunID, late.Supersedes)

	w.clock.Set(time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC))
	assert.Equal(t, late.RunID, w.subscribed().Supersedes)
	assert.NoDirExists(t, filepath.Join(w.dir, "subscribed", "2026-02", got.RunID), "its reader had time enough")
	assert.DirExists(t, filepath.Join(w.dir, "subscribed", "2026-02", late.RunID))
	assert.NotContains(t, strings.Join(w.files(), " "), ".work/")
	assert.Equal(t, []string{"subscribed files that differ"}, w.verified())
	require.NoError(t, os.Remove(filepath.Join(w.dir, w.publishedSubscribed().Files[0].Path)))
	assert.Len(t, w.verified(), 2, "an error")
}

// verified are the states of what is published, and what is wrong with it.
func (w *world) verified() (all []string) {
	for v, err := range billexport.Verify(w.t.Context(), w.dir, billexport.StoreConfig{}, functions.Runtime{Clock: w.clock}) {
		all = append(all, v.State)
		if err != nil {
			all = append(all, err.Error())
		}
	}
	return all
}

func TestBeforeThePartnersBillIsOutNothingIsOwed(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	_, err := w.cloud.AddConsumers("2026-02", 1, 10)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	w.clock.Set(time.Date(2026, 3, 5, 3, 59, 59, 0, time.UTC))
	assert.False(t, w.subscribed().Postpaid.Out, "noon of the 5th is not yet")
}

// merged are the rows of the only part of an archive.
func merged(t *testing.T, packed []byte) []byte {
	t.Helper()
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	parts := tar.NewReader(unzip)
	_, err = parts.Next()
	require.NoError(t, err)
	rows, err := io.ReadAll(parts)
	require.NoError(t, err)
	return rows
}

func TestASubscribedFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	w.cfg.Workers = 1 // nobody is at work any more when a run has failed
	w.open(billexport.Platform{})
	_, err := w.cloud.AddConsumers("2026-02", 2, 30)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	w.replace(billFile, func(tar []byte) []byte { return bytes.Replace(tar, []byte(",USD"), []byte(",EUR"), 1) })
	got := w.subscribed()
	assert.False(t, got.Agrees)
	assert.Equal(t, 2, got.Causes[subscribed.CauseCurrency])
	assert.Equal(t, got.DifferenceCount, len(got.Differences))

	w.replace(billFile, func(tar []byte) []byte {
		return bytes.Replace(tar, []byte("official_amount"), []byte("official_AMOUNT"), 1)
	})
	reason := w.refusedSubscribed()
	assert.Equal(t, "subscribed_refused", reason.Code)
	assert.Contains(t, reason.Detail, "customerBill_202602_0001.csv: a part has other columns")
	assert.Equal(t, got.RunID, w.publishedSubscribed().RunID, "what was published stands")
	for cycle, code := range map[string]string{"2026-04": "cycle_future", "2024-08": "cycle_too_old", "202602": "cycle_malformed"} {
		assert.Equal(t, code, w.refused(http.MethodPost, "/billexport/subscribed/"+cycle, "").Code)
	}
}

// What differs is named by whom it is about and why.
func TestEveryDifferenceOfSubscribedFilesIsNamed(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	ids, err := w.cloud.AddConsumers("2026-02", 3, 30)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	w.open(billexport.Platform{})
	w.answers("/v2/bills/customer-bills/res-fee-records", http.StatusForbidden, `{"error_code":"CBC.0151","error_msg":"Access denied."}`)
	got := w.subscribed()
	assert.False(t, got.Agrees)
	require.Len(t, got.Unread, 3)
	assert.Equal(t, ids[0], got.Unread[0].CustomerID)
	assert.Contains(t, got.Unread[0].Reason, "CBC.0151")
	assert.Equal(t, map[subscribed.Cause]int{subscribed.CauseUnread: got.DifferenceCount}, got.Causes)
	assert.Equal(t, got.Compared, got.DifferenceCount)

	w.answers("/v2/partners/sub-customers/query", http.StatusOK,
		`{"count":1,"customer_infos":[{"customer_id":"`+ids[0]+`","association_type":"3"}]}`)
	got = w.subscribed()
	require.Len(t, got.Unread, 1)
	assert.Contains(t, got.Unread[0].Reason, "account name")
	assert.Len(t, got.Causes, 2)
	assert.Positive(t, got.Causes[subscribed.CauseUnread])
	assert.Positive(t, got.Causes[subscribed.CauseUnknown])

	w.answer = nil
	w.replace(usageFile, func(tar []byte) []byte {
		heading := bytes.IndexByte(tar, '\n') + 1
		end := heading + bytes.IndexByte(tar[heading:], '\n') // of the first record, where its unit is
		return slices.Concat(tar[:end-1], []byte("9"), tar[end:])
	})
	got = w.subscribed()
	require.NotEmpty(t, got.Differences)
	for _, d := range got.Differences {
		assert.Equal(t, subscribed.FieldUsage, d.Field)
	}

	w.replace(billFile, func(tar []byte) []byte {
		return bytes.Replace(tar, []byte(ids[1]), []byte(strings.Repeat("9", len(ids[1]))), 1)
	})
	got = w.subscribed()
	assert.Equal(t, 1, got.Causes[subscribed.CauseUnknown])
	assert.Empty(t, got.Unread)
}

// The timer looks on several days, and begins a run until the files agree.
func TestSubscribedFilesAreComparedByATimerUntilTheyAgree(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	ids, err := w.cloud.AddConsumers("2026-02", 1, 30)
	require.NoError(t, err)
	runs := func() (states []billexport.RunState) {
		require.NoError(t, w.door().Schedule(t.Context(), "subscribed", nil))
		status, text := w.call(http.MethodGet, "/billexport/runs?cycle=2026-02", "")
		require.Equal(t, http.StatusOK, status)
		var list billexport.RunList
		require.NoError(t, json.Unmarshal(text, &list))
		for _, r := range list.Runs {
			states = append(states, w.ended(r.RunID).State)
		}
		w.clock.Set(w.clock.Now().Add(24 * time.Hour))
		return states
	}
	failed, published := billexport.RunFailed, billexport.RunPublished
	assert.Equal(t, []billexport.RunState{failed}, runs(), "the files are not there yet")
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	require.NoError(t, w.cloud.AddBills("2026-02", ids[0], 1))
	assert.Equal(t, []billexport.RunState{published, failed}, runs(), "they do not agree yet")
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	assert.Equal(t, []billexport.RunState{published, published, failed}, runs())
	assert.True(t, w.publishedSubscribed().Agrees)
	assert.Equal(t, []billexport.RunState{published, published, failed}, runs(), "they agree")
}

// One run of the subscribed files of a cycle works at a time, and the site has nothing
// else to export: timers of exports do nothing there.
func TestTheInternationalSiteHasSubscribedFilesOnly(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	_, err := w.cloud.AddConsumers("2026-02", 1, 10)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles("2026-02")
	require.NoError(t, err)
	queue := &sent{}
	w.open(billexport.Platform{Tasks: queue})
	begun := w.askSubscribed()
	assert.Equal(t, "run_in_progress", w.refused(http.MethodPost, "/billexport/subscribed/2026-02", "").Code)
	assert.Equal(t, "not_on_site", w.refused(http.MethodPost, "/billexport/runs", runOf("2026-02")).Code)
	sent := len(queue.bodies)
	require.NoError(t, w.door().Schedule(t.Context(), "daily", nil))
	require.NoError(t, w.door().Schedule(t.Context(), "monthly", nil))
	assert.Len(t, queue.bodies, sent)
	for done := 0; done < len(queue.bodies); done++ {
		require.NoError(t, w.door().Message(t.Context(), "exports", handler.Message{ID: strconv.Itoa(done), Body: queue.bodies[done]}))
	}
	assert.Equal(t, billexport.RunPublished, w.ended(begun.RunID).State)
	assert.True(t, w.publishedSubscribed().Agrees)

	again := w.askSubscribed()
	status, text := w.call(http.MethodPost, "/billexport/runs/"+again.RunID+"/cancel", "")
	require.Equal(t, http.StatusOK, status, "%s", text)
	assert.Equal(t, begun.RunID, w.publishedSubscribed().RunID)
}

// Tasks that are delivered twice, in another order, and to workers whose time is up in
// the middle, end in the same files as those of a run that was left alone.
func TestSubscribedFilesThatAreInterruptedComeToTheSame(t *testing.T) {
	t.Parallel()
	published := func(interrupt bool) (m subscribed.Manifest) {
		w := newAbroad(t)
		_, err := w.cloud.AddConsumers("2026-02", 8, 30)
		require.NoError(t, err)
		_, err = w.cloud.DeliverSubscribedFiles("2026-02")
		require.NoError(t, err)
		queue := &sent{}
		w.open(billexport.Platform{Tasks: queue})
		begun, calls, interrupted := w.askSubscribed(), 0, 0
		deliver := func(m handler.Message) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.before = func(*http.Request) {
				if calls++; interrupt && calls%5 == 0 {
					cancel()
				}
			}
			return w.door().Message(ctx, "exports", m)
		}
		for random := rand.New(rand.NewPCG(1, 2)); len(queue.bodies) > 0; {
			i := random.IntN(len(queue.bodies))
			m := handler.Message{ID: "1", Body: queue.bodies[i]}
			if deliver(m) != nil {
				interrupted++
				continue
			}
			queue.bodies = slices.Delete(queue.bodies, i, i+1)
			require.NoError(t, w.door().Message(t.Context(), "exports", m), "once more")
		}
		assert.Equal(t, interrupt, interrupted > 3, interrupted)
		ended := w.ended(begun.RunID)
		require.Equal(t, billexport.RunPublished, ended.State, "%+v", ended.Reason)
		m = w.publishedSubscribed()
		for i := range m.Files {
			m.Files[i].Path = strings.ReplaceAll(m.Files[i].Path, m.RunID, "")
		}
		m.RunID = ""
		return m
	}
	assert.Equal(t, published(false), published(true))
}

func TestABucketThatIsDeniedIsNamed(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	w.cfg.SubscribedSecretKey = handler.NewSecret("another")
	w.open(billexport.Platform{})
	reason := w.refusedSubscribed()
	assert.Equal(t, "subscribed_denied", reason.Code)
	assert.Contains(t, reason.Detail, "customerBill/customerBill_202602.tar.gz")
}

func TestWhoSubscribesToNothingIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, "subscribed_off", w.refused(http.MethodPost, "/billexport/subscribed/2026-02", "").Code)
}
