package dynamodb_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/dynamodb"
)

func newClient(endpoint string) *sdk.Client {
	return sdk.New(sdk.Options{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})
}

// answers returns a store whose table is a function from the operation and its
// input to the status and the output.
func answers(t *testing.T, answer func(operation string, input map[string]any) (int, string)) *dynamodb.Store {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var input map[string]any
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.NoError(t, json.Unmarshal(body, &input))
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		status, output := answer(operation, input)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, output)
	}))
	t.Cleanup(server.Close)
	return dynamodb.New(newClient(server.URL), "ledger")
}

const refused = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{"write":{"S":"%s"}}}`

var row = ledger.Row{
	Kind: "effect", Key: "k", Version: 4, Body: []byte(`{}`), State: "done",
	CreatedAt: time.Unix(1, 0), UpdatedAt: time.Unix(2, 0),
}

// The mark of the write is what tells a repeated write from a second writer's.
func TestAWriteRepeatedByTheSDKCountsOnce(t *testing.T) {
	t.Parallel()
	tries := 0
	s := answers(t, func(operation string, input map[string]any) (int, string) {
		tries++
		if tries%2 == 1 {
			return http.StatusInternalServerError, `{"__type":"InternalServerError"}`
		}
		return http.StatusBadRequest, strings.Replace(refused, "%s", markOf(t, operation, input), 1)
	})
	require.NoError(t, s.Insert(t.Context(), row))
	require.NoError(t, s.Update(t.Context(), row))
	assert.Equal(t, 4, tries)
}

func markOf(t *testing.T, operation string, input map[string]any) string {
	t.Helper()
	within, name := "Item", "write"
	if operation == "UpdateItem" {
		within, name = "ExpressionAttributeValues", ":write"
	}
	attributes, ok := input[within].(map[string]any)
	require.True(t, ok)
	mark, ok := attributes[name].(map[string]any)
	require.True(t, ok)
	return mark["S"].(string)
}

func TestAnotherWritersMarkIsARefusal(t *testing.T) {
	t.Parallel()
	s := answers(t, func(string, map[string]any) (int, string) {
		return http.StatusBadRequest, strings.Replace(refused, "%s", "another", 1)
	})
	require.ErrorIs(t, s.Insert(t.Context(), row), ledger.ErrExists)
	require.ErrorIs(t, s.Update(t.Context(), row), ledger.ErrVersion)
}

func TestReadsAreConsistent(t *testing.T) {
	t.Parallel()
	s := answers(t, func(_ string, input map[string]any) (int, string) {
		assert.Equal(t, true, input["ConsistentRead"])
		return http.StatusOK, `{}`
	})
	_, err := s.Get(t.Context(), "effect", "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestTimeToLiveIsInSecondsAndNeverEarly(t *testing.T) {
	t.Parallel()
	s := answers(t, func(_ string, input map[string]any) (int, string) {
		item, _ := input["Item"].(map[string]any)
		assert.Equal(t, map[string]any{"N": "101"}, item["ttl"])
		assert.Equal(t, map[string]any{"N": "100000001"}, item["expires_at"])
		assert.NotContains(t, item, "due_kind", "what is never due stays out of the index")
		return http.StatusOK, `{}`
	})
	expiring := row
	expiring.ExpiresAt = time.UnixMicro(100_000_001)
	require.NoError(t, s.Insert(t.Context(), expiring))
}

func TestABrokenItemIsAnError(t *testing.T) {
	t.Parallel()
	s := answers(t, func(string, map[string]any) (int, string) {
		return http.StatusOK, `{"Item":{"row_key":{"S":"k"},"row_kind":{"S":"effect"},"version":{"N":"1.5"}}}`
	})
	_, err := s.Get(t.Context(), "effect", "k")
	require.ErrorContains(t, err, `the effect row "k": its attribute version is no whole number`)
}
