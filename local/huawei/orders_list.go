package huawei

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// listOrders answers the orders of the caller, or of the partner's customers,
// newest first unless order_by says otherwise. Members of a combined order are
// shown inside it, and alone only where order_id asks for one.
// https://support.huaweicloud.com/api-bpconsole/api_order_00013.html
func listOrders(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	created, err := c.yearSpan("create_time")
	if err != nil {
		return nil, err
	}
	paid, err := c.yearSpan("payment_time")
	if err != nil {
		return nil, err
	}
	orders, err := c.sorted(s.state.orders)
	if err != nil {
		return nil, err
	}
	rows := []orderRow{}
	for _, o := range orders {
		if s.sees(c, o.customerID) && c.filteredOrder(o) && created.holds(o.created) && paid.holdsIfLimited(o.paid) {
			rows = append(rows, o.row(s.currency()))
		}
	}
	return map[string]any{"order_infos": window(rows, c.page()), "total_count": len(rows)}, nil
}

// holdsIfLimited passes an instant that never was only if the span is unlimited.
func (s span) holdsIfLimited(t time.Time) bool {
	return s == (span{}) || !t.IsZero() && s.holds(t)
}

func (c *call) sorted(orders []*order) ([]*order, error) {
	sorted := slices.Clone(orders)
	byTime := func(a, b *order) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
	}
	switch strings.ToLower(c.query.Get("order_by")) {
	case "createtime":
		slices.SortFunc(sorted, byTime)
	case "-createtime", "":
		slices.SortFunc(sorted, func(a, b *order) int { return byTime(b, a) })
	default:
		return nil, errParameter("order_by is neither createTime nor -createTime")
	}
	return sorted, nil
}

func (c *call) filteredOrder(o *order) bool {
	// No simulated customer pays for members of an enterprise.
	return c.query.Get("method") != "sub_customer" &&
		(o.combined == nil || strings.EqualFold(c.query.Get("order_id"), o.id)) &&
		c.filteredFold("order_id", o.id) && c.filteredFold("service_type_code", o.service.code) &&
		c.filtered("customer_id", o.customerID) &&
		c.filteredNumber("status", o.status) && c.filteredNumber("order_type", o.kind)
}

type orderRow struct {
	OrderID             string        `json:"order_id"`
	CustomerID          string        `json:"customer_id"`
	ServiceTypeCode     string        `json:"service_type_code"`
	ServiceTypeName     string        `json:"service_type_name"`
	SourceType          int           `json:"source_type"`
	Status              int           `json:"status"`
	OrderType           int           `json:"order_type"`
	OfficialAmount      money         `json:"official_amount"`
	AmountAfterDiscount money         `json:"amount_after_discount"`
	MeasureID           int           `json:"measure_id"`
	Currency            string        `json:"currency"`
	CreateTime          string        `json:"create_time"`
	PaymentTime         string        `json:"payment_time,omitempty"`
	AmountInfo          amountInfoRow `json:"amount_info"`
	SubOrderInfos       []orderRow    `json:"sub_order_infos,omitempty"`
	// only in the details
	UserName   string `json:"user_name,omitempty"`
	PaymentEnd string `json:"pending_payment_end_time,omitempty"`
}

type amountInfoRow struct {
	Discounts        []takenRow `json:"discounts"`
	CashCouponAmount money      `json:"flexipurchase_coupon_amount"`
	VoucherAmount    money      `json:"coupon_amount"`
	StoredCardAmount money      `json:"stored_card_amount"`
	CommissionAmount money      `json:"commission_amount"`
	ConsumedAmount   money      `json:"consumed_amount"`
}

type takenRow struct {
	Type   string `json:"discount_type"`
	Amount money  `json:"discount_amount"`
}

const placedByCustomer = 1 // source_type

func (o *order) row(currency string) orderRow {
	row := orderRow{
		OrderID: o.id, CustomerID: o.customerID, ServiceTypeCode: o.service.code, ServiceTypeName: o.service.name,
		SourceType: placedByCustomer, Status: o.status, OrderType: o.kind,
		OfficialAmount: money(o.officialAmount()), AmountAfterDiscount: money(o.amountAfterDiscount()),
		MeasureID: measureYuan, Currency: currency,
		CreateTime: instant(o.created), PaymentTime: instant(o.paid), AmountInfo: o.amountInfo(),
	}
	for _, m := range o.members {
		row.SubOrderInfos = append(row.SubOrderInfos, m.row(currency))
	}
	return row
}

func (o *order) amountInfo() amountInfoRow {
	parts, taken := o.parts(), []takenRow{}
	for _, t := range o.allTaken() {
		taken = append(taken, takenRow{t.kind, money(t.amount)})
	}
	return amountInfoRow{
		Discounts: taken, CashCouponAmount: money(parts.cashCoupon),
		VoucherAmount: money(parts.voucher), StoredCardAmount: money(parts.card),
	}
}

type orderLineRow struct {
	OrderLineItemID     string        `json:"order_line_item_id"`
	OrderID             string        `json:"order_id"`
	ServiceTypeCode     string        `json:"service_type_code"`
	ServiceTypeName     string        `json:"service_type_name"`
	ProductID           string        `json:"product_id"`
	ProductSpecDesc     string        `json:"product_spec_desc"`
	PeriodType          int           `json:"period_type"`
	PeriodNum           int           `json:"period_num"`
	EffectiveTime       string        `json:"effective_time,omitempty"`
	ExpireTime          string        `json:"expire_time,omitempty"`
	SubscriptionNum     int           `json:"subscription_num"`
	OfficialAmount      money         `json:"official_amount"`
	AmountAfterDiscount money         `json:"amount_after_discount"`
	AmountInfo          amountInfoRow `json:"amount_info"`
	Currency            string        `json:"currency"`
	ProductOwnerService string        `json:"product_owner_service"`
}

// showOrder answers an order with a page of its lines.
// https://support.huaweicloud.com/api-bpconsole/api_order_00014.html
func showOrder(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	o, err := s.visibleOrder(c, c.path["order_id"])
	if err != nil {
		return nil, err
	}
	info := o.row(s.currency())
	info.UserName = s.state.customer(o.customerID).accountName
	info.PaymentEnd = instant(o.deadline)
	lines := []orderLineRow{}
	for _, l := range o.lines() {
		lines = append(lines, l.lineRow(s.currency()))
	}
	return map[string]any{
		"total_count":      len(lines),
		"order_info":       info,
		"order_line_items": window(lines, c.page()),
	}, nil
}

func (o *order) lineID() string { return o.id + "-000001" }

func (o *order) lineRow(currency string) orderLineRow {
	from, to := o.term()
	return orderLineRow{
		OrderLineItemID: o.lineID(), OrderID: o.id,
		ServiceTypeCode: o.service.code, ServiceTypeName: o.service.name,
		ProductID: o.productID, ProductSpecDesc: o.product, PeriodType: o.periodType, PeriodNum: o.periodNum,
		EffectiveTime: instant(from), ExpireTime: instant(to), SubscriptionNum: 1,
		OfficialAmount: money(o.official), AmountAfterDiscount: money(o.price), AmountInfo: o.amountInfo(),
		Currency: currency, ProductOwnerService: o.service.code,
	}
}

// term is when the product starts and ends: known once it is delivered, or as
// the order wishes.
func (o *order) term() (from, to time.Time) {
	from = o.effective
	if from.IsZero() {
		from = o.completed
	}
	if from.IsZero() {
		return time.Time{}, time.Time{}
	}
	if o.periodType == PeriodYear {
		return from, from.AddDate(o.periodNum, 0, 0)
	}
	return from, from.AddDate(0, o.periodNum, 0)
}

// Types of a period.
const (
	PeriodMonth = 2
	PeriodYear  = 3
)
