package reconciliation

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// ChargeModes are those that the monthly sums can be asked for, one at a time.
func ChargeModes() []bss.ChargeMode {
	return []bss.ChargeMode{bss.ChargePeriod, bss.ChargeOnDemand, bss.ChargeSavingsPlan}
}

// Lister is who is asked for sums.
type Lister interface {
	ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error]
}

// askedApart is up to how many customers are asked for one by one, not with all others.
const askedApart = 20

// ReadSums reads the sums of a cycle, of some customers, or of all where there are none.
func ReadSums(ctx context.Context, from Lister, cycle bill.Cycle, customers []string) (*Sums, error) {
	if len(customers) == 0 || len(customers) > askedApart {
		customers = []string{""}
	}
	s := NewSums()
	for _, customer := range customers {
		for _, mode := range ChargeModes() {
			request := bss.ListSubcustomerMonthlyBillsRequest{Cycle: cycle.String(), ChargeMode: mode, CustomerID: customer}
			for sum, err := range from.ListSubcustomerMonthlyBills(ctx, request) {
				if err != nil {
					return nil, fmt.Errorf("read the monthly sums of %s: %w", cycle, err)
				}
				sum.ChargeMode = mode // what was asked for, whatever it says
				if err := s.Add(sum); err != nil {
					return nil, err
				}
			}
		}
	}
	return s, nil
}

// MeasureUnit is the measure_id of amounts in units of their currency.
const MeasureUnit = 1

// Sums are Huawei Cloud's monthly sums of a cycle. A line of them takes some 150 bytes.
type Sums struct {
	texts   []string
	numbers map[string]int32
	sums    map[sumKey]*sum
}

// sumKey is a Line, by the numbers of its texts.
type sumKey struct{ customer, service, resource, mode, currency int32 }

// sum is what the sums of a line come to.
type sum struct {
	consumption, unsubscription, writeoff bill.Total
	debt, adjustment                      bill.Total
	// strange says that they are not all in units of their currency.
	strange bool
}

func (s *sum) total() bill.Total {
	t := s.consumption
	t.AddTotal(s.unsubscription)
	t.AddTotal(s.writeoff)
	return t
}

// NewSums are no sums yet.
func NewSums() *Sums { return &Sums{numbers: map[string]int32{}, sums: map[sumKey]*sum{}} }

// Add adds a sum. It fails where an amount is none that a bill has.
func (s *Sums) Add(b bss.BillSum) error {
	key := sumKey{s.number(b.CustomerID), s.number(b.CloudServiceType), s.number(b.ResourceTypeCode), s.number(string(b.ChargeMode)), s.number(b.Currency)}
	line := s.sums[key]
	if line == nil {
		line = &sum{}
		s.sums[key] = line
	}
	amount, err := bill.AmountOf(b.Amount)
	if err != nil {
		return fmt.Errorf("the monthly sum of customer %s, %s: amount %s is %w", b.CustomerID, b.ResourceTypeCode, b.Amount, err)
	}
	switch b.BillType {
	case bss.BillUnsubscription:
		line.unsubscription.Add(amount)
	case bss.BillWriteOff:
		line.writeoff.Add(amount)
	default:
		line.consumption.Add(amount)
	}
	// Either may be anything: they only ever explain a difference.
	if debt, err := bill.AmountOf(b.DebtAmount); err == nil {
		line.debt.Add(debt)
	}
	if adjustment, err := bill.AmountOf(b.AdjustmentAmount); err == nil {
		line.adjustment.Add(adjustment)
	}
	line.strange = line.strange || b.MeasureID != MeasureUnit && b.MeasureID != 0
	return nil
}

func (s *Sums) number(text string) int32 {
	n, ok := s.numbers[text]
	if !ok {
		n = int32(len(s.texts)) //nolint:gosec // two billion do not fit into memory
		s.numbers[text] = n
		s.texts = append(s.texts, text)
	}
	return n
}

func (s *Sums) line(k sumKey) Line {
	return Line{s.texts[k.customer], s.texts[k.service], s.texts[k.resource], s.texts[k.mode], s.texts[k.currency]}
}

// keys are sorted by customer.
func (s *Sums) keys() []sumKey {
	keys := slices.Collect(maps.Keys(s.sums))
	slices.SortFunc(keys, func(a, b sumKey) int { return cmp.Compare(s.texts[a.customer], s.texts[b.customer]) })
	return keys
}
