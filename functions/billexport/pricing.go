package billexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// rateCardName is the object beside the exports of EXPORT_URL that says what customers
// are invoiced: it may be longer than a variable of the environment, and is changed
// without a deployment.
const rateCardName = "rate-card.json"

// rateCard is the rate card in force, the object or else that of the configuration;
// empty where there is none. One that cannot be read ends the run.
func (f *function) rateCard(ctx context.Context) (string, error) {
	content, _, err := f.objects.Get(ctx, rateCardName, ratecard.MaxBytes)
	switch {
	case errors.Is(err, objects.ErrNotFound):
		content = []byte(f.cfg.RateCard)
	case errors.Is(err, objects.ErrTooLarge):
		return "", rateCardInvalid(err)
	case err != nil:
		return "", err
	}
	if len(content) == 0 {
		return "", nil
	}
	if _, err := ratecard.Read(content); err != nil {
		return "", rateCardInvalid(err)
	}
	return string(content), nil
}

func rateCardInvalid(cause error) error {
	return fatal("rate_card_invalid", clipped("What customers are invoiced is not understood: "+cause.Error()+"."),
		"Mend "+rateCardName+" beside the exports, or EXPORT_RATE_CARD, and ask for the export again.")
}

// rateCardHash is the SHA-256 of the rate card in hexadecimals; empty where there is
// none.
func (p *plan) rateCardHash() string {
	if p.RateCard == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(p.RateCard))
	return hex.EncodeToString(sum[:])
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
