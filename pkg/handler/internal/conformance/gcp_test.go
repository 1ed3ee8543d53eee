package conformance_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A deployment serves requests or events, never both: events carry no signature.
func TestGoogleDeployment(t *testing.T) {
	t.Parallel()
	var event map[string]any
	require.NoError(t, json.Unmarshal(fixtureEvent(t, "pubsub-schedule.json"), &event))
	delivered := binaryMode(t, event)
	delivered.path = "/"
	request := scenario{name: "a request", path: "/probe/echo"}.call("gcp")
	tests := []struct {
		name      string
		env       []string
		event     int
		request   int
		logged    string
		notLogged string
	}{
		{"of events", []string{"FUNCTION_SIGNATURE_TYPE=cloudevent"}, http.StatusOK, http.StatusBadRequest, `"schedule":"nightly"`, `"route"`},
		{"of requests", []string{"FUNCTION_SIGNATURE_TYPE=http"}, http.StatusNotFound, http.StatusOK, `"route":"/probe/echo"`, `"schedule"`},
		{"of what nothing says", nil, http.StatusNotFound, http.StatusOK, `"route":"/probe/echo"`, `"schedule"`},
		{"with a target's name", []string{"FUNCTION_TARGET=Probe"}, http.StatusNotFound, http.StatusOK, `"route":"/probe/echo"`, `"schedule"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			logs := &logBuffer{}
			port := freePort(t)
			runProbe(t, "./gcpprobe", logs, append(test.env, "PORT="+port)...)
			send := overHTTP("http://127.0.0.1:" + port)
			assert.Equal(t, test.event, send(t, delivered).status)
			assert.Equal(t, test.request, send(t, request).status)
			logs.contains(t, test.logged)
			assert.NotContains(t, logs.String(), test.notLogged)
		})
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := freeAddress(t.Context())
	require.NoError(t, err)
	return port
}
