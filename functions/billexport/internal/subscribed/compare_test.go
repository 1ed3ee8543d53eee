package subscribed_test

import (
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
)

func due(amount bill.Amount) (a subscribed.Amounts) {
	a.Due.Add(amount)
	a.Official.Add(amount)
	return a
}

func used(amount string) subscribed.Amounts {
	return subscribed.Amounts{Used: decimal.RequireFromString(amount)}
}

func billed(customer, currency string) subscribed.Line {
	return subscribed.Line{CustomerID: customer, ServiceType: "s", Currency: currency}
}

func usage(customer, kind string, unit int) subscribed.Line {
	return subscribed.Line{CustomerID: customer, ServiceType: "s", UsageType: kind, UsageMeasureID: unit}
}

func differences(t *testing.T, file, api subscribed.Lines, kinds ...subscribed.Kind) (found []string, compared int) {
	t.Helper()
	c := subscribed.Comparison{
		Archives: kinds,
		Missing: func(id string) (subscribed.Cause, bool) {
			return subscribed.CauseUnread, id == "unread"
		},
		Found: func(d subscribed.Difference) error {
			found = append(found, fmt.Sprintf("%s %s%s %s %s %s", d.CustomerID, d.Currency, d.UsageType, d.Cause, d.Field, d.Difference))
			return nil
		},
	}
	require.NoError(t, c.Compare(file.All(), api.All()))
	return found, c.Compared
}

func TestDifferencesAreNamed(t *testing.T) {
	t.Parallel()
	file, api := subscribed.Lines{}, subscribed.Lines{}
	for _, l := range []subscribed.Lines{file, api} {
		l.Add(billed("same", "USD"), due(5e8))
		l.Add(usage("same", "duration", 4), used("1"))
		l.Add(billed("usage", "USD"), due(1))
	}
	file.Add(billed("more", "USD"), due(7e8))
	api.Add(billed("more", "USD"), due(7e8-1))
	file.Add(billed("currency", "USD"), due(1e8))
	api.Add(billed("currency", "EUR"), due(1e8))
	file.Add(billed("file", "USD"), due(1e8))
	api.Add(billed("zero", "USD"), due(0))
	file.Add(billed("unread", "USD"), due(3))
	file.Add(usage("nobody", "flow", 10), used("2"))
	api.Add(usage("nobody", "flow", 10), used("2"))
	file.Add(usage("usage", "duration", 4), used("0.000000000001"))
	api.Add(usage("usage", "duration", 4), used("0.000000000002"))
	file.Add(usage("usage", "flow", 10), used("1"))
	api.Add(usage("usage", "flow", 17), used("1024"))
	api.Add(usage("usage", "times", 2), used("0"))
	got, compared := differences(t, file, api, subscribed.Kinds()...)
	assert.Equal(t, []string{
		"currency EUR currency amount -1", "currency USD currency amount 1",
		"file USD only_in_file amount 1",
		"more USD amount amount 0.00000001", "more USD amount official_amount 0.00000001",
		"nobody flow usage_without_bill usage 0",
		"unread USD customer_unread amount 0.00000003",
		"usage duration amount usage -0.000000000001",
		"usage flow unit usage 1", "usage flow unit usage -1024", "usage times only_in_api usage 0",
		"zero USD only_in_api amount 0",
	}, got)
	assert.Equal(t, 14, compared)
}

func TestWithoutAnArchiveOfUsageNoneIsCompared(t *testing.T) {
	t.Parallel()
	file, api := subscribed.Lines{}, subscribed.Lines{}
	file.Add(billed("c", "USD"), due(1))
	api.Add(billed("c", "USD"), due(1))
	api.Add(usage("c", "flow", 10), used("2"))
	api.Add(usage("d", "flow", 10), used("2"))
	got, compared := differences(t, file, api, subscribed.CustomerBill)
	assert.Empty(t, got)
	assert.Equal(t, 1, compared)
}

func TestWhatCannotBeReadIsNotCompared(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	broken := func(yield func(subscribed.Summed, error) bool) { yield(subscribed.Summed{}, lost) }
	whole := subscribed.Lines{}
	whole.Add(billed("c", "USD"), due(1))
	c := subscribed.Comparison{Missing: func(string) (subscribed.Cause, bool) { return "", false }}
	for _, lists := range [][2]iter.Seq2[subscribed.Summed, error]{{broken, whole.All()}, {whole.All(), broken}} {
		require.ErrorIs(t, c.Compare(lists[0], lists[1]), lost)
	}
}
