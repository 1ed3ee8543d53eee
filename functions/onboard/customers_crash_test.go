package onboard_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// The process dies at any write of a registration. The schedules alone finish what was
// begun: an account that is there is known, both ways, and its association is found.
// Whoever asks again gets the same account, and there is never a second one.
func TestARegistrationOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	const writes = 8 // more than a registration has
	for at := 1; at <= writes; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, after it %t", at, after), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				store := &crashing{Store: memory.New()}
				edge := w.serve(func(_ *onboard.Config, rt *functions.Runtime) { rt.Store = store })
				in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
				store.dieAt(at, after)
				_ = w.Platform.Call(t.Context(), http.MethodPost, "/onboard/customers", in, nil)
				store.dieAt(0, false)

				for range 2 {
					w.clock.Advance(10 * time.Minute)
					require.NoError(t, edge.Schedule(t.Context(), "reconcile", nil))
					require.NoError(t, edge.Schedule(t.Context(), "associations", nil))
				}
				made := w.effects("CreateSubCustomer")
				if made > 0 {
					assert.Equal(t, "associated", w.show("acct-1").Association)
				}
				created := w.register(in)
				assert.Equal(t, 1, w.effects("CreateSubCustomer"), "and %d before it was asked again", made)
				w.clock.Advance(10 * time.Minute)
				require.NoError(t, edge.Schedule(t.Context(), "associations", nil))
				assert.Empty(t, w.pending().Associations)
				assert.Equal(t, "associated", w.show("acct-1").Association)
				found := w.list("?customer_id=" + created.CustomerID).Customers
				require.Len(t, found, 1)
				assert.Equal(t, "acct-1", found[0].AccountID)
			})
		}
	}
}
