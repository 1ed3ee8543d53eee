package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bssfn/bssfn/local/huawei"
)

// customerCodes are those of verification codes and registrations.
func customerCodes() []provocation {
	const sends, creates = "SendVerificationMessageCode", "CreateSubCustomer"
	send := func(s *site, mobile, more string) result {
		return s.asPartner(http.MethodPost, pathCode, fmt.Sprintf(`{"receiver_type":1,"mobile_phone":%q%s}`, mobile, more))
	}
	create := func(s *site, more string) result {
		return s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"`+more+`}`)
	}
	withCode := func(mobile, code string) string {
		return fmt.Sprintf(`,"mobile_phone":%q,"verification_code":%q`, mobile, code)
	}
	given := func(more string) func(*testing.T) result {
		return inSite(huawei.Options{}, func(s *site) result { return create(s, more) })
	}
	as := func(p huawei.PartnerState) func(*testing.T) result {
		return inSite(huawei.Options{}, func(s *site) result {
			s.server.SetPartnerState(p)
			return create(s, "")
		})
	}
	numbered := func(mobile string) func(*testing.T) result {
		return inSite(huawei.Options{}, func(s *site) result { return create(s, withCode(mobile, "123456")) })
	}
	return []provocation{
		{"CBC.99000035", 400, sends, in(func(m *market) result { return send(m.site, mobile, `,"scene":18,"customer_id":"x"`) })},
		{"CBC.99004003", 400, sends, in(func(m *market) result { return send(m.site, "13899004003", "") })},
		{"CBC.99004015", 400, sends, in(func(m *market) result {
			for range 15 {
				m.sendCode(mobile)
			}
			return send(m.site, mobile, "")
		})},
		{"CBC.0000", 200, "CheckUserIdentity", inSite(huawei.Options{}, func(s *site) result {
			return s.asPartner(http.MethodPost, pathIdentity, `{"search_type":"name","search_value":"yongzhi"}`)
		})},

		{"CBC.0101", 400, creates, inSite(huawei.Options{XAccountType: "OTHER"}, func(s *site) result { return create(s, "") })},
		{"CBC.99000031", 400, creates, given(`,"domain_name":"1abcd"`)},
		{"CBC.5017", 400, creates, given(withCode("0086-13800000001", "123456"))},
		{"CBC.99000036", 400, creates, given(`,"password":"abcdefgh"`)},
		{"CBC.99000038", 400, creates, in(func(m *market) result { return create(m.site, `,"domain_name":"resale-customer"`) })},
		{"CBC.99000039", 400, creates, inSite(huawei.Options{}, func(s *site) result {
			create(s, "")
			return create(s, "")
		})},
		{"CBC.99000030", 400, creates, inSite(huawei.Options{QuotaOff: true}, func(s *site) result {
			for i := range 5 {
				s.register(http.StatusOK, fmt.Sprint("other", i), mobile, s.sendCode(mobile))
			}
			return create(s, withCode(mobile, s.sendCode(mobile)))
		})},
		{"CBC.99000004", 400, creates, numbered("13899000004")},
		{"CBC.99000029", 400, creates, numbered("13899000029")},
		{"CBC.99000051", 400, creates, numbered("13899000051")},
		{"CBC.99004010", 400, creates, numbered(mobile)},
		{"CBC.99004008", 400, creates, inSite(huawei.Options{}, func(s *site) result {
			code := s.sendCode(mobile)
			s.clock.Advance(10 * time.Minute)
			return create(s, withCode(mobile, code))
		})},
		{"CBC.99004009", 400, creates, inSite(huawei.Options{}, func(s *site) result {
			code := s.sendCode(mobile)
			for range 3 {
				create(s, withCode(mobile, otherCode(code)))
			}
			return create(s, withCode(mobile, code))
		})},
		{"CBC.99000037", 400, creates, given(`,"indirect_partner_id":"x"`)},
		{"CBC.99000050", 500, creates, inSite(huawei.Options{AssociationDelay: time.Minute}, func(s *site) result {
			return create(s, `,"include_association_result":true`)
		})},
		{"CBC.99005035", 400, creates, as(huawei.PartnerState{Sandbox: true})},
		{"CBC.50010059", 400, creates, as(huawei.PartnerState{DistributorOnly: true})},
		{"CBC.50010065", 400, creates, as(huawei.PartnerState{DistributorDelisted: true})},
		{"CBC.50010085", 400, creates, as(huawei.PartnerState{Restricted: true})},
		{"CBC.50010086", 400, creates, as(huawei.PartnerState{DistributorRestricted: true})},
	}
}

// realNameCodes are those of real-name authentication.
func realNameCodes() []provocation {
	const person, enterprise, change = "CreatePersonalRealnameAuth", "CreateEnterpriseRealnameAuthentication", "ChangeEnterpriseRealnameAuthentication"
	asPerson := func(m *market, fields fieldset) result {
		return m.asPartner(http.MethodPost, pathPerson, text(m.t, passport(m.resale, "E1").with(fields)))
	}
	asEnterprise := func(m *market, method string, fields fieldset) result {
		return m.asPartner(method, pathEnterprise, text(m.t, licence(m.resale, "913").with(fields)))
	}
	// verified makes the customer a verified person, who may change.
	verified := func(m *market) {
		asPerson(m, nil)
		m.clock.Advance(time.Minute)
	}
	byCard := func(number string, wrong bool, wait time.Duration) func(*testing.T) result {
		return in(func(m *market) result {
			code := m.cardCode(m.resale)
			if wrong {
				code = otherCode(code)
			}
			m.clock.Advance(wait)
			return m.asPartner(http.MethodPost, pathPerson, text(m.t, m.bankCard(m.resale, number, code)))
		})
	}
	rows := []provocation{
		{"CBC.99007265", 400, person, inSite(huawei.Options{}, func(s *site) result {
			domains := s.withToken(s.partnerToken(), http.MethodGet, "/v3/auth/domains", "").fields(s.t)
			partner := domains["domains"].([]any)[0].(map[string]any)["id"].(string)
			return s.asPartner(http.MethodPost, pathPerson, text(s.t, passport(partner, "E1")))
		})},
		{"CBC.99000026", 400, person, byCard("E1", true, 0)},
		{"CBC.99000027", 400, person, byCard("E1", false, 10*time.Minute)},
		{"CBC.99007189", 400, person, in(func(m *market) result {
			for i := range 5 {
				asPerson(m, fieldset{"customer_id": m.account(fmt.Sprint("person-", i), huawei.AssociationResale)})
			}
			return asPerson(m, nil)
		})},
		{"CBC.99007297", 400, "ShowRealNameAuthQrCode", in(func(m *market) result {
			token := m.userToken(huawei.NewUser{AccountName: "resale-customer"})
			return m.withToken(token, http.MethodGet, pathQRCode, "")
		})},
	}
	for _, ending := range []string{"7255", "7258", "7259", "7260", "7261", "7262"} {
		rows = append(rows, provocation{"CBC.9900" + ending, 400, person, byCard("E"+ending, false, 0)})
	}
	for code, number := range map[string]string{
		"CBC.99000099": "E0099", "CBC.99005030": "E5030", "CBC.99007004": "E7004", "CBC.99007193": "E7193",
		"CBC.99007202": "E7202", "CBC.99007219": "E7219", "CBC.70600026": "E0026", "CBC.70600032": "E0032",
	} {
		rows = append(rows, provocation{code, 400, person, in(func(m *market) result {
			return asPerson(m, fieldset{"verified_number": number})
		})})
	}
	submissions := map[string]func(m *market, fields fieldset) result{
		person:     asPerson,
		enterprise: func(m *market, fields fieldset) result { return asEnterprise(m, http.MethodPost, fields) },
		change: func(m *market, fields fieldset) result {
			verified(m)
			return asEnterprise(m, http.MethodPut, fields)
		},
	}
	for operation, submit := range submissions {
		row := func(code string, provoke func(m *market) result) {
			rows = append(rows, provocation{code, 400, operation, in(provoke)})
		}
		row("CBC.99000035", func(m *market) result { return submit(m, fieldset{"customer_id": m.stranger}) })
		row("CBC.99000100", func(m *market) result {
			return submit(m, fieldset{"verified_file_url": []string{"a.tiff", "b.tiff", "c.tiff"}})
		})
		row("CBC.99007188", func(m *market) result {
			submit(m, nil)
			return submit(m, nil)
		})
		row("CBC.99007191", func(m *market) result {
			for range 5 {
				submit(m, fieldset{"verified_number": "E7202"})
			}
			return submit(m, nil)
		})
		rows = append(rows, provocation{"CBC.99000000", 400, operation, inChannel(func(ch *channel) result {
			return submit(ch.market, fieldset{"customer_id": ch.theirs})
		})})
		if operation == person {
			continue
		}
		for _, ending := range []string{"7004", "7202", "7253", "7256", "7257", "7267"} {
			row("CBC.9900"+ending, func(m *market) result { return submit(m, fieldset{"verified_number": "E" + ending}) })
		}
	}
	return rows
}
