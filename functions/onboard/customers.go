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
		{Method: http.MethodGet, Pattern: "/onboard/customers/{account_id}", Handle: f.show},
	}
}

type registerRequest struct {
	// AccountID is the sales platform's own id of the customer.
	AccountID string `json:"account_id"`
	LoginName string `json:"login_name"`
	Mobile    string `json:"mobile"`
	// Code is the code that was sent to the mobile number.
	Code string `json:"code"`
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
	if err := in.validate(); err != nil {
		return nil, err
	}
	created, err := ledger.Do(ctx, f.ledger, registrationKey(in.AccountID), in.fingerprint(), f.creation(in))
	if err != nil {
		return nil, notCreated(err)
	}
	if err := f.record(ctx, in.binding(created)); err != nil {
		return nil, err
	}
	return handler.Created("/onboard/customers/"+url.PathEscape(in.AccountID), customerAnswer{
		AccountID:   in.AccountID,
		CustomerID:  created.DomainID,
		LoginName:   created.DomainName,
		Association: associationPending,
	}), nil
}

func registrationKey(accountID string) string { return "customer/" + accountID }

func (in registerRequest) validate() error {
	wrong := wrongAccountID(in.AccountID)
	if in.LoginName != "" {
		wrong = append(wrong, wrongLoginName(in.LoginName)...)
	}
	if in.Mobile != "" {
		wrong = append(wrong, wrongMobile(in.Mobile)...)
	}
	if in.Mobile != "" && !codePattern.MatchString(in.Code) {
		wrong = append(wrong, handler.FieldError{Field: "code", Reason: "is the code of digits that was sent to the mobile number"})
	}
	return invalid(wrong)
}

// The code is left out: a person who mistyped it tries the same registration again.
func (in registerRequest) fingerprint() ledger.Fingerprint {
	return ledger.Fingerprint{"login_name": in.LoginName, "mobile": in.Mobile}
}

// registration is what the ledger keeps: an account, and when it was known to be
// there.
type registration struct {
	bss.CreatedCustomer
	At time.Time `json:"at"`
}

func (in registerRequest) binding(r registration) Binding {
	return Binding{AccountID: in.AccountID, CustomerID: r.DomainID, AccountName: r.DomainName, Source: fromRegistration, ChangedAt: r.At}
}

func (f *function) creation(in registerRequest) ledger.Effect[registration] {
	return ledger.Effect[registration]{
		Apply: func(ctx context.Context) (registration, error) {
			created, err := f.create(ctx, in)
			return registration{created, f.now()}, err
		},
		Find: func(ctx context.Context, since time.Time) (registration, ledger.Finding, error) {
			found, finding, err := f.findCreated(ctx, in, since)
			return registration{found, f.now()}, finding, err
		},
		// A customer is listed once its association is there.
		Settle: 5 * time.Minute,
	}
}

func (f *function) create(ctx context.Context, in registerRequest) (bss.CreatedCustomer, error) {
	created, err := f.cloud.CreateSubCustomer(ctx, bss.CreateSubCustomerRequest{
		XAccountID:       in.AccountID,
		XAccountType:     f.xAccountType,
		DomainName:       in.LoginName,
		MobilePhone:      in.Mobile,
		VerificationCode: in.Code,
	})
	switch {
	case err == nil, errors.Is(err, bss.ErrAssociationPending) && created.DomainID != "":
		return created, nil
	case errors.Is(err, bss.ErrDuplicate):
		// It may be this very customer, from an answer that was lost.
		found, finding, findErr := f.findCreated(ctx, in, time.Time{})
		if findErr != nil || finding == ledger.Found {
			return found, findErr
		}
	}
	if errors.Is(err, bss.ErrOutcomeUnknown) {
		return created, err
	}
	return created, ledger.Refused(err)
}

// findCreated looks for the customer that carries the platform's account id. The
// list cannot be asked for it, so the login name or the time narrows it.
func (f *function) findCreated(ctx context.Context, in registerRequest, since time.Time) (bss.CreatedCustomer, ledger.Finding, error) {
	filter := bss.ListSubCustomersRequest{AccountName: in.LoginName}
	if in.LoginName == "" && !since.IsZero() {
		filter.AssociatedOnBegin = bss.At(since.Add(-time.Minute))
	}
	for c, err := range f.cloud.ListSubCustomers(ctx, filter) {
		if err != nil {
			return bss.CreatedCustomer{}, ledger.Unclear, err
		}
		if c.XAccountID == in.AccountID {
			return bss.CreatedCustomer{DomainID: c.CustomerID, DomainName: c.AccountName}, ledger.Found, nil
		}
	}
	return bss.CreatedCustomer{}, ledger.Absent, nil
}

// show tells where a customer stands, by the binding and the partner's list.
func (f *function) show(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	accountID := r.PathValue("account_id")
	b, holds, err := f.binding(ctx, accountID)
	if err != nil {
		return nil, err
	}
	if !holds {
		return nil, customerUnknown(accountID)
	}
	out := customerAnswer{AccountID: accountID, CustomerID: b.CustomerID, LoginName: b.AccountName, Association: associationPending}
	if b.Unbound {
		out.Association = unbound
	}
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: b.CustomerID}) {
		if err != nil {
			return nil, functions.Problem(err)
		}
		out.Association, out.AssociationType, out.AssociatedOn = associated, c.AssociationType, c.AssociatedOn.Time
	}
	return handler.OK(out), nil
}

func customerUnknown(accountID string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown",
		Detail: "No customer is recorded under the account id " + accountID + ".",
		Next:   "Register the customer, or let it bind its Huawei Cloud account through a login URL."}
}
