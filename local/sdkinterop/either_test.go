package sdkinterop_test

import (
	"encoding/json"
	"reflect"

	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	intl "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2"
	"github.com/stretchr/testify/require"
)

// client is the SDK's client of the site that is simulated. The SDK has two, with
// types of their own: where they share an operation, a case is written once, in
// the types of the mainland, and the client of the international site is called
// with what those say in JSON.
type client struct {
	*sdk.BssClient
	abroad *intl.BssintlClient // nil on the mainland
	cloud  *cloud
}

// either calls the client of the site, and looks whether it lost anything of the
// answer.
func either[Q, A, Q2, A2 any](
	c *client, mainland func(*Q) (*A, error), abroad func(*Q2) (*A2, error), request *Q,
) (*A, error) {
	if c.abroad == nil {
		answer, err := mainland(request)
		return answer, c.cloud.whole(answer, err)
	}
	answer, err := abroad(translated[Q2](c.cloud, request))
	if err != nil {
		return nil, err
	}
	c.cloud.assertNothingLost(answer)
	return translated[A](c.cloud, answer), nil
}

// whole is an answer of the SDK, of which nothing was lost.
func (c *cloud) whole(answer any, err error) error {
	if err == nil {
		c.assertNothingLost(answer)
	}
	return err
}

// translated says the same in another type; the status is in no field of JSON.
func translated[To any](c *cloud, from any) *To {
	c.t.Helper()
	data, err := json.Marshal(from)
	require.NoError(c.t, err)
	to := new(To)
	require.NoError(c.t, json.Unmarshal(data, to))
	const status = "HttpStatusCode"
	if field := reflect.ValueOf(to).Elem().FieldByName(status); field.IsValid() {
		field.Set(reflect.ValueOf(from).Elem().FieldByName(status))
	}
	return to
}

func (c *client) AutoRenewalResources(r *model.AutoRenewalResourcesRequest) (*model.AutoRenewalResourcesResponse, error) {
	return either(c, c.BssClient.AutoRenewalResources, c.abroad.AutoRenewalResources, r)
}

func (c *client) CancelAutoRenewalResources(r *model.CancelAutoRenewalResourcesRequest) (*model.CancelAutoRenewalResourcesResponse, error) {
	return either(c, c.BssClient.CancelAutoRenewalResources, c.abroad.CancelAutoRenewalResources, r)
}

func (c *client) CancelCustomerOrder(r *model.CancelCustomerOrderRequest) (*model.CancelCustomerOrderResponse, error) {
	return either(c, c.BssClient.CancelCustomerOrder, c.abroad.CancelCustomerOrder, r)
}

func (c *client) CancelResourcesSubscription(r *model.CancelResourcesSubscriptionRequest) (*model.CancelResourcesSubscriptionResponse, error) {
	return either(c, c.BssClient.CancelResourcesSubscription, c.abroad.CancelResourcesSubscription, r)
}

func (c *client) ChangeEnterpriseRealnameAuthentication(r *model.ChangeEnterpriseRealnameAuthenticationRequest) (*model.ChangeEnterpriseRealnameAuthenticationResponse, error) {
	return either(c, c.BssClient.ChangeEnterpriseRealnameAuthentication, c.abroad.ChangeEnterpriseRealnameAuthentication, r)
}

func (c *client) CheckUserIdentity(r *model.CheckUserIdentityRequest) (*model.CheckUserIdentityResponse, error) {
	return either(c, c.BssClient.CheckUserIdentity, c.abroad.CheckUserIdentity, r)
}

func (c *client) CreateEnterpriseProjectAuth(r *model.CreateEnterpriseProjectAuthRequest) (*model.CreateEnterpriseProjectAuthResponse, error) {
	return either(c, c.BssClient.CreateEnterpriseProjectAuth, c.abroad.CreateEnterpriseProjectAuth, r)
}

func (c *client) CreateEnterpriseRealnameAuthentication(r *model.CreateEnterpriseRealnameAuthenticationRequest) (*model.CreateEnterpriseRealnameAuthenticationResponse, error) {
	return either(c, c.BssClient.CreateEnterpriseRealnameAuthentication, c.abroad.CreateEnterpriseRealnameAuthentication, r)
}

func (c *client) CreatePersonalRealnameAuth(r *model.CreatePersonalRealnameAuthRequest) (*model.CreatePersonalRealnameAuthResponse, error) {
	return either(c, c.BssClient.CreatePersonalRealnameAuth, c.abroad.CreatePersonalRealnameAuth, r)
}

func (c *client) CreateSubCustomer(r *model.CreateSubCustomerRequest) (*model.CreateSubCustomerResponse, error) {
	return either(c, c.BssClient.CreateSubCustomer, c.abroad.CreateSubCustomer, r)
}

func (c *client) ListConversions(r *model.ListConversionsRequest) (*model.ListConversionsResponse, error) {
	return either(c, c.BssClient.ListConversions, c.abroad.ListConversions, r)
}

func (c *client) ListCosts(r *model.ListCostsRequest) (*model.ListCostsResponse, error) {
	return either(c, c.BssClient.ListCosts, c.abroad.ListCosts, r)
}

func (c *client) ListCustomerOnDemandResources(r *model.ListCustomerOnDemandResourcesRequest) (*model.ListCustomerOnDemandResourcesResponse, error) {
	return either(c, c.BssClient.ListCustomerOnDemandResources, c.abroad.ListCustomerOnDemandResources, r)
}

func (c *client) ListCustomerOrders(r *model.ListCustomerOrdersRequest) (*model.ListCustomerOrdersResponse, error) {
	return either(c, c.BssClient.ListCustomerOrders, c.abroad.ListCustomerOrders, r)
}

func (c *client) ListCustomerselfResourceRecordDetails(r *model.ListCustomerselfResourceRecordDetailsRequest) (*model.ListCustomerselfResourceRecordDetailsResponse, error) {
	return either(c, c.BssClient.ListCustomerselfResourceRecordDetails, c.abroad.ListCustomerselfResourceRecordDetails, r)
}

func (c *client) ListCustomerselfResourceRecords(r *model.ListCustomerselfResourceRecordsRequest) (*model.ListCustomerselfResourceRecordsResponse, error) {
	return either(c, c.BssClient.ListCustomerselfResourceRecords, c.abroad.ListCustomerselfResourceRecords, r)
}

func (c *client) ListEnterpriseSubCustomers(r *model.ListEnterpriseSubCustomersRequest) (*model.ListEnterpriseSubCustomersResponse, error) {
	return either(c, c.BssClient.ListEnterpriseSubCustomers, c.abroad.ListEnterpriseSubCustomers, r)
}

func (c *client) ListFreeResourceInfos(r *model.ListFreeResourceInfosRequest) (*model.ListFreeResourceInfosResponse, error) {
	return either(c, c.BssClient.ListFreeResourceInfos, c.abroad.ListFreeResourceInfos, r)
}

func (c *client) ListFreeResourceUsages(r *model.ListFreeResourceUsagesRequest) (*model.ListFreeResourceUsagesResponse, error) {
	return either(c, c.BssClient.ListFreeResourceUsages, c.abroad.ListFreeResourceUsages, r)
}

func (c *client) ListFreeResourcesUsageRecords(r *model.ListFreeResourcesUsageRecordsRequest) (*model.ListFreeResourcesUsageRecordsResponse, error) {
	return either(c, c.BssClient.ListFreeResourcesUsageRecords, c.abroad.ListFreeResourcesUsageRecords, r)
}

func (c *client) ListIndirectPartners(r *model.ListIndirectPartnersRequest) (*model.ListIndirectPartnersResponse, error) {
	return either(c, c.BssClient.ListIndirectPartners, c.abroad.ListIndirectPartners, r)
}

func (c *client) ListMeasureUnits(r *model.ListMeasureUnitsRequest) (*model.ListMeasureUnitsResponse, error) {
	return either(c, c.BssClient.ListMeasureUnits, c.abroad.ListMeasureUnits, r)
}

func (c *client) ListOnDemandResourceRatings(r *model.ListOnDemandResourceRatingsRequest) (*model.ListOnDemandResourceRatingsResponse, error) {
	return either(c, c.BssClient.ListOnDemandResourceRatings, c.abroad.ListOnDemandResourceRatings, r)
}

func (c *client) ListOrderDiscounts(r *model.ListOrderDiscountsRequest) (*model.ListOrderDiscountsResponse, error) {
	return either(c, c.BssClient.ListOrderDiscounts, c.abroad.ListOrderDiscounts, r)
}

func (c *client) ListPayPerUseCustomerResources(r *model.ListPayPerUseCustomerResourcesRequest) (*model.ListPayPerUseCustomerResourcesResponse, error) {
	return either(c, c.BssClient.ListPayPerUseCustomerResources, c.abroad.ListPayPerUseCustomerResources, r)
}

func (c *client) ListRateOnPeriodDetail(r *model.ListRateOnPeriodDetailRequest) (*model.ListRateOnPeriodDetailResponse, error) {
	return either(c, c.BssClient.ListRateOnPeriodDetail, c.abroad.ListRateOnPeriodDetail, r)
}

func (c *client) ListRenewRateOnPeriod(r *model.ListRenewRateOnPeriodRequest) (*model.ListRenewRateOnPeriodResponse, error) {
	return either(c, c.BssClient.ListRenewRateOnPeriod, c.abroad.ListRenewRateOnPeriod, r)
}

func (c *client) ListResourceSpecs(r *model.ListResourceSpecsRequest) (*model.ListResourceSpecsResponse, error) {
	return either(c, c.BssClient.ListResourceSpecs, c.abroad.ListResourceSpecs, r)
}

func (c *client) ListResourceTypes(r *model.ListResourceTypesRequest) (*model.ListResourceTypesResponse, error) {
	return either(c, c.BssClient.ListResourceTypes, c.abroad.ListResourceTypes, r)
}

func (c *client) ListServiceResources(r *model.ListServiceResourcesRequest) (*model.ListServiceResourcesResponse, error) {
	return either(c, c.BssClient.ListServiceResources, c.abroad.ListServiceResources, r)
}

func (c *client) ListServiceTypes(r *model.ListServiceTypesRequest) (*model.ListServiceTypesResponse, error) {
	return either(c, c.BssClient.ListServiceTypes, c.abroad.ListServiceTypes, r)
}

func (c *client) ListSubCustomerCoupons(r *model.ListSubCustomerCouponsRequest) (*model.ListSubCustomerCouponsResponse, error) {
	return either(c, c.BssClient.ListSubCustomerCoupons, c.abroad.ListSubCustomerCoupons, r)
}

func (c *client) ListSubCustomers(r *model.ListSubCustomersRequest) (*model.ListSubCustomersResponse, error) {
	return either(c, c.BssClient.ListSubCustomers, c.abroad.ListSubCustomers, r)
}

func (c *client) ListUsageTypes(r *model.ListUsageTypesRequest) (*model.ListUsageTypesResponse, error) {
	return either(c, c.BssClient.ListUsageTypes, c.abroad.ListUsageTypes, r)
}

func (c *client) PayOrders(r *model.PayOrdersRequest) (*model.PayOrdersResponse, error) {
	return either(c, c.BssClient.PayOrders, c.abroad.PayOrders, r)
}

func (c *client) RenewalResources(r *model.RenewalResourcesRequest) (*model.RenewalResourcesResponse, error) {
	return either(c, c.BssClient.RenewalResources, c.abroad.RenewalResources, r)
}

func (c *client) SendVerificationMessageCode(r *model.SendVerificationMessageCodeRequest) (*model.SendVerificationMessageCodeResponse, error) {
	return either(c, c.BssClient.SendVerificationMessageCode, c.abroad.SendVerificationMessageCode, r)
}

func (c *client) SetResourcesRenewConfig(r *model.SetResourcesRenewConfigRequest) (*model.SetResourcesRenewConfigResponse, error) {
	return either(c, c.BssClient.SetResourcesRenewConfig, c.abroad.SetResourcesRenewConfig, r)
}

func (c *client) ShowCustomerAccountBalances(r *model.ShowCustomerAccountBalancesRequest) (*model.ShowCustomerAccountBalancesResponse, error) {
	return either(c, c.BssClient.ShowCustomerAccountBalances, c.abroad.ShowCustomerAccountBalances, r)
}

func (c *client) ShowCustomerMonthlySum(r *model.ShowCustomerMonthlySumRequest) (*model.ShowCustomerMonthlySumResponse, error) {
	return either(c, c.BssClient.ShowCustomerMonthlySum, c.abroad.ShowCustomerMonthlySum, r)
}

func (c *client) ShowCustomerOrderDetails(r *model.ShowCustomerOrderDetailsRequest) (*model.ShowCustomerOrderDetailsResponse, error) {
	return either(c, c.BssClient.ShowCustomerOrderDetails, c.abroad.ShowCustomerOrderDetails, r)
}

func (c *client) ShowRealnameAuthenticationReviewResult(r *model.ShowRealnameAuthenticationReviewResultRequest) (*model.ShowRealnameAuthenticationReviewResultResponse, error) {
	return either(c, c.BssClient.ShowRealnameAuthenticationReviewResult, c.abroad.ShowRealnameAuthenticationReviewResult, r)
}

func (c *client) ShowRefundOrderDetails(r *model.ShowRefundOrderDetailsRequest) (*model.ShowRefundOrderDetailsResponse, error) {
	return either(c, c.BssClient.ShowRefundOrderDetails, c.abroad.ShowRefundOrderDetails, r)
}

func (c *client) UpdatePeriodToOnDemand(r *model.UpdatePeriodToOnDemandRequest) (*model.UpdatePeriodToOnDemandResponse, error) {
	return either(c, c.BssClient.UpdatePeriodToOnDemand, c.abroad.UpdatePeriodToOnDemand, r)
}
