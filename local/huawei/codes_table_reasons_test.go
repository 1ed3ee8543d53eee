package huawei_test

// unprovokable says why no request provokes a code. Where a code has several
// statuses, the status is named too.
func unprovokable() map[string]string {
	const (
		old          = "of the interfaces of version 1, which the contract does not have"
		unnamed      = "no page says which request of the contract, or what about it, is refused with it"
		unpublished  = "the contract names it, and no page says what it means"
		inside       = "something failed inside Huawei Cloud, which no request brings about"
		publisher    = "about how the publisher of an API set its gateway up, or about its apps, which the partner API does not have"
		otherName    = "the same refusal has another code, which is the one that comes here"
		withoutTLS   = "about TLS, which the simulator does not speak"
		withoutField = "the request has no list of order types"
	)
	reasons := map[string]string{}
	for reason, codes := range map[string][]string{
		old: {
			"CBC.0105", "CBC.5002", "CBC.5003", "CBC.5004", "CBC.5021", "CBC.7001", "CBC.7004", "CBC.7181",
		},
		unnamed: {
			"CBC.0250", "CBC.3002", "CBC.3006", "CBC.3016", "CBC.3106", "CBC.3185", "CBC.5008", "CBC.8215", "CBC.18000048", "CBC.99000083", "CBC.99000087", "CBC.99000092", "CBC.99007197",
		},
		unpublished: {
			"CBC.0199", "CBC.99000015", "CBC.99000016", "CBC.99003001", "CBC.99003002", "CBC.99003004", "CBC.99003005",
			"CBC.99003006", "CBC.99003124", "CBC.99003638", "CBC.99003640", "CBC.99005042",
		},
		inside: {
			"CBC.99006016", "CBC.99006017", "CBC.99006024", "CBC.99006066",
			"APIG.0201 500", "APIG.0201 502", "APIG.0201 504", "APIG.0601", "APIG.0605", "APIG.0606", "APIG.0608", "APIG.0610",
		},
		publisher: {
			"APIG.0103", "APIG.0104", "APIG.0105", "APIG.0106", "APIG.0302", "APIG.0303", "APIG.0304", "APIG.0305", "APIG.0306",
			"APIG.0310", "APIG.0311", "APIG.0401", "APIG.0402", "APIG.0404", "APIG.0501", "APIG.0502", "APIG.0602",
			"APIG.0607", "APIG.0609", "APIG.0611", "APIG.0612", "APIG.0705", "APIG.0802", "APIG.1009",
		},
		otherName:    {"CBC.0150", "APIG.0101", "APIG.0307", "APIG.0308"},
		withoutTLS:   {"APIG.0204"},
		withoutField: {"CBC.99000024"},
	} {
		for _, code := range codes {
			reasons[code] = reason
		}
	}
	return reasons
}

// unprovokableFor says why an operation of the contract, named before the code,
// is not refused with a code that other operations are refused with.
func unprovokableFor() map[string]string {
	const (
		takesNothing = "it takes no parameter that could be wrong"
		ofCoupons    = "about a coupon, and this operation gives quotas away: the page repeats the list of CreatePartnerCoupons"
	)
	reasons := map[string]string{
		"ListCustomerCouponChangeRecords CBC.99000084":     "for customers of association 3, who are the international site's",
		"ReclaimEnterpriseMultiAccountCoupon CBC.99005003": "it takes back what is left and names no amount",
		"ReclaimCouponQuotas CBC.99000037":                 "the quotas of other distributors' resellers are not in this world",
	}
	for _, operation := range []string{
		"ShowCustomerAccountBalances", "ListMeasureUnits", "ShowRealNameAuthQrCode", "ShowRealNameAuthStatus",
		"CreateEnterpriseProjectAuth", "CancelAutoRenewalResources",
	} {
		reasons[operation+" CBC.0100"] = takesNothing
	}
	for _, number := range []string{"14", "18", "19", "20", "21", "22", "23", "25"} {
		reasons["UpdateCouponQuotas CBC.990000"+number] = ofCoupons
	}
	return reasons
}
