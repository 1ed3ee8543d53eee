package huawei

// TamperEnterprises is Tamper for the books of enterprises.
var TamperEnterprises = map[string]func(*Server){
	"a transfer grows":        func(s *Server) { t := &s.state.enterprise.transfers[0]; t.amount = t.amount.Add(one) },
	"a member's coupon grows": func(s *Server) { g := s.state.enterprise.passed[0]; g.child.faceValue = g.child.faceValue.Add(one) },
	"a passing on is lost":    func(s *Server) { s.state.enterprise.passed[0].parent.returned = one },
}
