package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/webhook"
)

func Example() {
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		fmt.Println(err)
		return
	}
	body := []byte(`{"test": 2432232314}`)
	at := time.Unix(1614265330, 0)

	header := make(http.Header)
	webhook.SetHeaders(header, secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)

	receiver := webhook.Verifier{
		Secrets: []webhook.Secret{secret},
		Now:     func() time.Time { return at.Add(time.Minute) },
	}
	id, err := receiver.Verify(header, body)
	fmt.Println(id, err)
	// Output: msg_p5jXN8AQM9LWM0D4loKWxJek <nil>
}

// A sales platform takes the events of the functions: it reads the body whole, verifies
// it before it looks at it, and takes an id once, because an event may come twice.
func ExampleVerifier() {
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		fmt.Println(err)
		return
	}
	now := func() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) } // time.Now
	verifier := webhook.Verifier{Secrets: []webhook.Secret{secret}, Now: now}
	taken := map[string]bool{} // a table with a unique key
	events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		id, err := verifier.Verify(r.Header, body)
		if err != nil {
			fmt.Println(err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if !taken[id] {
			taken[id] = true
			fmt.Printf("%s\n", body)
		}
		w.WriteHeader(http.StatusNoContent)
	})

	send := func(id, signed, sent string) {
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/events", strings.NewReader(sent))
		webhook.SetHeaders(request.Header, secret, id, now(), []byte(signed))
		answer := httptest.NewRecorder()
		events.ServeHTTP(answer, request)
		fmt.Println(answer.Code)
	}
	const event = `{"type":"billexport.run.published"}`
	send("evt_1", event, event)
	send("evt_1", event, event)
	send("evt_2", event, `{"type":"billexport.run.failed"}`)
	// Output:
	// {"type":"billexport.run.published"}
	// 204
	// 204
	// webhook: signature does not match
	// 401
}
