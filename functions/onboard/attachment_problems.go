package onboard

import (
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/onboard/internal/attachments"
	"github.com/bssfn/bssfn/pkg/handler"
)

func attachmentsOff() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "attachments_off",
		Detail: "This function has no bucket for attachments.",
		Next:   "Set OBS_ENDPOINT, OBS_BUCKET, OBS_ACCESS_KEY and OBS_SECRET_KEY."}
}

// fileProblems are the reasons for not taking a file.
var fileProblems = map[string]handler.Problem{
	attachments.Empty:     {Status: http.StatusUnprocessableEntity, Code: "attachment_empty", Next: "Send the file as the body of the request."},
	attachments.TooLarge:  {Status: http.StatusUnprocessableEntity, Code: "attachment_too_large", Next: "Let the customer take a smaller picture."},
	attachments.Unknown:   {Status: http.StatusUnprocessableEntity, Code: "attachment_format", Next: "Let the customer choose a picture, or a PDF, that is what its name says."},
	attachments.Malformed: {Status: http.StatusUnprocessableEntity, Code: "attachment_unreadable", Next: "Let the customer save the file anew, or take another picture."},
	attachments.Suspect:   {Status: http.StatusUnprocessableEntity, Code: "attachment_suspect", Next: "Do not open the file. Let the customer take a picture of the certificate."},
}

// fileRefused words the refusal of a file; other errors come back as they are.
func fileRefused(err error) error {
	refusal, ok := errors.AsType[*attachments.Refusal](err)
	if !ok {
		return err
	}
	p := fileProblems[refusal.Code]
	p.Detail, p.Cause = refusal.Detail, err
	return &p
}

// bucketProblem words a failure of the bucket; other errors come back as they are.
func bucketProblem(err error) error {
	switch {
	case errors.Is(err, objects.ErrDenied):
		return &handler.Problem{Status: http.StatusBadGateway, Code: "bucket_denied", Cause: err,
			Detail: "The bucket of attachments did not take our request.",
			Next:   "Check OBS_BUCKET, OBS_ACCESS_KEY, OBS_SECRET_KEY, the bucket's policy and the clock."}
	case errors.Is(err, objects.ErrUnavailable):
		return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "bucket_unavailable", RetryAfter: 5 * time.Second, Cause: err,
			Detail: "The bucket of attachments could not be reached, or failed.",
			Next:   "Send the request again later."}
	}
	return err
}
