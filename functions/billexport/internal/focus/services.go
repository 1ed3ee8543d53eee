package focus

import "strings"

// service is where the specification puts a service.
type service struct{ category, subcategory string }

// other is where a service belongs that the table does not know.
var other = service{"Other", "Other (Other)"}

// serviceOf is where a service belongs, by the API's code.
func serviceOf(code []byte) service {
	s, ok := services[strings.TrimPrefix(string(code), servicePrefix)]
	if !ok {
		return other
	}
	return s
}

const servicePrefix = "hws.service.type."

// services are by code without its prefix. One that is called otherwise than here is
// Other, which the specification allows, and never in a wrong place.
var services = map[string]service{
	"ec2":           {"Compute", "Virtual Machines"},
	"bms":           {"Compute", "Other (Compute)"},
	"deh":           {"Compute", "Other (Compute)"},
	"as":            {"Compute", "Other (Compute)"},
	"ims":           {"Compute", "Other (Compute)"},
	"iec":           {"Compute", "Other (Compute)"},
	"cce":           {"Compute", "Containers"},
	"cci":           {"Compute", "Containers"},
	"swr":           {"Compute", "Containers"},
	"functiongraph": {"Compute", "Serverless Compute"},
	"workplace":     {"Compute", "End User Computing"},
	"workspace":     {"Compute", "End User Computing"},

	"ebs":      {"Storage", "Block Storage"},
	"dss":      {"Storage", "Block Storage"},
	"obs":      {"Storage", "Object Storage"},
	"sfs":      {"Storage", "File Storage"},
	"sfsturbo": {"Storage", "File Storage"},
	"cbr":      {"Storage", "Backup Storage"},
	"vbs":      {"Storage", "Backup Storage"},
	"csbs":     {"Storage", "Backup Storage"},

	"vpc":        {"Networking", "Network Infrastructure"},
	"eip":        {"Networking", "Network Infrastructure"},
	"natgateway": {"Networking", "Network Routing"},
	"er":         {"Networking", "Network Routing"},
	"dns":        {"Networking", "Network Routing"},
	"elb":        {"Networking", "Application Networking"},
	"cdn":        {"Networking", "Content Delivery"},
	"vpn":        {"Networking", "Network Connectivity"},
	"dcaas":      {"Networking", "Network Connectivity"},
	"domains":    {"Networking", "Other (Networking)"},

	"rds":     {"Databases", "Relational Databases"},
	"gaussdb": {"Databases", "Relational Databases"},
	"ddm":     {"Databases", "Relational Databases"},
	"dds":     {"Databases", "NoSQL Databases"},
	"nosql":   {"Databases", "NoSQL Databases"},
	"dcs":     {"Databases", "Caching"},
	"dws":     {"Databases", "Data Warehouses"},

	"mrs": {"Analytics", "Data Processing"},
	"dli": {"Analytics", "Data Processing"},
	"css": {"Analytics", "Search"},
	"dis": {"Analytics", "Streaming Analytics"},

	"dms":    {"Integration", "Messaging"},
	"smn":    {"Integration", "Messaging"},
	"msgsms": {"Integration", "Messaging"},
	"apig":   {"Integration", "API Management"},

	"waf":      {"Networking", "Network Security"},
	"cfw":      {"Networking", "Network Security"},
	"aad":      {"Networking", "Network Security"},
	"antiddos": {"Networking", "Network Security"},
	"hss":      {"Security", "Threat Detection and Response"},
	"sa":       {"Security", "Security Posture Management"},
	"kms":      {"Security", "Secret Management"},
	"scm":      {"Security", "Other (Security)"},
	"dbss":     {"Security", "Other (Security)"},
	"cbh":      {"Security", "Other (Security)"},

	"ces":  {"Management and Governance", "Observability"},
	"lts":  {"Management and Governance", "Observability"},
	"aom":  {"Management and Governance", "Observability"},
	"apm":  {"Management and Governance", "Observability"},
	"cts":  {"Management and Governance", "Compliance"},
	"sdrs": {"Management and Governance", "Disaster Recovery"},

	"modelarts": {"AI and Machine Learning", "AI Platforms"},
	"live":      {"Media", "Media Streaming"},
	"vod":       {"Media", "Media Streaming"},
	"mpc":       {"Media", "Content Creation"},
	"iotda":     {"Internet of Things", "IoT Platforms"},
	"drs":       {"Migration", "Data Migration"},
	"oms":       {"Migration", "Data Migration"},
	"sms":       {"Migration", "Resource Migration"},
}
