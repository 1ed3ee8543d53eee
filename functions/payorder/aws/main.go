// Command aws is the function payorder on AWS Lambda.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/onaws"
	"github.com/bssfn/bssfn/functions/payorder"
)

func main() {
	onaws.Main(func(c payorder.Config) functions.Config { return c.Config }, payorder.New)
}
