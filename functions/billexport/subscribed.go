package billexport

import "github.com/bssfn/bssfn/pkg/handler"

// subscribedRoutes are further routes of the function.
func (f *function) subscribedRoutes() []handler.Route { return nil }
