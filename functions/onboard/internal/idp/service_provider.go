package idp

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	bindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// ServiceProvider is what is known of a service provider by its metadata.
type ServiceProvider struct {
	EntityID string
	// Keys are those it signs with, RSA of at least 2,048 bits; several while it
	// rotates them.
	Keys []*rsa.PublicKey
	// Consumers are where it takes assertions by HTTP-POST. There may be none, in
	// metadata that is read for its keys alone.
	Consumers []Consumer
	// LogoutURL is where it takes logout requests by HTTP-Redirect, and
	// LogoutResponseURL answers to its own. Both are empty where it has none.
	LogoutURL         string
	LogoutResponseURL string
}

// Consumer is an AssertionConsumerService by HTTP-POST.
type Consumer struct {
	Index    int
	Default  bool
	Location string // https, or http on a loopback address
}

func (c Consumer) named(index string) bool {
	n, err := strconv.ParseUint(index, 10, 16)
	return err == nil && int(n) == c.Index
}

// defaultConsumer is the one that says so, or else the first one.
func (sp *ServiceProvider) defaultConsumer() (string, error) {
	if len(sp.Consumers) == 0 {
		return "", refuse(WrongConsumer, "The service provider's metadata names no consumer by HTTP-POST.")
	}
	i := max(0, slices.IndexFunc(sp.Consumers, func(c Consumer) bool { return c.Default }))
	return sp.Consumers[i].Location, nil
}

// ParseServiceProvider reads the metadata of a service provider.
//
// A signature in it is not looked at: whoever could forge the document could put a
// key of his own beside it, so that what vouches for it is the way it came, TLS or
// a file of the operator's. Nor are the dates of its certificates: they carry keys,
// and that the metadata still names one is what says that it is in use. Huawei
// Cloud's own was issued for ten years, and a date must not end all sign-ons.
//
// Metadata is https://auth.huaweicloud.com/authui/saml/metadata.xml, described at
// https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
func ParseServiceProvider(data []byte) (*ServiceProvider, error) {
	// Editors put a byte order mark before files that are saved as UTF-8.
	root, err := readDocument(bytes.TrimPrefix(data, []byte("\uFEFF")), metadataLimits)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if !root.is(nsMetadata, "EntityDescriptor") {
		return nil, errors.New("it cannot be read: it is no description of one SAML 2.0 entity")
	}
	sp := &ServiceProvider{EntityID: root.attributes["entityID"]}
	if sp.EntityID == "" || len(sp.EntityID) > maxURI || !isText(sp.EntityID) {
		return nil, errors.New("it has no entity id")
	}
	for _, role := range root.all(nsMetadata, "SPSSODescriptor") {
		if err := sp.add(role); err != nil {
			return nil, err
		}
	}
	if len(sp.Keys) == 0 {
		return nil, errors.New("it has no certificate for signing")
	}
	return sp, nil
}

func (sp *ServiceProvider) add(role *element) error {
	if !slices.Contains(strings.Fields(role.attributes["protocolSupportEnumeration"]), nsProtocol) {
		return nil // of another version of SAML
	}
	for _, descriptor := range role.all(nsMetadata, "KeyDescriptor") {
		keys, err := descriptorKeys(descriptor)
		if err != nil {
			return err
		}
		sp.Keys = append(sp.Keys, keys...)
	}
	for _, service := range role.all(nsMetadata, "AssertionConsumerService") {
		if err := sp.addConsumer(service); err != nil {
			return err
		}
	}
	for _, service := range role.all(nsMetadata, "SingleLogoutService") {
		if err := sp.addLogout(service); err != nil {
			return err
		}
	}
	return nil
}

// descriptorKeys are the keys for signing. A descriptor without a use is for every
// use.
func descriptorKeys(descriptor *element) ([]*rsa.PublicKey, error) {
	if use := descriptor.attributes["use"]; use != "" && use != "signing" {
		return nil, nil
	}
	var keys []*rsa.PublicKey
	for _, info := range descriptor.all(nsSignature, "KeyInfo") {
		for _, data := range info.all(nsSignature, "X509Data") {
			for _, certificate := range data.all(nsSignature, "X509Certificate") {
				key, err := certificateKey(certificate.text.String())
				if err != nil {
					return nil, err
				}
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

func certificateKey(text string) (*rsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("a certificate is not Base64: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("a certificate cannot be read: %w", err)
	}
	return signingKey(certificate)
}

func (sp *ServiceProvider) addConsumer(service *element) error {
	if service.attributes["Binding"] != bindingPost {
		return nil
	}
	index, err := strconv.ParseUint(service.attributes["index"], 10, 16)
	if err != nil {
		return errors.New("an AssertionConsumerService has no index from 0 to 65535")
	}
	c := Consumer{Index: int(index), Location: service.attributes["Location"]}
	c.Default = isTrue(service.attributes["isDefault"])
	if !isEndpoint(c.Location) {
		return errors.New("an AssertionConsumerService is neither https nor http on a loopback address")
	}
	for _, other := range sp.Consumers {
		if other.Index == c.Index {
			return errors.New("two AssertionConsumerServices have one index")
		}
	}
	sp.Consumers = append(sp.Consumers, c)
	return nil
}

func (sp *ServiceProvider) addLogout(service *element) error {
	if service.attributes["Binding"] != bindingRedirect || sp.LogoutURL != "" {
		return nil
	}
	location, answer := service.attributes["Location"], service.attributes["ResponseLocation"]
	if answer == "" {
		answer = location
	}
	if !isEndpoint(location) || !isEndpoint(answer) {
		return errors.New("a SingleLogoutService is neither https nor http on a loopback address")
	}
	sp.LogoutURL, sp.LogoutResponseURL = location, answer
	return nil
}

// isTrue reads a boolean of XML Schema.
func isTrue(text string) bool { return text == "true" || text == "1" }
