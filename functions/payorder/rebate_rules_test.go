package payorder_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return data
}

func rebateSchema(t *testing.T) *openapi3.Schema {
	t.Helper()
	var schema openapi3.Schema
	require.NoError(t, json.Unmarshal(read(t, "rebates.schema.json"), &schema))
	return &schema
}

func fits(t *testing.T, rules []byte) error {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(rules, &value))
	return rebateSchema(t).VisitJSON(value, openapi3.EnableJSONSchema2020())
}

func TestTheExampleOfRebateRulesIsRead(t *testing.T) {
	t.Parallel()
	example := read(t, "rebates.example.json")
	require.NoError(t, payorder.ParseRebateRules(example))
	require.NoError(t, fits(t, example))
	require.NoError(t, payorder.ParseRebateRules([]byte("\uFEFF"+strings.ReplaceAll(string(example), "\n", "\r\n"))))
}

// rule is rules of one rule, with fields put in the place of those of a sound one.
func rule(changes map[string]any) []byte {
	r := map[string]any{"name": "a", "service": "*", "association": "*", "from": "2026-01", "rate": 0.05}
	for field, value := range changes {
		r[field] = value
		if value == nil {
			delete(r, field)
		}
	}
	return rules(r)
}

func rules(all ...map[string]any) []byte {
	data, err := json.Marshal(map[string]any{"currency": "CNY", "rules": all})
	if err != nil {
		panic(err)
	}
	return data
}

func tiers(of ...[2]any) []any {
	var all []any
	for _, tier := range of {
		all = append(all, map[string]any{"from": tier[0], "rate": tier[1]})
	}
	return all
}

func TestBadRebateRulesAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	sound := map[string]any{"name": "b", "service": "*", "association": "*", "from": "2026-06", "to": "2026-12", "rate": 0.01}
	tests := map[string]struct {
		rules  []byte
		place  string
		schema bool // whether the schema finds it too
	}{
		"unknown field":         {[]byte(`{"currency":"CNY","rules":[],"colour":"red"}`), "colour", true},
		"unknown field inside":  {rule(map[string]any{"colour": "red"}), "rules[0].colour", true},
		"unknown field of tier": {rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": []any{map[string]any{"from": 0, "rate": 0, "till": 1}}}), "rules[0].tiers[0].till", true},
		"wrong type":            {rule(map[string]any{"from": 202601}), "rules[0].from", true},
		"no rules":              {[]byte(`{"currency":"CNY","rules":[]}`), "rules: is empty", true},
		"no currency":           {[]byte(`{"rules":[{"name":"a","service":"*","association":"*","from":"2026-01","rate":1}]}`), "currency", true},
		"negative rate":         {rule(map[string]any{"rate": -0.01}), "rules[0].rate", true},
		"rate above 1":          {rule(map[string]any{"rate": "1.01"}), "rules[0].rate", true},
		"no rate":               {rule(map[string]any{"rate": nil}), "rules[0]: has neither", true},
		"rate and tiers":        {rule(map[string]any{"tiers": tiers([2]any{0, 0.1}), "tier_method": "whole"}), "rules[0]: has both", true},
		"method without tiers":  {rule(map[string]any{"tier_method": "whole"}), "rules[0].tier_method", true},
		"no method":             {rule(map[string]any{"rate": nil, "tiers": tiers([2]any{0, 0.1})}), "rules[0].tier_method", true},
		"tier rate above 1":     {rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": tiers([2]any{0, 0.1}, [2]any{5, 2})}), "rules[0].tiers[1].rate", true},
		"negative threshold":    {rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": tiers([2]any{-1, 0.1})}), "rules[0].tiers[0].from", true},
		"unordered tiers":       {rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": tiers([2]any{0, 0.1}, [2]any{50, 0.2}, [2]any{50, 0.3})}), "rules[0].tiers[2].from", false},
		"bad month":             {rule(map[string]any{"from": "2026-13"}), "rules[0].from", true},
		"a day":                 {rule(map[string]any{"to": "2026-01-31"}), "rules[0].to", true},
		"ends before it begins": {rule(map[string]any{"from": "2026-03", "to": "2026-02"}), "rules[0].to", false},
		"overlapping":           {rules(sound, map[string]any{"name": "c", "service": "*", "association": "*", "from": "2026-12", "rate": 0.01}), "rules[1]: holds at the same time as rules[0]", false},
		"one name twice":        {rules(sound, map[string]any{"name": "b", "service": "*", "association": "*", "from": "2027-01", "rate": 0.01}), "rules[1].name", false},
		"no name":               {rule(map[string]any{"name": ""}), "rules[0].name", true},
		"no service":            {rule(map[string]any{"service": ""}), "rules[0].service", true},
		"association":           {rule(map[string]any{"association": "both"}), "rules[0].association", true},
		"negative cap":          {rule(map[string]any{"max_per_order": -1}), "rules[0].max_per_order", true},
		"negative monthly cap":  {rule(map[string]any{"max_per_month": "-0.01"}), "rules[0].max_per_month", true},
		"a card of everything":  {[]byte(`{"currency":"CNY","card_services":["*"],"rules":[{"name":"a","service":"*","association":"*","from":"2026-01","rate":1}]}`), "card_services[0]", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, payorder.ParseRebateRules(tt.rules), tt.place)
			if tt.schema {
				require.Error(t, fits(t, tt.rules), "%s", tt.rules)
			}
		})
	}
	for name, text := range map[string]string{
		"no JSON": `{"currency"`, "a name twice": `{"currency":"CNY","currency":"CNY","rules":[]}`, "a list": `[]`, "two": `{}{}`,
	} {
		require.Error(t, payorder.ParseRebateRules([]byte(text)), name)
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	err := payorder.ParseRebateRules(rule(map[string]any{"rate": 2, "from": "soon", "association": "x", "name": ""}))
	for _, place := range []string{"rules[0].rate", "rules[0].from", "rules[0].association", "rules[0].name"} {
		assert.ErrorContains(t, err, place)
	}
}

func TestWhereRebateRulesComeFrom(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rebates.json")
	require.NoError(t, os.WriteFile(file, rule(nil), 0o600))
	w := newWorld(t)
	start := func(change func(*payorder.Config)) error {
		cfg := payorder.Config{
			Config: functions.Config{
				Site: "cn", Endpoint: w.SimURL, IAMEndpoint: w.SimURL, AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
				XAccountType: harness.XAccountType, IAMDomain: "sim-partner", IAMUser: "sim-operator", IAMPassword: handler.NewSecret("Sim-Operator-1"),
				CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
			},
			QuoteKey: handler.NewSecret(quoteKey), EventsConfig: functions.EventsConfig{EventsURL: "https://platform.example", EventsSecret: handler.NewSecret(eventsSecret)},
		}
		change(&cfg)
		_, err := payorder.New(cfg, functions.Runtime{Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)})
		return err
	}
	require.NoError(t, start(func(c *payorder.Config) { c.RebateRules = file }))
	require.NoError(t, start(func(c *payorder.Config) { c.RebateRules = " " + string(rule(nil)) }))
	require.ErrorIs(t, start(func(c *payorder.Config) { c.RebateRules = file + "x" }), fs.ErrNotExist)
	require.ErrorContains(t, start(func(c *payorder.Config) { c.RebateRules = "{}" }), "REBATE_RULES")
	short := map[string]decimal.Decimal{"*": yuan("0.05")}
	require.NoError(t, start(func(c *payorder.Config) { c.RebateRates = short }))
	require.ErrorContains(t, start(func(c *payorder.Config) { c.RebateRates, c.RebateRules = short, file }), "both set")
	for _, rate := range []string{"-0.1", "1.1"} {
		err := start(func(c *payorder.Config) { c.RebateRates = map[string]decimal.Decimal{"x": yuan(rate)} })
		require.ErrorContains(t, err, "REBATE_RATES: the rate "+rate+" of x")
	}
	require.False(t, errors.Is(start(func(*payorder.Config) {}), fs.ErrNotExist))
}

func TestTiers(t *testing.T) {
	t.Parallel()
	all := tiers([2]any{100, 0.01}, [2]any{1000, 0.1}, [2]any{2000, 0.5})
	method := func(name string) []byte {
		return rule(map[string]any{"rate": nil, "tiers": all, "tier_method": name})
	}
	tests := []struct{ method, before, basis, want string }{
		{"marginal", "0", "100", "0"},
		{"marginal", "0", "200", "1"},
		{"marginal", "900", "200", "11"},     // 100 at 1 %, 100 at 10 %
		{"marginal", "0", "3000", "609"},     // 9 + 100 + 500
		{"marginal", "5000", "0.03", "0.01"}, // 0.015 is cut off
		{"marginal", "-500", "550", "0"},     // after refunds a month may be below nothing
		{"marginal", "1999.99", "0.02", "0"}, // 0.001 + 0.005
		{"whole", "0", "99.99", "0"},
		{"whole", "0", "100", "1"},
		{"whole", "900", "100", "10"},
		{"whole", "0", "3000", "1500"},
	}
	for _, tt := range tests {
		got := payorder.RuleRebate(method(tt.method), yuan(tt.before), yuan(tt.basis))
		assert.Equal(t, tt.want, got.String(), "%+v", tt)
	}
}

// More performance or a larger basis never gives less where rates rise, and a rebate
// is never negative nor more than the basis.
func TestTiersAreMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fen := func(label string, most int64) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, most).Draw(t, label), -2)
		}
		var all []any
		from, rate := decimal.Zero, decimal.Zero
		for range rapid.IntRange(1, 5).Draw(t, "tiers") {
			from = from.Add(fen("step", 1_000_000)).Add(decimal.New(1, -2))
			rate = decimal.Min(rate.Add(decimal.New(rapid.Int64Range(0, 300).Draw(t, "rise"), -3)), decimal.NewFromInt(1))
			all = append(all, map[string]any{"from": from, "rate": rate})
		}
		method := rapid.SampledFrom([]string{"marginal", "whole"}).Draw(t, "method")
		r := rule(map[string]any{"rate": nil, "tiers": all, "tier_method": method})
		before, basis, more := fen("before", 5_000_000), fen("basis", 5_000_000), fen("more", 1_000_000)
		got := payorder.RuleRebate(r, before, basis)
		require.False(t, got.IsNegative())
		require.False(t, got.GreaterThan(basis))
		require.False(t, payorder.RuleRebate(r, before, basis.Add(more)).LessThan(got), "a larger basis")
		require.False(t, payorder.RuleRebate(r, before.Add(more), basis).LessThan(got), "more performance")
	})
}
