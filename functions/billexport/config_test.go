package billexport_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func TestAWrongConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*billexport.Config){
		"EXPORT_FORMATS":       func(c *billexport.Config) { c.Formats = []string{"csv", "doc"} },
		"EXPORT_HEADINGS":      func(c *billexport.Config) { c.Headings = "fr" },
		"EXPORT_FOCUS_REFUNDS": func(c *billexport.Config) { c.FocusRefunds = "credit" },
		"BSS_IAM_USER":         func(c *billexport.Config) { c.Site, c.SubscribedURL = "intl", "obs://partner-bills" },
		"SUBSCRIBED_URL: ": func(c *billexport.Config) {
			c.Site, c.SubscribedURL = "intl", "partner-bills"
			c.IAMDomain, c.IAMUser, c.IAMPassword = "sim-partner", "sim-operator", handler.NewSecret("Sim-Operator-1")
		},
		"EXPORT_WORKERS": func(c *billexport.Config) { c.Workers = -1 },
		`EXPORT_RATE_CARD: line 2, column B: percent "95%"`: func(c *billexport.Config) {
			c.RateCard = "basis,percent\nofficial,95%\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := configOf("http://127.0.0.1:1", t.TempDir())
			spoil(&cfg)
			_, err := billexport.New(cfg, functions.Runtime{Clock: clock.System{}, Store: memory.New()})
			require.ErrorContains(t, err, name)
		})
	}
}
