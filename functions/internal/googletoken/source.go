// Package googletoken gets the tokens by which Google Cloud knows who calls: from the
// metadata server of the machine, or for the key of a service account.
package googletoken

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

const (
	// metadataURL is the address of the token of the machine's service account.
	// See https://cloud.google.com/compute/docs/access/authenticate-workloads.
	metadataURL = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
	// early is how long before its end a token is replaced. The metadata server has a
	// new one five minutes before.
	early       = 3 * time.Minute
	callTimeout = 30 * time.Second
	maxAnswer   = 64 << 10
)

// Options say where tokens come from.
type Options struct {
	// KeyFile is a file with the key of a service account, as
	// GOOGLE_APPLICATION_CREDENTIALS names it; the metadata server is asked where it
	// is empty.
	KeyFile string
	// MetadataHost replaces the host of the metadata server, as GCE_METADATA_HOST does.
	MetadataHost string
	// Scope is what the token of a service account's key is for; the metadata server
	// gives what the machine has.
	Scope string
	// Transport is http.DefaultTransport where it is nil.
	Transport http.RoundTripper
	Now       func() time.Time
}

// Scopes.
const (
	// CloudPlatform is for all services; what a service account may do decides.
	CloudPlatform = "https://www.googleapis.com/auth/cloud-platform"
)

// Source gives a token for as long as it is good. It is safe for concurrent use.
type Source struct {
	client *http.Client
	now    func() time.Time
	key    *serviceKey // nil where the metadata server is asked
	meta   string
	scope  string

	mu    sync.Mutex
	token string
	ends  time.Time
}

// New makes a source. It fails where the file of a key cannot be read.
func New(o Options) (*Source, error) {
	s := &Source{
		client: &http.Client{Transport: o.Transport, Timeout: callTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		now:    o.Now, meta: metadataURL, scope: o.Scope,
	}
	if o.MetadataHost != "" {
		s.meta = "http://" + o.MetadataHost + "/computeMetadata/v1/instance/service-accounts/default/token"
	}
	if o.KeyFile == "" {
		return s, nil
	}
	content, err := os.ReadFile(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("GOOGLE_APPLICATION_CREDENTIALS: %w", err)
	}
	if s.key, err = parseKey(content); err != nil {
		return nil, fmt.Errorf("GOOGLE_APPLICATION_CREDENTIALS, %s: %w", o.KeyFile, err)
	}
	return s, nil
}

// Token returns a bearer token.
func (s *Source) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.token != "" && now.Before(s.ends.Add(-early)) {
		return s.token, nil
	}
	req, err := s.request(ctx, now)
	if err != nil {
		return "", err
	}
	token, life, err := s.ask(req)
	if err != nil {
		return "", fmt.Errorf("get a token from %s: %w", req.URL.Host, err)
	}
	s.token, s.ends = token, now.Add(life)
	return token, nil
}

func (s *Source) request(ctx context.Context, now time.Time) (*http.Request, error) {
	if s.key != nil {
		return s.key.request(ctx, s.scope, now)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.meta, nil)
	if err != nil {
		return nil, fmt.Errorf("address the metadata server: %w", err)
	}
	req.Header.Set("Metadata-Flavor", "Google")
	return req, nil
}

func (s *Source) ask(req *http.Request) (string, time.Duration, error) {
	res, err := s.client.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", 0, err
	}
	if res.StatusCode != http.StatusOK {
		var refusal struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(body, &refusal) // the status must do
		return "", 0, fmt.Errorf("HTTP %d %.40q; check the service account", res.StatusCode, refusal.Error)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
		TokenType   string `json:"token_type"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", 0, err
	}
	if answer.AccessToken == "" || answer.TokenType != "Bearer" || answer.ExpiresIn <= 0 || answer.ExpiresIn > int64((24*time.Hour).Seconds()) {
		return "", 0, errors.New("the answer is no bearer token")
	}
	return answer.AccessToken, time.Duration(answer.ExpiresIn) * time.Second, nil
}
