package huawei

import (
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"sort"
	"strconv"
	"time"
)

// cycleLayout is how a billing cycle is written: a month of GMT+8.
const cycleLayout = "2006-01"

// customerBills are the fee records of one customer in one cycle. A record is
// worked out from its number when it is asked for, so that a million of them
// cost no memory.
type customerBills struct {
	cycle       string
	customerID  string
	partnerID   string
	association string // when the bills were added
	seed        uint64
	batches     []billBatch
	spoils      []billSpoil
}

// billBatch are records that were added together: evenly spread over a time that
// ends before that of the next batch begins, so that all are in the order of
// their trade time and number.
type billBatch struct {
	first, rows int
	from, to    time.Time
	order       *feeRecord // the one record of a batch that an order made
}

func (s *Server) newCustomerBills(cycle string, c *customer) *customerBills {
	h := fnv.New64a()
	h.Write([]byte(cycle + c.id))
	return &customerBills{
		cycle: cycle, customerID: c.id, partnerID: s.state.partnerID, association: c.association,
		seed: s.seed ^ h.Sum64(),
	}
}

// add appends records in the first three quarters of what is left of the month,
// as far as it has passed.
func (b *customerBills) add(rows int, start, now time.Time) error {
	from := start
	if len(b.batches) > 0 {
		from = b.batches[len(b.batches)-1].to
	}
	left := start.AddDate(0, 1, 0).Sub(from)
	to := from.Add(left * 3 / 4).Truncate(time.Second)
	if now.Before(to) {
		to = now.Truncate(time.Second)
	}
	if !to.After(from) {
		return fmt.Errorf("huawei: no time has passed in %s since the bills of customer %s that exist", b.cycle, b.customerID)
	}
	b.batches = append(b.batches, billBatch{first: b.rows(), rows: rows, from: from, to: to})
	return nil
}

func (b *customerBills) rows() int {
	if len(b.batches) == 0 {
		return 0
	}
	last := b.batches[len(b.batches)-1]
	return last.first + last.rows
}

func (b *customerBills) batchOf(i int) billBatch {
	for _, batch := range b.batches {
		if batch.first <= i && i < batch.first+batch.rows {
			return batch
		}
	}
	panic(fmt.Sprintf("huawei: no record %d in the bills of %s", i, b.cycle))
}

func (b billBatch) tradeTime(i int) time.Time {
	seconds := int64(b.to.Sub(b.from) / time.Second)
	return b.from.Add(time.Duration(seconds*int64(i-b.first)/int64(b.rows)) * time.Second)
}

// before is how many records were traded before an instant: they are in the order
// of their time, so a range of days is a range of numbers.
func (b *customerBills) before(t time.Time) int {
	return sort.Search(b.rows(), func(i int) bool { return !b.batchOf(i).tradeTime(i).Before(t) })
}

// records works out the records from one number to below another. Each is valid
// until the next.
func (b *customerBills) records(from, to int) iter.Seq2[int, *feeRecord] {
	return func(yield func(int, *feeRecord) bool) {
		g := newBillGenerator(b)
		var f feeRecord
		for i := from; i < to; i++ {
			g.record(i, &f)
			if !yield(i, &f) {
				return
			}
		}
	}
}

// all works out all records.
func (b *customerBills) all() iter.Seq2[int, *feeRecord] { return b.records(0, b.rows()) }

// billGenerator works out records one after the other, and draws the random
// numbers of each anew.
type billGenerator struct {
	bills     *customerBills
	source    *rand.PCG
	random    *rand.Rand
	resources [billedResources]billedResource
	kinds     []billKind
	prefix    string // of the records' ids
}

func newBillGenerator(b *customerBills) *billGenerator {
	g := &billGenerator{bills: b, source: rand.NewPCG(0, 0), kinds: mainlandKinds, prefix: b.recordPrefix()}
	g.random = rand.New(g.source) //nolint:gosec // what follows from a seed is meant to be predictable
	if b.association == AssociationReseller {
		g.kinds = abroadKinds
	}
	for i := range g.resources {
		g.source.Seed(^b.seed, uint64(i))
		g.resources[i] = newBilledResource(g.random)
	}
	return g
}

// record works out record number i. One record of each batch is a refund.
func (g *billGenerator) record(i int, f *feeRecord) {
	b := g.bills
	batch := b.batchOf(i)
	if batch.order != nil {
		*f = *batch.order
		return
	}
	g.source.Seed(b.seed, uint64(i)) //nolint:gosec // batchOf has no batch of a negative number
	at := instant(batch.tradeTime(i))
	*f = feeRecord{
		BillCycle: b.cycle, CustomerID: b.customerID, AssociationType: b.association, PartnerID: b.partnerID,
		ID: g.prefix + tenDigits(i), TradeTime: at, ConsumeTime: at,
	}
	g.kindOf(batch, i).write(g, f)
}

func (g *billGenerator) kindOf(batch billBatch, i int) billKind {
	if batch.rows > 2 && i == batch.first+batch.rows/2 {
		return unsubscription
	}
	n := g.random.IntN(1000)
	for _, kind := range g.kinds {
		if n -= kind.weight; n < 0 {
			return kind
		}
	}
	return plainUsage
}

func (b *customerBills) recordID(i int) string { return b.recordPrefix() + tenDigits(i) }

func (b *customerBills) recordPrefix() string { return b.cycle[:4] + b.cycle[5:] + b.customerID[:8] }

func tenDigits(i int) string {
	text := strconv.Itoa(i)
	return "0000000000"[:max(0, 10-len(text))] + text
}

// billedResources is how many resources a customer has: they recur, under each of
// its products.
const billedResources = 12

type billedResource struct {
	region                             region
	id, name, productID, tag, part, ri string
}

func newBilledResource(r *rand.Rand) billedResource {
	res := billedResource{
		region:    regions[r.IntN(len(regions))],
		productID: "00301-" + pick(r, digits, 6) + "-0--0",
		id:        resourceID(r),
		name:      resourceNames[r.IntN(len(resourceNames))],
		part:      resourceID(r),
	}
	res.tag, res.ri = resourceTags[r.IntN(len(resourceTags))], resourceID(r)
	return res
}

func resourceID(r *rand.Rand) string {
	return pick(r, hexadecimals, 8) + "-" + pick(r, hexadecimals, 4) + "-4" + pick(r, hexadecimals, 3) +
		"-a" + pick(r, hexadecimals, 3) + "-" + pick(r, hexadecimals, 12)
}

// describe names the product and the resource.
func (g *billGenerator) describe(f *feeRecord, p *billedProduct) {
	f.ServiceTypeCode, f.ServiceTypeName = p.service, p.serviceName()
	f.ResourceTypeCode, f.ResourceTypeName = p.resourceCode, p.resourceName
	f.ChargingMode, f.ProductSpecDesc, f.ProductName = p.mode, p.spec, p.resourceName
	resource := &g.resources[g.random.IntN(billedResources)]
	f.RegionCode, f.RegionName = resource.region.code, resource.region.name
	f.ProductID, f.ResourceID, f.ResourceName, f.ResourceTag = resource.productID, resource.id, resource.name, resource.tag
	switch {
	case p.part != nil:
		part, _ := serviceOf(p.part.service)
		f.SubServiceTypeCode, f.SubServiceTypeName = p.part.service, part.name
		f.SubResourceTypeCode, f.SubResourceTypeName = p.part.resourceCode, p.part.resourceName
		f.SubResourceID, f.SubResourceName = resource.part, f.ResourceName+"-volume-0000"
	case p.mode == chargeReserved:
		f.SubResourceID, f.SubResourceName = resource.ri, f.ResourceName
	}
}
