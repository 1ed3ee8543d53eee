package billexport

import "github.com/bssfn/bssfn/pkg/handler"

// budgetsRoutes are further routes of the function.
func (f *function) budgetsRoutes() []handler.Route { return nil }
