package bss

import (
	"fmt"
	"net"
	"net/url"
)

// Site is one of Huawei Cloud's sites, which share nothing: customers, prices
// and hosts differ.
type Site string

const (
	// SiteCN is the Chinese mainland site.
	SiteCN Site = "cn"
	// SiteIntl is the international site.
	SiteIntl Site = "intl"
	// SiteEU is the European site.
	SiteEU Site = "eu"
)

type siteHosts struct {
	bss, iam, login string
	// domain is what the console and all other pages of the site are below.
	domain string
	// region names the project that a customer's token is scoped to.
	region string
}

func (s Site) hosts() (siteHosts, error) {
	switch s {
	case SiteCN:
		return siteHosts{"https://bss.myhuaweicloud.com", "https://iam.myhuaweicloud.com", "https://auth.huaweicloud.com", "huaweicloud.com", "cn-north-1"}, nil
	case SiteIntl:
		return siteHosts{"https://bss-intl.myhuaweicloud.com", "https://iam.ap-southeast-1.myhuaweicloud.com", "https://auth-intl.huaweicloud.com", "huaweicloud.com", "ap-southeast-1"}, nil
	case SiteEU:
		return siteHosts{"https://bss.myhuaweicloud.eu", "https://iam.eu-west-101.myhuaweicloud.eu", "https://auth.eu.huaweicloud.com", "eu.huaweicloud.com", "eu-west-101"}, nil
	default:
		return siteHosts{}, fmt.Errorf("bss: site %q is unknown: use cn, intl or eu", string(s))
	}
}

// LoginURL is the address at which a customer of the sales platform enters Huawei
// Cloud through the platform's single sign-on.
//
// See https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
func (s Site) LoginURL() (string, error) {
	h, err := s.hosts()
	if err != nil {
		return "", err
	}
	return h.login + "/authui/saml/login", nil
}

// SPMetadataURL is the address of the metadata of Huawei Cloud as a SAML service
// provider, which holds the keys that it signs with.
//
// See https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
func (s Site) SPMetadataURL() (string, error) {
	h, err := s.hosts()
	if err != nil {
		return "", err
	}
	return h.login + "/authui/saml/metadata.xml", nil
}

// Domain is the domain below which the site's console and other pages are, where a
// login may lead to: console.huaweicloud.com, console-intl.huaweicloud.com and
// console.eu.huaweicloud.com.
//
// See https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
func (s Site) Domain() (string, error) {
	h, err := s.hosts()
	if err != nil {
		return "", err
	}
	return h.domain, nil
}

// checkEndpoint accepts https, and plain http on the loopback interface, where
// the simulator is.
func checkEndpoint(name, endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.User != nil {
		// It may hold a password.
		return fmt.Errorf("bss: %s is not of the form https://host: it has a user, or cannot be read", name)
	}
	if u.Host == "" || endpoint != u.Scheme+"://"+u.Host {
		return fmt.Errorf("bss: %s %q is not of the form https://host", name, endpoint)
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("bss: %s %q is not https: plain http is for the loopback interface only", name, endpoint)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
