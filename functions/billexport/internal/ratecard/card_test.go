package ratecard_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
	"github.com/bssfn/bssfn/pkg/bss"
)

func prices(t *testing.T, cycle string, rules ...string) *ratecard.Prices {
	t.Helper()
	card, err := ratecard.Read([]byte(`{"rules":[` + strings.Join(rules, ",") + `]}`))
	require.NoError(t, err)
	c, err := bill.ParseCycle(cycle)
	require.NoError(t, err)
	return card.In(c)
}

func record(customer, service, region string, official, payment bill.Amount) *bill.Row {
	r := &bill.Row{Fee: &bss.FeeRow{}}
	r.Fee[bss.FeeCustomerID], r.Fee[bss.FeeServiceTypeCode] = []byte(customer), []byte(service)
	r.Fee[bss.FeeRegionCode], r.Fee[bss.FeeAssociationType] = []byte(region), []byte(bss.Resale)
	r.Amounts[bill.Official], r.Amounts[bill.Payment] = official, payment
	return r
}

func TestMostSpecificRuleWins(t *testing.T) {
	t.Parallel()
	// Each rule's percentage says what it names: 4 the customer, 2 the service, 1 the region.
	rules := []string{`{"basis":"official","percent":"100"}`}
	for names := 1; names < 8; names++ {
		rule := fmt.Sprintf(`{"basis":"official","percent":%d`, 100+names)
		if names&4 != 0 {
			rule += `,"customer_id":"c"`
		}
		if names&2 != 0 {
			rule += `,"service_type_code":"s"`
		}
		if names&1 != 0 {
			rule += `,"region_code":"r"`
		}
		rules = append(rules, rule+"}")
	}
	// Without its last rules a card falls back to the next specific one.
	for last := 7; last >= 0; last-- {
		p := prices(t, "2026-02", rules[:last+1]...)
		one := record("c", "s", "r", 1e10, 1e10)
		require.NoError(t, p.Apply(one))
		assert.Equal(t, fmt.Sprint(100+last), one.Invoice.String())
	}
	p := prices(t, "2026-02", rules...)
	for want, one := range map[string]*bill.Row{
		"100": record("x", "", "", 1e10, 0), "101": record("x", "x", "r", 1e10, 0), "106": record("c", "s", "", 1e10, 0),
		"103": record("", "s", "r", 1e10, 0), "105": record("c", "x", "r", 1e10, 0),
	} {
		require.NoError(t, p.Apply(one))
		assert.Equal(t, want, one.Invoice.String())
	}
}

func TestRulesHoldInTheirCycles(t *testing.T) {
	t.Parallel()
	rules := []string{
		`{"basis":"payment","percent":"50","valid_to":"2026-01"}`,
		`{"basis":"payment","percent":"60","valid_from":"2026-02","valid_to":"2026-03"}`,
		`{"basis":"payment","percent":"70","valid_from":"2026-05"}`,
	}
	for cycle, want := range map[string]string{
		"2020-01": "50", "2026-01": "50", "2026-02": "60", "2026-03": "60", "2026-04": "100", "2026-05": "70", "2030-01": "70",
	} {
		one := record("c", "s", "r", 1, 1e10)
		require.NoError(t, prices(t, cycle, rules...).Apply(one))
		assert.Equal(t, want, one.Invoice.String(), cycle)
	}
}

func TestRounding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ percent, official, want string }{
		{"100", "0.005", "0.01"}, {"100", "-0.005", "-0.01"}, {"100", "0.00499999", "0"}, {"100", "-0.00499999", "0"},
		{"50", "0.03", "0.02"}, {"50", "-0.03", "-0.02"}, {"0", "12.34", "0"}, {"108.5", "1", "1.09"}, {"0.0001", "5000", "0.01"},
		{"1000", "9000000000", "90000000000"}, {"99.9999", "-90000000000", "-89999910000"},
	} {
		official, err := bill.ParseAmount([]byte(c.official))
		require.NoError(t, err)
		one := record("c", "s", "r", official, 0)
		require.NoError(t, prices(t, "2026-02", `{"basis":"official","percent":"`+c.percent+`"}`).Apply(one))
		assert.Equal(t, c.want, one.Invoice.String(), "%s %% of %s", c.percent, c.official)
	}
	one := record("c", "s", "r", 92e16, 0)
	require.ErrorIs(t, prices(t, "2026-02", `{"basis":"official","percent":"1000"}`).Apply(record("c", "s", "r", 9e18, 0)), bill.ErrOutOfRange)
	require.ErrorIs(t, prices(t, "2026-02", `{"basis":"official","percent":"1000"}`).Apply(record("c", "s", "r", 92e16, -92e17)), bill.ErrOutOfRange)
	require.NoError(t, prices(t, "2026-02", `{"basis":"official","percent":"1000"}`).Apply(one))
}

func TestWhatNoRuleIsFor(t *testing.T) {
	t.Parallel()
	rule := `{"customer_id":"c","basis":"official","percent":"200"}`
	other := record("x", "s", "r", 3e8, 2e8)
	require.NoError(t, prices(t, "2026-02", rule).Apply(other))
	assert.Equal(t, []bill.Amount{2e8, 0}, []bill.Amount{other.Invoice, other.Margin})

	advisory := record("c", "s", "r", 3e8, 2e8)
	advisory.Fee[bss.FeeAssociationType] = []byte(bss.Referral)
	require.NoError(t, prices(t, "2026-02", rule).Apply(advisory))
	assert.Equal(t, []bill.Amount{0, 0}, []bill.Amount{advisory.Invoice, advisory.Margin}, "it pays Huawei Cloud itself")
}

// TestInvoicesAreExact holds random prices against decimals: each record's, and what
// they add up to.
func TestInvoicesAreExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		percent := decimal.New(r.Int64N(10_000_001), -4)
		basis := []string{"official", "payment"}[r.IntN(2)]
		p := prices(t, "2026-02", fmt.Sprintf(`{"basis":%q,"percent":"%s"}`, basis, percent))
		var invoices, margins bill.Total
		wantInvoices, wantMargins := decimal.Zero, decimal.Zero
		for range 50 {
			one := record("c", "s", "r", bill.Amount(r.Int64N(1<<40)-1<<39), bill.Amount(r.Int64N(1<<40)-1<<39))
			require.NoError(t, p.Apply(one))
			of := one.Amounts[bill.Official]
			if basis == "payment" {
				of = one.Amounts[bill.Payment]
			}
			want := of.Decimal().Mul(percent).Shift(-2).Round(2)
			require.True(t, want.Equal(one.Invoice.Decimal()), "%s %% of %s is %s, not %s", percent, of, want, one.Invoice)
			require.True(t, want.Sub(one.Amounts[bill.Payment].Decimal()).Equal(one.Margin.Decimal()))
			invoices.Add(one.Invoice)
			margins.Add(one.Margin)
			wantInvoices = wantInvoices.Add(one.Invoice.Decimal())
			wantMargins = wantMargins.Add(one.Margin.Decimal())
		}
		require.True(t, wantInvoices.Equal(invoices.Decimal()))
		require.True(t, wantMargins.Equal(margins.Decimal()))
	}
}

func TestRefusedCards(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		``:             "it is empty",
		`{}`:           "0 rules",
		`{"rules":[]}`: "0 rules",
		`{"rules":[{"basis":"official","percent":"1"}]} {}`:             "follows the document",
		`{"rules":[{"basis":"official","percent":"1","discount":"2"}]}`: `unknown field "discount"`,
		`{"rule":[]}`: "unknown field",
		`{"rules":[{"basis":"list","percent":"1"}]}`:                                                                                    `rule 1: basis "list" is neither official nor payment`,
		`{"rules":[{"basis":"official","percent":"-1"}]}`:                                                                               "not from 0 to 1000",
		`{"rules":[{"basis":"official","percent":"1000.0001"}]}`:                                                                        "not from 0 to 1000",
		`{"rules":[{"basis":"official","percent":"1.00001"}]}`:                                                                          "more than 4 decimals",
		`{"rules":[{"basis":"official","percent":1e-300000000}]}`:                                                                       "percent",
		`{"rules":[{"basis":"official"}]}`:                                                                                              "not a decimal number",
		`{"rules":[{"basis":"official","percent":"1","valid_from":"02/2026"}]}`:                                                         "valid_from",
		`{"rules":[{"basis":"official","percent":"1","valid_from":"2026-02","valid_to":"2026-01"}]}`:                                    "is before valid_from",
		`{"rules":[{"basis":"official","percent":"1","region_code":"` + strings.Repeat("x", 65) + `"}]}`:                                "longer than 64",
		`{"rules":[{"basis":"official","percent":"1"},{"basis":"payment","percent":"2"}]}`:                                              `rule 2: it is for customer_id "", service_type_code "" and region_code "" in the same cycle as rule 1`,
		`{"rules":[{"basis":"official","percent":"1","valid_to":"2026-03"},{"basis":"official","percent":"1","valid_from":"2026-03"}]}`: "in the same cycle as rule 1",
		`{"rules":[` + strings.Repeat(`{},`, ratecard.MaxRules) + `{}]}`:                                                                "20001 rules",
		strings.Repeat(" ", ratecard.MaxBytes+1):                                                                                        "the limit is",
		"{\"rules\":[{\"basis\":\"official\",\"percent\":\"1\",\"region_code\":\"\xff\"}]}":                                             "not UTF-8",
		`{"rules":[{"basis":"official","percent":"1","customer_id":"1.2E+31"}]}`:                                                        `rule 1: customer_id "1.2E+31" is no customer id`,
		`{"rules":[{"basis":"official","percent":"1","service_type_code":"a b"}]}`:                                                      `service_type_code "a b" has a space in it`,
	} {
		_, err := ratecard.Read([]byte(document))
		assert.ErrorContains(t, err, want, "%.100s", document)
	}
}

const headings = "customer_id,service_type_code,region_code,basis,percent,valid_from,valid_to\n"

func TestATableSaysWhatJSONSays(t *testing.T) {
	t.Parallel()
	c, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	inJSON := `{"rules":[{"basis":"official","percent":"95"},{"service_type_code":"s","basis":"payment","percent":"108.5"},
		{"customer_id":"c","region_code":"cn-north-4","basis":"official","percent":"80.0001","valid_from":"2026-01","valid_to":"2026-12"}]}`
	for name, table := range map[string]string{
		"all columns":      headings + ",,,official,95,,\n,s,,payment,108.5,,\nc,,cn-north-4,official,80.0001,2026-01,2026-12\n",
		"of a spreadsheet": "\ufeff" + strings.ReplaceAll(headings+",,,official,95,,\n,,,,,,\n,s,,payment,108.5,,\nc,,cn-north-4,official,80.0001,2026-01,2026-12\n,,,,,,\n", "\n", "\r\n"),
		"another order":    "percent,basis,valid_to,valid_from,region_code,service_type_code,customer_id\n95,official,,,,,\n108.5,payment,,,,s,\n80.0001,official,2026-12,2026-01,cn-north-4,,\"c\"",
	} {
		cards := map[string]*ratecard.Card{}
		for _, text := range []string{inJSON, table} {
			cards[text], err = ratecard.Read([]byte(text))
			require.NoError(t, err, name)
			assert.Equal(t, 3, cards[text].Rules, name)
		}
		for _, one := range []*bill.Row{
			record("c", "s", "cn-north-4", 1e10, 5e9), record("c", "x", "cn-north-4", 1e10, 5e9), record("x", "s", "r", 1e10, 5e9), record("x", "x", "", 1e10, 5e9),
		} {
			require.NoError(t, cards[inJSON].In(c).Apply(one))
			want := one.Invoice
			require.NoError(t, cards[table].In(c).Apply(one))
			assert.Equal(t, want, one.Invoice, name)
		}
	}
	few, err := ratecard.Read([]byte("basis,percent\nofficial,50\n"))
	require.NoError(t, err)
	one := record("c", "s", "r", 1e10, 1)
	require.NoError(t, few.In(c).Apply(one))
	assert.Equal(t, "50", one.Invoice.String())
}

// TestTheDocumentedCardsAreTheSame reads the examples of docs/rate-card.md.
func TestTheDocumentedCardsAreTheSame(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../docs/rate-card.md")
	require.NoError(t, err)
	c, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	var invoices [][]string
	for _, language := range []string{"json", "csv"} {
		_, example, found := strings.Cut(string(text), "```"+language+"\n")
		require.True(t, found)
		example, _, _ = strings.Cut(example, "```")
		card, err := ratecard.Read([]byte(example))
		require.NoError(t, err)
		require.Equal(t, 3, card.Rules)
		var all []string
		for _, one := range []*bill.Row{
			record("x", "s", "r", 1e10, 5e9), record("x", "hws.service.type.obs", "r", 1e10, 5e9), record("0123456789abcdef0123456789abcdef", "s", "cn-north-4", 1e10, 5e9),
		} {
			require.NoError(t, card.In(c).Apply(one))
			all = append(all, one.Invoice.String())
		}
		invoices = append(invoices, all)
	}
	assert.Equal(t, [][]string{{"95", "54.25", "80"}, {"95", "54.25", "80"}}, invoices)
}

func TestRefusedTables(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]string{
		"basis,percent\n":                                                       "0 rules",
		"basis\nofficial\n":                                                     "line 1, no column has the heading percent",
		"basis,percent,discount\nofficial,1,2\n":                                `line 1, column C: the heading "discount" is none of customer_id, `,
		"basis,percent,\nofficial,1,\n":                                         `column C: the heading "" is none of`,
		"basis,percent,basis\n":                                                 "line 1, column C: the heading basis is that of column A too",
		"basis;percent\nofficial;1\n":                                           "commas go between columns",
		"Basis,percent\nofficial,1\n":                                           `the heading "Basis" is none of`,
		"basis,percent\nofficial\n":                                             "record on line 2: wrong number of fields",
		"basis,percent\nofficial,\"1\n":                                         `parse error on line 2, column 13: extraneous or missing " in quoted-field`,
		"basis,percent\nofficial,\xff\n":                                        "it is not UTF-8; a spreadsheet saves it so as CSV UTF-8",
		"basis,percent\nofficial,95%\n":                                         `line 2, column B: percent "95%" is not a decimal number such as 95 or 108.5`,
		"basis,percent\nofficial,\"95,5\"\n":                                    `line 2, column B: percent "95,5" is not`,
		"basis,percent\n,\nofficial,\n":                                         `line 3, column B: percent "" is not`,
		headings + "c,,,official,1,,\nc,,,list,1,,\n":                           `line 3, column D: basis "list" is neither`,
		headings + "1.2E+31,,,official,1,,\n":                                   `line 2, column A: customer_id "1.2E+31" is no customer id`,
		headings + "c,\"s\nt\",,official,1,,\n,,,official,1.00001,,":            "line 2, column B: service_type_code",
		headings + "c,,,official,1,Jan-26,\n":                                   `line 2, column F: valid_from "Jan-26" is not a month such as 2026-02`,
		headings + "c,,,official,1,2026-02,2026-01\n":                           "line 2, column G: valid_to 2026-01 is before valid_from 2026-02",
		headings + "c,,,official,1,,\n,,,,,,\nc,,,official,2,,\n":               `line 4: it is for customer_id "c", service_type_code "" and region_code "" in the same cycle as line 2`,
		"basis,percent\n" + strings.Repeat("official,1\n", ratecard.MaxRules+1): "20001 rules",
	} {
		_, err := ratecard.Read([]byte(table))
		assert.ErrorContains(t, err, want, "%.100s", table)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(headings + "c,,cn-north-4,official,80.0001,2026-01,2026-12\n,,,,,,\n,s,,payment,1e2,,\n")
	f.Add("\ufeffpercent,basis\r\n\"95\",official\r\n")
	f.Add(`{"rules":[{"basis":"official","percent":"95.5","customer_id":"c","valid_from":"2026-01"}]}`)
	f.Add(`{"rules":[{"basis":"payment","percent":1e2}]}`)
	f.Add(`{"rules":[{"basis":"payment","percent":1e-99999999}]}`)
	f.Fuzz(func(t *testing.T, document string) {
		card, err := ratecard.Read([]byte(document))
		if err != nil {
			return
		}
		c, err := bill.ParseCycle("2026-02")
		require.NoError(t, err)
		one := record("c", "s", "r", 1e8, 5e7)
		require.NoError(t, card.In(c).Apply(one))
		require.Equal(t, one.Invoice-one.Amounts[bill.Payment], one.Margin)
	})
}

func TestApplyTakesNoMemory(t *testing.T) { //nolint:paralleltest // others would allocate meanwhile
	p := prices(t, "2026-02", `{"basis":"official","percent":"90"}`, `{"customer_id":"a-customer-id-of-32-characters-1234","service_type_code":"hws.service.type.ec2","basis":"official","percent":"80"}`)
	one := record("a-customer-id-of-32-characters-1234", "hws.service.type.obs", "r", 1e8, 5e7)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = p.Apply(one) }))
}
