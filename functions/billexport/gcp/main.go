// Command gcp is the function billexport on Google Cloud and in containers.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/ongcp"
)

func main() {
	ongcp.Main(func(c billexport.Config) functions.Config { return c.Config }, billexport.New)
}
