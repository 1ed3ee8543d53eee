// Command lambdaprobe is the probe as a Lambda function, for the suite that runs
// it against a Runtime API of its own.
package main

import (
	"fmt"
	"os"

	"github.com/bssfn/bssfn/pkg/handler/awslambda"
	"github.com/bssfn/bssfn/pkg/handler/internal/conformance"
)

func main() {
	edge, err := conformance.NewEdge(os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the probe:", err)
		os.Exit(1)
	}
	awslambda.Start(edge)
}
