package funds

import (
	"context"
	"strings"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Who made a movement.
const (
	ByUs     = "us"
	ByOthers = "others"   // in the partner centre, or by another program
	InDoubt  = "in_doubt" // by a movement of ours whose outcome is not known, or by others
)

// Origin is who made a movement, and where the ledger has it if we did, or may have.
type Origin struct {
	MadeBy   string // ByUs, ByOthers or InDoubt
	Function string // whose ledger has the entry
	Key      string // of the entry
}

// Origin tells who made the movement of an adjust record.
func (v *Mover) Origin(ctx context.Context, r bss.AdjustRecord) (Origin, error) {
	claimant, err := v.book.Claimant(ctx, r.TransID)
	if err != nil {
		return Origin{}, err
	}
	if claimant != "" {
		function, key, _ := strings.Cut(claimant, "/")
		return Origin{ByUs, function, key}, nil
	}
	note, err := v.read(ctx, r.CustomerID)
	if err != nil {
		return Origin{}, err
	}
	for _, o := range note.Value.Open {
		if !o.movement(r.CustomerID).made(r) {
			continue
		}
		en, err := v.bookOf(o.Space).Entry(ctx, o.Key)
		if err != nil {
			return Origin{}, err
		}
		if from, to := span(en); r.OperationTime.After(from) && r.OperationTime.Before(to) {
			return Origin{InDoubt, o.Space, o.Key}, nil
		}
	}
	return Origin{MadeBy: ByOthers}, nil
}

// Open returns the keys of the account's movements whose outcome was not known when
// they were looked at last. Unlike Unsettled it asks nobody.
func (v *Mover) Open(ctx context.Context, account string) ([]string, error) {
	note, err := v.read(ctx, account)
	var keys []string
	for _, o := range note.Value.Open {
		keys = append(keys, o.Key)
	}
	return keys, err
}
