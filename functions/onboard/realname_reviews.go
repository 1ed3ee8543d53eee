package onboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// reviewTime is how long a review is followed; of an enterprise it takes people
	// some three working days.
	reviewTime = 30 * 24 * time.Hour
	// A review is asked about after an eighth of its age, but not more or less often
	// than this.
	mostOften  = 5 * time.Minute
	leastOften = 6 * time.Hour
	// reviewBatch is how many reviews one run of the schedule asks about.
	reviewBatch = 100
)

func (f *function) realNameSchedules() []handler.Schedule {
	return []handler.Schedule{{Name: "real-names", Handle: f.lookAtRealNames}}
}

// lookAtRealNames asks about the reviews that are due, those that have waited longest
// first, and deletes attachments whose time is over.
func (f *function) lookAtRealNames(ctx context.Context, _ json.RawMessage) error {
	due, err := f.realNames.Due(ctx, reviewBatch)
	errs := []error{err}
	for _, doc := range due {
		if ctx.Err() != nil {
			break // what is left stays due
		}
		if _, err := f.look(ctx, doc.Key); err != nil {
			errs = append(errs, fmt.Errorf("ask about the real name of %s: %w", doc.Key, err))
			errs = append(errs, f.postpone(ctx, doc.Key))
		}
	}
	return errors.Join(append(errs, f.shelf.sweep(ctx))...)
}

// postpone sends a review about which asking failed to the end.
func (f *function) postpone(ctx context.Context, accountID string) error {
	doc, err := f.realNameOf(ctx, accountID)
	if err != nil || doc.Version == 0 || doc.DueAt.IsZero() {
		return err
	}
	doc.DueAt = f.now().Add(mostOften)
	_, err = f.realNames.Put(ctx, doc)
	return ignoreWritten(err)
}

// follow begins to follow the review of a submission that was accepted, and tells
// where it stands. Repeated, it does nothing more.
func (f *function) follow(ctx context.Context, accountID, key string, s submitted) (realNameStatus, error) {
	doc, err := f.realNameOf(ctx, accountID)
	if err != nil {
		return "", err
	}
	switch pending := doc.Value.Pending; {
	case doc.Value.Entry == key:
		return doc.Value.Status, nil
	case pending == nil || pending.Entry != key:
		return realNameReviewing, nil // a later one is followed
	default:
		doc.Value.remembered, doc.Value.Pending = pending.remembered, nil
	}
	if err := f.turn(ctx, doc, realNameReviewing, f.now().Add(mostOften)); err != nil {
		return "", err
	}
	if s.Review != bss.ReviewAutomatic {
		return realNameReviewing, nil
	}
	status, err := f.look(ctx, accountID)
	if err != nil {
		f.log.WarnContext(ctx, "a real name was decided at once, and is asked about later", slog.String("account_id", accountID), slog.Any("error", err))
		return realNameReviewing, nil
	}
	return status, nil
}

// look asks about the review of a customer and keeps what is new. Where nothing was
// submitted here, it only asks.
func (f *function) look(ctx context.Context, accountID string) (realNameStatus, error) {
	doc, err := f.realNameOf(ctx, accountID)
	if err != nil {
		return "", err
	}
	status, _, err := f.review(ctx, doc.Value.CustomerID)
	if err != nil {
		return "", err
	}
	return status, f.notice(ctx, doc, status)
}

// notice keeps what a review says, and tells the platform what is new.
func (f *function) notice(ctx context.Context, doc ledger.Document[realName], status realNameStatus) error {
	followed := doc.Value.Status == realNameReviewing || doc.Value.Status == realNameOverdue
	age := f.now().Sub(doc.Value.SubmittedAt)
	switch {
	case !followed:
		return nil
	case status == realNameRejected || status == realNamePassed:
		return f.turn(ctx, doc, status, time.Time{})
	case doc.Value.Status == realNameOverdue:
		return nil
	case age >= reviewTime:
		f.log.WarnContext(ctx, "a real name is under review for 30 days: ask Huawei Cloud", slog.String("account_id", doc.Key), slog.String("customer_id", doc.Value.CustomerID))
		return f.turn(ctx, doc, realNameOverdue, time.Time{})
	}
	doc.DueAt = f.now().Add(min(max(age/8, mostOften), leastOften))
	_, err := f.realNames.Put(ctx, doc)
	return ignoreWritten(err)
}

// realNameEvent is what the platform is told: nothing of the person.
type realNameEvent struct {
	AccountID   string         `json:"account_id"`
	CustomerID  string         `json:"customer_id"`
	RequestID   string         `json:"request_id"`
	Kind        submissionKind `json:"kind"`
	Status      realNameStatus `json:"status"`
	SubmittedAt time.Time      `json:"submitted_at"`
}

// turn tells that a submission has another status, and keeps it. The event comes
// first, since it is told once whatever happens.
func (f *function) turn(ctx context.Context, doc ledger.Document[realName], status realNameStatus, due time.Time) error {
	r := doc.Value
	id := f.events.ID(r.Entry, string(status))
	event := realNameEvent{doc.Key, r.CustomerID, r.RequestID, r.Kind, status, r.SubmittedAt}
	if err := f.events.Tell(ctx, id, doc.Key, "onboard.realname."+string(status), event); err != nil {
		return fmt.Errorf("tell that the real name of %s is %s: %w", doc.Key, status, err)
	}
	doc.Value.Status, doc.Value.ChangedAt, doc.DueAt = status, f.now().UTC(), due
	_, err := f.realNames.Put(ctx, doc)
	return ignoreWritten(err)
}

type realNameAnswer struct {
	AccountID  string         `json:"account_id"`
	CustomerID string         `json:"customer_id"`
	Status     realNameStatus `json:"status"`
	// Opinion says why it was rejected, in Huawei Cloud's words.
	Opinion string `json:"opinion,omitempty"`
	// RequestID, Kind and SubmittedAt are those of the last submission made here.
	RequestID   string         `json:"request_id,omitempty"`
	Kind        submissionKind `json:"kind,omitempty"`
	SubmittedAt time.Time      `json:"submitted_at,omitzero"`
}

// showRealName tells where a customer's real name stands, asked at this moment: by the
// review of what was submitted, or else by the partner's customer list.
func (f *function) showRealName(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, err := f.realNameOf(ctx, b.AccountID)
	if err != nil {
		return nil, err
	}
	out := realNameAnswer{AccountID: b.AccountID, CustomerID: b.CustomerID}
	if out.Status, out.Opinion, err = f.review(ctx, b.CustomerID); err != nil {
		return nil, functions.Problem(err)
	}
	if known := doc.Value; known.CustomerID == b.CustomerID && known.Entry != "" {
		out.RequestID, out.Kind, out.SubmittedAt = known.RequestID, known.Kind, known.SubmittedAt
		if err := f.notice(ctx, doc, out.Status); err != nil {
			return nil, err
		}
	}
	if out.Status == realNameNone {
		if out.Status, err = f.listedRealName(ctx, b.CustomerID); err != nil {
			return nil, functions.Problem(err)
		}
	}
	return handler.OK(out), nil
}

// listedRealName is what the partner's customer list says of a customer's real name.
func (f *function) listedRealName(ctx context.Context, customerID string) (realNameStatus, error) {
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: customerID}) {
		if err != nil {
			return "", err
		}
		return verifiedStatus(c.VerifiedStatus), nil
	}
	return realNameNone, nil
}

func verifiedStatus(s bss.VerifiedStatus) realNameStatus {
	switch s {
	case bss.RealNameReviewing:
		return realNameReviewing
	case bss.RealNameRejected, bss.RealNameFailed:
		return realNameRejected
	case bss.RealNameVerified:
		return realNamePassed
	case bss.RealNameNone:
	}
	return realNameNone
}
