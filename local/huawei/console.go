package huawei

import "net/http"

// pathConsole is the address of the console's page in the documentation's
// examples, on this server.
const pathConsole = "/console/iam/"

// showConsole shows who is signed in; who is not learns how to.
func (s *Server) showConsole(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	s.mu.Lock()
	account := s.signedIn(r)
	s.mu.Unlock()
	if account == nil {
		http.Redirect(w, r, pathLogin, http.StatusSeeOther)
		return
	}
	showPage(w, http.StatusOK, "console", struct{ Account, ID, Logout string }{account.accountName, account.id, pathLogout}, "")
}

// signedIn is the customer of the browser's session; nil if there is none. The
// server's lock must be held.
func (s *Server) signedIn(r *http.Request) *customer {
	session := s.state.sso.sessions[cookie(r, sessionCookie)]
	if session == nil || !s.now().Before(session.expiresOn) {
		return nil
	}
	return s.state.customer(session.customerID)
}
