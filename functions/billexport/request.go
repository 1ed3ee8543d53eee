package billexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// historyMonths is how far back the API has bills.
	historyMonths = 18
	// maxCustomers bounds a request: who wants more wants all.
	maxCustomers = 1000
)

var (
	cyclePattern    = regexp.MustCompile(`^\d{4}-\d{2}$`)
	customerPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// parseCycle reads a month of which the API has bills.
func (f *function) parseCycle(text string) (bill.Cycle, error) {
	c, err := bill.ParseCycle(text)
	if err != nil || !cyclePattern.MatchString(text) {
		return bill.Cycle{}, cycleMalformed()
	}
	current := bill.CycleAt(f.now())
	oldest := current.Plus(-historyMonths)
	switch {
	case current.Before(c):
		return bill.Cycle{}, cycleFuture(c, current)
	case c.Before(oldest):
		return bill.Cycle{}, cycleTooOld(c, oldest)
	}
	return c, nil
}

// complete checks a request and fills in what it leaves to the configuration.
func (f *function) complete(in RunRequest) (RunRequest, error) {
	if _, err := f.parseCycle(in.Cycle); err != nil {
		return in, err
	}
	if len(in.Formats) == 0 {
		in.Formats = f.cfg.Formats
	}
	if in.Headings == "" {
		in.Headings = f.cfg.Headings
	}
	var wrong []handler.FieldError
	complain := func(field, reason string, values ...any) {
		wrong = append(wrong, handler.FieldError{Field: field, Reason: fmt.Sprintf(reason, values...)})
	}
	if len(in.Customers) > maxCustomers {
		complain("customers", "has more than %d; leave it out for all", maxCustomers)
	}
	for i, id := range in.Customers {
		if !customerPattern.MatchString(id) {
			complain(fmt.Sprintf("customers[%d]", i), "is no customer id of Huawei Cloud")
		}
	}
	for i, name := range in.Formats {
		if !known(formatNames, name) {
			complain(fmt.Sprintf("formats[%d]", i), "is none of %s", strings.Join(formatNames, ", "))
		}
	}
	if _, ok := f.destinations[in.Destination]; !ok {
		complain("destination", "is none of EXPORT_DESTINATIONS; leave it out for EXPORT_URL")
	}
	if !known(headingsKnown, in.Headings) {
		complain("headings", "is none of %s", strings.Join(headingsKnown, ", "))
	}
	if len(wrong) > 0 {
		return in, handler.Invalid(wrong...)
	}
	// The order of a request makes no difference to what is published.
	in.Formats = slices.Compact(slices.Sorted(slices.Values(in.Formats)))
	in.Customers = slices.Compact(slices.Sorted(slices.Values(in.Customers)))
	return in, nil
}

// begin begins a run, or finds the one of that id.
func (f *function) begin(ctx context.Context, in RunRequest, id string) (run, error) {
	// What exports are made of.
	if err := functions.Offered(bss.Site(f.cfg.Site), "ListSubCustomerBillDetail"); err != nil {
		return run{}, err
	}
	in, err := f.complete(in)
	if err != nil {
		return run{}, err
	}
	r, err := f.runs.begin(ctx, run{
		ID: id, Request: in, State: RunPlanned, CreatedAt: f.now().UTC().Truncate(time.Second),
	})
	if err != nil {
		return run{}, functions.Problem(err)
	}
	return r, f.send(ctx, r.missing()...)
}

// newRunID is the id of a run that somebody asks for.
func (f *function) newRunID() (string, error) {
	var random [8]byte
	if _, err := io.ReadFull(f.entropy, random[:]); err != nil {
		return "", fmt.Errorf("make the id of a run: %w", err)
	}
	return "run-" + hex.EncodeToString(random[:]), nil
}

// runIDOf is the id of a run that a timer or a queue asks for, which may do so twice.
func runIDOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "run-" + hex.EncodeToString(sum[:8])
}
