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

// world is what is there before the day begins.
type world struct {
	quotaID  string
	resale   []string          // customers who consumed last month
	referral string            // a customer who pays Huawei Cloud itself
	names    map[string]string // account names by customer id
	cycle    string            // last month
}

// seed gives the partner some history: customers with bills of last month, money
// to allocate and a quota to issue coupons from.
func (d *day) seed() error {
	d.world.cycle, d.world.names = lastCycle(d.clock.Now()), map[string]string{}
	if err := d.Sim.SetPartnerBalance(decimal.NewFromInt(50_000)); err != nil {
		return err
	}
	for _, name := range []string{"aurora-media", "boreal-games", "cirrus-logistics"} {
		id, err := d.addCustomer(name, huawei.AssociationResale)
		if err != nil {
			return err
		}
		if err := d.Sim.AddBills(d.world.cycle, id, billRows); err != nil {
			return err
		}
		d.world.resale = append(d.world.resale, id)
	}
	var err error
	d.world.referral, err = d.addCustomer("delta-consulting", huawei.AssociationReferral)
	if err != nil {
		return err
	}
	d.world.quotaID, err = d.Sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), MaxFaceValue: decimal.NewFromInt(500)})
	return err
}

func (d *day) addCustomer(name, association string) (string, error) {
	id, err := d.Sim.AddAccount(huawei.Account{Name: name, Association: association})
	d.world.names[id] = name
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
