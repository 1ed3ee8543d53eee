package onboard

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// SSOConfig is what single sign-on needs. Without SAML_KEY there is none.
type SSOConfig struct {
	PublicURL        string           `envconfig:"PUBLIC_URL" desc:"address of this function as browsers see it, as https://host; single sign-on needs it"`
	SAMLKey          handler.Secret   `envconfig:"SAML_KEY" desc:"RSA key that signs assertions, PEM or a file with it; single sign-on is off without"`
	SAMLCertificates string           `envconfig:"SAML_CERTIFICATES" desc:"certificate of SAML_KEY and, for a rotation, the next one, PEM or a file with it"`
	SSOLoginPage     string           `envconfig:"SSO_LOGIN_PAGE" desc:"page of the sales platform that signs customers in and posts the ticket"`
	SSOLogoutPage    string           `envconfig:"SSO_LOGOUT_PAGE" desc:"page of the sales platform to go to after a logout"`
	TicketKeys       []handler.Secret `envconfig:"TICKET_KEYS" desc:"keys of the sales platform's tickets, one or two with a comma between: ed25519: or hs256: and Base64 of 32 bytes"`
	TicketIssuer     string           `envconfig:"TICKET_ISSUER" desc:"iss of the sales platform's tickets"`
	OIDCIssuer       string           `envconfig:"OIDC_ISSUER" desc:"OpenID provider that signs customers in, in the place of SSO_LOGIN_PAGE"`
	OIDCClientID     string           `envconfig:"OIDC_CLIENT_ID" desc:"client id at the OpenID provider"`
	OIDCClientSecret handler.Secret   `envconfig:"OIDC_CLIENT_SECRET" desc:"client secret at the OpenID provider"`
	OIDCAccountClaim string           `envconfig:"OIDC_ACCOUNT_CLAIM" default:"sub" desc:"claim of the id token that has the account id"`
	PartnerID        string           `envconfig:"PARTNER_ID" desc:"partner id that customers are associated with at their first sign-on, unless their ticket names another"`
}

// A certificate that ends sooner than this is warned of at every start.
const certificateWarning = 30 * 24 * time.Hour

// openSSO makes single sign-on of its configuration; without a key it is off.
func (c SSOConfig) openSSO(rt functions.Runtime, m *metadata, events *functions.Events, tells bool, serviceHosts []string) (*sso, error) {
	if c.SAMLKey.IsZero() {
		return &sso{}, c.checkOff()
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	entropy := rt.Entropy
	if entropy == nil {
		entropy = rand.Reader
	}
	s := &sso{
		metadata:   m,
		pending:    newPending(rt, entropy),
		sessions:   ledger.NewDocuments[session](rt.Store, "sso-session", rt.Clock.Now),
		used:       ledger.NewOnce(rt.Store, rt.Clock.Now),
		events:     events,
		tells:      tells,
		log:        rt.Logger,
		now:        rt.Clock.Now,
		entropy:    entropy,
		signOnURL:  c.PublicURL + signOnPath,
		logoutURL:  c.PublicURL + logoutPath,
		loginPage:  c.SSOLoginPage,
		logoutPage: c.SSOLogoutPage,
		partnerID:  c.PartnerID,
		follows:    serviceOrigins(serviceHosts),
	}
	var err error
	if s.provider, err = c.provider(rt, s); err != nil {
		return nil, err
	}
	if s.tickets, err = c.tickets(rt); err != nil {
		return nil, err
	}
	if c.OIDCIssuer != "" {
		s.oidc, err = c.openOIDC(rt)
	}
	return s, err
}

// checkOff finds what is set and does nothing, because somebody meant it to.
func (c SSOConfig) checkOff() error {
	for name, value := range map[string]string{
		"SAML_CERTIFICATES": c.SAMLCertificates, "SSO_LOGIN_PAGE": c.SSOLoginPage, "OIDC_ISSUER": c.OIDCIssuer,
	} {
		if value != "" {
			return fmt.Errorf("%s is set and SAML_KEY is not: single sign-on would be off", name)
		}
	}
	return nil
}

func (c SSOConfig) check() error {
	if err := browserAddress("PUBLIC_URL", c.PublicURL); err != nil {
		return err
	}
	if u, _ := url.Parse(c.PublicURL); u.RawQuery != "" || strings.HasSuffix(c.PublicURL, "/") {
		return fmt.Errorf("PUBLIC_URL %q has a query or ends with a slash; it is the address before /onboard", c.PublicURL)
	}
	for name, page := range map[string]string{"SSO_LOGIN_PAGE": c.SSOLoginPage, "SSO_LOGOUT_PAGE": c.SSOLogoutPage} {
		if page == "" {
			continue
		}
		if err := browserAddress(name, page); err != nil {
			return err
		}
	}
	switch {
	case c.SSOLoginPage != "" && c.OIDCIssuer != "":
		return errors.New("SSO_LOGIN_PAGE and OIDC_ISSUER are both set: only one of them can sign customers in")
	case c.SSOLoginPage != "" && len(c.TicketKeys) == 0:
		return errors.New("SSO_LOGIN_PAGE is set and TICKET_KEYS is not: no ticket of that page could be accepted")
	}
	if err := (idp.Subject{UserID: "x", AccountID: "x", PartnerID: c.PartnerID}).Check(); err != nil {
		return fmt.Errorf("PARTNER_ID: %w", err)
	}
	return nil
}

// browserAddress accepts where a browser may be sent: https, and http on the loopback
// interface.
func browserAddress(name, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return fmt.Errorf("%s is no address of the form https://host", name)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s %q is not https: plain http is for loopback addresses only", name, address)
}

func (c SSOConfig) provider(rt functions.Runtime, s *sso) (*idp.Provider, error) {
	key, err := readKey(c.SAMLKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("SAML_KEY: %w", err)
	}
	certificates, err := readCertificates(c.SAMLCertificates)
	if err != nil {
		return nil, fmt.Errorf("SAML_CERTIFICATES: %w", err)
	}
	for i, certificate := range certificates {
		if left := certificate.NotAfter.Sub(rt.Clock.Now()); left < certificateWarning {
			rt.Logger.Warn("a SAML certificate ends soon: put the next one beside it and upload the metadata anew",
				slog.Int("certificate", i+1), slog.Time("not_after", certificate.NotAfter.UTC()), slog.Bool("ended", left <= 0))
		}
	}
	provider, err := idp.New(idp.Options{
		EntityID: c.PublicURL + metadataPath, SSOURL: s.signOnURL, LogoutURL: s.logoutURL,
		Key: key, Certificates: certificates, Now: rt.Clock.Now, Entropy: s.entropy,
	})
	if err != nil {
		return nil, fmt.Errorf("SAML_KEY and SAML_CERTIFICATES: %w", err)
	}
	return provider, nil
}

// pemText returns a variable's PEM, or that of the file that it names.
func pemText(value string) ([]byte, error) {
	if strings.Contains(value, "-----BEGIN") {
		return []byte(value), nil
	}
	data, err := os.ReadFile(value)
	if err != nil {
		// The value may be half of a key.
		return nil, errors.New("it is neither PEM nor a file that can be read")
	}
	return data, nil
}

func readKey(value string) (crypto.Signer, error) {
	data, err := pemText(value)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("it has no PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, errors.New("it cannot be read as PKCS #8 or PKCS #1, without a password")
	}
	own, ok := key.(*rsa.PrivateKey)
	if !ok || own.N.BitLen() < 2048 {
		return nil, errors.New("it is no RSA key of at least 2048 bits")
	}
	return own, nil
}

func readCertificates(value string) ([]*x509.Certificate, error) {
	rest, err := pemText(value)
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("it has a %s beside certificates", block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read: %w", len(all)+1, err)
		}
		all = append(all, certificate)
	}
	if len(all) < 1 || len(all) > 2 {
		return nil, fmt.Errorf("it has %d certificates: want one, or two during a rotation", len(all))
	}
	return all, nil
}

// tickets makes what reads the platform's tickets; nil where there are no keys.
func (c SSOConfig) tickets(rt functions.Runtime) (*tickets, error) {
	switch {
	case len(c.TicketKeys) == 0:
		return nil, nil
	case len(c.TicketKeys) > 2:
		return nil, fmt.Errorf("TICKET_KEYS has %d keys: want one, or two during a rotation", len(c.TicketKeys))
	case c.TicketIssuer == "":
		return nil, errors.New("TICKET_KEYS is set and TICKET_ISSUER is not")
	}
	t := &tickets{issuer: c.TicketIssuer, used: ledger.NewOnce(rt.Store, rt.Clock.Now), now: rt.Clock.Now}
	for i, text := range c.TicketKeys {
		key, err := parseTicketKey(text.Reveal())
		if err != nil {
			return nil, fmt.Errorf("TICKET_KEYS, number %d: %w", i+1, err)
		}
		t.keys = append(t.keys, key)
	}
	return t, nil
}

// serviceOrigins are the origins that Huawei Cloud may send a browser on to, in the
// words of a Content-Security-Policy: browsers hold redirects after a form to its
// form-action, too.
func serviceOrigins(hosts []string) []string {
	var origins []string
	for _, host := range hosts {
		switch ip := net.ParseIP(host); {
		case ip != nil && ip.IsLoopback():
			origins = append(origins, "http://"+host+":*", "https://"+host+":*")
		case plainName.MatchString(host):
			origins = append(origins, "https://"+host, "https://*."+host)
		}
	}
	return origins
}

// accountClaim is the claim that has the account id.
func (c SSOConfig) accountClaim() string { return cmp.Or(c.OIDCAccountClaim, "sub") }
