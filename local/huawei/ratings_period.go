package huawei

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Periods of price queries beside PeriodMonth and PeriodYear. The simulated price
// book sells nothing by the day or the hour.
const (
	periodDay  = 0
	periodHour = 4
)

type periodRequest struct {
	ProjectID string            `json:"project_id"`
	Products  []wantedForPeriod `json:"product_infos"`
}

type wantedForPeriod struct {
	wantedProduct
	PeriodType  int    `json:"period_type"`
	PeriodNum   int    `json:"period_num"`
	Installment string `json:"fee_installment_mode"`
}

type officialRating struct {
	Official  money                `json:"official_website_amount"`
	MeasureID int                  `json:"measure_id"`
	Products  []officialRatingLine `json:"product_rating_results"`
}

type officialRatingLine struct {
	ID        string `json:"id"`
	ProductID string `json:"product_id"`
	Official  money  `json:"official_website_amount"`
	MeasureID int    `json:"measure_id"`
}

type discountRating struct {
	ID        string               `json:"discount_id"`
	Type      int                  `json:"discount_type"`
	Name      string               `json:"discount_name"`
	Amount    money                `json:"amount"`
	Official  money                `json:"official_website_amount"`
	Discount  money                `json:"discount_amount"`
	MeasureID int                  `json:"measure_id"`
	BestOffer int                  `json:"best_offer"`
	Products  []discountRatingLine `json:"product_rating_results"`
}

type discountRatingLine struct {
	ID        string `json:"id"`
	ProductID string `json:"product_id"`
	Amount    money  `json:"amount"`
	Official  money  `json:"official_website_amount"`
	Discount  money  `json:"discount_amount"`
	MeasureID int    `json:"measure_id"`
}

// ratedLine is a line of a price query and its official price.
type ratedLine struct {
	id       string
	offer    offer
	official decimal.Decimal
}

// ratePeriod answers what yearly and monthly products cost, and what each
// discount of the customer would make of it. Amounts are to the fen.
// https://support.huaweicloud.com/api-bpconsole/bcloud_01002.html
func ratePeriod(s *Server, c *call) (any, error) {
	var r periodRequest
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
	var lines []ratedLine
	for _, p := range r.Products {
		line, err := p.rate()
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	official := sumOf(lines, func(l ratedLine) decimal.Decimal { return l.official })
	return map[string]any{
		"currency":                         s.currency(),
		"official_website_rating_result":   newOfficialRating(lines, official),
		"optional_discount_rating_results": s.discountRatings(c, lines, official),
	}, checkQuote(official)
}

// rate prices one line without any discount but that of the period.
func (p wantedForPeriod) rate() (ratedLine, error) {
	if !slices.Contains([]int{periodDay, PeriodMonth, PeriodYear, periodHour}, p.PeriodType) {
		return ratedLine{}, errParameter("period_type is none of 0, 2, 3 and 4")
	}
	switch p.Installment {
	case "", "NA":
	case "HALF_PAY", "ZERO_PAY": // for CloudPond, which is not in the price book
		return ratedLine{}, errNoProduct(p.ID)
	default:
		return ratedLine{}, errParameter("fee_installment_mode is none of HALF_PAY, ZERO_PAY and NA")
	}
	o, err := findOffer(p.wantedProduct, chargePeriod)
	if err != nil {
		return ratedLine{}, err
	}
	months, ok := monthsPaid(p.PeriodType, p.PeriodNum)
	if !ok {
		return ratedLine{}, errNoProduct(p.ID)
	}
	monthly := price(o.monthly).Mul(o.region.level).Round(2)
	return ratedLine{p.ID, o, monthly.Mul(months).Mul(o.multiple(p.wantedProduct)).Round(2)}, nil
}

// monthsPaid is how many months' price a period costs: 1 to 11 months cost what
// they are, years less. Other periods are not sold.
func monthsPaid(periodType, num int) (decimal.Decimal, bool) {
	switch {
	case periodType == PeriodMonth && num <= 11:
		return decimal.NewFromInt(int64(num)), true
	case periodType == PeriodYear && num <= 3:
		return []decimal.Decimal{price("10"), price("16.8"), price("18")}[num-1], true
	}
	return decimal.Zero, false
}

func newOfficialRating(lines []ratedLine, official decimal.Decimal) officialRating {
	rating := officialRating{Official: money(official), MeasureID: measureYuan}
	for _, l := range lines {
		rating.Products = append(rating.Products, officialRatingLine{l.id, l.offer.id, money(l.official), measureYuan})
	}
	return rating
}

// discountRatings answers one result a discount, unless it is for none of the
// lines. The best offer is the one that takes most off; of equals, the first by
// type.
func (s *Server) discountRatings(c *call, lines []ratedLine, official decimal.Decimal) []discountRating {
	ratings, best := []discountRating{}, decimal.Zero
	for _, d := range s.priceDiscounts(c) {
		if slices.ContainsFunc(lines, func(l ratedLine) bool { return d.covers(l.offer.kind.service) }) {
			ratings = append(ratings, d.rate(lines, official))
		}
	}
	for _, r := range ratings {
		best = decimal.Max(best, decimal.Decimal(r.Discount))
	}
	i := slices.IndexFunc(ratings, func(r discountRating) bool { return decimal.Decimal(r.Discount).Equal(best) })
	if i >= 0 {
		ratings[i].BestOffer = 1
	}
	return ratings
}

// rate prices the lines with the discount; those that it is not for keep their
// price.
func (d *priceDiscount) rate(lines []ratedLine, official decimal.Decimal) discountRating {
	rating := discountRating{
		ID: d.id, Type: d.kind, Name: d.name, Official: money(official), MeasureID: measureYuan,
	}
	var off decimal.Decimal
	for _, l := range lines {
		amount := l.official
		if d.covers(l.offer.kind.service) {
			amount = l.official.Mul(d.ratio).Round(2)
		}
		off = off.Add(l.official.Sub(amount))
		rating.Products = append(rating.Products, discountRatingLine{
			l.id, l.offer.id, money(amount), money(l.official), money(l.official.Sub(amount)), measureYuan,
		})
	}
	rating.Discount, rating.Amount = money(off), money(official.Sub(off))
	return rating
}
