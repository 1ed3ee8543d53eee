package onboard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// resellerRoutes are those of a distributor, about its resellers. That a customer is
// associated with another partner, or with none, is arranged in the partner centre:
// the API has nothing for it.
func (f *function) resellerRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodGet, Pattern: "/onboard/indirect-partners", Handle: f.listResellers},
		{Method: http.MethodGet, Pattern: "/onboard/indirect-partners/{indirect_partner_id}", Handle: f.showReseller},
	}
}

// Reseller is a partner below the distributor (tier 2).
type Reseller struct {
	IndirectPartnerID string `json:"indirect_partner_id"`
	AccountName       string `json:"account_name"`
	Name              string `json:"name,omitempty"`
	MobilePhone       string `json:"mobile_phone,omitempty"`
	Email             string `json:"email,omitempty"`
	// AssociatedOn is when it became the distributor's.
	AssociatedOn time.Time `json:"associated_on,omitzero"`
	// AccountManagerID is a login name.
	AccountManagerID   string `json:"account_manager_id,omitempty"`
	AccountManagerName string `json:"account_manager_name,omitempty"`
}

func describeReseller(r bss.IndirectPartner) Reseller {
	return Reseller{
		IndirectPartnerID: r.IndirectPartnerID, AccountName: r.AccountName, Name: r.Name,
		MobilePhone: r.MobilePhone, Email: r.Email, AssociatedOn: r.AssociatedOn.Time,
		AccountManagerID: r.AccountManagerID, AccountManagerName: r.AccountManagerName,
	}
}

// listResellers answers a page of the distributor's resellers.
func (f *function) listResellers(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	p := parameters{values: r.Query, wrong: unknownParameters(r.Query, "account_name", "associated_since", "associated_until", "offset", "limit")}
	in := bss.ListIndirectPartnersRequest{
		AccountName:       p.part("account_name"),
		AssociatedOnBegin: p.instant("associated_since"), AssociatedOnEnd: p.instant("associated_until"),
		Offset: p.number("offset", 0, 0, maxOffset),
	}
	limit := p.number("limit", maxRows, 1, maxRows)
	if err := invalid(p.wrong); err != nil {
		return nil, err
	}
	rows, next, err := page(f.cloud.ListIndirectPartners(ctx, in), in.Offset, limit, describeReseller)
	if err != nil {
		return nil, resellersUnread(err)
	}
	return handler.OK(resellersAnswer{rows, next}), nil
}

type resellersAnswer struct {
	IndirectPartners []Reseller `json:"indirect_partners"`
	// NextOffset is where the next page begins; absent on the last one.
	NextOffset int `json:"next_offset,omitempty"`
}

func (f *function) showReseller(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id := r.PathValue("indirect_partner_id")
	if !idPattern.MatchString(id) {
		return nil, resellerUnknown(nil)
	}
	for row, err := range f.cloud.ListIndirectPartners(ctx, bss.ListIndirectPartnersRequest{IndirectPartnerID: id}) {
		if err != nil {
			return nil, resellersUnread(err)
		}
		if row.IndirectPartnerID == id {
			return handler.OK(describeReseller(row)), nil
		}
	}
	return nil, resellerUnknown(nil)
}

// resellersUnread knows what it means that a partner may not ask for resellers.
func resellersUnread(err error) error {
	if !errors.Is(err, bss.ErrAccessDenied) {
		return functions.Problem(err)
	}
	return &handler.Problem{Status: http.StatusBadGateway, Code: "upstream_denied", Cause: err,
		Detail: "Huawei Cloud does not let the partner ask for resellers.",
		Next:   "Only a distributor (tier 1) has resellers; check the permissions of the partner's user if it is one."}
}

func resellerUnknown(cause error) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "reseller_unknown", Cause: cause,
		Detail: "The partner has no such reseller.",
		Next:   "Check indirect_partner_id, and that the reseller is still associated with the partner."}
}
