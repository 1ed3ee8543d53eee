package chaos

import (
	"time"

	"github.com/bssfn/bssfn/local/huawei"
)

// judgeAt draws what becomes of a delivery at a point.
func (r *run) judgeAt(at point) verdict {
	w := r.plan.weather
	switch {
	case r.happens(w.death):
		return die
	case r.happens(w.gone):
		return gone
	case at.What != atBegin && at.What != atSleep && r.happens(w.outage):
		r.count.Outages++
		return fail
	case at.What == atCall && !at.After && r.happens(w.fault):
		r.fault(at)
	}
	return goOn
}

// fault lets the call that is about to be made meet a fault of the simulated Huawei
// Cloud. It is the only call under way, so the fault strikes that one.
func (r *run) fault(at point) {
	kinds := []huawei.FaultKind{
		huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultTruncated, huawei.FaultHTML,
		huawei.FaultContentType, huawei.FaultSlow, huawei.FaultThrottled,
	}
	if !at.reads() {
		// A read whose connection is closed is repeated by the transport itself, by
		// when the connection was opened.
		kinds = append(kinds, huawei.FaultReset, huawei.FaultReset)
	}
	f := huawei.Fault{
		Kind: oneOf(r.random, kinds...), Next: 1,
		Point: oneOf(r.random, huawei.BeforeValidation, huawei.BeforeEffect, huawei.AfterEffect, huawei.AfterEffect),
	}
	if f.Kind == huawei.FaultThrottled {
		f.Point = huawei.BeforeValidation // the gateway's answer, which passes nothing on
	}
	if f.Kind == huawei.FaultSlow {
		f.Delay = huawei.Duration(oneOf(r.random, 2*time.Second, 20*time.Second, 30*time.Second))
	}
	if _, err := r.sim.AddFault(f); err != nil {
		panic(err) // the fault is made here
	}
	r.count.Faults[f.Point]++
	r.history.add(r.clock.Now(), "Huawei Cloud: fault %s %s", f.Kind, f.Point)
}

func explain(v verdict, at point) string {
	switch v {
	case die:
		return ": the process is killed"
	case gone:
		return ": the caller has gone"
	case fail:
		if at.After {
			return ": done, and nobody was told"
		}
		return ": fails"
	case goOn:
	}
	return ""
}
