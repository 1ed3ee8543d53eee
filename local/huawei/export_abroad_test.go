package huawei

import "github.com/shopspring/decimal"

// ChargeLate puts a record with that amount on credit into the bills of a past
// month; a negative one is a refund.
func (s *Server) ChargeLate(cycle, customerID string, amount decimal.Decimal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, kind := s.state.billsOf(cycle, customerID), billNew
	if amount.IsNegative() {
		kind = billRefund
	}
	last := b.batches[len(b.batches)-1].to
	b.batches = append(b.batches, billBatch{first: b.rows(), rows: 1, from: last, to: last, order: &feeRecord{
		BillCycle: cycle, CustomerID: customerID, BillDetailType: kind, Credit: billMoneyOf(amount), Payment: billMoneyOf(amount),
		Official: billMoneyOf(amount), TradeTime: instant(last), ChargingMode: chargePeriod,
	}})
	s.chargeRecords(b, len(b.batches)-1, s.now())
	s.state.orders = append(s.state.orders, &order{
		id: "CSLATE", customerID: customerID, kind: orderRefund, status: OrderCompleted, created: last, paid: last, completed: last,
		official: amount, placed: amount, price: amount, paidBy: paymentParts{monthly: amount},
	})
	s.record(Effect{Operation: "ChargeLate", CustomerID: customerID, Amount: amount.Abs(), Reference: "CSLATE"})
	return nil
}

// AbroadContradictions are ways to change the books of an international site, and what
// Check then says.
var AbroadContradictions = map[string]Contradiction{
	"a charge is lost":     {func(s *Server) { s.state.postpaid.charges = s.state.postpaid.charges[1:] }, "what the partner is charged for"},
	"a charge is bent":     {func(s *Server) { s.state.postpaid.charges[0].consumed = one }, "what the partner is charged for"},
	"a refund is bent":     {func(s *Server) { s.state.postpaid.charges[0].refunded = one.Neg() }, "what the partner gets back for"},
	"a charge is nobody's": {func(s *Server) { s.state.postpaid.charges[0].customerID = "nobody" }, "is charged for 1 bills that there are not"},
	"a bill is bent":       {func(s *Server) { b := s.state.postpaid.bills[0]; b.sum.consumed = b.sum.consumed.Add(one) }, "what the partner owes for"},
	"an invoice is lost":   {func(s *Server) { s.state.postpaid.invoices = s.state.postpaid.invoices[1:] }, "what was invoiced for"},
	"an invoice is bent":   {func(s *Server) { s.state.postpaid.invoices[0].amount = one }, "what was invoiced for"},
	"an invoice is doubled": {func(s *Server) {
		s.state.postpaid.invoices = append(s.state.postpaid.invoices, s.state.postpaid.invoices[0])
	}, "two invoices"},
	"an invoice of another month": {func(s *Server) { s.state.postpaid.invoices[0].cycle = "2020-01" }, "1 cycles were invoiced without a charge"},
	"a return of nothing":         {func(s *Server) { s.state.postpaid.invoices[0].source = &invoice{} }, "returns nothing"},
	"a month's budget is bent":    {func(s *Server) { s.state.budgets[0].used = one }, "what the budget of customer"},
	"a budget for once is bent":   {func(s *Server) { s.state.budgets[1].used = one }, "what the budget of customer"},
	"a budget is doubled":         {func(s *Server) { s.state.budgets = append(s.state.budgets, s.state.budgets[0]) }, "has two budgets"},
	"a budget of nothing":         {func(s *Server) { s.state.budgets[0].amount = decimal.Zero }, "the budget of customer"},
	"a freeze without a budget":   {func(s *Server) { s.state.customers[1].freeze = freeze{kind: FreezeAccount, overBudget: true} }, "a budget that it has not"},
	"an order is not on the bill": {func(s *Server) {
		o := s.state.orders[0]
		o.paidBy.monthly, o.official, o.placed, o.price = o.paidBy.monthly.Add(one), o.official.Add(one), o.placed.Add(one), o.price.Add(one)
	}, "left to the partner"},
}
