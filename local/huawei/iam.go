package huawei

import (
	"encoding/json"
	"net/http"
	"time"
)

const (
	tokenLife  = 24 * time.Hour
	tokenShape = "2006-01-02T15:04:05.000000Z"
)

// token is what IAM issued to the partner, or to the partner in the name of one
// of its customers.
type token struct {
	caller  caller
	expires time.Time
}

// tokenRequest is the body of POST /v3/auth/tokens, as far as it is simulated.
type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					Name     string   `json:"name"`
					Password string   `json:"password"`
					Domain   iamNamed `json:"domain"`
				} `json:"user"`
			} `json:"password"`
			AssumeRole assumedRole `json:"assume_role"`
		} `json:"identity"`
		Scope struct {
			Domain  *iamNamed `json:"domain"`
			Project *iamNamed `json:"project"`
		} `json:"scope"`
	} `json:"auth"`
}

// assumedRole names the customer for whom the partner wants to act.
type assumedRole struct {
	DomainName string `json:"domain_name"`
	DomainID   string `json:"domain_id"`
	AgencyName string `json:"agency_name"`
	Seconds    *int   `json:"duration_seconds"` // of temporary keys
}

type iamNamed struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// grant is what a token request earned.
type grant struct {
	method  string
	caller  caller
	account iamNamed // whose domain the token is for
	user    string
}

// issueToken answers POST /v3/auth/tokens, see
// https://support.huaweicloud.com/api-iam/iam_30_0001.html (password) and
// https://support.huaweicloud.com/api-iam/iam_30_0003.html (assume_role).
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	requestID := s.stamp(w)
	body, err := readBody(w, r)
	if err != nil {
		refusalOf(err, requestID).send(w)
		return
	}
	var in tokenRequest
	if err := json.Unmarshal(body, &in); err != nil {
		refusalOf(errIAM(http.StatusBadRequest, "The request body is invalid."), requestID).send(w)
		return
	}
	text, description, err := s.newToken(in, r)
	if err != nil {
		refusalOf(err, requestID).send(w)
		return
	}
	w.Header().Set("X-Subject-Token", text)
	jsonReply(http.StatusCreated, map[string]any{"token": description}).send(w)
}

func (s *Server) newToken(in tokenRequest, r *http.Request) (text string, description map[string]any, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	granted, err := s.grant(in, r.Header.Get("X-Auth-Token"), now)
	if err != nil {
		return "", nil, err
	}
	text = "MII" + pick(s.tokenTexts, alphanumeric, 125)
	s.state.tokens[text] = &token{caller: granted.caller, expires: now.Add(tokenLife)}
	return text, granted.describe(in, r.URL.Query().Get("nocatalog") == "", now), nil
}

func (s *Server) grant(in tokenRequest, callerToken string, now time.Time) (*grant, error) {
	methods := in.Auth.Identity.Methods
	if len(methods) != 1 {
		return nil, errIAM(http.StatusBadRequest, "auth.identity.methods must name one method.")
	}
	switch methods[0] {
	case "password":
		return s.grantByPassword(in)
	case "assume_role":
		return s.grantByAgency(in, callerToken, now)
	}
	return nil, errIAM(http.StatusBadRequest, "The authentication method is not supported.")
}

func (s *Server) grantByPassword(in tokenRequest) (*grant, error) {
	user, operator := in.Auth.Identity.Password.User, s.options.Operator
	domain := in.Auth.Scope.Domain
	if u := s.state.user(user.Domain.Name, user.Name, user.Password); u != nil {
		return &grant{method: "password", caller: u.caller, account: u.domain, user: u.name}, nil
	}
	right := equal(user.Name, operator.Name) && equal(user.Password, operator.Password) &&
		equal(user.Domain.Name, operator.Domain)
	if !right {
		return nil, errIAM(http.StatusUnauthorized, "The username or password is wrong.")
	}
	if domain != nil && domain.Name != operator.Domain && domain.ID != s.state.partnerID {
		return nil, errIAM(http.StatusUnauthorized, "The scope is not a domain of the user.")
	}
	return &grant{
		method:  "password",
		caller:  caller{partner: true},
		account: iamNamed{ID: s.state.partnerID, Name: operator.Domain},
		user:    operator.Name,
	}, nil
}

// grantByAgency lets the partner act for a customer: the customer's account
// name is the domain, the platform's identifier is the agency.
func (s *Server) grantByAgency(in tokenRequest, callerToken string, now time.Time) (*grant, error) {
	if who, err := s.tokenCaller(callerToken, now); err != nil || !who.partner {
		return nil, errIAM(http.StatusUnauthorized, "The token must be updated.")
	}
	account, err := s.assumed(in.Auth.Identity.AssumeRole, now)
	if err != nil {
		return nil, err
	}
	return &grant{
		method:  "assume_role",
		caller:  caller{customer: account.id},
		account: iamNamed{ID: account.id, Name: account.accountName},
		user:    account.accountName + "/" + s.options.XAccountType,
	}, nil
}

// assumed finds the customer whose role the partner wants to assume.
func (s *Server) assumed(role assumedRole, now time.Time) (*customer, error) {
	account := s.state.account(role.DomainName)
	if account == nil && role.DomainName == "" {
		account = s.state.customer(role.DomainID)
	}
	switch {
	case account == nil:
		return nil, errIAM(http.StatusNotFound, "Could not find domain.")
	case role.AgencyName != s.options.XAccountType:
		return nil, errIAM(http.StatusNotFound, "Could not find agency.")
	case !account.associated(now):
		return nil, errIAM(http.StatusForbidden, "You are not authorized to perform the requested action.")
	}
	return account, nil
}

func (g *grant) describe(in tokenRequest, withCatalog bool, now time.Time) map[string]any {
	out := map[string]any{
		"methods":    []string{g.method},
		"issued_at":  now.Format(tokenShape),
		"expires_at": now.Add(tokenLife).Format(tokenShape),
		"user":       map[string]any{"name": g.user, "domain": g.account},
		"roles":      []any{},
	}
	if project := in.Auth.Scope.Project; project != nil {
		out["project"] = map[string]any{"id": project.ID, "name": project.Name, "domain": g.account}
	} else {
		out["domain"] = g.account
	}
	if withCatalog {
		out["catalog"] = []any{}
	}
	return out
}

// listDomains answers GET /v3/auth/domains, which the vendor's SDK asks when it
// was given no domain id.
func (s *Server) listDomains(w http.ResponseWriter, r *http.Request) {
	requestID := s.stamp(w)
	body, err := readBody(w, r)
	if err != nil {
		refusalOf(err, requestID).send(w)
		return
	}
	who, err := s.authenticate(r, body, s.now())
	if err != nil {
		refusalOf(errIAM(http.StatusUnauthorized, "The request you have made requires authentication."), requestID).send(w)
		return
	}
	domain := s.domainOf(who)
	jsonReply(http.StatusOK, map[string]any{"domains": []any{
		map[string]any{"id": domain.ID, "name": domain.Name, "enabled": true},
	}}).send(w)
}

func (s *Server) domainOf(who caller) iamNamed {
	s.mu.Lock()
	defer s.mu.Unlock()
	if customer := s.state.customer(who.customer); customer != nil {
		return iamNamed{ID: customer.id, Name: customer.accountName}
	}
	return iamNamed{ID: s.state.partnerID, Name: s.options.Operator.Domain}
}

// RevokeTokens ends every token and every temporary access key that was issued.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.state.tokens)
	clear(s.state.temporaryKeys)
}

// errIAM is a refusal in the shape of IAM, which differs from that of the other
// services.
func errIAM(status int, message string) *apiError {
	return &apiError{status: status, code: codeIAM, message: message}
}
