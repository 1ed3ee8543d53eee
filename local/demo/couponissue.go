package demo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/shopspring/decimal"
)

// campaign runs the schedule of the template, as the cloud's timer would.
func (d *day) campaign(ctx context.Context, s *Step) error {
	customers := append([]string{}, d.world.Resale...)
	customers = append(customers, d.world.Referral, d.bound.customerID)
	payload, err := json.Marshal(map[string]any{
		"campaign":     "spring",
		"quota_id":     d.world.QuotaID,
		"face_value":   "200.00",
		"customer_ids": customers,
	})
	if err != nil {
		return err
	}
	if err := d.RunSchedule(ctx, "couponissue", "campaign", payload); err != nil {
		return err
	}
	var report struct {
		Currency     string          `json:"currency"`
		FaceValue    decimal.Decimal `json:"face_value"`
		Issued       int             `json:"issued"`
		IssuedAmount decimal.Decimal `json:"issued_amount"`
		Refused      int             `json:"refused"`
		BalanceAfter decimal.Decimal `json:"quota_balance_after"`
		Customers    []struct {
			CustomerID string `json:"customer_id"`
			State      string `json:"state"`
			CouponID   string `json:"coupon_id"`
			Code       string `json:"code"`
			Message    string `json:"message"`
		} `json:"customers"`
	}
	if err := d.Platform.Call(ctx, http.MethodGet, "/couponissue/campaigns/spring", nil, &report); err != nil {
		return err
	}
	s.add("campaign", "spring, a voucher of %s each for %d customers", money(report.FaceValue, report.Currency), len(report.Customers))
	for _, c := range report.Customers {
		switch c.State {
		case "issued":
			s.add(d.world.Names[c.CustomerID], "issued, coupon %s", c.CouponID)
		case "refused":
			s.add(d.world.Names[c.CustomerID], "refused by Huawei Cloud: %s %s", c.Code, c.Message)
		default:
			return errors.New("the outcome for customer " + c.CustomerID + " is " + c.State)
		}
	}
	if report.Refused != 1 {
		return errors.New("one customer pays Huawei Cloud itself and should have been refused")
	}
	s.add("issued", "%d vouchers, %s", report.Issued, money(report.IssuedAmount, report.Currency))
	s.add("left in the quota", "%s", money(report.BalanceAfter, report.Currency))
	return nil
}
