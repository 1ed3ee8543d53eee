package bss

import "github.com/shopspring/decimal"

// OrderStatus is where an order stands.
type OrderStatus int

// The states of an order.
const (
	OrderPendingApproval     OrderStatus = 1
	OrderPendingRefund       OrderStatus = 2
	OrderProcessing          OrderStatus = 3
	OrderCancelled           OrderStatus = 4
	OrderCompleted           OrderStatus = 5
	OrderPendingPayment      OrderStatus = 6
	OrderPendingConfirmation OrderStatus = 9
)

// OrderType is what an order does.
type OrderType int

// The types of an order.
const (
	OrderNew         OrderType = 1
	OrderRenewal     OrderType = 2
	OrderChange      OrderType = 3
	OrderUnsubscribe OrderType = 4
)

// ListCustomerOrdersRequest filters ListCustomerOrders. Empty fields do not
// filter; a range of time spans a year at most.
type ListCustomerOrdersRequest struct {
	OrderID           string      `query:"order_id"`
	CustomerID        string      `query:"customer_id"`
	CreateTimeBegin   Time        `query:"create_time_begin"`
	CreateTimeEnd     Time        `query:"create_time_end"`
	PaymentTimeBegin  Time        `query:"payment_time_begin"`
	PaymentTimeEnd    Time        `query:"payment_time_end"`
	ServiceTypeCode   string      `query:"service_type_code"`
	Status            OrderStatus `query:"status"`
	OrderType         OrderType   `query:"order_type"`
	OrderBy           string      `query:"order_by"` // createTime or -createTime
	IndirectPartnerID string      `query:"indirect_partner_id"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// Order is one order, its amounts in Currency.
type Order struct {
	OrderID         string      `json:"order_id"`
	CustomerID      string      `json:"customer_id"`
	ServiceTypeCode string      `json:"service_type_code"`
	ServiceTypeName string      `json:"service_type_name"`
	Status          OrderStatus `json:"status"`
	OrderType       OrderType   `json:"order_type"`
	// OfficialAmount is the list price; AmountAfterDiscount is what is to be paid,
	// before coupons and cards.
	OfficialAmount      decimal.Decimal `json:"official_amount"`
	AmountAfterDiscount decimal.Decimal `json:"amount_after_discount"`
	Currency            string          `json:"currency"`
	CreateTime          Time            `json:"create_time"`
	PaymentTime         Time            `json:"payment_time"`
	// PendingPaymentEndTime is the payment deadline. Only the details have it.
	PendingPaymentEndTime Time       `json:"pending_payment_end_time"`
	AmountInfo            AmountInfo `json:"amount_info"`
	// SubOrderInfos are the members of a combined order, which is paid as a whole.
	SubOrderInfos []Order `json:"sub_order_infos"`
}

// AmountInfo splits what was taken off an amount.
type AmountInfo struct {
	Discounts                 []DiscountItem  `json:"discounts"`
	CouponAmount              decimal.Decimal `json:"coupon_amount"`
	FlexipurchaseCouponAmount decimal.Decimal `json:"flexipurchase_coupon_amount"`
	StoredCardAmount          decimal.Decimal `json:"stored_card_amount"`
	CommissionAmount          decimal.Decimal `json:"commission_amount"`
	ConsumedAmount            decimal.Decimal `json:"consumed_amount"`
}

// DiscountItem is one discount in an amount.
type DiscountItem struct {
	DiscountType   string          `json:"discount_type"`
	DiscountAmount decimal.Decimal `json:"discount_amount"`
}

// ShowCustomerOrderDetailsRequest names an order.
type ShowCustomerOrderDetailsRequest struct {
	OrderID           string
	IndirectPartnerID string `query:"indirect_partner_id"`
	Offset            int    `query:"offset"`
	// Limit is the number of lines; 0 is the API's default of 10.
	Limit int `query:"limit"`
}

// OrderDetails is an order with its lines.
type OrderDetails struct {
	TotalCount int         `json:"total_count"`
	Order      Order       `json:"order_info"`
	Lines      []OrderLine `json:"order_line_items"`
}

// Period types of an order line.
const (
	PeriodDay   = 0
	PeriodWeek  = 1
	PeriodMonth = 2
	PeriodYear  = 3
)

// OrderLine is one line of an order.
type OrderLine struct {
	OrderLineItemID     string          `json:"order_line_item_id"`
	OrderID             string          `json:"order_id"`
	ServiceTypeCode     string          `json:"service_type_code"`
	ServiceTypeName     string          `json:"service_type_name"`
	ProductID           string          `json:"product_id"`
	ProductSpecDesc     string          `json:"product_spec_desc"`
	PeriodType          int             `json:"period_type"`
	PeriodNum           int             `json:"period_num"`
	EffectiveTime       Time            `json:"effective_time"`
	ExpireTime          Time            `json:"expire_time"`
	SubscriptionNum     int             `json:"subscription_num"`
	OfficialAmount      decimal.Decimal `json:"official_amount"`
	AmountAfterDiscount decimal.Decimal `json:"amount_after_discount"`
	Currency            string          `json:"currency"`
}

type orderQuery struct {
	OrderID string `query:"order_id"`
}

// CouponKind is the kind of a coupon where an order uses it. The lists of issued
// coupons number kinds otherwise: see CouponType.
type CouponKind int

// The kinds of coupons on an order.
const (
	KindDiscountCoupon  CouponKind = 300
	KindVoucher         CouponKind = 301 // 代金券
	KindCashCoupon      CouponKind = 302 // 现金券, in bills flexi-purchase coupon
	KindStoredValueCard CouponKind = 303
)

// OrderCoupon is a coupon that can be used for an order.
type OrderCoupon struct {
	CouponID      string          `json:"coupon_id"`
	CouponCode    string          `json:"coupon_code"`
	Status        int             `json:"status"`
	CouponType    CouponKind      `json:"coupon_type"`
	FaceValue     decimal.Decimal `json:"face_value"`
	Balance       decimal.Decimal `json:"balance"`
	EffectiveTime Time            `json:"effective_time"`
	ExpireTime    Time            `json:"expire_time"`
	PlanName      string          `json:"plan_name"`
	PlanDesc      string          `json:"plan_desc"`
	UseLimits     []UseLimit      `json:"use_limits"`
	// UsedByOrderID is the only order that may use the coupon, where it is locked.
	UsedByOrderID string `json:"used_by_order_id"`
}

// UseLimit is one restriction of a coupon.
type UseLimit struct {
	LimitKey string `json:"limit_key"`
	Value1   string `json:"value1"`
	Value2   string `json:"value2"`
}

// DiscountType is the kind of a discount where an order uses it.
type DiscountType int

// The kinds of discounts on an order.
const (
	DiscountPromotion  DiscountType = 0
	DiscountContract   DiscountType = 1
	DiscountCommercial DiscountType = 2
	DiscountPartner    DiscountType = 3
	// DiscountAdjusted is a price that the partner adjusted: it must be used.
	DiscountAdjusted DiscountType = 609
)

// OrderDiscount is a discount that can be used for an order.
type OrderDiscount struct {
	DiscountID string `json:"discount_id"`
	// DiscountValue is a ratio or an amount, empty for a fixed price.
	DiscountValue string            `json:"discount_value"`
	DiscountType  DiscountType      `json:"discount_type"`
	Orders        []DiscountedOrder `json:"orders"`
}

// DiscountedOrder is an order to which a discount applies.
type DiscountedOrder struct {
	OrderID string            `json:"order_id"`
	Lines   []DiscountedLines `json:"order_line_items"`
}

// DiscountedLines are the order lines on which a discount has one effect.
type DiscountedLines struct {
	OrderLineItemIDs []string `json:"order_line_item_ids"`
	// DiscountMode is 0 a ratio, 1 a fixed price, 2 a reduction.
	DiscountMode   int             `json:"discount_mode"`
	DiscountAmount decimal.Decimal `json:"discount_amount"`
	DiscountRatio  decimal.Decimal `json:"discount_ratio"`
}

// UsedCoupon names a coupon to pay with.
type UsedCoupon struct {
	ID   string     `json:"id"`
	Type CouponKind `json:"type"`
}

// UsedDiscount names a discount to pay with.
type UsedDiscount struct {
	ID   string       `json:"id"`
	Type DiscountType `json:"type"`
}

// PayOrdersRequest is the argument of PayOrders.
type PayOrdersRequest struct {
	OrderID string
	// Coupons are three at most.
	Coupons []UsedCoupon
	// Discount is the one discount to use, if any.
	Discount *UsedDiscount
}

type payBody struct {
	OrderID     string         `json:"order_id"`
	UseCoupon   string         `json:"use_coupon"`
	Coupons     []UsedCoupon   `json:"coupon_infos,omitempty"`
	UseDiscount string         `json:"use_discount"`
	Discounts   []UsedDiscount `json:"discount_infos,omitempty"`
}

// The documentation is of two minds about lists beside a NO: none is sent.
func (r PayOrdersRequest) body() payBody {
	b := payBody{OrderID: r.OrderID, UseCoupon: "NO", UseDiscount: "NO"}
	if len(r.Coupons) > 0 {
		b.UseCoupon, b.Coupons = "YES", r.Coupons
	}
	if r.Discount != nil {
		b.UseDiscount, b.Discounts = "YES", []UsedDiscount{*r.Discount}
	}
	return b
}
