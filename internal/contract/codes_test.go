package contract_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
)

func TestEveryRowOfTheErrorCodesIsWhole(t *testing.T) {
	t.Parallel()
	codes, err := contract.ErrorCodes()
	require.NoError(t, err)
	shape := regexp.MustCompile(`^(CBC|APIG|APIGW)\.[0-9]{4,8}$`)
	type key struct {
		code   string
		status int
	}
	seen := map[key]bool{}
	for _, c := range codes {
		assert.Regexp(t, shape, c.Code)
		assert.NotEmpty(t, c.Meaning, c.Code)
		assert.False(t, seen[key{c.Code, c.Status}], "%s is listed twice", c.Code)
		seen[key{c.Code, c.Status}] = true
		if c.Status != 0 {
			assert.True(t, 200 <= c.Status && c.Status < 600, "%s has status %d", c.Code, c.Status)
		}
		if c.Documentation != "" {
			u, err := url.Parse(c.Documentation)
			require.NoError(t, err, c.Code)
			assert.True(t, u.Scheme == "https" && strings.HasSuffix(u.Host, ".huaweicloud.com"), c.Documentation)
		}
	}
}
