package bssfn_test

import (
	"net/http"

	"github.com/stretchr/testify/require"
)

// budget sets a budget of a fen, which whoever spends something exceeds.
func (j *journey) budget(customerID string) {
	path := "/billexport/budgets/" + customerID
	j.getRefused(path, "budget_not_found")
	j.refused(http.MethodPut, path, fields{"amount": "0.001", "currency": "CNY"}, "invalid_fields")
	j.call(http.MethodPut, path, fields{"amount": "0.01", "currency": "CNY", "thresholds": []int{100}})
	require.Equal(j.t, "0.01", j.get(path)["amount"])
	j.refused(http.MethodDelete, "/billexport/budgets/no.body", nil, "invalid_fields")
}

// consumption asks what was spent in a cycle that is exported.
func (j *journey) consumption(cycle, customerID string) {
	j.getRefused("/billexport/consumption", "export_not_found")
	require.NotEmpty(j.t, j.get("/billexport/consumption?top=5&cycle=" + cycle)["top"])
	require.NotEmpty(j.t, j.get("/billexport/consumption/" + customerID + "?cycle=" + cycle)["services"])
	j.getRefused("/billexport/consumption/"+customerID+"?cycle=2026-04", "cycle_future")
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodGet, "/billexport/consumption/"+customerID, "", ""))
	require.NoError(j.t, j.Platform.Call(j.t.Context(), http.MethodDelete, "/billexport/budgets/"+customerID, nil, nil))
}
