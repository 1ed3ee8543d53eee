package billexport

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/handler"
)

func subscribedOff() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "subscribed_off",
		Detail: "This deployment reads no subscribed files.",
		Next:   "Set SUBSCRIBED_URL, on the international site, to the bucket that they are put into."}
}

func subscribedNotCompared(cycle string) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "subscribed_not_compared",
		Detail: fmt.Sprintf("The subscribed files of %s were not compared.", cycle),
		Next:   "Ask for that with POST /billexport/subscribed/" + cycle + "."}
}

// Why a run fails that reads subscribed files.

func subscribedNotFound(name string) error {
	return fatal("subscribed_not_found", fmt.Sprintf("The file %s is not there.", name),
		"Huawei Cloud puts it there by noon (GMT+8) of the 5th, and tries again on five days. Ask again then, or look at the subscription.")
}

// subscribedUnread is what is wrong with the bucket. That it does not let us in is not
// mended by trying again.
func subscribedUnread(name string, cause error) error {
	if errors.Is(cause, objects.ErrDenied) {
		return fatal("subscribed_denied", "The bucket of SUBSCRIBED_URL is not there, or does not let us read "+name+".",
			"Check SUBSCRIBED_URL, SUBSCRIBED_ENDPOINT and the keys, and that their account may list and read the bucket.")
	}
	return fmt.Errorf("read the subscribed file %s: %w", name, cause)
}

func subscribedRefused(cause error) error {
	return fatal("subscribed_refused", clipped(fmt.Sprintf("A subscribed file is not taken: %s.", cause)),
		"Look at the file, and who may write to the bucket. Ask Huawei Cloud for it again if it is theirs.")
}
