package couponissue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// clockSkew is how much our clock and Huawei Cloud's may differ.
	clockSkew = 2 * time.Minute
	// recordDelay is how long records may take to come to light. It is not
	// documented.
	recordDelay = 2 * time.Minute
)

// Coupon is what the ledger keeps of a coupon that was issued.
type Coupon struct {
	CouponID string `json:"coupon_id"`
}

// itemError is Huawei Cloud's refusal of one customer.
type itemError struct{ bss.ItemError }

func (e *itemError) Error() string {
	return fmt.Sprintf("no coupon for customer %s: %s %s", e.ID, e.Code, e.Message)
}

// grant is one customer's coupon of a campaign: what its entry in the ledger is
// about, and all that is needed to look for it.
type grant struct {
	campaign, customerID, quotaID string
	faceValue                     decimal.Decimal
	terms                         ledger.Fingerprint // the others
}

func (c Campaign) grant(customerID string, faceValue decimal.Decimal) grant {
	return grant{c.Campaign, customerID, c.QuotaID, faceValue, c.terms()}
}

// couponKey is the ledger's key of one customer's coupon.
func couponKey(campaign, customerID string) string {
	return "coupon/" + campaign + "/" + customerID
}

func (g grant) key() string { return couponKey(g.campaign, g.customerID) }

// fingerprint is what must be the same where a customer's coupon is asked for
// again. How the customer came into the campaign does not matter.
func (g grant) fingerprint() ledger.Fingerprint {
	fp := ledger.Fingerprint{}
	for name, value := range g.terms {
		fp[name] = value
	}
	delete(fp, "filter")
	fp["customer_id"] = g.customerID
	fp["face_value"] = g.faceValue.StringFixed(2)
	return fp
}

// grantOf is the grant that an entry of the ledger is about.
func grantOf(en ledger.Entry) (grant, error) {
	parts := strings.Split(en.Key, "/")
	value, err := decimal.NewFromString(en.Fingerprint["face_value"])
	if len(parts) != 3 || err != nil {
		return grant{}, fmt.Errorf("the entry %q is not about a coupon: %w", en.Key, err)
	}
	return grant{campaign: parts[1], customerID: parts[2], quotaID: en.Fingerprint["quota_id"], faceValue: value}, nil
}

// settleCoupon asks what became of a coupon whose outcome is unknown.
func (f *function) settleCoupon(ctx context.Context, en ledger.Entry) error {
	g, err := grantOf(en)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, ledger.Effect[Coupon]{Find: f.finder(g), Settle: recordDelay})
	return err
}

// memo is how coupons of a campaign are known again in the records. It is the same
// for all customers of a call: together with the customer it names one coupon. The
// token keeps others' memos apart, the campaign's name is for people.
func memo(campaign string) string {
	sum := sha256.Sum256([]byte("coupon/" + campaign))
	return campaign + ":" + hex.EncodeToString(sum[:8])
}

func (c Campaign) request(customers []string, faceValue decimal.Decimal) bss.CreatePartnerCouponsRequest {
	return bss.CreatePartnerCouponsRequest{
		QuotaID:           c.QuotaID,
		CustomerIDs:       customers,
		FaceValue:         faceValue,
		ValidTime:         bss.At(c.ValidTime),
		ExpireTime:        bss.At(c.ExpireTime),
		CloudServiceTypes: c.CloudServiceTypes,
		ProductIDs:        c.ProductIDs,
		Memo:              memo(c.Campaign),
	}
}

// refusedUnlessUnknown marks a failure after which nothing can have happened. What
// is no answer of the API and no failure to reach it proves nothing.
func refusedUnlessUnknown(err error) error {
	if failure, ok := errors.AsType[*bss.Error](err); ok && !failure.Unknown {
		return ledger.Refused(err)
	}
	return err
}

// finding asks what became of a coupon, as an effect's Find does.
type finding func(ctx context.Context, since time.Time) (Coupon, ledger.Finding, error)

// finder looks for a grant's coupon among the records of issues. Records of failures
// prove nothing, since an earlier, refused attempt has the same memo.
func (f *function) finder(g grant) finding {
	return func(ctx context.Context, since time.Time) (Coupon, ledger.Finding, error) {
		want, verdict := memo(g.campaign), ledger.Absent
		records := f.cloud.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{
			OperationTypes:     []bss.CouponOperation{bss.RecordIssue},
			QuotaID:            g.quotaID,
			CustomerID:         g.customerID,
			OperationTimeBegin: bss.At(since.Add(-clockSkew)),
		})
		for record, err := range records {
			switch {
			case err != nil:
				return Coupon{}, ledger.Unclear, err
			case !record.Done() || record.CustomerID != g.customerID:
			case record.Remark == want:
				return Coupon{CouponID: record.CouponID}, ledger.Found, nil
			case record.Remark == "" && record.OperationAmount.Equal(g.faceValue):
				// That the memo becomes the remark is not promised, so this could be ours.
				verdict = ledger.Unclear
			}
		}
		return Coupon{}, verdict, nil
	}
}
