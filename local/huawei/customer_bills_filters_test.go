package huawei_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestOwnBillsAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 400)
	flow := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02&limit=1000").Rows
	some := flow[17]
	where := func(passes func(ownRow) bool) (n int) {
		for _, r := range flow {
			if passes(r) {
				n++
			}
		}
		return n
	}
	first := func(r ownRow) bool {
		return r.TradeTime >= "2026-02-02T16:00:00Z" && r.TradeTime < "2026-02-04T16:00:00Z"
	}
	for query, want := range map[string]int{
		"":                                   400,
		"&service_type_code=" + some.Service: where(func(r ownRow) bool { return r.Service == some.Service }),
		"&resource_type_code=" + some.ResourceType:             where(func(r ownRow) bool { return r.ResourceType == some.ResourceType }),
		"&region_code=" + some.Region:                          where(func(r ownRow) bool { return r.Region == some.Region }),
		"&charging_mode=3":                                     where(func(r ownRow) bool { return r.Mode == 3 }),
		"&bill_type=8":                                         where(func(r ownRow) bool { return r.BillType == 8 }),
		"&trade_id=" + some.TradeID:                            1,
		"&status=1":                                            where(func(r ownRow) bool { return r.Debt.IsZero() }),
		"&status=3":                                            0,
		"&provider_type=1":                                     400,
		"&provider_type=2":                                     0,
		"&enterprise_project_id=0":                             400,
		"&enterprise_project_id=null":                          0,
		"&include_zero_record=true":                            400,
		"&include_zero_record=false":                           where(func(r ownRow) bool { return !r.Consume.IsZero() }),
		"&bill_date_begin=2026-02-03":                          400,
		"&bill_date_begin=2026-02-03&bill_date_end=2026-02-04": where(first),
	} {
		got := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02&limit=1000"+query)
		assert.Equal(t, want, got.Total, query)
		assert.Len(t, got.Rows, want, query)
	}
	page := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02&offset=395")
	assert.Equal(t, 400, page.Total)
	assert.Equal(t, flow[395:], page.Rows)
	assert.Len(t, own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02").Rows, 10)
}

func TestOwnResourcesAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 400)
	for _, statistic := range []string{"1", "3"} {
		list := func(query string) ownResources {
			return own[ownResources](m, pathOwnResources+"?cycle=2026-02&limit=1000&statistic_type="+statistic+query)
		}
		all := list("").Rows
		some := all[17]
		for query, passes := range map[string]func(ownRow) bool{
			"&cloud_service_type=" + some.CloudService: func(r ownRow) bool { return r.CloudService == some.CloudService },
			"&cloud_service_type=":                     func(ownRow) bool { return false },
			"&region=" + some.InRegion:                 func(r ownRow) bool { return r.InRegion == some.InRegion },
			"&region=":                                 func(ownRow) bool { return false },
			"&charge_mode=1":                           func(r ownRow) bool { return r.ChargeMode == "1" },
			"&bill_type=5":                             func(r ownRow) bool { return r.BillType == 5 },
			"&resource_id=" + some.ResourceID:          func(r ownRow) bool { return r.ResourceID == some.ResourceID },
			"&trade_id=nothing":                        func(ownRow) bool { return false },
			"&enterprise_project_id=":                  func(ownRow) bool { return false },
			"&method=oneself":                          func(ownRow) bool { return true },
		} {
			var want []ownRow
			for _, r := range all {
				if passes(r) {
					want = append(want, r)
				}
			}
			got := list(query)
			assert.Equal(t, len(want), got.Total, query)
			assert.ElementsMatch(t, want, got.Rows, query)
		}
		assert.Equal(t, all[3:5], own[ownResources](m, pathOwnResources+"?cycle=2026-02&offset=3&limit=2&statistic_type="+statistic).Rows)
	}
	days := "&bill_date_begin=2026-02-03&bill_date_end=2026-02-04"
	for _, r := range own[ownResources](m, pathOwnResources+"?cycle=2026-02&limit=1000"+days).Rows {
		assert.Contains(t, []string{"2026-02-03", "2026-02-04"}, r.BillDate)
	}
	assert.Equal(t, own[ownResources](m, pathOwnResources+"?cycle=2026-02&statistic_type=1").Total,
		own[ownResources](m, pathOwnResources+"?cycle=2026-02&statistic_type=1"+days).Total)
}

func TestResourceDetailsAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 400)
	all := m.ownDetails(`,"statistic_type":2`).Rows
	some := all[17]
	for filter, passes := range map[string]func(ownRow) bool{
		fmt.Sprintf(`,"cloud_service_type":%q`, some.CloudService): func(r ownRow) bool { return r.CloudService == some.CloudService },
		fmt.Sprintf(`,"region":%q`, some.InRegion):                 func(r ownRow) bool { return r.InRegion == some.InRegion },
		fmt.Sprintf(`,"res_instance_id":%q`, some.InstanceID):      func(r ownRow) bool { return r.InstanceID == some.InstanceID },
		`,"resource_type":"nothing"`:                               func(ownRow) bool { return false },
		`,"cloud_service_type":"","region":"","resource_type":""`:  func(ownRow) bool { return true },
		`,"charge_mode":1`:               func(r ownRow) bool { return r.ChargeMode == 1.0 },
		`,"bill_type":4`:                 func(r ownRow) bool { return r.BillType == 4 },
		`,"enterprise_project_id":"7"`:   func(ownRow) bool { return false },
		`,"include_zero_record":true`:    func(ownRow) bool { return true },
		`,"payer_account_id":"somebody"`: func(ownRow) bool { return false },
		`,"query_type":"DAILY","bill_cycle_begin":"2026-02-03","bill_cycle_end":"2026-02-03"`: func(r ownRow) bool {
			return r.BillDate == "2026-02-03"
		},
	} {
		var want []ownRow
		for _, r := range all {
			if passes(r) {
				want = append(want, r)
			}
		}
		got := m.ownDetails(`,"statistic_type":2` + filter)
		assert.Equal(t, len(want), got.Total, filter)
		assert.ElementsMatch(t, want, got.Rows, filter)
	}
	for _, r := range m.ownDetails(`,"statistic_type":3,"include_zero_record":false`).Rows {
		assert.False(t, r.Consume.IsZero())
	}
}
