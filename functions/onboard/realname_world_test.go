package onboard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"net/http"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	glacier = "/onboard/customers/acct-7"
	// What a person is and has, which may be nowhere.
	personName, personNumber, cardNumber = "张三丰", "E99887766", "6222021234567890"
)

// glacierLabs adds a customer that has bound its account.
func (w *world) glacierLabs() (customerID string) {
	w.t.Helper()
	customerID = w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationResale})
	w.post("/onboard/login-urls", fields{"account_id": "acct-7", "service": console}, nil)
	w.bindTo("glacier-labs", "acct-7")
	return customerID
}

func (w *world) bindTo(accountName, accountID string) {
	w.t.Helper()
	require.NoError(w.t, w.Sim.Bind(w.t.Context(), huawei.Binding{AccountName: accountName, XAccountID: accountID, XUserID: "user-" + accountID}))
}

// picture is a small PNG.
func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// sendFile posts a file, and returns the attachment's id or the problem's code.
func (w *world) sendFile(customer string, file []byte) (id, code string) {
	w.t.Helper()
	_, answer, err := w.Platform.SendAs(w.t.Context(), http.MethodPost, customer+"/attachments", "application/octet-stream", file)
	require.NoError(w.t, err)
	var out struct{ ID, Code string }
	require.NoError(w.t, json.Unmarshal(answer, &out), string(answer))
	return out.ID, out.Code
}

// attached sends as many pictures.
func (w *world) attached(n int) []string {
	w.t.Helper()
	var ids []string
	for range n {
		id, code := w.sendFile(glacier, picture())
		require.Empty(w.t, code)
		ids = append(ids, id)
	}
	return ids
}

func (w *world) person(requestID, number string) fields {
	w.t.Helper()
	return fields{"request_id": requestID, "identify_type": 0, "verified_type": 3, "name": personName, "verified_number": number, "attachments": w.attached(3)}
}

func (w *world) firm(requestID, number string) fields {
	w.t.Helper()
	return fields{"request_id": requestID, "corp_name": "永志科技", "verified_number": number, "attachments": w.attached(1)}
}

func (w *world) card(requestID, number string) fields {
	w.t.Helper()
	w.post(glacier+"/real-name/codes", fields{"mobile": mobile}, nil)
	outbox := w.Sim.Outbox()
	return fields{
		"request_id": requestID, "identify_type": 4, "name": personName, "verified_number": number, "attachments": w.attached(1),
		"bank_card_info": fields{"bank_account": cardNumber, "areacode": "0086", "mobile": mobile, "verification_code": outbox[len(outbox)-1].Code},
	}
}

type standing struct {
	Status    string `json:"status"`
	Opinion   string `json:"opinion"`
	Kind      string `json:"kind"`
	RequestID string `json:"request_id"`
}

func (w *world) realName() standing {
	w.t.Helper()
	var out standing
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, glacier+"/real-name", nil, &out))
	return out
}

func (w *world) submit(kind string, in fields) standing {
	w.t.Helper()
	var out standing
	w.post(glacier+"/real-name/"+kind, in, &out)
	return out
}

func (w *world) refusedFor(kind string, in fields) handler.Problem {
	w.t.Helper()
	return w.refused(glacier+"/real-name/"+kind, in)
}

func (w *world) lookAtRealNames() {
	w.t.Helper()
	require.NoError(w.t, w.RunSchedule(w.t.Context(), "onboard", "real-names", nil))
}

// downloads are the objects that Huawei Cloud may read.
func (w *world) downloads() (keys []string) {
	for _, o := range w.Sim.Objects() {
		if strings.HasPrefix(o.Key, "download/") {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// notebook is a store that remembers all that was ever written to it.
type notebook struct {
	ledger.Store
	mu      sync.Mutex
	written strings.Builder
}

func (n *notebook) note(r ledger.Row) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.written.WriteString(r.Kind + " " + r.Key + " " + string(r.Body) + " " + r.State + "\n")
}

// Insert implements ledger.Store.
func (n *notebook) Insert(ctx context.Context, r ledger.Row) error {
	n.note(r)
	return n.Store.Insert(ctx, r)
}

// Update implements ledger.Store.
func (n *notebook) Update(ctx context.Context, r ledger.Row) error {
	n.note(r)
	return n.Store.Update(ctx, r)
}

// serveAlone puts a function before the same Huawei Cloud whose bucket, token user
// and events are as in the harness, and lets arrange change the rest.
func (w *world) serveAlone(arrange func(*onboard.Config, *functions.Runtime)) *handler.Edge {
	w.t.Helper()
	return w.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.IAMDomain, cfg.IAMUser, cfg.IAMPassword = "sim-partner", "sim-operator", handler.NewSecret("Sim-Operator-1")
		cfg.AttachmentsConfig = onboard.AttachmentsConfig{
			OBSEndpoint: w.SimURL + "/_obs", OBSBucket: "sim-attachments", OBSAccessKey: "SIMBUCKETAK", OBSSecretKey: handler.NewSecret("SIMBUCKETSK"),
		}
		cfg.EventsURL, cfg.EventsSecret = "http://127.0.0.1:1/", handler.NewSecret(harness.CallerSecret)
		arrange(cfg, rt)
	})
}

var errBroken = errors.New("the connection broke")

func isSubmission(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/v2/customers/realname-auths/")
}

func isReview(r *http.Request) bool { return r.URL.Path == "/v2/customers/realname-auths/result" }

// pages is a log that several goroutines write.
type pages struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (p *pages) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(line)
}

func (p *pages) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
