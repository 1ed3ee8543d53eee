package bss

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

const (
	// maxFeeRows is ten times what can be asked for. A row takes a kilobyte of memory,
	// of the answer perhaps a few bytes.
	maxFeeRows = 10_000
	// maxKeptPage is how large a page may be whose memory serves the next one.
	maxKeptPage = 8 << 20
)

var errManyRows = errors.New("more rows than any page has")

// FeePage is one answer of ListSubCustomerBillDetailPages.
type FeePage struct {
	// Offset is the number of the first row, from 0, Total how many rows there are in
	// all, by this answer.
	Offset, Total int
	// Rows are valid until the next page is asked for, or the loop ends.
	Rows []FeeRow
}

// ListSubCustomerBillDetailPages is ListSubCustomerBillDetail page by page and without
// a value made of each field, for those who write a million records to a file. The
// partner calls it. The pages are as they come: no row is looked for twice, and a total
// that changes between two pages says that the list did. The last page is the one that
// reaches its total, or has no rows.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
func (c *Client) ListSubCustomerBillDetailPages(ctx context.Context, r ListSubCustomerBillDetailRequest) iter.Seq2[*FeePage, error] {
	return func(yield func(*FeePage, error) bool) {
		page := c.borrowFeePage()
		defer c.returnFeePage(page)
		k := call{op: listSubCustomerBillDetail, query: r, answer: &page.body}
		for at := k.window().offset; ; at += len(page.Rows) {
			if _, err := c.fetchPage(ctx, k, at, page); err != nil {
				yield(nil, err)
				return
			}
			page.Offset = at
			if !yield(&page.FeePage, nil) || page.isLast() {
				return
			}
		}
	}
}

// feePage is a page with the memory that serves one after the other.
type feePage struct {
	FeePage
	errorCode string
	record    *jsonread.Record
	body      []byte
}

func (c *Client) borrowFeePage() *feePage {
	if page, ok := c.feePages.Get().(*feePage); ok {
		return page
	}
	return &feePage{record: jsonread.NewRecord(feeFields())}
}

func (c *Client) returnFeePage(page *feePage) {
	if cap(page.body) <= maxKeptPage {
		c.feePages.Put(page)
	}
}

// feeFields are the fields that a record has itself: all but the currency.
func feeFields() []jsonread.Field {
	fields := make([]jsonread.Field, FeeCurrency)
	for f := range FeeCurrency {
		fields[f].Name = f.String()
	}
	for _, f := range []FeeField{
		FeeChargingMode, FeeBillDetailType, FeeUsageMeasureID, FeeFreeResourceMeasureID, FeeRIUsageMeasureID, FeePeriodType,
	} {
		fields[f].Kind = jsonread.Whole
	}
	for _, f := range []FeeField{
		FeeUsageAmount, FeeFreeResourceUsage, FeeRIUsage, FeePeriodNum,
		FeeOfficialAmount, FeeOfficialDiscountAmount, FeePaymentAmount, FeeCashAmount, FeeCreditAmount, FeeCouponAmount,
		FeeFlexipurchaseCouponAmount, FeeStoredValueCardAmount, FeeDebtAmount, FeeWriteoffAmount,
	} {
		fields[f].Kind = jsonread.Number
	}
	return fields
}

// isLast reports whether no page comes after this one. A total of 0 beside rows is one
// that was left out.
func (p *feePage) isLast() bool {
	return len(p.Rows) == 0 || p.Total > 0 && p.Offset+len(p.Rows) >= p.Total
}

func (p *feePage) code() string { return p.errorCode }

func (p *feePage) readJSON(r *jsonread.Reader) {
	p.record.Reset()
	p.Total, p.Rows, p.errorCode = 0, p.Rows[:0], ""
	var currency []byte
	for r.Object(); r.Field(); {
		switch string(r.Name()) {
		case "error_code":
			p.errorCode = r.String()
		case "total_count":
			p.Total = r.Int()
		case "currency":
			currency = p.record.Text(r)
		case "fee_records":
			p.readRows(r)
		default:
			r.Skip()
		}
	}
	for i := range p.Rows {
		p.Rows[i][FeeCurrency] = currency
	}
}

func (p *feePage) readRows(r *jsonread.Reader) {
	p.Rows = slices.Grow(p.Rows[:0], min(r.Left()/bytesPerRow, maxFeeRows))
	for r.Array(); r.Element(); {
		if len(p.Rows) == maxFeeRows {
			r.Fail(errManyRows)
			return
		}
		p.Rows = slices.Grow(p.Rows, 1)[:len(p.Rows)+1]
		row := &p.Rows[len(p.Rows)-1]
		p.record.Read(r, row[:FeeCurrency])
		if err := checkTime(row[FeeTradeTime]); err != nil {
			r.Fail(err)
		}
	}
}

// checkTime is parseTime without its result, and without an allocation for what is right.
func checkTime(text []byte) error {
	var t time.Time
	if len(text) == len(timeLayout) && text[len(text)-1] == 'Z' && t.UnmarshalText(text) == nil {
		return nil
	}
	_, err := parseTime(string(text))
	return err
}
