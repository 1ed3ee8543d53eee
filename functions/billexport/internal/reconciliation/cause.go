package reconciliation

import "strings"

// Cause is what a difference is due to. Several together are joined with "+".
type Cause string

// Class says what a cause means for the export.
type Class string

// The classes of causes.
const (
	// Explained differences have a reason that the documentation gives or leaves open.
	Explained Class = "explained"
	// Defect says that the data are wrong on one side, and how.
	Defect Class = "defect"
	// Unexplained says that nobody knows.
	Unexplained Class = "unexplained"
)

// The causes.
const (
	// SumsLag: the difference is what the records from a day on come to, and on every
	// line of the customer that has such records. The sums are refreshed a day later, so
	// this is so while the cycle still changes.
	SumsLag Cause = "sums_lag"
	// NotSettled: the cycle still changes, and nothing more is known.
	NotSettled Cause = "not_settled"
	// Truncation: records have payments finer than a fen, which an account is never
	// debited with, and the difference is less than a fen for each of them.
	Truncation Cause = "truncation"
	// MakeUpCharge: the difference is what make-up charges for truncation come to
	// (bill_detail_type 25), which the sums do not contain.
	MakeUpCharge Cause = "make_up_charge"
	// AssociationChanged: the customer was associated in several ways within the month,
	// and the sums contain what was not resold; or it was not of resale at the end, and
	// they lack it.
	AssociationChanged Cause = "association_changed"
	// DebtNotInSums: the difference is the sum's debt_amount. The documentation does not
	// say whether the amount contains it.
	DebtNotInSums Cause = "debt_not_in_sums"
	// Writeoff: the difference is what Huawei Cloud wrote off, which the records have
	// as part of the payment.
	Writeoff Cause = "writeoff"

	// CurrencyDiffers: the same is recorded in one currency and summed up in another.
	CurrencyDiffers Cause = "currency_differs"
	// MeasureDiffers: the sum is not in units of its currency (measure_id 1).
	MeasureDiffers Cause = "measure_differs"
	// SignDiffers: an unsubscription or a write-off is summed up as if it were
	// consumption.
	SignDiffers Cause = "sign_differs"
	// CustomerMissingInRecords: the sums know a customer that no record is about.
	CustomerMissingInRecords Cause = "customer_missing_in_records"
	// CustomerMissingInSums: the sums do not know a resale customer that has records.
	CustomerMissingInSums Cause = "customer_missing_in_sums"
	// DuplicateRecord: the difference is what records come to that are there twice.
	DuplicateRecord Cause = "duplicate_record"
	// SumsIncomplete: what SumsLag would be, in a settled cycle, whose sums have had the
	// time to contain all records.
	SumsIncomplete Cause = "sums_incomplete"
	// BrokenRecord: records whose payment is not what is payable, by just the
	// difference.
	BrokenRecord Cause = "broken_record"
	// MissingRecord: the sums of a settled cycle contain what is in no record, while
	// all records of the line are sound.
	MissingRecord Cause = "missing_record"

	// None: nobody knows.
	None Cause = "unexplained"
)

var classes = map[Cause]Class{
	SumsLag: Explained, NotSettled: Explained, Truncation: Explained, MakeUpCharge: Explained,
	AssociationChanged: Explained, DebtNotInSums: Explained, Writeoff: Explained,
	CurrencyDiffers: Defect, MeasureDiffers: Defect, SignDiffers: Defect, CustomerMissingInRecords: Defect,
	CustomerMissingInSums: Defect, SumsIncomplete: Defect, DuplicateRecord: Defect, BrokenRecord: Defect, MissingRecord: Defect,
	None: Unexplained,
}

// Class is what the cause means: of several, the worst.
func (c Cause) Class() Class {
	worst := Explained
	for one := range strings.SplitSeq(string(c), "+") {
		switch classes[Cause(one)] {
		case Explained:
		case Defect:
			worst = Defect
		default:
			return Unexplained
		}
	}
	return worst
}

func together(causes ...Cause) Cause {
	texts := make([]string, len(causes))
	for i, c := range causes {
		texts[i] = string(c)
	}
	return Cause(strings.Join(texts, "+"))
}
