package huawei

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// product is something that the simulated price book sells. Its prices are those
// of the first region, and for one unit of size where it is bought by size.
type product struct {
	resource string // code of its resource type
	spec     string
	specName string
	sizeUnit int    // measure of the size that it is bought by; 0 if it has none
	monthly  string // price of a month; empty if it is not sold by period
	usage    string // factor that it is charged by; empty if it is not sold on demand
	unit     string // price of one unit of that usage
}

// resourceType is a kind of resource that a service consists of.
type resourceType struct {
	service     string // code of the service
	code        string
	name        string
	description string
	usages      []usageType
}

// usageType is what a resource is charged by on demand.
type usageType struct {
	code    string
	name    string
	measure int // of the unit that prices are for
}

// saleRegion is a region of the price book. What it sells costs level times what
// the book says.
type saleRegion struct {
	region
	level decimal.Decimal
}

// offer is a product in a region.
type offer struct {
	*product
	id     string // product_id
	region saleRegion
	kind   *resourceType
}

// offers are all products in all regions, in the order of the price book.
func offers() []offer {
	var all []offer
	for i := range products {
		for j, r := range saleRegions {
			all = append(all, offer{
				product: &products[i], region: r, kind: resourceTypeOf(products[i].resource),
				id: fmt.Sprintf("00301-%06d-0--0", 110000+10*i+j),
			})
		}
	}
	return all
}

// pricedProduct reports whether the price book sells a product_id.
func pricedProduct(id string) bool {
	return slices.ContainsFunc(offers(), func(o offer) bool { return o.id == id })
}

// wantedProduct is how a price query names a product: exactly, and with the case
// of every letter. Only the availability zone's case does not matter.
type wantedProduct struct {
	ID            string `json:"id"`
	Service       string `json:"cloud_service_type"`
	Resource      string `json:"resource_type"`
	Spec          string `json:"resource_spec"`
	Region        string `json:"region"`
	Zone          string `json:"available_zone"`
	Size          *int64 `json:"resource_size"`
	SizeMeasureID int    `json:"size_measure_id"`
	Quantity      int64  `json:"subscription_num"`
}

// findOffer finds the wanted product among those that are sold in the charging
// mode.
func findOffer(w wantedProduct, mode int) (offer, error) {
	i := slices.IndexFunc(offers(), func(o offer) bool {
		return o.soldBy(mode) && o.spec == w.Spec && o.kind.code == w.Resource &&
			o.kind.service == w.Service && o.region.code == w.Region && o.region.hasZone(w.Zone)
	})
	if i < 0 {
		return offer{}, errNoProduct(w.ID)
	}
	o := offers()[i]
	if o.sizeUnit != 0 && (w.Size == nil || w.SizeMeasureID != o.sizeUnit) {
		return offer{}, errParameter(fmt.Sprintf("product %s needs resource_size, and size_measure_id %d", w.ID, o.sizeUnit))
	}
	return o, nil
}

// hasZone reports whether a zone is in the region; each has the zones a to c.
// No zone is no filter.
func (r saleRegion) hasZone(zone string) bool {
	letter, ok := strings.CutPrefix(strings.ToLower(zone), r.code)
	return zone == "" || ok && slices.Contains([]string{"a", "b", "c"}, letter)
}

func (p *product) soldBy(mode int) bool {
	switch mode {
	case chargePeriod:
		return p.monthly != ""
	case chargeOnDemand:
		return p.usage != ""
	}
	return false
}

// multiple is how often a price is due: for each unit of size, and each piece.
func (o offer) multiple(w wantedProduct) decimal.Decimal {
	times := decimal.NewFromInt(w.Quantity)
	if o.sizeUnit != 0 {
		times = times.Mul(decimal.NewFromInt(*w.Size))
	}
	return times
}

// usageType finds what the product is charged by; the case of the code does not
// matter.
func (o offer) usageType(code string) (usageType, bool) {
	if !strings.EqualFold(code, o.usage) {
		return usageType{}, false
	}
	return o.kind.usageType(o.usage)
}

func (r *resourceType) usageType(code string) (usageType, bool) {
	i := slices.IndexFunc(r.usages, func(u usageType) bool { return u.code == code })
	if i < 0 {
		return usageType{}, false
	}
	return r.usages[i], true
}

func resourceTypeOf(code string) *resourceType {
	i := slices.IndexFunc(resourceTypes, func(r resourceType) bool { return r.code == code })
	if i < 0 {
		return nil
	}
	return &resourceTypes[i]
}
