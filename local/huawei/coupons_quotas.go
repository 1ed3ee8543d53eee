package huawei

import "slices"

type quotaQuery struct {
	IDs             []string `json:"quota_ids"`
	Statuses        []int    `json:"quota_status_list"`
	Type            int      `json:"quota_type"` // absent: vouchers
	CreateBegin     string   `json:"create_time_begin"`
	CreateEnd       string   `json:"create_time_end"`
	EffectiveBegin  string   `json:"effective_time_begin"`
	EffectiveEnd    string   `json:"effective_time_end"`
	ExpireBegin     string   `json:"expire_time_begin"`
	ExpireEnd       string   `json:"expire_time_end"`
	Offset          int      `json:"offset"`
	Limit           *int     `json:"limit"`
	IndirectPartner string   `json:"indirect_partner_id"`
}

// listQuotas answers the partner's quotas, or those of the reseller for whom it
// acts, in the order of their creation.
func listQuotas(s *Server, c *call) (any, error) {
	var r quotaQuery
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	created, err := parseSpan("create_time", r.CreateBegin, r.CreateEnd)
	if err != nil {
		return nil, err
	}
	effective, err := parseSpan("effective_time", r.EffectiveBegin, r.EffectiveEnd)
	if err != nil {
		return nil, err
	}
	expires, err := parseSpan("expire_time", r.ExpireBegin, r.ExpireEnd)
	if err != nil {
		return nil, err
	}
	rows := []quotaRow{}
	for _, q := range s.state.quotas {
		if q.reseller == c.reseller && q.status != quotaReclaimed && r.passes(q) && created.holds(q.created) && effective.holds(q.effective) && expires.holds(q.expires) {
			rows = append(rows, q.row(s.currency()))
		}
	}
	return map[string]any{"quotas": window(rows, bodyPage(r.Offset, r.Limit)), "total_count": len(rows)}, nil
}

func (r quotaQuery) passes(q *couponQuota) bool {
	return q.kind == r.Type &&
		(len(r.IDs) == 0 || slices.Contains(r.IDs, q.id)) &&
		(len(r.Statuses) == 0 || slices.Contains(r.Statuses, q.status))
}

type quotaRow struct {
	QuotaID        string       `json:"quota_id"`
	QuotaType      int          `json:"quota_type"`
	QuotaStatus    int          `json:"quota_status"`
	QuotaValue     money        `json:"quota_value"`
	Balance        money        `json:"balance"`
	MeasureID      int          `json:"measure_id"`
	Currency       string       `json:"currency"`
	CreateTime     string       `json:"create_time"`
	LastUpdateTime string       `json:"last_update_time"`
	EffectiveTime  string       `json:"effective_time"`
	ExpireTime     string       `json:"expire_time"`
	LimitInfos     []quotaLimit `json:"limit_infos"`
}

type quotaLimit struct {
	Key    string       `json:"limit_key"`
	Values []limitValue `json:"limit_values"`
}

type limitValue struct {
	Value1 string `json:"value1"`
}

// row shows the limits whose keys are published; those of the limits on face
// value, count and total are not.
func (q *couponQuota) row(currency string) quotaRow {
	limits := []quotaLimit{}
	for _, l := range useLimits(q.services, q.products) {
		limits = append(limits, quotaLimit{l.Key, []limitValue{{l.Value1}}})
	}
	return quotaRow{
		QuotaID: q.id, QuotaType: q.kind, QuotaStatus: q.status,
		QuotaValue: money(q.value), Balance: money(q.balance), MeasureID: measureYuan, Currency: currency,
		CreateTime: instant(q.created), LastUpdateTime: instant(q.updated),
		EffectiveTime: instant(q.effective), ExpireTime: instant(q.expires), LimitInfos: limits,
	}
}
