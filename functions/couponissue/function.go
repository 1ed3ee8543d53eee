// Package couponissue issues coupons to customers out of the partner's coupon
// quotas, a campaign at a time, and moves the partner's money to resale customers
// and back. None of the calls that do so has an idempotency key, so every one of
// them goes through the ledger: a campaign, an allocation or a reclamation may be
// sent again as often as one likes, and happens once.
package couponissue

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Config is the configuration of the function.
type Config struct {
	functions.Config
	functions.EventsConfig
	Campaign          string `envconfig:"CAMPAIGN" desc:"campaign, as JSON, that the schedule issues when its input names none"`
	TopUpRules        string `envconfig:"TOPUP_RULES" desc:"who is topped up and when, a JSON array of customer_id (or *), below, to or amount, and max_per_day; nobody unless set"`
	ReclaimUnused     string `envconfig:"RECLAIM_UNUSED" desc:"which unused coupons are reclaimed, a JSON array of campaign or promotion_plan_id, unused_for_days, expiring_within_days and partly_used; none unless set"`
	PartnerBalanceLow string `envconfig:"PARTNER_BALANCE_LOW" desc:"what the partner can allocate, in CNY, below which a top-up warns; never unless set"`
}

// cloud is what this function calls of the partner API.
type cloud interface {
	accounts
	resellerQuotas
	issuedCoupons
	couponChanges
	ListQuotaCoupons(ctx context.Context, r bss.ListQuotaCouponsRequest) iter.Seq2[bss.CouponQuota, error]
	ListSubCustomers(ctx context.Context, r bss.ListSubCustomersRequest) iter.Seq2[bss.SubCustomer, error]
	CreatePartnerCoupons(ctx context.Context, r bss.CreatePartnerCouponsRequest) (bss.IssuedCoupons, error)
	ListPartnerCouponsRecord(ctx context.Context, r bss.ListPartnerCouponsRecordRequest) iter.Seq2[bss.CouponRecord, error]
}

type function struct {
	cloud  cloud
	ledger *ledger.Ledger
	funds  *funds.Mover
	plans  plans
	topUps topUps
	unused []UnusedRule
	// hasTokens says whether customers' tokens can be had.
	hasTokens bool
	events    *functions.Events
	// quotaIssues has the key of the last issue by quota and reseller.
	quotaIssues *ledger.Documents[string]
	// scheduled is the campaign of the configuration, empty for none.
	scheduled []byte
	now       func() time.Time
	log       *slog.Logger
}

// New makes the function.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	events, err := cfg.OpenEvents("couponissue", rt)
	if err != nil {
		return nil, err
	}
	book := cfg.Ledger(rt, "couponissue", events.Announce())
	f := &function{
		cloud:       client,
		ledger:      book,
		funds:       funds.New(client, book, rt),
		hasTokens:   cfg.IAMUser != "",
		plans:       newPlans(rt),
		events:      events,
		quotaIssues: ledger.NewDocuments[string](rt.Store, "quota-issue", rt.Clock.Now),
		scheduled:   []byte(cfg.Campaign),
		now:         rt.Clock.Now,
		log:         cmp.Or(rt.Logger, slog.Default()),
	}
	if f.unused, err = parseUnusedRules(cfg.ReclaimUnused); err != nil {
		return nil, err
	}
	if f.topUps, err = newTopUps(cfg, rt, f.log); err != nil {
		return nil, err
	}
	reconciler := reconcile.New("couponissue", f.ledger, cfg.Config, rt, f.settlers())
	return cfg.Edge(reconciler.Extend(events.Extend(f.describe())), rt)
}

func (f *function) describe() handler.Function {
	return handler.Function{
		Name: "couponissue",
		Routes: slices.Concat(f.fundsRoutes(), f.resellerQuotaRoutes(), f.issuedCouponRoutes(), []handler.Route{
			{Method: http.MethodPost, Pattern: "/couponissue/campaigns", Handle: f.postCampaign},
			{Method: http.MethodGet, Pattern: "/couponissue/campaigns/{campaign}", Handle: f.showCampaign},
			{Method: http.MethodPost, Pattern: "/couponissue/campaigns/{campaign}/customers", MediaType: mediaTypeCSV, MaxBody: maxFile, Handle: f.addCustomers},
			{Method: http.MethodGet, Pattern: "/couponissue/campaigns/{campaign}/customers", Handle: f.listCustomers},
			{Method: http.MethodGet, Pattern: "/couponissue/quotas", Handle: f.listQuotas},
		}),
		Schedules: []handler.Schedule{
			{Name: "campaign", Handle: f.scheduledCampaign},
			{Name: "top-up", Handle: f.scheduledTopUp},
			{Name: "quota-watch", Handle: f.scheduledQuotaWatch},
			{Name: "reclaim-unused", Handle: f.scheduledReclaimUnused},
		},
		Queues: []handler.Queue{{Name: "campaigns", Handle: f.queuedCampaign}},
	}
}
