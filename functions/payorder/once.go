package payorder

import (
	"context"
	"errors"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// unlessBegun checks what must be so for an effect to begin. One that has begun was
// checked then, and is the ledger's to settle; one that begins while the check looks
// may be why the check fails.
func (f *function) unlessBegun(ctx context.Context, key string, check func() error) error {
	begun, err := f.begun(ctx, key)
	if err != nil || begun {
		return err
	}
	failure := check()
	if failure == nil {
		return nil
	}
	if begun, err = f.begun(ctx, key); err != nil || begun {
		return err
	}
	return failure
}

// begun reports whether an entry of the ledger stands for an attempt that may have had
// its effect.
func (f *function) begun(ctx context.Context, key string) (bool, error) {
	entry, err := f.ledger.Entry(ctx, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return err == nil && entry.State != ledger.StateFailed, err
}
