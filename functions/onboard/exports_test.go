package onboard_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/bss"
)

// export gets a file, with the address of the rest, empty where there is none.
func (w *world) export(path string) (file, next string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.FunctionsURL+path, nil)
	require.NoError(w.t, err)
	res := w.sendSigned(req, "")
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, res.StatusCode, "%s", body)
	assert.Equal(w.t, "text/csv; charset=utf-8; header=present", res.Header.Get("Content-Type"))
	if link := regexp.MustCompile(`^<(.+)>; rel="next"$`).FindStringSubmatch(res.Header.Get("Link")); link != nil {
		next = link[1]
	}
	return string(body), next
}

// rowsIn reads a file by its header.
func rowsIn(t require.TestingT, file string) []map[string]string {
	require.True(t, strings.HasPrefix(file, "\uFEFF"), "spreadsheets take it for UTF-8")
	require.NotContains(t, strings.ReplaceAll(file, "\r\n", ""), "\n", "lines end with CR LF")
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	rows := []map[string]string{}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCustomersAreExported(t *testing.T) {
	t.Parallel()
	w, ids := threeCustomers(t)
	file, next := w.export("/onboard/customers.csv")
	assert.Empty(t, next)
	rows := rowsIn(t, file)
	require.Len(t, rows, 3)
	assert.Equal(t, map[string]string{
		"account_id": "", "customer_id": ids[0], "login_name": "north-robotics", "real_name": "永志科技有限公司",
		"association_type": "2", "associated_on": "2026-03-10T01:00:00Z", "label": "vip-2026",
		"telephone": "138****8000", "country_code": "0086", "email": "", "verified_status": "verified",
		"customer_type": "enterprise", "frozen": "no", "customer_level": "V0", "account_manager": "",
	}, rows[0])
	assert.Equal(t, "acct-3", rows[2]["account_id"])

	file, _ = w.export("/onboard/customers.csv?login_name=robotics&offset=1")
	rows = rowsIn(t, file)
	require.Len(t, rows, 1)
	assert.Equal(t, ids[1], rows[0]["customer_id"])
	file, _ = w.export("/onboard/customers.csv?customer_id=nobody")
	assert.Empty(t, rowsIn(t, file))
}

// crowd answers the customer list as a partner with many customers has it, a page in
// so much time.
func (w *world) crowd(customers int, page time.Duration) {
	w.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.PageSize = 0
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			w.clock.Advance(page)
			var in bss.ListSubCustomersRequest
			if err := readJSON(r, &in); err != nil {
				return nil, err
			}
			rows := []fields{}
			for i := in.Offset; i < min(in.Offset+in.Limit, customers); i++ {
				rows = append(rows, fields{"customer_id": fmt.Sprintf("c%06d", i), "account_name": fmt.Sprintf("customer-%d", i)})
			}
			return answered(r, http.StatusOK, fields{"count": customers, "customer_infos": rows}), nil
		})
	})
}

// What is too much for one answer comes in several files, none of it missing or twice.
func TestAnExportGoesOn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		customers, files int
		page             time.Duration
	}{
		"as many as one answer takes": {5000, 1, 0},
		"one more":                    {5001, 2, 0},
		"slow pages":                  {1000, 4, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.crowd(tt.customers, tt.page)
			files, seen := 0, map[string]bool{}
			for next := "/onboard/customers.csv?login_name=customer"; next != ""; files++ {
				var file string
				file, next = w.export(next)
				if next != "" {
					assert.Contains(t, next, "login_name=customer")
				}
				for _, row := range rowsIn(t, file) {
					assert.False(t, seen[row["customer_id"]], row["customer_id"])
					seen[row["customer_id"]] = true
				}
			}
			assert.Len(t, seen, tt.customers)
			assert.Equal(t, tt.files, files)
		})
	}
}

// Whatever customers are called: a cell is what Huawei Cloud said, and no formula.
func TestEveryNameIsExported(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var customers []bss.SubCustomer
		for range rapid.IntRange(0, 5).Draw(rt, "customers") {
			text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@\t\r\n＝]?[",;\n a-z=]{0,8}`))
			customers = append(customers, bss.SubCustomer{
				CustomerID: rapid.StringMatching(`[0-9a-f]{8}`).Draw(rt, "id"), Customer: text.Draw(rt, "name"), Label: text.Draw(rt, "label"),
				XAccountType: "SIM_IDP", XAccountID: text.Draw(rt, "account"), Email: text.Draw(rt, "email"),
			})
		}
		file, err := onboard.ExportOf(customers)
		require.NoError(rt, err)
		rows := rowsIn(rt, file)
		require.Len(rt, rows, len(customers))
		for i, row := range rows {
			for name, want := range map[string]string{
				"customer_id": customers[i].CustomerID, "real_name": customers[i].Customer, "label": customers[i].Label,
				"account_id": customers[i].XAccountID, "email": customers[i].Email,
			} {
				got := row[name]
				require.NotRegexp(rt, "^[=+\\-@\t＝＋－＠]", got)
				require.Contains(rt, []string{lines(want), "'" + lines(want)}, lines(got))
			}
		}
	})
}

// lines is a text with one kind of line break, as much as a file keeps.
func lines(text string) string { return strings.ReplaceAll(text, "\r", "") }
