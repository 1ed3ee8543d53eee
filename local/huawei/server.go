// Package huawei simulates the part of Huawei Cloud that a partner's platform
// meets: the BSS partner API of one of its sites, IAM's tokens, the
// login page, which is a SAML service provider and binds accounts, and the signed
// binding notification.
//
// It is strict where Huawei Cloud is strict, keeps state, draws everything
// random from one seed, follows an injected clock, and fails on request. Its
// client calls it in the same process, its listeners serve others. Whatever the
// administration does is also a method of Server: put things into the world, look
// at what happened, hold everything against the rest with Check, keep all of it
// with Snapshot and go on from there with Restore. It holds no secret worth
// keeping: never let it listen beyond loopback.
package huawei

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// Clock is the simulated time. A clock that also has Set and Advance, as
// clock.Simulated does, can be moved through the administration.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Operator is the partner's IAM user, who asks for tokens by password.
type Operator struct {
	Name     string
	Password string
	Domain   string // the partner's account name
}

// Options say what is simulated. The zero value of every field stands for its
// default; a delay below zero stands for none.
type Options struct {
	Clock             Clock         // default: the machine's
	Site              bss.Site      // default: the Chinese mainland site
	Seed              uint64        // every identifier, code and fault follows from it
	Keys              sign.Keys     // the partner's access key; default SIMPARTNERAK and SIMPARTNERSK
	Operator          Operator      // default sim-operator, Sim-Operator-1, sim-partner
	XAccountType      string        // the sales platform's identifier; default SIM_IDP
	Bucket            string        // the bucket of the access configuration; attachments are not read if empty
	BucketKeys        sign.Keys     // of the account that has the bucket; default SIMBUCKETAK and SIMBUCKETSK
	NotificationURL   string        // where bindings are announced; none if empty
	IDPMetadataURL    string        // where the metadata of the sales platform's identity provider is read when it is needed
	IDPMetadata       []byte        // or that metadata itself; without either nobody signs in
	PlainSigAlg       bool          // SigAlg as the standard writes it, not in capitals as the documentation prints it
	NotificationSigns string        // what of a binding notification is signed: base64 (default), encoded (as it stands in the body) or json
	BindActionText    bool          // bindAction as a string, as the documentation's table has it, not as its sample
	AssociationDelay  time.Duration // from creation until the partner sees a customer; default 3 s
	ProvisioningDelay time.Duration // from payment until an order is completed; default 5 s
	ReviewDelay       time.Duration // from a real-name submission until it is decided; default 10 s
	RecordDelay       time.Duration // from an effect until record lists show it; default none
	NoDistributor     bool          // the partner is a solution provider alone and has no resellers
	QuotaOff          bool          // no limit on calls a second
	Logger            *slog.Logger  // default: none
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	o.Site = cmp.Or(o.Site, bss.SiteCN)
	if o.Keys == (sign.Keys{}) {
		o.Keys = sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"}
	}
	if o.BucketKeys == (sign.Keys{}) {
		o.BucketKeys = sign.Keys{AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK"}
	}
	if o.Operator == (Operator{}) {
		o.Operator = Operator{Name: "sim-operator", Password: "Sim-Operator-1", Domain: "sim-partner"}
	}
	if o.XAccountType == "" {
		o.XAccountType = "SIM_IDP"
	}
	o.AssociationDelay = delay(o.AssociationDelay, 3*time.Second)
	o.ProvisioningDelay = delay(o.ProvisioningDelay, 5*time.Second)
	o.ReviewDelay = delay(o.ReviewDelay, 10*time.Second)
	o.RecordDelay = delay(o.RecordDelay, 0)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o Options) check() error {
	if o.Keys.AccessKey == "" || o.Keys.SecretKey == "" {
		return errors.New("huawei: Options.Keys needs both an access key and a secret key")
	}
	if !slices.Contains([]string{"", signsBase64, signsEncoded, signsJSON}, o.NotificationSigns) {
		return fmt.Errorf("huawei: Options.NotificationSigns %q is none of base64, encoded and json", o.NotificationSigns)
	}
	return Access{IDPMetadata: string(o.IDPMetadata), IDPMetadataURL: o.IDPMetadataURL, NotificationURL: o.NotificationURL}.check()
}

func delay(d, standard time.Duration) time.Duration {
	if d == 0 {
		return standard
	}
	return max(d, 0)
}

// Server is one simulated Huawei Cloud. It is safe for concurrent use.
type Server struct {
	options    Options
	endpoints  []*endpoint
	operations map[string]operation // by operationId
	identities []*identity          // of the present key and the next
	idp        *idpSource
	client     *bss.Client
	notifier   *http.Client

	mu           sync.Mutex
	seed         uint64
	state        state
	contents     map[string][]byte // of the bucket's objects, by their SHA-256
	uploads      map[string]*bucketUpload
	begunUploads int
	summaries    map[*customerBills]*billSummary
	random       *rand.Rand // identifiers
	requestIDs   *rand.Rand
	tokenTexts   *rand.Rand
	faultChances *rand.Rand
	handles      *rand.Rand
	sources      [streamCount]*rand.PCG // of these
}

// NewServer returns a simulated Huawei Cloud without customers.
func NewServer(o Options) (*Server, error) {
	o = o.withDefaults()
	endpoints, err := endpointsOf(o.Site)
	if err != nil {
		return nil, fmt.Errorf("huawei: reading the contract: %w", err)
	}
	identities, err := loadIdentities()
	if err != nil {
		return nil, fmt.Errorf("huawei: reading the keys of the simulated Huawei Cloud: %w", err)
	}
	s := &Server{
		options:    o,
		endpoints:  endpoints,
		identities: identities,
		idp:        &idpSource{client: newNotifier()},
		notifier:   newNotifier(),
	}
	if s.operations, err = s.operationsOf(mergedOperations()); err != nil {
		return nil, fmt.Errorf("huawei: reading the contract: %w", err)
	}
	if err := errors.Join(s.options.check(), s.checkOperations()); err != nil {
		return nil, err
	}
	if s.client, err = s.newClient(); err != nil {
		return nil, fmt.Errorf("huawei: Options make no client: %w", err)
	}
	s.Reseed(o.Seed)
	return s, nil
}

func mergedOperations() map[string]operation {
	merged := map[string]operation{}
	for _, area := range []map[string]operation{
		customerOperations(),
		orderOperations(),
		couponOperations(),
		fundOperations(),
		billOperations(),
		customerBillOperations(),
		costOperations(),
		bandwidthOperations(),
		enterpriseOperations(),
		catalogueOperations(),
		pricingOperations(),
		changeOperations(),
		packageOperations(),
		realNameOperations(),
		regionOperations(),
		resellerOperations(),
		subscriptionOperations(),
		freezeOperations(),
		budgetOperations(),
		postpaidOperations(),
		invoiceOperations(),
	} {
		maps.Copy(merged, area)
	}
	return merged
}

// checkOperations finds handlers that no request would ever reach.
func (s *Server) checkOperations() error {
	var errs []error
	for id := range s.operations {
		if !s.knows(id) {
			errs = append(errs, fmt.Errorf("huawei: the contract has no operation %q", id))
		}
	}
	return errors.Join(errs...)
}

// Reset forgets everything that happened: the server is as it was when it was
// new, with the same seed. The clock is left where it is.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin()
}

// Reseed does what Reset does, with another seed from now on.
func (s *Server) Reseed(seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seed = seed
	s.begin()
}

func (s *Server) begin() {
	var sources [streamCount]*rand.PCG
	for i := range sources {
		sources[i] = rand.NewPCG(s.seed, uint64(i)+1)
	}
	s.draw(sources)
	s.state = newState()
	s.contents, s.uploads, s.begunUploads = map[string][]byte{}, map[string]*bucketUpload{}, 0
	s.summaries = map[*customerBills]*billSummary{}
	s.state.partnerID = s.newCustomerID()
}

// API returns the listener that stands for Huawei Cloud: the BSS API, IAM, the
// login with its SAML service provider, and a page of the console.
func (s *Server) API() http.Handler {
	mux := http.NewServeMux()
	for _, e := range s.endpoints {
		mux.HandleFunc(e.method+" "+e.path, s.gateway(e))
	}
	mux.HandleFunc("POST /v3/auth/tokens", s.issueToken)
	mux.HandleFunc("POST /v3.0/OS-CREDENTIAL/securitytokens", s.issueTemporaryKey)
	mux.HandleFunc("GET /v3/auth/domains", s.listDomains)
	for pattern, handle := range s.samlRoutes() {
		mux.HandleFunc(pattern, handle)
	}
	mux.HandleFunc(bucketPath, s.serveBucket)
	mux.HandleFunc("/", s.unknownAPI)
	return loopbackOnly(mux)
}

// Admin returns the listener of the administration, under /_sim/.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	routes := s.adminRoutes()
	maps.Copy(routes, s.snapshotRoutes())
	maps.Copy(routes, s.worldRoutes())
	maps.Copy(routes, s.bandwidthRoutes())
	maps.Copy(routes, s.enterpriseRoutes())
	maps.Copy(routes, s.subscriptionRoutes())
	maps.Copy(routes, s.pricingRoutes())
	maps.Copy(routes, s.packageRoutes())
	maps.Copy(routes, s.realNameRoutes())
	maps.Copy(routes, s.bucketRoutes())
	maps.Copy(routes, s.subscribedRoutes())
	maps.Copy(routes, s.resellerRoutes())
	maps.Copy(routes, s.partnerRoutes())
	maps.Copy(routes, s.conditionRoutes())
	maps.Copy(routes, s.userRoutes())
	maps.Copy(routes, s.markRoutes())
	maps.Copy(routes, s.abroadRoutes())
	maps.Copy(routes, s.refusalRoutes())
	maps.Copy(routes, s.accessRoutes())
	maps.Copy(routes, s.rotationRoutes())
	for pattern, handle := range routes {
		mux.HandleFunc(pattern, handle)
	}
	mux.HandleFunc("GET /_sim/{$}", s.listRoutes(routes))
	return loopbackOnly(mux)
}

func (s *Server) now() time.Time { return s.options.Clock.Now().UTC() }
