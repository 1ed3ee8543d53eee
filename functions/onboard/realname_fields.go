package onboard

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/handler"
)

var attachmentIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// wrongSubmission checks what every submission has.
func wrongSubmission(requestID, verifiedNumber string) []handler.FieldError {
	var wrong []handler.FieldError
	if !requestIDPattern.MatchString(requestID) {
		wrong = append(wrong, handler.FieldError{Field: "request_id", Reason: "must match " + requestIDPattern.String()})
	}
	return append(wrong, wrongText("verified_number", verifiedNumber, 1, 32)...)
}

// wrongText checks a text that people read: its length in characters, no control
// characters, no spaces around it.
func wrongText(field, text string, least, most int) []handler.FieldError {
	n := utf8.RuneCountInString(text)
	if n >= least && n <= most && strings.TrimSpace(text) == text && !strings.ContainsFunc(text, unicode.IsControl) {
		return nil
	}
	return []handler.FieldError{{Field: field, Reason: fmt.Sprintf("has %d to %d characters, none of control, and no spaces around it", least, most)}}
}

func wrongAttachments(ids []string, least, most int) []handler.FieldError {
	if len(ids) < least || len(ids) > most {
		reason := fmt.Sprintf("has %d attachments for this certificate, in their order", least)
		if least != most {
			reason = fmt.Sprintf("has %d to %d attachments for this certificate, in their order", least, most)
		}
		return []handler.FieldError{{Field: "attachments", Reason: reason}}
	}
	seen := map[string]bool{}
	for i, id := range ids {
		field := fmt.Sprintf("attachments[%d]", i)
		if !attachmentIDPattern.MatchString(id) {
			return []handler.FieldError{{Field: field, Reason: "is the id of an attachment"}}
		}
		if seen[id] {
			return []handler.FieldError{{Field: field, Reason: "is there twice"}}
		}
		seen[id] = true
	}
	return nil
}
