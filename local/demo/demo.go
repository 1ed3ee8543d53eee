// Package demo plays a partner's whole day once, from the first customer to the
// exported bill, over real HTTP with real signatures.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
)

// Options say how to play.
type Options struct {
	// Seed makes two runs print the same.
	Seed uint64
	// Start is when the day begins.
	Start time.Time
	// Out is the folder for the exported bills.
	Out string
	// Progress is written block by block while the demo goes on; nil for nothing.
	Progress io.Writer
}

// loginHost is Huawei Cloud's login page. The demo's browser asks the simulator
// instead.
const loginHost = "https://auth.huaweicloud.com"

// pageSize is small, so that every list has several pages.
const pageSize = 20

// day is a demo under way.
type day struct {
	*harness.Harness
	clock    *clock.Simulated
	out      string
	report   *Report
	progress io.Writer

	world   World
	created customer // registered by the platform
	bound   customer // came with an account of its own
	orderID string
	quoted  string
}

// customer is one side's and the other's name for the same customer.
type customer struct{ accountID, customerID, loginName string }

// Run plays the day. It fails at the first step that does not go as it should,
// with the reason; the report then ends with the step before.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := prepareFolder(o.Out); err != nil {
		return nil, err
	}
	d := &day{clock: clock.NewFrozen(o.Start), out: o.Out, report: &Report{Seed: o.Seed}, progress: o.Progress}
	var err error
	d.Harness, err = harness.Start(ctx, harness.Options{
		Addr: "127.0.0.1:0", SimAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0",
		Clock: d.clock, Seed: o.Seed, ExportDir: o.Out, LoginURL: loginHost + "/authui/saml/login", PageSize: pageSize,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	err = d.play(ctx)
	return d.report, errors.Join(err, d.Close(ctx))
}

func (d *day) play(ctx context.Context) error {
	var err error
	if d.world, err = Populate(d.Sim, d.clock.Now()); err != nil {
		return fmt.Errorf("prepare the simulated Huawei Cloud: %w", err)
	}
	steps := []struct {
		function, title string
		run             func(context.Context, *Step) error
	}{
		{"onboard", "a new customer", d.register},
		{"onboard", "the account is associated with the partner", d.associate},
		{"onboard", "a customer who already has a Huawei Cloud account", d.bindExisting},
		{"couponissue", "the customer's account is funded", d.allocate},
		{"payorder", "an order waits for payment", d.lookAtOrder},
		{"payorder", "coupons and discounts", d.showOffers},
		{"payorder", "the quote", d.quote},
		{"payorder", "the payment", d.pay},
		{"payorder", "a payment whose answer is lost", d.payInDoubt},
		{"couponissue", "the scheduled campaign", d.campaign},
		{"billexport", "last month's bills", d.export},
		{"simulator", "the books", d.books},
	}
	for i, s := range steps {
		step := Step{Function: s.function, Title: s.title}
		if err := s.run(ctx, &step); err != nil {
			return fmt.Errorf("%s: %s: %w", s.function, s.title, err)
		}
		d.report.Steps = append(d.report.Steps, step)
		if d.progress == nil {
			continue
		}
		if err := step.WriteText(d.progress, i+1); err != nil {
			return err
		}
	}
	return nil
}
