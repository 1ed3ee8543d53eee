package billexport

import (
	"context"
	"errors"
	"fmt"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// rateCardNames are the objects beside the exports of EXPORT_URL that say what customers
// are invoiced, of which there is one at the most: it may be longer than a variable of the
// environment, and is changed without a deployment.
var rateCardNames = [...]string{"rate-card.json", "rate-card.csv"}

var errTwoRateCards = errors.New("there are both rate-card.json and rate-card.csv, and nothing says which one holds")

// cardBeside reads the rate card that lies beside exports; the name is empty where there
// is none.
func cardBeside(ctx context.Context, exports objects.Store) (name string, text []byte, err error) {
	for _, n := range rateCardNames {
		found, _, err := exports.Get(ctx, n, ratecard.MaxBytes)
		switch {
		case errors.Is(err, objects.ErrNotFound):
			continue
		case err != nil:
			return n, nil, fmt.Errorf("read %s: %w", n, err)
		case name != "":
			return n, nil, errTwoRateCards
		}
		name, text = n, found
	}
	return name, text, nil
}

// rateCard is the rate card in force, the object or else that of the configuration,
// which was checked; empty where there is none. One that cannot be read ends the run.
func (f *function) rateCard(ctx context.Context) (string, error) {
	name, text, err := cardBeside(ctx, f.objects)
	switch {
	case errors.Is(err, objects.ErrTooLarge), errors.Is(err, errTwoRateCards):
		return "", rateCardInvalid(err)
	case err != nil:
		return "", err
	case name == "":
		return f.cfg.RateCard, nil
	}
	if _, err := ratecard.Read(text); err != nil {
		return "", rateCardInvalid(fmt.Errorf("%s: %w", name, err))
	}
	return string(text), nil
}

func rateCardInvalid(cause error) error {
	return fatal("rate_card_invalid", clipped("What customers are invoiced is not understood: "+cause.Error()+"."),
		"Mend the rate card beside the exports, check it with go run ./local verify, and ask for the export again.")
}

// rateCardHash is the SHA-256 of the rate card in hexadecimals; empty where there is
// none.
func (p *plan) rateCardHash() string {
	if p.card == nil {
		return ""
	}
	return p.card.SHA256
}

// pricing sets the invoice amount and the margin of a row, by the rate card that was in
// force when the run was planned.
func (f *function) pricing(r run, p *plan) (func(*bill.Row) error, error) {
	if p.card == nil {
		return func(*bill.Row) error { return nil }, nil
	}
	c, err := bill.ParseCycle(r.Request.Cycle)
	if err != nil {
		return nil, err
	}
	prices := p.card.In(c)
	return func(row *bill.Row) error {
		if err := prices.Apply(row); err != nil {
			return fatal("bills_unreadable", clipped("A record cannot be priced: "+err.Error()+"."), "Nothing was published. Look at the rate card.")
		}
		return nil
	}, nil
}
