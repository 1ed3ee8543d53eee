package report

import (
	"fmt"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
)

// word is a heading or a sentence of a report.
type word int

const (
	language word = iota
	title
	partnerWord
	periodWord
	periodForm
	runWord
	generatedWord
	customersWord
	recordsWord
	partial
	estimatedNote
	nothing
	paymentWord
	listWord
	discountWord
	invoiceWord
	marginWord
	directForm
	axisForm
	byServiceForm
	byServiceDescription
	byDayForm
	byDayDescription
	daysAsTable
	dayWord
	otherDays
	otherDaysNote
	othersForm
	totalWord
	serviceWord
	servicesForm
	customerWord
	customerID
	customersForm
	reconciliationWord
	agrees
	disagrees
	comparedForm
	lagNote
	causesWord
	causeWord
	classWord
	currencyWord
	linesWord
	differenceWord
	differencesForm
	resourceWord
	modeWord
	ofRecords
	ofSums
	leftOutWord
	reasonWord
	customersBroken
	identityWord
	identitiesWord
	identitiesHold
	identitiesBroken
	recordWord
	filesWord
	filesForm
	fileWord
	bytesWord
	sumWord
	wordCount
)

// words are in English and in Chinese.
var words = [wordCount][2]string{
	language:             {"en", "zh-CN"},
	title:                {"Bill export", "账单导出报告"},
	partnerWord:          {"Partner", "伙伴"},
	periodWord:           {"Billing period", "账期"},
	periodForm:           {"%s to %s (GMT+8)", "%s 至 %s（GMT+8）"},
	runWord:              {"Run", "导出任务"},
	generatedWord:        {"Asked for", "发起时间"},
	customersWord:        {"Customers", "客户数"},
	recordsWord:          {"Records", "记录数"},
	partial:              {"Some customers only", "仅部分客户"},
	estimatedNote:        {"The bills of this month still change: amounts are an estimate.", "本账期的账单尚未出账，金额为预估值。"},
	nothing:              {"There are no records in this billing period.", "本账期没有消费记录。"},
	paymentWord:          {"Payment", "应付金额"},
	listWord:             {"List price", "官网价"},
	discountWord:         {"Discount", "优惠金额"},
	invoiceWord:          {"Invoiced", "开票金额"},
	marginWord:           {"Margin", "毛利"},
	directForm:           {"Of the payment, %s %s is what referral customers pay Huawei Cloud themselves: it is not invoiced, and neither a cost nor a margin.", "应付金额中有 %s %s 由顾问销售客户直接支付给华为云：不开票，不计入成本和毛利。"},
	axisForm:             {"Payment in %s", "应付金额（%s）"},
	byServiceForm:        {"Payment by service, %s", "按服务的应付金额，%s"},
	byServiceDescription: {"Horizontal bars of %d services. The greatest is %s with %s %s.", "横向条形图，共 %d 项服务，最高为%s：%s %s。"},
	byDayForm:            {"Payment by day, %s", "按日的应付金额，%s"},
	byDayDescription:     {"A column for each day of the month, by when the money was taken. The greatest is %s with %s %s.", "按扣费日期的柱形图，每日一柱，最高为%s：%s %s。"},
	daysAsTable:          {"The days as a table", "以表格查看各日"},
	dayWord:              {"Day (GMT+8)", "日期（GMT+8）"},
	otherDays:            {"Other days", "其他日期"},
	otherDaysNote:        {"* Charged on days that are not of this month.", "* 扣费日期不在本月内。"},
	othersForm:           {"%d others", "其他 %d 项"},
	totalWord:            {"Total", "合计"},
	serviceWord:          {"Service", "服务"},
	servicesForm:         {"By service, %s", "按服务汇总，%s"},
	customerWord:         {"Customer", "客户"},
	customerID:           {"Customer ID", "客户 ID"},
	customersForm:        {"By customer, %s", "按客户汇总，%s"},
	reconciliationWord:   {"Records against Huawei Cloud's monthly sums", "与华为云月度汇总对账"},
	agrees:               {"They agree", "一致"},
	disagrees:            {"They do not agree", "不一致"},
	comparedForm:         {"%s lines were compared; %s differ: %s for a reason that is documented, %s because of wrong data, %s unexplained.", "共比对 %s 行，差异 %s 行：有文档依据 %s 行，数据有误 %s 行，原因不明 %s 行。"},
	lagNote:              {"The sums come a day later than the records, so differences of an estimate mean little.", "月度汇总比明细晚一天，预估账单的差异仅供参考。"},
	causesWord:           {"Causes", "差异原因"},
	causeWord:            {"Cause", "原因"},
	classWord:            {"Means", "性质"},
	currencyWord:         {"Currency", "币种"},
	linesWord:            {"Lines", "行数"},
	differenceWord:       {"Difference", "差额"},
	differencesForm:      {"%s of %s lines that differ; reconciliation.csv has all", "差异行 %s / %s，全部见 reconciliation.csv"},
	resourceWord:         {"Resource type", "资源类型"},
	modeWord:             {"Billing mode", "计费模式"},
	ofRecords:            {"Records", "明细金额"},
	ofSums:               {"Sums", "汇总金额"},
	leftOutWord:          {"Records that the sums do not contain", "月度汇总不含的记录"},
	reasonWord:           {"Why", "原因"},
	customersBroken:      {"%s of %s customers whose sums contradict themselves", "汇总自相矛盾的客户 %s / %s"},
	identityWord:         {"What does not hold", "不成立的等式"},
	identitiesWord:       {"Amounts of the records", "明细金额校验"},
	identitiesHold:       {"The amounts of every record add up.", "每条记录的金额都自洽。"},
	identitiesBroken:     {"%s of %s amounts that do not add up", "金额不自洽 %s / %s 处"},
	recordWord:           {"Record", "记录 ID"},
	filesWord:            {"Files", "文件"},
	filesForm:            {"%s of %s files; the manifest names all", "文件 %s / %s，全部见清单 manifest.json"},
	fileWord:             {"File", "文件"},
	bytesWord:            {"Bytes", "字节数"},
	sumWord:              {"SHA-256", "SHA-256"},
}

// What states, causes and codes mean.
var (
	stateWords = map[string][2]string{
		string(publication.Estimated):            {"Estimated", "预估"},
		string(publication.Final):                {"Final", "最终"},
		string(publication.FinalWithDifferences): {"Final, with differences", "最终（有差异）"},
	}
	classWords = map[string][2]string{
		"explained":   {"documented", "有文档依据"},
		"defect":      {"wrong data", "数据有误"},
		"unexplained": {"unexplained", "原因不明"},
	}
	causeWords = map[string][2]string{
		"sums_lag":                    {"The sums come a day later", "汇总晚一天"},
		"not_settled":                 {"The month is not settled", "账期未出账"},
		"truncation":                  {"Cut off to whole fen", "抹零"},
		"make_up_charge":              {"Made up for what was cut off", "抹零补扣"},
		"association_changed":         {"The customer's association changed", "客户关联类型变更"},
		"debt_not_in_sums":            {"The sum has no debts", "汇总不含欠费"},
		"writeoff":                    {"Written off", "核销"},
		"currency_differs":            {"Another currency", "币种不同"},
		"measure_differs":             {"Another unit of money", "金额单位不同"},
		"sign_differs":                {"The sign is wrong", "正负号相反"},
		"customer_missing_in_records": {"A customer without records", "明细缺少该客户"},
		"customer_missing_in_sums":    {"A customer without sums", "汇总缺少该客户"},
		"sums_incomplete":             {"The sums lack the last days", "汇总缺少最后几日"},
		"duplicate_record":            {"A record is there twice", "重复记录"},
		"broken_record":               {"A record's amounts are wrong", "记录金额有误"},
		"missing_record":              {"A record is missing", "缺少记录"},
		"unexplained":                 {"Nobody knows", "原因不明"},
	}
	reasonWords = map[string][2]string{
		"association_type": {"The customer is not of resale", "非代售客户"},
		"charging_mode":    {"There are no sums of this billing mode", "该计费模式没有汇总"},
	}
	identityWords = map[string][2]string{
		"payment_parts": {"The payment is the sum of its parts", "应付金额 = 各支付方式之和"},
		"truncation":    {"Less than a fen is cut off", "抹零不足一分"},
		"make_up":       {"No more is made up for than was cut off", "补扣不超过抹零"},
	}
	modeWords = map[string][2]string{
		"1":  {"Yearly/monthly", "包年/包月"},
		"3":  {"On demand", "按需"},
		"10": {"Reserved instance", "预留实例"},
		"11": {"Savings plan", "节省计划"},
	}
)

func (p *page) say(w word, values ...any) string {
	text := words[w][p.tongue()]
	if len(values) > 0 {
		return fmt.Sprintf(text, values...)
	}
	return text
}

// tongue is the column of the language in a table of words.
func (p *page) tongue() int {
	if p.Chinese {
		return 1
	}
	return 0
}

// meaning is that of a code, or the code where the table lacks it.
func (p *page) meaning(table map[string][2]string, code string) string {
	if known, ok := table[code]; ok {
		return known[p.tongue()]
	}
	return code
}

func (p *page) stateName() string { return escape(p.meaning(stateWords, string(p.State))) }
