package onboard

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const defaultCustomers = 50

// filterParameters are those of every list of customers, pagedParameters those of a
// page of it.
var (
	filterParameters = []string{
		"login_name", "real_name", "label", "association_type", "associated_since", "associated_until",
		"customer_id", "indirect_partner_id", "offset",
	}
	pagedParameters = append(slices.Clone(filterParameters), "limit", "include")
)

// customerQuery is which customers are asked for.
type customerQuery struct {
	filter        bss.ListSubCustomersRequest
	reseller      string
	offset, limit int
	newCustomers  bool
}

// request asks for rows from the offset on, as many a page as are wanted.
func (q customerQuery) request(limit int) bss.ListSubCustomersRequest {
	r := q.filter
	r.IndirectPartnerID, r.Offset, r.Limit = q.reseller, q.offset, min(limit, maxRows)
	return r
}

// oneCustomer says that nothing but a customer's id is asked for.
func (q customerQuery) oneCustomer() bool {
	return q.filter.CustomerID != "" && q.offset == 0 && q.filter == bss.ListSubCustomersRequest{CustomerID: q.filter.CustomerID}
}

// readCustomerQuery reads the parameters of a list of customers.
func (f *function) readCustomerQuery(values url.Values, known []string) (customerQuery, error) {
	p := parameters{values: values, wrong: unknownParameters(values, known...)}
	q := customerQuery{
		filter: bss.ListSubCustomersRequest{
			AccountName: p.part("login_name"), Customer: p.part("real_name"), Label: p.part("label"),
			AssociationType:   bss.AssociationType(p.oneOf("association_type", f.associationTypes()...)),
			AssociatedOnBegin: p.instant("associated_since"), AssociatedOnEnd: p.instant("associated_until"),
			CustomerID: p.id("customer_id"),
		},
		reseller: p.id("indirect_partner_id"),
		offset:   p.number("offset", 0, 0, maxOffset),
		limit:    p.number("limit", defaultCustomers, 1, maxRows),
	}
	if since, until := q.filter.AssociatedOnBegin, q.filter.AssociatedOnEnd; !since.IsZero() && !until.IsZero() && until.Before(since.Time) {
		p.complain("associated_until", "is before associated_since")
	}
	q.newCustomers = p.oneOf("include", "new_customer") != ""
	if q.newCustomers && f.site != bss.SiteCN {
		p.complain("include", "is for the Chinese mainland site: this one has no tags of new customers")
	}
	slices.SortFunc(p.wrong, func(a, b handler.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return q, invalid(p.wrong)
}

// associationTypes are those of the site.
func (f *function) associationTypes() []string {
	if f.site == bss.SiteCN {
		return []string{string(bss.Referral), string(bss.Resale)}
	}
	return []string{string(bss.Referral), string(bss.Reseller)}
}
