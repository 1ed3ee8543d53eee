package huawei

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// issueRequest is the body of CreatePartnerCoupons.
type issueRequest struct {
	QuotaID         string          `json:"quota_id"`
	CustomerIDs     []string        `json:"customer_ids"`
	FaceValue       decimal.Decimal `json:"face_value"`
	ValidTime       string          `json:"valid_time"`
	ExpireTime      string          `json:"expire_time"`
	Services        []string        `json:"cloud_service_types"`
	Products        []string        `json:"product_ids"`
	Memo            string          `json:"memo"`
	IndirectPartner string          `json:"indirect_partner_id"`
}

type issuedCoupon struct {
	CustomerID string `json:"id"`
	CouponID   string `json:"coupon_id"`
}

// batchRefusal says why one of several, such as customers, got nothing.
type batchRefusal struct {
	ID      string `json:"id"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

// issueCoupons answers 200 even if every customer is refused: each refusal is in
// error_details, with the codes that the documentation lists with status 200.
// https://support.huaweicloud.com/api-bpconsole/mp_02002.html
func issueCoupons(s *Server, c *call) (any, error) {
	var r issueRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	quota, prototype, err := s.checkIssue(c, r)
	if err != nil {
		return nil, err
	}
	issued, refused := []issuedCoupon{}, []batchRefusal{}
	for _, id := range r.CustomerIDs {
		if why := s.refuseIssue(c, quota, id, r.FaceValue); why != nil {
			s.addRecord(couponRecord{
				operation: recordIssue, quota: quota, customerID: id, amount: r.FaceValue,
				time: c.now, result: recordFailed, remark: r.Memo,
			})
			refused = append(refused, batchRefusal{id, why.code, why.message})
			continue
		}
		issued = append(issued, issuedCoupon{id, s.issue(c, quota, prototype, id, r.Memo)})
	}
	return map[string]any{"coupon_infos": issued, "error_details": refused}, nil
}

// checkIssue decides what concerns the request as a whole, and returns the quota
// and the coupon to be issued out of it.
func (s *Server) checkIssue(c *call, r issueRequest) (*couponQuota, coupon, error) {
	if err := checkAmount("face_value", r.FaceValue); err != nil {
		return nil, coupon{}, err
	}
	// What happens to a customer named twice is not documented. Refusing is the
	// answer that a caller cannot overlook.
	if ids := slices.Sorted(slices.Values(r.CustomerIDs)); len(slices.Compact(ids)) < len(r.CustomerIDs) {
		return nil, coupon{}, errParameter("customer_ids names a customer twice")
	}
	if slices.Contains(r.CustomerIDs, s.state.partnerID) {
		return nil, coupon{}, refuse(http.StatusBadRequest, "CBC.99000025", "this kind of partner cannot issue coupons to itself")
	}
	quota := s.state.quota(r.QuotaID)
	if quota != nil && quota.reseller != c.reseller {
		quota = nil
	}
	if err := quota.usable(c.now); err != nil {
		return nil, coupon{}, err
	}
	if quota.kind == QuotaVoucher && s.state.partnerState.UsesCoupons {
		return nil, coupon{}, refuse(http.StatusBadRequest, "CBC.50000010", "the partner uses its coupons itself and cannot issue vouchers")
	}
	if err := quota.checkLimits(r); err != nil {
		return nil, coupon{}, err
	}
	if err := s.checkProducts(quota, r); err != nil {
		return nil, coupon{}, err
	}
	if quota.firstOnly && slices.ContainsFunc(r.CustomerIDs, s.state.associatedBefore) {
		return nil, coupon{}, refuse(http.StatusBadRequest, "CBC.99000022", "the coupon is for customers who are associated for the first time only")
	}
	prototype, err := quota.prototype(r, c.now)
	return quota, prototype, err
}

func (q *couponQuota) usable(now time.Time) error {
	switch {
	case q == nil:
		return refuse(http.StatusBadRequest, "CBC.99000012", "the coupon quota does not exist or its status is incorrect")
	case q.status == quotaInvalid, now.Before(q.effective):
		return refuse(http.StatusBadRequest, "CBC.99000017", "the coupon quota has not taken effect or has expired")
	case q.status != quotaNormal:
		return refuse(http.StatusBadRequest, "CBC.99000012", "the coupon quota does not exist or its status is incorrect")
	}
	return nil
}

func (q *couponQuota) checkLimits(r issueRequest) error {
	if r.FaceValue.LessThan(q.minFace) {
		return refuse(http.StatusBadRequest, "CBC.99000018", "the face value is below the quota's minimum")
	}
	if q.maxFace.IsPositive() && r.FaceValue.GreaterThan(q.maxFace) {
		return refuse(http.StatusBadRequest, "CBC.99000019", "the face value is above the quota's maximum")
	}
	for _, code := range r.Services {
		if _, ok := serviceOf(code); !ok {
			return refuse(http.StatusBadRequest, "CBC.50000055", "the cloud service type does not exist")
		}
	}
	if !within(r.Services, q.services) || !within(r.Products, q.products) {
		return refuse(http.StatusBadRequest, "CBC.99000023", "the coupon's limits exceed those of the quota")
	}
	if !within(r.CustomerIDs, q.customers) {
		return refuse(http.StatusBadRequest, "CBC.50000020", "the coupon can be issued to the designated customers only")
	}
	return nil
}

// checkProducts refuses products that there are not: those that no quota names,
// no order was for and the price book does not have.
func (s *Server) checkProducts(q *couponQuota, r issueRequest) error {
	for _, id := range r.Products {
		if !slices.Contains(q.products, id) && !s.state.ordered(id) && !pricedProduct(id) {
			return refuse(http.StatusBadRequest, "CBC.50000054", "the product does not exist")
		}
	}
	return nil
}

func (s *state) ordered(productID string) bool {
	return slices.ContainsFunc(s.orders, func(o *order) bool { return o.productID == productID })
}

func (s *state) associatedBefore(customerID string) bool {
	c := s.customer(customerID)
	return c != nil && c.conditions.AssociatedBefore
}

// within reports whether every value is allowed; nil allows everything.
func within(values, allowed []string) bool {
	return allowed == nil || !slices.ContainsFunc(values, func(v string) bool {
		return !slices.Contains(allowed, v)
	})
}

// prototype is the coupon that each customer gets, without its identity.
func (q *couponQuota) prototype(r issueRequest, now time.Time) (coupon, error) {
	valid, err := parseInstant("valid_time", r.ValidTime)
	if err != nil {
		return coupon{}, err
	}
	expires, err := parseInstant("expire_time", r.ExpireTime)
	if err != nil {
		return coupon{}, err
	}
	if valid.IsZero() {
		valid = q.effective
	}
	if expires.IsZero() {
		expires = q.expires
	}
	if !expires.After(valid) || !expires.After(now) {
		return coupon{}, errParameter("expire_time is not later than valid_time and now")
	}
	return coupon{
		kind: q.couponKind(), quotaID: q.id, status: couponUsable,
		faceValue: r.FaceValue, balance: r.FaceValue,
		valid: valid, expires: expires, created: now,
		limits: useLimits(orElse(r.Services, q.services), orElse(r.Products, q.products)),
	}, nil
}

func (q *couponQuota) couponKind() int {
	if q.kind == QuotaCashCoupon {
		return CouponCash
	}
	return CouponVoucher
}

func orElse(list, standard []string) []string {
	if len(list) > 0 {
		return list
	}
	return standard
}

func useLimits(services, products []string) []Limit {
	var limits []Limit
	if len(services) > 0 {
		limits = append(limits, Limit{Key: "serviceType", Value1: strings.Join(services, ",")})
	}
	if len(products) > 0 {
		limits = append(limits, Limit{Key: "productId", Value1: strings.Join(products, ",")})
	}
	return limits
}

func splitList(text string) []string { return strings.Split(text, ",") }

// refuseIssue decides what concerns one customer alone.
func (s *Server) refuseIssue(c *call, q *couponQuota, customerID string, face decimal.Decimal) *apiError {
	customer := s.state.customer(customerID)
	if customer == nil || !c.serves(customer) {
		return c.refuseCustomer(customer, http.StatusOK)
	}
	if customer.association != AssociationResale {
		return refuse(http.StatusOK, "CBC.99000014", "the coupon cannot be issued to customers of this cooperation type")
	}
	if _, m := s.state.enterprise.membership(customer); m != nil && m.custody {
		return refuse(http.StatusOK, "CBC.50000034", "the coupon cannot be issued to a member in financial custody")
	}
	if face.GreaterThan(q.balance) {
		return refuse(http.StatusOK, "CBC.99000013", "the coupon quota is insufficient")
	}
	count, total := s.state.held(q.id, customerID)
	if q.maxCount > 0 && count+1 > q.maxCount {
		return refuse(http.StatusOK, "CBC.99000020", "the number of coupons exceeds the maximum")
	}
	if q.maxTotal.IsPositive() && total.Add(face).GreaterThan(q.maxTotal) {
		return refuse(http.StatusOK, "CBC.99000021", "the total face value exceeds the maximum")
	}
	return nil
}

// held counts the coupons that the customer got out of the quota and still has
// or has used; what was reclaimed or has expired does not count.
func (s *state) held(quotaID, customerID string) (count int, total decimal.Decimal) {
	for _, p := range s.coupons {
		if p.quotaID != quotaID || p.customerID != customerID || p.status == couponReclaimed || p.status == couponExpired {
			continue
		}
		count++
		total = total.Add(p.faceValue)
	}
	return count, total
}

func (s *Server) issue(c *call, q *couponQuota, prototype coupon, customerID, memo string) string {
	p := prototype
	p.id, p.customerID = s.newCouponID(), customerID
	s.state.coupons = append(s.state.coupons, &p)
	q.balance, q.updated = q.balance.Sub(p.faceValue), c.now
	s.addRecord(couponRecord{
		operation: recordIssue, quota: q, couponID: p.id, customerID: customerID,
		amount: p.faceValue, time: c.now, result: recordOK, remark: memo,
	})
	e := c.effect(customerID, p.id)
	e.Amount, e.Currency = p.faceValue, s.currency()
	s.record(e)
	return p.id
}
