package huawei

import "slices"

// TamperSubscriptions is Tamper for the books of resources.
var TamperSubscriptions = map[string]func(*Server){
	"a term is longer":        func(s *Server) { t := s.renewed().terms; t[0].to = t[0].to.Add(1) },
	"a refund grows":          func(s *Server) { o := s.state.subscriptions.refunds[0].order; o.paidBy.cash = o.paidBy.cash.Sub(one) },
	"a refund is doubled":     func(s *Server) { b := &s.state.subscriptions; b.refunds = append(b.refunds, b.refunds[0]) },
	"a refund keeps less":     func(s *Server) { l := &s.state.subscriptions.refunds[0].lines[0]; l.fee = l.fee.Sub(one) },
	"a refund's cash is lost": func(s *Server) { s.state.entries = s.state.entries[:len(s.state.entries)-1] },
}

func (s *Server) renewed() *resource {
	all := s.state.subscriptions.resources
	return all[slices.IndexFunc(all, func(r *resource) bool { return len(r.terms) > 1 })]
}
