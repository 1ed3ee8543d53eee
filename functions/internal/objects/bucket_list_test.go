package objects

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const goodList = `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><EncodingType>url</EncodingType>` +
	`<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken><Contents><Key>a+b%2B/c</Key><Size>3</Size></Contents></ListBucketResult>`

func TestParseList(t *testing.T) {
	t.Parallel()
	page, err := parseList([]byte(goodList + "\n<!-- end -->"))
	require.NoError(t, err)
	assert.Equal(t, listPage{[]Object{{"a b+/c", 3}}, "n"}, page)
	page, err = parseList([]byte(strings.Replace(goodList, "<EncodingType>url</EncodingType>", "", 1)))
	require.NoError(t, err)
	assert.Equal(t, "a+b%2B/c", page.objects[0].Name)
	for name, change := range map[string][2]string{
		"another element":  {"ListBucketResult", "ListAllMyBucketsResult"},
		"no end":           {"</ListBucketResult>", ""},
		"more":             {"</ListBucketResult>", "</ListBucketResult><a/>"},
		"no next page":     {"<NextContinuationToken>n</NextContinuationToken>", ""},
		"a needless page":  {"<IsTruncated>true</IsTruncated>", ""},
		"no name":          {"<Key>a+b%2B/c</Key>", ""},
		"no size":          {"<Size>3</Size>", ""},
		"no number":        {"<Size>3</Size>", "<Size>many</Size>"},
		"a negative size":  {"<Size>3</Size>", "<Size>-3</Size>"},
		"an odd name":      {"%2B", "%zz"},
		"an odd truncated": {">true<", ">perhaps<"},
		"an entity":        {"<Name>b", "<Name>&b;"},
	} {
		_, err := parseList([]byte(strings.ReplaceAll(goodList, change[0], change[1])))
		assert.Error(t, err, name)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte(goodList))
	f.Add([]byte(`<ListBucketResult><Contents><Key/><Size>0</Size></Contents></ListBucketResult>`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		page, err := parseList(answer)
		if err != nil {
			return
		}
		for _, o := range page.objects {
			require.GreaterOrEqual(t, o.Size, int64(0))
		}
		require.LessOrEqual(t, len(page.objects), len(answer)/len("<Contents><Key/><Size>0</Size></Contents>"))
	})
}
