package contract

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
)

//go:embed error-codes.csv
var errorCodes []byte

// Retry says whether a call that was refused with a code may be sent again as it
// is. Nobody publishes this: it is a judgement.
type Retry string

// What a repetition can do.
const (
	RetryNo         Retry = "no"         // something else has to change first
	RetryYes        Retry = "yes"        // after a pause, whatever the operation: nothing happened
	RetryReads      Retry = "reads"      // after a pause; a write only once it is known what became of it
	RetryLater      Retry = "later"      // when something else has ended, which may take minutes or a day
	RetryCredential Retry = "credential" // with a new token or signature
)

// ErrorCode is a documented way to refuse a call. One code may have several
// rows, which differ in their HTTP status.
type ErrorCode struct {
	Status        int // HTTP status; 0 where it is not published
	Code          string
	Meaning       string // in our own words
	Retry         Retry
	Documentation string // address of a page that lists it; often empty
}

// ErrorCodes returns the error codes that the documentation of the partner API
// and of its gateway names, in the order of their families and numbers.
func ErrorCodes() ([]ErrorCode, error) {
	rows, err := csv.NewReader(bytes.NewReader(errorCodes)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("contract: reading error-codes.csv: %w", err)
	}
	var codes []ErrorCode
	for i, row := range rows[1:] {
		code, err := newErrorCode(row)
		if err != nil {
			return nil, fmt.Errorf("contract: row %d of error-codes.csv: %w", i+2, err)
		}
		codes = append(codes, code)
	}
	return codes, nil
}

func newErrorCode(row []string) (ErrorCode, error) {
	code := ErrorCode{Code: row[1], Meaning: row[2], Retry: Retry(row[3]), Documentation: row[4]}
	switch code.Retry {
	case RetryNo, RetryYes, RetryReads, RetryLater, RetryCredential:
	default:
		return ErrorCode{}, fmt.Errorf("%s: %q is no answer to whether it may be retried", code.Code, row[3])
	}
	if row[0] == "" {
		return code, nil
	}
	var err error
	code.Status, err = strconv.Atoi(row[0])
	return code, err
}
