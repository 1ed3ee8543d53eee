package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/bssfn/bssfn/local/focus"
)

// errBroken says that a file breaks a rule that it must keep.
var errBroken = errors.New("not all rules are kept")

// checkFocus holds files against the rules of FOCUS.
func checkFocus(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local focus", flag.ContinueOnError)
	manifest := f.String("manifest", "", "manifest.json of the export: the file's rows and sums must be those that it names")
	broken := f.Bool("broken", false, "print the rules that are broken, and no others")
	if err := parse(f, args, stderr, "Checks files, CSV or Parquet, against the rules of FOCUS 1.2: local focus [flags] FILE..."); err != nil {
		return err
	}
	if f.NArg() == 0 {
		fmt.Fprintln(stderr, "local: name a file to check; -h lists the flags")
		return errUsage
	}
	options := focus.Options{Rows: -1}
	if *manifest != "" {
		data, err := os.ReadFile(*manifest)
		if err != nil {
			return fmt.Errorf("read the manifest: %w", err)
		}
		if options, err = focus.OfManifest(data); err != nil {
			return err
		}
	}
	var errs []error
	for _, path := range f.Args() {
		errs = append(errs, checkFocusFile(path, options, !*broken, stdout))
	}
	return errors.Join(errs...)
}

func checkFocusFile(path string, o focus.Options, all bool, stdout io.Writer) (err error) {
	file, closeFile, err := focus.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeFile()) }()
	results, err := focus.Check(file, o)
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	fmt.Fprintln(stdout, path)
	if err := focus.Write(stdout, results, all); err != nil {
		return err
	}
	if n := len(focus.Broken(results, focus.Must)) + len(focus.Broken(results, focus.Ours)); n > 0 {
		return fmt.Errorf("%s: %w: %d are broken", path, errBroken, n)
	}
	return nil
}
