package payorder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type autoRenewRequest struct {
	// Times is how often, 0 for ever. Without it a resource that renews itself
	// already stays as it is.
	Times *int `json:"auto_renew_times"`
	// PeriodType is MONTH or YEAR; that of the resource's last order unless given.
	PeriodType bss.AutoRenewPeriod `json:"period_type"`
}

type autoRenewAnswer struct {
	CustomerID string `json:"customer_id"`
	ResourceID string `json:"resource_id"`
	AutoRenew  bool   `json:"auto_renew"`
}

// setAutoRenewal lets a resource renew itself. It moves no money now, and a repetition
// sets the same again, so it needs no entry of the ledger; nor do the others here.
func (f *function) setAutoRenewal(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in autoRenewRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	return f.autoRenew(ctx, r, true, func(customer bss.Customer, resourceID string) error {
		return f.cloud.AutoRenewalResources(ctx, customer, bss.AutoRenewalResourcesRequest{
			ResourceID: resourceID, AutoRenewTimes: in.Times, PeriodType: in.PeriodType,
		})
	})
}

func (in autoRenewRequest) validate() error {
	var wrong []handler.FieldError
	if in.Times != nil && (*in.Times < 0 || *in.Times > 99) {
		wrong = append(wrong, handler.FieldError{Field: "auto_renew_times", Reason: "must be from 0 to 99"})
	}
	if !slices.Contains([]bss.AutoRenewPeriod{"", bss.AutoRenewMonth, bss.AutoRenewYear}, in.PeriodType) {
		wrong = append(wrong, handler.FieldError{Field: "period_type", Reason: "must be MONTH or YEAR"})
	}
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

// codeNotAutoRenewed is the refusal to end what has ended.
const codeNotAutoRenewed = "CBC.99003605"

// cancelAutoRenewal lets a resource no longer renew itself.
func (f *function) cancelAutoRenewal(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.autoRenew(ctx, r, false, func(customer bss.Customer, resourceID string) error {
		err := f.cloud.CancelAutoRenewalResources(ctx, customer, bss.CancelAutoRenewalResourcesRequest{ResourceID: resourceID})
		if refusal, ok := errors.AsType[*bss.Error](err); ok && refusal.Code == codeNotAutoRenewed {
			return nil // as was asked for, also where an earlier try did it
		}
		return err
	})
}

func (f *function) autoRenew(ctx context.Context, r *handler.Request, on bool, set func(bss.Customer, string) error) (*handler.Response, error) {
	customerID, resourceID := r.PathValue("customer_id"), r.PathValue("resource_id")
	if wrong := checkResourceIDs([]string{resourceID}, 1); len(wrong) > 0 {
		return nil, resourceUnknown(nil, nil)
	}
	if _, err := f.mainResources(ctx, customerID, []string{resourceID}); err != nil {
		return nil, err
	}
	customer, err := f.customer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	if err := set(customer, resourceID); err != nil {
		return nil, resourcesNotChanged(err)
	}
	return handler.OK(autoRenewAnswer{customerID, resourceID, on}), nil
}

type renewConfigRequest struct {
	// ConfigName is DEDUCTION_DATE or EXPIRE_DATE, in the API's words.
	ConfigName  bss.RenewConfig `json:"config_name"`
	ConfigValue int             `json:"config_value"`
}

type renewConfigAnswer struct {
	CustomerID string `json:"customer_id"`
	renewConfigRequest
}

// setRenewConfig sets on which day the resources of a customer renew themselves, or
// on which day of the month renewed ones expire.
func (f *function) setRenewConfig(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in renewConfigRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	customerID := r.PathValue("customer_id")
	if !resourceIDPattern.MatchString(customerID) {
		return nil, customerUnknown()
	}
	customer, err := f.customer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	err = f.cloud.SetResourcesRenewConfig(ctx, customer, bss.SetResourcesRenewConfigRequest{
		ConfigName: in.ConfigName, ConfigValue: strconv.Itoa(in.ConfigValue),
	})
	if err != nil {
		return nil, resourcesNotChanged(err)
	}
	return handler.OK(renewConfigAnswer{customerID, in}), nil
}

func (in renewConfigRequest) validate() error {
	most := map[bss.RenewConfig]int{bss.RenewDeductionDate: 7, bss.RenewExpireDate: 28}[in.ConfigName]
	least := map[bss.RenewConfig]int{bss.RenewDeductionDate: 2, bss.RenewExpireDate: 1}[in.ConfigName]
	last := in.ConfigName == bss.RenewExpireDate && in.ConfigValue == -1
	switch {
	case most == 0:
		return handler.Invalid(handler.FieldError{Field: "config_name", Reason: "must be DEDUCTION_DATE or EXPIRE_DATE"})
	case !last && (in.ConfigValue < least || in.ConfigValue > most):
		return handler.Invalid(handler.FieldError{Field: "config_value", Reason: fmt.Sprintf("must be from %d to %d, or of EXPIRE_DATE -1 for the last day", least, most)})
	}
	return nil
}
