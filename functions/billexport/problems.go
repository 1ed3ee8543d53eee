package billexport

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
)

// The problems that this function itself answers, one constructor a kind.

func cycleMalformed() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_malformed",
		Detail: "The cycle is not a month such as 2026-02.",
		Next:   "Write the year with four digits and the month with two."}
}

func cycleFuture(c, current cycle) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_future",
		Detail: fmt.Sprintf("The cycle %s has not begun; in GMT+8 it is %s.", c, current),
		Next:   "Ask for the current cycle or a past one."}
}

func cycleTooOld(c, oldest cycle) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "cycle_too_old",
		Detail: fmt.Sprintf("Huawei Cloud has no bills of %s any more; the oldest are those of %s.", c, oldest),
		Next:   "Look for an export that was published at the time."}
}

func runNotFound(c cycle) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "run_not_found",
		Detail: fmt.Sprintf("The bills of %s have not been exported.", c),
		Next:   "Ask for the export with POST /billexport/runs."}
}

func runInProgress(c cycle, cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "run_in_progress", RetryAfter: time.Minute, Cause: cause,
		Detail: fmt.Sprintf("Another run is exporting the bills of %s.", c),
		Next:   "Ask for its manifest a little later, or for another run when it has ended."}
}

func notPublished(c cycle, cause error) error {
	return &handler.Problem{Status: http.StatusInternalServerError, Code: "export_not_published", Cause: cause,
		Detail: fmt.Sprintf("The bills of %s could not be written. Nothing was published, and an earlier export stands.", c),
		Next:   "See the log for the reason, mend it and send the request again."}
}
