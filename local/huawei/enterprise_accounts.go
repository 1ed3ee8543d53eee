package huawei

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// openProjects lets the caller use enterprise projects; asked again, it changes
// nothing. Which checks its code stands for is not documented; here a frozen
// account fails them.
func openProjects(s *Server, c *call) (any, error) {
	self := s.state.customer(c.caller.customer)
	if self.frozen() {
		return nil, errBusinessCheck("the account is frozen")
	}
	if slices.Contains(s.state.enterprise.projects, self.id) {
		return nil, nil
	}
	s.state.enterprise.projects = append(s.state.enterprise.projects, self.id)
	s.record(c.effect(self.id, ""))
	return nil, nil
}

func errBusinessCheck(why string) error {
	return refuse(http.StatusBadRequest, "CBC.99007004", "the operation does not satisfy a business check: "+why)
}

type unitRow struct {
	RelationID string    `json:"relation_id"`
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Children   []unitRow `json:"child_nodes"`
}

// listOrganization answers the units below the root, or below a unit.
// https://support.huaweicloud.com/api-oce/ep_00020.html
func listOrganization(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	recursive, parent := c.query.Get("recursive_query") == "1", c.query.Get("parent_id")
	if parent == "" {
		return map[string]any{
			"root_id": x.root.id, "root_name": x.root.name, "child_nodes": x.root.rows(recursive),
		}, nil
	}
	u := x.root.find(parent)
	if u == nil {
		return nil, errParameter("parent_id is no unit of the enterprise")
	}
	return map[string]any{"child_nodes": u.rows(recursive)}, nil
}

func (u *unit) rows(recursive bool) []unitRow {
	rows := []unitRow{}
	for _, child := range u.units {
		row := unitRow{RelationID: child.relation, ID: child.id, Name: child.name, Children: []unitRow{}}
		if recursive {
			row.Children = child.rows(recursive)
		}
		rows = append(rows, row)
	}
	return rows
}

type memberRow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Status      int    `json:"status"`
	OrgID       string `json:"org_id"`
	OrgName     string `json:"org_name"`
}

// listMembers answers the members in the order in which they joined.
// https://support.huaweicloud.com/api-oce/ep_00021.html
func listMembers(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	if strings.ContainsRune(c.query.Get("sub_customer_account_name")+c.query.Get("sub_customer_display_name"), ' ') {
		return nil, errParameter("sub_customer_account_name, sub_customer_display_name: no spaces are supported")
	}
	rows := []memberRow{}
	for _, m := range x.members {
		if c.filteredName("sub_customer_account_name", m.customer.accountName) &&
			c.filteredName("sub_customer_display_name", m.displayName) && c.filtered("org_id", m.unit.id) {
			rows = append(rows, memberRow{
				ID: m.customer.id, Name: m.customer.accountName, DisplayName: m.displayName,
				Status: m.status(c.now), OrgID: m.unit.id, OrgName: m.unit.name,
			})
		}
	}
	return map[string]any{"sub_customer_infos": window(rows, c.page()), "total_count": len(rows)}, nil
}

// filteredName filters by a name or, where fuzzy_query is 1, by a part of it. An
// empty name filters too.
func (c *call) filteredName(name, value string) bool {
	if c.query.Get("fuzzy_query") == "1" {
		return strings.Contains(value, c.query.Get(name))
	}
	return c.filteredGiven(name, value)
}

// sceneMember marks a code for a new member; the API has no number for it.
const sceneMember = 0

// sendMemberCode sends a code for a new member's mobile number.
// https://support.huaweicloud.com/api-oce/ep_00014.html
func sendMemberCode(s *Server, c *call) (any, error) {
	var in struct {
		MobilePhone string `json:"mobile_phone"`
		Timeout     *int   `json:"timeout"`
		Language    string `json:"language"`
		Args        []struct {
			Key string `json:"key"`
		} `json:"sm_template_args"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if _, m := s.state.enterprise.membership(s.state.customer(c.caller.customer)); m != nil && m.custody {
		return nil, refuse(http.StatusBadRequest, "CBC.70300009", "a member in financial custody cannot send verification codes")
	}
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	switch {
	case !chineseMobile.MatchString(in.MobilePhone):
		return nil, errParameter("mobile_phone: not a Chinese mobile number")
	case !slices.Contains([]string{"", "zh-cn", "en-us"}, in.Language):
		return nil, errParameter("language: neither zh-cn nor en-us")
	}
	for _, arg := range in.Args {
		if arg.Key != "sub_customer_name" {
			return nil, errParameter("sm_template_args: the only key is sub_customer_name")
		}
	}
	if s.codesSince(in.MobilePhone, c.now.Add(-time.Hour)) >= codesPerHour ||
		s.codesSince(in.MobilePhone, c.now.Add(-24*time.Hour)) >= codesPerDay {
		return nil, refuse(http.StatusBadRequest, "CBC.99000082", "the number of verification codes has reached its limit")
	}
	sent := &code{
		receiver: in.MobilePhone, scene: sceneMember, customerID: x.master.id, text: s.newCode(),
		sentOn: c.now, expiresOn: c.now.Add(memberCodeLife(in.Timeout)),
	}
	if err := refuseContact(sent.receiver, sendingRefusals); err != nil {
		return nil, err
	}
	s.state.codes = append(s.state.codes, sent)
	s.post(Message{Time: c.now, Kind: MessageCode, Receiver: sent.receiver, Medium: MediumSMS, Code: sent.text, ExpiresOn: sent.expiresOn})
	s.record(c.effect(x.master.id, ""))
	return nil, nil
}

// memberCodeLife takes a time-out of 0 for none.
func memberCodeLife(minutes *int) time.Duration {
	if minutes == nil || *minutes == 0 {
		return codeMinutes * time.Minute
	}
	return time.Duration(*minutes) * time.Minute
}
