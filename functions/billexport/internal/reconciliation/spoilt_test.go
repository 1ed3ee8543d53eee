package reconciliation_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const february = "2026-02"

// errForeign says that a record is not of the customer whose bills were asked for.
var errForeign = errors.New("a record of another customer")

// spoilt is a simulated Huawei Cloud with a month of two resale customers and one of
// referral, asked on 10 March.
type spoilt struct {
	*huawei.Server
	client    *bss.Client
	customers []string
}

func newSpoilt(t *testing.T) *spoilt {
	t.Helper()
	now := clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	server, err := huawei.NewServer(huawei.Options{Clock: now, Seed: 5})
	require.NoError(t, err)
	api := httptest.NewServer(server.API())
	t.Cleanup(api.Close)
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: api.URL, IAMEndpoint: api.URL, Clock: now, Transport: http.DefaultTransport.(*http.Transport).Clone(),
		Keys: sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
	})
	require.NoError(t, err)
	s := &spoilt{Server: server, client: client}
	for _, association := range []string{huawei.AssociationResale, huawei.AssociationResale, huawei.AssociationReferral} {
		id, err := server.AddAccount(huawei.Account{Name: fmt.Sprint("customer-", len(s.customers)), Association: association})
		require.NoError(t, err)
		require.NoError(t, server.AddBills(february, id, 60))
		s.customers = append(s.customers, id)
	}
	return s
}

// read reads the records of a customer, as an export does.
func (s *spoilt) read(ctx context.Context, id string) iter.Seq2[*bill.Row, error] {
	return func(yield func(*bill.Row, error) bool) {
		var row bill.Row
		for page, err := range s.client.ListSubCustomerBillDetailPages(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: february, CustomerID: id}) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Rows {
				err := row.Read(&page.Rows[i])
				if err == nil && string(row.Fee[bss.FeeCustomerID]) != id {
					err = errForeign
				}
				if !yield(&row, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *spoilt) reconcile(t *testing.T) (reconciliation.Result, *tally.Tally, error) {
	t.Helper()
	y := tally.New()
	for c, err := range s.client.ListConsumeSubCustomers(t.Context(), bss.ListConsumeSubCustomersRequest{BillCycle: february}) {
		require.NoError(t, err)
		for row, err := range s.read(t.Context(), c.CustomerID) {
			if err != nil {
				return reconciliation.Result{}, nil, err
			}
			y.Add(row)
		}
	}
	cycle, err := bill.ParseCycle(february)
	require.NoError(t, err)
	sums, err := reconciliation.ReadSums(t.Context(), s.client, cycle, nil)
	require.NoError(t, err)
	in := reconciliation.Input{Settled: true, Tally: y, Sums: sums, Rows: s.read}
	out, err := reconciliation.Reconcile(t.Context(), in, io.Discard)
	return out, y, err
}

// TestSpoiltMonths spoils a month in every way that the simulator knows, and finds what
// it was by what the API says.
func TestSpoiltMonths(t *testing.T) {
	t.Parallel()
	for kind, c := range map[huawei.Spoiling]struct {
		want    reconciliation.Cause
		lines   bool // several lines differ, not one
		records bool // the record is named
		broken  int
		fails   bool
	}{
		huawei.SpoilAmount:      {want: reconciliation.BrokenRecord, records: true, broken: 1},
		huawei.SpoilMissing:     {want: reconciliation.MissingRecord},
		huawei.SpoilTwice:       {want: reconciliation.DuplicateRecord, records: true},
		huawei.SpoilForeign:     {fails: true},
		huawei.SpoilCurrency:    {want: reconciliation.CurrencyDiffers, lines: true},
		huawei.SpoilMeasure:     {want: reconciliation.MeasureDiffers, lines: true},
		huawei.SpoilIdentity:    {broken: 1},
		huawei.SpoilLag:         {want: reconciliation.SumsIncomplete, lines: true},
		huawei.SpoilAssociation: {},
		huawei.SpoilMakeUp:      {want: reconciliation.MakeUpCharge, records: true},
		huawei.SpoilUnlisted:    {want: reconciliation.CustomerMissingInRecords, lines: true},
		huawei.SpoilUnparseable: {fails: true},
		huawei.SpoilName:        {},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := newSpoilt(t)
			sound, _, err := s.reconcile(t)
			require.NoError(t, err)
			require.Zero(t, sound.Differing, "%+v", sound.Differences)
			for row, id := range s.rowsThatCount(t) {
				spoil := huawei.Spoil{Cycle: february, CustomerID: s.customers[1], Kind: kind, Row: row}
				if kind == huawei.SpoilForeign {
					spoil.Text = s.customers[0]
				}
				s.MendBills()
				require.NoError(t, s.Spoil(spoil))

				out, y, err := s.reconcile(t)
				if c.fails {
					require.Error(t, err)
					if kind == huawei.SpoilForeign {
						require.ErrorIs(t, err, errForeign)
					}
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, c.broken, y.Broken().Count)
				if c.broken > 0 {
					assert.Equal(t, id, y.Broken().First[0].ID)
				}
				if c.want == "" {
					assert.Zero(t, out.Differing)
					continue
				}
				for _, d := range out.Differences {
					assert.Equal(t, s.customers[1], d.CustomerID)
					assert.Equal(t, c.want, d.Cause, "row %d: %+v", row, d)
				}
				if c.lines {
					assert.NotZero(t, out.Differing)
				} else if assert.Equal(t, 1, out.Differing, "row %d", row) && c.records {
					assert.Contains(t, out.Differences[0].RecordIDs[0], id)
				}
			}
		})
	}
}

// rowsThatCount are two records of the second customer, by their numbers, that the sums
// contain and that come to something: one that was paid and a refund.
func (s *spoilt) rowsThatCount(t *testing.T) map[int]string {
	t.Helper()
	rows, signs := map[int]string{}, map[bool]bool{}
	n := 0
	for row, err := range s.read(t.Context(), s.customers[1]) {
		require.NoError(t, err)
		payment := row.Amounts[bill.Payment]
		if string(row.Fee[bss.FeeChargingMode]) != "10" && payment != 0 && !signs[payment < 0] {
			rows[n], signs[payment < 0] = string(row.Fee[bss.FeeID]), true
		}
		n++
	}
	require.Len(t, rows, 2)
	return rows
}
