package couponissue

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/handler"
)

// TransferRequest asks for one movement of money between the partner and a resale
// customer.
type TransferRequest struct {
	// RequestID names the movement: 1 to 64 letters, digits, _ and -. Sent again,
	// it is answered with what happened the first time.
	RequestID  string `json:"request_id"`
	CustomerID string `json:"customer_id"`
	// IndirectPartnerID names the reseller whose customer it is, and whose money
	// moves, where the partner is its distributor.
	IndirectPartnerID string `json:"indirect_partner_id,omitempty"`
	// Amount is in Currency, with at most two decimals.
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// Transfer is a movement that happened.
type Transfer struct {
	TransferRequest
	TransferID string `json:"transfer_id"`
}

// ResellerTransferRequest asks for one movement of money between the partner, as a
// distributor, and its reseller.
type ResellerTransferRequest struct {
	// RequestID is as in TransferRequest; the ids of both may be the same.
	RequestID         string `json:"request_id"`
	IndirectPartnerID string `json:"indirect_partner_id"`
	// Amount is in Currency, with at most two decimals.
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// ResellerTransfer is a movement that happened.
type ResellerTransfer struct {
	ResellerTransferRequest
	TransferID string `json:"transfer_id"`
}

// fundsRoutes are those about money.
func (f *function) fundsRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/couponissue/allocations", Handle: f.allocate},
		{Method: http.MethodPost, Pattern: "/couponissue/reclamations", Handle: f.reclaim},
		{Method: http.MethodPost, Pattern: "/couponissue/indirect-partner-allocations", Handle: f.allocateToReseller},
		{Method: http.MethodPost, Pattern: "/couponissue/indirect-partner-reclamations", Handle: f.reclaimFromReseller},
		{Method: http.MethodGet, Pattern: "/couponissue/balances", Handle: f.showBalances},
		{Method: http.MethodGet, Pattern: "/couponissue/customer-balances", Handle: f.listCustomerBalances},
		{Method: http.MethodGet, Pattern: "/couponissue/statement", Handle: f.showStatement},
		{Method: http.MethodGet, Pattern: "/couponissue/top-up", Handle: f.showTopUp},
	}
}

func (f *function) allocate(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transfer(ctx, r, funds.Allocate)
}

func (f *function) reclaim(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transfer(ctx, r, funds.Reclaim)
}

func (f *function) transfer(ctx context.Context, r *handler.Request, d funds.Direction) (*handler.Response, error) {
	var in TransferRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	id, err := f.move(ctx, in.movement(d))
	if err != nil {
		return nil, err
	}
	return handler.OK(Transfer{in, id}), nil
}

func (f *function) allocateToReseller(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transferOfReseller(ctx, r, funds.Allocate)
}

func (f *function) reclaimFromReseller(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transferOfReseller(ctx, r, funds.Reclaim)
}

func (f *function) transferOfReseller(ctx context.Context, r *handler.Request, d funds.Direction) (*handler.Response, error) {
	var in ResellerTransferRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	id, err := f.move(ctx, in.movement(d))
	if err != nil {
		return nil, err
	}
	return handler.OK(ResellerTransfer{in, id}), nil
}

func (f *function) move(ctx context.Context, m funds.Movement) (transferID string, err error) {
	done, err := f.funds.Move(ctx, m)
	if err != nil {
		return "", m.Problem(err)
	}
	return done.TransferID, nil
}

func (r TransferRequest) check() error {
	var f fields
	f.match("request_id", r.RequestID, requestIDPattern)
	f.match("customer_id", r.CustomerID, idPattern)
	if r.IndirectPartnerID != "" {
		f.match("indirect_partner_id", r.IndirectPartnerID, idPattern)
	}
	f.money(r.Amount, r.Currency)
	return f.problem()
}

func (r ResellerTransferRequest) check() error {
	var f fields
	f.match("request_id", r.RequestID, requestIDPattern)
	f.match("indirect_partner_id", r.IndirectPartnerID, idPattern)
	f.money(r.Amount, r.Currency)
	return f.problem()
}

// money checks the fields amount and currency of a movement.
func (f *fields) money(amount decimal.Decimal, currency string) {
	f.amount("amount", amount)
	if currency != funds.Currency {
		f.wrong("currency", "must be "+funds.Currency)
	}
}

func (r TransferRequest) movement(d funds.Direction) funds.Movement {
	return funds.Movement{
		Key: string(d) + "/" + r.RequestID, Direction: d, CustomerID: r.CustomerID,
		IndirectPartnerID: r.IndirectPartnerID, Amount: r.Amount, Currency: r.Currency,
	}
}

func (r ResellerTransferRequest) movement(d funds.Direction) funds.Movement {
	return funds.Movement{
		Key: string(d) + "/indirect-partner/" + r.RequestID, Direction: d,
		IndirectPartnerID: r.IndirectPartnerID, Amount: r.Amount, Currency: r.Currency,
	}
}
