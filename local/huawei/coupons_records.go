package huawei

import "time"

type couponRecordRow struct {
	ID              string `json:"id"`
	OperationType   string `json:"operation_type"`
	QuotaID         string `json:"quota_id"`
	QuotaType       int    `json:"quota_type"`
	CouponID        string `json:"coupon_id,omitempty"`
	CustomerID      string `json:"customer_id"`
	OperationAmount money  `json:"operation_amount"`
	OperationTime   string `json:"operation_time"`
	Result          string `json:"result"`
	Remark          string `json:"remark"`
}

// listCouponRecords answers the records, oldest first, that are old enough to
// have become visible.
func listCouponRecords(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	times, err := c.span("operation_time")
	if err != nil {
		return nil, err
	}
	rows := []couponRecordRow{}
	for _, r := range s.state.records {
		if r.quota.reseller == c.reseller && s.recordVisible(r.time, c.now) && times.holds(r.time) && c.filteredRecord(r) {
			rows = append(rows, r.row())
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows)}, nil
}

// recordVisible applies Options.RecordDelay: nobody promises how soon the
// record of an effect can be found.
func (s *Server) recordVisible(at, now time.Time) bool {
	return !now.Before(at.Add(s.options.RecordDelay))
}

func (c *call) filteredRecord(r *couponRecord) bool {
	result := c.query.Get("result")
	knownResult := result == recordOK || result == recordFailed // others are no filter
	return c.filteredList("operation_types", r.operation) &&
		c.filteredList("coupon_ids", r.couponID) &&
		c.filtered("quota_id", r.quota.id) && c.filteredNumber("quota_type", r.quota.kind) &&
		c.filtered("customer_id", r.customerID) && (!knownResult || result == r.result)
}

func (r *couponRecord) row() couponRecordRow {
	return couponRecordRow{
		ID: r.id, OperationType: r.operation, QuotaID: r.quota.id, QuotaType: r.quota.kind,
		CouponID: r.couponID, CustomerID: r.customerID, OperationAmount: money(r.amount),
		OperationTime: instant(r.time), Result: r.result, Remark: r.remark,
	}
}
