//go:build integration

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const (
	customers, rowsEach = 20, 5000
	bucketName          = "partner-bills"
	queueARN            = "arn:aws:sqs:eu-west-1:123456789012:exports"
	callers             = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	request             = `{"cycle":%q,"formats":["csv","csv.gz","parquet","focus-csv","focus-parquet"]}`
)

// stand is what a function on AWS stands between: Huawei Cloud with its bucket, a queue,
// and the Lambda Runtime API.
type stand struct {
	t     *testing.T
	sim   *huawei.Server
	url   string
	cycle string

	mu       sync.Mutex
	messages []events.SQSMessage
	sent     int
	failed   int

	batches chan string
	answers chan string
	ended   chan struct{} // is closed when the process has ended
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, batches: make(chan string), answers: make(chan string), ended: make(chan struct{})}
	var err error
	s.sim, err = huawei.NewServer(huawei.Options{Seed: 1, QuotaOff: true, Bucket: bucketName})
	require.NoError(t, err)
	s.cycle = clock.System{}.Now().AddDate(0, 0, -70).Format("2006-01")
	_, err = s.sim.AddConsumers(s.cycle, customers, rowsEach)
	require.NoError(t, err)
	mux := http.NewServeMux()
	api := s.sim.API()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSQS.SendMessageBatch" {
			s.takeMessages(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
	const runtime = "/2018-06-01/runtime/"
	mux.HandleFunc("GET "+runtime+"invocation/next", s.next)
	mux.HandleFunc("POST "+runtime+"invocation/{id}/{outcome}", s.answer)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// takeMessages is SendMessageBatch of SQS.
func (s *stand) takeMessages(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Entries []struct{ Id, MessageBody string }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type taken struct{ Id string }
	var all struct{ Successful []taken }
	for _, e := range in.Entries {
		s.put(e.MessageBody)
		all.Successful = append(all.Successful, taken{e.Id})
	}
	_ = json.NewEncoder(w).Encode(all) // a sender that has gone sends again
}

func (s *stand) put(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	s.messages = append(s.messages, events.SQSMessage{
		MessageId: "message-" + strconv.Itoa(s.sent), Body: body, EventSource: "aws:sqs", EventSourceARN: queueARN,
		Attributes: map[string]string{"ApproximateReceiveCount": "1"},
	})
}

// again puts a message back that was not done.
func (s *stand) again(m events.SQSMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed++
	require.Less(s.t, s.failed, 20, "the function does not do its tasks: %s", m.Body)
	s.messages = append(s.messages, m)
}

// take takes up to 10 messages from the queue.
func (s *stand) take() []events.SQSMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.messages[:min(10, len(s.messages))]
	s.messages = s.messages[len(batch):]
	return batch
}

func (s *stand) next(w http.ResponseWriter, r *http.Request) {
	select {
	case batch := <-s.batches:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-000000000001")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(clock.System{}.Now().Add(5*time.Minute).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:billexport")
		_, _ = io.WriteString(w, batch)
	case <-r.Context().Done():
	}
}

func (s *stand) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.PathValue("outcome") != "response" {
		body = []byte("failed: " + string(body))
	}
	w.WriteHeader(http.StatusAccepted)
	s.answers <- string(body)
}

// start builds the function and runs it as Lambda does.
func (s *stand) start(table string) {
	s.t.Helper()
	binary := filepath.Join(s.t.TempDir(), "bootstrap")
	built, err := exec.CommandContext(s.t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", binary, ".").CombinedOutput()
	require.NoError(s.t, err, "%s", built)
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	process := exec.CommandContext(ctx, binary)
	process.Env = []string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(s.url, "http://"), "AWS_LAMBDA_FUNCTION_NAME=billexport",
		"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=SIMBUCKETAK", "AWS_SECRET_ACCESS_KEY=SIMBUCKETSK",
		"AWS_ENDPOINT_URL_DYNAMODB=" + os.Getenv("LEDGER_TEST_DYNAMODB"),
		"BSS_ENDPOINT=" + s.url, "BSS_IAM_ENDPOINT=" + s.url, "BSS_ACCESS_KEY=SIMPARTNERAK", "BSS_SECRET_KEY=SIMPARTNERSK",
		"BSS_XACCOUNT_TYPE=SIM_IDP", "CALLER_SECRETS=" + callers, "LEDGER_URL=dynamodb:" + table, "LOG_LEVEL=WARN",
		"EXPORT_QUEUE=" + s.url + "/sqs/exports", "EXPORT_URL=obs://" + bucketName + "/bills",
		"EXPORT_ENDPOINT=" + s.url + "/_obs", "EXPORT_ACCESS_KEY=SIMBUCKETAK", "EXPORT_SECRET_KEY=SIMBUCKETSK",
	}
	process.Stdout, process.Stderr = os.Stderr, os.Stderr
	require.NoError(s.t, process.Start())
	go func() {
		_ = process.Wait() // it is killed in the end, which is an error
		close(s.ended)
	}()
	s.t.Cleanup(func() {
		stop()
		<-s.ended
	})
}

// deliver gives the function the queue's messages until there are none.
func (s *stand) deliver() {
	s.t.Helper()
	for batch := s.take(); len(batch) > 0; batch = s.take() {
		event, err := json.Marshal(events.SQSEvent{Records: batch})
		require.NoError(s.t, err)
		select {
		case s.batches <- string(event):
		case <-s.ended:
			require.Fail(s.t, "the function has ended")
		}
		var answer events.SQSEventResponse
		text := <-s.answers
		require.NoError(s.t, json.Unmarshal([]byte(text), &answer), text)
		for _, failed := range answer.BatchItemFailures {
			for _, m := range batch {
				if m.MessageId == failed.ItemIdentifier {
					s.again(m)
				}
			}
		}
	}
}

// manifest reads what is published, without what belongs to the run alone.
func manifest(t *testing.T, store objects.Store, cycle string) map[string]any {
	t.Helper()
	content, _, err := store.Get(t.Context(), cycle+"/manifest.json", 64<<20)
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(content, &m))
	run := m["run_id"].(string)
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(content), run, "RUN")), &m))
	delete(m, "generated_at")
	return m
}

// 100,000 records that come by the queue's events into the compiled function end in the
// same manifest as those that one process fetched.
func TestAnExportByTheQueueIsThatOfOneProcess(t *testing.T) {
	endpoint := os.Getenv("LEDGER_TEST_DYNAMODB")
	require.NotEmpty(t, endpoint, "set LEDGER_TEST_DYNAMODB: see .ci/services.sh")
	s := newStand(t)
	table := "billexport-" + strconv.Itoa(os.Getpid())
	client := ddb.New(ddb.Options{Region: "eu-west-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("AK", "SK", "")})
	require.NoError(t, dynamodb.New(client, table).CreateTable(t.Context()))

	s.start(table)
	s.put(fmt.Sprintf(request, s.cycle))
	s.deliver()

	bucket, err := objects.Open("obs://"+bucketName+"/bills", objects.Options{
		Endpoint: s.url + "/_obs", AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK", Now: clock.System{}.Now, Sleep: clock.System{}.Sleep,
	})
	require.NoError(t, err)
	byQueue := manifest(t, bucket, s.cycle)
	assert.EqualValues(t, customers*rowsEach, byQueue["rows"])
	assert.Equal(t, s.byOneProcess(), byQueue)
	for object, err := range bucket.List(t.Context(), ".work/") {
		require.NoError(t, err)
		assert.Fail(t, "left behind", object.Name)
	}
}

// byOneProcess exports the same bills in this process, whose clock waits for no quota.
func (s *stand) byOneProcess() map[string]any {
	s.t.Helper()
	dir, now := s.t.TempDir(), clock.NewFrozen(clock.System{}.Now())
	edge, err := billexport.New(billexport.Config{ExportURL: "file:" + dir, Config: functions.Config{
		Site: "cn", Endpoint: s.url, IAMEndpoint: s.url,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		CallerSecrets: []handler.Secret{handler.NewSecret(callers)},
	}}, functions.Runtime{Clock: now, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(s.t, err)
	require.NoError(s.t, edge.Message(s.t.Context(), "exports", handler.Message{ID: "1", Body: fmt.Appendf(nil, request, s.cycle)}))
	folder, err := objects.NewFolder(dir)
	require.NoError(s.t, err)
	require.Eventually(s.t, func() bool {
		_, _, err := folder.Get(s.t.Context(), s.cycle+"/manifest.json", 64<<20)
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	return manifest(s.t, folder, s.cycle)
}
