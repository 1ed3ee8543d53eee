// Package harness runs everything on one machine: a simulated Huawei Cloud, the
// four functions behind the routes of the deployment's template, and a sales
// platform that calls them. All of it listens on the loopback interface only.
package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn"
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// The secrets of the harness are no secrets: they are the same on every machine,
// so that a second process can call the functions too.
const (
	CallerSecret = "whsec_aGFybmVzcy1zYWxlcy1wbGF0Zm9ybS1zZWNyZXQtMDE="
	eventsSecret = "whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="
	quoteKey     = "harness-quote-key-that-is-no-secret-at-all"

	accessKey       = "SIMPARTNERAK"
	secretKey       = "SIMPARTNERSK"
	bucket          = "sim-attachments"
	bucketAccessKey = "SIMBUCKETAK"
	bucketSecretKey = "SIMBUCKETSK"

	iamDomain     = "sim-partner"
	iamUser       = "sim-operator"
	iamPassword   = "Sim-Operator-1"
	reclaimUnused = `[{"campaign":"monthly","expiring_within_days":30}]`
	topUpRules    = `[{"customer_id":"*","below":"50","to":"100","max_per_day":"500"}]`
	// consolePath is the page of the simulator that the platform's customers go to.
	consolePath = "/console/iam/"
	// XAccountType is the identifier of the harness' sales platform.
	XAccountType = "SIM_IDP"
	// Resolver is who may decide about outcomes in doubt.
	Resolver = "li.na"
)

// Options say where to listen and what the world is like.
type Options struct {
	// Addr, SimAddr and AdminAddr are loopback addresses for the functions, the
	// simulated Huawei Cloud and its administration; port 0 is a free one.
	Addr, SimAddr, AdminAddr string
	// PlatformAddr is the one of the sales platform; a free port unless set.
	PlatformAddr string
	// Site is the site of Huawei Cloud that is simulated; the mainland's when empty.
	Site  bss.Site
	Clock *clock.Simulated
	// Seed makes two runs alike.
	Seed uint64
	// AssociationDelay is how long a new customer's association takes; the
	// simulator's default when zero.
	AssociationDelay time.Duration
	// ExportDir is the existing folder where bills are exported to.
	ExportDir string
	// LoginURL replaces the simulator's login address in what the functions
	// answer.
	LoginURL string
	// PageSize is the number of rows that the functions ask for at a time; small,
	// so that paging always happens.
	PageSize int
	// Simulate changes how Huawei Cloud is simulated, unless it is nil.
	Simulate func(*huawei.Options)
	Logger   *slog.Logger
}

// Harness is everything, running.
type Harness struct {
	Sim         *huawei.Server
	Platform    *Platform
	Deployments []Deployment
	// FunctionsURL, SimURL, AdminURL and PlatformURL are where things are.
	FunctionsURL, SimURL, AdminURL, PlatformURL string

	edges map[string]*handler.Edge
	*Group
}

// Start starts everything. Close ends it.
func Start(ctx context.Context, o Options) (*Harness, error) {
	o.Site = cmp.Or(o.Site, bss.SiteCN)
	h := &Harness{edges: map[string]*handler.Edge{}}
	var err error
	if h.Deployments, err = ReadTemplate(bssfn.Template); err != nil {
		return nil, err
	}
	listeners, err := listen(ctx, o.Addr, o.SimAddr, o.AdminAddr, cmp.Or(o.PlatformAddr, "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	h.FunctionsURL, h.SimURL, h.AdminURL, h.PlatformURL = address(listeners[0]), address(listeners[1]), address(listeners[2]), address(listeners[3])
	handlers, err := h.build(o) //nolint:contextcheck // what the functions begin goes on when this start has ended
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	h.Group = serveOn(listeners, handlers)
	return h, nil
}

// build makes the handlers of the four listeners: functions, simulator,
// administration, and the sales platform.
func (h *Harness) build(o Options) ([]http.Handler, error) {
	random := newSeeded(o.Seed)
	cloud := huawei.Options{
		Site: o.Site, Clock: o.Clock, Seed: o.Seed, XAccountType: XAccountType, Logger: o.Logger, AssociationDelay: o.AssociationDelay,
		NotificationURL: h.FunctionsURL + "/onboard/bind", IDPMetadataURL: h.FunctionsURL + "/onboard/saml/metadata",
		Bucket: bucket, BucketKeys: sign.Keys{AccessKey: bucketAccessKey, SecretKey: bucketSecretKey},
	}
	if o.Simulate != nil {
		o.Simulate(&cloud)
	}
	sim, err := huawei.NewServer(cloud)
	if err != nil {
		return nil, err
	}
	h.Sim = sim
	if h.Platform, err = NewPlatform(h.FunctionsURL, o.Clock.Now, random.id); err != nil {
		return nil, err
	}
	loginURL := cmp.Or(o.LoginURL, h.SimURL+"/authui/saml/login")
	site, err := newWeb(h.Platform, h.PlatformURL, loginURL, h.SimURL+consolePath)
	if err != nil {
		return nil, err
	}
	if err := h.buildFunctions(o, loginURL, random); err != nil {
		return nil, err
	}
	routes, err := h.routes()
	if err != nil {
		return nil, err
	}
	return []http.Handler{routes, sim.API(), sim.Admin(), site.handler()}, nil
}

// NewPlatform is the harness' sales platform, as it calls the functions from this or
// another process.
func NewPlatform(functionsURL string, now func() time.Time, newID func() string) (*Platform, error) {
	caller, err := webhook.ParseSecret(CallerSecret)
	if err != nil {
		return nil, err
	}
	events, err := webhook.ParseSecret(eventsSecret)
	if err != nil {
		return nil, err
	}
	return &Platform{BaseURL: functionsURL, Secret: caller, eventsSecret: events, known: map[string]bool{}, Now: now, NewID: newID, HTTP: &http.Client{Transport: newTransport(), Timeout: time.Minute}}, nil
}

// newTransport keeps connections apart from those of others in the process.
func newTransport() *http.Transport { return http.DefaultTransport.(*http.Transport).Clone() }

func (h *Harness) buildFunctions(o Options, loginURL string, random *seeded) error {
	rt := functions.Runtime{Transport: newTransport(), Clock: o.Clock, Store: memory.New(), Logger: o.Logger, Random: random.float, Entropy: random, NewID: random.id}
	shared := functions.Config{
		Site: string(o.Site), Endpoint: h.SimURL, IAMEndpoint: h.SimURL,
		AccessKey: accessKey, SecretKey: handler.NewSecret(secretKey),
		IAMDomain: iamDomain, IAMUser: iamUser, IAMPassword: handler.NewSecret(iamPassword),
		XAccountType: XAccountType, PageSize: o.PageSize, LedgerResolvers: []string{Resolver},
		CallerSecrets: []handler.Secret{handler.NewSecret(CallerSecret)},
	}
	events := functions.EventsConfig{EventsURL: h.PlatformURL + eventsPath, EventsSecret: handler.NewSecret(eventsSecret)}
	var errs []error
	add := func(edge *handler.Edge, err error) {
		errs = append(errs, err)
		if err == nil {
			h.edges[edge.Function().Name] = edge
		}
	}
	add(onboard.New(onboard.Config{
		Config: shared, EventsConfig: events, SSOConfig: SSOConfig(h.FunctionsURL, h.PlatformURL),
		SPMetadata: h.SimURL + "/authui/saml/metadata.xml", LoginURL: loginURL,
		ServiceHosts: []string{"huaweicloud.com", "127.0.0.1"},
		AttachmentsConfig: onboard.AttachmentsConfig{
			OBSEndpoint: h.SimURL + "/_obs", OBSBucket: bucket, OBSAccessKey: bucketAccessKey, OBSSecretKey: handler.NewSecret(bucketSecretKey),
		},
	}, rt))
	add(payorder.New(payorder.Config{
		Config: shared, QuoteKey: handler.NewSecret(quoteKey), EventsConfig: events,
		RebateRates: map[string]decimal.Decimal{"*": decimal.RequireFromString("0.05")}, PayWait: 15 * time.Second,
	}, rt))
	add(couponissue.New(couponissue.Config{Config: shared, EventsConfig: events, TopUpRules: topUpRules, ReclaimUnused: reclaimUnused, PartnerBalanceLow: "1000"}, rt))
	add(billexport.New(billexport.Config{
		Config: shared, EventsConfig: events, ExportURL: "file:" + o.ExportDir, Workers: 1,
		SubscribedConfig: billexport.SubscribedConfig{
			SubscribedURL: "obs://" + bucket, SubscribedEndpoint: h.SimURL + "/_obs",
			SubscribedAccessKey: bucketAccessKey, SubscribedSecretKey: handler.NewSecret(bucketSecretKey),
		},
	}, rt))
	return errors.Join(errs...)
}

// routes serves what the template says and nothing else, and fails where a function
// does not have it.
func (h *Harness) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, d := range h.Deployments {
		edge, ok := h.edges[d.Function]
		if !ok {
			return nil, fmt.Errorf("the template has a function %s, which does not exist", d.Function)
		}
		if err := compare(d, edge.Function()); err != nil {
			return nil, err
		}
		for _, route := range d.Routes {
			mux.Handle(route, edge)
		}
		for _, timer := range d.Schedules {
			mux.Handle("POST /"+d.Function+"/schedules/"+timer.Name, edge)
		}
		// What is no route is the edge's to refuse.
		mux.Handle("/"+d.Function+"/", edge)
	}
	// What belongs to no function is refused in the same form.
	mux.Handle("/", h.edges[h.Deployments[0].Function])
	return mux, nil
}

// compare tells where the template and a function's description differ.
func compare(d Deployment, f handler.Function) error {
	var routes, schedules, timers []string
	for _, r := range f.Routes {
		routes = append(routes, r.Method+" "+r.Pattern)
	}
	for _, s := range f.Schedules {
		schedules = append(schedules, s.Name)
	}
	for _, t := range d.Schedules {
		timers = append(timers, t.Name)
	}
	for _, queue := range d.Queues {
		if !slices.ContainsFunc(f.Queues, func(q handler.Queue) bool { return q.Name == queue }) {
			return fmt.Errorf("%s has no queue %s, which the template has", f.Name, queue)
		}
	}
	slices.Sort(routes)
	slices.Sort(schedules)
	if !slices.Equal(routes, d.Routes) {
		return fmt.Errorf("%s has the routes %s, the template %s", f.Name, strings.Join(routes, ", "), strings.Join(d.Routes, ", "))
	}
	if !slices.Equal(schedules, timers) {
		return fmt.Errorf("%s has the schedules %s, the template %s", f.Name, strings.Join(schedules, ", "), strings.Join(timers, ", "))
	}
	return nil
}

// RunSchedule does what a timer of the template does when its time has come.
func (h *Harness) RunSchedule(ctx context.Context, function, name string, payload []byte) error {
	edge, ok := h.edges[function]
	if !ok {
		return fmt.Errorf("there is no function %s", function)
	}
	return edge.Schedule(ctx, name, payload)
}
