package huawei

import "github.com/shopspring/decimal"

// Charging modes of a bill.
const (
	chargePeriod      = 1
	chargeOnDemand    = 3
	chargeSavingsPlan = 11
)

// Types of a fee record.
const (
	billNew       = 1
	billRenewal   = 2
	billRefund    = 4
	billUsage     = 5
	billAutoRenew = 8
)

// Units of a bill.
const (
	measureHour   = 4
	measureGB     = 10
	periodHourly  = 25
	periodMonthly = 20
	periodYearly  = 19
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
	price        decimal.Decimal
	usageType    string
	usageMeasure int
	maxUsage     int64
	part         *billedPart
}

// billedPart is the component of a whole machine that a record is about.
type billedPart struct{ service, resourceCode, resourceName string }

func price(text string) decimal.Decimal { return decimal.RequireFromString(text) }

var periodProducts = []billedProduct{
	{
		mode: chargePeriod, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "通用计算增强型|c7.xlarge.2|4vCPUs|8GiB|linux", price: price("420.50"),
	},
	{
		mode: chargePeriod, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "超高IO|系统盘|100GB", price: price("100.00"),
		part: &billedPart{"hws.service.type.ebs", "hws.resource.type.volume", "云硬盘"},
	},
	{
		mode: chargePeriod, service: "hws.service.type.ebs", resourceCode: "hws.resource.type.volume", resourceName: "云硬盘",
		spec: "通用型SSD|500GB", price: price("350.00"),
	},
	{
		mode: chargePeriod, service: "hws.service.type.rds", resourceCode: "hws.resource.type.rds.vm", resourceName: "云数据库实例",
		spec: "MySQL|主备|4核8GB", price: price("1240.00"),
	},
	{
		mode: chargePeriod, service: "hws.service.type.vpc", resourceCode: "hws.resource.type.bandwidth", resourceName: "固定带宽",
		spec: "全动态BGP|10Mbit/s", price: price("625.00"),
	},
}

var onDemandProducts = []billedProduct{
	{
		mode: chargeOnDemand, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.vm", resourceName: "云主机",
		spec: "通用计算型|s7.large.2|2vCPUs|4GiB|linux", price: price("0.4137"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.ebs", resourceCode: "hws.resource.type.volume", resourceName: "云硬盘",
		spec: "高IO|200GB", price: price("0.00097222"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.obs", resourceCode: "hws.resource.type.obs", resourceName: "对象存储",
		spec: "标准存储|多AZ", price: price("0.00019306"),
		usageType: "storage", usageMeasure: measureGB, maxUsage: 9000,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.obs", resourceCode: "hws.resource.type.obs", resourceName: "对象存储",
		spec: "公网流出流量", price: price("0.50"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 300,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.vpc", resourceCode: "hws.resource.type.bandwidth", resourceName: "固定带宽",
		spec: "全动态BGP|按流量", price: price("0.80"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 120,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.cdn", resourceCode: "hws.resource.type.cdn", resourceName: "CDN加速",
		spec: "流量计费|中国大陆", price: price("0.19"),
		usageType: "upflow", usageMeasure: measureGB, maxUsage: 2500,
	},
	{
		mode: chargeOnDemand, service: "hws.service.type.rds", resourceCode: "hws.resource.type.rds.vm", resourceName: "云数据库实例",
		spec: "PostgreSQL|单机|2核4GB", price: price("1.0642"),
		usageType: "duration", usageMeasure: measureHour, maxUsage: 24,
	},
}

var savingsPlan = billedProduct{
	mode: chargeSavingsPlan, service: "hws.service.type.ec2", resourceCode: "hws.resource.type.savingsplan", resourceName: "节省计划",
	spec: "计算型节省计划|1年|全预付", price: price("260.00"),
}

// resourceNames are what customers call things, with what breaks careless
// exports: commas, quotes, a leading equals sign, blanks at the end.
var resourceNames = []string{
	"web-server", "生产环境-数据库", "ecs-cart,backup", `主库"只读"副本`, "订单系统,前端", "=report", "测试 环境 ", "cdn.example.com",
}

var discountRates = []decimal.Decimal{
	decimal.Zero, decimal.Zero, price("0.05"), price("0.1"), price("0.15"), price("0.325"),
}
