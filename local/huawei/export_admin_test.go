package huawei

import "reflect"

// AdminRequests are the types of what the administration's routes read, but for
// snapshots.
var AdminRequests = map[string]reflect.Type{
	"PUT /_sim/clock":                 reflect.TypeFor[clockMove](),
	"PUT /_sim/seed":                  reflect.TypeFor[newSeed](),
	"POST /_sim/faults":               reflect.TypeFor[Fault](),
	"POST /_sim/refusals":             reflect.TypeFor[Refusal](),
	"PUT /_sim/partner":               reflect.TypeFor[PartnerState](),
	"PUT /_sim/conditions":            reflect.TypeFor[newConditions](),
	"POST /_sim/accounts":             reflect.TypeFor[Account](),
	"POST /_sim/users":                reflect.TypeFor[NewUser](),
	"PUT /_sim/access":                reflect.TypeFor[Access](),
	"POST /_sim/bindings":             reflect.TypeFor[Binding](),
	"POST /_sim/bindings/remove":      reflect.TypeFor[unbinding](),
	"POST /_sim/notifications/replay": reflect.TypeFor[replay](),
	"POST /_sim/realname/scan":        reflect.TypeFor[Scan](),
	"PUT /_sim/bucket/uploads":        reflect.TypeFor[newUploads](),
	"POST /_sim/disassociations":      reflect.TypeFor[disassociation](),
	"PUT /_sim/balance":               reflect.TypeFor[newBalance](),
	"PUT /_sim/consumption-quota":     reflect.TypeFor[newConsumptionQuota](),
	"PUT /_sim/expenditure-quota":     reflect.TypeFor[newExpenditureQuota](),
	"POST /_sim/resellers":            reflect.TypeFor[Reseller](),
	"POST /_sim/quotas":               reflect.TypeFor[NewQuota](),
	"POST /_sim/orders":               reflect.TypeFor[NewOrder](),
	"POST /_sim/coupons":              reflect.TypeFor[NewCoupon](),
	"POST /_sim/price-discounts":      reflect.TypeFor[NewPriceDiscount](),
	"POST /_sim/bills":                reflect.TypeFor[billsToAdd](),
	"POST /_sim/bills/spoil":          reflect.TypeFor[Spoil](),
	"POST /_sim/subscribed":           reflect.TypeFor[newSubscribedFiles](),
	"POST /_sim/consumers":            reflect.TypeFor[newConsumers](),
	"POST /_sim/on-demand-resources":  reflect.TypeFor[NewOnDemandResource](),
	"POST /_sim/resources/mark":       reflect.TypeFor[newMark](),
	"POST /_sim/packages":             reflect.TypeFor[NewResourcePackage](),
	"POST /_sim/packages/use":         reflect.TypeFor[packageUsage](),
	"POST /_sim/bandwidths":           reflect.TypeFor[NewBandwidth](),
	"POST /_sim/enterprises":          reflect.TypeFor[NewEnterprise](),
	"POST /_sim/enterprises/members":  reflect.TypeFor[NewMember](),
}
