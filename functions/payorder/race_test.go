//go:build race

package payorder_test

// The race detector makes comparing slow, and finds no race in it: .ci/run compares
// all of them without it.
const (
	defaultQuoteCases = 500
	simulatedOrders   = 40
)
