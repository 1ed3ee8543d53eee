package harness

import (
	"crypto/ed25519"
	_ "embed"
	"encoding/base64"

	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The key of assertions is the same on every machine, and no secret, like the other
// secrets of the harness.
var (
	//go:embed saml/key.pem
	samlKey string
	//go:embed saml/certificate.pem
	samlCertificate string
)

// SSOConfig lets customers of the platform's web site, at platformURL, into Huawei
// Cloud through the function at functionsURL.
func SSOConfig(functionsURL, platformURL string) onboard.SSOConfig {
	public := ticketKey().Public().(ed25519.PublicKey)
	return onboard.SSOConfig{
		PublicURL: functionsURL, SAMLKey: handler.NewSecret(samlKey), SAMLCertificates: samlCertificate,
		SSOLoginPage: platformURL + signOnPath, SSOLogoutPage: platformURL + "/signed-out",
		TicketKeys:   []handler.Secret{handler.NewSecret("ed25519:" + base64.StdEncoding.EncodeToString(public))},
		TicketIssuer: ticketIssuer,
	}
}

// Ticket is a ticket of a customer for a route of the function, as the web site makes
// it; a logout has no request.
func (p *Platform) Ticket(accountID, path, request string) (string, error) {
	return (&web{platform: p}).mint(accountOf(accountID), path, request)
}
