package reconcile

import (
	"fmt"
	"net/http"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

func entryUnknown(written string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "entry_unknown",
		Detail: "Nothing is recorded under the key " + written + ".",
		Next:   "Write the key's / as :, as in the path of the report."}
}

func notResolver(person string) error {
	return &handler.Problem{Status: http.StatusForbidden, Code: "resolver_not_allowed",
		Detail: fmt.Sprintf("%q may not decide about outcomes in doubt.", person),
		Next:   "Let one of the people of LEDGER_RESOLVERS decide, or add the name there."}
}

func notInDoubt(en ledger.Entry) error {
	p := &handler.Problem{Status: http.StatusConflict, Code: "entry_not_in_doubt",
		Detail: fmt.Sprintf("%s is %s; only an unknown outcome is decided by a person.", en.Key, en.State),
		Next:   "Look at the entry: nothing is left to decide."}
	if en.State == ledger.StateRunning {
		p.Next = "Wait until the attempt has ended and been asked about, and look at the entry again."
	}
	return p
}

func settledMeanwhile(key string, cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "entry_not_in_doubt", Cause: cause,
		Detail: key + " was settled by somebody else at this moment.",
		Next:   "Look at the entry, and decide again only if it is still unknown."}
}

// RecordNeeded is the problem of a decision that names no record, where the effect
// leaves one in the partner centre.
func RecordNeeded(what string) error {
	return handler.Invalid(handler.FieldError{Field: "record_id", Reason: "must be " + what})
}
