package huawei

import (
	"bytes"
	"encoding/json"
	"net/url"
	"time"
)

// caller is who a request proved to be: the partner, or one customer through a
// token of its own.
type caller struct {
	partner  bool
	customer string // customer_id, where the caller is a customer

	user    *user     // of that account, if it is not the account itself
	expires time.Time // of the token; zero where a signature proved it
}

// expired reports whether the token has expired since the gateway looked at it.
func (c caller) expired(now time.Time) bool { return !c.expires.IsZero() && !now.Before(c.expires) }

// call is one request that has passed authentication, the caller check, the
// quota and the contract. Handlers run one at a time under the server's lock, so
// they may read and change the state freely.
type call struct {
	now       time.Time // the simulated instant, UTC
	operation string    // operationId of the contract
	requestID string
	caller    caller
	reseller  string // for whom a distributor acts; empty: for itself
	path      map[string]string
	query     url.Values
	body      []byte
	moved     FaultKind // the fault that moves the page that is asked for; empty: none
}

// decode reads the JSON body, which the contract has already accepted, into v.
// Decode money into decimal.Decimal.
func (c *call) decode(v any) error {
	if err := json.NewDecoder(bytes.NewReader(c.body)).Decode(v); err != nil {
		return errParameter("the body cannot be read: " + err.Error())
	}
	return nil
}

// operation is a handler of one operation of the contract. Its result is sent as
// JSON with the contract's success status; nil means no body. An error is sent
// as it says if it is an *apiError, and as 500 CBC.0999 otherwise.
type operation func(*Server, *call) (any, error)

// page is the window of a list that a request asks for; V2 lists count offset in
// rows from 0, with a default limit of 10.
type page struct{ offset, limit int }

func window[T any](rows []T, p page) []T {
	from := min(p.offset, len(rows))
	return rows[from:min(from+p.limit, len(rows))]
}
