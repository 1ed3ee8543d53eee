package huawei_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestCheckFindsWhatWasSpoiledAbroad(t *testing.T) {
	t.Parallel()
	for name, spoiling := range huawei.AbroadContradictions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &abroad{market: &market{site: newSite(t, huawei.Options{Site: bss.SiteIntl, QuotaOff: true})}}
			a.populate()
			a.spend("10")
			require.NoError(t, a.server.AddBills("2026-02", a.theirs, 5))
			a.later(40 * day)
			a.setBudget("100", nil)
			a.call(http.StatusNoContent, pathBudget, text(t, fieldset{
				"customer_id": a.theirs, "budget_amount": 7, "budget_type": "PACKAGE", "indirect_partner_id": a.reseller,
			}))
			a.spend("20")
			a.later(time.Hour)
			require.Empty(t, a.server.Check())
			spoiling.Spoil(a.server)
			assert.Contains(t, strings.Join(a.server.Check(), "\n"), spoiling.Finding)
		})
	}
}
