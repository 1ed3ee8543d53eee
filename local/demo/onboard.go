package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

const (
	console     = "https://console.huaweicloud.com/iam/"
	mobile      = "13800138000"
	createdName = "ember-robotics"
	boundName   = "fjord-textiles"
)

type customerAnswer struct {
	CustomerID      string    `json:"customer_id"`
	LoginName       string    `json:"login_name"`
	Association     string    `json:"association"`
	AssociationType string    `json:"association_type"`
	AssociatedOn    time.Time `json:"associated_on"`
}

func (d *day) register(ctx context.Context, s *Step) error {
	var check struct {
		LoginName struct {
			Available bool `json:"available"`
		} `json:"login_name"`
		Mobile struct {
			Available bool `json:"available"`
			Remaining int  `json:"remaining"`
		} `json:"mobile"`
	}
	in := map[string]any{"login_name": createdName, "mobile": mobile}
	if err := d.Platform.Call(ctx, http.MethodPost, "/onboard/checks", in, &check); err != nil {
		return err
	}
	if !check.LoginName.Available || !check.Mobile.Available {
		return errors.New("the login name or the mobile number is taken")
	}
	s.add("login name", "%s is free", createdName)
	s.add("mobile number", "%s can have %d more accounts", mobile, check.Mobile.Remaining)
	if err := d.Platform.Call(ctx, http.MethodPost, "/onboard/codes", map[string]any{"mobile": mobile}, nil); err != nil {
		return err
	}
	code, err := d.sentCode()
	if err != nil {
		return err
	}
	s.add("verification code", "sent to the mobile number, %d digits", len(code))
	d.created = customer{accountID: "platform-1001", loginName: createdName}
	var out customerAnswer
	in = map[string]any{"account_id": d.created.accountID, "login_name": createdName, "mobile": mobile, "code": code}
	if err := d.Platform.Call(ctx, http.MethodPost, "/onboard/customers", in, &out); err != nil {
		return err
	}
	d.created.customerID = out.CustomerID
	s.add("customer", "%s (%s)", out.LoginName, out.CustomerID)
	s.add("association", "%s", out.Association)
	return nil
}

// sentCode reads the last code from the simulator's outbox, as the person would
// from the telephone.
func (d *day) sentCode() (string, error) {
	outbox := d.Sim.Outbox()
	for i := len(outbox) - 1; i >= 0; i-- {
		if outbox[i].Kind == huawei.MessageCode {
			return outbox[i].Code, nil
		}
	}
	return "", errors.New("no verification code was sent")
}

func (d *day) associate(ctx context.Context, s *Step) error {
	started := d.clock.Now()
	for {
		var out customerAnswer
		if err := d.Platform.Call(ctx, http.MethodGet, "/onboard/customers/"+d.created.accountID, nil, &out); err != nil {
			return err
		}
		waited := d.clock.Now().Sub(started)
		if out.Association == "associated" {
			s.add("association", "there after %s: %s", waited.Round(time.Second), associationName(out.AssociationType))
			break
		}
		if waited > time.Minute {
			return errors.New("the association is not there after a minute")
		}
		if err := d.clock.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	address, first, err := d.loginURL(ctx, d.created.accountID)
	if err != nil {
		return err
	}
	if first {
		return errors.New("the login URL says isFirstLogin=true for a customer that is bound")
	}
	s.add("login URL", "%s", address)
	return nil
}

func associationName(kind string) string {
	if kind == huawei.AssociationResale {
		return "resale, the customer consumes what the partner allocates"
	}
	return "referral, the customer pays Huawei Cloud itself"
}

func (d *day) loginURL(ctx context.Context, accountID string) (address string, first bool, err error) {
	var out struct {
		URL   string `json:"url"`
		First bool   `json:"is_first_login"`
	}
	err = d.Platform.Call(ctx, http.MethodPost, "/onboard/login-urls", map[string]any{"account_id": accountID, "service": console}, &out)
	return out.URL, out.First, err
}

// bindExisting lets a customer bind a Huawei Cloud account of its own: the platform
// sends its browser to the login URL, and Huawei Cloud notifies the function.
func (d *day) bindExisting(ctx context.Context, s *Step) error {
	existing, err := d.world.addCustomer(d.Sim, boundName, "")
	if err != nil {
		return err
	}
	d.bound = customer{accountID: "platform-1002", customerID: existing, loginName: boundName}
	address, first, err := d.loginURL(ctx, d.bound.accountID)
	if err != nil {
		return err
	}
	if !first {
		return errors.New("the login URL says isFirstLogin=false for a customer that is not bound")
	}
	s.add("login URL", "%s", address)
	landed, err := d.browse(ctx, address)
	if err != nil {
		return err
	}
	s.add("browser", "signed in at the sales platform, bound %s, then went on to %s", boundName, landed)
	var out customerAnswer
	if err := d.Platform.Call(ctx, http.MethodGet, "/onboard/customers/"+d.bound.accountID, nil, &out); err != nil {
		return err
	}
	if out.CustomerID != existing {
		return fmt.Errorf("the notification recorded the customer %q instead of %q", out.CustomerID, existing)
	}
	s.add("notification", "signed by Huawei Cloud, verified")
	s.add("customer", "%s (%s) belongs to %s", out.LoginName, out.CustomerID, d.bound.accountID)
	s.add("association", "%s: %s", out.Association, associationName(out.AssociationType))
	return nil
}

// browse goes the way of the customer's browser: it signs in at the sales platform,
// opens the login URL, carries ticket and assertion, and binds the account that the
// customer has. It returns where Huawei Cloud sends it.
func (d *day) browse(ctx context.Context, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	customer := harness.NewPerson(nil)
	if err := customer.SignIn(ctx, d.PlatformURL, d.bound.accountID); err != nil {
		return "", err
	}
	forms, err := customer.Enter(ctx, d.SimURL+u.RequestURI())
	if err != nil {
		return "", err
	}
	landed, err := customer.Send(ctx, forms, `id="bind-existing"`, url.Values{
		"account": {d.bound.loginName}, "password": {huawei.AccountPassword},
	})
	if err != nil {
		return "", err
	}
	return landed.URL.String(), nil
}
