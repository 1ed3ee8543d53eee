// Command gcp is the function couponissue on Google Cloud and in containers.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/internal/ongcp"
)

func main() {
	ongcp.Main(func(c couponissue.Config) functions.Config { return c.Config }, couponissue.New)
}
