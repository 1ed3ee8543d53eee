package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/demo"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	functionsAddr = "127.0.0.1:8080"
	simAddr       = "127.0.0.1:8090"
	adminAddr     = "127.0.0.1:8091"
	platformAddr  = "127.0.0.1:8070"
)

// serve runs everything until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local", flag.ContinueOnError)
	addr := f.String("addr", functionsAddr, "address of the functions")
	sim := f.String("sim-addr", simAddr, "address of the simulated Huawei Cloud")
	admin := f.String("admin-addr", adminAddr, "address of its administration")
	platform := f.String("platform-addr", platformAddr, "address of the sales platform's web site")
	out := f.String("out", "local-out", "folder for exported bills")
	seed := seedFlag(f, "seed of the simulated Huawei Cloud")
	if err := parse(f, args, stderr, usage); err != nil {
		return err
	}
	if err := noArguments(f, stderr); err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return fmt.Errorf("make the folder for exported bills: %w", err)
	}
	h, err := harness.Start(ctx, harness.Options{
		Addr: *addr, SimAddr: *sim, AdminAddr: *admin, PlatformAddr: *platform, ExportDir: *out, Seed: seed(),
		Clock:  clock.NewRunning(time.Now()),
		Logger: handler.NewLogger(stderr, slog.LevelInfo),
	})
	if err != nil {
		return err
	}
	world, err := demo.Populate(h.Sim, time.Now())
	if err != nil {
		return errors.Join(err, h.Close(context.WithoutCancel(ctx)))
	}
	printWelcome(stdout, h, world, seed(), *out)
	return untilDone(ctx, h.Failed(), h.Close)
}

func printWelcome(w io.Writer, h *harness.Harness, world demo.World, seed uint64, out string) {
	fmt.Fprintf(w, "functions       %s\n", h.FunctionsURL)
	fmt.Fprintf(w, "simulator       %s (seed %d)\n", h.SimURL, seed)
	fmt.Fprintf(w, "administration  %s/_sim/\n", h.AdminURL)
	fmt.Fprintf(w, "sales platform  %s/ is for a browser: sign in there and enter Huawei Cloud\n\n", h.PlatformURL)
	for _, d := range h.Deployments {
		for _, r := range d.Routes {
			fmt.Fprintf(w, "%-12s %s\n", d.Function, r)
		}
		for _, t := range d.Schedules {
			fmt.Fprintf(w, "%-12s %s, or POST /%s/schedules/%s\n", d.Function, strings.TrimSpace(t.Expression+" "+t.Timezone), d.Function, t.Name)
		}
	}
	fmt.Fprintf(w, "\nThe simulated Huawei Cloud has customers with bills of %s, and the coupon quota %s:\n", world.Cycle, world.QuotaID)
	for _, id := range slices.Concat(world.Resale, []string{world.Referral}) {
		fmt.Fprintf(w, "  %s  %s\n", id, world.Names[id])
	}
	fmt.Fprintf(w, "\nTry, in another terminal:\n"+
		"  go run ./local call POST /onboard/checks -d '{\"login_name\":\"some-name\"}'\n"+
		"  go run ./local call POST /billexport/runs -d '{\"cycle\":\"%s\"}'\n"+
		"  go run ./local verify %s\nCtrl-C ends it.\n", world.Cycle, out)
}

// untilDone waits for the end, or for a listener that fails, and closes everything.
func untilDone(ctx context.Context, failed <-chan error, closeAll func(context.Context) error) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if closing := closeAll(ctx); err == nil {
		err = closing
	}
	return err
}
