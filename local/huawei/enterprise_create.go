package huawei

import (
	"net/http"
	"slices"
	"time"
)

// memberPermissions are what a master can ask a member for.
var memberPermissions = []string{
	"READ_FINANCE_INFO", permissionReadBills, "SUBSTITUTE-OPEN-INVOICE", "TAKE-OVER-OPEN-INVOICE",
	"SHARE-CREDIT-TO-SUB", "SHARE-BIZ-DISCOUNT-TO-SUB",
}

// sameEntity is the only way in which a member can belong to its master.
const sameEntity = 1

type newMemberRequest struct {
	PartyID     string   `json:"party_id"`
	DisplayName string   `json:"display_name"`
	Association int      `json:"sub_customer_association_type"`
	Permissions []string `json:"permission_ids"`
	Custody     int      `json:"financial_custody"`
	Account     struct {
		Name             string `json:"customer_name"`
		MobilePhone      string `json:"mobile_phone"`
		UseMastersMobile string `json:"use_pri_mobile_phone"`
		Password         string `json:"password"`
		VerificationCode string `json:"verification_code"`
	} `json:"new_sub_customer"`
}

// createMember opens an account for a member of the caller's enterprise. It is
// being created for as long as an association takes, and becomes the partner's
// customer as its master is.
// https://support.huaweicloud.com/api-oce/ep_00023.html
func createMember(s *Server, c *call) (any, error) {
	var in newMemberRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	u := x.root.find(in.PartyID)
	if u == nil {
		return nil, errParameter("party_id is no unit of the enterprise")
	}
	if err := s.checkNewMember(&in, x); err != nil {
		return nil, err
	}
	if err := s.enterMemberCode(in, x, c.now); err != nil {
		return nil, err
	}
	readyOn := c.now.Add(s.options.AssociationDelay)
	account := &customer{
		id: s.newCustomerID(), accountName: in.Account.Name, password: in.Account.Password, name: x.master.name, mobile: in.Account.MobilePhone,
		association: x.master.association, reseller: x.master.reseller, createdOn: c.now,
	}
	if account.association != "" {
		account.associatedOn = readyOn
	}
	s.state.customers = append(s.state.customers, account)
	x.members = append(x.members, &member{
		customer: account, unit: u, displayName: in.DisplayName, permissions: in.Permissions,
		custody: in.Custody == 1, readyOn: readyOn,
	})
	s.record(c.effect(account.id, u.id))
	return nil, nil
}

// checkNewMember refuses what the request says, before its code is looked at,
// and completes its mobile number. That a name is taken has no code on this
// page; the one of registration is used.
func (s *Server) checkNewMember(in *newMemberRequest, x *enterprise) error {
	account := &in.Account
	switch {
	case in.Association != sameEntity:
		return errParameter("sub_customer_association_type: only 1, the same legal entity, is supported")
	case slices.ContainsFunc(in.Permissions, func(id string) bool { return !slices.Contains(memberPermissions, id) }):
		return errParameter("permission_ids: not a permission")
	case !slices.Contains([]string{"", "Y", "N"}, account.UseMastersMobile):
		return errParameter("use_pri_mobile_phone: neither Y nor N")
	case account.UseMastersMobile == "Y":
		account.MobilePhone, account.VerificationCode = x.master.mobile, ""
	case !chineseMobile.MatchString(account.MobilePhone):
		return errParameter("mobile_phone: not a Chinese mobile number")
	case account.VerificationCode == "":
		return errParameter("verification_code: mandatory with mobile_phone")
	case s.state.registrations(account.MobilePhone) >= mobileRegistrations:
		return refuse(http.StatusBadRequest, "CBC.99000030", "the mobile number has registered as many accounts as it may")
	}
	named := registration{DomainName: account.Name, MobilePhone: account.MobilePhone, Password: &account.Password}
	switch {
	case !registeredName.MatchString(account.Name) || reservedName(account.Name):
		return refuse(http.StatusBadRequest, "CBC.99000031", "the account name is invalid")
	case s.state.account(account.Name) != nil:
		return refuse(http.StatusBadRequest, "CBC.99000038", "The account name already exists.")
	case !named.passwordAllowed():
		return refuse(http.StatusBadRequest, "CBC.99000036", "the format of the password is illegal")
	}
	return nil
}

// enterMemberCode checks the code that the master had sent to the new member's
// mobile number; its own number needs none.
func (s *Server) enterMemberCode(in newMemberRequest, x *enterprise, now time.Time) error {
	if in.Account.UseMastersMobile == "Y" {
		return nil
	}
	sent := s.newestCode(in.Account.MobilePhone, sceneMember, x.master.id)
	switch {
	case sent == nil || sent.used || sent.wrong >= wrongCodes:
		return errWrongMemberCode()
	case !now.Before(sent.expiresOn):
		return refuse(http.StatusBadRequest, "CBC.99000027", "the verification code has expired")
	case !equal(sent.text, in.Account.VerificationCode):
		sent.wrong++
		return errWrongMemberCode()
	}
	sent.used = true
	return nil
}

func errWrongMemberCode() error {
	return refuse(http.StatusBadRequest, "CBC.99000026", "the verification code is wrong")
}
