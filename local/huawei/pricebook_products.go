package huawei

import "github.com/shopspring/decimal"

var saleRegions = []saleRegion{
	{regions[0], decimal.NewFromInt(1)},
	{regions[1], price("1.05")},
}

// What resources are charged by.
const (
	usageDuration = "Duration"
	usageUpflow   = "upflow"
	usageStorage  = "storage"
	usageCount    = "reqNumber"
)

var (
	byDuration = usageType{usageDuration, "使用时长", measureHour}
	byUpflow   = usageType{usageUpflow, "公网流出流量", measureGB}
	byStorage  = usageType{usageStorage, "存储用量", measureGB}
	byCount    = usageType{usageCount, "调用次数", measurePiece}
)

var resourceTypes = []resourceType{
	{"hws.service.type.ec2", "hws.resource.type.vm", "云主机", "弹性云服务器的云主机", []usageType{byDuration}},
	{"hws.service.type.ebs", "hws.resource.type.volume", "云硬盘", "按容量购买的云硬盘", []usageType{byDuration}},
	{"hws.service.type.obs", "hws.resource.type.obs", "对象存储", "对象存储的用量", []usageType{byStorage, byUpflow}},
	{"hws.service.type.vpc", "hws.resource.type.bandwidth", "固定带宽", "弹性公网IP的带宽", []usageType{byDuration, byUpflow}},
	{"hws.service.type.vpc", "hws.resource.type.ip", "弹性公网IP", "公网IP地址", []usageType{byDuration}},
	{"hws.service.type.rds", "hws.resource.type.rds.vm", "云数据库实例", "云数据库的实例规格", []usageType{byDuration}},
	{"hws.service.type.cdn", "hws.resource.type.cdn", "CDN加速", "CDN的流量", []usageType{byUpflow}},
	{"hws.service.type.elb", "hws.resource.type.elb", "弹性负载均衡", "负载均衡实例", []usageType{byDuration}},
	{"hws.service.type.dcs", "hws.resource.type.dcs", "分布式缓存", "缓存实例", []usageType{byDuration}},
	{"hws.service.type.waf", "hws.resource.type.waf", "Web应用防火墙", "云模式防火墙", nil},
	{"hws.service.type.msgsms", "hws.resource.type.msgsms", "短信", "短信条数", []usageType{byCount}},
}

var products = []product{
	{"hws.resource.type.vm", "s6.large.2.linux", "通用计算型|s6.large.2|2vCPUs|4GiB|linux", 0, "168.00", usageDuration, "0.35"},
	{"hws.resource.type.vm", "s7.large.2.linux", "通用计算型|s7.large.2|2vCPUs|4GiB|linux", 0, "198.60", usageDuration, "0.4137"},
	{"hws.resource.type.vm", "c7.xlarge.2.linux", "通用计算增强型|c7.xlarge.2|4vCPUs|8GiB|linux", 0, "420.50", usageDuration, "0.876"},
	{"hws.resource.type.vm", "c7.xlarge.2.win", "通用计算增强型|c7.xlarge.2|4vCPUs|8GiB|windows", 0, "528.00", usageDuration, "1.1"},
	{"hws.resource.type.volume", "SATA", "普通IO", measureGBCapacity, "0.30", usageDuration, "0.00041667"},
	{"hws.resource.type.volume", "SAS", "高IO", measureGBCapacity, "0.35", usageDuration, "0.00048611"},
	{"hws.resource.type.volume", "GPSSD", "通用型SSD", measureGBCapacity, "0.70", usageDuration, "0.00097222"},
	{"hws.resource.type.volume", "SSD", "超高IO", measureGBCapacity, "1.00", usageDuration, "0.00138889"},
	{"hws.resource.type.obs", "obs.standard", "标准存储|多AZ", 0, "", usageStorage, "0.00019306"},
	{"hws.resource.type.obs", "obs.standard.outflow", "标准存储|公网流出流量", 0, "", usageUpflow, "0.50"},
	{"hws.resource.type.bandwidth", "12_bgp", "全动态BGP|按流量计费", 0, "", usageUpflow, "0.80"},
	{"hws.resource.type.bandwidth", "19_bgp", "全动态BGP|按带宽计费", measureMbps, "23.00", usageDuration, "0.063"},
	{"hws.resource.type.bandwidth", "19_share", "共享带宽|按带宽计费", measureMbps, "31.00", usageDuration, "0.085"},
	{"hws.resource.type.ip", "5_bgp", "全动态BGP|公网IP", 0, "", usageDuration, "0.02"},
	{"hws.resource.type.rds.vm", "rds.mysql.c6.xlarge.2.ha", "MySQL|主备|4核8GB", 0, "1240.00", usageDuration, "2.58"},
	{"hws.resource.type.rds.vm", "rds.pg.c6.large.2", "PostgreSQL|单机|2核4GB", 0, "510.00", usageDuration, "1.0642"},
	{"hws.resource.type.cdn", "cdn.traffic.mainland", "流量计费|中国大陆", 0, "", usageUpflow, "0.19"},
	{"hws.resource.type.cdn", "cdn.traffic.overseas", "流量计费|中国大陆境外", 0, "", usageUpflow, "0.42"},
	{"hws.resource.type.elb", "L4_flavor.elb.s1.small", "网络型|小型I", 0, "150.00", usageDuration, "0.313"},
	{"hws.resource.type.elb", "L7_flavor.elb.s1.small", "应用型|小型I", 0, "225.00", usageDuration, "0.469"},
	{"hws.resource.type.dcs", "redis.ha.xu1.large.r2.2", "Redis|主备|2GB", 0, "205.00", usageDuration, "0.4275"},
	{"hws.resource.type.dcs", "redis.ha.xu1.large.r2.4", "Redis|主备|4GB", 0, "396.00", usageDuration, "0.825"},
	{"hws.resource.type.waf", "waf.professional", "云模式|标准版", 0, "3880.00", "", ""},
	{"hws.resource.type.waf", "waf.enterprise", "云模式|专业版", 0, "9880.00", "", ""},
	{"hws.resource.type.msgsms", "sms.domestic", "国内短信", 0, "", usageCount, "0.045"},
}
