// Command aws is the function onboard on AWS Lambda.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/onaws"
	"github.com/bssfn/bssfn/functions/onboard"
)

func main() {
	onaws.Main(func(c onboard.Config) functions.Config { return c.Config }, onboard.New)
}
