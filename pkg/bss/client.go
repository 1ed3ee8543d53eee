package bss

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// Clock tells the time and waits. Sleep returns the context's error if that ends
// first.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Config says to whom the client speaks and as whom. Site and either Keys or
// User are required; everything else has a default.
type Config struct {
	// Site chooses the hosts.
	Site Site
	// Endpoint and IAMEndpoint replace the site's hosts, as https://host. Plain
	// http is accepted on the loopback interface.
	Endpoint    string
	IAMEndpoint string

	// Keys sign the partner's calls. With none, they carry a token of User.
	Keys sign.Keys
	// User is the partner's IAM user. It is needed for every operation that only
	// a customer may call: the customer's token is issued to it.
	User User
	// Agency is the identifier of the sales platform (xAccountType), under which
	// customers have authorised the partner.
	Agency string
	// TokenProject is the project that customer tokens are scoped to. The default
	// is the site's region.
	TokenProject string

	// Language is that of names and messages in answers. Without one the API chooses,
	// which is Chinese by its documentation.
	Language Language

	// PageSize is the number of rows that lists ask for at a time, at most the
	// operation's limit, which is the default.
	PageSize int
	// QuotaPercent is the share, 1 to 100, of the account's calls a second that this
	// client takes. Divide 100 by the number of processes that share the account;
	// the default is all of it.
	QuotaPercent int
	// Transport sends requests. The default is http.DefaultTransport's settings
	// with a limit of 60 s for the header of an answer.
	Transport http.RoundTripper
	Clock     Clock
	// Random gives a number in [0, 1) to spread retries.
	Random func() float64
	Logger *slog.Logger
}

// Language is one that the API answers in.
type Language string

// The languages of the API.
const (
	Chinese Language = "zh_CN"
	English Language = "en_US"
)

// User is an IAM user, who proves itself by password.
type User struct {
	Domain   string // the account's name
	Name     string
	Password string
}

// String leaves the password out.
func (u User) String() string { return u.Domain + "/" + u.Name }

// GoString leaves the password out.
func (u User) GoString() string { return u.String() }

// MarshalText leaves the password out of JSON and of logs.
func (u User) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Customer is a customer on whose behalf a call is made, by the name of its
// Huawei Cloud account (account_name, domain_name).
type Customer string

// Client calls the API. It is safe for concurrent use; make one a process, since
// it keeps the quota and the tokens.
type Client struct {
	*account
	as       Customer // who makes the calls that are ByEither; the partner if empty
	language Language
}

// As returns a client that makes the calls which partner and customer may both make
// (those that are [ByEither]) in the customer's name: prices are then the customer's,
// orders and coupons its own. It shares everything with c: quota, tokens, connections.
func (c *Client) As(customer Customer) *Client { return &Client{c.account, customer, c.language} }

// In returns a client whose answers have names and messages in another language than
// Config.Language, which must be one of those above. It shares everything with c.
func (c *Client) In(l Language) *Client { return &Client{c.account, c.as, l} }

// account is what all clients of the partner's account in a process share.
type account struct {
	site                  Site
	endpoint, iamEndpoint string
	keys                  sign.Keys
	user                  User
	agency, tokenProject  string
	pageSize              int
	transport             http.RoundTripper
	clock                 Clock
	random                func() float64
	log                   *slog.Logger
	pacers                [operationCount]*pacer
	smallerPage           [operationCount]atomic.Bool
	tokens                tokenCache
	guard                 keyGuard
	types                 jsonread.Types
	feePages              sync.Pool // of *feePage
}

// String names the endpoint and leaves keys, password and tokens out.
func (c *Client) String() string { return "bss client of " + c.endpoint }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// New makes a client. It fails with everything that is wrong in the
// configuration.
func New(cfg Config) (*Client, error) {
	hosts, err := cfg.Site.hosts()
	if err != nil {
		return nil, err
	}
	c := &Client{account: &account{
		site:         cfg.Site,
		endpoint:     strings.TrimSuffix(cmp.Or(cfg.Endpoint, hosts.bss), "/"),
		iamEndpoint:  strings.TrimSuffix(cmp.Or(cfg.IAMEndpoint, hosts.iam), "/"),
		keys:         cfg.Keys,
		user:         cfg.User,
		agency:       cfg.Agency,
		tokenProject: cmp.Or(cfg.TokenProject, hosts.region),
		pageSize:     cfg.PageSize,
		transport:    cfg.Transport,
		clock:        cfg.Clock,
		random:       cfg.Random,
		log:          cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)),
	}, language: cfg.Language}
	if err := errors.Join(checkEndpoint("endpoint", c.endpoint), checkEndpoint("IAM endpoint", c.iamEndpoint), checkConfig(cfg)); err != nil {
		return nil, err
	}
	if c.clock == nil {
		c.clock = clock.System{}
	}
	if c.transport == nil {
		c.transport = defaultTransport()
	}
	if c.random == nil {
		c.random = rand.Float64
	}
	for id, op := range registry {
		c.pacers[id] = newPacer(op.Quota, cmp.Or(cfg.QuotaPercent, 100))
	}
	return c, nil
}

func checkConfig(cfg Config) error {
	k, u := cfg.Keys, cfg.User
	var errs []error
	if cfg.QuotaPercent < 0 || cfg.QuotaPercent > 100 {
		errs = append(errs, fmt.Errorf("bss: the share of the quota is %d %%, which is not between 1 and 100", cfg.QuotaPercent))
	}
	if l := cfg.Language; l != "" && l != Chinese && l != English {
		errs = append(errs, fmt.Errorf("bss: the API does not speak %q: use %s or %s", l, Chinese, English))
	}
	if k == (sign.Keys{}) && u == (User{}) {
		errs = append(errs, errors.New("bss: neither an access key nor an IAM user is given"))
	}
	if k != (sign.Keys{}) && (k.AccessKey == "" || k.SecretKey == "") {
		errs = append(errs, errors.New("bss: access key and secret key go together: one of them is empty"))
	}
	for name, v := range map[string]string{"access key": k.AccessKey, "secret key": k.SecretKey, "security token": k.SecurityToken} {
		if strings.TrimSpace(v) != v {
			errs = append(errs, fmt.Errorf("bss: the %s begins or ends with white space", name))
		} else if strings.ContainsFunc(v, unicode.IsControl) {
			errs = append(errs, fmt.Errorf("bss: the %s has a control character in it", name))
		}
	}
	if u != (User{}) && (u.Domain == "" || u.Name == "" || u.Password == "") {
		errs = append(errs, errors.New("bss: an IAM user needs domain, name and password"))
	}
	return errors.Join(errs...)
}

func defaultTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = time.Minute
	t.MaxResponseHeaderBytes = 1 << 20
	t.MaxIdleConnsPerHost = 16
	return t
}
