package onboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/onboard/internal/attachments"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// A platform's event may be smaller than a file: on AWS Lambda some 4.5 MB of a file
// come through, of 10 MB that are allowed. So a file may go to the bucket by itself.
// It lies in a folder of its own there until it was looked at here, and is then kept
// under an address that nobody outside can write to.

var sha256Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

type uploadRequest struct {
	Format attachments.Format `json:"format"`
	Size   int64              `json:"size"`
	// SHA256 is that of the file, in hexadecimal digits.
	SHA256 string `json:"sha256"`
}

func (in uploadRequest) validate() error {
	var wrong []handler.FieldError
	if in.Format.MediaType() == "" {
		wrong = append(wrong, handler.FieldError{Field: "format", Reason: "is jpg, png, gif, bmp or pdf"})
	}
	if in.Size < 1 || in.Size > attachments.MaxSize {
		wrong = append(wrong, handler.FieldError{Field: "size", Reason: fmt.Sprintf("is 1 to %d bytes", attachments.MaxSize)})
	}
	if !sha256Pattern.MatchString(in.SHA256) {
		wrong = append(wrong, handler.FieldError{Field: "sha256", Reason: "is the SHA-256 of the file in 64 lower case hexadecimal digits"})
	}
	return invalid(wrong)
}

type uploadAnswer struct {
	ID     string             `json:"id"`
	Upload attachments.Upload `json:"upload"`
}

// prepareUpload answers a request that puts one file into the bucket.
func (f *function) prepareUpload(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	var in uploadRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	if f.shelf.bucket == nil {
		return nil, attachmentsOff()
	}
	id, err := attachments.NewID(f.shelf.entropy)
	if err != nil {
		return nil, err
	}
	upload, err := f.shelf.bucket.Presign(ctx, attachments.Name(id, in.Format), in.Format, in.Size)
	if err != nil {
		return nil, err
	}
	_, err = f.shelf.records.Put(ctx, ledger.Document[attachment]{
		Key: id, DueAt: f.now().Add(unusedTime),
		Value: attachment{AccountID: b.AccountID, Format: in.Format, Size: in.Size, SHA256: in.SHA256, State: attachmentExpected},
	})
	if err != nil {
		return nil, err
	}
	return handler.Created("", uploadAnswer{ID: id, Upload: upload}), nil
}

// completeUpload looks at what was put into the bucket, and keeps it if it is what was
// said. Repeated, it answers the same.
func (f *function) completeUpload(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	if f.shelf.bucket == nil {
		return nil, attachmentsOff()
	}
	doc, err := f.shelf.records.Get(ctx, r.PathValue("id"))
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	if err != nil || doc.Value.AccountID != b.AccountID || doc.Value.State == attachmentGone {
		return nil, uploadUnknown()
	}
	if doc.Value.State == attachmentKept {
		return handler.OK(answerOf(doc)), nil
	}
	if doc, err = f.shelf.take(ctx, doc); err != nil {
		return nil, bucketProblem(err)
	}
	return handler.OK(answerOf(doc)), nil
}

// take moves an uploaded file to where Huawei Cloud reads it, if it is the file that
// was announced. What is refused is deleted.
func (s *shelf) take(ctx context.Context, doc ledger.Document[attachment]) (ledger.Document[attachment], error) {
	name, expected := attachments.Name(doc.Key, doc.Value.Format), doc.Value
	data, err := s.bucket.Get(ctx, attachments.Incoming, name)
	if errors.Is(err, objects.ErrNotFound) {
		return doc, nothingUploaded(err)
	}
	if err == nil {
		var format attachments.Format
		if format, err = attachments.Inspect(data); err == nil && (format != expected.Format || hexSHA256(data) != expected.SHA256) {
			err = notAsAnnounced()
		}
	}
	if err != nil {
		if !errors.Is(err, objects.ErrUnavailable) && !errors.Is(err, objects.ErrDenied) {
			_ = s.bucket.Delete(ctx, attachments.Incoming, name) // else the schedule does it
		}
		return doc, fileRefused(err)
	}
	if doc, err = s.keep(ctx, doc, data); err != nil {
		return doc, err
	}
	_ = s.bucket.Delete(ctx, attachments.Incoming, name) // else the schedule does it
	return doc, nil
}

func uploadUnknown() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "upload_unknown",
		Detail: "No upload of this id is expected for this customer.",
		Next:   "Prepare an upload, and complete it within a day."}
}

func nothingUploaded(cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "upload_missing", Cause: cause,
		Detail: "Nothing has been put to the address of the upload, or it was refused before.",
		Next:   "Put the file there, with the headers of the upload, and complete it again; after 10 minutes prepare another one."}
}

func notAsAnnounced() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "upload_differs",
		Detail: "What was uploaded is not the file that was announced: its format or its SHA-256 differs.",
		Next:   "Prepare another upload with the file's own format, size and SHA-256."}
}
