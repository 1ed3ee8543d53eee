package idp

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/url"
	"regexp"
	"strings"
)

const submit = `document.forms[0].submit()`

// The page needs no more than its script. Without scripts its button is pressed. It is
// put together here, since html/template makes the linker keep every exported method
// of a program's types: 5 MB more for a function of 12 MB.
const (
	pageHead = `<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Huawei Cloud</title>
</head>
<body>
`
	pageFoot = `<noscript><button type="submit">继续前往华为云 / Continue to Huawei Cloud</button></noscript>
</form>
<script>` + submit + `</script>
</body>
</html>
`
)

// sourcePattern is a host or a scheme and host, as Content-Security-Policy names
// them, with any port where that is a star. Anything else could end the directive.
var sourcePattern = regexp.MustCompile(`^(?:https?://)?(?:\*\.)?[A-Za-z0-9.-]+(?::(?:[0-9]+|\*))?$`)

// Page is the page that posts the form by itself, and the value of its header
// Content-Security-Policy: nothing is loaded, one script runs, by its hash, and the
// form goes to the service provider. A browser holds the redirects after a form to
// the policy too, so alsoTo names where the service provider leads to, as
// "https://*.huaweicloud.com"; what is no such source is left out.
//
// The page holds an assertion: serve it with Cache-Control: no-store and
// Referrer-Policy: no-referrer.
func (f *Form) Page(alsoTo []string) (document []byte, policy string) {
	page := pageHead + `<form method="post" action="` + quoted(f.Action) + `" autocomplete="off">` + "\n" + hidden("SAMLResponse", f.SAMLResponse)
	if f.RelayState != "" {
		page += hidden("RelayState", f.RelayState)
	}
	return []byte(page + pageFoot), f.policy(alsoTo)
}

func hidden(name, value string) string {
	return `<input type="hidden" name="` + name + `" value="` + quoted(value) + "\">\n"
}

// quoted is a text within the double quotes of an attribute. Browsers read a NUL there
// as the character that stands for what cannot be read.
func quoted(text string) string {
	return html.EscapeString(strings.ReplaceAll(text, "\x00", "\uFFFD"))
}

func (f *Form) policy(alsoTo []string) string {
	hash := sha256.Sum256([]byte(submit))
	targets := []string{origin(f.Action)}
	for _, source := range alsoTo {
		if sourcePattern.MatchString(source) && source != targets[0] {
			targets = append(targets, source)
		}
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'",
		"form-action " + strings.Join(targets, " "),
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// origin is the scheme, host and port of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}
