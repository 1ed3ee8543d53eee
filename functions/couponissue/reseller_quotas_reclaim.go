package couponissue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// QuotaReclamation asks for what is left of a reseller's quota.
type QuotaReclamation struct {
	// QuotaID is the reseller's quota.
	QuotaID string `json:"quota_id"`
	// Remark is kept with the records, in at most 256 characters.
	Remark string `json:"remark"`
}

const maxRemark = 256

// reclaimQuota takes back what is left of a quota. A quota is reclaimed once, so it
// names the entry.
func (f *function) reclaimQuota(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in QuotaReclamation
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var check fields
	check.match("quota_id", in.QuotaID, idPattern)
	check.length("remark", in.Remark, maxRemark)
	if err := check.problem(); err != nil {
		return nil, err
	}
	key := reclaimQuotaKey + in.QuotaID
	id, err := ledger.Do(ctx, f.ledger, key, ledger.Fingerprint{"quota_id": in.QuotaID}, f.quotaReclaim(in))
	if err != nil {
		return nil, quotaProblem(err)
	}
	return handler.OK(map[string]string{"quota_id": id}), nil
}

const reclaimQuotaKey = "reclaim-quota/"

// settleQuotaReclaim asks about an entry, and never reclaims.
func (f *function) settleQuotaReclaim(ctx context.Context, en ledger.Entry) error {
	_, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.quotaReclaim(QuotaReclamation{QuotaID: en.Fingerprint["quota_id"]}))
	return err
}

// quotaReclaim is the effect; its result is the quota's id. What became of it is seen
// in the quota's own state.
func (f *function) quotaReclaim(in QuotaReclamation) ledger.Effect[string] {
	return ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			reclaimed, err := f.cloud.ReclaimCouponQuotas(ctx, bss.ReclaimCouponQuotasRequest{QuotaIDs: []string{in.QuotaID}, Remark: in.Remark})
			if err != nil {
				return "", refusedUnlessUnknown(err)
			}
			for _, quota := range reclaimed.Quotas {
				if quota.QuotaID == in.QuotaID {
					return quota.QuotaID, nil
				}
			}
			for _, refused := range reclaimed.Errors {
				if refused.ID == in.QuotaID {
					return f.alreadyReclaimed(ctx, in.QuotaID, &quotaItemError{refused})
				}
			}
			return "", fmt.Errorf("the answer does not say whether the quota %s was reclaimed", in.QuotaID)
		},
		Find: func(ctx context.Context, _ time.Time) (string, ledger.Finding, error) {
			return f.findQuotaReclaim(ctx, in.QuotaID)
		},
		Settle: recordDelay,
	}
}

// alreadyReclaimed is what to make of a refusal: the client repeats a reclamation whose
// answer was lost, and the repetition is refused because it is done.
func (f *function) alreadyReclaimed(ctx context.Context, quotaID string, refusal error) (string, error) {
	id, found, err := f.findQuotaReclaim(ctx, quotaID)
	if err != nil && !errors.Is(err, errNotListed) {
		return "", errors.Join(refusal, err)
	}
	if found == ledger.Found {
		return id, nil
	}
	return "", ledger.Refused(refusal)
}

var errNotListed = errors.New("the quota is not listed")

func (f *function) findQuotaReclaim(ctx context.Context, quotaID string) (string, ledger.Finding, error) {
	for quota, err := range f.cloud.ListIssuedCouponQuotas(ctx, bss.ListIssuedCouponQuotasRequest{QuotaID: quotaID}) {
		switch {
		case err != nil:
			return "", ledger.Unclear, err
		case quota.QuotaID != quotaID:
		case quota.QuotaStatus == bss.QuotaReclaimed:
			return quotaID, ledger.Found, nil
		default:
			return "", ledger.Absent, nil
		}
	}
	return "", ledger.Unclear, errNotListed
}
