package reconciliation

import (
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// candidate is an amount that would explain a difference.
type candidate struct {
	cause Cause
	part
}

// cause finds what a difference is due to: what the line itself shows first, then what
// single records show, then what is left when all of these show nothing.
func (e *evidence) cause(a *account, c *compared, difference bill.Total) (Cause, []string) {
	clue := e.lines[c.Line]
	if c.sum.strange {
		return MeasureDiffers, nil
	}
	if a.otherCurrency(c, difference) {
		return CurrencyDiffers, nil
	}
	records, lag := e.recordCandidates(clue), e.lagCandidates(clue)
	if cause, ids := match(records, difference); cause != "" {
		return cause, ids
	}
	if !a.recorded {
		if c.others.Negated() == difference {
			return AssociationChanged, nil
		}
		return CustomerMissingInRecords, nil
	}
	if a.summed {
		if cause, _ := match(lineCandidates(c), difference); cause != "" {
			return cause, nil
		}
	}
	if cause, _ := match(lag, difference); cause != "" {
		return cause, nil
	}
	if !a.summed {
		if e.left {
			return AssociationChanged, nil
		}
		return CustomerMissingInSums, nil
	}
	if c.truncated(difference) {
		return Truncation, nil
	}
	if pair, ids := pairOf(slices.Concat(records, lag), difference); pair != "" {
		return pair, ids
	}
	return e.rest(c, clue, difference)
}

// match finds the first candidate that is just the difference.
func match(list []candidate, difference bill.Total) (Cause, []string) {
	for _, one := range list {
		if one.amount == difference {
			return one.cause, one.ids
		}
	}
	return "", nil
}

// recordCandidates are what single records show, what proves most first.
func (e *evidence) recordCandidates(clue *clues) []candidate {
	var list []candidate
	add := func(cause Cause, p part) {
		if !p.amount.IsZero() {
			list = append(list, candidate{cause, p})
		}
	}
	add(DuplicateRecord, clue.twice)
	add(BrokenRecord, clue.broken)
	add(MakeUpCharge, clue.exactMakeUps)
	add(MakeUpCharge, clue.makeUps)
	return list
}

// lagCandidates are the last days, where the sums may lack all records of them.
func (e *evidence) lagCandidates(clue *clues) []candidate {
	cause := SumsLag
	if e.settled {
		cause = SumsIncomplete
	}
	var list []candidate
	for _, day := range e.since {
		if amount := clue.since(day); !amount.IsZero() {
			list = append(list, candidate{cause, part{amount: amount}})
		}
	}
	return list
}

// lineCandidates are what the sums of the line themselves show.
func lineCandidates(c *compared) []candidate {
	return []candidate{
		{AssociationChanged, part{amount: c.others.Negated()}},
		{DebtNotInSums, part{amount: c.sum.debt}},
		{Writeoff, part{amount: c.sum.writeoff.Negated()}},
		{Writeoff, part{amount: c.sum.adjustment}},
		{MakeUpCharge, part{amount: c.makeUp}},
		{SignDiffers, part{amount: c.wrongSign()}},
	}
}

// wrongSign is what the records are less by if what should be negative is not.
func (c *compared) wrongSign() bill.Total {
	var twice bill.Total
	for _, t := range []bill.Total{c.sum.unsubscription, c.sum.writeoff} {
		if t.Sign() > 0 {
			twice.AddTotal(t)
			twice.AddTotal(t)
		}
	}
	return twice.Negated()
}

// truncated reports whether the sums are in whole fen, and lack less than one of each
// record whose payment is finer: the account is debited in whole fen, the records are not.
// See https://support.huaweicloud.com/api-oce/mbc_00004.html.
func (c *compared) truncated(difference bill.Total) bool {
	sums, within := c.sum.total().Amount()
	amount, ok := difference.Amount()
	return ok && within && sums%tally.Fen == 0 && amount > 0 && amount < bill.Amount(c.fine)*tally.Fen
}

// pairOf finds two things that together come to the difference.
func pairOf(list []candidate, difference bill.Total) (Cause, []string) {
	for i, x := range list {
		for _, y := range list[i+1:] {
			sum := x.amount
			sum.AddTotal(y.amount)
			if x.cause != y.cause && sum == difference {
				ids := append(append([]string{}, x.ids...), y.ids...)
				return together(x.cause, y.cause), ids[:min(len(ids), maxNamed)]
			}
		}
	}
	return "", nil
}

// rest is the cause of what nothing shows.
func (e *evidence) rest(c *compared, clue *clues, difference bill.Total) (Cause, []string) {
	sound := e.read && clue.broken.amount.IsZero() && clue.twice.amount.IsZero()
	switch {
	case !e.settled:
		return NotSettled, nil
	case sound && (difference.Sign() < 0 || c.refundMissing(difference)):
		return MissingRecord, nil
	default:
		return None, clue.exact.ids
	}
}

// refundMissing reports whether the sums give more back than the records do, by just
// the difference.
func (c *compared) refundMissing(difference bill.Total) bool {
	back := c.sum.unsubscription
	back.AddTotal(c.sum.writeoff)
	return difference == less(c.refunds, back)
}

// otherCurrency reports whether what one currency has too much another one has too
// little, on the same line.
func (a *account) otherCurrency(c *compared, difference bill.Total) bool {
	all, others := difference, false
	for l, other := range a.lines {
		same := l.CloudServiceType == c.CloudServiceType && l.ResourceTypeCode == c.ResourceTypeCode && l.ChargeMode == c.ChargeMode
		if same && l.Currency != c.Currency {
			all.AddTotal(other.difference())
			others = others || !other.difference().IsZero()
		}
	}
	return others && all.IsZero()
}
