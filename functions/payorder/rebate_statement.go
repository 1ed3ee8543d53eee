package payorder

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// statementRows bounds a document to what every store takes.
	statementRows = 2000
	// statementUnmatched is how many rows a report lists that belong to none of its
	// orders.
	statementUnmatched = 100
)

// RebateAmount is one row of a statement: the real rebate of an order, of one of its
// services, or of a service.
type RebateAmount struct {
	OrderID string          `json:"order_id,omitempty"`
	Service string          `json:"service_type_code,omitempty"`
	Amount  decimal.Decimal `json:"amount"`
}

// rebateStatement is the document of a month.
type rebateStatement struct {
	PostedAt time.Time      `json:"posted_at"`
	Rows     []RebateAmount `json:"rows"`
}

// StatementSums say what of a statement a report has used.
type StatementSums struct {
	PostedAt time.Time       `json:"posted_at"`
	Rows     int             `json:"rows"`
	Amount   decimal.Decimal `json:"amount"`
	// Unmatched are rows that belong to no order and no service of the report, 100
	// at most; UnmatchedAmount is the sum of all of them.
	Unmatched       []RebateAmount  `json:"unmatched"`
	UnmatchedAmount decimal.Decimal `json:"unmatched_amount"`
}

type statementRequest struct {
	Amounts []RebateAmount `json:"amounts"`
	// CSV is the same as the text of a file.
	CSV string `json:"csv"`
}

type statementAnswer struct {
	Month  string          `json:"month"`
	Rows   int             `json:"rows"`
	Amount decimal.Decimal `json:"amount"`
}

// postStatement keeps what the partner knows of the real rebates of a month, in the
// place of what was posted before.
func (f *function) postStatement(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	month := r.PathValue("month")
	if err := f.checkReportMonth(month); err != nil {
		return nil, err
	}
	var in statementRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	rows, err := in.rows()
	if err != nil {
		return nil, err
	}
	now := f.clock.Now().UTC().Truncate(time.Second)
	for {
		doc, err := f.statements.Get(ctx, month)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		doc.Key, doc.Value = month, rebateStatement{PostedAt: now, Rows: rows}
		doc.ExpiresAt = now.AddDate(0, paidFor, 0)
		if _, err = f.statements.Put(ctx, doc); writtenMeanwhile(err) {
			continue // the later statement counts
		}
		if err != nil {
			return nil, err
		}
		return handler.OK(statementAnswer{month, len(rows), sumOf(rows)}), nil
	}
}

func sumOf(rows []RebateAmount) decimal.Decimal {
	sum := decimal.Zero
	for _, row := range rows {
		sum = sum.Add(row.Amount)
	}
	return sum
}

func (in statementRequest) rows() ([]RebateAmount, error) {
	if (len(in.Amounts) > 0) == (in.CSV != "") {
		return nil, handler.Invalid(handler.FieldError{Field: "amounts", Reason: "and csv: give one of them"})
	}
	rows, field := in.Amounts, "amounts"
	if in.CSV != "" {
		var err error
		if rows, err = readStatement(in.CSV); err != nil {
			return nil, err
		}
		field = "csv"
	}
	if len(rows) > statementRows {
		return nil, statementTooLarge()
	}
	seen := map[[2]string]int{}
	for i, row := range rows {
		place := fmt.Sprintf("%s[%d]", field, i)
		if err := row.check(place); err != nil {
			return nil, err
		}
		key := [2]string{row.OrderID, row.Service}
		if before, twice := seen[key]; twice {
			return nil, handler.Invalid(handler.FieldError{Field: place, Reason: fmt.Sprintf("names the same order and service as row %d", before)})
		}
		seen[key] = i
	}
	return rows, nil
}

var statementService = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// A rebate that is taken back is negative.
func (a RebateAmount) check(place string) error {
	wrong := func(field, reason string) error {
		return handler.Invalid(handler.FieldError{Field: place + field, Reason: reason})
	}
	switch {
	case a.OrderID == "" && a.Service == "":
		return wrong("", "names neither an order nor a service")
	case a.OrderID != "" && !orderIDPattern.MatchString(a.OrderID):
		return wrong(".order_id", "is no order's id")
	case a.Service != "" && !statementService.MatchString(a.Service):
		return wrong(".service_type_code", "is no service type code")
	case !plainAmount.MatchString(textOf(a.Amount)):
		return wrong(".amount", "is no amount in fen")
	}
	return nil
}

// textOf writes an amount without its exponent, unless that is beyond any amount:
// an exponent costs a caller nothing, and whoever computes with it much.
func textOf(amount decimal.Decimal) string {
	if e := amount.Exponent(); e < -20 || e > 12 {
		return ""
	}
	return amount.String()
}

func statementTooLarge() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "statement_too_large",
		Detail: fmt.Sprintf("A statement has %d rows at most.", statementRows),
		Next:   "Add the amounts up by service and post one row for each."}
}

var statementColumns = []string{"order_id", "service_type_code", "amount"}

// readStatement reads a file with a header of the columns order_id,
// service_type_code and amount, in any order, the first two not both needed. A
// byte-order mark and CRLF are what spreadsheets write.
func readStatement(text string) ([]RebateAmount, error) {
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	header, err := reader.Read()
	if err != nil {
		return nil, unreadableStatement(err)
	}
	for i, name := range header {
		if !slices.Contains(statementColumns, name) || slices.Contains(header[:i], name) {
			return nil, unreadableStatement(fmt.Errorf("the header has %q, want order_id, service_type_code and amount, once each", name))
		}
	}
	if !slices.Contains(header, "amount") {
		return nil, unreadableStatement(errors.New("the header has no amount"))
	}
	var rows []RebateAmount
	for len(rows) <= statementRows {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadableStatement(err)
		}
		row, err := statementRow(header, record)
		if err != nil {
			return nil, unreadableStatement(fmt.Errorf("row %d: %w", len(rows), err))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, unreadableStatement(errors.New("there is nothing under the header"))
	}
	return rows, nil
}

var plainAmount = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,2})?$`)

func statementRow(header, record []string) (RebateAmount, error) {
	var row RebateAmount
	var err error
	for i, name := range header {
		switch value := strings.TrimSpace(record[i]); name {
		case "order_id":
			row.OrderID = value
		case "service_type_code":
			row.Service = value
		case "amount":
			if !plainAmount.MatchString(value) {
				return row, errors.New("the amount is none such as 12.50")
			}
			row.Amount, err = decimal.NewFromString(value)
		}
	}
	return row, err
}

func unreadableStatement(cause error) error {
	return handler.Invalid(handler.FieldError{Field: "csv", Reason: cause.Error()})
}

// addStatement puts the real rebates beside the estimates. For one customer, what a
// service has earned as a whole says nothing.
func (r *RebateReport) addStatement(s rebateStatement, oneCustomer bool) {
	sums := &StatementSums{PostedAt: s.PostedAt, Rows: len(s.Rows), Amount: sumOf(s.Rows), Unmatched: []RebateAmount{}}
	r.Statement = sums
	orders, services := map[string]*OrderRebate{}, map[string]*ServiceRebate{}
	for i := range r.List {
		orders[r.List[i].OrderID] = &r.List[i]
	}
	for i := range r.Services {
		services[r.Services[i].Service] = &r.Services[i]
	}
	for _, row := range s.Rows {
		order, service := orders[row.OrderID], services[row.Service]
		switch {
		case order != nil:
			order.actually(row.Amount)
			if service == nil {
				service = services[order.service]
			}
			if service != nil {
				service.actually(row.Amount)
			}
		case row.OrderID == "" && service != nil && !oneCustomer:
			service.actually(row.Amount)
		default:
			sums.UnmatchedAmount = sums.UnmatchedAmount.Add(row.Amount)
			if len(sums.Unmatched) < statementUnmatched {
				sums.Unmatched = append(sums.Unmatched, row)
			}
			continue
		}
		r.Total.actually(row.Amount)
	}
}

func (s *RebateSums) actually(amount decimal.Decimal) {
	sum := amount
	if s.Actual != nil {
		sum = sum.Add(*s.Actual)
	}
	s.Actual = &sum
}
