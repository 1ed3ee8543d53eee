package huawei

import "github.com/shopspring/decimal"

// Charging modes of a bill.
const (
	chargePeriod      = 1
	chargeOnDemand    = 3
	chargeReserved    = 10
	chargeSavingsPlan = 11
)

// Types of a fee record.
const (
	billNew            = 1
	billRenewal        = 2
	billChange         = 3
	billRefund         = 4
	billUsage          = 5
	billAutoRenew      = 8
	billCompensation   = 9
	billSupport        = 14
	billDeduction      = 16
	billPayMonthly     = 18
	billChangeRefund   = 20
	billSavingsPlanUse = 23
	billToOnDemand     = 24
	billTruncation     = 25
	billPayYearly      = 103
)

// Units of a bill.
const (
	measureHour   = 4
	measureGB     = 10
	periodOnce    = 5
	periodYearly  = 19
	periodMonthly = 20
	periodDaily   = 24
	periodHourly  = 25
)

type region struct{ code, name string }

var regions = []region{
	{"cn-north-4", "华北-北京四"},
	{"cn-east-3", "华东-上海一"},
	{"cn-south-1", "华南-广州"},
	{"cn-southwest-2", "西南-贵阳一"},
}

// billedProduct is a product as bills show it. Price is for a month, or for one
// unit of usage where the product is charged on demand.
type billedProduct struct {
	mode         int
	service      string
	resourceCode string
	resourceName string
	spec         string
	price        billMoney
	period       int
	usageType    string
	usageMeasure int
	maxUsage     int64
	part         *billedPart
}

func (p *billedProduct) serviceName() string {
	known, _ := serviceOf(p.service)
	return known.name
}

// billedPart is the component of a whole machine that a record is about.
type billedPart struct{ service, resourceCode, resourceName string }

func price(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func billPrice(text string) billMoney { return billMoneyOf(price(text)) }

var periodProducts = []*billedProduct{
	{
		mode: chargePeriod, period: periodMonthly, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "通用计算增强型|c7.xlarge.2|4vCPUs|8GiB|linux", price: billPrice("420.50"),
	},
	{
		mode: chargePeriod, period: periodMonthly, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "超高IO|系统盘|100GB", price: billPrice("100.00"),
		part: &billedPart{"hws.service.type.ebs", "hws.resource.type.volume", "云硬盘"},
	},
	{
		mode: chargePeriod, period: periodMonthly, service: "hws.service.type.ebs", resourceCode: "hws.resource.type.volume", resourceName: "云硬盘",
		spec: "通用型SSD|500GB", price: billPrice("350.00"),
	},
	{
		mode: chargePeriod, period: periodMonthly, service: "hws.service.type.rds", resourceCode: "hws.resource.type.rds.vm", resourceName: "云数据库实例",
		spec: "MySQL|主备|4核8GB", price: billPrice("1240.00"),
	},
	{
		mode: chargePeriod, period: periodMonthly, service: "hws.service.type.vpc", resourceCode: "hws.resource.type.bandwidth", resourceName: "固定带宽",
		spec: "全动态BGP|10Mbit/s", price: billPrice("625.00"),
	},
}

var onDemandProducts = []*billedProduct{
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "通用计算型|s7.large.2|2vCPUs|4GiB|linux", price: billPrice("0.4137"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.ebs", resourceCode: "hws.resource.type.volume", resourceName: "云硬盘",
		spec: "高IO|200GB", price: billPrice("0.00097222"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.obs", resourceCode: "hws.resource.type.obs", resourceName: "对象存储",
		spec: "标准存储|多AZ", price: billPrice("0.00019306"),
		usageType: "storage", usageMeasure: measureGB, maxUsage: 9000,
	},
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.obs", resourceCode: "hws.resource.type.obs", resourceName: "对象存储",
		spec: "公网流出流量", price: billPrice("0.50"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 300,
	},
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.vpc", resourceCode: "hws.resource.type.bandwidth", resourceName: "固定带宽",
		spec: "全动态BGP|按流量", price: billPrice("0.80"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 120,
	},
	{
		mode: chargeOnDemand, period: periodDaily, service: "hws.service.type.cdn", resourceCode: "hws.resource.type.cdn", resourceName: "CDN加速",
		spec: "流量计费|中国大陆", price: billPrice("0.19"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 2500,
	},
	{
		mode: chargeOnDemand, period: periodHourly, service: "hws.service.type.rds", resourceCode: "hws.resource.type.rds.vm", resourceName: "云数据库实例",
		spec: "PostgreSQL|单机|2核4GB", price: billPrice("1.0642"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
}

var savingsPlans = []*billedProduct{{
	mode: chargeSavingsPlan, period: periodYearly, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.savingsplan", resourceName: "节省计划",
	spec: "计算型节省计划|1年|全预付", price: billPrice("3120.00"),
}}

var reservedInstances = []*billedProduct{{
	mode: chargeReserved, period: periodYearly, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.ri", resourceName: "预留实例",
	spec: "c7.xlarge.2|1年|全预付|linux", price: billPrice("2890.80"),
}}

// onceProducts are paid once for as long as they last.
var onceProducts = []*billedProduct{{
	mode: chargePeriod, period: periodOnce, service: "hws.service.type.domains", resourceCode: "hws.resource.type.domains", resourceName: "域名注册",
	spec: ".com|1年", price: billPrice("55.00"),
}}

var yearlyProducts = []*billedProduct{{
	mode: chargePeriod, period: periodYearly, service: "hws.service.type.waf", resourceCode: "hws.resource.type.waf", resourceName: "云模式",
	spec: "标准版|按年付费", price: billPrice("46560.00"),
}}

var supportPlans = []*billedProduct{{
	mode: chargePeriod, period: periodMonthly, service: "hws.service.type.support", resourceCode: "hws.resource.type.support", resourceName: "商业级支持计划",
	spec: "月末扣费", price: billPrice("800.00"),
}}

// resourceNames are what customers call things, with what breaks careless
// exports: commas, quotes, a leading equals sign, blanks at the end.
var resourceNames = []string{
	"web-server", "生产环境-数据库", "ecs-cart,backup", `主库"只读"副本`, "订单系统,前端", "=report", "测试 环境 ", "cdn.example.com",
}

// resourceTags are how customers mark things; many do not.
var resourceTags = []string{"", "", "env=prod;team=shop", "env=test", "cost-center=4711;负责人=王芳", ""}

var discountRates = []billMoney{
	0, 0, billPrice("0.05"), billPrice("0.1"), billPrice("0.15"), billPrice("0.325"),
}
