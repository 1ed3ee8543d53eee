// Package functions holds what the four functions share: their configuration,
// what they run on, and how a failed call to Huawei Cloud is answered.
package functions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// Config is the configuration that every function has.
type Config struct {
	Site        string         `envconfig:"BSS_SITE" default:"cn" desc:"Huawei Cloud site: cn, intl or eu"`
	Endpoint    string         `envconfig:"BSS_ENDPOINT" desc:"replaces the site's BSS address, as https://host"`
	IAMEndpoint string         `envconfig:"BSS_IAM_ENDPOINT" desc:"replaces the site's IAM address, as https://host"`
	AccessKey   string         `envconfig:"BSS_ACCESS_KEY" required:"true" desc:"access key of the partner"`
	SecretKey   handler.Secret `envconfig:"BSS_SECRET_KEY" required:"true" desc:"secret key of the partner"`
	IAMDomain   string         `envconfig:"BSS_IAM_DOMAIN" desc:"account name of the partner, for customers' tokens"`
	IAMUser     string         `envconfig:"BSS_IAM_USER" desc:"IAM user of the partner, for customers' tokens"`
	IAMPassword handler.Secret `envconfig:"BSS_IAM_PASSWORD" desc:"password of that IAM user"`
	// XAccountType is also the name of the agency through which customers
	// delegate to the partner.
	XAccountType string `envconfig:"BSS_XACCOUNT_TYPE" required:"true" desc:"identifier of the sales platform, from the partner centre's access configuration"`
	TokenProject string `envconfig:"BSS_TOKEN_PROJECT" desc:"project of customers' tokens; the site's main region unless set"`
	Language     string `envconfig:"BSS_LANGUAGE" desc:"of names in Huawei Cloud's answers: zh_CN or en_US; Huawei Cloud's choice unless set"`
	PageSize     int    `envconfig:"BSS_PAGE_SIZE" desc:"rows to ask for at a time; each operation's maximum unless set"`
	QuotaPercent int    `envconfig:"BSS_QUOTA_PERCENT" default:"100" desc:"percent of the account's calls a second that this process takes: 100 divided by the number of processes that share the account"`

	CallerSecrets []handler.Secret `envconfig:"CALLER_SECRETS" required:"true" desc:"secrets of the sales platform, whsec_…, one or two with a comma between"`
	LedgerURL     string           `envconfig:"LEDGER_URL" required:"true" desc:"where the ledger is: dynamodb:TABLE on AWS, postgres://… elsewhere, or sqlite:FILE where one machine serves everything"`
	// LedgerResolvers are compared with the names that the sales platform gives.
	LedgerResolvers []string   `envconfig:"LEDGER_RESOLVERS" desc:"names of the people who may decide about outcomes in doubt, with commas between; nobody unless set"`
	LogLevel        slog.Level `envconfig:"LOG_LEVEL" default:"INFO" desc:"DEBUG, INFO, WARN or ERROR"`
}

// Runtime is what a function runs on. Store is required; everything else has a
// default for a process of its own.
type Runtime struct {
	Clock     bss.Clock
	Store     ledger.Store
	Logger    *slog.Logger
	Transport http.RoundTripper
	// AroundEvents puts something around the connections to the sales platform, which
	// are none of Transport's; nothing when nil.
	AroundEvents func(http.RoundTripper) http.RoundTripper
	// Random gives a number in [0, 1), to spread retries.
	Random func() float64
	// Entropy is a source of unpredictable bytes for codes and keys; crypto/rand
	// unless set.
	Entropy io.Reader
	// NewID names requests; random unless set.
	NewID func() string
}

// NewRuntime is the runtime of a process: the machine's clock, logs to w.
func NewRuntime(cfg Config, store ledger.Store, w io.Writer) Runtime {
	return Runtime{Clock: clock.System{}, Store: store, Logger: handler.NewLogger(w, cfg.LogLevel)}
}

// Client makes the function's client of the partner API.
func (c Config) Client(rt Runtime) (*bss.Client, error) {
	cfg := bss.Config{
		Site:         bss.Site(c.Site),
		Endpoint:     c.Endpoint,
		IAMEndpoint:  c.IAMEndpoint,
		Keys:         sign.Keys{AccessKey: c.AccessKey, SecretKey: c.SecretKey.Reveal()},
		Agency:       c.XAccountType,
		TokenProject: c.TokenProject,
		Language:     bss.Language(c.Language),
		PageSize:     c.PageSize,
		QuotaPercent: c.QuotaPercent,
		Transport:    rt.Transport,
		Clock:        rt.Clock,
		Random:       rt.Random,
		Logger:       rt.Logger,
	}
	if c.IAMUser != "" {
		cfg.User = bss.User{Domain: c.IAMDomain, Name: c.IAMUser, Password: c.IAMPassword.Reveal()}
	}
	return bss.New(cfg)
}

// Ledger makes the ledger of the function of that name, which announces outcomes
// with announce, unless that is nil.
func (c Config) Ledger(rt Runtime, function string, announce func(context.Context, ledger.Entry) error) *ledger.Ledger {
	return ledger.New(rt.Store, ledger.Options{
		Now: rt.Clock.Now, Sleep: rt.Clock.Sleep, Space: function, Announce: announce,
	})
}

// Edge puts the shared edge before a function: callers prove themselves with one
// of the platform's secrets, and a request is taken once.
func (c Config) Edge(f handler.Function, rt Runtime) (*handler.Edge, error) {
	secrets, err := parseSecrets(c.CallerSecrets)
	if err != nil {
		return nil, err
	}
	return handler.New(f, handler.Options{
		Secrets: secrets,
		Replays: ledger.NewOnce(rt.Store, rt.Clock.Now),
		Now:     rt.Clock.Now,
		Logger:  rt.Logger,
		NewID:   rt.NewID,
	})
}

func parseSecrets(texts []handler.Secret) ([]webhook.Secret, error) {
	var secrets []webhook.Secret
	var errs []error
	for i, text := range texts {
		secret, err := webhook.ParseSecret(text.Reveal())
		if err != nil {
			errs = append(errs, fmt.Errorf("CALLER_SECRETS, number %d: %w", i+1, err))
		}
		secrets = append(secrets, secret)
	}
	return secrets, errors.Join(errs...)
}
