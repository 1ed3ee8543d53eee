package onboard

import (
	"context"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// listedCustomer is a customer as the partner's list has it. What Huawei Cloud hides
// parts of stays hidden.
type listedCustomer struct {
	// AccountID is the platform's id of the customer, where it has one.
	AccountID       string              `json:"account_id,omitempty"`
	CustomerID      string              `json:"customer_id"`
	LoginName       string              `json:"login_name"`
	RealName        string              `json:"real_name,omitempty"`
	Association     string              `json:"association"`
	AssociationType bss.AssociationType `json:"association_type,omitempty"`
	AssociatedOn    time.Time           `json:"associated_on,omitzero"`
	Label           string              `json:"label,omitempty"`
	Telephone       string              `json:"telephone,omitempty"`
	CountryCode     string              `json:"country_code,omitempty"`
	Email           string              `json:"email,omitempty"`
	VerifiedStatus  string              `json:"verified_status,omitempty"`
	CustomerType    string              `json:"customer_type,omitempty"`
	Frozen          string              `json:"frozen,omitempty"`
	CustomerLevel   string              `json:"customer_level,omitempty"`
	AccountManager  string              `json:"account_manager,omitempty"`
	// NewCustomer is there where it was asked for and Huawei Cloud has a tag.
	NewCustomer *newCustomer `json:"new_customer,omitempty"`
}

// newCustomer says whether a customer is a new one, and in which months.
type newCustomer struct {
	TagType string          `json:"tag_type"`
	Tag     bss.NewCustomer `json:"tag"`
	From    string          `json:"from,omitempty"`
	Until   string          `json:"until,omitempty"`
}

type customerList struct {
	Customers []listedCustomer `json:"customers"`
	// NextOffset is where the next page begins; absent on the last one.
	NextOffset int `json:"next_offset,omitempty"`
}

// list answers a page of the partner's customers, or of a reseller's.
func (f *function) list(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q, err := f.readCustomerQuery(r.Query, pagedParameters)
	if err != nil {
		return nil, err
	}
	var out customerList
	// One row more than the page tells whether there is another page.
	out.Customers, out.NextOffset, err = page(f.cloud.ListSubCustomers(ctx, q.request(q.limit+1)), q.offset, q.limit, f.describeCustomer)
	if err != nil {
		return nil, notListed(err)
	}
	if err := f.addKnown(ctx, q, &out); err != nil {
		return nil, err
	}
	if q.newCustomers {
		if err := f.addTags(ctx, q.reseller, out.Customers); err != nil {
			return nil, notListed(err)
		}
	}
	return handler.OK(out), nil
}

// describeCustomer is a customer in our words. The platform's id is Huawei Cloud's record of it,
// if it is of this platform.
func (f *function) describeCustomer(c bss.SubCustomer) listedCustomer {
	out := listedCustomer{
		CustomerID: c.CustomerID, LoginName: c.AccountName, RealName: c.Customer,
		Association: associated, AssociationType: c.AssociationType, AssociatedOn: c.AssociatedOn.Time,
		Label: c.Label, Telephone: c.Telephone, CountryCode: c.CountryCode, Email: c.Email,
		VerifiedStatus: wordOf(verifiedStatuses, c.VerifiedStatus), CustomerType: wordOf(customerTypes, c.CustomerType),
		Frozen: wordOf(frozenStates, c.IsFrozen), CustomerLevel: c.CustomerLevel,
	}
	if c.XAccountType == f.xAccountType {
		out.AccountID = c.XAccountID
	}
	if len(c.AccountManagers) > 0 {
		out.AccountManager = c.AccountManagers[0].AccountName
	}
	return out
}

// addKnown adds the account ids that we know and Huawei Cloud does not tell, and, to
// the answer about one customer alone, the customer whose association is pending.
func (f *function) addKnown(ctx context.Context, q customerQuery, out *customerList) error {
	for i := range out.Customers {
		if out.Customers[i].AccountID != "" {
			continue
		}
		b, found, err := f.bindingOf(ctx, out.Customers[i].CustomerID)
		if err != nil {
			return err
		}
		if found && !b.Unbound {
			out.Customers[i].AccountID = b.AccountID
		}
	}
	if len(out.Customers) > 0 || !q.oneCustomer() {
		return nil
	}
	b, found, err := f.bindingOf(ctx, q.filter.CustomerID)
	if err != nil || !found {
		return err
	}
	known := b.answer()
	out.Customers = append(out.Customers, listedCustomer{
		AccountID: known.AccountID, CustomerID: known.CustomerID, LoginName: known.LoginName, Association: known.Association,
	})
	return nil
}

// addTags adds which of the customers are new ones.
func (f *function) addTags(ctx context.Context, reseller string, customers []listedCustomer) error {
	rows := map[string]*listedCustomer{}
	ask := bss.ListSubCustomerNewTagRequest{IndirectPartnerID: reseller}
	for i := range customers {
		rows[customers[i].CustomerID] = &customers[i]
		ask.CustomerIDs = append(ask.CustomerIDs, customers[i].CustomerID)
	}
	if len(rows) == 0 {
		return nil // nobody's tags would be everybody's
	}
	for tag, err := range f.cloud.ListSubCustomerNewTag(ctx, ask) {
		if err != nil {
			return err
		}
		if row := rows[tag.CustomerID]; row != nil && tag.NewCustomerTag != "" {
			row.NewCustomer = &newCustomer{tag.CustomerTagType, tag.NewCustomerTag, tag.EffectiveTime, tag.ExpireTime}
		}
	}
	return nil
}

var (
	verifiedStatuses = map[bss.VerifiedStatus]string{
		bss.RealNameNone: "none", bss.RealNameReviewing: "reviewing", bss.RealNameRejected: "rejected",
		bss.RealNameVerified: "verified", bss.RealNameFailed: "failed", "": "",
	}
	customerTypes = map[bss.CustomerType]string{
		bss.CustomerUndecided: "undecided", bss.CustomerPerson: "person", bss.CustomerEnterprise: "enterprise",
	}
	frozenStates = map[bss.Frozen]string{
		bss.NotFrozen: "no", bss.AccountFrozen: "account", bss.AccountAndResourceFrozen: "account_and_resources",
	}
)

// wordOf is our word for a value of the API, or the value itself where it is new.
func wordOf[T comparable](words map[T]string, value T) string {
	if word, known := words[value]; known {
		return word
	}
	return fmt.Sprint(value)
}

// notListed names the reseller that is not the partner's.
func notListed(err error) error {
	if code(err) == resellerNotOurs {
		return resellerUnknown(err)
	}
	return functions.Problem(err)
}
