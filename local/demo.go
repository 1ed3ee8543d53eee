package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/bssfn/bssfn/local/demo"
)

// dayStart is when the day begins. It is always the same one, so that a seed is all
// that is needed to play it again.
var dayStart = time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)

// playDemo plays the day once and prints what happened.
func playDemo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local demo", flag.ContinueOnError)
	out := f.String("out", "demo-out", "folder for the exported bills; an older demo there is replaced")
	asJSON := f.Bool("json", false, "print the report as JSON, for a machine")
	seed := seedFlag(f, "play the same day each time: two runs with one seed print the same bytes")
	if err := parse(f, args, stderr, "Plays a partner's day once, from the first customer to the exported bill."); err != nil {
		return err
	}
	if err := noArguments(f, stderr); err != nil {
		return err
	}
	o := demo.Options{Seed: seed(), Start: dayStart, Out: *out}
	if !*asJSON {
		o.Progress = stdout
	}
	report, err := demo.Run(ctx, o)
	if err != nil {
		return fmt.Errorf("the demo failed (seed %d): %w", o.Seed, err)
	}
	if *asJSON {
		return report.WriteJSON(stdout)
	}
	_, err = fmt.Fprintf(stdout, "The day is done; seed %d plays it again.\n", o.Seed)
	return err
}

// seedFlag defines -seed. What it returns gives the seed, a random one where none was
// given, once the flags are parsed.
func seedFlag(f *flag.FlagSet, usage string) func() uint64 {
	value, random := f.Uint64("seed", 0, usage+" (default: another one each time)"), rand.Uint64()
	return func() uint64 {
		if given(f, "seed") {
			return *value
		}
		return random
	}
}

func given(f *flag.FlagSet, name string) bool {
	found := false
	f.Visit(func(g *flag.Flag) { found = found || g.Name == name })
	return found
}
