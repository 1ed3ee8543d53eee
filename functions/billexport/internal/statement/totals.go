package statement

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// maxServices is how many services a summary lists; Huawei Cloud has fewer. What comes
// after them is summed up in one line.
const maxServices = 300

// otherServices is that line's.
const otherServices = -1

// totals are what records add up to, by currency and service.
type totals struct {
	services map[serviceKey]*sum
	all      map[int32]*sum // by currency
}

type serviceKey struct{ service, currency int32 }

type sum struct {
	rows    int
	amounts [bill.Moneys]bill.Total
	invoice bill.Total
	// direct is the payment of the records that the customer pays Huawei Cloud for, of
	// which there are so many.
	direct     bill.Total
	directRows int
}

func newTotals() totals {
	return totals{map[serviceKey]*sum{}, map[int32]*sum{}}
}

func (t *totals) add(r *bill.Row, service, currency int32) {
	k := serviceKey{service, currency}
	if t.services[k] == nil && len(t.services) >= maxServices {
		k.service = otherServices
	}
	at(t.services, k).add(r)
	at(t.all, currency).add(r)
}

func at[K comparable](sums map[K]*sum, k K) *sum {
	s := sums[k]
	if s == nil {
		s = &sum{}
		sums[k] = s
	}
	return s
}

func (s *sum) add(r *bill.Row) {
	s.rows++
	for m := range s.amounts {
		s.amounts[m].Add(r.Amounts[m])
	}
	s.invoice.Add(r.Invoice)
	if r.PaidToHuaweiCloud() {
		s.directRows++
		s.direct.Add(r.Amounts[bill.Payment])
	}
}

// currencies are sorted.
func (t *totals) currencies(texts *texts) []int32 {
	return slices.SortedFunc(maps.Keys(t.all), texts.compare)
}

// of are the services of a currency: the dearest first, the line of the others last.
func (t *totals) of(currency int32, texts *texts, priced bool) []serviceKey {
	var list []serviceKey
	for k := range t.services {
		if k.currency == currency {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b serviceKey) int {
		if a.service == otherServices || b.service == otherServices {
			return cmp.Compare(b.service, a.service)
		}
		return cmp.Or(t.services[b].pay(priced).Decimal().Cmp(t.services[a].pay(priced).Decimal()), texts.compare(a.service, b.service))
	})
	return list
}

// pay is what the customer pays, the issuer or Huawei Cloud.
func (s *sum) pay(priced bool) bill.Total {
	if !priced {
		return s.amounts[bill.Payment]
	}
	pay := s.invoice
	pay.AddTotal(s.direct)
	return pay
}

// due is what of that the customer pays the issuer.
func (s *sum) due(priced bool) bill.Total {
	due := s.pay(priced)
	due.AddTotal(s.direct.Negated())
	return due
}

// minus is a sum less others.
func minus(a bill.Total, others ...bill.Total) decimal.Decimal {
	d := a.Decimal()
	for _, o := range others {
		d = d.Sub(o.Decimal())
	}
	return d
}
