package huawei

import "time"

// Incentive policies of a service: whether a customer's spending counts for the
// partner's performance, and whether it earns a rebate.
const (
	policyStandard    = "0"  // counts and earns
	policySpecific    = "1"  // a specific product, with rules of its own
	policyNeither     = "2"  // neither counts nor earns
	policyPerformance = "13" // counts, earns nothing
)

// service is a cloud service of the simulated price list.
type service struct {
	code          string
	name          string
	abbreviation  string
	policy        string
	allowDiscount bool // whether the partner may grant a discount
}

var services = []service{
	{"hws.service.type.ec2", "弹性云服务器", "ECS", policyStandard, true},
	{"hws.service.type.ebs", "云硬盘", "EVS", policyStandard, true},
	{"hws.service.type.obs", "对象存储服务", "OBS", policyStandard, true},
	{"hws.service.type.vpc", "虚拟私有云", "VPC", policyStandard, true},
	{"hws.service.type.rds", "云数据库 RDS", "RDS", policyStandard, true},
	{"hws.service.type.cdn", "内容分发网络", "CDN", policyStandard, true},
	{"hws.service.type.elb", "弹性负载均衡", "ELB", policyStandard, true},
	{"hws.service.type.dcs", "分布式缓存服务", "DCS", policyStandard, true},
	{"hws.service.type.waf", "Web应用防火墙", "WAF", policySpecific, true},
	{"hws.service.type.domains", "域名注册服务", "Domains", policyNeither, false},
	{"hws.service.type.msgsms", "消息&短信", "MSGSMS", policyPerformance, false},
	{"hws.service.type.support", "支持计划", "SUPPORT", policyNeither, false},
}

// serviceOf finds a service by its code.
func serviceOf(code string) (service, bool) {
	for _, s := range services {
		if s.code == code {
			return s, true
		}
	}
	return service{}, false
}

func catalogueOperations() map[string]operation {
	return map[string]operation{"ListIncentiveDiscountPolicies": listIncentivePolicies}
}

type incentivePolicy struct {
	ServiceTypeCode string `json:"service_type_code"`
	ServiceTypeName string `json:"service_type_name"`
	IncentivePolicy string `json:"incentive_policy"`
	AllowDiscount   string `json:"allow_discount"`
}

// listIncentivePolicies answers the same policies for every month: the simulated
// ones never change.
func listIncentivePolicies(_ *Server, c *call) (any, error) {
	if _, err := time.Parse(cycleLayout, c.query.Get("time")); err != nil {
		return nil, errParameter("time is not a month like 2024-05")
	}
	policies := []incentivePolicy{}
	for _, s := range services {
		if c.filtered("service_type_code", s.code) {
			policies = append(policies, s.incentivePolicy())
		}
	}
	return map[string]any{"policies": window(policies, c.page()), "total_count": len(policies)}, nil
}

func (s service) incentivePolicy() incentivePolicy {
	allow := "NO"
	if s.allowDiscount {
		allow = "YES"
	}
	return incentivePolicy{s.code, s.name, s.policy, allow}
}
