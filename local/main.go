// Command local runs everything on one machine: see go run ./local -h.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/bssfn/bssfn/local/chaos"
)

const usage = `Runs the functions against a simulated Huawei Cloud, on this machine only.

  go run ./local [flags]                        serve until Ctrl-C
  go run ./local demo [flags]                   play a partner's day once
  go run ./local sim [flags]                    serve the simulated Huawei Cloud alone
  go run ./local call [flags] METHOD PATH       call a function as the sales platform would
  go run ./local chaos [flags]                  prove that money moves once, whatever goes wrong
  go run ./local focus [flags] FILE...          check exported files against the rules of FOCUS
  go run ./local verify FOLDER|URL              check published exports as their readers do

Each takes -h.
`

func main() {
	if len(os.Args) > 1 && os.Args[1] == chaos.WorkerCommand {
		// It must not handle signals: see chaos.Worker.
		if err := chaos.Worker(context.Background(), os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "local:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

// errUsage is for arguments that were complained about already.
var errUsage = errors.New("wrong arguments")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	switch command {
	case "":
		return serve(ctx, args, stdout, stderr)
	case "demo":
		return playDemo(ctx, args, stdout, stderr)
	case "sim":
		return serveSim(ctx, args, stdout, stderr)
	case "call":
		return call(ctx, args, stdout, stderr)
	case "chaos":
		return playChaos(ctx, args, stdout, stderr)
	case "focus":
		return checkFocus(ctx, args, stdout, stderr)
	case "verify":
		return verify(ctx, args, stdout, stderr)
	case "help":
		_, err := io.WriteString(stdout, usage)
		return err
	}
	return fmt.Errorf("there is no command %q: use demo, sim, call, chaos, focus, verify or none", command)
}

// parse reads flags. A wrong one is one clear line.
func parse(f *flag.FlagSet, args []string, stderr io.Writer, about string) error {
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stderr, "%s\n\n", about)
		f.SetOutput(stderr)
		f.PrintDefaults()
		return err
	}
	if err != nil {
		fmt.Fprintf(stderr, "local: %v; -h lists the flags\n", err)
		return errUsage
	}
	return nil
}

func noArguments(f *flag.FlagSet, stderr io.Writer) error {
	if f.NArg() == 0 {
		return nil
	}
	fmt.Fprintf(stderr, "local: %q is too much; -h lists the flags\n", f.Arg(0))
	return errUsage
}
