package couponissue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
)

// What a quota is warned of.
const (
	quotaExpiring  = "expiring"
	quotaNearlyOut = "nearly_used_up"
)

// warningDays are how many days before its end a quota is warned of, once each.
var warningDays = [...]int{1, 7, 30}

// nearlyOut is the share of a quota below which little is left.
var nearlyOut = decimal.New(1, -1)

// expiresInDays is how many whole days a quota has left; nil where it has no end.
func expiresInDays(q Quota, now time.Time) *int {
	if q.ExpireTime.IsZero() {
		return nil
	}
	days := max(0, int(q.ExpireTime.Sub(now)/(24*time.Hour)))
	return &days
}

// warnings are those about a quota that can be used.
func warnings(q Quota) []string {
	all := []string{}
	if !q.Usable {
		return all
	}
	if q.ExpiresInDays != nil && *q.ExpiresInDays <= warningDays[len(warningDays)-1] && q.Balance.IsPositive() {
		all = append(all, quotaExpiring)
	}
	if q.Balance.LessThan(q.QuotaValue.Mul(nearlyOut)) {
		all = append(all, quotaNearlyOut)
	}
	return all
}

// scheduledQuotaWatch warns of quotas that are about to expire or nearly used up: in
// the log each time, to the sales platform once a stage.
func (f *function) scheduledQuotaWatch(ctx context.Context, _ json.RawMessage) error {
	quotas, err := f.quotas(ctx)
	if err != nil {
		return functions.Problem(err)
	}
	var failures []error
	for _, listed := range quotas {
		q := describeQuota(listed, f.now())
		for _, warning := range q.Warnings {
			f.log.LogAttrs(ctx, slog.LevelWarn, "coupon quota needs attention", slog.String("quota_id", q.QuotaID),
				slog.String("warning", warning), slog.String("balance", q.Balance.StringFixed(2)), slog.Time("expire_time", q.ExpireTime))
			failures = append(failures, f.notify(ctx, notice{
				id: "quota-" + q.QuotaID + "-" + stage(q, warning, f.now()), subject: "quota/" + q.QuotaID,
				kind: "couponissue.quota_" + warning, data: q,
			}))
		}
	}
	return errors.Join(failures...)
}

// stage is what a warning is told once of: an end that is 30, 7 or 1 days away, or a
// month in which little is left.
func stage(q Quota, warning string, now time.Time) string {
	if warning == quotaNearlyOut {
		return "out-" + now.In(beijing).Format("2006-01")
	}
	for _, days := range warningDays {
		if *q.ExpiresInDays <= days {
			return fmt.Sprintf("expires-%d", days)
		}
	}
	return "expires"
}
