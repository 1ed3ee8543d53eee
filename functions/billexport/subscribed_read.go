package billexport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/bss"
)

// readSubscribed reads an archive, or what the API says of a customer.
func (f *function) readSubscribed(ctx context.Context, h *held, cycle bill.Cycle) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	if h.task.Part < len(p.Archives) {
		return f.readArchive(ctx, h, p.Archives[h.task.Part], cycle)
	}
	return f.readRecords(ctx, h, p.Customers[h.task.Part-len(p.Archives)])
}

// archiveRead is what came of reading an archive.
type archiveRead struct {
	subscribed.File
	// Merged is the object of its rows, and Lines are those of what they add up to.
	Merged string   `json:"merged"`
	Lines  []string `json:"lines"`
}

// readArchive reads an archive. What is written of it has names that no other worker and
// no other try has: the archive may be replaced between two.
func (f *function) readArchive(ctx context.Context, h *held, kind subscribed.Kind, cycle bill.Cycle) (*workResult, error) {
	content, err := f.archives.Open(ctx, kind.Object(cycle))
	if errors.Is(err, objects.ErrNotFound) {
		return nil, subscribedNotFound(kind.Object(cycle))
	}
	if err != nil {
		return nil, subscribedUnread(kind.Object(cycle), err)
	}
	defer content.Close()
	name := fmt.Sprintf("%s-%d", kind, h.doc.Value.Attempts)
	a := archiveRead{Merged: workName(h.run.ID, name+".csv")}
	pieces := subscribed.NewPieces(f.objects, workName(h.run.ID, name))
	_, err = publication.Write(ctx, f.objects, publication.File{Path: a.Merged}, func(w io.Writer) (int, error) {
		merged := bufio.NewWriterSize(w, 64<<10)
		a.File, err = subscribed.Read(keptReader{content, func() error { return h.keep(ctx) }}, kind, cycle, subscribed.StandardLimits(),
			subscribed.Output{Merged: merged, Lines: func(lines subscribed.Lines) error { return pieces.Add(ctx, lines) }})
		return a.Rows, errors.Join(err, merged.Flush())
	})
	if subscribed.Reason(err) != nil {
		return nil, subscribedRefused(err)
	}
	if err != nil {
		return nil, err
	}
	a.Lines = pieces.Names
	result, err := f.writeResult(ctx, h, name, a, 0)
	if err == nil {
		result.Rows = int64(a.Rows)
	}
	return result, err
}

// keptReader keeps a task while something long is read.
type keptReader struct {
	io.Reader
	keep func() error
}

// Read implements io.Reader.
func (r keptReader) Read(p []byte) (int, error) {
	if err := r.keep(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// customerRead is what the API says of a customer, or why it says nothing.
type customerRead struct {
	Refused string              `json:"refused,omitempty"`
	Lines   []subscribed.Summed `json:"lines"`
}

// readRecords sums up what the API says of a customer. The international site has the
// records of a customer only for the customer, whose token they are asked for with: one
// that is refused is named in what is published, and keeps no other customer from being
// compared.
func (f *function) readRecords(ctx context.Context, h *held, customer bill.Customer) (*workResult, error) {
	if customer.AccountName == "" {
		read := customerRead{Refused: "The list of customers has no account name, by which a customer's token is asked for."}
		return f.writeResult(ctx, h, fmt.Sprintf("customer-%06d", h.task.Part), read, 0)
	}
	request := bss.ListCustomerselfResourceRecordsRequest{Cycle: h.run.Request.Cycle, StatisticType: bss.StatisticByMonth, Method: bss.BillsOfOneself}
	read, lines, rows := customerRead{}, subscribed.Lines{}, 0
	for record, err := range f.cloud.ListCustomerselfResourceRecords(ctx, bss.Customer(customer.AccountName), request) {
		if reason, refused := refusedRecords(err); refused {
			read.Refused, lines = reason, subscribed.Lines{}
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the resource records of customer %s in %s: %w", customer.ID, request.Cycle, err)
		}
		if err := addRecord(lines, customer.ID, record); err != nil {
			return nil, err
		}
		if err := h.keep(ctx); err != nil {
			return nil, err
		}
		rows++
	}
	read.Lines = lines.Sorted()
	result, err := f.writeResult(ctx, h, fmt.Sprintf("customer-%06d", h.task.Part), read, 0)
	if err == nil {
		result.Rows = int64(rows)
	}
	return result, err
}

// refusedRecords is why Huawei Cloud does not tell a customer's records, where that is
// about the customer, who has no agency for the partner, and not about the moment.
func refusedRecords(err error) (string, bool) {
	failure, ok := errors.AsType[*bss.Error](err)
	if !ok || failure.Status != http.StatusForbidden && failure.Status != http.StatusNotFound {
		return "", false
	}
	return clipped(failure.Error()), true
}

func addRecord(lines subscribed.Lines, customerID string, record bss.ResourceFeeRecord) error {
	const next = "Nothing was published. Ask Huawei Cloud about the record."
	if record.CustomerID != customerID || record.Currency == "" {
		return fatal("bills_unreadable", fmt.Sprintf("A resource record of customer %s is of customer %q, in the currency %q.",
			customerID, record.CustomerID, record.Currency), next)
	}
	line := subscribed.Line{
		CustomerID: record.CustomerID, ServiceType: record.CloudServiceType, ResourceType: record.ResourceType,
		Region: record.Region, ChargeMode: string(record.ChargeMode), Currency: record.Currency,
	}
	var amounts subscribed.Amounts
	for field, value := range map[*bill.Total]decimal.Decimal{
		&amounts.Official: record.OfficialAmount, &amounts.Discount: record.DiscountAmount, &amounts.Due: record.Amount,
	} {
		amount, err := bill.AmountOf(value)
		if err != nil {
			return fatal("bills_unreadable", fmt.Sprintf("An amount of a resource record of customer %s cannot be read: %s.", customerID, err), next)
		}
		field.Add(amount)
	}
	lines.Add(line, amounts)
	if record.UsageType != "" {
		line.Currency, line.UsageType, line.UsageMeasureID = "", record.UsageType, record.UsageMeasureID
		lines.Add(line, subscribed.Amounts{Used: record.Usage})
	}
	return nil
}
