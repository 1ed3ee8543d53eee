package onboard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "taken-name", Mobile: mobile})
	type available struct {
		Available bool `json:"available"`
		Remaining *int `json:"remaining"`
	}
	var out struct {
		LoginName *available `json:"login_name"`
		Mobile    *available `json:"mobile"`
	}
	w.post("/onboard/checks", fields{"login_name": "taken-name", "mobile": mobile}, &out)
	assert.False(t, out.LoginName.Available)
	assert.Nil(t, out.LoginName.Remaining)
	assert.True(t, out.Mobile.Available)
	assert.Equal(t, 4, *out.Mobile.Remaining)

	out.LoginName, out.Mobile = nil, nil
	w.post("/onboard/checks", fields{"login_name": "free-name"}, &out)
	assert.True(t, out.LoginName.Available)
	assert.Nil(t, out.Mobile, "it was not asked for")
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var out struct {
		ExpiresAt time.Time `json:"expires_at"`
	}
	w.post("/onboard/codes", fields{"mobile": mobile, "language": "en-us"}, &out)
	sent := w.Sim.Outbox()[0]
	assert.WithinDuration(t, sent.ExpiresOn, out.ExpiresAt, time.Second)

	for range 14 {
		w.code(mobile)
	}
	p := w.refused("/onboard/codes", fields{"mobile": mobile})
	assert.Equal(t, "code_limit", p.Code)
	assert.Equal(t, http.StatusTooManyRequests, p.Status)
	assert.Len(t, w.Sim.Outbox(), 15)
}

func TestALostAnswerSendsNoSecondCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(huawei.Fault{Operation: "SendVerificationMessageCode", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "code_maybe_sent", w.refused("/onboard/codes", fields{"mobile": mobile}).Code)
	assert.Len(t, w.Sim.Outbox(), 1)
}
