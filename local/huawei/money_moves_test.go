package huawei_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// kindOfMove is what can be done through the API, and how often of a hundred
// times about it is tried. A move without a path cannot be made yet.
type kindOfMove struct {
	name   string
	weight int
	make   func(*dealer) move
}

func moves() []kindOfMove {
	return []kindOfMove{
		{"allocate", 4, func(d *dealer) move { return d.fund(pathAllocate, 1) }},
		{"reclaim", 4, func(d *dealer) move { return d.fund(pathTakeBack, -1) }},
		{"allocate to reseller", 3, func(d *dealer) move { return d.supply(pathResellerAdjust, 1) }},
		{"reclaim from reseller", 3, func(d *dealer) move { return d.supply(pathResellerTake, -1) }},
		{"issue quotas", 3, (*dealer).issueQuotas},
		{"reclaim quota", 2, (*dealer).reclaimQuota},
		{"issue coupons", 6, (*dealer).issueCoupons},
		{"reclaim coupon", 4, (*dealer).reclaimCoupon},
		{"pay", 25, (*dealer).payOrder},
		{"cancel", 2, (*dealer).cancelOrder},
		{"look at resources", 10, (*dealer).lookAtResources},
		{"renew", 6, (*dealer).renewResource},
		{"unsubscribe", 5, (*dealer).unsubscribeResource},
		{"renew automatically", 4, (*dealer).autoRenew},
		{"end automatic renewals", 2, (*dealer).endAutoRenew},
		{"configure", 2, (*dealer).configure},
		{"convert", 2, (*dealer).convertNow},
		{"schedule a conversion", 2, (*dealer).convertThen},
		{"transfer to member", 4, func(d *dealer) move { return d.transferWithin(pathTransfer, 1) }},
		{"retrieve from member", 4, func(d *dealer) move { return d.transferWithin(pathRetrieve, -1) }},
		{"pass a coupon on", 4, (*dealer).passCoupon},
		{"take a coupon back", 3, (*dealer).takeCouponBack},
	}
}

func (d *dealer) choose() move {
	var all []kindOfMove
	for _, kind := range moves() {
		all = append(all, slices.Repeat([]kindOfMove{kind}, kind.weight)...)
	}
	kind := oneOf(d, all)
	m := kind.make(d)
	if m.path != "" {
		m.name = kind.name
	}
	return m
}

// provide is what happens outside of the API.
func (d *dealer) provide() {
	p := d.anybody()
	switch d.draw(8) {
	case 0:
		d.tell("a quota")
		kind := d.draw(4) / 3
		id, err := d.server.AddQuota(huawei.NewQuota{
			QuotaType: kind, Value: d.amount(100_000), MaxCount: d.draw(3) * 20, ExpireTime: d.later(30, 400),
		})
		require.NoError(d.t, err)
		d.quotas = recent(append(d.quotas, quotaOf{id: id, kind: kind}), 6)
	case 1:
		amount := d.amount(500_000)
		d.tell("the partner has %s", amount)
		require.NoError(d.t, d.server.SetPartnerBalance(amount))
	case 2:
		amount := d.amount(300_000)
		d.tell("%s has %s", p.name, amount)
		require.NoError(d.t, d.server.SetCash(p.id, amount))
	case 3, 4:
		d.grant(p)
	default:
		d.placeOrder(p)
	}
}

func (d *dealer) grant(p person) {
	if d.draw(3) == 0 {
		p = d.people[0] // who can pass it on
	}
	kind := huawei.CouponDiscount + d.draw(4)
	value := d.amount(20_000)
	if kind == huawei.CouponDiscount {
		value = decimal.New(int64(1+d.draw(99)), -2)
	}
	n := huawei.NewCoupon{CustomerID: p.id, Kind: kind, Value: value, ExpireTime: d.later(1, 300)}
	if d.draw(4) == 0 {
		n.Limits = []huawei.Limit{{Key: "maxDeductionRatio", Value1: "0.3"}}
	}
	d.tell("grant %+v", n)
	id, err := d.server.GrantCoupon(n)
	require.NoError(d.t, err)
	d.coupons = recent(append(d.coupons, couponOf{benefit: benefit{id, kind}, owner: p}), 40)
}

func (d *dealer) placeOrder(p person) {
	services := []string{"", "", "hws.service.type.vpc", "hws.service.type.rds", "hws.service.type.domains"}
	n := huawei.NewOrder{
		CustomerID: p.id, OfficialAmount: d.amount(30_000), ServiceTypeCode: services[d.draw(len(services))], PeriodNum: 1 + d.draw(6),
	}
	if d.draw(6) == 0 {
		n.PeriodType, n.PeriodNum = huawei.PeriodYear, 1+d.draw(3)
	}
	if d.draw(3) == 0 {
		n.AmountAfterDiscount = n.OfficialAmount.Mul(decimal.New(int64(1+d.draw(100)), -2)).RoundCeil(2)
	}
	if d.draw(4) == 0 {
		for range 1 + d.draw(3) {
			n.Members = append(n.Members, huawei.NewOrder{OfficialAmount: d.amount(10_000), PeriodNum: 1 + d.draw(3)})
		}
	}
	discounts := []huawei.Discount{{}, {}, {Ratio: decimal.New(int64(1+d.draw(100)), -2)}, {Amount: d.amount(10_000)}, {Price: d.amount(20_000)}}
	discount := discounts[d.draw(len(discounts))]
	discounted := discount != huawei.Discount{}
	if discounted {
		discount.ID = "d"
		n.Discounts = []huawei.Discount{discount}
		if d.draw(2) == 0 {
			n.Discounts[0].Type = huawei.DiscountCommercial
		}
	}
	d.tell("place %+v", n)
	id, err := d.server.PlaceOrder(n)
	require.NoError(d.t, err)
	d.orders = recent(append(d.orders, orderOf{id, p, discounted}), 10)
}

// fund moves money between the partner or a reseller and a customer.
func (d *dealer) fund(path string, sign int64) move {
	p, amount := d.anybody(), d.amount(20_000)
	payer := p.reseller
	if d.draw(20) == 0 {
		payer = d.anyReseller()
	}
	return move{
		method: http.MethodPost, path: path,
		body:  d.json(fieldset{"customer_id": p.id, "amount": amount, "indirect_partner_id": payer}),
		moves: both(payer, p.id, amount.Mul(decimal.NewFromInt(sign))),
	}
}

// supply moves money between the partner and a reseller.
func (d *dealer) supply(path string, sign int64) move {
	id, amount := d.anyReseller(), d.amount(20_000)
	return move{
		method: http.MethodPost, path: path, body: d.json(fieldset{"indirect_partner_id": id, "amount": amount}),
		moves: both("", id, amount.Mul(decimal.NewFromInt(sign))),
	}
}

// both is an amount that one has less and another more.
func both(from, to string, amount decimal.Decimal) map[string]decimal.Decimal {
	return map[string]decimal.Decimal{from: amount.Neg(), to: amount}
}

func (d *dealer) issueQuotas() move {
	if len(d.quotas) == 0 {
		return move{}
	}
	return move{
		method: http.MethodPost, path: pathQuotaIssue, body: d.json(fieldset{
			"quota_id": oneOf(d, d.quotas).id, "indirect_partner_ids": d.resellers[:1+d.draw(2)], "quota_amount": d.amount(10_000),
		}),
		learn: func(d *dealer, answer string) {
			for _, q := range decodeAnswer[quotaAnswer](d, answer).Quotas {
				d.children = recent(append(d.children, q.QuotaID), 10)
				d.quotas = recent(append(d.quotas, quotaOf{q.QuotaID, q.ID, huawei.QuotaVoucher}), 6)
			}
		},
	}
}

func (d *dealer) reclaimQuota() move {
	if len(d.children) == 0 {
		return move{}
	}
	return move{method: http.MethodPost, path: pathQuotaReclaim, body: d.json(fieldset{"quota_ids": []string{oneOf(d, d.children)}})}
}

func (d *dealer) issueCoupons() move {
	if len(d.quotas) == 0 {
		return move{}
	}
	q := oneOf(d, d.quotas)
	owners := map[string]person{}
	for range 1 + d.draw(3) {
		p := d.anybody()
		owners[p.id] = p
	}
	return move{
		method: http.MethodPost, path: pathCoupons, body: d.json(fieldset{
			"quota_id": q.id, "customer_ids": slices.Sorted(maps.Keys(owners)), "face_value": d.amount(5_000),
			"indirect_partner_id": q.reseller, "expire_time": d.later(1, 200).Format(time.RFC3339),
		}),
		learn: func(d *dealer, answer string) {
			for _, c := range decodeAnswer[struct {
				Coupons []struct {
					ID       string `json:"id"`
					CouponID string `json:"coupon_id"`
				} `json:"coupon_infos"`
			}](d, answer).Coupons {
				kind := []int{huawei.CouponVoucher, huawei.CouponCash}[q.kind]
				d.coupons = recent(append(d.coupons, couponOf{benefit{c.CouponID, kind}, owners[c.ID]}), 40)
			}
		},
	}
}

func (d *dealer) reclaimCoupon() move {
	if len(d.coupons) == 0 {
		return move{}
	}
	c := oneOf(d, d.coupons)
	body := fieldset{"coupon_id": c.ID}
	if c.owner.reseller != "" {
		body["indirect_partner_id"] = c.owner.reseller
	}
	return move{method: http.MethodPost, path: pathReclaim, body: d.json(body)}
}

func (d *dealer) payOrder() move {
	if len(d.orders) == 0 {
		return move{}
	}
	o := oneOf(d, d.orders)
	p := payment{OrderID: o.id, UseCoupon: "NO", UseDiscount: "NO"}
	if o.discounted && d.draw(2) == 0 {
		// The type is not known for certain here: a wrong one is refused.
		p.UseDiscount, p.Discounts = "YES", []benefit{{"d", []int{huawei.DiscountPromotion, huawei.DiscountCommercial}[d.draw(2)]}}
	}
	for _, c := range d.coupons {
		if c.owner == o.owner && len(p.Coupons) < 3 && d.draw(3) == 0 {
			p.UseCoupon, p.Coupons = "YES", append(p.Coupons, c.benefit)
		}
	}
	return move{by: o.owner.name, method: http.MethodPost, path: pathPay, body: d.json(p), spends: o.owner.id}
}

func (d *dealer) cancelOrder() move {
	if len(d.orders) == 0 {
		return move{}
	}
	o := oneOf(d, d.orders)
	return move{by: o.owner.name, method: http.MethodPut, path: pathCancel, body: d.json(fieldset{"order_id": o.id})}
}

func (d *dealer) lookAtResources() move {
	p := d.anybody()
	return move{
		by: p.name, method: http.MethodPost, path: pathResources, reads: true,
		body: d.json(fieldset{"limit": 3, "offset": d.draw(4), "only_main_resource": min(1, d.draw(6)), "status_list": []int{2, 5}}),
		learn: func(d *dealer, answer string) {
			for _, r := range decodeAnswer[resourceList](d, answer).Resources {
				d.resources = recent(append(d.resources, resourceOf{r.ID, p}), 12)
			}
		},
	}
}

// onResource is a move of the owner of a resource.
func (d *dealer) onResource(what func(r resourceOf) move) move {
	if len(d.resources) == 0 {
		return move{}
	}
	r := oneOf(d, d.resources)
	m := what(r)
	m.by, m.method = r.owner.name, cmp.Or(m.method, http.MethodPost)
	return m
}

func (d *dealer) renewResource() move {
	return d.onResource(func(r resourceOf) move {
		return move{
			path: pathRenew, body: renewal(2, 1+d.draw(11), d.draw(2), r.id), spends: r.owner.id,
			learn: func(d *dealer, answer string) {
				for _, id := range decodeAnswer[struct {
					IDs []string `json:"order_ids"`
				}](d, answer).IDs {
					d.orders = recent(append(d.orders, orderOf{id, r.owner, true}), 10)
				}
			},
		}
	})
}

func (d *dealer) unsubscribeResource() move {
	return d.onResource(func(r resourceOf) move {
		return move{path: pathUnsubscribe, body: unsubscription(1+d.draw(2), r.id), spends: r.owner.id}
	})
}

func (d *dealer) autoRenew() move {
	return d.onResource(func(r resourceOf) move {
		return move{path: pathAutoRenew + r.id, body: d.json(fieldset{"auto_renew_times": d.draw(4)})}
	})
}

func (d *dealer) endAutoRenew() move {
	return d.onResource(func(r resourceOf) move { return move{method: http.MethodDelete, path: pathAutoRenew + r.id} })
}

func (d *dealer) configure() move {
	settings := []fieldset{
		{"config_name": "EXPIRE_DATE", "config_value": "-1"}, {"config_name": "EXPIRE_DATE", "config_value": "15"},
		{"config_name": "DEDUCTION_DATE", "config_value": "2"},
	}
	return move{
		by: d.anybody().name, method: http.MethodPost, path: "/v2/orders/subscriptions/resources/renew/config",
		body: d.json(oneOf(d, settings)),
	}
}

func (d *dealer) convertNow() move {
	return d.onResource(func(r resourceOf) move {
		return move{path: pathInstantly, body: fmt.Sprintf(`{"resource_ids":%s}`, ids(r.id)), spends: r.owner.id}
	})
}

func (d *dealer) convertThen() move {
	return d.onResource(func(r resourceOf) move {
		return move{path: pathToOnDemand, body: conversion([]string{"SET_UP", "CANCEL"}[d.draw(2)], r.id)}
	})
}

// transferWithin moves money between the master and a member.
func (d *dealer) transferWithin(path string, sign int64) move {
	master, member, amount, id := d.people[0], d.people[1+d.draw(3)], d.amount(10_000), d.transID()
	return move{
		by: master.name, method: http.MethodPost, path: path,
		body:  d.json(fieldset{"customer_id": member.id, "amount": amount.StringFixed(2), "trans_id": id}),
		moves: both(master.id, member.id, amount.Mul(decimal.NewFromInt(sign))),
		learn: func(d *dealer, _ string) { d.use(id) },
	}
}

// transID is sometimes one that was used before.
func (d *dealer) transID() string {
	if d.draw(3) == 0 {
		return ""
	}
	return fmt.Sprintf("t%d", d.draw(1_000))
}

// use notes the trans_id of what was carried out, which works once.
func (d *dealer) use(transID string) {
	if transID != "" && d.used[transID] {
		d.fail("the trans_id %s worked twice", transID)
	}
	d.used[transID] = true
}

func (d *dealer) passCoupon() move {
	var theirs []couponOf
	for _, c := range d.coupons {
		if c.owner == d.people[0] {
			theirs = append(theirs, c)
		}
	}
	if len(theirs) == 0 {
		return move{}
	}
	coupon, member, id := oneOf(d, theirs).ID, d.people[1+d.draw(3)], d.transID()
	return move{
		by: d.people[0].name, method: http.MethodPost, path: pathTransferCoupon, body: d.json(fieldset{
			"customer_id": member.id, "coupon_id": coupon, "amount": d.amount(3_000).StringFixed(2), "trans_id": id,
		}),
		learn: func(d *dealer, answer string) {
			d.use(id)
			sub := decodeAnswer[struct {
				ID string `json:"sub_coupon_id"`
			}](d, answer).ID
			d.passed = recent(append(d.passed, passing{coupon, sub, member.id}), 10)
			d.coupons = recent(append(d.coupons, couponOf{benefit: benefit{sub, huawei.CouponVoucher}, owner: member}), 40)
		},
	}
}

func (d *dealer) takeCouponBack() move {
	if len(d.passed) == 0 {
		return move{}
	}
	g, id := oneOf(d, d.passed), d.transID()
	return move{
		by: d.people[0].name, method: http.MethodPost, path: pathRetrieveCoupon, body: d.json(fieldset{
			"customer_id": g.member, "coupon_id": g.coupon, "sub_coupon_id": g.sub, "trans_id": id,
		}),
		learn: func(d *dealer, _ string) { d.use(id) },
	}
}

func (d *dealer) anybody() person { return oneOf(d, d.people) }

func (d *dealer) anyReseller() string { return oneOf(d, d.resellers) }

// amount is up to so many fen.
func (d *dealer) amount(fen int) decimal.Decimal { return decimal.New(int64(1+d.draw(fen)), -2) }

// later is in so many days.
func (d *dealer) later(least, most int) time.Time {
	return d.clock.Now().Truncate(time.Second).AddDate(0, 0, least+d.draw(most-least))
}

func (d *dealer) json(v any) string {
	data, err := json.Marshal(v)
	require.NoError(d.t, err)
	return string(data)
}

func oneOf[T any](d *dealer, all []T) T { return all[d.draw(len(all))] }

// recent keeps the newest.
func recent[T any](all []T, n int) []T { return slices.Clone(all[max(0, len(all)-n):]) }
