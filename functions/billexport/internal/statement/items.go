package statement

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// maxItems is how many items a statement lists, some 140 pages. Of more records than
// that, those of a resource become one item; of more resources, those of a resource
// type in a region; and in the end all of a currency.
const maxItems = 5000

// level says what one item is.
type level int

const (
	byRecord level = iota
	byResource
	byResourceType
	byCurrency
)

// item is a record, or what the records of something add up to. Its texts are numbers.
type item struct {
	key
	rows           int
	quantity, list bill.Total
	// pay is what the customer pays: the payment, or what the partner invoices.
	pay bill.Total
	// measured says that there is a quantity, rough that one could not be read, and
	// rounded that digits of one were left away.
	measured, rough, rounded bool
}

// key is what the records of an item have in common, as far as its level says.
type key struct {
	day, name, id                                           int32
	service, resource, region, mode, kind, period, currency int32
	unit                                                    int32
}

// items are bounded in number: where they would be too many, fewer are made of them.
type items struct {
	all    []item
	max    int
	level  level
	places map[key]int // of what was grouped
}

func newItems(max int) items { return items{max: max} }

func (s *items) add(i item) {
	i.key = i.at(s.level)
	if at, known := s.places[i.key]; known && s.level > byRecord {
		s.all[at].merge(&i)
		return
	}
	if len(s.all) >= s.max && s.level < byCurrency {
		s.group()
		s.add(i)
		return
	}
	if s.level > byRecord {
		s.places[i.key] = len(s.all)
	}
	s.all = append(s.all, i)
}

// group goes to the next level.
func (s *items) group() {
	s.level++
	old := s.all
	s.all, s.places = nil, map[key]int{}
	for _, i := range old {
		s.add(i)
	}
}

func (k key) at(l level) key {
	if l >= byResource {
		k.day = 0
	}
	if l >= byResourceType {
		k.name, k.id = 0, 0
	}
	if l >= byCurrency {
		k = key{currency: k.currency}
	}
	return k
}

func (i *item) merge(o *item) {
	i.rows += o.rows
	i.quantity.AddTotal(o.quantity)
	i.list.AddTotal(o.list)
	i.pay.AddTotal(o.pay)
	i.measured, i.rough, i.rounded = i.measured || o.measured, i.rough || o.rough, i.rounded || o.rounded
}

// sorted orders the items by currency, day, service, resource type and resource, and
// what is alike as it came.
func (s *items) sorted(t *texts) []item {
	slices.SortStableFunc(s.all, func(a, b item) int {
		return cmp.Or(
			t.compare(a.currency, b.currency), t.compare(a.day, b.day), t.compare(a.service, b.service),
			t.compare(a.resource, b.resource), t.compare(a.name, b.name), t.compare(a.id, b.id),
			t.compare(a.region, b.region), t.compare(a.mode, b.mode), t.compare(a.kind, b.kind),
		)
	})
	return s.all
}

func (t *texts) compare(a, b int32) int {
	if a == b {
		return 0
	}
	return cmp.Compare(t.all[a], t.all[b])
}

// read makes an item of a record.
func (s *Writer) read(r *bill.Row) item {
	fee, t := r.Fee, &s.texts
	i := item{rows: 1}
	i.service = t.number(either(fee[bss.FeeServiceTypeName], fee[bss.FeeServiceTypeCode]))
	i.currency = t.number(fee[bss.FeeCurrency])
	i.list.Add(r.Amounts[bill.Official])
	if s.o.Priced && !r.PaidToHuaweiCloud() {
		i.pay.Add(r.Invoice)
	} else {
		i.pay.Add(r.Amounts[bill.Payment])
	}
	if s.items.level == byCurrency {
		return i
	}
	i.resource = t.number(either(fee[bss.FeeResourceTypeName], fee[bss.FeeResourceTypeCode]))
	i.region = t.number(either(fee[bss.FeeRegionName], fee[bss.FeeRegionCode]))
	i.mode, i.kind = t.number(fee[bss.FeeChargingMode]), t.number(fee[bss.FeeBillDetailType])
	s.measure(&i, fee)
	if s.items.level < byResourceType {
		i.name, i.id = t.number(fee[bss.FeeResourceName]), t.number(fee[bss.FeeResourceID])
	}
	if s.items.level < byResource {
		i.day = t.number(dayOf(fee[bss.FeeTradeTime]))
	}
	return i
}

// measure reads how much was used, or how long a period was bought. More decimals than
// an amount of money may have are left away.
func (s *Writer) measure(i *item, fee *bss.FeeRow) {
	number, unit := fee[bss.FeeUsageAmount], &i.unit
	*unit = s.texts.number(fee[bss.FeeUsageMeasureID])
	if len(number) == 0 {
		number, i.unit = fee[bss.FeePeriodNum], 0
		i.period = s.texts.number(fee[bss.FeePeriodType])
	}
	const decimals = 8
	if point := bytes.IndexByte(number, '.'); point >= 0 && len(number) > point+1+decimals && !bytes.ContainsAny(number, "eE") {
		number, i.rounded = number[:point+1+decimals], true
	}
	amount, err := bill.ParseAmount(number)
	i.measured, i.rough = len(number) > 0, err != nil
	i.quantity.Add(amount)
}

func either(name, code []byte) []byte {
	if len(name) > 0 {
		return name
	}
	return code
}

var beijing = time.FixedZone("GMT+8", 8*60*60)

// dayOf is the day of GMT+8 on which the money was taken, or the time as it is printed
// where it is none.
func dayOf(tradeTime []byte) []byte {
	at, err := time.Parse(time.RFC3339, string(tradeTime))
	if err != nil {
		return tradeTime
	}
	return at.In(beijing).AppendFormat(nil, time.DateOnly)
}
