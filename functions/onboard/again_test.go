package onboard_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

// A refused registration made nothing: the customer may choose another name.
func TestARefusedRegistrationCanBeCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "taken-name"})
	assert.Equal(t, "login_name_taken", w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "taken-name"}).Code)

	assert.Equal(t, "free-name", w.register(fields{"account_id": "acct-1", "login_name": "free-name"}).LoginName)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
	p := w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "taken-name"})
	assert.Equal(t, "key_conflict", p.Code, "what was registered is settled")
}
