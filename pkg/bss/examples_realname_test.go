package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func realnameExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"CreatePersonalRealnameAuth": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.CreatePersonalRealnameAuth(ctx, person(w.resale, "E1"))
				return err
			}
		},
		"CreateEnterpriseRealnameAuthentication": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.CreateEnterpriseRealnameAuthentication(ctx, firm(w.resale, "913"))
				return err
			}
		},
		"ChangeEnterpriseRealnameAuthentication": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			w.verifiedPerson(t)
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ChangeEnterpriseRealnameAuthentication(ctx, change(w.resale, "913"))
				return err
			}
		},
		"ShowRealnameAuthenticationReviewResult": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ShowRealnameAuthenticationReviewResult(ctx, bss.ShowRealnameAuthenticationReviewResultRequest{CustomerID: w.resale})
				return err
			}
		},
		"ShowRealNameAuthStatus": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowRealNameAuthStatus(ctx, resaleName)
			return err
		}),
		"ShowRealNameAuthQrCode": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowRealNameAuthQrCode(ctx, resaleName)
			return err
		}),
	}
}
