package payorder_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/handler"
)

// Whatever a file holds, it is read whole into rows that name something, or it is a
// problem of the person who sent it.
func FuzzStatement(f *testing.F) {
	for _, text := range []string{
		"order_id,amount\nCS1,1.00\n", "\uFEFFservice_type_code,amount\r\nhws.service.type.ec2,-0.5\r\n",
		"amount,order_id,service_type_code\n\"1\",CS1,a\n", "order_id,amount\n\"", "amount\n1", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := payorder.ReadStatement(text)
		if err != nil {
			_, isProblem := errors.AsType[*handler.Problem](err)
			require.True(t, isProblem, "%v", err)
			return
		}
		require.NotEmpty(t, rows)
		for _, row := range rows {
			require.True(t, row.OrderID != "" || row.Service != "")
			require.True(t, row.Amount.Equal(row.Amount.Truncate(2)))
		}
	})
}

// Whatever a file of rules holds, it is refused in words or estimates without fail.
func FuzzRebateRules(f *testing.F) {
	f.Add(`{"currency":"CNY","rules":[{"name":"a","service":"*","association":"*","from":"2026-01","rate":0.05}]}`)
	f.Add(`{"currency":"CNY","rules":[{"name":"a","service":"*","association":"*","from":"2026-01","tiers":[{"from":0,"rate":1e-3}],"tier_method":"whole"}]}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, rules string) {
		if payorder.ParseRebateRules([]byte(rules)) != nil {
			return
		}
		got := payorder.RuleRebate([]byte(rules), yuan("900"), yuan("200"))
		require.False(t, got.IsNegative())
		require.False(t, got.GreaterThan(yuan("200")))
	})
}
