package onboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

func (f *function) customerRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/onboard/checks", Handle: f.check},
		{Method: http.MethodPost, Pattern: "/onboard/codes", Handle: f.sendCode},
		{Method: http.MethodPost, Pattern: "/onboard/customers", Handle: f.register},
		{Method: http.MethodGet, Pattern: "/onboard/customers", Handle: f.list},
		{Method: http.MethodGet, Pattern: "/onboard/customers.csv", Handle: f.export},
		{Method: http.MethodGet, Pattern: "/onboard/customers/{account_id}", Handle: f.show},
		{Method: http.MethodGet, Pattern: "/onboard/associations", Handle: f.listAssociations},
	}
}

func (f *function) customerSchedules() []handler.Schedule {
	return []handler.Schedule{{Name: "associations", Handle: f.askAssociations}}
}

type registerRequest struct {
	// AccountID is the sales platform's own id of the customer.
	AccountID string `json:"account_id"`
	LoginName string `json:"login_name"`
	// Mobile is for the Chinese mainland site. Email and DomainArea, the country's
	// two letters, are for the others.
	Mobile     string `json:"mobile"`
	Email      string `json:"email"`
	DomainArea string `json:"domain_area"`
	// Code is the code that was sent to the mobile number or the e-mail address.
	Code string `json:"code"`
	// Password is where the customer is to have one. Without one it enters through
	// the platform's single sign-on only.
	Password handler.Secret `json:"password"`
	// IsCloseMarketMS is set where the customer wants no marketing messages.
	IsCloseMarketMS bool `json:"is_close_market_ms"`
	// IncludeAssociationResult makes the call wait for the association, for as long
	// as Huawei Cloud does.
	IncludeAssociationResult bool `json:"include_association_result"`
	// IndirectPartnerID is the reseller whose customer it is to be.
	IndirectPartnerID string `json:"indirect_partner_id"`
}

// customerAnswer is where a customer stands.
type customerAnswer struct {
	AccountID  string `json:"account_id"`
	CustomerID string `json:"customer_id"`
	LoginName  string `json:"login_name"`
	// Association is pending until the customer is in the partner's list.
	Association     string              `json:"association"`
	AssociationType bss.AssociationType `json:"association_type,omitempty"`
	AssociatedOn    time.Time           `json:"associated_on,omitzero"`
	// Overdue says that the association has been pending for a day.
	Overdue bool `json:"overdue,omitempty"`
}

// The places where a customer can stand.
const (
	associationPending = "pending"
	associated         = "associated"
	unbound            = "unbound"
)

// register creates a Huawei Cloud account for a customer of the platform, once an
// account_id. Association follows; show tells when it is there.
func (f *function) register(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in registerRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(f.site); err != nil {
		return nil, err
	}
	created, err := ledger.Do(ctx, f.ledger, registrationKey(in.AccountID), in.fingerprint(), f.creation(in))
	if err != nil {
		return nil, notCreated(err, in)
	}
	if err := f.registered(ctx, in, created); err != nil {
		return nil, err
	}
	out := customerAnswer{AccountID: in.AccountID, CustomerID: created.DomainID, LoginName: created.DomainName, Association: associationPending}
	if in.IncludeAssociationResult {
		out = f.withAssociation(ctx, out)
	}
	return handler.Created("/onboard/customers/"+url.PathEscape(in.AccountID), out), nil
}

// withAssociation asks once whether the association is there. That nobody can tell
// fails no registration: it stays pending, and is asked about later.
func (f *function) withAssociation(ctx context.Context, out customerAnswer) customerAnswer {
	now, err := f.stand(ctx, out)
	if err != nil {
		f.log.WarnContext(ctx, "association of a new customer not asked about", "account_id", out.AccountID, "cause", err)
		return out
	}
	return now
}

func (in registerRequest) contact() contact { return contact{in.Mobile, in.Email} }

func (in registerRequest) validate(site bss.Site) error {
	wrong := wrongAccountID(in.AccountID)
	if in.LoginName != "" {
		wrong = append(wrong, wrongLoginName(in.LoginName)...)
	}
	wrong = append(wrong, in.contact().wrong(site)...)
	switch {
	case site == bss.SiteCN && in.DomainArea != "":
		wrong = append(wrong, handler.FieldError{Field: "domain_area", Reason: "is for the international and the European site"})
	case site != bss.SiteCN && !areaPattern.MatchString(in.DomainArea):
		wrong = append(wrong, handler.FieldError{Field: "domain_area", Reason: "is the country's two letters, such as SG"})
	}
	if !in.contact().none() && !codePattern.MatchString(in.Code) {
		wrong = append(wrong, handler.FieldError{Field: "code", Reason: "is the code of digits that was sent to the mobile number or the e-mail address"})
	}
	wrong = append(wrong, wrongPassword(in.Password, in.LoginName, in.contact())...)
	return invalid(append(wrong, wrongID("indirect_partner_id", in.IndirectPartnerID)...))
}

// show tells where a customer stands, by the binding and the partner's list.
func (f *function) show(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	accountID := r.PathValue("account_id")
	b, holds, err := f.binding(ctx, accountID)
	if err != nil {
		return nil, err
	}
	if !holds {
		return nil, f.notRegistered(ctx, accountID)
	}
	out, err := f.stand(ctx, b.answer())
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(out), nil
}

// answer is where a customer stands as far as the binding knows.
func (b Binding) answer() customerAnswer {
	out := customerAnswer{AccountID: b.AccountID, CustomerID: b.CustomerID, LoginName: b.AccountName, Association: associationPending}
	if b.Unbound {
		out.Association = unbound
	}
	return out
}

// stand asks the partner's list where a customer stands, and tells the platform where
// that ends a pending association.
func (f *function) stand(ctx context.Context, out customerAnswer) (customerAnswer, error) {
	waiting, err := f.associations.get(ctx, out.CustomerID)
	if err != nil {
		return out, err
	}
	c, found, err := f.listed(ctx, out.CustomerID, waiting.Value.IndirectPartnerID)
	if err != nil {
		return out, err
	}
	if !found {
		out.Overdue = out.Association == associationPending && waiting.Value.Overdue
		return out, nil
	}
	out.Association, out.AssociationType, out.AssociatedOn = associated, c.AssociationType, c.AssociatedOn.Time
	if waiting.Value.AccountID != out.AccountID || !waiting.Value.pending() {
		return out, nil
	}
	if err := f.associatedNow(ctx, waiting, c); err != nil {
		f.log.WarnContext(ctx, "association not recorded; the schedule does it", "account_id", out.AccountID, "cause", err)
	}
	return out, nil
}

// listed looks a customer up in the partner's list, or in that of a reseller.
func (f *function) listed(ctx context.Context, customerID, reseller string) (bss.SubCustomer, bool, error) {
	filter := bss.ListSubCustomersRequest{CustomerID: customerID, IndirectPartnerID: reseller}
	for c, err := range f.cloud.ListSubCustomers(ctx, filter) {
		if err != nil || c.CustomerID == customerID {
			return c, err == nil, err
		}
	}
	return bss.SubCustomer{}, false, nil
}

// notRegistered says what to do about an account id that nothing is known of, or
// whose registration is in doubt.
func (f *function) notRegistered(ctx context.Context, accountID string) error {
	_, err := f.ledger.Entry(ctx, registrationKey(accountID))
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if err == nil {
		return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown",
			Detail: "The account id " + accountID + " is unregistered: its registration failed, or is in doubt.",
			Next:   "Send the registration again. It is looked up first, and repeated only if it has not happened."}
	}
	return customerUnknown(accountID)
}

func customerUnknown(accountID string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown",
		Detail: "The account id " + accountID + " is unregistered: no customer is recorded under it.",
		Next:   "Register the customer, or let it bind its Huawei Cloud account through a login URL."}
}
