package billexport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// SubscribedConfig says where the files are that the partner subscribes to.
type SubscribedConfig struct {
	SubscribedURL       string         `envconfig:"SUBSCRIBED_URL" desc:"international site: where the files are that you subscribe to, obs://BUCKET, with the prefix that they are below, if any; none unless set"`
	SubscribedEndpoint  string         `envconfig:"SUBSCRIBED_ENDPOINT" desc:"address of the object store that SUBSCRIBED_URL is in, such as https://obs.ap-southeast-1.myhuaweicloud.com"`
	SubscribedAccessKey string         `envconfig:"SUBSCRIBED_ACCESS_KEY" desc:"access key of the account that has the bucket"`
	SubscribedSecretKey handler.Secret `envconfig:"SUBSCRIBED_SECRET_KEY" desc:"secret key of that account"`
}

// subscribedRoutes are further routes of the function.
func (f *function) subscribedRoutes() []handler.Route {
	return []handler.Route{{Method: http.MethodPost, Pattern: "/billexport/subscribed/{cycle}", Handle: f.checkSubscribed}}
}

// subscribedOutcome is what came of holding the subscribed files against the API.
type subscribedOutcome struct {
	Cycle  string            `json:"cycle"`
	Agrees bool              `json:"agrees"`
	Files  []subscribed.File `json:"files"`
	Sums   []subscribed.Sum  `json:"sums"`
	// Compared counts the lines that are in the bill or at the API.
	Compared int `json:"compared"`
	// Differences are the first of those that there are.
	DifferenceCount int                     `json:"difference_count"`
	Differences     []subscribed.Difference `json:"differences"`
	Postpaid        subscribedPostpaid      `json:"postpaid"`
}

// subscribedPostpaid compares with the partner's own bill, once it is out.
type subscribedPostpaid struct {
	Out        bool            `json:"out"`
	Currency   string          `json:"currency"`
	AmountDue  decimal.Decimal `json:"amount_due"`
	FileAmount decimal.Decimal `json:"file_amount"`
	Difference decimal.Decimal `json:"difference"`
}

// listedDifferences is how many differences an answer lists.
const listedDifferences = 100

// checkSubscribed reads the subscribed files of a cycle and holds them against what
// the API says: against the resource records of all customers, and against the
// partner's bill.
func (f *function) checkSubscribed(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	cycle, err := f.parseCycle(r.PathValue("cycle"))
	if err != nil {
		return nil, err
	}
	store, err := f.openSubscribed()
	if err != nil {
		return nil, err
	}
	out := subscribedOutcome{Cycle: cycle.String(), Differences: []subscribed.Difference{}}
	billed, err := f.readSubscribed(ctx, store, subscribed.CustomerBill, cycle)
	if err != nil {
		return nil, err
	}
	out.Files, out.Sums = append(out.Files, billed), billed.Lines.Sums()
	usage, err := f.readSubscribed(ctx, store, subscribed.CustomerUsage, cycle)
	if err == nil {
		out.Files = append(out.Files, usage)
	} else if !errors.Is(err, objects.ErrNotFound) { // who does not subscribe to usage has none
		return nil, err
	}
	api, err := f.resourceLines(ctx, cycle)
	if err != nil {
		return nil, functions.Problem(err)
	}
	if out.Postpaid, err = f.postpaid(ctx, cycle, out.Sums); err != nil {
		return nil, functions.Problem(err)
	}
	out.Compared = len(api) + len(subscribed.Unbilled(billed.Lines, api))
	out.conclude(slices.Concat(subscribed.Compare(billed.Lines, api), subscribed.Unbilled(usage.Lines, billed.Lines)))
	return handler.OK(out), nil
}

func (o *subscribedOutcome) conclude(differences []subscribed.Difference) {
	o.DifferenceCount = len(differences)
	o.Differences = append(o.Differences, differences[:min(len(differences), listedDifferences)]...)
	o.Agrees = len(differences) == 0 && o.Postpaid.Difference.IsZero()
}

func (f *function) openSubscribed() (objects.Store, error) {
	if f.cfg.SubscribedURL == "" {
		return nil, subscribedOff()
	}
	store, err := objects.Open(f.cfg.SubscribedURL, objects.Options{
		Endpoint: f.cfg.SubscribedEndpoint, AccessKey: f.cfg.SubscribedAccessKey, SecretKey: f.cfg.SubscribedSecretKey.Reveal(),
		Transport: f.transport, Now: f.now, Sleep: f.sleep,
	})
	if err != nil {
		return nil, fmt.Errorf("SUBSCRIBED_URL: %w", err)
	}
	return store, nil
}

func (f *function) readSubscribed(ctx context.Context, store objects.Store, kind subscribed.Kind, cycle bill.Cycle) (subscribed.File, error) {
	content, err := store.Open(ctx, kind.Object(cycle))
	if errors.Is(err, objects.ErrNotFound) {
		return subscribed.File{}, subscribedNotFound(kind.Object(cycle), err)
	}
	if err != nil {
		return subscribed.File{}, fmt.Errorf("open the subscribed file %s: %w", kind.Object(cycle), err)
	}
	defer func(c io.Closer) { _ = c.Close() }(content) // it was only read
	file, err := subscribed.Read(content, kind, cycle, subscribed.StandardLimits())
	if subscribed.Reason(err) != nil {
		return file, subscribedRefused(kind.Object(cycle), err)
	}
	return file, err
}

// resourceLines sums up what the API says of the customers for whom the partner is
// billed: its own and those of its resellers. The international site has the records
// of a customer only for the customer, whose token they are asked for with.
func (f *function) resourceLines(ctx context.Context, cycle bill.Cycle) (subscribed.Lines, error) {
	lines := subscribed.Lines{}
	for customer, err := range f.billedCustomers(ctx) {
		if err != nil {
			return nil, err
		}
		request := bss.ListCustomerselfResourceRecordsRequest{Cycle: cycle.String(), StatisticType: bss.StatisticByMonth, Method: bss.BillsOfOneself}
		for record, err := range f.cloud.ListCustomerselfResourceRecords(ctx, bss.Customer(customer.AccountName), request) {
			if err != nil {
				return nil, fmt.Errorf("read the resource records of customer %s in %s: %w", customer.CustomerID, cycle, err)
			}
			amount, err := bill.AmountOf(record.Amount)
			if err != nil {
				return nil, fmt.Errorf("a resource record of customer %s in %s: %w", customer.CustomerID, cycle, err)
			}
			lines.Add(subscribed.Line{
				CustomerID: record.CustomerID, ServiceType: record.CloudServiceType, ResourceType: record.ResourceType,
				Region: record.Region, ChargeMode: string(record.ChargeMode), Currency: record.Currency,
			}, amount)
		}
	}
	return lines, nil
}

// billedCustomers are the partner's own customers and those of its resellers, as far as
// it is billed for them.
func (f *function) billedCustomers(ctx context.Context) iter.Seq2[bss.SubCustomer, error] {
	return func(yield func(bss.SubCustomer, error) bool) {
		resellers := []string{""}
		for reseller, err := range f.cloud.ListIndirectPartners(ctx, bss.ListIndirectPartnersRequest{}) {
			if err != nil {
				yield(bss.SubCustomer{}, fmt.Errorf("list the resellers: %w", err))
				return
			}
			resellers = append(resellers, reseller.IndirectPartnerID)
		}
		for _, reseller := range resellers {
			for customer, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{IndirectPartnerID: reseller}) {
				if err != nil {
					err = fmt.Errorf("list the customers: %w", err)
				} else if customer.AssociationType != bss.Reseller {
					continue
				}
				if !yield(customer, err) || err != nil {
					return
				}
			}
		}
	}
}

// partnerBillOut is when the partner's bill is out: at noon (GMT+8) of the 5th.
func partnerBillOut(cycle bill.Cycle) time.Time {
	return cycle.End().Add(4*24*time.Hour + 12*time.Hour)
}

// postpaid compares the sum of the file with the partner's bill, which comes out by
// noon of the 5th and has no amounts before.
func (f *function) postpaid(ctx context.Context, cycle bill.Cycle, sums []subscribed.Sum) (subscribedPostpaid, error) {
	owed, err := f.cloud.ListPostpaidBillSum(ctx, bss.ListPostpaidBillSumRequest{BillCycle: cycle.String()})
	if err != nil {
		return subscribedPostpaid{}, fmt.Errorf("read the partner's bill of %s: %w", cycle, err)
	}
	p := subscribedPostpaid{Out: !f.now().Before(partnerBillOut(cycle)), Currency: owed.Currency}
	if !p.Out {
		return p, nil
	}
	p.AmountDue = owed.InitialAmountDue
	for _, sum := range sums {
		if sum.Currency == owed.Currency {
			p.FileAmount = sum.Amount
		}
	}
	p.Difference = p.FileAmount.Sub(p.AmountDue)
	return p, nil
}

func subscribedOff() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "subscribed_off",
		Detail: "This deployment reads no subscribed files.",
		Next:   "Set SUBSCRIBED_URL to the bucket that they are put into."}
}

func subscribedNotFound(name string, cause error) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "subscribed_not_found", Cause: cause,
		Detail: fmt.Sprintf("The file %s is not there.", name),
		Next:   "Huawei Cloud puts it there by noon (GMT+8) of the 5th, and tries again on five days. Ask again then, or look at the subscription."}
}

func subscribedRefused(name string, cause error) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "subscribed_refused", Cause: cause,
		Detail: fmt.Sprintf("The file %s is not taken: %s.", name, subscribed.Reason(cause)),
		Next:   "Look at the file, and who may write to the bucket. Ask Huawei Cloud for it again if it is theirs."}
}
