package huawei

import (
	"cmp"
	"time"
)

// chargeOrder puts what a reseller customer ordered, or gave back, into its bills
// and so into the partner's, also where the customer has left the partner since.
// The resource is that which was given back.
func (s *Server) chargeOrder(customer *customer, o *order, resource string, now time.Time) {
	cycle := cycleOf(now)
	b := s.state.billsOf(cycle, customer.id)
	if b == nil {
		b = s.newCustomerBills(cycle, customer)
		b.association = AssociationReseller
		s.state.bills = append(s.state.bills, b)
	}
	at := now.Truncate(time.Second)
	for _, line := range o.lines() {
		record := s.orderRecord(b, line, resource, at)
		b.batches = append(b.batches, billBatch{first: b.rows(), rows: 1, from: at, to: at, order: &record})
		s.chargeRecords(b, len(b.batches)-1, now)
	}
}

// orderRecord is the fee record of an order of one product.
func (s *Server) orderRecord(b *customerBills, o *order, resource string, at time.Time) feeRecord {
	kind := kindsOf(o.service)[0]
	f := feeRecord{
		BillCycle: b.cycle, CustomerID: o.customerID, AssociationType: b.association, PartnerID: b.partnerID,
		ID: b.recordID(b.rows()), TradeTime: instant(at), ConsumeTime: instant(at), TradeID: o.id,
		ServiceTypeCode: kind.service.code, ServiceTypeName: kind.service.name,
		ResourceTypeCode: kind.code, ResourceTypeName: kind.name,
		ChargingMode: chargePeriod, BillDetailType: o.billType(),
		ResourceID: cmp.Or(resource, s.resourceOf(o)), ProductID: o.productID, ProductName: kind.name, ProductSpecDesc: o.product,
		RegionCode: regions[0].code, RegionName: regions[0].name,
		PeriodType: periodMonthly, PeriodNum: max(1, o.periodNum),
		Official: billMoneyOf(o.official), Discount: billMoneyOf(o.official.Sub(o.price)), Payment: billMoneyOf(o.price),
		Coupon: billMoneyOf(o.paidBy.voucher), CashCoupon: billMoneyOf(o.paidBy.cashCoupon),
		Card: billMoneyOf(o.paidBy.card), Credit: billMoneyOf(o.paidBy.monthly), Cash: billMoneyOf(o.paidBy.cash),
	}
	if o.periodType == PeriodYear {
		f.PeriodType = periodYearly
	}
	return f
}

// billType is the type of a record that the order makes.
func (o *order) billType() int {
	switch {
	case o.refunds():
		return billRefund
	case o.kind == orderRenewal:
		return billRenewal
	}
	return billNew
}

// resourceOf is the id of the main resource that the order bought or renewed.
func (s *Server) resourceOf(o *order) string {
	for _, w := range s.state.subscriptions.renewals {
		if w.order == o {
			return w.resource.id
		}
	}
	return newUUID(s.resourceRandom(o.id + kindsOf(o.service)[0].code))
}
