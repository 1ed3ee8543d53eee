//go:build !race

package quick

import "time"

// Limit is how long a refusal may take.
const Limit = 50 * time.Millisecond
