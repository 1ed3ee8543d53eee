package onboard

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/bssfn/bssfn/pkg/handler"
)

// rsaSHA256 is the only algorithm that is accepted; Huawei Cloud's documentation
// prints it in upper case.
const rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

// verify accepts a notification that one of Huawei Cloud's keys signed. The keys
// are read anew once where none fits, because they may just have been rotated.
func (f *function) verify(ctx context.Context, form notificationForm) error {
	if !strings.EqualFold(form.sigAlg, rsaSHA256) {
		return notSigned("The signature algorithm is not RSA with SHA-256.")
	}
	signature, err := base64.StdEncoding.DecodeString(form.signature)
	if err != nil {
		return notSigned("The signature is not Base64.")
	}
	for _, fresh := range []bool{false, true} {
		keys, err := f.keys.Keys(ctx, fresh)
		if err != nil {
			return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "keys_unavailable", Cause: err,
				Detail: "The keys of Huawei Cloud cannot be read now.", Next: "Send the notification again later."}
		}
		if signedBy(keys, form.bindRequest, signature) {
			return nil
		}
	}
	return notSigned("The signature does not belong to this notification.")
}

// signedBy is the one place that knows what Huawei Cloud signs. Its documentation
// says "the bindRequest in the request" and leaves open in which form: this takes
// the Base64 text as it stands in the decoded form.
func signedBy(keys []*rsa.PublicKey, bindRequest string, signature []byte) bool {
	digest := sha256.Sum256([]byte(bindRequest))
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
