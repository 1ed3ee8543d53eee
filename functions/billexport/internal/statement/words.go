package statement

import (
	"fmt"
	"strings"
	"time"
)

// word is a heading or a sentence of a statement.
type word int

const (
	language word = iota
	title
	monthForm
	periodForm
	toCustomer
	fromPartner
	account
	customerID
	partnerID
	billingPeriod
	currencyWord
	issued
	estimated
	estimatedNote
	final
	finalNote
	summary
	service
	records
	listPrice
	discount
	cutOff
	toPay
	amountWord
	paidToHuaweiCloud
	paidToHuaweiCloudNote
	total
	other
	cutOffNote
	invoicedNote
	payment
	cash
	credit
	coupon
	flexipurchaseCoupon
	storedValueCard
	debt
	writeoff
	unexplained
	nothing
	itemsWord
	day
	kindWord
	resourceType
	resource
	resourceID
	region
	mode
	quantity
	unitWord
	refund
	byResourceNote
	byResourceTypeNote
	byCurrencyNote
	recordsFileForm
	roundedNote
	pageForm
	unitForm
	unknownForm
	words_ // how many there are
)

// words are in English and in Chinese.
var words = [words_][2]string{
	language:          {"en", "zh-CN"},
	title:             {"Statement of cloud services", "云服务账单"},
	monthForm:         {"%[2]s %[1]d", "%[1]d年%[3]d月"},
	periodForm:        {"%s to %s (GMT+8)", "%s 至 %s（GMT+8）"},
	toCustomer:        {"Customer", "客户"},
	fromPartner:       {"Issued by", "出具方"},
	account:           {"Account", "账号"},
	customerID:        {"Customer ID", "客户 ID"},
	partnerID:         {"Partner ID", "伙伴 ID"},
	billingPeriod:     {"Billing period", "账期"},
	currencyWord:      {"Currency", "币种"},
	issued:            {"Issued", "出具时间"},
	estimated:         {"ESTIMATE", "预估账单"},
	estimatedNote:     {"The bills of this month still change: amounts are an estimate.", "本账期的账单尚未出账，金额为预估值，仅供参考。"},
	final:             {"FINAL", "最终账单"},
	finalNote:         {"The bills of this month are settled and no longer change.", "本账期已出账，金额不再变化。"},
	summary:           {"Summary by service", "按服务汇总"},
	service:           {"Service", "服务"},
	records:           {"Records", "记录数"},
	listPrice:         {"List price", "官网价"},
	discount:          {"Discount", "优惠金额"},
	cutOff:            {"Rounding", "抹零金额"},
	toPay:             {"To pay", "应付金额"},
	paidToHuaweiCloud: {"Paid to Huawei Cloud", "直接支付给华为云"},
	paidToHuaweiCloudNote: {
		"The customer pays Huawei Cloud itself for these records, and gets the invoices from there.",
		"该部分由客户直接支付给华为云，并由华为云开具发票。",
	},
	amountWord:          {"Amount", "金额"},
	total:               {"Total", "合计"},
	other:               {"Other services", "其他服务"},
	cutOffNote:          {"%s: list price less discount and rounding. Each record is charged in whole cents.", "%s = 官网价 − 优惠金额 − 抹零金额；每条记录按分扣费。"},
	invoicedNote:        {"The amount of each record is rounded to 0.01, that of a refund by its size.", "每条记录的金额四舍五入到 0.01，退款按绝对值舍入。"},
	payment:             {"How it is paid", "支付方式"},
	cash:                {"Cash", "现金支付"},
	credit:              {"Credit", "信用额度支付"},
	coupon:              {"Vouchers", "代金券抵扣"},
	flexipurchaseCoupon: {"Cash coupons", "现金券抵扣"},
	storedValueCard:     {"Stored-value cards", "储值卡抵扣"},
	debt:                {"Outstanding", "欠费金额"},
	writeoff:            {"Written off", "欠费核销"},
	unexplained:         {"Not itemised", "未列明"},
	nothing:             {"There are no records in this billing period.", "本账期没有消费记录。"},
	itemsWord:           {"Items", "费用明细"},
	day:                 {"Date", "日期"},
	kindWord:            {"Type", "账单类型"},
	resourceType:        {"Resource type", "资源类型"},
	resource:            {"Resource", "资源名称"},
	resourceID:          {"Resource ID", "资源 ID"},
	region:              {"Region", "区域"},
	mode:                {"Billing mode", "计费模式"},
	quantity:            {"Quantity", "用量"},
	unitWord:            {"Unit", "单位"},
	refund:              {"Refund: %s", "退款：%s"},
	byResourceNote:      {"There are %s records. Here those of a resource are summed up in one line.", "共有 %s 条记录，此处按资源汇总。"},
	byResourceTypeNote:  {"There are %s records. Here those of a resource type and region are summed up in one line.", "共有 %s 条记录，此处按资源类型和区域汇总。"},
	byCurrencyNote:      {"There are %s records, too many to list.", "共有 %s 条记录，此处不逐条列出。"},
	recordsFileForm:     {"Each one is in the file %s of the issuer's export.", "逐条记录见出具方导出的文件 %s。"},
	roundedNote:         {"Quantities are rounded to %d decimals.", "用量四舍五入到小数点后 %d 位。"},
	pageForm:            {"Page %d of %d", "第 %d 页，共 %d 页"},
	unitForm:            {"unit %s", "单位 %s"},
	unknownForm:         {"code %s", "代码 %s"},
}

func (p *paper) say(w word, values ...any) string {
	text := words[w][p.tongue()]
	if len(values) > 0 {
		return fmt.Sprintf(text, values...)
	}
	return text
}

// tongue is the column of the language in a table of words.
func (p *paper) tongue() int {
	if p.Chinese {
		return 1
	}
	return 0
}

// month is the cycle in words.
func (p *paper) month() string {
	start := p.Cycle.Start().In(beijing)
	return p.say(monthForm, start.Year(), start.Month().String(), int(start.Month()))
}

func (p *paper) days() string {
	return p.say(periodForm, p.Cycle.Day(1), p.Cycle.Day(p.Cycle.Days()))
}

// customer and partner are the best names that are known.
func (p *paper) customer() string {
	return firstOf(p.Customer.Name, p.Customer.AccountName, p.Customer.ID)
}

func (p *paper) partner() string { return firstOf(p.PartnerName, p.PartnerID) }

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text = strings.TrimSpace(line(text)); text != "" {
			return text
		}
	}
	return ""
}

func (p *paper) state() string {
	if p.Final {
		return p.say(final)
	}
	return p.say(estimated)
}

func (p *paper) generated() string {
	if p.GeneratedAt.IsZero() {
		return ""
	}
	return p.GeneratedAt.In(beijing).Format(time.DateOnly+" 15:04") + " (GMT+8)"
}
