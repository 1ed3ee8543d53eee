package onboard

import (
	_ "embed"
	"html"
	"net/http"
	"strings"

	"github.com/bssfn/bssfn/pkg/handler"
)

// quietPolicy allows a page nothing at all: it has text and no style.
const quietPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ssoPage has its texts between double braces. It is filled in here, since
// html/template makes the linker keep every exported method of a program's types: 5 MB
// more for a function of 12 MB.
//
//go:embed sso_page.html
var ssoPage string

// texts are one text in the languages that pages are written in.
type texts struct{ zh, en string }

func (t texts) in(header http.Header) (language, text string) {
	if prefersChinese(header.Get("Accept-Language")) {
		return "zh-CN", t.zh
	}
	return "en", t.en
}

// prefersChinese reports whether Chinese is the first of the two that a browser names;
// browsers name what is preferred first.
func prefersChinese(accepted string) bool {
	for _, language := range strings.Split(strings.ToLower(accepted), ",") {
		switch language = strings.TrimSpace(language); {
		case strings.HasPrefix(language, "zh"):
			return true
		case strings.HasPrefix(language, "en"):
			return false
		}
	}
	return false
}

var (
	refusedTitle = texts{"登录未完成", "The sign-on was not completed"}
	hintTitle    = texts{"请先登录销售平台", "Sign in at the sales platform first"}
	hintText     = texts{
		"请在销售平台登录后，从销售平台的“华为云”入口进入。",
		"Sign in at the sales platform and open Huawei Cloud from there.",
	}
	outTitle = texts{"已退出", "Signed out"}
	outText  = texts{"您已退出华为云，可以关闭本页面。", "You have signed out of Huawei Cloud and may close this page."}
	// elseText is for what the person before the browser can only report.
	elseText = texts{
		"请返回销售平台重试；如果再次失败，请把下面的代码告诉销售平台。",
		"Go back to the sales platform and try again. If it fails again, tell the sales platform the code below.",
	}
	// refusedTexts are for those problems about which the person can do more.
	refusedTexts = map[string]texts{
		"sso_off":               {"销售平台未启用单点登录。", "The sales platform has no single sign-on here."},
		"sign_on_unknown":       {"本次登录已过期。请从销售平台重新进入华为云。", "This sign-on has ended. Open Huawei Cloud from the sales platform again."},
		"sign_on_used":          {"本次登录已经完成过。请从销售平台重新进入华为云。", "This sign-on was used before. Open Huawei Cloud from the sales platform again."},
		"ticket_used":           {"本次登录已经完成过。请从销售平台重新进入华为云。", "This sign-on was used before. Open Huawei Cloud from the sales platform again."},
		"ticket_expired":        {"登录超时。请从销售平台重新进入华为云。", "Signing in took too long. Open Huawei Cloud from the sales platform again."},
		"saml_request_expired":  {"登录请求已过期。请从销售平台重新进入华为云。", "The request to sign on has expired. Open Huawei Cloud from the sales platform again."},
		"saml_request_replayed": {"本次登录已经完成过。请从销售平台重新进入华为云。", "This sign-on was used before. Open Huawei Cloud from the sales platform again."},
		"oidc_refused":          {"登录被取消或拒绝。请从销售平台重新进入华为云。", "The sign-in was cancelled or refused. Open Huawei Cloud from the sales platform again."},
		"oidc_other_browser":    {"请在同一个浏览器中完成登录，并允许 Cookie。", "Complete the sign-in in the browser that began it, and allow cookies."},
		"metadata_unavailable":  {"暂时无法连接华为云，请稍后重试。", "Huawei Cloud cannot be reached now. Try again later."},
		"oidc_unavailable":      {"暂时无法连接登录服务，请稍后重试。", "The sign-in service cannot be reached now. Try again later."},
		"session_unknown":       {"没有可退出的登录。您可以关闭本页面。", "There is no sign-on to end. You may close this page."},
	}
)

// explainToBrowser answers a browser that goes somewhere with a page, and anything else
// with the problem itself. Both have the problem's code.
func explainToBrowser(r *http.Request, p *handler.Problem) *handler.Response {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return nil
	}
	said, ok := refusedTexts[p.Code]
	if !ok {
		said = elseText
	}
	return textPage(r.Header, refusedTitle, said, p)
}

func signInHint(header http.Header) *handler.Response {
	return textPage(header, hintTitle, hintText, &handler.Problem{})
}

func signedOutPage(header http.Header) *handler.Response {
	return textPage(header, outTitle, outText, &handler.Problem{})
}

// textPage is a page about a problem, or about none.
func textPage(header http.Header, title, text texts, about *handler.Problem) *handler.Response {
	language, heading := title.in(header)
	_, said := text.in(header)
	page := strings.NewReplacer(
		"{{language}}", language,
		"{{title}}", html.EscapeString(heading),
		"{{text}}", html.EscapeString(said),
		"{{about}}", codesOf(about),
	).Replace(ssoPage)
	out := ssoHTML([]byte(page), quietPolicy)
	out.Header.Set("Vary", "Accept, Accept-Language")
	return out
}

// codesOf is for whoever is asked for help.
func codesOf(p *handler.Problem) string {
	if p.Code == "" {
		return ""
	}
	return "<p><code>" + html.EscapeString(p.Code) + "</code> <code>" + html.EscapeString(p.RequestID) + "</code></p>"
}

// ssoHTML answers with a page that tells nobody where it was.
func ssoHTML(page []byte, policy string) *handler.Response {
	out := handler.Page(page)
	out.Header.Set("Content-Security-Policy", policy)
	out.Header.Set("Referrer-Policy", "no-referrer")
	return out
}

// redirect sends a browser on, and tells nobody where it was: the address that it comes
// from may hold a request that is signed.
func redirect(address string) *handler.Response {
	out := handler.Redirect(address)
	out.Header.Set("Referrer-Policy", "no-referrer")
	return out
}
