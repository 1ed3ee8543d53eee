package payorder

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// refusalOf is the problem of a payment that Huawei Cloud refused, nil where the
// error is none of those: what an order cannot be paid for and only trying tells. The
// code says which, so that codes with one condition have different answers.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00030.html.
func refusalOf(err error) *handler.Problem {
	refusal, ok := errors.AsType[*bss.Error](err)
	if !ok || errors.Is(err, bss.ErrOutcomeUnknown) {
		return nil
	}
	p := payRefusals(refusal)
	if p == nil {
		p = couponRefusals(refusal.Code)
	}
	if p == nil {
		return nil
	}
	p.Status, p.Cause = http.StatusConflict, err
	return p
}

const orderAgain = "Let the customer order again."

func payRefusals(e *bss.Error) *handler.Problem {
	switch e.Code {
	case "CBC.99003106":
		return &handler.Problem{Code: "order_changed", Detail: "The order's state changed: it can no longer be paid.", Next: "Look at the order."}
	case "CBC.99000089":
		return orderCombined("")
	case "CBC.99003110":
		return &handler.Problem{Code: "order_past_deadline", Detail: "The order's deadline has passed.", Next: orderAgain}
	case "CBC.99003162":
		return &handler.Problem{Code: "order_effective_time_passed", Detail: "The time at which the order was to take effect has passed.", Next: orderAgain}
	case "CBC.99003141":
		return shortageOf(bss.QuotaInfos(e))
	case "CBC.99005003":
		return &handler.Problem{Code: "balance_insufficient", Detail: "The customer's balance is too small for the order.",
			Next: "Allocate the missing amount to the customer and pay again."}
	case "CBC.99003155":
		return shortProjects(bss.ShortProjects(e))
	case "CBC.99003198":
		return &handler.Problem{Code: "enterprise_budget_short", Detail: "The budget of the customer's enterprise organisation is too small for the order.",
			Next: "Let the enterprise's administrator raise the budget in Huawei Cloud, and pay again."}
	case "CBC.99006093":
		return &handler.Problem{Code: "tax_rate_unavailable", Detail: "Huawei Cloud cannot tell the tax of the order.",
			Next: "Let the customer complete its tax information in Huawei Cloud, and pay again."}
	case "CBC.99000088":
		return &handler.Problem{Code: "payment_in_progress", Detail: "The order is being paid at this moment.", RetryAfter: 10 * time.Second,
			Next: "Look at the order shortly; do not pay it another way."}
	case "CBC.99008040":
		return &handler.Problem{Code: "payment_too_frequent", Detail: "The customer has just paid another order.", RetryAfter: 10 * time.Second,
			Next: "Pay again in a moment."}
	case "CBC.99008056":
		return &handler.Problem{Code: "payment_daily_limit", Detail: "The customer has as many transactions today as Huawei Cloud allows.",
			Next: "Pay again tomorrow; the day ends at midnight, GMT+8."}
	case "CBC.99007281":
		return &handler.Problem{Code: "account_frozen", Detail: "The customer has spent more than the partner's budget allows: its account is frozen by the partner.",
			Next: "Raise the budget or unfreeze the customer, and pay again."}
	case "CBC.18000016":
		return &handler.Problem{Code: "partner_limit_reached", Detail: "Huawei Cloud lets the customer buy nothing for now: the partner's own limit is reached.",
			Next: "Settle it with Huawei Cloud, and pay again."}
	}
	if errors.Is(e, bss.ErrFrozen) {
		return accountFrozen()
	}
	return nil
}

func couponRefusals(code string) *handler.Problem {
	details := map[string]string{
		"CBC.99003108": "The discount cannot be used for the order.",
		"CBC.99003112": "The coupon or stored-value card has been used, or is no longer valid.",
		"CBC.99003116": "The coupon cannot be used together with the discount.",
		"CBC.99003117": "The discount takes off more of every line than the coupon allows.",
		"CBC.99003147": "A voucher and a discount coupon cannot be used together.",
		"CBC.99003156": "A marketplace coupon and a dedicated voucher cannot be used together.",
	}
	if details[code] == "" {
		return nil
	}
	return &handler.Problem{Code: "coupon_not_usable", Detail: details[code], Next: "Ask for another quote, without it."}
}

func accountFrozen() *handler.Problem {
	return &handler.Problem{Code: "account_frozen", Detail: "The customer's account is frozen: it cannot buy.",
		Next: "Unfreeze the customer, or let it settle what it owes, and pay again."}
}

// orderCombined is about a member of a combined order, whose number may be unknown.
func orderCombined(combined string) *handler.Problem {
	p := &handler.Problem{Code: "order_combined", Detail: "The order is part of a combined order, which is paid as a whole.",
		Next: "Look at the order, which tells the number of the combined order, and pay that one."}
	if combined != "" {
		p.Detail = "The order is part of the combined order " + combined + ", which is paid as a whole."
		p.Next = "Pay order " + combined + "."
	}
	return p
}

// shortages say what is the matter with one resource, and what helps.
var shortages = map[bss.Shortage]struct{ reason, next string }{
	bss.ShortQuota:           {"the customer's quota is too small", "Let the customer ask Huawei Cloud for a higher quota in a service ticket, and pay the same order."},
	bss.ShortCapacity:        {"Huawei Cloud has too little of it there", "Let the customer order again: another region, zone or specification."},
	bss.WrongSpecification:   {"the specification has changed since it was ordered", "Let the customer order again: the specification as it is sold now."},
	bss.WrongRelatedResource: {"a resource that it belongs to has changed since it was ordered", "Let the customer order again, after a look at the resource that the order is for."},
	bss.OtherShortage:        {"something about it has changed since it was ordered", orderAgain},
}

// shortageOf says which resources are short. An order with several helps only what
// helps the worst of them: a quota can be raised, everything else is ordered anew.
func shortageOf(infos []bss.QuotaInfo) *handler.Problem {
	p := &handler.Problem{Code: "capacity_short", Detail: "The customer's quota or the capacity of the cloud is too small for the order, or its specification has changed.",
		Next: "Let the customer ask Huawei Cloud for a higher quota and pay the same order, or order something else."}
	worst := bss.Shortage(0)
	for i, info := range infos {
		kind, known := shortages[info.Shortage]
		if !known {
			kind.reason = "its quota or capacity is short"
		}
		worst = max(worst, info.Shortage)
		p.Fields = append(p.Fields, handler.FieldError{Field: fmt.Sprintf("resources[%d]", i), Reason: placeOf(info) + ": " + kind.reason})
	}
	kind, known := shortages[worst]
	if !known {
		return p
	}
	p.Next = kind.next
	switch worst {
	case bss.ShortQuota:
		p.Code, p.Detail = "quota_short", "The customer's quota is too small for the order."
	case bss.ShortCapacity:
		p.Code, p.Detail = "capacity_short", "Huawei Cloud has not the capacity for the order."
	case bss.WrongSpecification, bss.WrongRelatedResource, bss.OtherShortage:
		p.Code, p.Detail = "order_spec_changed", "What the order is for has changed in Huawei Cloud since it was placed."
	}
	return p
}

// placeOf names a resource by all that is known of it.
func placeOf(info bss.QuotaInfo) string {
	var parts []string
	for _, part := range []string{
		info.RegionCode, info.RegionName, info.AvailabilityZone, info.ServiceTypeCode, info.ServiceTypeName, info.ResourceTypeCode, info.ResourceTypeName,
	} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "a resource"
	}
	return strings.Join(parts, " ")
}

func shortProjects(projects []bss.EnterpriseProject) *handler.Problem {
	p := &handler.Problem{Code: "project_funds_short", Detail: "The funds of an enterprise project are too small for the order, or the project cannot be used.",
		Next: "Let the customer raise the funds quota of the project in Huawei Cloud, and pay again."}
	for i, project := range projects {
		p.Fields = append(p.Fields, handler.FieldError{Field: fmt.Sprintf("projects[%d]", i),
			Reason: strings.TrimSpace(project.ID+" "+project.Name) + ": its funds are too small"})
	}
	return p
}
