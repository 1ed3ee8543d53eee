package focus

import (
	"bytes"

	"github.com/bssfn/bssfn/pkg/bss"
)

// describe sets what the charge is and what is charged for.
func (m *mapper) describe() {
	m.setWord(chargeCategory, m.charge.category)
	m.setWord(chargeFrequency, m.charge.frequency())
	m.setWord(pricingCategory, m.charge.pricingCategory())
	m.description()

	// A component of a machine that is sold as a whole has a service of its own.
	code, name := m.fee[bss.FeeServiceTypeCode], m.fee[bss.FeeServiceTypeName]
	if len(m.fee[bss.FeeSubServiceTypeCode]) > 0 || len(m.fee[bss.FeeSubServiceTypeName]) > 0 {
		m.setText(xParentServiceName, firstOf(name, code))
		code, name = m.fee[bss.FeeSubServiceTypeCode], m.fee[bss.FeeSubServiceTypeName]
	}
	m.setText(serviceName, firstOf(name, code))
	if m.cells[serviceName].null { // which FOCUS does not allow
		m.setWord(serviceName, huaweiCloud)
	}
	s := serviceOf(code)
	m.setWord(serviceCategory, s.category)
	m.setWord(serviceSubcategory, s.subcategory)
	if m.charge.category != categoryTax {
		m.sku()
	}
}

// description is the kind of charge, the product and its specification.
func (m *mapper) description() {
	at := len(m.built)
	m.built = append(m.built, m.charge.name...)
	for _, f := range [...]bss.FeeField{bss.FeeProductName, bss.FeeProductSpecDesc} {
		if len(m.fee[f]) > 0 {
			m.built = append(m.built, ": "...)
			m.built = append(m.built, m.fee[f]...)
		}
	}
	m.setText(chargeDescription, m.built[at:len(m.built):len(m.built)])
}

// sku sets what was sold. A record without a product is of its resource type, or of its
// service, which is the finest that is known of it. There are no ids of prices, so the
// product in its region is one.
func (m *mapper) sku() {
	sku := firstOf(m.fee[bss.FeeProductID], m.fee[bss.FeeSubResourceTypeCode], m.fee[bss.FeeResourceTypeCode], m.fee[bss.FeeServiceTypeCode])
	if sku == nil {
		return
	}
	m.setText(skuID, sku)
	m.setText(skuMeter, m.fee[bss.FeeUsageType])
	price := sku
	if region := m.fee[bss.FeeRegionCode]; len(region) > 0 {
		at := len(m.built)
		m.built = append(append(append(m.built, sku...), '/'), region...)
		price = m.built[at:len(m.built):len(m.built)]
	}
	m.setText(skuPriceID, price)
	if specification := m.fee[bss.FeeProductSpecDesc]; len(specification) > 0 {
		at := len(m.built)
		m.built = append(m.built, `{"x_Specification":`...)
		m.built = append(appendJSON(m.built, specification), '}')
		m.setText(skuPriceDetails, m.built[at:len(m.built):len(m.built)])
	}
}

// resource sets what was charged for, its region and its tags.
func (m *mapper) resource() {
	id, name := m.fee[bss.FeeResourceID], m.fee[bss.FeeResourceName]
	kind := firstOf(m.fee[bss.FeeResourceTypeName], m.fee[bss.FeeResourceTypeCode])
	if sub := m.fee[bss.FeeSubResourceID]; len(sub) > 0 && !m.coveredUsage() {
		m.setText(xParentResourceID, id)
		id, name = sub, m.fee[bss.FeeSubResourceName]
		kind = firstOf(m.fee[bss.FeeSubResourceTypeName], m.fee[bss.FeeSubResourceTypeCode], kind)
	}
	if len(id) > 0 {
		m.setText(resourceID, id)
		if !bytes.Equal(id, name) {
			m.setText(resourceName, name)
		}
		m.setText(resourceType, firstOf(kind, m.cells[serviceName].text))
	}
	if region := m.fee[bss.FeeRegionCode]; len(region) > 0 {
		m.setText(regionID, region)
		m.setText(regionName, firstOf(m.fee[bss.FeeRegionName], region))
	}
	m.setText(tags, m.tags.read(m.fee[bss.FeeResourceTag]))
}

// coveredUsage reports whether a commitment pays for the usage: then sub_resource_id is
// the commitment, and resource_id what used it.
func (m *mapper) coveredUsage() bool {
	return m.charge.category == categoryUsage && m.charge.commitment()
}
