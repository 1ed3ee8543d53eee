package onboard

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"unicode"

	"github.com/bssfn/bssfn/pkg/handler"
)

// rsaSHA256 is the only algorithm that is accepted; Huawei Cloud's documentation
// prints it in upper case.
const rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

// signable is a text that Huawei Cloud may have signed.
type signable struct{ name, text string }

// candidates is the one place that knows what Huawei Cloud signs. Its documentation
// says "the bindRequest in the request" and leaves open in which form. The first
// candidate is the likely one; which one matches is logged, so that the others can be
// taken out once a notification of Huawei Cloud's own has been seen.
//
// To accept any of the three gives a forger nothing. Each determines the content, so
// what was signed is what is read. And no text that was signed as one passes with
// another content as another: a Base64 text has neither { nor %, so it is no JSON
// object, and as the encoded form it is its own meaning, or has a space for a + and is
// refused; a JSON object begins with {, so it is no Base64 text. The messages of the
// single sign-on, which the same key signs, are neither: they begin with SAML and an =
// that Base64 does not allow there, and have an &, which ends a field.
func (n notificationForm) candidates() []signable {
	all := []signable{{"base64", n.bindRequest}}
	if n.encoded != n.bindRequest {
		all = append(all, signable{"encoded", n.encoded})
	}
	if content, err := strictBase64(n.bindRequest); err == nil {
		all = append(all, signable{"json", string(content)})
	}
	return all
}

// verify accepts a notification that one of Huawei Cloud's keys signed, and names the
// candidate that it signed. The keys are read anew once where none fits, because they
// may just have been rotated.
//
// The same key signs for the platforms of all partners, and a notification does not
// say for which: a signature alone proves no binding.
func (f *function) verify(ctx context.Context, form notificationForm) (string, error) {
	if !isASCII(form.sigAlg) || !strings.EqualFold(form.sigAlg, rsaSHA256) {
		return "", notSigned("The signature algorithm is not RSA with SHA-256.")
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(form.signature)
	if err != nil {
		return "", notSigned("The signature is not Base64.")
	}
	candidates := form.candidates()
	for _, fresh := range []bool{false, true} {
		keys, err := f.keys.Keys(ctx, fresh)
		if err != nil {
			return "", &handler.Problem{Status: http.StatusServiceUnavailable, Code: "keys_unavailable", Cause: err,
				Detail: "The keys of Huawei Cloud cannot be read now.", Next: "Send the notification again later."}
		}
		for _, c := range candidates {
			if signedBy(keys, c.text, signature) {
				return c.name, nil
			}
		}
	}
	return "", notSigned("The signature does not belong to this notification.")
}

// isASCII keeps out letters that Unicode takes for a or s of another case.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

func signedBy(keys []*rsa.PublicKey, text string, signature []byte) bool {
	digest := sha256.Sum256([]byte(text))
	for _, key := range keys {
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil {
			return true
		}
	}
	return false
}

func notSigned(detail string) error {
	return &handler.Problem{Status: http.StatusUnauthorized, Code: "notification_not_signed", Detail: detail,
		Next: "Only Huawei Cloud sends notifications; nothing was recorded."}
}
