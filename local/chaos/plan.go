package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/local/huawei"
)

// plan is what a run intends and how hard its world is.
type plan struct {
	weather    weather
	intentions []*intention
	// deliveries are the intentions in the order in which they are delivered, each
	// at least once, and schedules among them.
	deliveries []*intention
	// patient callers let the schedules settle what is in doubt before they ask again.
	patient bool
}

// schedules are what the platform starts by itself, in both functions.
func schedules() []*intention {
	var all []*intention
	for _, name := range []string{"reconcile", "events"} {
		for _, function := range []string{"payorder", "couponissue"} {
			all = append(all, &intention{name: "schedule " + name + " of " + function, path: "/" + function + "/schedules/" + name})
		}
	}
	return all
}

// chance is how likely something is, in thousandths.
type chance int

// weather is how likely it is that something happens at a point.
type weather struct {
	fault  chance // of the simulated Huawei Cloud, a call
	outage chance // of the store or of the way there, a point
	death  chance // of the process, a point
	jump   chance // of time, a step
	gone   chance // of the caller, a point
	// together is how many deliveries are under way at the same time.
	together int
}

// intention is something that somebody wants once, however often it is delivered.
type intention struct {
	name   string
	path   string
	body   []byte
	wanted []*wanted
	// funded is the order that is paid with the partner's money, if it is.
	funded string
	// renew asks for what a delivery needs anew; nil where nothing of it ends.
	renew func(ctx context.Context) error
	// code is the problem that the last delivery was answered with, if it was.
	code string
}

// wanted is one effect of an intention.
type wanted struct {
	space     string // of the function's ledger
	key       string // in it
	operation string // in the journal
	customer  string
	amount    decimal.Decimal
	told      map[string]bool // what callers were told it was made as
}

const (
	opPay      = "PayOrders"
	opIssue    = "CreatePartnerCoupons"
	opAllocate = "UpdateCustomerAccountAmount"
	opReclaim  = "ReclaimToPartnerAccount"
)

// jumps are how far time moves at once: within a lease, to its end, beyond.
var jumps = []time.Duration{time.Second, 20 * time.Second, 40 * time.Second, 95 * time.Second, 125 * time.Second}

// confirmedAbove is the amount above which a payment needs a verification code.
var confirmedAbove = decimal.NewFromInt(200)

// maxJumps bounds the time of a run, so that quotes stay good.
const maxJumps = 5 * time.Minute

func oneOf[T any](random *rand.Rand, all ...T) T { return all[random.IntN(len(all))] }

func drawWeather(random *rand.Rand) weather {
	return weather{
		fault:    oneOf[chance](random, 0, 50, 200, 400),
		outage:   oneOf[chance](random, 0, 0, 10, 50),
		death:    oneOf[chance](random, 0, 3, 15),
		jump:     oneOf[chance](random, 0, 20, 100),
		gone:     oneOf[chance](random, 0, 0, 10),
		together: 1 + random.IntN(workers),
	}
}

// planner puts what a run needs into its world.
type planner struct {
	*world
	random    *rand.Rand
	customers []string
	plan      plan
}

// draw makes the plan of a run. All of it follows from random.
func (w *world) draw(ctx context.Context, random *rand.Rand) (plan, error) {
	p := &planner{world: w, random: random, plan: plan{weather: drawWeather(random)}}
	for i := range 2 {
		id, err := w.sim.AddAccount(huawei.Account{
			Name: fmt.Sprintf("customer-%d", i+1), Association: huawei.AssociationResale, Cash: decimal.NewFromInt(1000),
		})
		if err != nil {
			return plan{}, err
		}
		p.customers = append(p.customers, id)
	}
	if err := w.sim.SetPartnerBalance(decimal.NewFromInt(oneOf[int64](random, 15, 10000, 10000))); err != nil {
		return plan{}, err
	}
	for i := range 1 + random.IntN(4) {
		intend := oneOf(random, p.pay, p.campaign, p.allocate, p.reclaim)
		if err := intend(ctx, i+1); err != nil {
			return plan{}, err
		}
	}
	for _, in := range p.plan.intentions {
		for range 1 + random.IntN(3) {
			p.plan.deliveries = append(p.plan.deliveries, in)
		}
	}
	for range random.IntN(4) {
		p.plan.deliveries = append(p.plan.deliveries, oneOf(random, schedules()...))
	}
	p.plan.patient = random.IntN(2) == 0
	all := p.plan.deliveries
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return p.plan, nil
}

func (p *planner) intend(name, path string, body any, all ...*wanted) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for _, w := range all {
		w.told = map[string]bool{}
	}
	p.plan.intentions = append(p.plan.intentions, &intention{name: name, path: path, body: data, wanted: all})
	return nil
}

type object map[string]any

// pay pays an order, of more than the customer has with the partner's money or not at
// all.
func (p *planner) pay(ctx context.Context, _ int) error {
	customer := oneOf(p.random, p.customers...)
	amount, fund := decimal.NewFromInt(oneOf[int64](p.random, 100, 100, 250, 5000)), p.random.IntN(2) == 0
	if fund {
		amount = decimal.NewFromInt(oneOf[int64](p.random, 100, 1010, 1010, 1025, 5000))
	}
	// What is not paid in time must give its money back.
	deadline := start.Add(oneOf(p.random, 25*time.Second, time.Minute, 7*24*time.Hour, 7*24*time.Hour))
	order, err := p.sim.PlaceOrder(huawei.NewOrder{CustomerID: customer, OfficialAmount: amount, Deadline: deadline})
	if err != nil {
		return err
	}
	with := ""
	if fund {
		with = " with the partner's money"
	}
	err = p.intend(fmt.Sprintf("pay %s of customer %s%s: %s", order, customer, with, amount), "/payorder/orders/"+order+"/payments", nil,
		&wanted{space: "payorder", key: "pay/" + order, operation: opPay, customer: customer, amount: amount})
	if err != nil {
		return err
	}
	in := p.plan.intentions[len(p.plan.intentions)-1]
	if fund {
		in.funded = order
	}
	in.renew = func(ctx context.Context) error { return p.authorize(ctx, in, order, customer, amount) }
	return in.renew(ctx)
}

// authorize gets a quote of an order, and the code that confirms it where one is
// needed.
func (w *world) authorize(ctx context.Context, in *intention, order, customer string, amount decimal.Decimal) error {
	worker, err := w.process(ctx, 0)
	if err != nil {
		return err
	}
	path := "/payorder/orders/" + order
	var quote struct{ Quote string }
	if err := w.platform.ask(ctx, worker, path+"/quotes", object{"customer_id": customer}, &quote); err != nil {
		return err
	}
	payment := object{"customer_id": customer, "quote": quote.Quote}
	if amount.GreaterThan(confirmedAbove) {
		payment["person"] = "somebody"
		if err := w.platform.ask(ctx, worker, path+"/codes", payment, &object{}); err != nil {
			return err
		}
		if payment["code"], err = w.platform.code(); err != nil {
			return err
		}
	}
	if in.funded != "" {
		payment["fund"] = true
	}
	in.body, err = json.Marshal(payment)
	return err
}

func (p *planner) campaign(_ context.Context, number int) error {
	quota, err := p.sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000)})
	if err != nil {
		return err
	}
	id, amount := fmt.Sprintf("campaign-%d", number), p.amount()
	customers := p.customers[:1+p.random.IntN(len(p.customers))]
	var all []*wanted
	for _, c := range customers {
		all = append(all, &wanted{space: "couponissue", key: "coupon/" + id + "/" + c, operation: opIssue, customer: c, amount: amount})
	}
	path := oneOf(p.random, "/couponissue/campaigns", "/couponissue/queues/campaigns")
	return p.intend(fmt.Sprintf("issue %s to customers %v: %s by %s", id, customers, amount, path), path,
		object{"campaign": id, "quota_id": quota, "face_value": amount, "customer_ids": customers}, all...)
}

func (p *planner) allocate(_ context.Context, number int) error {
	return p.move("allocate", "/couponissue/allocations", opAllocate, number)
}

func (p *planner) reclaim(_ context.Context, number int) error {
	return p.move("reclaim", "/couponissue/reclamations", opReclaim, number)
}

func (p *planner) move(verb, path, operation string, number int) error {
	id, customer, amount := fmt.Sprintf("%s-%d", verb, number), oneOf(p.random, p.customers...), p.amount()
	return p.intend(fmt.Sprintf("%s by %s: %s of customer %s", verb, id, amount, customer), path,
		object{"request_id": id, "customer_id": customer, "amount": amount, "currency": "CNY"},
		&wanted{space: "couponissue", key: verb + "/" + id, operation: operation, customer: customer, amount: amount})
}

// amount is one of few, so that movements often look alike.
func (p *planner) amount() decimal.Decimal {
	return decimal.NewFromInt(oneOf[int64](p.random, 10, 10, 25))
}
