// Command gcp is the function onboard on Google Cloud and in containers.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/ongcp"
	"github.com/bssfn/bssfn/functions/onboard"
)

func main() {
	ongcp.Main(func(c onboard.Config) functions.Config { return c.Config }, onboard.New)
}
