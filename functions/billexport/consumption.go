package billexport

import "github.com/bssfn/bssfn/pkg/handler"

// consumptionRoutes are further routes of the function.
func (f *function) consumptionRoutes() []handler.Route { return nil }
