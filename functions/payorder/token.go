package payorder

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Quote is what a payment is bound to.
type Quote struct {
	OrderID    string            `json:"order_id"`
	CustomerID string            `json:"customer_id"`
	Amount     decimal.Decimal   `json:"amount"`
	Payable    decimal.Decimal   `json:"payable"`
	Currency   string            `json:"currency"`
	Lines      lineDigests       `json:"lines"`
	Coupons    []bss.UsedCoupon  `json:"coupons,omitempty"`
	Discount   *bss.UsedDiscount `json:"discount,omitempty"`
	ExpiresAt  time.Time         `json:"expires_at"`
}

// fingerprint is what must be the same where a payment is asked for again.
func (q Quote) fingerprint() ledger.Fingerprint {
	coupons := make([]string, len(q.Coupons))
	for i, c := range q.Coupons {
		coupons[i] = c.ID
	}
	discount := ""
	if q.Discount != nil {
		discount = q.Discount.ID
	}
	return ledger.Fingerprint{
		"customer_id": q.CustomerID, "amount": q.Amount.String(), "payable": q.Payable.String(),
		"currency": q.Currency, "coupons": strings.Join(coupons, ","), "discount": discount,
	}
}

// lineDigests are short hashes of what an order's lines are, one a property, so that
// a token of a hundred lines stays short and a change can be named.
type lineDigests struct {
	Product  string `json:"product"`
	Spec     string `json:"spec"`
	Period   string `json:"period"`
	Quantity string `json:"quantity"`
	Amount   string `json:"amount"`
}

func digestsOf(lines []bss.OrderLine) lineDigests {
	return lineDigests{
		Product:  digest(lines, func(l bss.OrderLine) any { return []string{l.ServiceTypeCode, l.ProductID} }),
		Spec:     digest(lines, func(l bss.OrderLine) any { return l.ProductSpecDesc }),
		Period:   digest(lines, func(l bss.OrderLine) any { return []int{int(l.PeriodType), l.PeriodNum} }),
		Quantity: digest(lines, func(l bss.OrderLine) any { return l.SubscriptionNum }),
		Amount:   digest(lines, func(l bss.OrderLine) any { return l.AmountAfterDiscount.String() }),
	}
}

func digest(lines []bss.OrderLine, property func(bss.OrderLine) any) string {
	h := sha256.New()
	for _, l := range lines {
		fmt.Fprintf(h, "%q %q\n", l.OrderLineItemID, fmt.Sprint(property(l)))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

// mustMatch refuses an order that is no longer as it was quoted.
func (q Quote) mustMatch(d bss.OrderDetails) error {
	if !d.Order.AmountAfterDiscount.Equal(q.Amount) {
		return orderChanged("The order now costs " + d.Order.AmountAfterDiscount.StringFixed(2) + ", the quote was for " + q.Amount.StringFixed(2) + ".")
	}
	now := digestsOf(d.Lines)
	var changed []string
	for _, property := range []struct{ name, then, now string }{
		{"product", q.Lines.Product, now.Product},
		{"specification", q.Lines.Spec, now.Spec},
		{"period", q.Lines.Period, now.Period},
		{"quantity", q.Lines.Quantity, now.Quantity},
		{"amount", q.Lines.Amount, now.Amount},
	} {
		if property.then != property.now {
			changed = append(changed, property.name)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return orderChanged("What the order is for has changed since the quote: its lines differ in " + strings.Join(changed, ", ") + ".")
}

func orderChanged(detail string) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "order_changed", Detail: detail, Next: "Ask for another quote."}
}

// quoteSigner signs quotes of payments.
type quoteSigner struct{ signer }

// open returns a quote that was signed here, for this order and customer, and has
// not expired.
func (s quoteSigner) open(token, orderID, customerID string, now time.Time) (Quote, error) {
	q, err := s.read(token, orderID, customerID)
	if err == nil {
		err = q.mustBeFresh(now)
	}
	return q, err
}

// read is open for those who ask about what they began with the quote: it may have
// expired meanwhile.
func (s quoteSigner) read(token, orderID, customerID string) (Quote, error) {
	var q Quote
	if _, err := s.signer.open(token, &q); err != nil {
		return q, err
	}
	if q.OrderID != orderID || q.CustomerID != customerID {
		return q, quoteInvalid("The quote is for another order or customer.")
	}
	return q, nil
}

func (q Quote) mustBeFresh(now time.Time) error {
	if now.Before(q.ExpiresAt) {
		return nil
	}
	return &handler.Problem{Status: http.StatusConflict, Code: "quote_expired",
		Detail: "The quote was good until " + q.ExpiresAt.Format(time.RFC3339) + ".", Next: "Ask for another quote."}
}

func quoteInvalid(detail string) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "quote_invalid", Detail: detail,
		Next: "Use the quote as it was given, for the order it was given for."}
}
