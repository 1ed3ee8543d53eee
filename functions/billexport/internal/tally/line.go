package tally

import (
	"cmp"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Kind is what the records of a line have in common, as the API prints it.
type Kind struct {
	ServiceTypeCode  string `json:"service_type_code"`
	ResourceTypeCode string `json:"resource_type_code"`
	ChargingMode     string `json:"charging_mode"`
	BillDetailType   string `json:"bill_detail_type"`
	AssociationType  string `json:"association_type"`
	Currency         string `json:"currency"`
}

// kindFields are the fields of a record that make its kind, in the order of Kind.
var kindFields = [...]bss.FeeField{
	bss.FeeServiceTypeCode, bss.FeeResourceTypeCode, bss.FeeChargingMode,
	bss.FeeBillDetailType, bss.FeeAssociationType, bss.FeeCurrency,
}

func newKind(fee *bss.FeeRow) Kind {
	return Kind{
		ServiceTypeCode:  string(fee[bss.FeeServiceTypeCode]),
		ResourceTypeCode: string(fee[bss.FeeResourceTypeCode]),
		ChargingMode:     string(fee[bss.FeeChargingMode]),
		BillDetailType:   string(fee[bss.FeeBillDetailType]),
		AssociationType:  string(fee[bss.FeeAssociationType]),
		Currency:         string(fee[bss.FeeCurrency]),
	}
}

func (k Kind) texts() [len(kindFields)]string {
	return [...]string{k.ServiceTypeCode, k.ResourceTypeCode, k.ChargingMode, k.BillDetailType, k.AssociationType, k.Currency}
}

func (k Kind) compare(o Kind) int {
	a, b := k.texts(), o.texts()
	for i := range a {
		if c := cmp.Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// kind is a kind with the names that its last record had.
type kind struct {
	Kind
	service, resource string
}

// Line is what the records of one customer and one kind add up to.
type Line struct {
	CustomerID string `json:"-"`
	Kind
	Rows int `json:"rows"`
	// Fine is how many of the records have a payment that is not in whole fen.
	Fine     int        `json:"fine,omitempty"`
	Official bill.Total `json:"official_amount,omitzero"`
	Discount bill.Total `json:"official_discount_amount,omitzero"`
	Payment  bill.Total `json:"payment_amount,omitzero"`
	// Invoice and Margin are 0 where the export is not priced.
	Invoice bill.Total `json:"invoice_amount,omitzero"`
	Margin  bill.Total `json:"margin_amount,omitzero"`
}

// line is a Line without its names.
type line struct {
	rows, fine                                   int
	official, discount, payment, invoice, margin bill.Total
}

func (l *line) add(r *bill.Row) {
	l.rows++
	if r.Amounts[bill.Payment]%Fen != 0 {
		l.fine++
	}
	l.official.Add(r.Amounts[bill.Official])
	l.discount.Add(r.Amounts[bill.OfficialDiscount])
	l.payment.Add(r.Amounts[bill.Payment])
	l.invoice.Add(r.Invoice)
	l.margin.Add(r.Margin)
}

func (l *line) merge(o *line) {
	l.rows += o.rows
	l.fine += o.fine
	l.official.AddTotal(o.official)
	l.discount.AddTotal(o.discount)
	l.payment.AddTotal(o.payment)
	l.invoice.AddTotal(o.invoice)
	l.margin.AddTotal(o.margin)
}

// chunk is how many lines are kept together: enough that a customer's lines take one
// piece of memory, few enough that one line does not take much.
const chunk = 64

// lines are kept in chunks, so that growing them neither copies nor doubles them.
type lines struct {
	chunks []*[chunk]line
	count  int32
}

// grow adds a line of nothing and is its number.
func (l *lines) grow() int32 {
	if int(l.count) == len(l.chunks)*chunk {
		l.chunks = append(l.chunks, new([chunk]line))
	}
	l.count++
	return l.count - 1
}

func (l *lines) at(i int32) *line { return &l.chunks[i/chunk][i%chunk] }
