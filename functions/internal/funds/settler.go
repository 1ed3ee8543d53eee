package funds

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Settler is who asks about movements in doubt.
func (v *Mover) Settler() reconcile.Settler {
	return reconcile.Settler{Settle: v.Settle, Result: v.decided, LookAt: whereAMovementShows}
}

// decided is what is recorded of a movement that a person says was made. It takes the
// transfer, which no other movement can have then.
func (v *Mover) decided(ctx context.Context, en ledger.Entry, transferID string) (any, error) {
	if transferID == "" {
		return nil, reconcile.RecordNeeded("the id of the transfer in the adjust records")
	}
	mine, err := v.book.Claim(ctx, transferID, v.claimant(en.Key))
	if err != nil {
		return nil, err
	}
	if !mine {
		return nil, &handler.Problem{Status: http.StatusConflict, Code: "record_taken",
			Detail: "The transfer " + transferID + " belongs to another movement.",
			Next:   "Look for another record of the same amount; decide failed if there is none."}
	}
	return transferID, nil
}

func whereAMovementShows(en ledger.Entry) string {
	m, err := movementOf(en)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Partner centre, adjust records of %s since %s: one %s of %s %s that no other request has. There is done, with the id of the transfer; not there after a day is failed.",
		m.account(), en.Since.Format("2006-01-02 15:04 UTC"), m.Direction, m.Amount.StringFixed(2), m.Currency)
}
