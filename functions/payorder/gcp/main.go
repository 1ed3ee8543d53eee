// Command gcp is the function payorder on Google Cloud and in containers.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/ongcp"
	"github.com/bssfn/bssfn/functions/payorder"
)

func main() {
	ongcp.Main(func(c payorder.Config) functions.Config { return c.Config }, payorder.New)
}
