// Command aws is the function couponissue on AWS Lambda.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/internal/onaws"
)

func main() {
	onaws.Main(func(c couponissue.Config) functions.Config { return c.Config }, couponissue.New)
}
