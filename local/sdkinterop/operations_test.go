package sdkinterop_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

// exchange is one operation through the SDK: once as it succeeds, checked
// against the world it ran in, and once as the documentation says it is refused.
type exchange struct {
	succeeds func(c *cloud)
	refused  func(c *cloud) error
	status   int
	code     string
	says     string // part of the message
}

// exchanges are all operations that the simulated mainland site implements.
func exchanges() map[string]exchange {
	all := map[string]exchange{}
	for _, area := range []map[string]exchange{
		customerExchanges(),
		orderExchanges(),
		couponExchanges(),
		fundExchanges(),
		billExchanges(),
		customerBillExchanges(),
		enterpriseExchanges(),
		catalogueExchanges(),
		resourceExchanges(),
		realNameExchanges(),
		regionExchanges(),
		resellerExchanges(),
		pricingExchanges(),
		changeExchanges(),
	} {
		maps.Copy(all, area)
	}
	return all
}

func TestTheSDKCallsEveryOperation(t *testing.T) {
	t.Parallel()
	for site, all := range map[bss.Site]map[string]exchange{bss.SiteCN: exchanges(), bss.SiteIntl: exchangesAbroad()} {
		for operation, e := range all {
			t.Run(string(site)+"/"+operation, func(t *testing.T) {
				t.Parallel()
				t.Run("success", func(t *testing.T) {
					t.Parallel()
					c := newCloudOf(t, site)
					e.succeeds(c)
					c.assertConsistent()
				})
				t.Run("refusal", func(t *testing.T) {
					t.Parallel()
					assertRefused(t, e.refused(newCloudOf(t, site)), e.status, e.code, e.says)
				})
			})
		}
	}
}

// noIndirectPartner is refused because the partner has no indirect partners.
func noIndirectPartner(succeeds func(*cloud), call func(c *cloud, indirect *string) error) exchange {
	return exchange{
		succeeds: succeeds,
		refused:  func(c *cloud) error { return call(c, new("somebody")) },
		status:   http.StatusBadRequest, code: "CBC.99000037", says: "indirect partner",
	}
}
