package billexport

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The problems that this function itself answers, one constructor a kind.

func cycleMalformed() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_malformed",
		Detail: "The cycle is not a month such as 2026-02.",
		Next:   "Write the year with four digits and the month with two."}
}

func cycleFuture(c, current bill.Cycle) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_future",
		Detail: fmt.Sprintf("The cycle %s has not begun; in GMT+8 it is %s.", c, current),
		Next:   "Ask for the current cycle or a past one."}
}

func cycleTooOld(c, oldest bill.Cycle) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_too_old",
		Detail: fmt.Sprintf("Huawei Cloud has no bills of %s any more; the oldest are those of %s.", c, oldest),
		Next:   "Look for an export that was published at the time."}
}

func runNotFound() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "run_not_found",
		Detail: "No run of this id is known.",
		Next:   "Take an id that GET /billexport/runs has."}
}

func exportNotFound(cycle string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "export_not_found",
		Detail: fmt.Sprintf("No export of %s is published.", cycle),
		Next:   "Ask for one with POST /billexport/runs."}
}

func runInProgress(cycle, id string) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "run_in_progress", RetryAfter: time.Minute,
		Detail: fmt.Sprintf("The run %s is at work on %s.", id, cycle),
		Next:   fmt.Sprintf("Wait for it with GET /billexport/runs/%s?wait=20, or cancel it.", id)}
}

func runNotCancellable(state RunState) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "run_not_cancellable",
		Detail: fmt.Sprintf("The run is %s.", state),
		Next:   "Look at the run: it has ended, or ends in a moment."}
}
