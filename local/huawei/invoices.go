package huawei

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/shopspring/decimal"
)

// States and kinds of an invoice request, of the many that there are.
const (
	invoiceDone     = 8
	invoiceReturned = 9
	requestInvoice  = "0"
	requestReturn   = "1"
	tradeMonthly    = 6 // the partner's monthly bill
	titleEnterprise = 1
	invoiceOrdinary = 1
	invoiceByCycle  = 0
	invoiceOfTax    = 0
	channelHuawei   = 0
	invoiceOnPaper  = "0"
)

// invoice is what the partner's bill of a cycle was invoiced by. What a bill
// changed by after it came out has an invoice of its own, or a return.
type invoice struct {
	id      string
	number  string
	cycle   string
	amount  decimal.Decimal // negative: a return
	applied time.Time
	source  *invoice // that is returned
}

func invoiceOperations() map[string]operation {
	return map[string]operation{"ListInvoices": listInvoices}
}

// settleInvoices invoices the bills that have come out. On Huawei Cloud somebody
// applies for an invoice; here that happens at once.
func (s *Server) settleInvoices(now time.Time) {
	p := &s.state.postpaid
	p.settled = now
	for _, b := range p.bills {
		out := billedOn(b.cycle)
		open := b.sum.due().Sub(b.invoiced)
		if now.Before(out) || open.IsZero() || b.first == nil && open.IsNegative() {
			continue // or nothing was invoiced that could be returned
		}
		i := &invoice{cycle: b.cycle, amount: open, applied: now}
		if b.first == nil {
			i.applied, b.first = out, i
		}
		if open.IsNegative() {
			i.source = b.first
		}
		s.name(i)
		b.invoiced = b.invoiced.Add(open)
		p.invoices = append(p.invoices, i)
	}
}

// name draws the ids, which follow from the seed, the cycle and how many invoices
// the cycle has had: it does not matter when somebody looks.
func (s *Server) name(i *invoice) {
	h := fnv.New64a()
	fmt.Fprintf(h, "invoice %s %d", i.cycle, len(s.state.postpaid.invoices))
	r := newRandom(s.options.Seed, h.Sum64())
	i.id, i.number = pick(r, hexadecimals, 32), pick(r, digits, 12)
}

type invoiceRow struct {
	RequestID   string       `json:"requestId"`
	TitleType   int          `json:"titleType"`
	ChannelType int          `json:"channelType"`
	InvoiceType int          `json:"invoiceType"`
	Title       string       `json:"invoiceTitle"`
	Amount      money        `json:"invoiceAmount"`
	Method      int          `json:"invoiceMethod"`
	Class       int          `json:"invoiceClass"`
	State       int          `json:"invoiceState"`
	Applicant   string       `json:"applyOpera"`
	Address     addressRow   `json:"addressInfo"`
	ApplyTime   string       `json:"applyTime"`
	Mode        string       `json:"invoiceMode"`
	RequestMode string       `json:"requestMode"`
	SourceID    string       `json:"srcRequestId,omitempty"`
	Number      string       `json:"invoiceNo"`
	TradeType   int          `json:"tradeType"`
	Cycle       string       `json:"billCycle"`
	Taxes       []invoiceTax `json:"taxList"`
}

type addressRow struct {
	Recipients string `json:"recipients"`
}

type invoiceTax struct {
	Class      string `json:"taxClass"`
	Rate       string `json:"taxRate"`
	SubClass   string `json:"subTaxClass"`
	Amount     money  `json:"taxAmount"`
	Visible    string `json:"taxVisibleFlag"`
	Accounting string `json:"taxAccountingFlag"`
}

// listInvoices answers the caller's own invoices, oldest first, by pages that
// begin with 1. A customer has none: the partner invoices the reseller customers,
// and nobody applies for those of the others here.
func listInvoices(s *Server, c *call) (any, error) {
	if id := c.path["domain_id"]; id != s.state.partnerID && c.caller.partner || id != c.caller.customer && !c.caller.partner {
		return nil, errDenied("access denied: domain_id is not the caller's")
	}
	begin, err := instantOf("start_time", c.query.Get("start_time"))
	if err != nil {
		return nil, err
	}
	end, err := instantOf("end_time", c.query.Get("end_time"))
	if err != nil {
		return nil, err
	}
	rows := []invoiceRow{}
	for _, i := range s.state.postpaid.invoices {
		if c.caller.partner && !i.applied.Before(begin) && !i.applied.After(end) {
			rows = append(rows, s.invoiceRow(i))
		}
	}
	p := c.page()
	p.offset = (p.offset - 1) * p.limit
	return map[string]any{"invoices": window(rows, p), "count": len(rows)}, nil
}

func instantOf(name, text string) (time.Time, error) { return optionalTime(name, &text) }

func (s *Server) invoiceRow(i *invoice) invoiceRow {
	partner := s.options.Operator
	row := invoiceRow{
		RequestID: i.id, TitleType: titleEnterprise, ChannelType: channelHuawei, InvoiceType: invoiceOrdinary,
		Title: partner.Domain, Amount: money(i.amount), Method: invoiceByCycle, Class: invoiceOfTax,
		State: invoiceDone, Applicant: partner.Name, Address: addressRow{partner.Domain}, ApplyTime: instant(i.applied),
		Mode: invoiceOnPaper, RequestMode: requestInvoice, Number: i.number, TradeType: tradeMonthly, Cycle: i.cycle,
		Taxes: []invoiceTax{{Class: "VAT", Rate: "0", SubClass: "VAT", Visible: "N", Accounting: "N"}},
	}
	if i.source != nil {
		row.State, row.RequestMode, row.SourceID = invoiceReturned, requestReturn, i.source.id
	}
	return row
}
