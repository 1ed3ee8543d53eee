package functions

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/outbox"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// EventsConfig says where a function's events go. Without an address it has none.
type EventsConfig struct {
	EventsURL          string         `envconfig:"EVENTS_URL" desc:"address of the sales platform that takes events, https; payorder needs it, the others send none without"`
	EventsSecret       handler.Secret `envconfig:"EVENTS_SECRET" desc:"whsec_… secret that events are signed with"`
	EventsAllowPrivate bool           `envconfig:"EVENTS_ALLOW_PRIVATE" default:"false" desc:"whether EVENTS_URL may lead to private addresses"`
	EventsParallel     int            `envconfig:"EVENTS_PARALLEL" default:"4" desc:"of how many customers events are sent at the same time"`
}

// atOnce is how long a caller may wait until the platform has heard of what the
// call did.
const atOnce = 3 * time.Second

// Events tells the sales platform what happened. What the ledger announces goes
// through an outbox; what is worthless in a moment is sent directly, or not at all.
type Events struct {
	function string
	target   *outbox.Target // nil where events have no address
	outbox   *outbox.Outbox
	now      func() time.Time
}

// OpenEvents makes the events of the function of that name. Their address is https, or
// http on the loopback interface, and leads to private addresses only if that is
// allowed.
func (c EventsConfig) OpenEvents(function string, rt Runtime) (*Events, error) {
	e := &Events{function: function, now: rt.Clock.Now}
	if c.EventsURL != "" {
		var err error
		if e.target, err = c.target(rt); err != nil {
			return nil, err
		}
	}
	opts := outbox.Options{
		Space: function, Now: rt.Clock.Now, Random: rt.Random, NewID: rt.NewID, Logger: rt.Logger,
		AtOnce: atOnce, Parallel: c.EventsParallel,
	}
	e.outbox = outbox.New(rt.Store, e.target, opts)
	return e, nil
}

func (c EventsConfig) target(rt Runtime) (*outbox.Target, error) {
	secret, err := webhook.ParseSecret(c.EventsSecret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("EVENTS_SECRET: %w", err)
	}
	target, err := outbox.NewTarget(outbox.TargetOptions{
		URL: c.EventsURL, Secret: secret, AllowPrivate: c.EventsAllowPrivate, Now: rt.Clock.Now, Around: rt.AroundEvents,
	})
	if err != nil {
		return nil, fmt.Errorf("EVENTS_URL: %w", err)
	}
	return target, nil
}

// Send sends one event directly, without keeping it: a verification code may not
// lie in a store. It fails with the problem event_undelivered where the platform
// does not take it.
func (e *Events) Send(ctx context.Context, id, kind string, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode the event %s: %w", kind, err)
	}
	if e.target == nil {
		return undelivered(kind, errors.New("EVENTS_URL is not set"))
	}
	at := e.now().UTC().Truncate(time.Second)
	if err := e.target.Send(ctx, outbox.Message{ID: id, Type: kind, Timestamp: at, Data: encoded}); err != nil {
		return undelivered(kind, err)
	}
	return nil
}

// ID names the event of a fact of the function, the same each time that it is told.
func (e *Events) ID(fact ...string) string {
	sum := sha256.Sum256([]byte(e.function + "\x00" + strings.Join(fact, "\x00")))
	return "evt_" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Tell makes an event of something that is no outcome of the ledger. It is kept until
// the platform has taken it, and told once an id; where events have no address, nothing
// happens.
func (e *Events) Tell(ctx context.Context, id, subject, kind string, data any) error {
	if e.target == nil {
		return nil
	}
	return e.outbox.Append(ctx, outbox.Event{ID: id, Subject: subject, Type: kind, Data: data})
}

func undelivered(kind string, cause error) error {
	return &handler.Problem{Status: http.StatusBadGateway, Code: "event_undelivered", Cause: cause,
		Detail: "The sales platform did not take the event " + kind + ".",
		Next:   "See that EVENTS_URL answers, then ask again."}
}
