// Package reconciliation compares the fee records of an export with Huawei Cloud's
// monthly sums, and says of each difference what it is due to, where the data prove
// that.
//
// The sums are of resale customers only, and can be asked for in three charging modes.
// What of that the documentation leaves open is decided here: the sums of consumption,
// unsubscriptions and write-offs of a line together are what its records come to, and
// debts are part of them. Where a line shows that it is otherwise, that is its cause.
// The discount of a sum is not compared: nobody says which discounts it contains.
package reconciliation

import (
	"context"
	"iter"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// MaxListed is how many differences a Result lists.
const MaxListed = 200

// Input is what is compared.
type Input struct {
	// Settled says that the cycle's bills no longer change.
	Settled bool
	Tally   *tally.Tally
	Sums    *Sums
	// Customers are those that were exported; sums of others are left alone. Nil is
	// all.
	Customers []string
	// Rows reads the records of a customer once more, where its lines differ: some
	// causes are proved by single records. Without it they are not looked for.
	Rows func(ctx context.Context, customerID string) iter.Seq2[*bill.Row, error]
}

// Result is the outcome, as a manifest has it.
type Result struct {
	// Agrees says that nothing differs but for a reason that the documentation gives.
	Agrees bool `json:"agrees"`
	// Compared counts the lines that are in either of the two, Differing those on
	// which they do not agree.
	Compared  int `json:"compared"`
	Differing int `json:"differing"`
	// Explained, Defects and Unexplained are the parts of Differing.
	Explained   int          `json:"explained"`
	Defects     int          `json:"defects"`
	Unexplained int          `json:"unexplained"`
	Causes      []CauseCount `json:"causes"`
	// Differences are the first of them, those that have no cause first and those that
	// are explained last; reconciliation.csv has all.
	Differences []Difference `json:"differences"`
	// LeftOut are the records that the monthly sums do not know.
	LeftOut []LeftOut `json:"left_out"`
	// Customers are those whose amounts contradict themselves as a whole.
	Customers BrokenCustomers `json:"customers"`
}

// CauseCount is how often a cause was found in a currency, and what it comes to.
type CauseCount struct {
	Cause      Cause      `json:"cause"`
	Class      Class      `json:"class"`
	Currency   string     `json:"currency"`
	Lines      int        `json:"lines"`
	Difference bill.Total `json:"difference"`
}

// Line is what the two are compared by.
type Line struct {
	CustomerID       string `json:"customer_id"`
	CloudServiceType string `json:"cloud_service_type"`
	ResourceTypeCode string `json:"resource_type_code"`
	ChargeMode       string `json:"charge_mode"`
	Currency         string `json:"currency"`
}

// Difference is a line on which the two do not agree.
type Difference struct {
	Line
	// RecordsAmount is the sum of payment_amount, SumsAmount that of the monthly sums'
	// amount, Difference the first less the second.
	Records       int        `json:"records"`
	RecordsAmount bill.Total `json:"records_amount"`
	SumsAmount    bill.Total `json:"sums_amount"`
	Difference    bill.Total `json:"difference"`
	Cause         Cause      `json:"cause"`
	Class         Class      `json:"class"`
	// RecordIDs are records that the cause is about, or, where there is none, that
	// come to just the difference: 10 at the most.
	RecordIDs []string `json:"record_ids,omitempty"`
}

// LeftOut are records of a currency that are not compared, and why.
type LeftOut struct {
	Reason   string     `json:"reason"`
	Currency string     `json:"currency"`
	Rows     int        `json:"rows"`
	Payment  bill.Total `json:"payment_amount"`
}

// The reasons for which records are left out.
const (
	// LeftOutAssociation: the customer is not of resale, of which alone there are
	// sums.
	LeftOutAssociation = "association_type"
	// LeftOutMode: sums of this charging mode cannot be asked for, such as those of
	// reserved instances.
	LeftOutMode = "charging_mode"
)
