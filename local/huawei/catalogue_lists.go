package huawei

import (
	"slices"
	"strings"
)

func pricingOperations() map[string]operation {
	return map[string]operation{
		"ListServiceTypes":            listServiceTypes,
		"ListResourceTypes":           listResourceTypes,
		"ListServiceResources":        listServiceResources,
		"ListUsageTypes":              listUsageTypes,
		"ListResourceSpecs":           listResourceSpecs,
		"ListMeasureUnits":            listMeasureUnits,
		"ListConversions":             listConversions,
		"ListOnDemandResourceRatings": rateOnDemand,
		"ListRateOnPeriodDetail":      ratePeriod,
	}
}

type serviceTypeRow struct {
	Name         string `json:"service_type_name"`
	Code         string `json:"service_type_code"`
	Abbreviation string `json:"abbreviation"`
}

// listServiceTypes answers the services whose name contains the wanted text,
// whatever the case of its letters.
func listServiceTypes(_ *Server, c *call) (any, error) {
	wanted := strings.ToLower(c.query.Get("service_type_name"))
	rows := []serviceTypeRow{}
	for _, s := range services {
		if strings.Contains(strings.ToLower(s.name), wanted) {
			rows = append(rows, serviceTypeRow{s.name, s.code, s.abbreviation})
		}
	}
	return map[string]any{"service_types": window(rows, c.page()), "total_count": len(rows)}, nil
}

type resourceTypeRow struct {
	Code        string `json:"resource_type_code"`
	Name        string `json:"resource_type_name"`
	Description string `json:"resource_type_desc"`
	Service     string `json:"service_type_code"`
}

func listResourceTypes(_ *Server, c *call) (any, error) {
	rows := []resourceTypeRow{}
	for _, r := range resourceTypes {
		rows = append(rows, resourceTypeRow{r.code, r.name, r.description, r.service})
	}
	return map[string]any{"resource_types": window(rows, c.page()), "total_count": len(rows)}, nil
}

type serviceResourceRow struct {
	Basic serviceResource `json:"basic_info"`
}

type serviceResource struct {
	Code        string `json:"resource_type_code"`
	Service     string `json:"product_owner_service"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

// listServiceResources answers nothing for a service that is not known, or that
// has no resources; no code is documented for it.
func listServiceResources(_ *Server, c *call) (any, error) {
	if c.query.Get("service_type_code") == "" {
		return nil, errParameter("service_type_code is required")
	}
	rows := []serviceResourceRow{}
	for _, r := range resourceTypes {
		if c.filtered("service_type_code", r.service) {
			rows = append(rows, serviceResourceRow{serviceResource{r.code, r.service, r.name, r.description}})
		}
	}
	return map[string]any{"infos": window(rows, c.page()), "total_count": len(rows)}, nil
}

type usageTypeRow struct {
	Code         string `json:"code"`
	Name         string `json:"name"`
	Resource     string `json:"resource_type_code"`
	ResourceName string `json:"resource_type_name"`
	Service      string `json:"service_type_code"`
	ServiceName  string `json:"service_type_name"`
}

// listUsageTypes takes an empty resource_type_code for a filter that nothing
// passes, as the page says.
func listUsageTypes(_ *Server, c *call) (any, error) {
	rows := []usageTypeRow{}
	for _, r := range resourceTypes {
		if !c.filteredExactly("resource_type_code", r.code) {
			continue
		}
		s, _ := serviceOf(r.service)
		for _, u := range r.usages {
			rows = append(rows, usageTypeRow{u.code, u.name, r.code, r.name, s.code, s.name})
		}
	}
	return map[string]any{"usage_types": window(rows, c.page()), "total_count": len(rows)}, nil
}

// filteredExactly is filtered for the few filters that an empty value does not
// switch off.
func (c *call) filteredExactly(name, value string) bool {
	return !c.query.Has(name) || c.query.Get(name) == value
}

const defaultSpecsLimit = 100

type specsRequest struct {
	Service    string       `json:"cloud_service_type"`
	Resource   string       `json:"resource_type"`
	Region     string       `json:"region_code"`
	ChargeMode string       `json:"charge_mode"`
	Filters    []specFilter `json:"filters"`
	Marker     string       `json:"marker"`
	Limit      *int         `json:"limit"`
}

type specFilter struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type specRow struct {
	Service      string `json:"cloud_service_type"`
	ServiceName  string `json:"cloud_service_type_name"`
	Resource     string `json:"resource_type"`
	ResourceName string `json:"resource_type_name"`
	Spec         string `json:"resource_spec"`
	SpecName     string `json:"resource_spec_name"`
	Region       string `json:"region_code"`
	ChargeMode   string `json:"charge_mode"`
}

// listResourceSpecs is paged by a marker, which here is the last specification
// of a page. The last page has none.
func listResourceSpecs(_ *Server, c *call) (any, error) {
	var r specsRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	rows := r.rows()
	if r.Marker != "" {
		i := slices.IndexFunc(rows, func(row specRow) bool { return row.Spec == r.Marker })
		if i < 0 {
			return nil, errParameter("marker is not the next_marker of a page")
		}
		rows = rows[i+1:]
	}
	limit := defaultSpecsLimit
	if r.Limit != nil {
		limit = *r.Limit
	}
	next := map[string]any{}
	if len(rows) > limit {
		rows = rows[:limit]
		next["next_marker"] = rows[limit-1].Spec
	}
	return map[string]any{"page_info": next, "cloud_service_basics": rows}, nil
}

func (r specsRequest) check() error {
	if r.ChargeMode != "1" && r.ChargeMode != "3" {
		return errParameter("charge_mode is neither 1 nor 3")
	}
	if r.Marker != "" && r.Limit == nil {
		return errParameter("marker needs limit")
	}
	for _, f := range r.Filters {
		if f.Key != "RESOURCE_SPEC" {
			return errParameter("filters can be by RESOURCE_SPEC only")
		}
	}
	return nil
}

func (r specsRequest) rows() []specRow {
	mode := chargePeriod
	if r.ChargeMode == "3" {
		mode = chargeOnDemand
	}
	rows := []specRow{}
	for _, o := range offers() {
		if !o.soldBy(mode) || o.kind.service != r.Service || o.kind.code != r.Resource || o.region.code != r.Region {
			continue
		}
		if len(r.Filters) > 0 && !strings.Contains(strings.ToLower(o.spec), strings.ToLower(r.Filters[0].Value)) {
			continue
		}
		s, _ := serviceOf(o.kind.service)
		rows = append(rows, specRow{s.code, s.name, o.kind.code, o.kind.name, o.spec, o.specName, o.region.code, r.ChargeMode})
	}
	return rows
}
