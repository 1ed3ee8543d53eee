package readers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const (
	cycle        = "2026-02"
	callerSecret = "whsec_cmVhZGVycy1jYWxsZXItc2VjcmV0LW5vLXNlY3JldA=="
	// chinese is the account of a customer whose company is called chineseName.
	chinese     = "chinese-company"
	chineseName = "北京极好网络科技有限公司"
)

var formats = []string{"csv", "csv.gz", "xlsx", "parquet", "focus-csv", "focus-parquet", "statements", "report"}

// careful are the names of resources that need care.
var careful = []string{
	"web-server", "生产环境-数据库", "ecs-cart,backup", `主库"只读"副本`, "=1+1", "+SUM(A1)", "@cmd", "-2", "two\r\nlines",
	"🧧 红包", "مرحبا عالم", "测试 环境 ", "<b>&amp;", "007", "_x0041_",
}

// publish exports a month of a simulated Huawei Cloud in all formats.
func publish(dir string) error {
	at := clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	cloud, err := huawei.NewServer(huawei.Options{Clock: at, Seed: 1, QuotaOff: true})
	if err != nil {
		return err
	}
	id, err := cloud.AddAccount(huawei.Account{Name: chinese, RealName: chineseName, Association: huawei.AssociationResale})
	if err != nil {
		return err
	}
	if err := cloud.AddBills(cycle, id, 600); err != nil {
		return err
	}
	if _, err := cloud.AddConsumers(cycle, 4, 600); err != nil {
		return err
	}
	server := httptest.NewServer(renaming(cloud.API()))
	defer server.Close()
	edge, err := billexport.New(billexport.Config{
		ExportURL: "file:" + dir,
		Config: functions.Config{
			Site: "cn", Endpoint: server.URL, IAMEndpoint: server.URL, AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
			XAccountType: "SIM_IDP", PageSize: 1000, CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
		},
	}, functions.Runtime{
		Clock: at, Store: memory.New(), Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Random: func() float64 { return 0 },
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"cycle": cycle, "formats": formats})
	if err != nil {
		return err
	}
	var run struct {
		RunID   string     `json:"run_id"`
		State   string     `json:"state"`
		EndedAt *time.Time `json:"ended_at"`
		Reason  any        `json:"reason"`
	}
	for calls := 0; run.EndedAt == nil; calls++ {
		method, path, content := http.MethodGet, "/billexport/runs/"+run.RunID+"?wait=20", []byte(nil)
		if calls == 0 {
			method, path, content = http.MethodPost, "/billexport/runs", body
		}
		if err := call(edge, at.Now(), method, path, content, &run); err != nil {
			return err
		}
	}
	if run.State != "published" {
		return fmt.Errorf("the run is %s: %v", run.State, run.Reason)
	}
	return nil
}

// call sends a signed request to the function and reads its answer.
func call(edge *handler.Edge, now time.Time, method, path string, body []byte, into any) error {
	secret, err := webhook.ParseSecret(callerSecret)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	webhook.SetHeaders(r.Header, secret, "msg_"+strconv.FormatInt(time.Now().UnixNano(), 10), now, body)
	w := httptest.NewRecorder()
	edge.ServeHTTP(w, r)
	if w.Code >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: HTTP %d: %s", method, path, w.Code, w.Body)
	}
	return json.Unmarshal(w.Body.Bytes(), into)
}

// renaming gives the resources in the answers of a Huawei Cloud the careful names, one
// after the other. The same question has the same answer.
func renaming(cloud http.Handler) http.Handler {
	const field = `"resource_name":"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		cloud.ServeHTTP(answer, r)
		var out strings.Builder
		pieces := strings.Split(answer.Body.String(), field)
		for i, piece := range pieces {
			if i == 0 {
				out.WriteString(piece)
				continue
			}
			name, _ := json.Marshal(careful[i%len(careful)])
			out.WriteString(strings.TrimSuffix(field, `"`) + string(name) + afterText(piece))
		}
		header := w.Header()
		for name, values := range answer.Header() {
			header[name] = values
		}
		header.Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = io.WriteString(w, out.String())
	})
}

// afterText is what follows the JSON text that begins before it, after its last quote.
func afterText(rest string) string {
	at := 0
	for at < len(rest) && rest[at] != '"' {
		if rest[at] == '\\' {
			at++
		}
		at++
	}
	return rest[min(at+1, len(rest)):]
}
