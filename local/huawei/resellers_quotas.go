package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Operations in the records of coupon quotas.
const (
	quotaIssue   = "10"
	quotaReclaim = "11"
)

// quotaRecord is an entry of the distributor's records of coupon quotas; failed
// operations are recorded too.
type quotaRecord struct {
	id         string
	operation  string
	resellerID string
	quotaID    string // of the reseller; empty where none was issued
	parentID   string
	amount     decimal.Decimal
	time       time.Time
	result     string
	remark     string
}

type issuedQuota struct {
	ResellerID string `json:"id"`
	QuotaID    string `json:"quota_id"`
}

type quotaIssueRequest struct {
	QuotaID   string          `json:"quota_id"`
	Resellers []string        `json:"indirect_partner_ids"`
	Amount    decimal.Decimal `json:"quota_amount"`
}

// issueQuotas gives each reseller a coupon quota of that amount out of the
// distributor's. Who comes when too little is left is refused in error_details,
// as the code for it is listed with status 200.
func issueQuotas(s *Server, c *call) (any, error) {
	var r quotaIssueRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	parent, err := s.checkQuotaIssue(c, r)
	if err != nil {
		return nil, err
	}
	issued, refused := []issuedQuota{}, []batchRefusal{}
	for _, id := range r.Resellers {
		if r.Amount.GreaterThan(parent.balance) {
			s.addQuotaRecord(quotaRecord{
				operation: quotaIssue, resellerID: id, parentID: parent.id, amount: r.Amount, time: c.now, result: recordFailed,
			})
			refused = append(refused, batchRefusal{id, "CBC.99000013", "the coupon quota is insufficient"})
			continue
		}
		issued = append(issued, issuedQuota{id, s.issueQuota(c, parent, id, r.Amount)})
	}
	return map[string]any{"simple_quota_infos": issued, "error_details": refused}, nil
}

// checkQuotaIssue decides what concerns the request as a whole. Quotas of
// resellers are for vouchers only, as the list of them says, so a quota of cash
// coupons is none that could be issued out of.
func (s *Server) checkQuotaIssue(c *call, r quotaIssueRequest) (*couponQuota, error) {
	if err := checkAmount("quota_amount", r.Amount); err != nil {
		return nil, err
	}
	if named := slices.Sorted(slices.Values(r.Resellers)); len(slices.Compact(named)) < len(r.Resellers) {
		return nil, errParameter("indirect_partner_ids names an indirect partner twice")
	}
	parent := s.state.quota(r.QuotaID)
	if parent != nil && (parent.reseller != "" || parent.kind != QuotaVoucher) {
		parent = nil
	}
	if err := parent.usable(c.now); err != nil {
		return nil, err
	}
	for _, id := range r.Resellers {
		if s.state.reseller(id) == nil {
			return nil, errReseller()
		}
		if !s.state.designates(parent, id) {
			return nil, refuse(http.StatusBadRequest, "CBC.50000021", "the quota's designated customers are not those of the indirect partner")
		}
	}
	return parent, nil
}

// designates reports whether all customers that the quota is for, if it is for
// some only, are the reseller's.
func (s *state) designates(q *couponQuota, resellerID string) bool {
	return !slices.ContainsFunc(q.customers, func(id string) bool {
		customer := s.customer(id)
		return customer == nil || customer.reseller != resellerID
	})
}

// issueQuota makes the reseller's quota, which inherits all limits and times.
func (s *Server) issueQuota(c *call, parent *couponQuota, resellerID string, amount decimal.Decimal) string {
	q := *parent
	q.id, q.parent, q.reseller = s.newQuotaID(), parent.id, resellerID
	q.value, q.balance, q.created, q.updated = amount, amount, c.now, c.now
	s.state.quotas = append(s.state.quotas, &q)
	parent.balance, parent.updated = parent.balance.Sub(amount), c.now
	s.addQuotaRecord(quotaRecord{
		operation: quotaIssue, resellerID: resellerID, quotaID: q.id, parentID: parent.id,
		amount: amount, time: c.now, result: recordOK,
	})
	s.recordAmount(c, resellerID, q.id, amount)
	return q.id
}

// recordAmount puts an effect with an amount into the journal.
func (s *Server) recordAmount(c *call, owner, reference string, amount decimal.Decimal) {
	e := c.effect(owner, reference)
	e.Amount, e.Currency = amount, s.currency()
	s.record(e)
}

func (s *Server) addQuotaRecord(r quotaRecord) {
	r.id = s.newNumber(16)
	s.state.quotaRecords = append(s.state.quotaRecords, &r)
}

type reclaimedQuota struct {
	QuotaID string `json:"quota_id"`
	Balance money  `json:"quota_balance"`
}

// reclaimQuotas takes back what resellers' quotas still hold. What it cannot
// take back is in error_details, whose codes come with status 200.
// https://support.huaweicloud.com/api-bpconsole/espp_00005.html
func reclaimQuotas(s *Server, c *call) (any, error) {
	var r struct {
		IDs    []string `json:"quota_ids"`
		Remark string   `json:"remark"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	reclaimed, refused := []reclaimedQuota{}, []batchRefusal{}
	for _, id := range r.IDs {
		q := s.state.quota(id)
		if why := refuseQuotaReclaim(q, c.now); why != nil {
			s.recordFailedReclaim(c, q, r.Remark)
			refused = append(refused, batchRefusal{id, why.code, why.message})
			continue
		}
		s.reclaimQuota(c, q, r.Remark)
		reclaimed = append(reclaimed, reclaimedQuota{q.id, money(q.balance)})
	}
	return map[string]any{"simple_quota_infos": reclaimed, "error_details": refused}, nil
}

func refuseQuotaReclaim(q *couponQuota, now time.Time) *apiError {
	switch {
	case q == nil || q.reseller == "" || q.status != quotaNormal && q.status != quotaInvalid:
		return refuse(http.StatusOK, "CBC.99000012", "the coupon quota does not exist or its status is incorrect")
	case q.status == quotaInvalid || now.Before(q.effective):
		return refuse(http.StatusOK, "CBC.99000017", "the coupon quota has not taken effect or has expired")
	case !q.balance.IsPositive():
		return refuse(http.StatusOK, "CBC.99000013", "the coupon quota is insufficient")
	}
	return nil
}

// recordFailedReclaim records a reclaim that failed, of a quota that there is.
func (s *Server) recordFailedReclaim(c *call, q *couponQuota, remark string) {
	if q == nil || q.reseller == "" {
		return
	}
	s.addQuotaRecord(quotaRecord{
		operation: quotaReclaim, resellerID: q.reseller, quotaID: q.id, parentID: q.parent,
		amount: q.balance, time: c.now, result: recordFailed, remark: remark,
	})
}

// reclaimQuota returns the balance to the quota it came from. What coupons of
// the reclaimed quota give back later stays with it.
func (s *Server) reclaimQuota(c *call, q *couponQuota, remark string) {
	parent, rest := s.state.quota(q.parent), q.balance
	q.status, q.balance, q.returned, q.updated = quotaReclaimed, decimal.Zero, rest, c.now
	parent.balance, parent.updated = parent.balance.Add(rest), c.now
	s.addQuotaRecord(quotaRecord{
		operation: quotaReclaim, resellerID: q.reseller, quotaID: q.id, parentID: parent.id,
		amount: rest, time: c.now, result: recordOK, remark: remark,
	})
	s.recordAmount(c, q.reseller, q.id, rest)
}

type quotaRecordRow struct {
	ID            string `json:"id"`
	Operator      string `json:"operator"`
	OperationType string `json:"operation_type"`
	QuotaID       string `json:"quota_id,omitempty"`
	ParentID      string `json:"parent_quota_id"`
	Amount        money  `json:"amount"`
	OperationTime string `json:"operation_time"`
	Result        string `json:"result"`
	Remark        string `json:"remark"`
	resellerNames
}

// resellerNames are how the lists of quotas name a reseller.
type resellerNames struct {
	ID          string `json:"indirect_partner_id"`
	AccountName string `json:"indirect_partner_account_name"`
	Name        string `json:"indirect_partner_name,omitempty"`
}

func (s *state) resellerNames(id string) resellerNames {
	r := s.reseller(id)
	return resellerNames{r.id, r.accountName, r.name}
}

// listQuotaRecords answers the records, oldest first, that are old enough to
// have become visible. An operation type that there is not is no filter, and a
// reseller that there is not has no records.
func listQuotaRecords(s *Server, c *call) (any, error) {
	times, err := c.span("operation_time")
	if err != nil {
		return nil, err
	}
	rows := []quotaRecordRow{}
	for _, r := range s.state.quotaRecords {
		if s.recordVisible(r.time, c.now) && times.holds(r.time) && c.filteredQuotaRecord(r) {
			rows = append(rows, s.quotaRecordRow(r))
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows)}, nil
}

func (c *call) filteredQuotaRecord(r *quotaRecord) bool {
	operation := c.query.Get("operation_type")
	known := operation == quotaIssue || operation == quotaReclaim
	return c.filtered("indirect_partner_id", r.resellerID) && c.filtered("quota_id", r.quotaID) &&
		c.filtered("parent_quota_id", r.parentID) && (!known || operation == r.operation)
}

func (s *Server) quotaRecordRow(r *quotaRecord) quotaRecordRow {
	return quotaRecordRow{
		ID: r.id, Operator: s.options.Operator.Domain, OperationType: r.operation, QuotaID: r.quotaID, ParentID: r.parentID,
		Amount: money(r.amount), OperationTime: instant(r.time), Result: r.result, Remark: r.remark,
		resellerNames: s.state.resellerNames(r.resellerID),
	}
}

type issuedQuotaRow struct {
	quotaRow
	ParentID string `json:"parent_quota_id"`
	resellerNames
}

// listIssuedQuotas answers the quotas of resellers in the order of their issue,
// reclaimed ones too.
func listIssuedQuotas(s *Server, c *call) (any, error) {
	rows := []issuedQuotaRow{}
	for _, q := range s.state.quotas {
		if q.reseller != "" && c.filtered("quota_id", q.id) &&
			c.filtered("indirect_partner_id", q.reseller) && c.filtered("parent_quota_id", q.parent) {
			rows = append(rows, issuedQuotaRow{q.row(s.currency()), q.parent, s.state.resellerNames(q.reseller)})
		}
	}
	return map[string]any{"quotas": window(rows, c.page()), "total_count": len(rows)}, nil
}
