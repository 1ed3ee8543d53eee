package payorder_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnIDThatIsNoOrderIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{"%2e%2e", "a%2Fb", "CS%201", "CS1%3Fcustomer_id=x"} {
		status, body, err := w.Platform.Send(t.Context(), http.MethodGet, "/payorder/orders/"+id+"?customer_id="+w.customer, nil)
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotFound, status, "%s: %s", id, body)
	}
}
