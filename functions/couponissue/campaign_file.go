package couponissue

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	mediaTypeCSV = "text/csv"
	// maxFile is enough for 100,000 customers with face values of their own, and
	// within the 6 MB of an AWS Lambda event.
	maxFile = 5 << 20
)

// Addition is the answer to a file of customers.
type Addition struct {
	Campaign string `json:"campaign"`
	// Added were not in the campaign before; CustomerCount is how many it has now.
	Added         int `json:"added"`
	CustomerCount int `json:"customer_count"`
}

// addCustomers puts the customers of a file into a campaign, which gives them their
// coupons when it is begun or sent again.
func (f *function) addCustomers(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id := r.PathValue("campaign")
	var wrong fields
	wrong.match("campaign", id, campaignPattern)
	if err := wrong.problem(); err != nil {
		return nil, err
	}
	recipients, err := readFile(r.Body)
	if err != nil {
		return nil, err
	}
	added := 0
	p, err := f.plans.change(ctx, id, func(p *plan) error {
		added, err = f.plans.add(ctx, id, p, recipients)
		return err
	})
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(Addition{Campaign: id, Added: added, CustomerCount: p.customers()}), nil
}

const (
	byteOrderMark = "\xef\xbb\xbf"
	headerPlain   = "customer_id"
	headerValues  = "customer_id,face_value"
)

// readFile reads the customers of a CSV file: UTF-8, with or without a byte order
// mark, lines that end in LF or CRLF, a header, and a customer a line. Everything
// that is wrong is a problem of its own, which names the first line that has it.
func readFile(file []byte) ([]recipient, error) {
	var all []recipient
	columns, seen := 0, map[string]int{}
	for number, line := range lines(file) {
		switch {
		case !utf8.ValidString(line) || strings.ContainsRune(line, 0):
			return nil, fileProblem("file_encoding", number, "is not UTF-8")
		case line == "":
			return nil, fileProblem("file_line_empty", number, "is empty")
		case columns == 0:
			if columns = columnsOf(line); columns == 0 {
				return nil, fileProblem("file_header", number, "must be "+headerPlain+" or "+headerValues)
			}
			continue
		case len(all) == maxCampaign:
			return nil, fileProblem("file_too_long", number, fmt.Sprintf("is the first beyond %d customers", maxCampaign))
		}
		r, err := readLine(line, number, columns)
		if err != nil {
			return nil, err
		}
		if before := seen[r.CustomerID]; before > 0 {
			return nil, fileProblem("file_customer_twice", number, fmt.Sprintf("names the customer of line %d again", before))
		}
		seen[r.CustomerID] = number
		all = append(all, r)
	}
	if len(all) == 0 {
		return nil, fileEmpty()
	}
	return all, nil
}

// lines are those of a file, from 1, without their ends and without a byte order
// mark.
func lines(file []byte) iter.Seq2[int, string] {
	rest := bytes.TrimPrefix(file, []byte(byteOrderMark))
	return func(yield func(int, string) bool) {
		for number := 1; len(rest) > 0; number++ {
			line, after, _ := bytes.Cut(rest, []byte("\n"))
			rest = after
			if !yield(number, string(bytes.TrimSuffix(line, []byte("\r")))) {
				return
			}
		}
	}
}

func columnsOf(header string) int {
	switch header {
	case headerPlain:
		return 1
	case headerValues:
		return 2
	}
	return 0
}

// amountPattern is for face values of a file, which are written out.
var amountPattern = regexp.MustCompile(`^[0-9]{1,11}(\.[0-9]{1,2})?$`)

func readLine(line string, number, columns int) (recipient, error) {
	cells := strings.Split(line, ",")
	if len(cells) != columns {
		return recipient{}, fileProblem("file_columns", number, fmt.Sprintf("has %d columns, the header has %d", len(cells), columns))
	}
	r := recipient{CustomerID: cells[0]}
	if !idPattern.MatchString(r.CustomerID) {
		return recipient{}, fileProblem("file_customer_id", number, "has a customer_id that does not match "+idPattern.String())
	}
	if columns == 1 || cells[1] == "" {
		return r, nil // it gets the campaign's
	}
	value, err := decimal.NewFromString(cells[1])
	if err != nil || !amountPattern.MatchString(cells[1]) || !isAmount(value) {
		return recipient{}, fileProblem("file_face_value", number, "has a face_value that "+amountRule)
	}
	r.FaceValue = &value
	return r, nil
}

func fileProblem(code string, line int, reason string) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: code,
		Detail: fmt.Sprintf("Line %d of the file %s. Nothing of it was taken.", line, reason),
		Next:   "Correct the file and send all of it again.",
		Fields: []handler.FieldError{{Field: fmt.Sprintf("line %d", line), Reason: reason}}}
}

func fileEmpty() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "file_empty",
		Detail: "The file names no customer.",
		Next:   "Send a header, " + headerPlain + " or " + headerValues + ", and a customer a line."}
}
