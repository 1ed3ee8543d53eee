package objects_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

func TestParseLocation(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]objects.Location{
		"file:/var/exports":           {Kind: objects.KindFolder, Dir: "/var/exports"},
		"file:exports":                {Kind: objects.KindFolder, Dir: "exports"},
		"s3://partner-bills":          {Kind: objects.KindS3, Bucket: "partner-bills"},
		"s3://partner-bills/":         {Kind: objects.KindS3, Bucket: "partner-bills"},
		"obs://partner-bills/a/b/":    {Kind: objects.KindOBS, Bucket: "partner-bills", Prefix: "a/b/"},
		"gs://partner_bills.com/bill": {Kind: objects.KindGoogle, Bucket: "partner_bills.com", Prefix: "bill/"},
	} {
		got, err := objects.ParseLocation(address)
		require.NoError(t, err, address)
		assert.Equal(t, want, got)
	}
	for _, wrong := range []string{
		"", "file:", "file://host/dir", "/var/exports", "s3:", "s3:bucket", "s3:///prefix", "s3://Bucket", "s3://b", "s3://a..b", "s3://user@partner-bills",
		"s3://partner-bills:80/a", "s3://partner-bills/a?x=1", "s3://partner-bills?", "s3://partner-bills#a", "s3://partner-bills/../a", "s3://partner-bills/a//b",
		"https://partner-bills", "S4://partner-bills", "s3://partner-bills/.tmp/a", "s3://partner-bills/" + strings.Repeat("a", 101), "s3://partner-bills/%00",
	} {
		_, err := objects.ParseLocation(wrong)
		assert.Error(t, err, wrong)
	}
}

// FuzzParseLocation finds addresses that lead somewhere else than they say.
func FuzzParseLocation(f *testing.F) {
	for _, seed := range []string{"file:/a", "s3://partner-bills/a/b", "obs://partner-bills/%2e%2e/a", "gs://a_b.c/", "s3://a@b/c?d#e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		l, err := objects.ParseLocation(address)
		if err != nil {
			return
		}
		if l.Kind == objects.KindFolder {
			require.Equal(t, "file:"+l.Dir, address)
			return
		}
		require.NotContains(t, l.Bucket, "/")
		require.True(t, strings.HasPrefix(strings.ToLower(address), string(l.Kind)+"://"+l.Bucket), address)
		require.True(t, l.Prefix == "" || strings.HasSuffix(l.Prefix, "/"))
		if l.Prefix != "" {
			require.NoError(t, objects.CheckName(l.Prefix+"a"))
		}
	})
}
