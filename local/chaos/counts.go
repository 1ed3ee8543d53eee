package chaos

import (
	"fmt"
	"io"

	"github.com/bssfn/bssfn/local/huawei"
)

// Counts are what happened in runs.
type Counts struct {
	Runs       int
	Deliveries int
	Overdue    int // deliveries that were held up longer than a lease lasts
	Kills      int // of processes
	Outages    int // of the store and of connections
	Faults     map[huawei.Point]int
	Jumps      int // of time
	Effects    int // in the journal
	Spent      int // customers that spent what they were lent for an order
	Double     int
	Lost       int
	Unsettled  int
	Other      int
}

func newCounts() Counts { return Counts{Faults: map[huawei.Point]int{}} }

func (c *Counts) add(more Counts) {
	c.Runs += more.Runs
	c.Deliveries += more.Deliveries
	c.Kills += more.Kills
	c.Outages += more.Outages
	for point, n := range more.Faults {
		c.Faults[point] += n
	}
	c.Jumps += more.Jumps
	c.Spent += more.Spent
	c.Overdue += more.Overdue
	c.Effects += more.Effects
	c.Double += more.Double
	c.Lost += more.Lost
	c.Unsettled += more.Unsettled
	c.Other += more.Other
}

// Write prints the report of runs.
func (c Counts) Write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%d runs, %d deliveries, of which %d outlasted a lease\n%d kills, %d outages, %d jumps of time\n"+
		"faults: %d before validation, %d before the effect, %d after it\n%d effects; %d times a customer spent what it was lent for an order, which is a person's to settle\n"+
		"%d double, %d lost, %d unknown that could have been settled, %d other contradictions\n",
		c.Runs, c.Deliveries, c.Overdue, c.Kills, c.Outages, c.Jumps,
		c.Faults[huawei.BeforeValidation], c.Faults[huawei.BeforeEffect], c.Faults[huawei.AfterEffect], c.Effects, c.Spent,
		c.Double, c.Lost, c.Unsettled, c.Other)
	return err
}
