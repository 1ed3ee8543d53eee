package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const mobile = "13800000001"

// sendCode asks for a registration code and reads it from the outbox.
func (s *site) sendCode(mobile string) string {
	s.t.Helper()
	s.call(http.StatusNoContent, pathCode, fmt.Sprintf(`{"receiver_type":1,"mobile_phone":%q}`, mobile))
	outbox := s.server.Outbox()
	last := outbox[len(outbox)-1]
	require.Equal(s.t, huawei.MessageCode, last.Kind)
	require.Equal(s.t, mobile, last.Receiver)
	require.Len(s.t, last.Code, 6)
	return last.Code
}

func otherCode(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestSendingACodeIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, code, message string }{
		"no mobile":        {`{"receiver_type":1}`, "CBC.0100", "mobile_phone"},
		"no receiver type": {`{"mobile_phone":"13800000001"}`, "CBC.0100", "receiver_type"},
		"by e-mail":        {`{"receiver_type":2,"mobile_phone":"13800000001"}`, "CBC.0100", "receiver_type"},
		"country code":     {`{"receiver_type":1,"mobile_phone":"0086-13800000001"}`, "CBC.0100", "mobile_phone"},
		"not a mobile":     {`{"receiver_type":1,"mobile_phone":"02155551234"}`, "CBC.0100", "mobile_phone"},
		"language":         {`{"receiver_type":1,"mobile_phone":"13800000001","lang":"fr-fr"}`, "CBC.0100", "lang"},
		"scene":            {`{"receiver_type":1,"mobile_phone":"13800000001","scene":20}`, "CBC.0100", "scene"},
		"no time":          {`{"receiver_type":1,"mobile_phone":"13800000001","timeout":0}`, "CBC.0100", "timeout"},
		"too much time":    {`{"receiver_type":1,"mobile_phone":"13800000001","timeout":3001}`, "CBC.0100", "timeout"},
		"nobody's card":    {`{"receiver_type":1,"mobile_phone":"13800000001","scene":18}`, "CBC.0100", "customer_id"},
		"stranger's card":  {`{"receiver_type":1,"mobile_phone":"13800000001","scene":18,"customer_id":"x"}`, "CBC.99000035", "sub-customer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, huawei.Options{})
			refused := s.call(http.StatusBadRequest, pathCode, c.body)
			assert.Equal(t, c.code, refused["error_code"])
			assert.Contains(t, refused["error_msg"], c.message)
			assert.Empty(t, s.server.Outbox())
		})
	}
}

func TestHowLongACodeLives(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for i, c := range []struct {
		timeout string
		life    time.Duration
	}{
		{``, 10 * time.Minute},
		{`,"timeout":null`, 10 * time.Minute},
		{`,"timeout":1`, time.Minute},
		{`,"timeout":60`, time.Hour},
		{`,"timeout":61`, 5 * time.Minute},
		{`,"timeout":3000`, 5 * time.Minute},
	} {
		s.call(http.StatusNoContent, pathCode, `{"receiver_type":1,"mobile_phone":"13800000001"`+c.timeout+`}`)
		assert.Equal(t, start.Add(c.life), s.server.Outbox()[i].ExpiresOn, c.timeout)
	}
}

func TestACodeForABankCard(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	id, err := s.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale})
	require.NoError(t, err)
	s.call(http.StatusNoContent, pathCode, `{"receiver_type":1,"mobile_phone":"13800000001","scene":18,"customer_id":"`+id+`"}`)
	card := s.server.Outbox()[0]
	assert.Equal(t, 18, card.Scene)
	// It is of no use for a registration.
	assert.Equal(t, "CBC.99004010", s.register(http.StatusBadRequest, "u1", mobile, card.Code)["error_code"])
}

func TestCodesToOneMobileAreLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	send := func(status int, mobile string) {
		got := s.call(status, pathCode, fmt.Sprintf(`{"receiver_type":1,"mobile_phone":%q}`, mobile))
		if status != http.StatusNoContent {
			assert.Equal(t, "CBC.99004015", got["error_code"])
		}
	}
	for range 4 {
		for range 15 {
			send(http.StatusNoContent, mobile)
		}
		send(http.StatusBadRequest, mobile)
		send(http.StatusNoContent, "13800000002") // has limits of its own
		s.clock.Advance(time.Hour)
	}
	send(http.StatusBadRequest, mobile) // 60 in a day
	s.clock.Advance(20 * time.Hour)
	send(http.StatusNoContent, mobile)
}

func TestACodeIsEnteredOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	code := s.sendCode(mobile)
	s.register(http.StatusOK, "u1", mobile, code)
	assert.Equal(t, "CBC.99004010", s.register(http.StatusBadRequest, "u2", mobile, code)["error_code"])
}

func TestANewCodeEndsTheOldOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	first, second := s.sendCode(mobile), s.sendCode(mobile)
	require.NotEqual(t, first, second)
	assert.Equal(t, "CBC.99004010", s.register(http.StatusBadRequest, "u1", mobile, first)["error_code"])
	s.register(http.StatusOK, "u1", mobile, second)
}

func TestACodeExpires(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	code := s.sendCode(mobile)
	s.clock.Advance(10 * time.Minute)
	assert.Equal(t, "CBC.99004008", s.register(http.StatusBadRequest, "u1", mobile, code)["error_code"])
	code = s.sendCode(mobile)
	s.clock.Advance(10*time.Minute - time.Second)
	s.register(http.StatusOK, "u1", mobile, code)
}

func TestACodeIsSpoiledAfterThreeWrongEntries(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	code := s.sendCode(mobile)
	for range 3 {
		assert.Equal(t, "CBC.99004010", s.register(http.StatusBadRequest, "u1", mobile, otherCode(code))["error_code"])
	}
	assert.Equal(t, "CBC.99004009", s.register(http.StatusBadRequest, "u1", mobile, code)["error_code"])
	s.register(http.StatusOK, "u1", mobile, s.sendCode(mobile))
}
