package huawei_test

import (
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestAnAccountMayHaveCash(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	_, err := s.server.AddAccount(huawei.Account{
		Name: "yongzhi", Association: huawei.AssociationReferral, Cash: decimal.RequireFromString("12.34"),
	})
	require.NoError(t, err)
	effect := s.server.Journal()[0]
	assert.Equal(t, "12.34", effect.Amount.String())
	assert.Equal(t, "CNY", effect.Currency)
	assert.Empty(t, s.server.Check())
	got := s.withToken(s.customerToken("yongzhi"), http.MethodGet, pathBalances, "")
	assert.Contains(t, got.body, `"amount":12.34`)
}

func TestAddingAnAccountIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	for name, a := range map[string]huawei.Account{
		"no name":          {},
		"name again":       {Name: "yongzhi"},
		"mobile":           {Name: "yongzhi2", Mobile: "0086-13800000001"},
		"association type": {Name: "yongzhi2", Association: "3"},
		"cash":             {Name: "yongzhi2", Cash: decimal.NewFromInt(-1)},
	} {
		_, err := s.server.AddAccount(a)
		require.Error(t, err, name)
	}
	assert.Len(t, s.server.Journal(), 1)
}
