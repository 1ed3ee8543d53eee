package huawei

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	_ "embed"
	"encoding/base64"
	"errors"
)

// The keys that stand for Huawei Cloud's, the present one and the one after a
// change. They are public: they prove nothing to anybody, and no real system may
// trust them.
var (
	//go:embed not-a-secret.pem
	presentPEM []byte
	//go:embed not-a-secret-next.pem
	nextPEM []byte
)

// identity is a key that signs notifications, requests and metadata, and its
// certificate.
type identity struct {
	key         *rsa.PrivateKey
	certificate string // base64 of the DER form
}

func loadIdentities() ([]*identity, error) {
	present, err := loadIdentity(presentPEM)
	if err != nil {
		return nil, err
	}
	next, err := loadIdentity(nextPEM)
	if err != nil {
		return nil, err
	}
	return []*identity{present, next}, nil
}

func loadIdentity(text []byte) (*identity, error) {
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an RSA key")
	}
	return &identity{key: key, certificate: base64.StdEncoding.EncodeToString(pair.Certificate[0])}, nil
}

// sign returns the base64 of an RSA PKCS#1 v1.5 signature over the SHA-256 hash
// of data.
func (i *identity) sign(data string) (string, error) {
	sum := sha256.Sum256([]byte(data))
	signature, err := rsa.SignPKCS1v15(nil, i.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
