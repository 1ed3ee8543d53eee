package huawei_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

func newS3(t *testing.T) *s3.Client {
	t.Helper()
	s := newSite(t, huawei.Options{Bucket: bucket, Clock: clock.System{}})
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(s.api + "/_obs"), UsePathStyle: true, Region: "cn-north-4",
		Credentials:                credentials.NewStaticCredentialsProvider("SIMBUCKETAK", "SIMBUCKETSK", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
}

func TestTheBucketListsPages(t *testing.T) {
	t.Parallel()
	client := newS3(t)
	want := []string{"a/1", "a/2+ %41", "a/顾客", "b"}
	for _, key := range []string{"b", "a/顾客", "a/2+ %41", "a/1"} {
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader([]byte(key))})
		require.NoError(t, err)
	}
	keys := func(in s3.ListObjectsV2Input) []string {
		in.Bucket = aws.String(bucket)
		var keys []string
		pages := s3.NewListObjectsV2Paginator(client, &in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			require.NoError(t, err)
			assert.LessOrEqual(t, len(page.Contents), 2)
			for _, o := range page.Contents {
				keys = append(keys, *o.Key)
				assert.EqualValues(t, len(*o.Key), *o.Size)
			}
		}
		return keys
	}
	assert.Equal(t, want, keys(s3.ListObjectsV2Input{MaxKeys: aws.Int32(2)}))
	assert.Equal(t, want[:3], keys(s3.ListObjectsV2Input{MaxKeys: aws.Int32(1), Prefix: aws.String("a/")}))
	assert.Equal(t, want[3:], keys(s3.ListObjectsV2Input{StartAfter: aws.String("a/顾客")}))
	_, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Delimiter: aws.String("/")})
	assert.Equal(t, "InvalidArgument", refusalCode(t, err))
}

func TestTheBucketTakesParts(t *testing.T) {
	t.Parallel()
	client := newS3(t)
	key := aws.String("bills.csv")
	begun, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(bucket), Key: key})
	require.NoError(t, err)
	var parts []types.CompletedPart
	var want []byte
	for n := int32(1); n <= 3; n++ {
		content := bytes.Repeat(fmt.Append(nil, n), 100<<10)
		want = append(want, content...)
		part, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: aws.String(bucket), Key: key, UploadId: begun.UploadId, PartNumber: aws.Int32(n), Body: bytes.NewReader(content),
		})
		require.NoError(t, err)
		parts = append(parts, types.CompletedPart{PartNumber: aws.Int32(n), ETag: part.ETag})
	}
	complete := func(parts ...types.CompletedPart) error {
		_, err := client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: aws.String(bucket), Key: key, UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	}
	assert.Equal(t, "InvalidPartOrder", refusalCode(t, complete(parts[1], parts[0])))
	assert.Equal(t, "InvalidPart", refusalCode(t, complete(types.CompletedPart{PartNumber: aws.Int32(1), ETag: parts[1].ETag})))
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: key})
	assert.Equal(t, "NoSuchKey", refusalCode(t, err), "it is not whole")
	require.NoError(t, complete(parts...))
	assert.Equal(t, "NoSuchUpload", refusalCode(t, complete(parts...)))

	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: key, Range: aws.String("bytes=102399-")})
	require.NoError(t, err)
	data, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	assert.Equal(t, want[102399:], data)
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: key, IfMatch: aws.String(`"another"`)})
	require.ErrorContains(t, err, "412")

	dropped, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(bucket), Key: key})
	require.NoError(t, err)
	_, err = client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: aws.String(bucket), Key: key, UploadId: dropped.UploadId})
	require.NoError(t, err)
	begun = dropped
	assert.Equal(t, "NoSuchUpload", refusalCode(t, complete(parts...)))
}

func refusalCode(t *testing.T, err error) string {
	t.Helper()
	refusal, ok := errors.AsType[smithy.APIError](err)
	require.True(t, ok, "%v", err)
	return refusal.ErrorCode()
}
