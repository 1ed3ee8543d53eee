package bss

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// Shortage says why resources of an order cannot be provided.
type Shortage int

// The kinds of a shortage. The last three come about only where a specification
// changed between ordering and paying.
const (
	// ShortQuota: the customer's quota is too small. The order can be paid once
	// Huawei Cloud has raised it, after a service ticket.
	ShortQuota Shortage = 1
	// ShortCapacity: the region has too little. Something else has to be ordered.
	ShortCapacity Shortage = 2
	// WrongSpecification: the specification is no longer sold as it was ordered.
	WrongSpecification Shortage = 3
	// WrongRelatedResource: a resource that the order refers to does not fit any more.
	WrongRelatedResource Shortage = 4
	OtherShortage        Shortage = 99
)

// QuotaInfo is a resource of an order that ErrCapacity is about.
type QuotaInfo struct {
	// Shortage is 0 where the refusal does not tell.
	Shortage         Shortage
	RegionCode       string
	RegionName       string
	ServiceTypeCode  string
	ServiceTypeName  string
	ResourceTypeCode string
	ResourceTypeName string
	AvailabilityZone string
}

// QuotaInfos are the resources that kept an order from being paid: what a refusal
// by PayOrders that matches ErrCapacity says. It is empty for any other error, and
// where the refusal does not say.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00030.html.
func QuotaInfos(err error) []QuotaInfo {
	var body struct {
		Rows []quotaInfo `json:"quota_infos"`
	}
	readRefusal(err, ErrCapacity, &body)
	var infos []QuotaInfo
	for _, r := range body.Rows {
		infos = append(infos, QuotaInfo{
			Shortage:   r.shortage(),
			RegionCode: r.RegionCode, RegionName: r.RegionName,
			ServiceTypeCode: r.ServiceTypeCode, ServiceTypeName: r.ServiceTypeName,
			ResourceTypeCode: r.ResourceTypeCode, ResourceTypeName: r.ResourceTypeName,
			AvailabilityZone: r.AvailabilityZone,
		})
	}
	return infos
}

// quotaInfo is a row as it is sent. The documentation gives the values of the kind
// of shortage without the name of its field, so that the likely ones are read.
type quotaInfo struct {
	RegionCode       string          `json:"region_code"`
	RegionName       string          `json:"region_name"`
	ServiceTypeCode  string          `json:"cloud_service_type"`
	ServiceTypeName  string          `json:"cloud_service_type_name"`
	ResourceTypeCode string          `json:"resource_type_code"` // which is sent as resource_Type_code
	ResourceTypeName string          `json:"resource_type_name"`
	AvailabilityZone string          `json:"available_zone"`
	ErrorType        json.RawMessage `json:"error_type"`
	Type             json.RawMessage `json:"type"`
}

func (q quotaInfo) shortage() Shortage {
	for _, raw := range []json.RawMessage{q.ErrorType, q.Type} {
		if n, err := strconv.Atoi(string(bytes.Trim(raw, `"`))); err == nil {
			return Shortage(n)
		}
	}
	return 0
}

// ShortProjects are the enterprise projects whose funds do not suffice for an order,
// where a refusal by PayOrders names them (CBC.99003155). The default project has the
// id 0. It is empty for any other error.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00030.html.
func ShortProjects(err error) []EnterpriseProject {
	var body struct {
		Rows []struct {
			ID   string `json:"enterprise_project_id"`
			Name string `json:"enterprise_project_name"`
		} `json:"enterprise_project_auth_result"`
	}
	readRefusal(err, ErrInsufficientBalance, &body)
	var projects []EnterpriseProject
	for _, r := range body.Rows {
		projects = append(projects, EnterpriseProject(r))
	}
	return projects
}

// readRefusal reads what a refusal of a kind says besides its code. A body that is
// cut off or has another form says nothing.
func readRefusal(err, kind error, into any) {
	var refusal *Error
	if errors.Is(err, kind) && errors.As(err, &refusal) {
		_ = json.Unmarshal(refusal.Body, into)
	}
}
