package sdkinterop_test

import (
	"io"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/billfile"
)

// BenchmarkExportParquet writes bill records into a Parquet file with a column for each
// field, amounts as decimals, on one processor.
func BenchmarkExportParquet(b *testing.B) { exportContest(b, billfile.Parquet, newTheirParquet) }

// theirParquetRow is a record of their SDK with amounts as parquet-go takes decimals.
type theirParquetRow struct {
	BillCycle                 *string `parquet:"bill_cycle,dict"`
	CustomerId                *string `parquet:"customer_id,dict"`
	AssociationType           *string `parquet:"association_type,dict"`
	ServiceTypeCode           *string `parquet:"service_type_code,dict"`
	ResourceTypeCode          *string `parquet:"resource_type_code,dict"`
	ServiceTypeName           *string `parquet:"service_type_name,dict"`
	ResourceTypeName          *string `parquet:"resource_type_name,dict"`
	ChargingMode              *int32  `parquet:"charging_mode,dict"`
	TradeTime                 *int64  `parquet:"trade_time,timestamp(millisecond)"`
	TradeId                   *string `parquet:"trade_id"`
	Id                        *string `parquet:"id"`
	BillDetailType            *int32  `parquet:"bill_detail_type,dict"`
	ResourceId                *string `parquet:"resource_id,dict"`
	ResourceName              *string `parquet:"resource_name,dict"`
	ProductSpecDesc           *string `parquet:"product_spec_desc,dict"`
	RegionCode                *string `parquet:"region_code,dict"`
	ProductId                 *string `parquet:"product_id,dict"`
	ProductName               *string `parquet:"product_name,dict"`
	ResourceTag               *string `parquet:"resource_tag,dict"`
	ConsumeTime               *string `parquet:"consume_time"`
	UsageType                 *string `parquet:"usage_type,dict"`
	UsageAmount               *int64  `parquet:"usage_amount,decimal(8:18)"`
	UsageMeasureId            *int32  `parquet:"usage_measure_id,dict"`
	FreeResourceUsage         *int64  `parquet:"free_resource_usage,decimal(8:18)"`
	FreeResourceMeasureId     *int32  `parquet:"free_resource_measure_id,dict"`
	RiUsage                   *int64  `parquet:"ri_usage,decimal(8:18)"`
	RiUsageMeasureId          *int32  `parquet:"ri_usage_measure_id,dict"`
	OfficialAmount            *int64  `parquet:"official_amount,decimal(8:18)"`
	OfficialDiscountAmount    *int64  `parquet:"official_discount_amount,decimal(8:18)"`
	PaymentAmount             *int64  `parquet:"payment_amount,decimal(8:18)"`
	CashAmount                *int64  `parquet:"cash_amount,decimal(8:18)"`
	CreditAmount              *int64  `parquet:"credit_amount,decimal(8:18)"`
	CouponAmount              *int64  `parquet:"coupon_amount,decimal(8:18)"`
	FlexipurchaseCouponAmount *int64  `parquet:"flexipurchase_coupon_amount,decimal(8:18)"`
	StoredValueCardAmount     *int64  `parquet:"stored_value_card_amount,decimal(8:18)"`
	DebtAmount                *int64  `parquet:"debt_amount,decimal(8:18)"`
	WriteoffAmount            *int64  `parquet:"writeoff_amount,decimal(8:18)"`
	PeriodType                *int32  `parquet:"period_type,dict"`
	AccountManagerId          *string `parquet:"account_manager_id,dict"`
	PartnerId                 *string `parquet:"partner_id,dict"`
	RegionName                *string `parquet:"region_name,dict"`
	SubServiceTypeCode        *string `parquet:"sub_service_type_code,dict"`
	SubServiceTypeName        *string `parquet:"sub_service_type_name,dict"`
	SubResourceTypeCode       *string `parquet:"sub_resource_type_code,dict"`
	SubResourceTypeName       *string `parquet:"sub_resource_type_name,dict"`
	SubResourceId             *string `parquet:"sub_resource_id,dict"`
	SubResourceName           *string `parquet:"sub_resource_name,dict"`
	PeriodNum                 *int64  `parquet:"period_num,decimal(8:18)"`
	Currency                  string  `parquet:"currency,dict"`
}

func theirParquetRowOf(r *model.SubCustomerMonthlyBillDetail, currency string) theirParquetRow {
	return theirParquetRow{
		BillCycle:                 r.BillCycle,
		CustomerId:                r.CustomerId,
		AssociationType:           r.AssociationType,
		ServiceTypeCode:           r.ServiceTypeCode,
		ResourceTypeCode:          r.ResourceTypeCode,
		ServiceTypeName:           r.ServiceTypeName,
		ResourceTypeName:          r.ResourceTypeName,
		ChargingMode:              r.ChargingMode,
		TradeTime:                 milliseconds(r.TradeTime),
		TradeId:                   r.TradeId,
		Id:                        r.Id,
		BillDetailType:            r.BillDetailType,
		ResourceId:                r.ResourceId,
		ResourceName:              r.ResourceName,
		ProductSpecDesc:           r.ProductSpecDesc,
		RegionCode:                r.RegionCode,
		ProductId:                 r.ProductId,
		ProductName:               r.ProductName,
		ResourceTag:               r.ResourceTag,
		ConsumeTime:               r.ConsumeTime,
		UsageType:                 r.UsageType,
		UsageAmount:               scaledUp(r.UsageAmount),
		UsageMeasureId:            r.UsageMeasureId,
		FreeResourceUsage:         scaledUp(r.FreeResourceUsage),
		FreeResourceMeasureId:     r.FreeResourceMeasureId,
		RiUsage:                   scaledUp(r.RiUsage),
		RiUsageMeasureId:          r.RiUsageMeasureId,
		OfficialAmount:            scaledUp(r.OfficialAmount),
		OfficialDiscountAmount:    scaledUp(r.OfficialDiscountAmount),
		PaymentAmount:             scaledUp(r.PaymentAmount),
		CashAmount:                scaledUp(r.CashAmount),
		CreditAmount:              scaledUp(r.CreditAmount),
		CouponAmount:              scaledUp(r.CouponAmount),
		FlexipurchaseCouponAmount: scaledUp(r.FlexipurchaseCouponAmount),
		StoredValueCardAmount:     scaledUp(r.StoredValueCardAmount),
		DebtAmount:                scaledUp(r.DebtAmount),
		WriteoffAmount:            scaledUp(r.WriteoffAmount),
		PeriodType:                r.PeriodType,
		AccountManagerId:          r.AccountManagerId,
		PartnerId:                 r.PartnerId,
		RegionName:                r.RegionName,
		SubServiceTypeCode:        r.SubServiceTypeCode,
		SubServiceTypeName:        r.SubServiceTypeName,
		SubResourceTypeCode:       r.SubResourceTypeCode,
		SubResourceTypeName:       r.SubResourceTypeName,
		SubResourceId:             r.SubResourceId,
		SubResourceName:           r.SubResourceName,
		PeriodNum:                 scaledUp(r.PeriodNum),
		Currency:                  currency,
	}
}

func scaledUp(d *decimal.Decimal) *int64 {
	if d == nil {
		return nil
	}
	n := d.Shift(8).IntPart()
	return &n
}

func milliseconds(instant *string) *int64 {
	if instant == nil {
		return nil
	}
	t, err := time.Parse(time.RFC3339, *instant)
	if err != nil {
		return nil
	}
	n := t.UnixMilli()
	return &n
}

func newTheirParquet(b *testing.B) theirFile {
	b.Helper()
	file := parquet.NewGenericWriter[theirParquetRow](io.Discard, parquet.Compression(&parquet.Snappy))
	rows := make([]theirParquetRow, exportedRows)
	return theirFile{
		write: func(records []model.SubCustomerMonthlyBillDetail, currency string) {
			for i := range records {
				rows[i] = theirParquetRowOf(&records[i], currency)
			}
			_, err := file.Write(rows[:len(records)])
			require.NoError(b, err)
		},
		close: func() { require.NoError(b, file.Close()) },
	}
}
