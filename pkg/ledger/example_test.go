package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// The answer to a transfer is lost. The second call asks first, finds the
// transfer, and does not make another.
func ExampleDo() {
	now := clock.NewFrozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	l := ledger.New(memory.New(), ledger.Options{Now: now.Now, Owner: "example"})

	var transfers []string // what the world knows
	allocate := ledger.Effect[string]{
		Apply: func(context.Context) (string, error) {
			transfers = append(transfers, "AD1")
			return "", errors.New("the connection was reset")
		},
		Find: func(context.Context, time.Time) (string, ledger.Finding, error) {
			if len(transfers) == 0 {
				return "", ledger.Absent, nil
			}
			return transfers[0], ledger.Found, nil
		},
		Settle: time.Minute,
	}
	about := ledger.Fingerprint{"customer_id": "c1", "amount": "10.00"}
	for range 2 {
		id, err := ledger.Do(context.Background(), l, "allocation/42", about, allocate)
		if unknown, ok := errors.AsType[*ledger.UnknownError](err); ok {
			fmt.Println("unknown:", unknown.Err)
			continue
		}
		fmt.Println("done:", id, err, "transfers:", len(transfers))
	}
	// Output:
	// unknown: the connection was reset
	// done: AD1 <nil> transfers: 1
}
