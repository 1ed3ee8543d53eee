package onboard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/attachments"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// AttachmentsConfig says in which bucket real-name attachments are: the one of the
// partner centre's access configuration. Without it there are none.
type AttachmentsConfig struct {
	OBSEndpoint  string         `envconfig:"OBS_ENDPOINT" desc:"address of OBS, as https://obs.cn-north-4.myhuaweicloud.com; no attachments unless set"`
	OBSBucket    string         `envconfig:"OBS_BUCKET" desc:"bucket of the partner centre's access configuration"`
	OBSAccessKey string         `envconfig:"OBS_ACCESS_KEY" desc:"access key of the account that has the bucket"`
	OBSSecretKey handler.Secret `envconfig:"OBS_SECRET_KEY" desc:"secret key of that account"`
}

const (
	// unusedTime is how long an attachment is kept that no submission uses.
	unusedTime = 24 * time.Hour
	// usedTime is how long one is kept after its submission, longer than any review
	// is followed.
	usedTime = reviewTime + 10*24*time.Hour
	// sweepBatch is how many attachments one run of the schedule deletes.
	sweepBatch = 50
)

// attachmentState is how far an attachment is.
type attachmentState string

const (
	attachmentExpected attachmentState = "expected" // it is not in the folder that is read
	attachmentKept     attachmentState = "kept"
	attachmentGone     attachmentState = "gone"
)

// attachment is what is remembered of a file, which says nothing about whose face or
// number is on it.
type attachment struct {
	AccountID string             `json:"account_id"`
	Format    attachments.Format `json:"format"`
	Size      int64              `json:"size"`
	SHA256    string             `json:"sha256,omitempty"`
	State     attachmentState    `json:"state"`
}

// shelf keeps attachments in the bucket, and remembers them in the store. Its bucket
// is nil where none is configured.
type shelf struct {
	bucket  *attachments.Bucket
	records *ledger.Documents[attachment]
	entropy io.Reader
	now     func() time.Time
}

func newShelf(cfg AttachmentsConfig, rt functions.Runtime) (*shelf, error) {
	s := &shelf{records: ledger.NewDocuments[attachment](rt.Store, "attachment", rt.Clock.Now), entropy: rt.Entropy, now: rt.Clock.Now}
	if s.entropy == nil {
		s.entropy = rand.Reader
	}
	if cfg.OBSEndpoint == "" && cfg.OBSBucket == "" && cfg.OBSAccessKey == "" && cfg.OBSSecretKey.IsZero() {
		return s, nil
	}
	var err error
	s.bucket, err = attachments.NewBucket(attachments.Options{
		Endpoint: cfg.OBSEndpoint, Bucket: cfg.OBSBucket, AccessKey: cfg.OBSAccessKey, SecretKey: cfg.OBSSecretKey.Reveal(),
		Transport: rt.Transport, Now: rt.Clock.Now, Sleep: rt.Clock.Sleep,
	})
	return s, err
}

func (f *function) attachmentRoutes() []handler.Route {
	const root = "/onboard/customers/{account_id}/attachments"
	return []handler.Route{
		{Method: http.MethodPost, Pattern: root, MediaType: "application/octet-stream", MaxBody: attachments.MaxSize, Handle: f.attach},
		{Method: http.MethodPost, Pattern: root + "/uploads", Handle: f.prepareUpload},
		{Method: http.MethodPost, Pattern: root + "/uploads/{id}/completion", Handle: f.completeUpload},
	}
}

// attachmentAnswer is an attachment that a submission may name.
type attachmentAnswer struct {
	ID     string             `json:"id"`
	Format attachments.Format `json:"format"`
	Size   int64              `json:"size"`
	SHA256 string             `json:"sha256"`
	// ExpiresAt is when it is deleted unless a submission has used it.
	ExpiresAt time.Time `json:"expires_at"`
}

func answerOf(doc ledger.Document[attachment]) attachmentAnswer {
	a := doc.Value
	return attachmentAnswer{ID: doc.Key, Format: a.Format, Size: a.Size, SHA256: a.SHA256, ExpiresAt: doc.DueAt}
}

// attach takes one file, as the body of the request, and puts it into the bucket.
func (f *function) attach(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	if f.shelf.bucket == nil {
		return nil, attachmentsOff()
	}
	format, err := attachments.Inspect(r.Body)
	if err != nil {
		return nil, fileRefused(err)
	}
	id, err := attachments.NewID(f.shelf.entropy)
	if err != nil {
		return nil, err
	}
	doc := ledger.Document[attachment]{Key: id, Value: attachment{AccountID: b.AccountID, Format: format}}
	if doc, err = f.shelf.keep(ctx, doc, r.Body); err != nil {
		return nil, bucketProblem(err)
	}
	return handler.Created("", answerOf(doc)), nil
}

// keep puts a file that was looked at into the folder that Huawei Cloud reads. Its
// record is written before, so that a file of a process that died is deleted too.
func (s *shelf) keep(ctx context.Context, doc ledger.Document[attachment], data []byte) (ledger.Document[attachment], error) {
	doc.Value.Size, doc.Value.SHA256, doc.Value.State = int64(len(data)), hexSHA256(data), attachmentExpected
	doc.DueAt = s.now().UTC().Truncate(time.Second).Add(unusedTime)
	doc, err := s.records.Put(ctx, doc)
	if err != nil {
		return doc, err
	}
	name := attachments.Name(doc.Key, doc.Value.Format)
	if err := s.bucket.Put(ctx, attachments.Download, name, doc.Value.Format, data); err != nil {
		return doc, err
	}
	doc.Value.State = attachmentKept
	return s.records.Put(ctx, doc)
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// use names the objects of a submission's attachments in their order, and keeps them
// as long as a review may take. What is not the customer's, or gone, is a problem.
func (s *shelf) use(ctx context.Context, accountID string, ids []string) ([]string, error) {
	if s.bucket == nil {
		return nil, attachmentsOff()
	}
	docs := make([]ledger.Document[attachment], len(ids))
	for i, id := range ids {
		doc, err := s.records.Get(ctx, id)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		if err != nil || doc.Value.AccountID != accountID || doc.Value.State != attachmentKept {
			return nil, handler.Invalid(handler.FieldError{Field: fmt.Sprintf("attachments[%d]", i), Reason: "is no attachment of this customer, or has been deleted"})
		}
		docs[i] = doc
	}
	names := make([]string, len(ids))
	for i, doc := range docs {
		names[i] = attachments.Name(doc.Key, doc.Value.Format)
		doc.DueAt = s.now().Add(usedTime)
		if _, err := s.records.Put(ctx, doc); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// release lets attachments go that a refused submission named, unless they are named
// again within a day.
func (s *shelf) release(ctx context.Context, ids []string) {
	for _, id := range ids {
		if doc, err := s.records.Get(ctx, id); err == nil {
			doc.DueAt = s.now().Add(unusedTime)
			_, _ = s.records.Put(ctx, doc) // else it is deleted later
		}
	}
}

// sweep deletes attachments whose time is over. A record is marked before its objects
// go, so that nothing that is being submitted is deleted.
func (s *shelf) sweep(ctx context.Context) error {
	if s.bucket == nil {
		return nil
	}
	due, err := s.records.Due(ctx, sweepBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, listed := range due {
		if ctx.Err() != nil {
			break // what is left stays due
		}
		errs = append(errs, s.remove(ctx, listed.Key))
	}
	return errors.Join(errs...)
}

func (s *shelf) remove(ctx context.Context, id string) error {
	doc, err := s.records.Get(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if doc.DueAt.IsZero() || s.now().Before(doc.DueAt) {
		return nil // it is used meanwhile
	}
	doc.Value.State = attachmentGone
	if doc, err = s.records.Put(ctx, doc); err != nil {
		return ignoreWritten(err)
	}
	name := attachments.Name(doc.Key, doc.Value.Format)
	for _, folder := range []attachments.Folder{attachments.Download, attachments.Incoming} {
		if err := s.bucket.Delete(ctx, folder, name); err != nil {
			return fmt.Errorf("delete the attachment %s: %w", id, err)
		}
	}
	doc.DueAt, doc.ExpiresAt = time.Time{}, s.now()
	_, err = s.records.Put(ctx, doc)
	return ignoreWritten(err)
}

// ignoreWritten passes over a writer that was faster.
func ignoreWritten(err error) error {
	if errors.Is(err, ledger.ErrVersion) {
		return nil
	}
	return err
}
