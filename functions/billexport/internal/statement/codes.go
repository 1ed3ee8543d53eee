package statement

// What the API's numbers mean, in English and in Chinese.
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
var (
	modes = map[string][2]string{
		"1":  {"Yearly/monthly", "包年/包月"},
		"3":  {"On demand", "按需"},
		"10": {"Reserved instance", "预留实例"},
		"11": {"Savings plan", "节省计划"},
	}
	kinds = map[string][2]string{
		"1":   {"New purchase", "新购"},
		"2":   {"Renewal", "续订"},
		"3":   {"Change", "变更"},
		"4":   {"Refund: cancelled", "退款-退订"},
		"5":   {"Usage", "使用"},
		"8":   {"Auto-renewal", "自动续订"},
		"9":   {"Compensation", "调账-补偿"},
		"12":  {"Reserved hours", "预留实例按时计费"},
		"13":  {"Unsubscription fee", "退订手续费"},
		"14":  {"Support plan", "服务支持计划月末扣费"},
		"15":  {"Tax", "税金"},
		"16":  {"Deduction", "调账-扣费"},
		"17":  {"Minimum fee", "保底差额"},
		"18":  {"Monthly payment", "按月付费"},
		"20":  {"Refund: changed", "退款-变更"},
		"23":  {"Savings plan use", "节省计划抵扣"},
		"24":  {"Refund: to on demand", "退款-转按需"},
		"25":  {"Make-up charge", "消费-抹零补扣"},
		"100": {"Refund of tax", "退款-税金"},
		"101": {"Compensated tax", "补偿-税金"},
		"102": {"Deducted tax", "扣费-税金"},
		"103": {"Yearly payment", "按年付费"},
	}
	// refunds are kinds that give money back.
	refunds = map[string]bool{"4": true, "20": true, "24": true, "100": true}
	// units are those of usage_measure_id whose numbers the documentation names.
	units = map[string][2]string{
		"4":  {"hours", "小时"},
		"10": {"GB", "GB"},
		"11": {"MB", "MB"},
		"14": {"pieces", "个(次)"},
		"15": {"Mbit/s", "Mbit/s"},
		"17": {"GB", "GB"},
		"19": {"years", "年"},
		"20": {"months", "月"},
		"24": {"days", "天"},
		"25": {"hours", "小时"},
	}
	periods = map[string][2]string{
		"5":  {"one-time", "一次性"},
		"19": {"years", "年"},
		"20": {"months", "个月"},
		"24": {"days", "天"},
		"25": {"hours", "小时"},
	}
)

// meaning is that of a number, or the number where the table lacks it.
func (p *paper) meaning(table map[string][2]string, code string, unknown word) string {
	if code == "" {
		return ""
	}
	if known, ok := table[code]; ok {
		return known[p.tongue()]
	}
	return p.say(unknown, code)
}

// unit is what an item's quantity is measured in.
func (p *paper) unit(i *item) string {
	code := p.texts.all[i.unit]
	if code == "" {
		return p.meaning(periods, p.texts.all[i.period], unitForm)
	}
	if _, documented := units[code]; !documented && p.Units[code] != "" {
		return p.Units[code]
	}
	return p.meaning(units, code, unitForm)
}

// kind is what an item is, and whether it gives money back.
func (p *paper) kind(i *item) (name string, isRefund bool) {
	code := p.texts.all[i.kind]
	isRefund = refunds[code] || i.pay.Decimal().IsNegative()
	name = p.meaning(kinds, code, unknownForm)
	if isRefund && !refunds[code] {
		name = p.say(refund, name)
	}
	return name, isRefund
}
