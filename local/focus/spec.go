package focus

// column is what the specification says of one column.
type column struct {
	name     string
	page     string // below specification/columns
	level    string
	nullable bool
	kind     kind
	allowed  []string
}

// kind is the data type of a column.
type kind int

const (
	text kind = iota
	number
	instant
	keyValue
)

const (
	mandatory   = "Mandatory"
	conditional = "Conditional"
	recommended = "Recommended"
)

// specification are the columns of version 1.2.
var specification = []column{
	{name: "AvailabilityZone", page: "availabilityzone", level: recommended, nullable: true},
	{name: "BilledCost", page: "billedcost", level: mandatory, kind: number},
	{name: "BillingAccountId", page: "billingaccountid", level: mandatory},
	{name: "BillingAccountName", page: "billingaccountname", level: mandatory, nullable: true},
	{name: "BillingAccountType", page: "billingaccounttype", level: conditional},
	{name: "BillingCurrency", page: "billingcurrency", level: mandatory},
	{name: "BillingPeriodEnd", page: "billingperiodend", level: mandatory, kind: instant},
	{name: "BillingPeriodStart", page: "billingperiodstart", level: mandatory, kind: instant},
	{name: "CapacityReservationId", page: "capacityreservationid", level: conditional, nullable: true},
	{name: "CapacityReservationStatus", page: "capacityreservationstatus", level: conditional, nullable: true, allowed: usedUnused},
	{name: "ChargeCategory", page: "chargecategory", level: mandatory, allowed: []string{"Usage", "Purchase", "Tax", "Credit", "Adjustment"}},
	{name: "ChargeClass", page: "chargeclass", level: mandatory, nullable: true, allowed: []string{"Correction"}},
	{name: "ChargeDescription", page: "chargedescription", level: mandatory, nullable: true},
	{name: "ChargeFrequency", page: "chargefrequency", level: recommended, allowed: []string{"One-Time", "Recurring", "Usage-Based"}},
	{name: "ChargePeriodEnd", page: "chargeperiodend", level: mandatory, kind: instant},
	{name: "ChargePeriodStart", page: "chargeperiodstart", level: mandatory, kind: instant},
	{name: "CommitmentDiscountCategory", page: "commitmentdiscountcategory", level: conditional, nullable: true, allowed: []string{"Spend", "Usage"}},
	{name: "CommitmentDiscountId", page: "commitmentdiscountid", level: conditional, nullable: true},
	{name: "CommitmentDiscountName", page: "commitmentdiscountname", level: conditional, nullable: true},
	{name: "CommitmentDiscountQuantity", page: "commitmentdiscountquantity", level: conditional, nullable: true, kind: number},
	{name: "CommitmentDiscountStatus", page: "commitmentdiscountstatus", level: conditional, nullable: true, allowed: usedUnused},
	{name: "CommitmentDiscountType", page: "commitmentdiscounttype", level: conditional, nullable: true},
	{name: "CommitmentDiscountUnit", page: "commitmentdiscountunit", level: conditional, nullable: true},
	{name: "ConsumedQuantity", page: "consumedquantity", level: conditional, nullable: true, kind: number},
	{name: "ConsumedUnit", page: "consumedunit", level: conditional, nullable: true},
	{name: "ContractedCost", page: "contractedcost", level: mandatory, kind: number},
	{name: "ContractedUnitPrice", page: "contractedunitprice", level: conditional, nullable: true, kind: number},
	{name: "EffectiveCost", page: "effectivecost", level: mandatory, kind: number},
	{name: "InvoiceId", page: "invoiceid", level: recommended, nullable: true},
	{name: "InvoiceIssuerName", page: "invoiceissuer", level: mandatory},
	{name: "ListCost", page: "listcost", level: mandatory, kind: number},
	{name: "ListUnitPrice", page: "listunitprice", level: conditional, nullable: true, kind: number},
	{name: "PricingCategory", page: "pricingcategory", level: conditional, nullable: true, allowed: []string{"Standard", "Dynamic", "Committed", "Other"}},
	{name: "PricingCurrency", page: "pricingcurrency", level: conditional}, // its table allows nulls, its requirements do not
	{name: "PricingCurrencyContractedUnitPrice", page: "pricingcurrencycontractedunitprice", level: conditional, nullable: true, kind: number},
	{name: "PricingCurrencyEffectiveCost", page: "pricingcurrencyeffectivecost", level: conditional, kind: number},
	{name: "PricingCurrencyListUnitPrice", page: "pricingcurrencylistunitprice", level: conditional, nullable: true, kind: number},
	{name: "PricingQuantity", page: "pricingquantity", level: mandatory, nullable: true, kind: number},
	{name: "PricingUnit", page: "pricingunit", level: mandatory, nullable: true},
	{name: "ProviderName", page: "provider", level: mandatory},
	{name: "PublisherName", page: "publisher", level: mandatory},
	{name: "RegionId", page: "regionid", level: conditional, nullable: true},
	{name: "RegionName", page: "regionname", level: conditional, nullable: true},
	{name: "ResourceId", page: "resourceid", level: conditional, nullable: true},
	{name: "ResourceName", page: "resourcename", level: conditional, nullable: true},
	{name: "ResourceType", page: "resourcetype", level: conditional, nullable: true},
	{name: "ServiceCategory", page: "servicecategory", level: mandatory, allowed: serviceCategories()},
	{name: "ServiceName", page: "servicename", level: mandatory},
	{name: "ServiceSubcategory", page: "servicesubcategory", level: recommended, allowed: serviceSubcategories()},
	{name: "SkuId", page: "skuid", level: conditional, nullable: true},
	{name: "SkuMeter", page: "skumeter", level: conditional, nullable: true},
	{name: "SkuPriceDetails", page: "skupricedetails", level: conditional, nullable: true, kind: keyValue},
	{name: "SkuPriceId", page: "skupriceid", level: conditional, nullable: true},
	{name: "SubAccountId", page: "subaccountid", level: conditional, nullable: true},
	{name: "SubAccountName", page: "subaccountname", level: conditional, nullable: true},
	{name: "SubAccountType", page: "subaccounttype", level: conditional, nullable: true},
	{name: "Tags", page: "tags", level: conditional, nullable: true, kind: keyValue},
}

var usedUnused = []string{"Used", "Unused"}

// families are columns that say something of another one. The specification asks for
// each where the provider supports what it is about, which the other column shows.
var families = map[string][]string{
	"CapacityReservationId": {"CapacityReservationStatus"},
	"CommitmentDiscountId": {
		"CommitmentDiscountCategory", "CommitmentDiscountName", "CommitmentDiscountQuantity",
		"CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit",
	},
	"ConsumedQuantity": {"ConsumedUnit"},
	"RegionId":         {"RegionName"},
	"ResourceId":       {"ResourceName", "ResourceType"},
	"SkuId":            {"SkuMeter", "SkuPriceDetails", "SkuPriceId"},
	"SubAccountId":     {"SubAccountName"},
}

// subcategories are those of each category; each category also has one that is called
// Other with its name in brackets.
var subcategories = map[string][]string{
	"AI and Machine Learning":   {"AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing"},
	"Analytics":                 {"Analytics Platforms", "Business Intelligence", "Data Processing", "Search", "Streaming Analytics"},
	"Business Applications":     {"Productivity and Collaboration"},
	"Compute":                   {"Containers", "End User Computing", "Quantum Compute", "Serverless Compute", "Virtual Machines"},
	"Databases":                 {"Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases", "Relational Databases", "Time Series Databases"},
	"Developer Tools":           {"Developer Platforms", "Continuous Integration and Deployment", "Development Environments", "Source Code Management", "Quality Assurance"},
	"Identity":                  {"Identity and Access Management"},
	"Integration":               {"API Management", "Messaging", "Workflow Orchestration"},
	"Internet of Things":        {"IoT Analytics", "IoT Platforms"},
	"Management and Governance": {"Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery", "Endpoint Management", "Observability", "Support"},
	"Media":                     {"Content Creation", "Gaming", "Media Streaming", "Mixed Reality"},
	"Migration":                 {"Data Migration", "Resource Migration"},
	"Mobile":                    {},
	"Multicloud":                {"Multicloud Integration"},
	"Networking":                {"Application Networking", "Content Delivery", "Network Connectivity", "Network Infrastructure", "Network Routing", "Network Security"},
	"Security":                  {"Secret Management", "Security Posture Management", "Threat Detection and Response"},
	"Storage":                   {"Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms"},
	"Web":                       {"Application Platforms"},
	"Other":                     {},
}

func serviceCategories() (names []string) {
	for name := range subcategories {
		names = append(names, name)
	}
	return names
}

func serviceSubcategories() (names []string) {
	for category, some := range subcategories {
		names = append(append(names, some...), "Other ("+category+")")
	}
	return names
}

// currencies are the national ones of ISO 4217.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
