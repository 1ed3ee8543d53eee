package focus

// Values of ChargeCategory.
const (
	categoryUsage      = "Usage"
	categoryPurchase   = "Purchase"
	categoryTax        = "Tax"
	categoryAdjustment = "Adjustment"
)

// Values of ChargeFrequency.
const (
	frequencyOneTime    = "One-Time"
	frequencyRecurring  = "Recurring"
	frequencyUsageBased = "Usage-Based"
)

// chargeType is what a bill_detail_type is in the words of the specification.
type chargeType struct {
	name     string // for the description
	category string
	refund   bool // of an order
	covered  bool // usage that a commitment has paid for
	monthly  bool // repeats, whatever its period
	oneTime  bool // does not repeat, whatever its period
}

// chargeTypes are by bill_detail_type. What is not here is a purchase, as in Huawei
// Cloud's own mapping.
var chargeTypes = map[int32]chargeType{
	1:   {name: "New purchase", category: categoryPurchase},
	2:   {name: "Renewal", category: categoryPurchase},
	3:   {name: "Change", category: categoryPurchase},
	4:   {name: "Refund of an unsubscription", category: categoryPurchase, refund: true},
	5:   {name: "Usage", category: categoryUsage},
	8:   {name: "Automatic renewal", category: categoryPurchase},
	9:   {name: "Compensation", category: categoryAdjustment},
	12:  {name: "Reserved instance by the hour", category: categoryUsage, covered: true},
	13:  {name: "Unsubscription fee", category: categoryPurchase, oneTime: true},
	14:  {name: "Support plan at the end of the month", category: categoryPurchase, monthly: true},
	15:  {name: "Tax", category: categoryTax},
	16:  {name: "Deduction", category: categoryAdjustment},
	17:  {name: "Rest of a minimum commitment", category: categoryPurchase, oneTime: true},
	18:  {name: "Payment by month", category: categoryPurchase, monthly: true},
	20:  {name: "Refund of a change", category: categoryPurchase, refund: true},
	23:  {name: "Usage under a savings plan", category: categoryUsage, covered: true},
	24:  {name: "Refund of a change to pay-per-use", category: categoryPurchase, refund: true},
	25:  {name: "Charge of what was truncated before", category: categoryPurchase, oneTime: true},
	100: {name: "Tax of a refund", category: categoryTax},
	101: {name: "Tax of a compensation", category: categoryTax},
	102: {name: "Tax of a deduction", category: categoryTax},
	103: {name: "Payment by year", category: categoryPurchase, monthly: true},
}

var unknownCharge = chargeType{name: "Charge", category: categoryPurchase}

// Codes of charging_mode.
const (
	modeReservedInstance = 10
	modeSavingsPlan      = 11
)

// charge is what the columns of a row depend on.
type charge struct {
	chargeType
	mode, period int32
}

func chargeOf(detail, mode, period int32, refundsInOrigin bool) charge {
	c := charge{unknownCharge, mode, period}
	if known, ok := chargeTypes[detail]; ok {
		c.chargeType = known
	}
	if c.refund && !refundsInOrigin {
		c.category = categoryAdjustment
	}
	return c
}

// frequency is ChargeFrequency. A purchase is never Usage-Based, whatever it is charged by.
func (c charge) frequency() string {
	switch {
	case c.category == categoryUsage:
		return frequencyUsageBased
	case c.category != categoryPurchase || c.refund || c.oneTime:
		return frequencyOneTime
	case c.monthly:
		return frequencyRecurring
	}
	switch c.period {
	case periodYear, periodMonth, periodDay, periodHour:
		return frequencyRecurring
	}
	return frequencyOneTime
}

// commitment reports whether the charge is that of a reserved instance or a savings
// plan, or of what one pays for.
func (c charge) commitment() bool {
	return c.covered || c.mode == modeReservedInstance || c.mode == modeSavingsPlan
}

func (c charge) reservedInstance() bool {
	return c.mode == modeReservedInstance || c.mode != modeSavingsPlan && c.name == chargeTypes[12].name
}

// pricingCategory is PricingCategory: Committed is what a commitment pays for, and not
// the commitment itself.
func (c charge) pricingCategory() string {
	switch {
	case c.category == categoryTax:
		return ""
	case c.category == categoryUsage && c.commitment():
		return "Committed"
	}
	return "Standard"
}
