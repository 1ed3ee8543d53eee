package couponissue

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// maxRows bounds a page of a list.
const maxRows = 100

// resellerQuotas is what a distributor calls about the coupon quotas of its resellers.
type resellerQuotas interface {
	UpdateCouponQuotas(ctx context.Context, r bss.UpdateCouponQuotasRequest) (bss.ResellerQuotas, error)
	ReclaimCouponQuotas(ctx context.Context, r bss.ReclaimCouponQuotasRequest) (bss.ReclaimedQuotas, error)
	ListIssuedCouponQuotas(ctx context.Context, r bss.ListIssuedCouponQuotasRequest) iter.Seq2[bss.IssuedQuota, error]
	ListCouponQuotasRecords(ctx context.Context, r bss.ListCouponQuotasRecordsRequest) iter.Seq2[bss.QuotaRecord, error]
}

// resellerQuotaRoutes are those about resellers' quotas.
func (f *function) resellerQuotaRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/couponissue/indirect-partner-quotas", Handle: f.issueQuota},
		{Method: http.MethodGet, Pattern: "/couponissue/indirect-partner-quotas", Handle: f.listIssuedQuotas},
		{Method: http.MethodPost, Pattern: "/couponissue/indirect-partner-quota-reclamations", Handle: f.reclaimQuota},
		{Method: http.MethodGet, Pattern: "/couponissue/indirect-partner-quota-records", Handle: f.listQuotaRecords},
	}
}

// IssuedQuota is a coupon quota of a reseller, its amounts in Currency.
type IssuedQuota struct {
	QuotaID string `json:"quota_id"`
	// ParentQuotaID is the distributor's quota that it came from.
	ParentQuotaID       string          `json:"parent_quota_id"`
	IndirectPartnerID   string          `json:"indirect_partner_id"`
	IndirectPartnerName string          `json:"indirect_partner_name"`
	QuotaValue          decimal.Decimal `json:"quota_value"`
	// Balance is what the reseller can still issue.
	Balance  decimal.Decimal `json:"balance"`
	Currency string          `json:"currency"`
	// QuotaStatus is 0 normal, 3 invalid, 4 being adjusted, 5 frozen, 6 reclaimed.
	QuotaStatus   bss.QuotaStatus `json:"quota_status"`
	CreateTime    time.Time       `json:"create_time,omitzero"`
	EffectiveTime time.Time       `json:"effective_time,omitzero"`
	ExpireTime    time.Time       `json:"expire_time,omitzero"`
}

// listIssuedQuotas answers a page of the resellers' quotas.
func (f *function) listIssuedQuotas(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "quota_id", "indirect_partner_id", "parent_quota_id", "offset", "limit")
	in := bss.ListIssuedCouponQuotasRequest{
		QuotaID: q.id("quota_id"), IndirectPartnerID: q.id("indirect_partner_id"), ParentQuotaID: q.optionalID("parent_quota_id"),
		Offset: q.number("offset", 0, 0, maxStatement),
	}
	limit := q.number("limit", maxRows, 1, maxRows)
	if err := q.problem(); err != nil {
		return nil, err
	}
	rows, more, err := page(f.cloud.ListIssuedCouponQuotas(ctx, in), limit, func(q bss.IssuedQuota) IssuedQuota {
		return IssuedQuota{
			QuotaID: q.QuotaID, ParentQuotaID: q.ParentQuotaID,
			IndirectPartnerID: q.IndirectPartnerID, IndirectPartnerName: q.IndirectPartnerName,
			QuotaValue: q.QuotaValue, Balance: q.Balance, Currency: q.Currency, QuotaStatus: q.QuotaStatus,
			CreateTime: q.CreateTime.Time, EffectiveTime: q.EffectiveTime.Time, ExpireTime: q.ExpireTime.Time,
		}
	})
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(map[string]any{"quotas": rows, "next": next(in.Offset, len(rows), more)}), nil
}

// QuotaRecord is one thing that was done, or failed to be done, with a reseller's quota.
type QuotaRecord struct {
	RecordID string `json:"record_id"`
	// Operation is issue or reclaim.
	Operation     string          `json:"operation"`
	Done          bool            `json:"done"`
	QuotaID       string          `json:"quota_id,omitempty"`
	ParentQuotaID string          `json:"parent_quota_id"`
	Amount        decimal.Decimal `json:"amount"`
	OperationTime time.Time       `json:"operation_time"`
	// IndirectPartnerID is the reseller's.
	IndirectPartnerID string `json:"indirect_partner_id"`
	Operator          string `json:"operator"`
	Remark            string `json:"remark"`
}

var quotaOperations = map[bss.QuotaOperation]string{bss.QuotaOperationIssue: "issue", bss.QuotaOperationReclaim: "reclaim"}

// listQuotaRecords answers a page of what was done with the resellers' quotas.
func (f *function) listQuotaRecords(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "quota_id", "indirect_partner_id", "parent_quota_id", "offset", "limit")
	in := bss.ListCouponQuotasRecordsRequest{
		QuotaID: q.id("quota_id"), IndirectPartnerID: q.id("indirect_partner_id"), ParentQuotaID: q.optionalID("parent_quota_id"),
		Offset: q.number("offset", 0, 0, maxStatement),
	}
	limit := q.number("limit", maxRows, 1, maxRows)
	if err := q.problem(); err != nil {
		return nil, err
	}
	rows, more, err := page(f.cloud.ListCouponQuotasRecords(ctx, in), limit, func(r bss.QuotaRecord) QuotaRecord {
		return QuotaRecord{
			RecordID: r.ID, Operation: quotaOperations[r.OperationType], Done: r.Result == bss.RecordDone,
			QuotaID: r.QuotaID, ParentQuotaID: r.ParentQuotaID, Amount: r.Amount, OperationTime: r.OperationTime.Time,
			IndirectPartnerID: r.IndirectPartnerID, Operator: r.Operator, Remark: r.Remark,
		}
	})
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(map[string]any{"records": rows, "next": next(in.Offset, len(rows), more)}), nil
}

// page reads at most limit rows, and says whether there are more.
func page[From, To any](rows iter.Seq2[From, error], limit int, show func(From) To) (shown []To, more bool, err error) {
	shown = []To{}
	for row, err := range rows {
		if err != nil {
			return nil, false, err
		}
		if len(shown) == limit {
			return shown, true, nil
		}
		shown = append(shown, show(row))
	}
	return shown, false, nil
}

// next is the offset of the next page, 0 where there is none.
func next(offset, shown int, more bool) int {
	if !more {
		return 0
	}
	return offset + shown
}
