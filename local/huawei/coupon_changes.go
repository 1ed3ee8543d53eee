package huawei

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

var (
	tradeActivate   = trade{"ADJUST", "SOURCE_OPERAIION_PRIZE"}
	tradeExpire     = trade{"EXPIRED", "SOURCE_OPERAIION_EXPIRECLEAR"}
	tradeTakenBack  = trade{"COUPONCANCEL", "SOURCE_OPERATION_COUPONCANCEL"}
	couponTradeKeys = []string{"", "ADJUST", "DEDEUCT", "REFUND", "RFROZEN", "EXPIRED", "COUPONADJUST", "COUPONCANCEL"}
)

// couponChange is something that changed what a coupon holds, after it was
// given to its owner.
type couponChange struct {
	time      time.Time
	trade     trade
	change    decimal.Decimal
	after     decimal.Decimal
	reference string // order, or record of the coupon; empty if there is none
}

// changed notes what the coupon holds from now on.
func (p *coupon) changed(t trade, change decimal.Decimal, reference string, at time.Time) {
	p.changes = append(p.changes, couponChange{at, t, change, p.balance, reference})
}

// returnTrade is how a coupon's records and its changes name one thing.
func returnTrade(operation string) trade {
	if operation == recordExpiry {
		return tradeExpire
	}
	return tradeTakenBack
}

// history is everything that changed the coupon, oldest first: it was given,
// used, taken back, and it expired. What Huawei Cloud granted keeps its balance
// beyond its end, unusable; its expiry shows here all the same.
func (p *coupon) history() []couponChange {
	all := []couponChange{{p.created, tradeActivate, p.faceValue, p.faceValue, p.id}}
	all = append(all, p.changes...)
	if p.status == couponExpired && p.balance.IsPositive() {
		all = append(all, couponChange{p.expires, tradeExpire, p.balance.Neg(), decimal.Zero, p.id})
	}
	return slices.DeleteFunc(all, func(c couponChange) bool { return c.change.IsZero() })
}

type couponChangeRow struct {
	CouponID    string `json:"coupon_id"`
	Detail      string `json:"trade_detail_type"`
	Time        string `json:"trade_time"`
	TradeID     string `json:"trade_id"`
	Amount      string `json:"change_amount"`
	After       string `json:"balance_after_change"`
	Direction   string `json:"revenue_expense_type"`
	Cycle       string `json:"bill_cycle"`
	AccountName string `json:"account_name"`
	ServiceName string `json:"cloud_service_type_name,omitempty"`
}

// ownedChange is a change with the coupon that it is of.
type ownedChange struct {
	couponChange
	coupon *coupon
}

// listCouponChanges answers the changes of the vouchers and cash coupons of the
// customer who calls, oldest first. A discount coupon holds no money, and a
// stored-value card is no coupon. The page excludes customers who buy from the
// partner (association 3), whom this site does not know; resale customers, who
// alone get coupons from the partner, are not refused.
func listCouponChanges(s *Server, c *call) (any, error) {
	days, err := c.couponChangeQuery()
	if err != nil {
		return nil, err
	}
	owner := s.state.customer(c.caller.customer)
	rows := []couponChangeRow{}
	for _, change := range s.couponChanges(owner.id) {
		row := s.couponChangeRow(change, owner)
		if days.holds(change.time) && s.recordVisible(change.time, c.now) && c.filtered("coupon_id", row.CouponID) &&
			c.filteredChange(change.trade, row.Direction, row.TradeID) {
			rows = append(rows, row)
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows), "currency": s.currency()}, nil
}

// couponChangeQuery refuses, beside what all lists of changes refuse, filters
// without a value.
func (c *call) couponChangeQuery() (daySpan, error) {
	if err := c.refuseBlanks("revenue_expense_type", "trade_type", "trade_time_begin", "trade_time_end"); err != nil {
		return daySpan{}, err
	}
	if !slices.Contains(couponTradeKeys, c.query.Get("trade_type")) {
		return daySpan{}, errParameter("trade_type is not a type of a coupon's changes")
	}
	return c.changeQuery(balanceCoupon)
}

// refuseBlanks refuses parameters that are carried without a value, where the
// documentation says that they may not be.
func (c *call) refuseBlanks(names ...string) error {
	for _, name := range names {
		if c.query.Has(name) && c.query.Get(name) == "" {
			return errParameter(name + " is empty")
		}
	}
	return nil
}

func (s *Server) couponChanges(customerID string) []ownedChange {
	var all []ownedChange
	for _, p := range s.state.coupons {
		if p.customerID != customerID || p.kind != CouponVoucher && p.kind != CouponCash {
			continue
		}
		for _, change := range p.history() {
			all = append(all, ownedChange{change, p})
		}
	}
	slices.SortStableFunc(all, func(a, b ownedChange) int { return cmp.Compare(a.time.UnixNano(), b.time.UnixNano()) })
	return all
}

func (s *Server) couponChangeRow(change ownedChange, owner *customer) couponChangeRow {
	row := couponChangeRow{
		CouponID: change.coupon.id, Detail: change.trade.detail, Time: instant(change.time), TradeID: change.reference,
		Amount: amountText(change.change), After: change.after.StringFixed(2), Direction: changeExpense,
		Cycle: change.time.In(beijing).Format(cycleLayout), AccountName: owner.accountName,
	}
	if change.change.IsPositive() {
		row.Direction = changeRevenue
	}
	if o := s.state.order(change.reference); o != nil {
		row.ServiceName = o.service.name
	}
	return row
}
