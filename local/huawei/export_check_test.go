package huawei

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Contradiction is a way to change the state behind the server's back, and what Check
// then says among other things.
type Contradiction struct {
	Spoil   func(*Server)
	Finding string
}

// Contradictions has one way for each kind of thing that Check looks at, in a market
// where all of them are.
var Contradictions = map[string]Contradiction{
	"an account is nobody's": {func(s *Server) {
		s.state.entries = append(s.state.entries, accountEntry{customerID: "nobody", change: one, after: one})
	}, "belong to nobody"},
	"cash without an entry": {func(s *Server) {
		s.state.customers = append(s.state.customers, &customer{id: "c", accountName: "c", cash: one})
	}, "the cash of customer c is 1, want 0"},
	"a part of a fen": {func(s *Server) { s.move(s.state.customers[0], decimal.New(1, -3), "", s.now()) }, "a part of a fen"},
	"an entry is unexplained": {func(s *Server) {
		s.movePartner(one, "CS0", s.now())
	}, "nothing explains the entry CS0"},
	"a customer is doubled":  {func(s *Server) { s.state.customers = append(s.state.customers, s.state.customers[0]) }, "two customers"},
	"a reseller is gone":     {func(s *Server) { s.state.customers[0].reseller = "r" }, "a reseller that there is not"},
	"a binding is doubled":   {func(s *Server) { s.bindAll() }, "two customers are bound to u1"},
	"a quota's issue is not": {func(s *Server) { s.state.quotaRecords = nil }, "was recorded as issued of quota"},
	"a quota's return is not": {func(s *Server) {
		q := s.resellerQuota()
		q.balance, q.returned = q.balance.Sub(one), one
	}, "was recorded as returned of quota"},
	"a card pays twice": {func(s *Server) {
		p := s.anyCoupon(CouponStoredCard)
		p.balance, p.spent = p.balance.Sub(one), p.spent.Add(one)
		p.changed(tradeConsume, one.Neg(), s.state.orders[0].id, s.now())
	}, "what cards spent on order"},
	"a card is confused with a voucher": {func(s *Server) {
		paid := &s.state.orders[0].paidBy
		paid.card, paid.voucher = paid.card.Sub(one), paid.voucher.Add(one)
	}, "what vouchers spent on order"},
	"a card is usable and empty": {func(s *Server) {
		p := s.anyCoupon(CouponStoredCard)
		p.spent, p.balance = p.faceValue, decimal.Zero
	}, "can be used and holds nothing"},
	"a used coupon holds money": {func(s *Server) { s.anyCoupon(CouponStoredCard).status = couponUsed }, "cannot be used any more and holds"},
	"a coupon returned to nobody": {func(s *Server) {
		p := s.anyCoupon(CouponStoredCard)
		p.balance, p.returned = p.balance.Sub(one), one
		p.changed(tradeTakenBack, one.Neg(), "", s.now())
	}, "returned 1 to nobody"},
	"a coupon's history breaks": {func(s *Server) { s.anyCoupon(CouponStoredCard).changes[0].after = one }, " after "},
	"an order is doubled":       {func(s *Server) { s.state.orders = append(s.state.orders, s.state.orders[0]) }, "two orders"},
	"an order is not paid":      {func(s *Server) { s.state.orders[0].status = OrderCancelled }, "which its payment contradicts"},
	"an order is delivered":     {func(s *Server) { s.state.orders[0].status = OrderCompleted }, "which its delivery contradicts"},
	"a member goes its own way": {func(s *Server) { s.combined().members[0].status = OrderCancelled }, "is not as the combined order"},
	"a package is refilled":     {func(s *Server) { s.packageUse().used = one }, "what package item"},
	"a package is overdrawn": {func(s *Server) {
		u := s.packageUse()
		u.used, u.after = u.before.Add(one), one.Neg()
	}, "is negative: -1"},
	"bills have a gap":      {func(s *Server) { s.state.bills[0].batches[0].first = 1 }, "have a gap at 1"},
	"bills go backwards":    {func(s *Server) { b := s.state.bills[0].batches; b[0].to = b[0].from }, "are out of order"},
	"bills are nobody's":    {func(s *Server) { s.state.bills[0].customerID = "nobody" }, "are nobody's"},
	"a spoiled record":      {func(s *Server) { s.state.bills[0].spoils = []billSpoil{{row: 99}} }, "a record that is not in the bills"},
	"a transfer is doubled": {func(s *Server) { s.state.adjusts = append(s.state.adjusts, s.state.adjusts[0]) }, "two transfers"},
	"the journal forgets":   {func(s *Server) { s.state.journal = s.state.journal[:len(s.state.journal)-1] }, "what the journal says of order"},
	"the journal repeats":   {func(s *Server) { s.repeatEffect("UpdateCustomerAccountAmount") }, "what the journal says of transfer"},
	"an issue is written twice": {func(s *Server) {
		s.repeatEffect("CreatePartnerCoupons")
	}, "what the journal says of coupon"},
	"a quota is written twice": {func(s *Server) { s.repeatEffect("AddQuota") }, "what the journal says of quota"},
	"a message is lost":        {func(s *Server) { s.state.outbox = s.state.outbox[1:] }, "has number 2"},
	"a code was not sent":      {func(s *Server) { s.state.outbox = nil }, "a code and its messages differ"},
	"a code was never drawn":   {func(s *Server) { s.state.codes = nil }, "a code and its messages differ"},
	"a resource is doubled": {func(s *Server) {
		s.settleResources(s.now().Add(time.Hour))
		b := &s.state.subscriptions
		b.resources = append(b.resources, b.resources[0])
	}, "bought two terms"},
	"a term is unpaid": {func(s *Server) {
		s.settleResources(s.now().Add(time.Hour))
		s.state.subscriptions.resources[0].terms[0].order = &order{id: "CS0"}
	}, "order CS0 cannot have bought a term"},
	"a customer is in two enterprises": {func(s *Server) {
		x := &enterprise{master: s.state.customers[0]}
		s.state.enterprise.all = append(s.state.enterprise.all, x, x)
	}, "is in two enterprises"},
	"more came back than went": {func(s *Server) {
		master, member := s.state.customers[0], &customer{id: "c", accountName: "c"}
		s.state.customers = append(s.state.customers, member)
		t := enterpriseTransfer{id: "EM0", master: master, member: member, amount: one.Neg()}
		s.move(member, one, "", s.now())
		s.move(master, one, t.id, s.now())
		s.move(member, one.Neg(), t.id, s.now())
		s.state.enterprise.transfers = append(s.state.enterprise.transfers, t)
	}, "what member c got from its master is negative"},
}

func (s *Server) bindAll() {
	s.state.customers = append(s.state.customers, &customer{id: "c", accountName: "c"})
	for _, c := range s.state.customers {
		c.xAccountID = "u1"
	}
}

// anyCoupon is the first that can be used.
func (s *Server) anyCoupon(kind int) *coupon {
	i := slices.IndexFunc(s.state.coupons, func(p *coupon) bool { return p.kind == kind && p.status == couponUsable })
	return s.state.coupons[i]
}

func (s *Server) combined() *order {
	i := slices.IndexFunc(s.state.orders, func(o *order) bool { return len(o.members) > 0 })
	return s.state.orders[i]
}

func (s *Server) packageUse() *packageUse { return &s.state.packages[0].items[0].uses[0] }

func (s *Server) repeatEffect(operation string) {
	i := slices.IndexFunc(s.state.journal, func(e Effect) bool { return e.Operation == operation })
	s.state.journal = append(s.state.journal, s.state.journal[i])
}
