// Command aws is the function billexport on AWS Lambda.
package main

import (
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/onaws"
	"github.com/bssfn/bssfn/pkg/handler"
)

func main() {
	onaws.Main(func(c billexport.Config) functions.Config { return c.Config }, build)
}

func build(cfg billexport.Config, rt functions.Runtime) (*handler.Edge, error) {
	open := func(address string) (objects.Store, error) {
		return objects.Open(address, objects.Options{Now: rt.Clock.Now, Sleep: rt.Clock.Sleep})
	}
	return billexport.NewOn(billexport.Platform{Open: open}, cfg, rt)
}
