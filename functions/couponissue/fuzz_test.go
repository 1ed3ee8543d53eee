package couponissue_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/bssfn/bssfn/pkg/handler"
)

// A body that is no campaign moves nothing, and what is wrong with it is told.
func FuzzCampaign(f *testing.F) {
	f.Add([]byte(`{"campaign":"a","quota_id":"1","face_value":"1.5","customer_ids":["x"],"expire_time":"2026-12-31T16:00:00Z","cloud_service_types":["hws.service.type.ec2"]}`))
	f.Add([]byte(`{"campaign":"a","quota_id":"1","face_value":1e30,"customer_ids":[""]}`))
	f.Add([]byte(`{"campaign":null,"customer_ids":null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := newWorld(t)
		err := w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: body})
		if _, ok := errors.AsType[*handler.Problem](err); !ok {
			t.Errorf("there is no quota that this could be issued from: %v", err)
		}
		if n := w.effects(issueOperation); n > 0 {
			t.Errorf("%d coupons were issued", n)
		}
	})
}

// A file is taken whole, or refused with the line that is wrong; nothing is issued by
// either.
func FuzzCampaignFile(f *testing.F) {
	f.Add("customer_id\nabc\n")
	f.Add("\ufeffcustomer_id,face_value\r\nabc,1.50\r\ndef,\r\n")
	f.Add("customer_id\n\n")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, file string) {
		w := newWorld(t)
		var out struct {
			Code  string
			Added int
		}
		switch status := w.upload(file, &out); {
		case status == http.StatusOK && out.Added > 0:
		case status == http.StatusUnprocessableEntity && strings.HasPrefix(out.Code, "file_"):
		default:
			t.Errorf("status %d, %+v", status, out)
		}
		if n := w.effects(issueOperation); n > 0 {
			t.Errorf("%d coupons were issued", n)
		}
	})
}
