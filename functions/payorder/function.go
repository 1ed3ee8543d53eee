// Package payorder pays orders of customers: it looks at an order, says why it
// cannot be paid, lists coupons and discounts, quotes a price with the rebate to
// expect, asks for a verification code, pays with the customer's token, from the
// customer's balance or with what the partner allocates for it, and waits until the
// order is completed. It also cancels orders, and renews and ends what they have bought,
// with the price or the refund shown first.
package payorder

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"

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
	QuoteKey     handler.Secret             `envconfig:"QUOTE_KEY" required:"true" desc:"key of at least 32 characters that signs quotes and hides codes"`
	RebateRates  map[string]decimal.Decimal `envconfig:"REBATE_RATES" desc:"rebate rates by service type code, * for all others, as code:0.08,*:0.05; no estimate without"`
	PayWait      time.Duration              `envconfig:"PAY_WAIT" default:"15s" desc:"how long a payment waits for the order's completion"`
	FundPayments decimal.Decimal            `envconfig:"FUND_PAYMENTS" desc:"most that the partner allocates to a resale customer for one payment, in yuan; nothing unless set"`

	VerifyPayments string `envconfig:"VERIFY_PAYMENTS" default:"always" desc:"which payments need a verification code: always, never, or above:1000.00 for orders that cost more"`
	RebateRules    string `envconfig:"REBATE_RULES" desc:"rebate rules in the place of REBATE_RATES: the path of a file, or its JSON; see docs/rebates.md"`
}

// cloud is what this function calls of the partner API.
type cloud interface {
	ListSubCustomers(ctx context.Context, r bss.ListSubCustomersRequest) iter.Seq2[bss.SubCustomer, error]
	ShowCustomerOrderDetails(ctx context.Context, r bss.ShowCustomerOrderDetailsRequest) (bss.OrderDetails, error)
	ListOrderCouponsByOrderID(ctx context.Context, customer bss.Customer, r bss.ListOrderCouponsByOrderIDRequest) (bss.OrderCoupons, error)
	ListOrderDiscounts(ctx context.Context, customer bss.Customer, r bss.ListOrderDiscountsRequest) ([]bss.OrderDiscount, error)
	ListIncentiveDiscountPolicies(ctx context.Context, r bss.ListIncentiveDiscountPoliciesRequest) iter.Seq2[bss.IncentivePolicy, error]
	PayOrders(ctx context.Context, customer bss.Customer, r bss.PayOrdersRequest) error
	ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error]
	CancelCustomerOrder(ctx context.Context, customer bss.Customer, r bss.CancelCustomerOrderRequest) error
	ShowRefundOrderDetails(ctx context.Context, r bss.ShowRefundOrderDetailsRequest) ([]bss.OrderRefund, error)
	ListStoredValueCards(ctx context.Context, customer bss.Customer, r bss.ListStoredValueCardsRequest) iter.Seq2[bss.StoredValueCard, error]
	ListCustomersBalancesDetail(ctx context.Context, r bss.ListCustomersBalancesDetailRequest) ([]bss.CustomerBalance, error)
	subscriptions
}

// couponLister lists the coupons of who calls.
type couponLister interface {
	ListSubCustomerCoupons(ctx context.Context, r bss.ListSubCustomerCouponsRequest) iter.Seq2[bss.Coupon, error]
}

// subscriptions is what it calls about yearly/monthly resources.
type subscriptions interface {
	ListCustomerOrders(ctx context.Context, r bss.ListCustomerOrdersRequest) iter.Seq2[bss.Order, error]
	ListPayPerUseCustomerResources(ctx context.Context, r bss.ListPayPerUseCustomerResourcesRequest) iter.Seq2[bss.PeriodResource, error]
	ListRenewRateOnPeriod(ctx context.Context, customer bss.Customer, r bss.ListRenewRateOnPeriodRequest) (bss.RenewalRatings, error)
	RenewalResources(ctx context.Context, customer bss.Customer, r bss.RenewalResourcesRequest) (bss.Renewal, error)
	CancelResourcesSubscription(ctx context.Context, customer bss.Customer, r bss.CancelResourcesSubscriptionRequest) (bss.Unsubscription, error)
	AutoRenewalResources(ctx context.Context, customer bss.Customer, r bss.AutoRenewalResourcesRequest) error
	CancelAutoRenewalResources(ctx context.Context, customer bss.Customer, r bss.CancelAutoRenewalResourcesRequest) error
	SetResourcesRenewConfig(ctx context.Context, customer bss.Customer, r bss.SetResourcesRenewConfigRequest) error
	UpdatePeriodToOnDemand(ctx context.Context, customer bss.Customer, r bss.UpdatePeriodToOnDemandRequest) ([]bss.ItemError, error)
	UpdatePeriodToOnDemandInstantly(ctx context.Context, customer bss.Customer, r bss.UpdatePeriodToOnDemandInstantlyRequest) ([]bss.OnDemandConversion, error)
}

type function struct {
	cloud cloud
	// couponsOf lists a customer's coupons, which only the customer sees.
	couponsOf func(bss.Customer) couponLister
	clock     bss.Clock
	ledger    *ledger.Ledger
	quotes    quoteSigner
	codes     *codes
	payWait   time.Duration

	rules     rebateRules
	estimates estimates
	// billed and statements are by month.
	billed     *ledger.Documents[billedPerformance]
	statements *ledger.Documents[rebateStatement]
	logger     *slog.Logger

	funding                funding
	renewals, refundOffers signer
	orders                 placedOrders
}

// New makes the function.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	if cfg.IAMUser == "" || cfg.IAMDomain == "" || cfg.IAMPassword.IsZero() {
		return nil, errors.New("payorder pays with customers' tokens: set BSS_IAM_DOMAIN, BSS_IAM_USER and BSS_IAM_PASSWORD")
	}
	if cfg.EventsURL == "" {
		return nil, errors.New("payorder sends verification codes and outcomes: set EVENTS_URL and EVENTS_SECRET")
	}
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	key := []byte(cfg.QuoteKey.Reveal())
	if len(key) < 32 {
		return nil, errors.New("QUOTE_KEY has fewer than 32 characters")
	}
	events, err := cfg.OpenEvents("payorder", rt)
	if err != nil {
		return nil, err
	}
	required, err := parseVerification(cfg.VerifyPayments)
	if err != nil {
		return nil, err
	}
	rules, err := readRebateRules(cfg.RebateRules, cfg.RebateRates)
	if err != nil {
		return nil, err
	}
	quotes, renewals, refundOffers := newSigners(key)
	kept := estimates{rt.Store, rt.Clock.Now}
	book := cfg.Ledger(rt, "payorder", kept.announced(events.Announce()))
	f := &function{
		cloud:     client,
		couponsOf: func(customer bss.Customer) couponLister { return client.As(customer) },
		clock:     rt.Clock,
		ledger:    book,
		quotes:    quotes,
		codes:     newCodes(key, required, events, rt),
		payWait:   cfg.PayWait,

		rules:      rules,
		estimates:  kept,
		billed:     ledger.NewDocuments[billedPerformance](rt.Store, "billed-performance", rt.Clock.Now),
		statements: ledger.NewDocuments[rebateStatement](rt.Store, "rebate-statement", rt.Clock.Now),
		logger:     cmp.Or(rt.Logger, slog.Default()),

		funding:      funding{funds.New(client, book, rt), cfg.FundPayments},
		renewals:     renewals,
		refundOffers: refundOffers,
		orders:       newPlacedOrders(client, rt),
	}
	reconciler := reconcile.New("payorder", book, cfg.Config, rt, f.settlers())
	return cfg.Edge(reconciler.Extend(events.Extend(f.describe())), rt)
}

func (f *function) describe() handler.Function {
	return handler.Function{
		Name:      "payorder",
		Schedules: []handler.Schedule{{Name: "performance", Handle: f.sumPerformance}},
		Routes: slices.Concat(f.resourceRoutes(), f.returnRoutes(), []handler.Route{
			{Method: http.MethodGet, Pattern: "/payorder/rebates", Handle: f.reportRebates},
			{Method: http.MethodPost, Pattern: "/payorder/rebates/{month}/actual", Handle: f.postStatement},
			{Method: http.MethodGet, Pattern: "/payorder/orders/{order_id}", Handle: f.look},
			{Method: http.MethodGet, Pattern: "/payorder/orders/{order_id}/offers", Handle: f.listOffers},
			{Method: http.MethodPost, Pattern: "/payorder/orders/{order_id}/quotes", Handle: f.quote},
			{Method: http.MethodPost, Pattern: "/payorder/orders/{order_id}/codes", Handle: f.sendCode},
			{Method: http.MethodPost, Pattern: "/payorder/orders/{order_id}/payments", Handle: f.pay},
			{Method: http.MethodPost, Pattern: "/payorder/orders/{order_id}/cancellations", Handle: f.cancel},
			{Method: http.MethodGet, Pattern: "/payorder/orders/{order_id}/refund", Handle: f.showRefund},
		}),
	}
}

// resourceRoutes are those about the yearly/monthly resources of a customer.
func (f *function) resourceRoutes() []handler.Route {
	const customer = "/payorder/customers/{customer_id}"
	return []handler.Route{
		{Method: http.MethodGet, Pattern: customer + "/resources", Handle: f.listResources},
		{Method: http.MethodPost, Pattern: customer + "/renewal-quotes", Handle: f.quoteRenewal},
		{Method: http.MethodPost, Pattern: customer + "/renewals", Handle: f.renew},
		{Method: http.MethodPost, Pattern: customer + "/refund-offers", Handle: f.offerRefund},
		{Method: http.MethodPost, Pattern: customer + "/unsubscriptions", Handle: f.unsubscribe},
		{Method: http.MethodPut, Pattern: customer + "/auto-renewals/{resource_id}", Handle: f.setAutoRenewal},
		{Method: http.MethodDelete, Pattern: customer + "/auto-renewals/{resource_id}", Handle: f.cancelAutoRenewal},
		{Method: http.MethodPut, Pattern: customer + "/renew-config", Handle: f.setRenewConfig},
		{Method: http.MethodPut, Pattern: customer + "/to-on-demand", Handle: f.setOnDemand},
		{Method: http.MethodPost, Pattern: customer + "/to-on-demand/instantly", Handle: f.convert},
	}
}
