package bss

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// ListQuotaCouponsRequest filters ListQuotaCoupons. Empty fields do not filter.
type ListQuotaCouponsRequest struct {
	QuotaIDs          []string `json:"quota_ids,omitempty"`
	QuotaStatusList   []int    `json:"quota_status_list,omitempty"`
	QuotaType         int      `json:"quota_type,omitempty"` // 0 voucher, 1 cash coupon
	IndirectPartnerID string   `json:"indirect_partner_id,omitempty"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `json:"offset,omitempty"`
	Limit  int `json:"limit,omitempty"`
}

// QuotaNormal is the status of a coupon quota that can be issued from.
const QuotaNormal = 0

// CouponQuota is an amount that the partner may issue as coupons, in Currency.
type CouponQuota struct {
	QuotaID       string          `json:"quota_id"`
	QuotaType     int             `json:"quota_type"`
	QuotaValue    decimal.Decimal `json:"quota_value"`
	Balance       decimal.Decimal `json:"balance"`
	Currency      string          `json:"currency"`
	QuotaStatus   int             `json:"quota_status"`
	CreateTime    Time            `json:"create_time"`
	EffectiveTime Time            `json:"effective_time"`
	ExpireTime    Time            `json:"expire_time"`
	LimitInfos    []QuotaLimit    `json:"limit_infos"`
}

// QuotaLimit is one restriction of a quota.
type QuotaLimit struct {
	LimitKey    string       `json:"limit_key"`
	LimitValues []LimitValue `json:"limit_values"`
}

// LimitValue is a value of a restriction.
type LimitValue struct {
	Value1 string `json:"value1"`
	Value2 string `json:"value2"`
}

// CreatePartnerCouponsRequest is the argument of CreatePartnerCoupons.
type CreatePartnerCouponsRequest struct {
	QuotaID     string   `json:"quota_id"`
	CustomerIDs []string `json:"customer_ids"`
	// FaceValue is for each customer, in yuan with two decimals at most.
	FaceValue decimal.Decimal `json:"-"`
	// ValidTime and ExpireTime default to those of the quota.
	ValidTime  Time `json:"valid_time,omitzero"`
	ExpireTime Time `json:"expire_time,omitzero"`
	// CloudServiceTypes and ProductIDs, ten each at most, narrow the quota's own.
	CloudServiceTypes []string `json:"cloud_service_types,omitempty"`
	ProductIDs        []string `json:"product_ids,omitempty"`
	// Memo is kept with the record of the issue: it is where a key belongs by
	// which to find the coupon again. At most 512 characters.
	Memo              string `json:"memo,omitempty"`
	IndirectPartnerID string `json:"indirect_partner_id,omitempty"`
}

// MarshalJSON writes the face value as a number.
func (r CreatePartnerCouponsRequest) MarshalJSON() ([]byte, error) {
	type plain CreatePartnerCouponsRequest
	return json.Marshal(struct {
		plain
		FaceValue number `json:"face_value"`
	}{plain(r), number(r.FaceValue)})
}

// IssuedCoupons is what CreatePartnerCoupons answers, by customer.
type IssuedCoupons struct {
	Coupons []CustomerCoupon `json:"coupon_infos"`
	Errors  []ItemError      `json:"error_details"`
}

// CustomerCoupon is the coupon that a customer received.
type CustomerCoupon struct {
	CustomerID string `json:"id"`
	CouponID   string `json:"coupon_id"`
}

// ItemError is the refusal of one item of a call, by the item's id.
type ItemError struct {
	ID      string `json:"id"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

// CouponType is the kind of a coupon in the lists of issued coupons.
type CouponType int

// The kinds of issued coupons.
const (
	TypeVoucher        CouponType = 1
	TypeDiscountCoupon CouponType = 2
	TypeProductCoupon  CouponType = 3
	TypeCashCoupon     CouponType = 4
)

// ListIssuedPartnerCouponsRequest filters ListIssuedPartnerCoupons. Empty fields
// do not filter.
type ListIssuedPartnerCouponsRequest struct {
	CouponID        string     `query:"coupon_id"`
	CustomerID      string     `query:"customer_id"`
	OrderID         string     `query:"order_id"`
	CouponType      CouponType `query:"coupon_type"`
	Status          int        `query:"status"` // 2 usable, 3 used, 4 expired, 5 reclaimed
	CreateTimeBegin Time       `query:"create_time_begin"`
	CreateTimeEnd   Time       `query:"create_time_end"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// IssuedCoupon is a coupon that the partner issued.
type IssuedCoupon struct {
	CouponID      string          `json:"coupon_id"`
	CustomerID    string          `json:"customer_id"`
	CouponType    CouponType      `json:"coupon_type"`
	Status        int             `json:"status"`
	FaceValue     decimal.Decimal `json:"face_value"`
	Balance       decimal.Decimal `json:"balance"`
	CreateTime    Time            `json:"create_time"`
	EffectiveTime Time            `json:"effective_time"`
	ExpireTime    Time            `json:"expire_time"`
	OrderID       string          `json:"order_id"`
	UseLimits     []UseLimit      `json:"use_limits"`
}

// RecordIssue is the operation type of a record about issuing a coupon.
const RecordIssue = "1"

// ListPartnerCouponsRecordRequest filters ListPartnerCouponsRecord. Empty fields
// do not filter; the bounds of the range are not part of it.
type ListPartnerCouponsRecordRequest struct {
	OperationTypes     []string `query:"operation_types"`
	QuotaID            string   `query:"quota_id"`
	CouponIDs          []string `query:"coupon_ids"`
	CustomerID         string   `query:"customer_id"`
	OperationTimeBegin Time     `query:"operation_time_begin"`
	OperationTimeEnd   Time     `query:"operation_time_end"`
	Result             string   `query:"result"` // "0" done, "-1" failed
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// CouponRecord is one thing that was done to a coupon, or failed.
type CouponRecord struct {
	ID              string          `json:"id"`
	OperationType   string          `json:"operation_type"`
	QuotaID         string          `json:"quota_id"`
	CouponID        string          `json:"coupon_id"`
	CustomerID      string          `json:"customer_id"`
	OperationAmount decimal.Decimal `json:"operation_amount"`
	OperationTime   Time            `json:"operation_time"`
	Result          string          `json:"result"`
	Remark          string          `json:"remark"`
}

// Done reports whether what the record tells of happened.
func (r CouponRecord) Done() bool { return r.Result == "0" }
