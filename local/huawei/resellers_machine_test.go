package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

// wholesaler plays at random what a distributor can do with its resellers, and
// for one of them with its customer.
type wholesaler struct {
	trader
	resellers []string
	parent    string
	children  []string // quotas of resellers
	issued    []string // coupons of the first reseller's customer
}

func TestMoneyOfResellersIsConserved(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		m.server.Reset()
		m.clock.Set(start)
		w := &wholesaler{trader: trader{market: m}}
		for _, name := range []string{"reseller-one", "reseller-two"} {
			id, err := m.server.AddReseller(huawei.Reseller{AccountName: name, Balance: yuan("200")})
			require.NoError(t, err)
			w.resellers = append(w.resellers, id)
		}
		id, err := m.server.AddAccount(huawei.Account{Name: "resale-customer", Association: huawei.AssociationResale, Reseller: w.resellers[0]})
		require.NoError(t, err)
		w.resale = id
		require.NoError(t, m.server.SetPartnerBalance(yuan("500")))
		w.parent = m.quota(huawei.NewQuota{Value: yuan("500")})
		r.Repeat(map[string]func(*rapid.T){
			"allocate":       func(r *rapid.T) { w.transfer(r, pathResellerAdjust) },
			"reclaim":        func(r *rapid.T) { w.transfer(r, pathResellerTake) },
			"fund customer":  func(r *rapid.T) { w.transferFor(r, pathAllocate) },
			"drain customer": func(r *rapid.T) { w.transferFor(r, pathTakeBack) },
			"issue quota":    w.issueQuota,
			"reclaim quota":  w.reclaimQuota,
			"issue coupon":   w.issueCoupon,
			"take coupon":    w.takeIssued,
			"wait":           w.wait,
			"":               w.check,
		})
	})
}

func (w *wholesaler) anyReseller(r *rapid.T) string {
	return rapid.SampledFrom(w.resellers).Draw(r, "reseller")
}

func (w *wholesaler) transfer(r *rapid.T, path string) {
	got := w.asPartner(http.MethodPost, path, resellerTransfer(w.anyReseller(r), amount(r, "amount").String()))
	w.expect(r, got, http.StatusOK, http.StatusBadRequest)
}

func (w *wholesaler) transferFor(r *rapid.T, path string) {
	got := w.asPartner(http.MethodPost, path, text(w.t, fieldset{
		"customer_id": w.resale, "amount": amount(r, "amount"), "indirect_partner_id": w.anyReseller(r),
	}))
	w.expect(r, got, http.StatusOK, http.StatusBadRequest)
}

func (w *wholesaler) issueQuota(r *rapid.T) {
	got := w.asPartner(http.MethodPost, pathQuotaIssue, text(w.t, fieldset{
		"quota_id": w.parent, "indirect_partner_ids": w.resellers, "quota_amount": amount(r, "amount"),
	}))
	w.expect(r, got, http.StatusOK, http.StatusBadRequest)
	if got.status != http.StatusOK {
		return
	}
	for _, q := range read[quotaAnswer](w.t, got).Quotas {
		w.children = append(w.children, q.QuotaID)
	}
}

func (w *wholesaler) anyQuota(r *rapid.T) string {
	if len(w.children) == 0 {
		r.Skip("no quota")
	}
	return rapid.SampledFrom(w.children).Draw(r, "quota")
}

func (w *wholesaler) reclaimQuota(r *rapid.T) {
	got := w.asPartner(http.MethodPost, pathQuotaReclaim, text(w.t, fieldset{"quota_ids": []string{w.anyQuota(r)}}))
	w.expect(r, got, http.StatusOK)
}

func (w *wholesaler) issueCoupon(r *rapid.T) {
	got := w.asPartner(http.MethodPost, pathCoupons, text(w.t, fieldset{
		"quota_id": w.anyQuota(r), "customer_ids": []string{w.resale}, "face_value": amount(r, "face"),
		"indirect_partner_id": w.resellers[0],
	}))
	w.expect(r, got, http.StatusOK, http.StatusBadRequest)
	if got.status != http.StatusOK {
		return
	}
	for _, c := range read[issueAnswer](w.t, got).Coupons {
		w.issued = append(w.issued, c.CouponID)
	}
}

func (w *wholesaler) takeIssued(r *rapid.T) {
	if len(w.issued) == 0 {
		r.Skip("no coupon")
	}
	got := w.asPartner(http.MethodPost, pathReclaim, text(w.t, fieldset{
		"coupon_id": rapid.SampledFrom(w.issued).Draw(r, "coupon"), "indirect_partner_id": w.resellers[0],
	}))
	w.expect(r, got, http.StatusNoContent, http.StatusOK, http.StatusBadRequest)
}

// wait lets quotas and coupons expire.
func (w *wholesaler) wait(r *rapid.T) {
	w.clock.Advance(rapid.SampledFrom([]time.Duration{time.Hour, 200 * 24 * time.Hour}).Draw(r, "time"))
}
