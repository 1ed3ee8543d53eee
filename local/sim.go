package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
	"github.com/bssfn/bssfn/pkg/handler"
)

// serveSim runs the simulated Huawei Cloud alone until the context ends.
func serveSim(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local sim", flag.ContinueOnError)
	addr := f.String("addr", simAddr, "address of the API, of IAM and of the login page")
	admin := f.String("admin-addr", adminAddr, "address of the administration")
	ak := f.String("ak", "SIMPARTNERAK", "access key of the partner")
	sk := f.String("sk", "SIMPARTNERSK", "secret key of the partner")
	notify := f.String("notify", "", "address that binding notifications are posted to")
	idp := f.String("idp", "", "address of the metadata of the sales platform's identity provider, where customers sign in")
	site := f.String("site", string(bss.SiteCN), "site that is simulated: cn, intl or eu")
	seed := seedFlag(f, "seed of ids, codes and faults")
	if err := parse(f, args, stderr, "Serves the simulated Huawei Cloud alone, with an API, an IAM and a login page."); err != nil {
		return err
	}
	if err := noArguments(f, stderr); err != nil {
		return err
	}
	if *ak == "" || *sk == "" {
		return errors.New("-ak and -sk must not be empty")
	}
	sim, err := huawei.NewServer(huawei.Options{
		Clock: clock.NewRunning(time.Now()), Site: bss.Site(*site), Seed: seed(), NotificationURL: *notify, IDPMetadataURL: *idp,
		Keys:   sign.Keys{AccessKey: *ak, SecretKey: *sk},
		Logger: handler.NewLogger(stderr, slog.LevelInfo),
	})
	if err != nil {
		return err
	}
	group, err := harness.Serve(ctx, harness.Site{Addr: *addr, Handler: sim.API()}, harness.Site{Addr: *admin, Handler: sim.Admin()})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "simulator       %s (site %s, partner's access key %s, seed %d)\nadministration  %s/_sim/\nCtrl-C ends it.\n",
		group.URLs[0], *site, *ak, seed(), group.URLs[1])
	return untilDone(ctx, group.Failed(), group.Close)
}
