package funds

import (
	"errors"
	"net/http"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Problem is what to answer where the movement was not made, or nobody knows.
func (m Movement) Problem(err error) error {
	if doubt, ok := errors.AsType[*DoubtError](err); ok {
		return inDoubt(doubt)
	}
	if _, refused := errors.AsType[*ledger.RefusedError](err); !refused {
		return functions.Problem(err)
	}
	switch {
	case errors.Is(err, bss.ErrInsufficientBalance), code(err) == "CBC.99000047":
		return m.insufficient(err)
	case code(err) == "CBC.99000037":
		return resellerUnknown(err)
	case errors.Is(err, bss.ErrNotFound) && m.CustomerID != "":
		return customerUnknown(err)
	}
	return functions.Problem(err)
}

// code is Huawei Cloud's: CBC.99000047 says that there is no account to reclaim from,
// CBC.99000037 that the reseller is none of the partner's.
func code(err error) string {
	failure, ok := errors.AsType[*bss.Error](err)
	if !ok {
		return ""
	}
	return failure.Code
}

// LookProblem is what to answer where balances or records could not be read.
func LookProblem(err error) error {
	switch code(err) {
	case "CBC.99000037":
		return resellerUnknown(err)
	case "CBC.99000035":
		return customerUnknown(err)
	}
	return functions.Problem(err)
}

// insufficient names the account that paid too little: the one that the money was to
// come from.
func (m Movement) insufficient(cause error) *handler.Problem {
	switch {
	case m.Direction == Allocate && m.CustomerID != "" && m.IndirectPartnerID != "":
		return resellerBalanceInsufficient(cause)
	case m.Direction == Allocate:
		return partnerBalanceInsufficient(cause)
	case m.CustomerID == "":
		return resellerBalanceInsufficient(cause)
	default:
		return customerBalanceInsufficient(cause)
	}
}

func inDoubt(e *DoubtError) *handler.Problem {
	return &handler.Problem{Status: http.StatusConflict, Code: "movement_in_doubt", RetryAfter: recordDelay, Cause: e,
		Detail: "The movement " + e.Key + " of the same account may or may not have happened. Nothing more was moved.",
		Next:   "Send the same request again later: the other movement is asked about first."}
}

func partnerBalanceInsufficient(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusConflict, Code: "partner_balance_insufficient", Cause: cause,
		Detail: "The partner's balance that can be allocated is smaller than the amount.",
		Next:   "Top the partner's account up and send the same request again."}
}

func resellerBalanceInsufficient(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusConflict, Code: "reseller_balance_insufficient", Cause: cause,
		Detail: "The reseller's balance is smaller than the amount.",
		Next:   "Allocate money to the reseller and send the same request again, or a smaller amount with a new request_id."}
}

func customerBalanceInsufficient(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusConflict, Code: "customer_balance_insufficient", Cause: cause,
		Detail: "The customer has less than the amount that could be reclaimed.",
		Next:   "Send a request with a new request_id and a smaller amount."}
}

func customerUnknown(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown", Cause: cause,
		Detail: "The partner has no such customer.",
		Next:   "Check customer_id, and that the customer is still associated with the partner."}
}

func resellerUnknown(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusNotFound, Code: "reseller_unknown", Cause: cause,
		Detail: "The partner has no such reseller.",
		Next:   "Check indirect_partner_id, and that the reseller is still associated with the partner."}
}
