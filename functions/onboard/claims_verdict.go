package onboard

import "time"

const (
	// confirmWithin is how long the customer list may take to show what a notification
	// says; its delay is not documented.
	confirmWithin = time.Hour
	// associateWithin is how long a customer may take to be in the list at all: its
	// association with the partner follows the binding.
	associateWithin = 24 * time.Hour
)

// finding is what the customer list says of a Huawei Cloud account and an account of
// the platform.
type finding string

const (
	// foundBound: it is listed with this account id.
	foundBound finding = "bound"
	// foundUnbound: it is listed with no account id of this platform.
	foundUnbound finding = "unbound"
	// foundElsewhere: it is listed with another one.
	foundElsewhere finding = "bound_elsewhere"
	// foundNothing: it is not listed.
	foundNothing finding = "not_listed"
)

// verdict is what becomes of a claim.
type verdict struct {
	// open says that it must be asked again.
	open bool
	// holds is what holds then, unless it is nil.
	holds *Binding
	// told is the last word of the event's type; empty for no event.
	told string
}

// The words.
const (
	toldBound    = "bound"
	toldUnbound  = "unbound"
	toldDoubtful = "doubtful"
)

// judge decides about a claim, of an age, by what the customer list says and what has
// held so far. The list decides, since it alone says for which platform an account is
// bound, and how things stand now: a notification may be a copy of an old one, or one
// of another partner's, or mean the opposite of what its documentation says.
//
// A binding that the list cannot show, since it has no account id for the customer,
// does hold after its time where nothing has held before: that customers who were bound
// on Huawei Cloud's pages are listed with it, is not documented. It is told as doubtful.
func judge(c claim, held Binding, holds bool, found finding, age time.Duration) verdict {
	here := holds && held.CustomerID == c.CustomerID && !held.Unbound
	switch {
	case c.State == stateUnbinding && found == foundBound && here && age < confirmWithin:
		return verdict{open: true}
	case c.State == stateUnbinding && found == foundBound:
		return verdict{holds: c.bound(), told: toldDoubtful}
	case c.State == stateUnbinding && here:
		return verdict{holds: unbinding(held, c.At), told: toldUnbound}
	case c.State == stateUnbinding:
		return verdict{} // it ends nothing that holds
	case found == foundBound && here:
		return verdict{}
	case found == foundBound:
		return verdict{holds: c.bound(), told: toldBound}
	case found == foundNothing && age < associateWithin, found != foundNothing && age < confirmWithin:
		return verdict{open: true}
	case found == foundUnbound && !holds:
		return verdict{holds: c.bound(), told: toldDoubtful}
	}
	return verdict{told: toldDoubtful}
}

func (c claim) bound() *Binding {
	return &Binding{
		AccountID: c.AccountID, UserID: c.UserID, CustomerID: c.CustomerID, AccountName: c.AccountName,
		Source: fromNotification, ChangedAt: c.At,
	}
}

// unbinding is a binding that has ended.
func unbinding(b Binding, at time.Time) *Binding {
	b.Unbound, b.Source, b.ChangedAt = true, fromNotification, at
	return &b
}
