package huawei_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func FuzzDuration(f *testing.F) {
	for _, text := range []string{`"3s"`, `"1h30m"`, `"-1ns"`, `3`, `""`, `null`, `"2562047h47m16.854775807s"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again huawei.Duration
		if json.Unmarshal([]byte(text), &d) != nil {
			return
		}
		written, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(written, &again))
		assert.Equal(t, d, again)
	})
}

func TestDurationsAreTexts(t *testing.T) {
	t.Parallel()
	written, err := json.Marshal(huawei.Duration(90 * time.Second))
	require.NoError(t, err)
	assert.Equal(t, `"1m30s"`, string(written))
}
