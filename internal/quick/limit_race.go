//go:build race

package quick

import "time"

// Limit is how long a refusal may take while the race detector slows everything down;
// .ci/run holds refusals to their own limit without it.
const Limit = time.Second
