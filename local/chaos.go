package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bssfn/bssfn/local/chaos"
)

// playChaos plays random journeys while everything goes wrong.
func playChaos(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local chaos", flag.ContinueOnError)
	var o chaos.Options
	f.IntVar(&o.Runs, "runs", 200, "how many runs to play")
	f.IntVar(&o.First, "run", 1, "number of the first run; with -runs 1 it plays that run again")
	store := f.String("store", "sqlite", "where the ledger is: sqlite, or postgres or dynamodb at LEDGER_TEST_POSTGRES and LEDGER_TEST_DYNAMODB")
	f.StringVar(&o.Dir, "dir", "", "folder of the SQLite files (default: a temporary one)")
	f.StringVar(&o.Broken, "broken", "", "a mistake of the ledger that is to be caught: "+strings.Join(chaos.Broken, ", "))
	f.IntVar(&o.Parallel, "parallel", 1, "how many worlds to play in at the same time")
	seed := seedFlag(f, "play the same runs each time")
	if err := parse(f, args, stderr, "Plays random journeys while everything goes wrong, and proves that money moves once."); err != nil {
		return err
	}
	if err := noArguments(f, stderr); err != nil {
		return err
	}
	var err error
	if o.Store, err = storeAddress(*store); err != nil {
		return err
	}
	o.Seed = seed()
	fmt.Fprintf(stdout, "seed %d\n", o.Seed)
	counts, err := chaos.Run(ctx, o)
	if err != nil {
		return err
	}
	return counts.Write(stdout)
}

// storeAddress is where a store of that name is, empty for SQLite.
func storeAddress(name string) (string, error) {
	switch name {
	case "sqlite":
		return "", nil
	case "postgres":
		return fromEnvironment("LEDGER_TEST_POSTGRES", "")
	case "dynamodb":
		return fromEnvironment("LEDGER_TEST_DYNAMODB", "dynamodb:")
	}
	return "", fmt.Errorf("there is no store %q: use sqlite, postgres or dynamodb", name)
}

func fromEnvironment(variable, prefix string) (string, error) {
	address := os.Getenv(variable)
	if address == "" {
		return "", fmt.Errorf("set %s to the address of the store; .ci/services.sh starts one", variable)
	}
	return prefix + address, nil
}
