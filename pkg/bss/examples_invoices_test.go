package bss_test

import (
	"context"
	"testing"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
)

func invoicesExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListInvoices": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			r := bss.ListInvoicesRequest{DomainID: w.partnerID(t), StartTime: bss.At(start.Add(-time.Hour)), EndTime: bss.At(start)}
			return func(ctx context.Context, c *bss.Client) error { return drain(c.ListInvoices(ctx, r)) }
		},
		"ListPostpaidBillSum": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListPostpaidBillSum(ctx, bss.ListPostpaidBillSumRequest{BillCycle: "2026-02"})
			return err
		}),
	}
}
