package bss_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
)

// loadContract reads the contracts of both sites.
func loadContract(t *testing.T) (cn, intl *openapi3.T) {
	t.Helper()
	var docs []*openapi3.T
	for _, data := range [][]byte{contract.CN, contract.Intl} {
		doc, err := openapi3.NewLoader().LoadFromData(data)
		require.NoError(t, err)
		docs = append(docs, doc)
	}
	return docs[0], docs[1]
}

// operationsOf are the operations of a contract by their id.
func operationsOf(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			all[o.OperationID] = o
		}
	}
	return all
}

// bodyOf is the schema of what an operation takes, nil for nothing.
func bodyOf(o *openapi3.Operation) *openapi3.Schema {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Value.Content.Get("application/json").Schema.Value
}

// answerOf is the schema of what an operation answers, nil for nothing.
func answerOf(o *openapi3.Operation) *openapi3.Schema {
	for _, r := range o.Responses.Map() {
		if media := r.Value.Content.Get("application/json"); media != nil {
			return media.Schema.Value
		}
	}
	return nil
}
