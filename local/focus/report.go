package focus

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"
)

// Write prints a line for each rule, with what is wrong under those that are broken, and
// a summary. Without all, rules that hold or say nothing of the file are left out.
func Write(w io.Writer, results []Result, all bool) error {
	var out strings.Builder
	counts := map[string]int{}
	for _, r := range results {
		said := r.Verdict.String()
		if !r.Rule.Checkable() {
			said = "open" // no file can show it
		}
		counts[said]++
		if !all && r.Verdict != Fail {
			continue
		}
		fmt.Fprintf(&out, "%-4s  %-6s  %s: %s (%s)\n", said, r.Rule.Level, r.Rule.ID, r.Rule.Text, r.Rule.Page)
		if r.Broken > 0 {
			fmt.Fprintf(&out, "      broken by %d of %d rows\n", r.Broken, r.Rows)
		}
		for _, detail := range r.Details {
			fmt.Fprintf(&out, "      %s\n", detail)
		}
	}
	fmt.Fprintf(&out, "%d rules: %d hold, %d are broken, %d say nothing of this file, %d no file can show\n",
		len(results), counts["pass"], counts["fail"], counts["n/a"], counts["open"])
	_, err := io.WriteString(w, out.String())
	return err
}

// OfManifest is what an export's manifest says of its rows and of what was to pay.
func OfManifest(manifest []byte) (Options, error) {
	var m struct {
		Rows *int `json:"rows"`
		Sums []struct {
			Currency string `json:"currency"`
			Amounts  struct {
				Payment *decimal.Decimal `json:"payment_amount"`
			} `json:"amounts"`
		} `json:"sums"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return Options{}, fmt.Errorf("read the manifest: %w", err)
	}
	if m.Rows == nil {
		return Options{}, fmt.Errorf("the manifest does not say how many rows there are: is it one of an export of bills?")
	}
	o := Options{Rows: *m.Rows, BilledCosts: map[string]decimal.Decimal{}}
	for _, sum := range m.Sums {
		if sum.Amounts.Payment == nil {
			return Options{}, fmt.Errorf("the manifest has no payment_amount in %s", sum.Currency)
		}
		o.BilledCosts[sum.Currency] = *sum.Amounts.Payment
	}
	return o, nil
}
