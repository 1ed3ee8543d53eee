package huawei

import (
	"net/http"

	"github.com/shopspring/decimal"
)

// Decimals that a price on demand is cut to.
const (
	standardPrecision = 6
	highPrecision     = 10
)

type demandRequest struct {
	ProjectID string          `json:"project_id"`
	Precision int             `json:"inquiry_precision"` // 1: high
	Products  []wantedOnUsage `json:"product_infos"`
}

type wantedOnUsage struct {
	wantedProduct
	Factor    string          `json:"usage_factor"`
	Value     decimal.Decimal `json:"usage_value"`
	MeasureID int             `json:"usage_measure_id"`
}

type demandRating struct {
	Amount    money              `json:"amount"`
	Discount  money              `json:"discount_amount"`
	Official  money              `json:"official_website_amount"`
	MeasureID int                `json:"measure_id"`
	Currency  string             `json:"currency"`
	Products  []demandRatingLine `json:"product_rating_results"`
}

type demandRatingLine struct {
	ID        string                 `json:"id"`
	ProductID string                 `json:"product_id"`
	Amount    money                  `json:"amount"`
	Discount  money                  `json:"discount_amount"`
	Official  money                  `json:"official_website_amount"`
	MeasureID int                    `json:"measure_id"`
	Discounts []demandRatingDiscount `json:"discount_rating_results"`
}

type demandRatingDiscount struct {
	ID        string `json:"discount_id"`
	Type      int    `json:"discount_type"`
	Name      string `json:"discount_name"`
	Amount    money  `json:"amount"`
	MeasureID int    `json:"measure_id"`
}

// rateOnDemand answers what usage costs. Each line is cut, not rounded, to the
// wanted decimals, and the totals are the sums of the lines.
// https://support.huaweicloud.com/api-bpconsole/bcloud_01001.html
func rateOnDemand(s *Server, c *call) (any, error) {
	var r demandRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range r.Products {
		ids = append(ids, p.ID)
	}
	if err := checkQuery(r.ProjectID, ids); err != nil {
		return nil, err
	}
	answer := demandRating{MeasureID: measureYuan, Currency: s.currency()}
	var amount, official decimal.Decimal
	for _, p := range r.Products {
		line, err := s.rateUsage(c, p, r.places())
		if err != nil {
			return nil, err
		}
		answer.Products = append(answer.Products, line)
		amount, official = amount.Add(decimal.Decimal(line.Amount)), official.Add(decimal.Decimal(line.Official))
	}
	answer.Amount, answer.Official, answer.Discount = money(amount), money(official), money(official.Sub(amount))
	return answer, checkQuote(official)
}

func (r demandRequest) places() int32 {
	if r.Precision == 1 {
		return highPrecision
	}
	return standardPrecision
}

// rateUsage prices one line. Of several discounts the first by type applies, the
// commercial one before the partner's, as the documentation says of prices on
// demand. A discount's amount is read as what it takes off.
func (s *Server) rateUsage(c *call, p wantedOnUsage, places int32) (demandRatingLine, error) {
	o, err := findOffer(p.wantedProduct, chargeOnDemand)
	if err != nil {
		return demandRatingLine{}, err
	}
	usage, err := o.usageIn(p)
	if err != nil {
		return demandRatingLine{}, err
	}
	official := price(o.unit).Mul(o.region.level).Mul(usage).Mul(o.multiple(p.wantedProduct)).Truncate(places)
	amount, discounts := official, []demandRatingDiscount{}
	for _, d := range s.priceDiscounts(c) {
		if d.covers(o.kind.service) {
			amount = official.Mul(d.ratio).Truncate(places)
			discounts = append(discounts, demandRatingDiscount{d.id, d.kind, d.name, money(official.Sub(amount)), measureYuan})
			break
		}
	}
	return demandRatingLine{
		ID: p.ID, ProductID: o.id, MeasureID: measureYuan, Discounts: discounts,
		Amount: money(amount), Discount: money(official.Sub(amount)), Official: money(official),
	}, nil
}

// usageIn is the line's usage in the unit that the offer is priced for.
func (o offer) usageIn(p wantedOnUsage) (decimal.Decimal, error) {
	usage, ok := o.usageType(p.Factor)
	if !ok {
		return decimal.Zero, refuse(http.StatusBadRequest, "CBC.99006074", "the billing factor "+p.Factor+" does not exist")
	}
	if !p.Value.IsPositive() {
		return decimal.Zero, errParameter("usage_value is not greater than 0")
	}
	value, ok := converted(p.Value, p.MeasureID, usage.measure)
	if !ok {
		return decimal.Zero, refuse(http.StatusBadRequest, "CBC.99006050", "the unit of the usage is wrong")
	}
	return value, nil
}
