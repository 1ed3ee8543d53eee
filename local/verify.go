package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
)

const aboutVerify = `go run ./local verify FOLDER|URL: reads published exports as their readers do.

Every file that a manifest names must be there with its size and hash, and the sums of
the customers must add up. The rate card beside them, if there is one, is read as the
next export would. URL is what EXPORT_URL may be; for a bucket, EXPORT_ENDPOINT,
EXPORT_ACCESS_KEY and EXPORT_SECRET_KEY are taken from the environment. The endpoint of S3
is https://s3.REGION.amazonaws.com; of Cloud Storage it is left out, and the keys are an
HMAC key.
`

// verify prints a line for each export, and fails where one is not whole.
func verify(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	if err := parse(f, args, stderr, aboutVerify); err != nil {
		return err
	}
	if f.NArg() != 1 {
		fmt.Fprint(stderr, aboutVerify)
		return errUsage
	}
	var stores billexport.StoreConfig
	if err := handler.LoadConfig(&stores); err != nil {
		return err
	}
	rt := functions.Runtime{Clock: clock.System{}}
	whole, wrong := 0, []error{}
	switch card, rules, err := billexport.VerifyRateCard(ctx, f.Arg(0), stores, rt); {
	case err != nil && card == "": // it cannot be looked for
		return err
	case err != nil:
		wrong = append(wrong, err)
	case card != "":
		fmt.Fprintf(stdout, "%s  %d rules: understood\n", card, rules)
	}
	for v, err := range billexport.Verify(ctx, f.Arg(0), stores, rt) {
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		whole++
		part := ""
		if v.Partial {
			part = ", some customers"
		}
		fmt.Fprintf(stdout, "%s  %s%s  run %s  %d files, %d bytes, %d records: whole\n", v.Cycle, v.State, part, v.RunID, v.Files, v.Bytes, v.Rows)
	}
	if whole == 0 && len(wrong) == 0 {
		return fmt.Errorf("nothing is published in %s", f.Arg(0))
	}
	return errors.Join(wrong...)
}
