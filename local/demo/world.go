package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/local/huawei"
)

// billRows is more than two pages for every customer.
const billRows = 47

// World is what is there before a day begins.
type World struct {
	// Cycle is last month, for which there are bills.
	Cycle string
	// QuotaID is the coupon quota of 1,000 yuan.
	QuotaID string
	// Resale customers consumed last month; Referral pays Huawei Cloud itself.
	Resale   []string
	Referral string
	// Names are account names by customer id.
	Names map[string]string
}

// Populate gives the partner some history: customers with bills of last month,
// money to allocate and a quota to issue coupons from.
func Populate(sim *huawei.Server, now time.Time) (World, error) {
	w := World{Cycle: lastCycle(now), Names: map[string]string{}}
	if err := sim.SetPartnerBalance(decimal.NewFromInt(50_000)); err != nil {
		return w, err
	}
	for _, name := range []string{"aurora-media", "boreal-games", "cirrus-logistics"} {
		id, err := w.addCustomer(sim, name, huawei.AssociationResale)
		if err != nil {
			return w, err
		}
		if err := sim.AddBills(w.Cycle, id, billRows); err != nil {
			return w, err
		}
		w.Resale = append(w.Resale, id)
	}
	var err error
	if w.Referral, err = w.addCustomer(sim, "delta-consulting", huawei.AssociationReferral); err != nil {
		return w, err
	}
	w.QuotaID, err = sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), MaxFaceValue: decimal.NewFromInt(500)})
	return w, err
}

func (w *World) addCustomer(sim *huawei.Server, name, association string) (string, error) {
	id, err := sim.AddAccount(huawei.Account{Name: name, Association: association})
	w.Names[id] = name
	return id, err
}

// lastCycle is the month of GMT+8 before the one of an instant.
func lastCycle(now time.Time) string {
	local := now.In(time.FixedZone("GMT+8", 8*60*60))
	return time.Date(local.Year(), local.Month(), 0, 0, 0, 0, 0, local.Location()).Format("2006-01")
}

// books is the end of the day: what the simulated Huawei Cloud thinks of it.
func (d *day) books(_ context.Context, s *Step) error {
	problems := d.Sim.Check()
	var errs []error
	for _, p := range problems {
		errs = append(errs, errors.New(p))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("money was lost or made: %w", err)
	}
	s.add("checked", "accounts, quotas, coupons and orders balance to the fen")
	s.add("effects", "%d in the journal", len(d.Sim.Journal()))
	return nil
}
