package functions

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/outbox"
)

// Event is an event as it is answered.
type Event struct {
	ID      string       `json:"id"`
	Type    string       `json:"type"`
	Subject string       `json:"subject"`
	State   outbox.State `json:"state"`
	At      time.Time    `json:"at"`
	// Tries counts how often it was sent.
	Tries    int       `json:"tries"`
	FirstTry time.Time `json:"first_try,omitzero"`
	LastTry  time.Time `json:"last_try,omitzero"`
	NextTry  time.Time `json:"next_try,omitzero"`
	// Error says why the last try failed.
	Error string `json:"error,omitempty"`
	// Resent counts how often somebody had it sent again.
	Resent int `json:"resent,omitempty"`
	// Data is left out of lists.
	Data json.RawMessage `json:"data,omitempty"`
}

// EventList is a page of events, the oldest first.
type EventList struct {
	Events []Event `json:"events"`
	// Next is the since of the next page; it is not there after the last one.
	Next time.Time `json:"next,omitzero"`
}

func eventOf(k outbox.Kept) Event {
	return Event{
		ID: k.ID, Type: k.Type, Subject: k.Subject, State: k.State, At: k.At,
		Tries: k.Tries, FirstTry: k.FirstTry, LastTry: k.LastTry, NextTry: k.NextTry, Error: k.Error, Resent: k.Resent,
	}
}

// Extend adds to a function what it has for its events: their list, a resend, and a
// schedule for every minute that sends those that wait.
func (e *Events) Extend(f handler.Function) handler.Function {
	f.Routes = append(f.Routes,
		handler.Route{Method: http.MethodGet, Pattern: "/" + e.function + "/events", Handle: e.list},
		handler.Route{Method: http.MethodPost, Pattern: "/" + e.function + "/events/{id}/deliveries", Handle: e.resend})
	f.Schedules = append(f.Schedules, handler.Schedule{Name: "events", Handle: e.deliver})
	return f
}

func (e *Events) deliver(ctx context.Context, _ json.RawMessage) error {
	if e.target == nil {
		return nil
	}
	_, err := e.outbox.Deliver(ctx)
	return err
}

const defaultEvents = 50

func (e *Events) list(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q, err := eventQuery(r.Query)
	if err != nil {
		return nil, err
	}
	page, err := e.outbox.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := EventList{Events: make([]Event, 0, len(page.Events)), Next: page.Next}
	for _, k := range page.Events {
		out.Events = append(out.Events, eventOf(k))
	}
	return handler.OK(out), nil
}

// eventQuery reads the parameters of the list. A misspelt one would list more than
// was asked for, so one that is not known is wrong.
func eventQuery(values url.Values) (outbox.Query, error) {
	q := outbox.Query{Limit: defaultEvents}
	var wrong []handler.FieldError
	complain := func(field, reason string) {
		wrong = append(wrong, handler.FieldError{Field: field, Reason: reason})
	}
	for name, given := range values {
		text, err := given[0], error(nil)
		switch {
		case len(given) > 1:
			complain(name, "is there twice")
			continue
		case name == "state":
			q.State = outbox.State(text)
			if !slices.Contains([]outbox.State{outbox.StateWaiting, outbox.StateDelivered, outbox.StateFailed}, q.State) {
				complain(name, "must be waiting, delivered or failed")
			}
		case name == "since":
			if q.Since, err = time.Parse(time.RFC3339, text); err != nil || q.Since.Year() < 1970 {
				complain(name, "must be UTC, such as 2026-03-31T16:00:00Z")
			}
		case name == "limit":
			if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 || q.Limit > outbox.MaxPage {
				complain(name, fmt.Sprintf("must be a number from 1 to %d", outbox.MaxPage))
			}
		default:
			complain(name, "is none of state, since, limit")
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b handler.FieldError) int { return cmp.Compare(a.Field, b.Field) })
		return q, handler.Invalid(wrong...)
	}
	return q, nil
}

// resend has one event sent again, and tries that at once.
func (e *Events) resend(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	if e.target == nil {
		return nil, eventsOff()
	}
	k, err := e.outbox.Resend(ctx, r.PathValue("id"))
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil, eventUnknown()
	case errors.Is(err, outbox.ErrFull):
		return nil, eventsFull(err)
	case err != nil:
		return nil, err
	}
	out := eventOf(k)
	out.Data = k.Data
	return handler.Accepted(out), nil
}

func eventsOff() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "events_off",
		Detail: "This function has no address to send events to.",
		Next:   "Set EVENTS_URL and EVENTS_SECRET."}
}

func eventUnknown() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "event_unknown",
		Detail: "No event of this id is kept. One that was delivered is kept for 30 days.",
		Next:   "Take an id that the list of events has."}
}

func eventsFull(cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "events_full", Cause: cause,
		Detail: fmt.Sprintf("%d events of this subject wait already.", outbox.MaxWaiting),
		Next:   "See that EVENTS_URL takes events, then ask again."}
}
