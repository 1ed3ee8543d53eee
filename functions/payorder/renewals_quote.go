package payorder

import (
	"cmp"
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type renewalQuoteRequest struct {
	ResourceIDs []string `json:"resource_ids"`
	PeriodType  string   `json:"period_type"`
	PeriodNum   int      `json:"period_num"`
}

type renewalQuoteAnswer struct {
	CustomerID string             `json:"customer_id"`
	Currency   string             `json:"currency"`
	Resources  []renewalPrice     `json:"resources"`
	Refused    []ResourceRefusal  `json:"refused"`
	Official   decimal.Decimal    `json:"official_amount"`
	Amount     decimal.Decimal    `json:"amount"`
	Discounts  []discountedAmount `json:"discounts"`
	// Quote is empty where a resource is refused: Huawei Cloud renews all or none.
	Quote     string    `json:"quote,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

type renewalPrice struct {
	ResourceID string          `json:"resource_id"`
	Amount     decimal.Decimal `json:"amount"`
}

// discountedAmount is what all would cost with a discount, which is chosen when the
// orders are paid.
type discountedAmount struct {
	DiscountID string          `json:"discount_id"`
	Name       string          `json:"name"`
	Amount     decimal.Decimal `json:"amount"`
	Best       bool            `json:"best,omitempty"`
}

// quoteRenewal tells what renewing resources costs. The signed quote is what they are
// renewed with.
func (f *function) quoteRenewal(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in renewalQuoteRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	customerID := r.PathValue("customer_id")
	if _, err := f.mainResources(ctx, customerID, in.ResourceIDs); err != nil {
		return nil, err
	}
	q := renewalQuote{CustomerID: customerID, ResourceIDs: in.ResourceIDs, PeriodType: in.PeriodType, PeriodNum: in.PeriodNum}
	ratings, err := f.rateRenewal(ctx, q)
	if err != nil {
		return nil, err
	}
	out := describeRatings(customerID, ratings)
	if len(out.Refused) == 0 {
		q.Amount, q.Currency = out.Amount, out.Currency
		q.ExpiresAt = f.clock.Now().Add(offerValidity).UTC().Truncate(time.Second)
		out.ExpiresAt = q.ExpiresAt
		if out.Quote, err = f.renewals.sign(q); err != nil {
			return nil, err
		}
	}
	return handler.OK(out), nil
}

func (in renewalQuoteRequest) validate() error {
	wrong := checkResourceIDs(in.ResourceIDs, maxResources)
	most := map[string]int{"month": 11, "year": 3}[in.PeriodType]
	switch {
	case most == 0:
		wrong = append(wrong, handler.FieldError{Field: "period_type", Reason: "must be month or year"})
	case in.PeriodNum < 1 || in.PeriodNum > most:
		wrong = append(wrong, handler.FieldError{Field: "period_num", Reason: "must be 1 to 11 months, or 1 to 3 years"})
	}
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

func (f *function) rateRenewal(ctx context.Context, q renewalQuote) (bss.RenewalRatings, error) {
	customer, err := f.customer(ctx, q.CustomerID)
	if err != nil {
		return bss.RenewalRatings{}, err
	}
	ratings, err := f.cloud.ListRenewRateOnPeriod(ctx, customer, bss.ListRenewRateOnPeriodRequest{
		ResourceIDs: q.ResourceIDs, PeriodType: renewalPeriods[q.PeriodType], PeriodNum: q.PeriodNum,
	})
	if err != nil {
		return ratings, resourcesNotChanged(err)
	}
	return ratings, nil
}

func sumOfRenewals(ratings bss.RenewalRatings) decimal.Decimal {
	sum := decimal.Zero
	for _, r := range ratings.RenewInquiryResults {
		sum = sum.Add(r.Amount)
	}
	return sum
}

func describeRatings(customerID string, ratings bss.RenewalRatings) renewalQuoteAnswer {
	out := renewalQuoteAnswer{
		CustomerID: customerID, Currency: cmp.Or(ratings.Currency, "CNY"), Resources: []renewalPrice{},
		Refused: refusals(ratings.FailResourceInfos), Discounts: []discountedAmount{},
		Official: ratings.OfficialWebsiteRatingResult.OfficialWebsiteAmount, Amount: sumOfRenewals(ratings),
	}
	for _, r := range ratings.RenewInquiryResults {
		out.Resources = append(out.Resources, renewalPrice(r))
	}
	for _, d := range ratings.OptionalDiscountRatingResults {
		out.Discounts = append(out.Discounts, discountedAmount{d.DiscountID, d.DiscountName, d.Amount, d.BestOffer == 1})
	}
	return out
}
