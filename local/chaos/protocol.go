package chaos

import (
	"net/http"
	"strings"
	"time"
)

// A worker asks the conductor at every point what becomes of the delivery that has
// come there, and waits for the answer. The messages are JSON, one after the other
// on one connection.

// The kinds of points, by what a delivery does there.
const (
	atBegin  = "begin"  // it has arrived and nothing of it was looked at
	atSleep  = "sleep"  // it waits
	atGet    = "get"    // a read of the store
	atDue    = "due"    // a list of the store
	atInsert = "insert" // a write of the store
	atUpdate = "update"
	atCall   = "call"  // a call of the partner API
	atEvent  = "event" // a call of the sales platform
)

// point is where a delivery stands.
type point struct {
	After  bool   `json:"after,omitempty"` // it has been done, and nobody was told
	What   string `json:"what"`
	Detail string `json:"detail,omitempty"` // the row, or the method and path
}

func (p point) String() string {
	text := p.What
	if p.Detail != "" {
		text += " " + p.Detail
	}
	switch {
	case p.What == atBegin, p.What == atSleep:
		return text
	case p.After:
		return "after " + text
	}
	return "before " + text
}

// report says that nothing moves in a worker any more, and where its delivery stands
// that had not been told yet: in several places where it does several things at once.
// The first message of a worker has its address instead.
type report struct {
	Worker int    `json:"worker"`
	URL    string `json:"url,omitempty"`

	Delivery int       `json:"delivery"`
	Now      time.Time `json:"now"` // of the worker's clock, which short waits advance
	Stands   []stand   `json:"stands,omitempty"`
}

// stand is where a goroutine of a delivery waits.
type stand struct {
	Ticket int           `json:"ticket"`
	Point  point         `json:"point"`
	Sleep  time.Duration `json:"sleep,omitempty"`
}

// verdict is what becomes of a delivery at a point.
type verdict string

const (
	goOn verdict = "go"
	// fail lets the store, or the network, fail: before the act nothing was done,
	// after it nobody was told.
	fail verdict = "fail"
	// die ends the process.
	die verdict = "die"
	// gone ends the delivery's context, as that of a caller that has gone.
	gone verdict = "gone"
)

// release lets a delivery go on from one of its stands.
type release struct {
	Delivery int       `json:"delivery"`
	Ticket   int       `json:"ticket"`
	Verdict  verdict   `json:"verdict"`
	Now      time.Time `json:"now"`
	// Late says what a delivery gets that comes back from an act after its time: the
	// answer, which had arrived, rather than the end of its context.
	Late bool `json:"late,omitempty"`
}

// setup is what a worker serves in one run.
type setup struct {
	SimURL      string    `json:"sim_url"`
	PlatformURL string    `json:"platform_url"`
	StoreURL    string    `json:"store_url"`
	Scope       string    `json:"scope"` // of the run's rows in the store
	Broken      string    `json:"broken,omitempty"`
	Now         time.Time `json:"now"`
}

const (
	deliveryHeader = "Chaos-Delivery"
	setupPath      = "/setup"
)

// reads reports whether a call changes nothing.
func (p point) reads() bool { return strings.HasPrefix(p.Detail, http.MethodGet+" ") }
