package onboard

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const (
	maxMetadata = 2 << 20
	// It is kept a day, and read anew at most once a minute, however many signatures
	// fail and whether the reading does.
	keepMetadata    = 24 * time.Hour
	refreshMetadata = time.Minute
)

// metadata reads what Huawei Cloud's SAML service provider metadata says: its keys and
// where it takes assertions.
//
// See https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
type metadata struct {
	source string // an address or a file
	http   *http.Client
	now    func() time.Time

	mu      sync.Mutex
	sp      *idp.ServiceProvider
	readAt  time.Time
	triedAt time.Time
	failure error // of the last reading
}

// newMetadata accepts a file, an https address, and an http one on the loopback
// interface.
func newMetadata(source string, rt functions.Runtime) (*metadata, error) {
	u, err := url.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("SP_METADATA: %w", err)
	}
	if u.Scheme == "http" {
		if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("SP_METADATA %q is not https: whoever answers there decides who may bind customers", source)
		}
	}
	return &metadata{source: source, now: rt.Clock.Now, http: &http.Client{
		Transport: rt.Transport,
		Timeout:   10 * time.Second,
		// A redirect could lead to another host, or away from https.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Keys returns the public keys of the metadata's signing certificates.
func (m *metadata) Keys(ctx context.Context, fresh bool) ([]*rsa.PublicKey, error) {
	sp, err := m.ServiceProvider(ctx, fresh)
	if err != nil {
		return nil, err
	}
	return sp.Keys, nil
}

// ServiceProvider returns what the metadata says. With fresh set it is read anew, if
// that was not done a moment ago.
func (m *metadata) ServiceProvider(ctx context.Context, fresh bool) (*idp.ServiceProvider, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if m.sp != nil && !fresh && now.Sub(m.readAt) < keepMetadata {
		return m.sp, nil
	}
	// As long as there is none at all, each request is worth a try.
	if m.sp != nil && now.Sub(m.triedAt) < refreshMetadata {
		return m.sp, m.failure
	}
	// It is for everybody: a caller that goes does not end the reading.
	sp, err := m.load(context.WithoutCancel(ctx))
	m.triedAt, m.failure = now, err
	if err != nil {
		return nil, err
	}
	m.sp, m.readAt = sp, now
	return sp, nil
}

func (m *metadata) load(ctx context.Context) (*idp.ServiceProvider, error) {
	data, err := m.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the service provider metadata from %s: %w", m.source, err)
	}
	sp, err := idp.ParseServiceProvider(data)
	if err != nil {
		return nil, fmt.Errorf("the service provider metadata from %s: %w", m.source, err)
	}
	return sp, nil
}

func (m *metadata) read(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(m.source, "https://") && !strings.HasPrefix(m.source, "http://") {
		return os.ReadFile(m.source)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.source, nil)
	if err != nil {
		return nil, err
	}
	res, err := m.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata+1))
	if len(data) > maxMetadata {
		return nil, errors.New("it is larger than 2 MiB")
	}
	return data, err
}
