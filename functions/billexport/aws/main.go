// Command aws is the function billexport on AWS Lambda.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/onaws"
)

func main() {
	onaws.Main(func(c billexport.Config) functions.Config { return c.Config }, billexport.New)
}
