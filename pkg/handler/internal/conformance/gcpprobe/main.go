// Command gcpprobe is the probe as a Google Cloud function, for the suite that
// runs it as a process of its own.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/bssfn/bssfn/pkg/handler/gcpfunctions"
	"github.com/bssfn/bssfn/pkg/handler/internal/conformance"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "serve the probe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	edge, err := conformance.NewEdge(os.Stdout)
	if err != nil {
		return err
	}
	return gcpfunctions.Start(ctx, edge)
}
