package huawei

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Tamper changes the books behind the server's back, so that tests can see that
// Check notices. It knows one way for each invariant.
var Tamper = map[string]func(*Server){
	"cash appears":         func(s *Server) { c := s.state.customers[0]; c.cash = c.cash.Add(one) },
	"cash is overdrawn":    func(s *Server) { s.move(s.state.customers[0], decimal.New(-1, 9), "", s.now()) },
	"partner's appears":    func(s *Server) { s.state.partner.balance = s.state.partner.balance.Add(one) },
	"a reseller's appears": func(s *Server) { r := s.state.resellers[0]; r.balance = r.balance.Add(one) },
	"a reseller overdraws": func(s *Server) { s.moveOf(s.state.resellers[0].id, decimal.New(-1, 9), "", s.now()) },
	"a reseller's quota":   func(s *Server) { q := s.resellerQuota(); q.returned = q.returned.Add(one) },
	"an issue is bent":     func(s *Server) { q := s.resellerQuota(); q.value, q.balance = q.value.Add(one), q.balance.Add(one) },
	"an entry is lost":     func(s *Server) { s.state.entries = s.state.entries[:len(s.state.entries)-1] },
	"a transfer is bent":   func(s *Server) { a := s.state.adjusts[0]; a.amount = a.amount.Add(one) },
	"a quota shrinks":      func(s *Server) { q := s.state.quotas[0]; q.balance = q.balance.Sub(one) },
	"a quota is negative":  func(s *Server) { s.state.quotas[0].balance = one.Neg() },
	"a coupon grows":       func(s *Server) { p := s.state.coupons[0]; p.balance = p.balance.Add(one) },
	"a coupon is doubled":  func(s *Server) { s.state.coupons = append(s.state.coupons, s.state.coupons[0]) },
	"a record is lost":     func(s *Server) { s.state.records = s.state.records[1:] },
	"a record is doubled":  func(s *Server) { s.state.records = append(s.state.records, s.state.records[0]) },
	"an order is cheaper":  func(s *Server) { o := s.state.orders[0]; o.price = o.price.Sub(one) },
	"an order is unpaid":   func(s *Server) { s.state.orders[0].paidBy = paymentParts{} },
	"a change is lost":     func(s *Server) { s.state.coupons[0].changes = nil },
	"a coupon pays twice":  func(s *Server) { o := s.state.orders[0]; o.paidBy.voucher = o.paidBy.voucher.Add(one) },
}

var one = decimal.NewFromInt(1)

// resellerQuota is the first quota of a reseller.
func (s *Server) resellerQuota() *couponQuota {
	i := slices.IndexFunc(s.state.quotas, func(q *couponQuota) bool { return q.reseller != "" })
	return s.state.quotas[i]
}
