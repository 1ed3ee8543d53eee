package couponissue_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

// terms is the body of a campaign for the customers that it has already.
func terms(quotaID, faceValue, more string) string {
	return fmt.Sprintf(`{"campaign":"spring-2026","quota_id":%q,"face_value":%s%s}`, quotaID, faceValue, more)
}

func TestCustomersOfAFile(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"LF":                        "customer_id\n%s\n%s\n%s\n",
		"no end of the last line":   "customer_id\n%s\n%s\n%s",
		"CRLF":                      "customer_id\r\n%s\r\n%s\r\n%s\r\n",
		"byte order mark":           "\ufeffcustomer_id\n%s\n%s\n%s\n",
		"byte order mark and CRLF":  "\ufeffcustomer_id,face_value\r\n%s,100.00\r\n%s,\r\n%s,100\r\n",
		"face values as everywhere": "customer_id,face_value\n%s,100\n%s,100.0\n%s,\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			customers := w.customers(3)
			file := fmt.Sprintf(form, customers[0], customers[1], customers[2])
			var added couponissue.Addition
			require.Equal(t, http.StatusOK, w.upload(file, &added))
			assert.Equal(t, couponissue.Addition{Campaign: "spring-2026", Added: 3, CustomerCount: 3}, added)
			require.Equal(t, http.StatusOK, w.upload(file, &added), "sent again it is taken, and changes nothing")
			assert.Zero(t, added.Added)
			assert.Zero(t, w.effects(issueOperation), "nothing is issued before the campaign is sent")

			report := w.issue(terms(w.quota(300), "100", ""))
			assert.Equal(t, 3, report.Issued)
			assert.Equal(t, "300", report.IssuedAmount.String())
			w.requireSound()
		})
	}
}

func TestFileWithFaceValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(4)
	file := fmt.Sprintf("customer_id,face_value\n%s,10.50\n%s,\n%s,20\n%s,10.5\n", customers[0], customers[1], customers[2], customers[3])
	var added couponissue.Addition
	require.Equal(t, http.StatusOK, w.upload(file, &added))

	quota := w.quota(1000)
	estimate := w.estimate(terms(quota, "100", ""))
	assert.Equal(t, "141", estimate.Amount.String())
	assert.Equal(t, 3, estimate.Calls, "one for each value")

	report := w.issue(terms(quota, "100", ""))
	assert.Equal(t, 4, report.Issued)
	assert.Equal(t, "141", report.IssuedAmount.String())
	assert.Equal(t, "859", report.QuotaBalanceAfter.String())
	w.requireSound()
}

func TestBadFileIsRefusedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := "customer_id\n" + numbered(100_001)
	tests := map[string]struct {
		file, code string
		line       int
	}{
		"nothing":                     {"", "file_empty", 0},
		"byte order mark alone":       {"\ufeff", "file_empty", 0},
		"header alone":                {"customer_id\r\n", "file_empty", 0},
		"no header":                   {"abc\n", "file_header", 1},
		"columns in other order":      {"face_value,customer_id\n", "file_header", 1},
		"header with blanks":          {"customer_id, face_value\n", "file_header", 1},
		"mark inside":                 {"customer_id\n\ufeffabc\n", "file_customer_id", 2},
		"empty first line":            {"\ncustomer_id\nabc\n", "file_line_empty", 1},
		"empty line":                  {"customer_id\nabc\n\ndef\n", "file_line_empty", 3},
		"empty line of CRLF":          {"customer_id\r\nabc\r\n\r\n", "file_line_empty", 3},
		"too many columns":            {"customer_id\nabc,1\n", "file_columns", 2},
		"too few columns":             {"customer_id,face_value\nabc\n", "file_columns", 2},
		"customer empty":              {"customer_id,face_value\n,1\n", "file_customer_id", 2},
		"customer quoted":             {"customer_id\n\"abc\"\n", "file_customer_id", 2},
		"customer with a blank":       {"customer_id\nabc \n", "file_customer_id", 2},
		"customer too long":           {"customer_id\n" + strings.Repeat("x", 65) + "\n", "file_customer_id", 2},
		"customer twice":              {"customer_id\nabc\ndef\nabc\n", "file_customer_twice", 4},
		"customer twice by values":    {"customer_id,face_value\nabc,1\nabc,2\n", "file_customer_twice", 3},
		"value negative":              {"customer_id,face_value\nabc,-1\n", "file_face_value", 2},
		"value zero":                  {"customer_id,face_value\nabc,0.00\n", "file_face_value", 2},
		"value of three decimals":     {"customer_id,face_value\nabc,1.001\n", "file_face_value", 2},
		"value huge":                  {"customer_id,face_value\nabc,100000000000\n", "file_face_value", 2},
		"value no number":             {"customer_id,face_value\nabc,ten\n", "file_face_value", 2},
		"value with an exponent":      {"customer_id,face_value\nabc,1e3\n", "file_face_value", 2},
		"value with a separator":      {"customer_id,face_value\nabc,\"1,000\"\n", "file_columns", 2},
		"Latin-1":                     {"customer_id\nabc\nd\xe9f\n", "file_encoding", 3},
		"UTF-16":                      {"\xff\xfec\x00u\x00s\x00", "file_encoding", 1},
		"UTF-16 without a mark":       {"c\x00u\x00s\x00", "file_encoding", 1},
		"the line beyond the limit":   {long, "file_too_long", 100_002},
		"carriage returns on its own": {"customer_id\rabc\rdef\r", "file_header", 1},
	}
	for name, test := range tests {
		var p handler.Problem
		require.Equal(t, http.StatusUnprocessableEntity, w.upload(test.file, &p), name)
		assert.Equal(t, test.code, p.Code, name)
		if test.line > 0 {
			require.Len(t, p.Fields, 1, name)
			assert.Equal(t, fmt.Sprint("line ", test.line), p.Fields[0].Field, name)
		}
	}
	var p handler.Problem
	assert.Equal(t, http.StatusUnprocessableEntity, w.send(http.MethodPost, "/couponissue/campaigns/Spring/customers", "text/csv", "customer_id\nabc\n", &p))
	assert.Equal(t, "invalid_fields", p.Code)
	assert.Equal(t, http.StatusUnsupportedMediaType, w.send(http.MethodPost, "/couponissue/campaigns/spring/customers", "application/json", "customer_id\nabc\n", &p))
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.upload(strings.Repeat("x", 5<<20+1), &p))

	assert.Equal(t, "campaign_without_customers", w.refused("/couponissue/campaigns", terms(w.quota(1000), "100", "")).Code, "nothing was taken")
	assert.Len(t, w.cloud.Journal(), 1, "the quota, and nothing else")
}

// numbered are lines with n different customers.
func numbered(n int) string {
	var file strings.Builder
	for i := range n {
		fmt.Fprintf(&file, "%032d\n", i)
	}
	return file.String()
}

func TestLargestFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var added couponissue.Addition
	require.Equal(t, http.StatusOK, w.upload("customer_id\n"+numbered(100_000), &added))
	assert.Equal(t, 100_000, added.CustomerCount)

	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1_000_000)})
	require.NoError(t, err)
	estimate := w.estimate(terms(quota, "10", ""))
	assert.Equal(t, 100_000, estimate.ToIssue)
	assert.Equal(t, 1000, estimate.Calls)
	assert.Equal(t, 200, estimate.Seconds)
	assert.True(t, estimate.QuotaBalanceAfter.IsZero())

	p := w.refused("/couponissue/campaigns", campaign(quota, "10", []string{"one-more"}, ""))
	assert.Equal(t, "campaign_full", p.Code)
}

func TestCampaignLargerThanItsQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers, quota := w.customers(250), w.quota(120)
	body := campaign(quota, "1", customers, "")
	assert.Equal(t, "quota_insufficient", w.refused("/couponissue/campaigns", body).Code)
	assert.Zero(t, w.effects(issueOperation))

	report := w.issue(campaign(quota, "1", customers, `,"allow_partial":true`))
	assert.Equal(t, 120, report.Issued)
	assert.Equal(t, 130, report.Refused)
	assert.True(t, report.Finished)
	assert.Equal(t, "CBC.99000013", report.Customers[249].Code)
	assert.Equal(t, "0", report.QuotaBalanceAfter.String())
	assert.Equal(t, 120, w.effects(issueOperation))
	w.requireSound()
}
