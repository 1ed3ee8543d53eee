//go:build !race

package payorder_test

const (
	defaultQuoteCases = 10_000
	simulatedOrders   = 400
)
