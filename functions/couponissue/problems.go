package couponissue

import (
	"fmt"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The problems that this function itself answers, one constructor a kind.

func quotaUnknown(id string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "quota_unknown",
		Detail: "The partner has no coupon quota " + id + ". Nothing was issued.",
		Next:   "Take the id of one that GET /couponissue/quotas lists."}
}

func quotaNotUsable(q bss.CouponQuota) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "quota_not_usable",
		Detail: fmt.Sprintf("The coupon quota %s has status %d and is effective from %s to %s. Nothing was issued.",
			q.QuotaID, q.QuotaStatus, q.EffectiveTime, q.ExpireTime),
		Next: "Use another quota, or ask Huawei Cloud's account manager for one."}
}

func quotaInsufficient(q bss.CouponQuota, needed decimal.Decimal) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "quota_insufficient",
		Detail: fmt.Sprintf("The coupon quota %s has %s %s left; the campaign still needs %s. Nothing was issued.",
			q.QuotaID, q.Balance.StringFixed(2), q.Currency, needed.StringFixed(2)),
		Next: "Ask Huawei Cloud's account manager for a larger quota, send fewer customers, or allow_partial."}
}

func campaignUnknown() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "campaign_unknown",
		Detail: "No campaign of this id has begun.",
		Next:   "Check the id; a campaign that was refused as a whole has no report."}
}

func campaignMissing() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "campaign_missing",
		Detail: "The schedule's input names no campaign, and none is configured.",
		Next:   "Give the timer a campaign as its input, or set CAMPAIGN."}
}

func campaignWithoutCustomers() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "campaign_without_customers",
		Detail: "The campaign has no customers: the request names none, its filter finds none, and no file was added.",
		Next:   "Name customer_ids, give another filter, or add a file to the campaign before."}
}

func campaignFull() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "campaign_full",
		Detail: fmt.Sprintf("A campaign can have %d customers, added in at most %d steps. Nothing was added.", maxCampaign, maxParts),
		Next:   "Make several campaigns of it."}
}

func campaignUnfinished(r Report) error {
	return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "campaign_unfinished", RetryAfter: recordDelay,
		Detail: fmt.Sprintf("Campaign %s: of %d customers %d have a coupon, %d were refused, %d are unknown and %d were not tried.",
			r.Campaign, r.CustomerCount, r.Issued, r.Refused, r.Unknown, r.NotTried),
		Next: "Deliver the campaign again. Nobody gets a second coupon by that."}
}
