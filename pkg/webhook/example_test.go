package webhook_test

import (
	"fmt"
	"net/http"
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
