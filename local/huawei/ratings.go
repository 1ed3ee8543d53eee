package huawei

import (
	"net/http"
	"regexp"

	"github.com/shopspring/decimal"
)

// maxQuote is the largest amount, in CNY, that a price query answers. That there
// is one is documented, its size is not.
var maxQuote = price("999999999.99")

// projectForm is the form of a project's id. Projects are not simulated one by
// one: every id of this form is one.
var projectForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// checkQuery refuses what both price queries refuse before they look at a
// product.
func checkQuery(project string, ids []string) error {
	if !projectForm.MatchString(project) {
		return refuse(http.StatusBadRequest, "CBC.99006073", "the project does not exist")
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			return errParameter("product_infos has the id " + id + " twice")
		}
		seen[id] = true
	}
	return nil
}

func checkQuote(total decimal.Decimal) error {
	if total.GreaterThan(maxQuote) {
		return refuse(http.StatusBadRequest, "CBC.99006055", "the result exceeds the maximum amount")
	}
	return nil
}

func errNoProduct(id string) error {
	return refuse(http.StatusBadRequest, "CBC.99006006", "product "+id+" is not found")
}
