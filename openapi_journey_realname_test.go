package bssfn_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// realNames proves the real name of a customer that has bound its account.
func (j *journey) realNames() {
	j.account("glacier-labs", huawei.AssociationResale)
	require.NoError(j.t, j.Sim.Bind(j.t.Context(), huawei.Binding{AccountName: "glacier-labs", XAccountID: "platform-1007", XUserID: "user-7"}))
	const customer, nobody = "/onboard/customers/platform-1007", "/onboard/customers/nobody"
	var picture bytes.Buffer
	require.NoError(j.t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))

	attach := func(file []byte, want int) string {
		status, answer, err := j.Platform.SendAs(j.t.Context(), http.MethodPost, customer+"/attachments", "application/octet-stream", file)
		require.NoError(j.t, err)
		require.Equal(j.t, want, status, string(answer))
		var out struct {
			ID string `json:"id"`
		}
		require.NoError(j.t, json.Unmarshal(answer, &out))
		return out.ID
	}
	attach([]byte("<html>"), http.StatusUnprocessableEntity)
	attach([]byte(strings.Repeat("x", 10<<20+1)), http.StatusRequestEntityTooLarge)
	ids := []string{attach(picture.Bytes(), http.StatusCreated), attach(picture.Bytes(), http.StatusCreated), j.uploaded(customer, picture.Bytes())}

	person := fields{"request_id": "real-1", "identify_type": 0, "verified_type": 3, "name": "张三", "verified_number": "E7202", "attachments": ids[:2]}
	j.postRefused(nobody+"/real-name/individual", person, "customer_unknown")
	j.postRefused(customer+"/real-name/individual", person, "invalid_fields")
	person["attachments"] = ids
	j.postRefused(customer+"/real-name/individual", person, "realname_failed")
	person["verified_number"] = "E1"
	require.Equal(j.t, "reviewing", j.post(customer+"/real-name/individual", person)["status"])
	require.Equal(j.t, "reviewing", j.get(customer + "/real-name")["status"])
	j.getRefused(nobody+"/real-name", "customer_unknown")
	firm := fields{"request_id": "real-2", "corp_name": "冰川", "verified_number": "913", "attachments": ids[:1]}
	j.postRefused(customer+"/real-name/enterprise", firm, "realname_exists")
	j.clock.Advance(time.Hour)
	j.post("/onboard/schedules/real-names", nil)
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/onboard/schedules/real-names", "application/json", "{}"))
	j.post("/onboard/schedules/events", nil)
	passed := j.Platform.InboxOf("onboard.realname.passed")
	require.Len(j.t, passed, 1)
	j.checkEvent(passed[0])
	require.Equal(j.t, "passed", j.get(customer + "/real-name/status")["status"])
	j.getRefused(nobody+"/real-name/status", "customer_unknown")

	firm["request_id"] = "real-3"
	require.Equal(j.t, "enterprise-change", j.post(customer+"/real-name/enterprise-change", firm)["kind"])
	firm["request_id"], firm["corp_name"] = "real-4", "12 3"
	j.postRefused(customer+"/real-name/enterprise-change", firm, "invalid_fields")

	j.post(customer+"/real-name/codes", fields{"mobile": "13800138000"})
	j.postRefused(customer+"/real-name/codes", fields{"mobile": "1"}, "invalid_fields")
	j.post(customer+"/real-name/qr-codes", nil)
	j.postRefused(nobody+"/real-name/qr-codes", nil, "customer_unknown")

	j.account("heath-and-sons", huawei.AssociationResale)
	require.NoError(j.t, j.Sim.Bind(j.t.Context(), huawei.Binding{AccountName: "heath-and-sons", XAccountID: "platform-1008", XUserID: "user-8"}))
	firm["corp_name"] = "石楠"
	j.postRefused("/onboard/customers/platform-1008/real-name/enterprise", firm, "invalid_fields")
	status, answer, err := j.Platform.SendAs(j.t.Context(), http.MethodPost, "/onboard/customers/platform-1008/attachments", "application/octet-stream", picture.Bytes())
	require.NoError(j.t, err)
	require.Equal(j.t, http.StatusCreated, status)
	var own fields
	require.NoError(j.t, json.Unmarshal(answer, &own))
	firm["attachments"] = []any{own["id"]}
	j.post("/onboard/customers/platform-1008/real-name/enterprise", firm)
}

// uploaded puts a file into the bucket as a browser does.
func (j *journey) uploaded(customer string, file []byte) string {
	sum := sha256.Sum256(file)
	in := fields{"format": "png", "size": len(file), "sha256": hex.EncodeToString(sum[:])}
	prepared := j.post(customer+"/attachments/uploads", in)
	in["format"] = "exe"
	j.postRefused(customer+"/attachments/uploads", in, "invalid_fields")
	completion := customer + "/attachments/uploads/" + prepared["id"].(string) + "/completion"
	j.postRefused(completion, nil, "upload_missing")
	upload := prepared["upload"].(map[string]any)
	req, err := http.NewRequestWithContext(j.t.Context(), http.MethodPut, upload["url"].(string), bytes.NewReader(file))
	require.NoError(j.t, err)
	req.Header.Set("Content-Type", upload["headers"].(map[string]any)["Content-Type"].(string))
	res, err := j.contract.next.RoundTrip(req)
	require.NoError(j.t, err)
	require.NoError(j.t, res.Body.Close())
	require.Equal(j.t, http.StatusOK, res.StatusCode)
	return j.post(completion, nil)["id"].(string)
}
