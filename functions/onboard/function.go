// Package onboard brings customers of the sales platform to Huawei Cloud: it
// checks names and numbers, sends verification codes, registers accounts, follows
// their association with the partner, builds login URLs and takes the signed
// notification that binds an existing account.
package onboard

import (
	"cmp"
	"context"
	"crypto/rsa"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Config is the configuration of the function.
type Config struct {
	functions.Config
	functions.EventsConfig
	SSOConfig
	AttachmentsConfig
	// SPMetadata has the keys that Huawei Cloud signs with, and where it takes assertions.
	SPMetadata string `envconfig:"SP_METADATA" desc:"address or file of Huawei Cloud's SAML service provider metadata; the site's own unless set"`
	LoginURL   string `envconfig:"LOGIN_URL" desc:"replaces the site's login address"`
	// ServiceHosts are the hosts, with all below them, that a login may lead to.
	ServiceHosts []string `envconfig:"SERVICE_HOSTS" desc:"domains a login may lead to, with commas between; the site's own unless set"`
}

// cloud is what this function calls of the partner API.
type cloud interface {
	CheckUserIdentity(ctx context.Context, r bss.CheckUserIdentityRequest) (bss.Identity, error)
	SendVerificationMessageCode(ctx context.Context, r bss.SendVerificationMessageCodeRequest) error
	CreateSubCustomer(ctx context.Context, r bss.CreateSubCustomerRequest) (bss.CreatedCustomer, error)
	ListSubCustomers(ctx context.Context, r bss.ListSubCustomersRequest) iter.Seq2[bss.SubCustomer, error]
	ListSubCustomerNewTag(ctx context.Context, r bss.ListSubCustomerNewTagRequest) iter.Seq2[bss.NewCustomerTag, error]
	standings
}

// keys gives the public keys with which Huawei Cloud may have signed. With fresh
// set they are read anew, if that was not done a moment ago.
type keys interface {
	Keys(ctx context.Context, fresh bool) ([]*rsa.PublicKey, error)
}

type function struct {
	cloud        cloud
	ledger       *ledger.Ledger
	events       *functions.Events
	bindings     *ledger.Documents[Binding]
	claims       *ledger.Documents[claims]
	accounts     *ledger.Documents[accountIDs] // the bindings' other direction
	associations associations
	keys         keys
	sso          *sso
	now          func() time.Time
	log          *slog.Logger
	xAccountType string
	loginURL     string
	serviceHosts []string
	site         bss.Site

	realNameCloud  realNameCloud
	realNames      *ledger.Documents[realName]
	realNameSecret []byte
	shelf          *shelf
}

// New makes the function.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	if err := cfg.addSite(); err != nil {
		return nil, err
	}
	source, err := newMetadata(cfg.SPMetadata, rt)
	if err != nil {
		return nil, err
	}
	events, err := cfg.OpenEvents("onboard", rt)
	if err != nil {
		return nil, err
	}
	signOn, err := cfg.openSSO(rt, source, events, cfg.EventsURL != "", cfg.ServiceHosts)
	if err != nil {
		return nil, err
	}
	shelf, err := newShelf(cfg.AttachmentsConfig, rt)
	if err != nil {
		return nil, err
	}
	f := &function{
		cloud:        client,
		events:       events,
		bindings:     ledger.NewDocuments[Binding](rt.Store, "binding", rt.Clock.Now),
		claims:       ledger.NewDocuments[claims](rt.Store, "binding-claims", rt.Clock.Now),
		accounts:     ledger.NewDocuments[accountIDs](rt.Store, "binding-customer", rt.Clock.Now),
		associations: associations{ledger.NewDocuments[association](rt.Store, "association", rt.Clock.Now), rt.Clock.Now},
		keys:         source,
		sso:          signOn,
		now:          rt.Clock.Now,
		log:          rt.Logger,
		xAccountType: cfg.XAccountType,
		loginURL:     cfg.LoginURL,
		serviceHosts: cfg.ServiceHosts,
		site:         bss.Site(cfg.Site),

		realNameCloud:  client,
		realNames:      ledger.NewDocuments[realName](rt.Store, "real-name", rt.Clock.Now),
		realNameSecret: fingerprintKey(cfg.SecretKey),
		shelf:          shelf,
	}
	f.ledger = cfg.Ledger(rt, "onboard", f.announce)
	reconciler := reconcile.New("onboard", f.ledger, cfg.Config, rt, f.settlers())
	return cfg.Edge(reconciler.Extend(events.Extend(f.describe())), rt)
}

// addSite fills in what the site decides unless it is set.
func (c *Config) addSite() error {
	site := bss.Site(c.Site)
	loginURL, err := site.LoginURL()
	if err != nil {
		return err
	}
	metadata, err := site.SPMetadataURL()
	if err != nil {
		return err
	}
	domain, err := site.Domain()
	if err != nil {
		return err
	}
	c.LoginURL, c.SPMetadata = cmp.Or(c.LoginURL, loginURL), cmp.Or(c.SPMetadata, metadata)
	if len(c.ServiceHosts) == 0 {
		c.ServiceHosts = []string{domain}
	}
	return nil
}

func (f *function) describe() handler.Function {
	return handler.Function{
		Name: "onboard",
		Routes: slices.Concat(
			f.customerRoutes(),
			f.loginRoutes(),
			f.ssoRoutes(),
			f.bindingRoutes(),
			f.resellerRoutes(),
			f.freezingRoutes(),
			f.budgetRoutes(),
			f.attachmentRoutes(),
			f.realNameRoutes(),
		),
		Schedules: slices.Concat(
			f.bindingSchedules(),
			f.customerSchedules(),
			f.realNameSchedules(),
		),
	}
}
