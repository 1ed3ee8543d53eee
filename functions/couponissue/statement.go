package couponissue

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// maxStatement bounds the records of a statement, since its totals need all of
	// them: about ten seconds of Huawei Cloud's pages.
	maxStatement = 10_000
	maxLines     = 200
)

// directions are the API's words for the ways of money, and ours.
var directions = map[bss.AdjustOperation]string{
	bss.AdjustAllocate: string(funds.Allocate), bss.AdjustReclaim: string(funds.Reclaim),
	bss.AdjustUnbind: "unbind", // reclaimed by Huawei Cloud, because an association ended
}

// StatementLine is one movement of money, oldest first.
type StatementLine struct {
	TransferID string `json:"transfer_id"`
	// CustomerID is the customer's or the reseller's.
	CustomerID   string `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	// Direction is allocate, reclaim or unbind.
	Direction     string          `json:"direction"`
	Amount        decimal.Decimal `json:"amount"`
	Currency      string          `json:"currency"`
	OperationTime time.Time       `json:"operation_time"`
	// RunningTotal is the sum of the amounts of this direction and currency so far.
	RunningTotal decimal.Decimal `json:"running_total"`
	// MadeBy is us, in_doubt where a movement whose outcome is not known may have made
	// it, or others.
	MadeBy string `json:"made_by"`
	// Function and LedgerKey say where our ledger has it.
	Function  string `json:"function,omitempty"`
	LedgerKey string `json:"ledger_key,omitempty"`
}

// StatementTotal is the sum of one direction and currency.
type StatementTotal struct {
	Direction string          `json:"direction"`
	Currency  string          `json:"currency"`
	Count     int             `json:"count"`
	Amount    decimal.Decimal `json:"amount"`
}

// Statement is a page of a span of movements.
type Statement struct {
	From  time.Time       `json:"from"`
	To    time.Time       `json:"to"`
	Lines []StatementLine `json:"lines"`
	// Count and Totals are of the whole span.
	Count  int              `json:"count"`
	Totals []StatementTotal `json:"totals"`
	// Next is the offset of the next page; 0 where this is the last one.
	Next int `json:"next"`
}

// statementQuery is what a statement is asked of.
type statementQuery struct {
	from, to           time.Time
	customer, reseller string
	offset, limit      int
}

// showStatement lists what was moved from one instant, included, to another.
func (f *function) showStatement(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q, err := f.readStatementQuery(r)
	if err != nil {
		return nil, err
	}
	records, err := f.adjustRecords(ctx, q)
	if err != nil {
		return nil, err
	}
	s, err := f.statement(ctx, q, records)
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(s), nil
}

func (f *function) readStatementQuery(r *handler.Request) (statementQuery, error) {
	q := newQuery(r.Query, "from", "to", "customer_id", "indirect_partner_id", "offset", "limit")
	in := statementQuery{
		from: q.time("from"), to: q.time("to"), customer: q.id("customer_id"), reseller: q.id("indirect_partner_id"),
		offset: q.number("offset", 0, 0, maxStatement), limit: q.number("limit", maxLines/2, 1, maxLines),
	}
	if !in.from.IsZero() && !in.to.IsZero() && !in.from.Before(in.to) {
		q.wrong("to", "must be later than from")
	}
	return in, q.problem()
}

// adjustRecords are all of the span, oldest first.
func (f *function) adjustRecords(ctx context.Context, q statementQuery) ([]bss.AdjustRecord, error) {
	var all []bss.AdjustRecord
	for record, err := range f.cloud.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{
		CustomerID: q.customer, IndirectPartnerID: q.reseller,
		// The bounds are no part of Huawei Cloud's range, and its records have whole seconds.
		OperationTimeBegin: bss.At(q.from.Add(-time.Second)), OperationTimeEnd: bss.At(q.to),
	}) {
		if err != nil {
			return nil, funds.LookProblem(err)
		}
		if len(all) == maxStatement {
			return nil, statementTooLarge()
		}
		if !record.OperationTime.Before(q.from) && record.OperationTime.Before(q.to) {
			all = append(all, record)
		}
	}
	slices.SortStableFunc(all, func(a, b bss.AdjustRecord) int {
		return cmp.Or(a.OperationTime.Compare(b.OperationTime.Time), cmp.Compare(a.TransID, b.TransID))
	})
	return all, nil
}

func (f *function) statement(ctx context.Context, q statementQuery, records []bss.AdjustRecord) (Statement, error) {
	s := Statement{From: q.from, To: q.to, Count: len(records), Lines: []StatementLine{}, Totals: []StatementTotal{}}
	for i, record := range records {
		line := newStatementLine(record)
		line.RunningTotal = s.add(line)
		if i < q.offset || len(s.Lines) == q.limit {
			continue
		}
		origin, err := f.funds.Origin(ctx, record)
		if err != nil {
			return Statement{}, err
		}
		line.MadeBy, line.Function, line.LedgerKey = origin.MadeBy, origin.Function, origin.Key
		s.Lines = append(s.Lines, line)
	}
	if shown := q.offset + len(s.Lines); shown < len(records) {
		s.Next = shown
	}
	slices.SortFunc(s.Totals, func(a, b StatementTotal) int {
		return cmp.Or(strings.Compare(a.Direction, b.Direction), strings.Compare(a.Currency, b.Currency))
	})
	return s, nil
}

func newStatementLine(r bss.AdjustRecord) StatementLine {
	return StatementLine{
		TransferID: r.TransID, CustomerID: r.CustomerID, CustomerName: r.CustomerName,
		Direction: cmp.Or(directions[r.OperationType], string(r.OperationType)), Amount: r.Amount,
		Currency: r.Currency, OperationTime: r.OperationTime.Time,
	}
}

// add counts the line and returns the sum of its direction and currency so far.
func (s *Statement) add(line StatementLine) decimal.Decimal {
	for i := range s.Totals {
		t := &s.Totals[i]
		if t.Direction == line.Direction && t.Currency == line.Currency {
			t.Count, t.Amount = t.Count+1, t.Amount.Add(line.Amount)
			return t.Amount
		}
	}
	s.Totals = append(s.Totals, StatementTotal{line.Direction, line.Currency, 1, line.Amount})
	return line.Amount
}

func statementTooLarge() error {
	return handler.Invalid(handler.FieldError{
		Field: "to", Reason: "must be nearer to from: there are more than " + strconv.Itoa(maxStatement) + " movements between them",
	})
}
