package memory_test

import (
	"testing"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/ledger/storetest"
	"github.com/bssfn/bssfn/pkg/outbox/outboxtest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) ledger.Store { return memory.New() })
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(*testing.T) ledger.Store { return memory.New() })
}
