package huawei

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Accounts and directions in the lists of changes.
const (
	balanceDebit   = "BALANCE_TYPE_DEBIT"
	balanceCredit  = "BALANCE_TYPE_CREDIT"
	balanceCoupon  = "BALANCE_TYPE_COUPON"
	changeRevenue  = "REVENUE"
	changeExpense  = "EXPENSE"
	partnerRevenue = "1"
	partnerExpense = "2"
)

// trade is what an account changed by: its type, and its detailed type. The
// spelling is Huawei Cloud's.
type trade struct{ kind, detail string }

var (
	tradeRecharge = trade{"RECHARGE", "SOURCE_OPERAIION_RECHARGE"}
	tradeAdjust   = trade{"ADJUST", "SOURCE_OPERAIION_ADJUST"}
	tradeAllocate = trade{"BEADJUST", adjustAllocate}
	tradeReclaim  = trade{"BERETRIEVE", adjustReclaim}
	tradeConsume  = trade{"DEDEUCT", "SOURCE_OPERAIION_DEDEUCT"}
	tradeRefund   = trade{"REFUND", "SOURCE_OPERAIION_UNSUBSCRIBE"}
	tradeTransfer = trade{"TRANS", "SOURCE_OPERATION_TRANSFER"}
	tradeRetrieve = trade{"TRANS", "SOURCE_OPERATION_RETRIEVE"}
)

// paymentByTransfer is the channel of money that comes from outside: a bank
// transfer.
const paymentByTransfer = "2"

func changeOperations() map[string]operation {
	return map[string]operation{
		"ListPartnerAccountChangeRecords":  listPartnerChanges,
		"ListCustomerAccountChangeRecords": listCustomerChanges,
		"ListCustomerCouponChangeRecords":  listCouponChanges,
		"ListStoredValueCards":             listStoredCards,
	}
}

// accountChange is an entry of an account with what led to it.
type accountChange struct {
	accountEntry
	id    string
	trade trade
	order *order        // that was paid or refunded, if one was
	moved *adjustRecord // that moved the money, if one did
}

// accountChanges are the changes of an account that the call may see, oldest
// first. An entry that changed nothing, such as a payment with coupons alone, is
// none.
func (s *Server) accountChanges(c *call, customerID string, days daySpan) []accountChange {
	var all []accountChange
	for i, e := range s.state.entries {
		if e.customerID == customerID && !e.change.IsZero() && days.holds(e.time) && s.recordVisible(e.time, c.now) {
			change := s.explain(e)
			change.id = fmt.Sprintf("AC%s%08d", e.time.In(beijing).Format("20060102150405"), i+1)
			all = append(all, change)
		}
	}
	return all
}

// explain finds what led to an entry. Money from outside was paid in, and what
// goes outside was corrected. What neither an order nor an adjust record knows
// moved between the accounts of an enterprise.
func (s *Server) explain(e accountEntry) accountChange {
	change := accountChange{accountEntry: e, order: s.state.order(e.reference)}
	i := slices.IndexFunc(s.state.adjusts, func(a *adjustRecord) bool { return a.id == e.reference })
	income := e.change.IsPositive()
	switch {
	case i >= 0:
		change.moved = s.state.adjusts[i]
		change.trade = change.moved.trade()
	case change.order != nil && income:
		change.trade = tradeRefund
	case change.order != nil:
		change.trade = tradeConsume
	case e.reference == "" && income:
		change.trade = tradeRecharge
	case e.reference == "":
		change.trade = tradeAdjust
	default:
		change.trade = s.state.enterprise.trade(e.reference)
	}
	return change
}

// trade is what a movement within an enterprise was. The documentation details
// it for coupons only; money has the same details here, and the type of a
// transfer.
func (e *enterprises) trade(reference string) trade {
	if slices.ContainsFunc(e.transfers, func(t enterpriseTransfer) bool { return t.id == reference && t.amount.IsNegative() }) {
		return tradeRetrieve
	}
	return tradeTransfer
}

func (a *adjustRecord) trade() trade {
	if a.operation == adjustAllocate {
		return tradeAllocate
	}
	return tradeReclaim
}

func (a accountChange) direction() string {
	if a.change.IsPositive() {
		return changeRevenue
	}
	return changeExpense
}

// amountText is the amount without its sign: the direction says it. That is a
// choice; the documentation does not show a negative one.
func amountText(amount decimal.Decimal) string { return amount.Abs().StringFixed(2) }

type partnerChangeRow struct {
	ID          string `json:"account_change_id"`
	Detail      string `json:"trade_detail_type"`
	Time        string `json:"trade_time"`
	TradeID     string `json:"trade_id"`
	Amount      string `json:"change_amount"`
	After       string `json:"balance_after_change"`
	Type        string `json:"type"`
	CustomerID  string `json:"customer_id,omitempty"` // of an allocation or a reclaim
	AccountName string `json:"account_name,omitempty"`
}

// listPartnerChanges answers the changes of the balance of the partner, or of the
// reseller for whom it acts. Their credit accounts, without credit, have none.
// https://support.huaweicloud.com/api-bpconsole/mt_060007.html
func listPartnerChanges(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	days, err := c.changeQuery(balanceDebit, balanceCredit)
	if err != nil {
		return nil, err
	}
	rows := []partnerChangeRow{}
	for _, a := range s.accountChanges(c, c.reseller, days) {
		if c.query.Get("balance_type") == balanceDebit && c.filtered("trade_type", a.trade.kind) {
			rows = append(rows, a.partnerRow())
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows), "currency": s.currency()}, nil
}

func (a accountChange) partnerRow() partnerChangeRow {
	row := partnerChangeRow{
		ID: a.id, Detail: a.trade.detail, Time: instant(a.time), TradeID: a.reference,
		Amount: amountText(a.change), After: a.after.StringFixed(2), Type: partnerExpense,
	}
	if a.change.IsPositive() {
		row.Type = partnerRevenue
	}
	if a.moved != nil && a.moved.receiver.id != a.customerID {
		row.CustomerID, row.AccountName = a.moved.receiver.id, a.moved.receiver.accountName
	}
	return row
}

type customerChangeRow struct {
	ID          string `json:"account_change_id"`
	Detail      string `json:"trade_detail_type"`
	Time        string `json:"trade_time"`
	TradeID     string `json:"trade_id"`
	Amount      string `json:"change_amount"`
	After       string `json:"balance_after_change"`
	Direction   string `json:"revenue_expense_type"`
	Cycle       string `json:"bill_cycle"`
	ChannelID   string `json:"payment_channel_id,omitempty"` // of money from outside
	ChannelNo   string `json:"payment_channel_no,omitempty"`
	ConsumeTime string `json:"consume_time,omitempty"` // of an order
	AccountName string `json:"account_name"`
	ServiceName string `json:"cloud_service_type_name,omitempty"`
}

// listCustomerChanges answers the changes of the cash account of the customer
// who calls; none that is simulated has a credit account. A resale customer, who
// spends the partner's money, is refused.
// https://support.huaweicloud.com/api-oce/mac_00003.html
func listCustomerChanges(s *Server, c *call) (any, error) {
	customer := s.state.customer(c.caller.customer)
	if customer.association == AssociationResale && customer.associated(c.now) {
		return nil, refuse(http.StatusBadRequest, "CBC.99000084", "resale customers cannot query the details of income and expense")
	}
	days, err := c.changeQuery(balanceDebit, balanceCredit)
	if err != nil {
		return nil, err
	}
	rows := []customerChangeRow{}
	for _, a := range s.accountChanges(c, customer.id, days) {
		row := a.customerRow(customer)
		if c.query.Get("balance_type") == balanceDebit && c.filteredChange(a.trade, row.Direction, a.reference) &&
			c.filteredChannel(row.ChannelID) && c.filtered("payment_channel_no", row.ChannelNo) {
			rows = append(rows, row)
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows), "currency": s.currency()}, nil
}

func (a accountChange) customerRow(owner *customer) customerChangeRow {
	row := customerChangeRow{
		ID: a.id, Detail: a.trade.detail, Time: instant(a.time), TradeID: a.reference,
		Amount: amountText(a.change), After: a.after.StringFixed(2), Direction: a.direction(),
		Cycle: a.time.In(beijing).Format(cycleLayout), AccountName: owner.accountName,
	}
	if a.trade == tradeRecharge {
		row.ChannelID, row.ChannelNo = paymentByTransfer, a.id
	}
	if a.order != nil {
		row.ConsumeTime, row.ServiceName = instant(a.time), a.order.service.name
	}
	return row
}

// filteredChange applies the filters that the customer's two lists share.
func (c *call) filteredChange(t trade, direction, tradeID string) bool {
	return c.filtered("trade_type", t.kind) && c.filtered("revenue_expense_type", direction) && c.filtered("trade_id", tradeID)
}

// filteredChannel passes the channels of a comma-separated list.
func (c *call) filteredChannel(id string) bool {
	wanted := c.query.Get("payment_channel_id")
	return wanted == "" || slices.Contains(splitList(wanted), id)
}

// changeQuery checks what the lists of changes have in common, and reads their
// days.
func (c *call) changeQuery(accounts ...string) (daySpan, error) {
	if !slices.Contains(accounts, c.query.Get("balance_type")) {
		return daySpan{}, errParameter(fmt.Sprintf("balance_type is none of %v", accounts))
	}
	if !slices.Contains([]string{"", changeRevenue, changeExpense}, c.query.Get("revenue_expense_type")) {
		return daySpan{}, errParameter("revenue_expense_type is neither REVENUE nor EXPENSE")
	}
	return c.tradeDays()
}

// daySpan are whole days of GMT+8, the last one included.
type daySpan struct{ first, last time.Time }

func (d daySpan) holds(t time.Time) bool {
	return !t.Before(d.first) && t.Before(d.last.AddDate(0, 0, 1))
}

// tradeDays reads trade_time_begin and trade_time_end. Without them it is the
// year until today. That no code's status is published for a longer span leaves
// 400.
func (c *call) tradeDays() (daySpan, error) {
	today, _ := time.ParseInLocation(time.DateOnly, c.now.In(beijing).Format(time.DateOnly), beijing)
	first, err := c.day("trade_time_begin", today.AddDate(-1, 0, 0))
	if err != nil {
		return daySpan{}, err
	}
	last, err := c.day("trade_time_end", today)
	if err != nil {
		return daySpan{}, err
	}
	if last.Before(first) {
		return daySpan{}, errParameter("trade_time_end is before trade_time_begin")
	}
	if last.After(first.AddDate(1, 0, 0)) {
		return daySpan{}, refuse(http.StatusBadRequest, "CBC.80021021", "the query spans more than one year")
	}
	return daySpan{first, last}, nil
}

// day reads a day of GMT+8.
func (c *call) day(name string, standard time.Time) (time.Time, error) {
	text := c.query.Get(name)
	if text == "" {
		return standard, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, beijing)
	if err != nil {
		return time.Time{}, errParameter(name + " is not a day like 2019-05-06")
	}
	return t, nil
}
