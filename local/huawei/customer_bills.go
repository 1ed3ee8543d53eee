package huawei

import (
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

// ownHistoryMonths is how far back a customer can ask for its own bills.
const ownHistoryMonths = 36

// The one enterprise project of every resource.
const (
	defaultProjectID   = "0"
	defaultProjectName = "default"
)

// providerHuawei sells everything here; the other provider is the marketplace.
const providerHuawei = 1

func customerBillOperations() map[string]operation {
	return map[string]operation{
		"ShowCustomerMonthlySum":                showMonthlySum,
		"ListCustomerBillsFeeRecords":           listFlowRecords,
		"ListCustomerselfResourceRecords":       listResourceRecords,
		"ListCustomerselfResourceRecordDetails": listResourceDetails,
	}
}

// billOwners are those whose bills the caller asks for: itself, the members of
// its enterprise that let it, or both. Somebody else's are refused; the
// documentation does not say how.
func (s *Server) billOwners(c *call, method, member string) ([]*customer, error) {
	self := s.state.customer(c.caller.customer)
	members := s.state.enterprise.readableMembers(self)
	switch method {
	case "", "all":
		return append([]*customer{self}, members...), nil
	case "oneself":
		return []*customer{self}, nil
	case "sub_customer":
		if member == "" {
			return nil, errParameter("sub_customer_id is required where method is sub_customer")
		}
		i := slices.IndexFunc(members, func(m *customer) bool { return m.id == member })
		if i < 0 {
			return nil, errDenied("access denied: sub_customer_id is no member whose bills the caller may read")
		}
		return members[i : i+1], nil
	}
	return nil, errParameter("method is none of oneself, sub_customer and all")
}

// ownBills are the bills of the cycle as the customers themselves see them: what
// was spoiled is wrong in the partner's list alone.
func (s *Server) ownBills(owners []*customer, cycle string) []*customerBills {
	var bills []*customerBills
	for _, owner := range owners {
		if b := s.state.billsOf(cycle, owner.id); b != nil {
			bills = append(bills, b)
		}
	}
	return bills
}

// pageOf answers a window of the records of several bills that pass the filter;
// nil passes all.
func pageOf(bills []*customerBills, passes func(feeRecord) bool, p page) (rows []feeRecord, total int) {
	for _, b := range bills {
		part, n := b.page(passes, page{offset: max(0, p.offset-total), limit: p.limit - len(rows)})
		rows, total = append(rows, part...), total+n
	}
	return rows, total
}

// billAmounts are the amounts of one record, or the sums of several.
type billAmounts struct {
	official, discount, payment            decimal.Decimal
	cash, credit, coupon, cashCoupon, card decimal.Decimal
	debt, writeoff                         decimal.Decimal
}

func (f *feeRecord) amounts() billAmounts {
	return billAmounts{
		official: f.Official.decimal(), discount: f.Discount.decimal(), payment: f.Payment.decimal(),
		cash: f.Cash.decimal(), credit: f.Credit.decimal(), coupon: f.Coupon.decimal(),
		cashCoupon: f.CashCoupon.decimal(), card: f.Card.decimal(),
		debt: f.Debt.decimal(), writeoff: f.Writeoff.decimal(),
	}
}

// with joins the amounts of two, each with its like.
func (a billAmounts) with(b billAmounts, join func(x, y decimal.Decimal) decimal.Decimal) billAmounts {
	return billAmounts{
		official: join(a.official, b.official), discount: join(a.discount, b.discount),
		payment: join(a.payment, b.payment), cash: join(a.cash, b.cash),
		credit: join(a.credit, b.credit), coupon: join(a.coupon, b.coupon),
		cashCoupon: join(a.cashCoupon, b.cashCoupon), card: join(a.card, b.card),
		debt: join(a.debt, b.debt), writeoff: join(a.writeoff, b.writeoff),
	}
}

func (a billAmounts) plus(b billAmounts) billAmounts  { return a.with(b, decimal.Decimal.Add) }
func (a billAmounts) minus(b billAmounts) billAmounts { return a.with(b, decimal.Decimal.Sub) }

// erased is what was cut off to make the payment a whole number of fen.
func (a billAmounts) erased() decimal.Decimal { return a.official.Sub(a.discount).Sub(a.payment) }

// paidParts are the parts of a payment that all lists name alike.
type paidParts struct {
	CashAmount       money `json:"cash_amount"`
	CreditAmount     money `json:"credit_amount"`
	CouponAmount     money `json:"coupon_amount"`
	CashCouponAmount money `json:"flexipurchase_coupon_amount"`
	DebtAmount       money `json:"debt_amount"`
}

func (a billAmounts) parts() paidParts {
	return paidParts{money(a.cash), money(a.credit), money(a.coupon), money(a.cashCoupon), money(a.debt)}
}

// subParts names the component of a whole machine that a record is about.
type subParts struct {
	SubServiceTypeCode  string `json:"sub_service_type_code,omitempty"`
	SubServiceTypeName  string `json:"sub_service_type_name,omitempty"`
	SubResourceTypeCode string `json:"sub_resource_type_code,omitempty"`
	SubResourceTypeName string `json:"sub_resource_type_name,omitempty"`
	SubResourceID       string `json:"sub_resource_id,omitempty"`
	SubResourceName     string `json:"sub_resource_name,omitempty"`
}

func (f *feeRecord) subParts() subParts {
	return subParts{
		f.SubServiceTypeCode, f.SubServiceTypeName, f.SubResourceTypeCode, f.SubResourceTypeName,
		f.SubResourceID, f.SubResourceName,
	}
}

// projectParts name the enterprise project.
type projectParts struct {
	EnterpriseProjectID   string `json:"enterprise_project_id"`
	EnterpriseProjectName string `json:"enterprise_project_name"`
}

var inProject = projectParts{defaultProjectID, defaultProjectName}

// billGroup are records that are shown as one: the first of them and the sums of
// all.
type billGroup struct {
	first   feeRecord
	amounts billAmounts
	usage   *decimal.Decimal // nil where nothing is measured
	trades  int              // how many transactions they are
}

func newBillGroup(f feeRecord) *billGroup {
	g := &billGroup{first: f}
	g.add(f)
	return g
}

func (g *billGroup) add(f feeRecord) {
	g.amounts = g.amounts.plus(f.amounts())
	if f.measured() {
		sum := f.Usage.decimal()
		if g.usage != nil {
			sum = sum.Add(*g.usage)
		}
		g.usage = &sum
	}
	g.trades++
}

// tradeID is empty where several transactions are shown as one.
func (g *billGroup) tradeID() string {
	if g.trades > 1 {
		return ""
	}
	return g.first.TradeID
}

// groupRecords sums up the records that pass by a key of theirs. The groups come
// in the order of their first records.
func groupRecords[K comparable](bills []*customerBills, passes func(feeRecord) bool, key func(feeRecord) K) []*billGroup {
	byKey := map[K]*billGroup{}
	var groups []*billGroup
	for _, b := range bills {
		for _, f := range b.all() {
			if passes != nil && !passes(*f) {
				continue
			}
			k := key(*f)
			if g, ok := byKey[k]; ok {
				g.add(*f)
				continue
			}
			byKey[k] = newBillGroup(*f)
			groups = append(groups, byKey[k])
		}
	}
	return groups
}

// resourceKey is what makes two records ones of the same resource, charged in
// the same way.
type resourceKey struct {
	customer, service, resource, id, subID, region, spec, usageType, day string
	mode, billType                                                       int
}

func (f feeRecord) resourceKey() resourceKey {
	return resourceKey{
		customer: f.CustomerID, service: f.ServiceTypeCode, resource: f.ResourceTypeCode,
		id: f.ResourceID, subID: f.SubResourceID, region: f.RegionCode, spec: f.ProductSpecDesc,
		usageType: f.UsageType, mode: f.ChargingMode, billType: f.BillDetailType,
	}
}

// accountName is the login name of the customer whom a record charges.
func (s *Server) accountName(f feeRecord) string { return s.state.customer(f.CustomerID).accountName }

// filteredGiven is filtered for a parameter that filters by the empty text too.
func (c *call) filteredGiven(name, value string) bool {
	return !c.query.Has(name) || c.query.Get(name) == value
}

// filteredZero applies include_zero_record: only an explicit false leaves out
// what costs nothing.
func (c *call) filteredZero(f feeRecord) bool {
	include, err := strconv.ParseBool(c.query.Get("include_zero_record"))
	return err != nil || include || !f.free()
}

func (f *feeRecord) free() bool { return f.Payment == 0 }
