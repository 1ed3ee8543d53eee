// Package subscribed reads the files that a partner of the international site
// subscribes to, holds them against what the API says, and trusts nothing in them
// before it was looked at.
package subscribed

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// What is known of the files is that there is one archive a month, named
// customerBill/customerBill_YYYYMM.tar.gz, of parts customerBill_YYYYMM_xxxx.csv with
// 100,000 records each, which is there by noon (GMT+8) of the 5th; and that their first
// columns are the customer, the product, the service and the resource type, the region,
// the billing mode and the list price.
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mb_00002.html.
//
// What is not known is decided here and nowhere else, and the simulated Huawei Cloud
// writes it so:
//
//   - The archive of usage is called the same with customerUsage for customerBill.
//   - Parts are numbered from 0000 or 0001 on, without gaps; their order does not
//     matter. A month without records has one part without rows.
//   - A part begins with the names of its columns, which are those of the API's words.
//   - The columns after the list price of a bill are its discount, what is due, and the
//     currency; those of usage instead of the price are the resource, the kind of usage,
//     how much it is, and the unit.
//   - Amounts have as many decimals as the API's, and are what
//     ListCustomerselfResourceRecords calls official_amount, discount_amount and amount.
//     Refunds are negative. Usage is what it calls usage, in the same units.
//   - Modes of orders and of hours of a reserved instance or savings plan are charge
//     mode 10 and 11 of the API.
//   - The files are about all customers for whom the partner is billed, also those of
//     its resellers.

// Kind is a kind of file.
type Kind string

// The kinds.
const (
	CustomerBill  Kind = "customerBill"
	CustomerUsage Kind = "customerUsage"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{CustomerBill, CustomerUsage} }

var (
	keyColumns   = []string{"customer_id", "product_id", "service_type_code", "resource_type_code", "region_code", "billing_mode"}
	billColumns  = append(keyColumns[:len(keyColumns):len(keyColumns)], "official_amount", "official_discount_amount", "amount", "currency")
	usageColumns = append(keyColumns[:len(keyColumns):len(keyColumns)], "resource_id", "usage_type", "usage", "usage_measure_id")
)

func (k Kind) columns() []string {
	if k == CustomerUsage {
		return usageColumns
	}
	return billColumns
}

// chargeModes are the API's charge modes by the billing modes of the files.
var chargeModes = map[string]string{"0": "1", "1": "3", "2": "10", "3": "10", "4": "11", "5": "11", "6": "11"}

const recordsOfPart = 100_000

// Object is the name of the archive of a month, below where archives are put.
func (k Kind) Object(c bill.Cycle) string {
	return fmt.Sprintf("%s/%s_%s.tar.gz", k, k, compact(c))
}

// partPattern is what the parts of a month are called.
func (k Kind) partPattern(c bill.Cycle) *regexp.Regexp {
	return regexp.MustCompile(`^` + string(k) + `_` + compact(c) + `_([0-9]{4})\.csv$`)
}

func compact(c bill.Cycle) string { return strings.ReplaceAll(c.String(), "-", "") }
