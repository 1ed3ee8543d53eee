package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const client = "../.."

func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := generate()
	require.NoError(t, err)
	for name, text := range files {
		current, err := os.ReadFile(filepath.Join(client, name))
		require.NoError(t, err)
		assert.Equal(t, string(current), string(text), "%s is not what the contract and the annotations say: run go generate ./pkg/bss", name)
	}
	old, err := filepath.Glob(filepath.Join(client, "*_gen.go"))
	require.NoError(t, err)
	assert.Len(t, old, len(files), "there is a generated file without an area: run go generate ./pkg/bss")
}

func TestGeneratingTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	first, err := generate()
	require.NoError(t, err)
	for range 5 {
		again, err := generate()
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

func TestEveryOperationOfTheContractIsAnnotated(t *testing.T) {
	t.Parallel()
	doc, err := loadContract()
	require.NoError(t, err)
	areas, err := loadAreas()
	require.NoError(t, err)
	left := doc.operations()
	sites := map[bool]int{}
	for _, o := range left {
		if o.cn {
			sites[true]++
		}
		if o.intl {
			sites[false]++
		}
	}
	assert.Equal(t, map[bool]int{true: 91, false: 54}, sites)
	for _, a := range areas {
		for _, e := range a.Operations {
			delete(left, e.key)
		}
	}
	assert.Empty(t, slices.Sorted(maps.Keys(left)))
}

// What is wrong with annotations is said, not generated.
func TestAnnotationsThatDoNotFitTheContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"no such operation":      {"operations: {PayTwice: {page: x.html}}", "no operation PayTwice"},
		"no such schema":         {"models: {Thing: {schemas: [ThingV9]}}", "no schema ThingV9"},
		"no such field":          {"operations: {PayOrders: {safety: once, request: {fields: {order_number: }}}}", "the contract has no such field"},
		"a field it has, added":  {"operations: {PayOrders: {safety: once, request: {fields: {order_id: {add: true, type: string}}}}}", "add is wrong"},
		"no such rows":           {"operations: {ListCustomerOrders: {rows: orders}}", "no list orders"},
		"no such carried field":  {"operations: {ListCustomerOrders: {rows: order_infos, carry: [currency]}}", "the answer has no currency"},
		"no such key":            {"operations: {ListCustomerOrders: {rows: order_infos, key: [id]}}", "a row has no id"},
		"an unnamed enumeration": {"operations: {ListCustomerOrders: {rows: order_infos}}", "name its type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &area{name: "test"}
			require.NoError(t, yaml.Unmarshal([]byte(c.yaml), a))
			doc, err := loadContract()
			require.NoError(t, err)
			_, err = resolve(doc, []*area{a})
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestUnknownKeysOfAnnotationsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"operations: {PayOrders: {safe: once}}",
		"operations: {PayOrders: {request: {fields: {order_id: {typ: string}}}}}",
		"enums: {A: {values: [[OnlyAName]]}}",
		"models: {A: {}, A: {}}",
	} {
		assert.Error(t, yaml.Unmarshal([]byte(text), &area{}), text)
	}
}

func TestGoNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"customer_id": "CustomerID", "xaccount_type": "XAccountType", "order_ids": "OrderIDs", "ri_usage": "RIUsage",
		"qr_code_url": "QRCodeURL", "currency": "Currency", "AccountManager": "AccountManager",
		"ListOrderCouponsByOrderId": "ListOrderCouponsByOrderID", "__x__y": "XY",
	} {
		assert.Equal(t, want, goName(name), name)
	}
}
