package huawei_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

const bucket = "attachments"

var bucketKeys = aws.Credentials{AccessKeyID: "SIMBUCKETAK", SecretAccessKey: "SIMBUCKETSK"}

// What begins as files of these formats do.
var (
	somePNG  = []byte("\x89PNG\r\n\x1a\n.")
	someJPEG = []byte("\xff\xd8\xff.")
)

// put stores an object as the sales platform does.
func (s *site) put(key, mediaType string, data []byte) *http.Response {
	s.t.Helper()
	return s.putWith(func(*http.Request) {}, bucketKeys, bucket+"/"+key, mediaType, data)
}

// putWith lets somebody spoil the request after it was signed.
func (s *site) putWith(spoil func(*http.Request), keys aws.Credentials, path, mediaType string, data []byte) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPut, s.api+"/_obs/"+path, bytes.NewReader(data))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", mediaType)
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	require.NoError(s.t, v4.NewSigner().SignHTTP(s.t.Context(), keys, req, hash, "s3", "cn-north-4", s.clock.Now()))
	spoil(req)
	return s.do(req)
}

func (s *site) do(req *http.Request) *http.Response {
	s.t.Helper()
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// The bucket is checked by another client than the one that is built here.
func TestTheBucketSpeaksS3(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Bucket: bucket, Clock: clock.System{}})
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(s.api + "/_obs"), UsePathStyle: true, Region: "cn-north-4",
		Credentials:                credentials.NewStaticCredentialsProvider("SIMBUCKETAK", "SIMBUCKETSK", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	key := aws.String("download/a b+c/顾客.png")
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: key, ContentType: aws.String("image/png"), Body: bytes.NewReader(somePNG)})
	require.NoError(t, err)
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: key})
	require.NoError(t, err)
	data, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	assert.Equal(t, somePNG, data)
	assert.Equal(t, "image/png", *got.ContentType)
	head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: key})
	require.NoError(t, err)
	assert.EqualValues(t, len(somePNG), *head.ContentLength)

	presigned, err := s3.NewPresignClient(client).PresignPutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("incoming/b.jpg"), ContentType: aws.String("image/jpeg"), ContentLength: aws.Int64(int64(len(someJPEG))),
	})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, presigned.URL, bytes.NewReader(someJPEG))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "image/jpeg")
	assert.Equal(t, http.StatusOK, s.do(req).StatusCode)
	objects := s.server.Objects()
	require.Len(t, objects, 2)
	assert.Equal(t, "image/jpeg", objects[1].Format)

	_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: key})
	require.NoError(t, err)
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: key})
	refusal, ok := errors.AsType[smithy.APIError](err)
	require.True(t, ok)
	assert.Equal(t, "NoSuchKey", refusal.ErrorCode())
}

func TestTheBucketRefuses(t *testing.T) {
	t.Parallel()
	nothing := func(*http.Request) {}
	for name, c := range map[string]struct {
		spoil  func(*http.Request)
		keys   aws.Credentials
		path   string
		status int
		code   string
	}{
		"no signature":       {func(r *http.Request) { r.Header.Del("Authorization") }, bucketKeys, "", 403, "AccessDenied"},
		"another key":        {nothing, aws.Credentials{AccessKeyID: "OTHER", SecretAccessKey: "x"}, "", 403, "InvalidAccessKeyId"},
		"another secret":     {nothing, aws.Credentials{AccessKeyID: "SIMBUCKETAK", SecretAccessKey: "x"}, "", 403, "SignatureDoesNotMatch"},
		"another media type": {func(r *http.Request) { r.Header.Set("Content-Type", "text/html") }, bucketKeys, "", 403, "SignatureDoesNotMatch"},
		"another object":     {func(r *http.Request) { r.URL.Path += "x" }, bucketKeys, "", 403, "SignatureDoesNotMatch"},
		"another content": {func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader([]byte("\x89PNG\r\n\x1a\n!"))) },
			bucketKeys, "", 403, "XAmzContentSHA256Mismatch"},
		"an old time":         {func(r *http.Request) { r.Header.Set("X-Amz-Date", "20250310T010000Z") }, bucketKeys, "", 403, "AuthorizationHeaderMalformed"},
		"another bucket":      {nothing, bucketKeys, "somebody-elses/a.png", 404, "NoSuchBucket"},
		"no object":           {nothing, bucketKeys, bucket, 405, "MethodNotAllowed"},
		"a list for everyone": {func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, bucketKeys, "", 403, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, huawei.Options{Bucket: bucket})
			path := c.path
			if path == "" {
				path = bucket + "/download/a.png"
			}
			res := s.putWith(c.spoil, c.keys, path, "image/png", somePNG)
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			assert.Equal(t, c.status, res.StatusCode, string(body))
			assert.Contains(t, string(body), "<Code>"+c.code+"</Code>")
			assert.Empty(t, s.server.Objects())
		})
	}
}

func TestAnAddressOfTheBucketEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Bucket: bucket})
	address := func(seconds int) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.api+"/_obs/"+bucket+"/incoming/a.png", nil)
		require.NoError(t, err)
		req.URL.RawQuery = url.Values{"X-Amz-Expires": {fmt.Sprint(seconds)}}.Encode()
		req.ContentLength = int64(len(somePNG))
		signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), bucketKeys, req, "UNSIGNED-PAYLOAD", "s3", "cn-north-4", s.clock.Now())
		require.NoError(t, err)
		return signed
	}
	put := func(address string, data []byte) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(data))
		require.NoError(t, err)
		return s.do(req).StatusCode
	}
	signed := address(600)
	assert.Equal(t, http.StatusForbidden, put(signed, append(somePNG, 'x')), "of another length")
	assert.Equal(t, http.StatusOK, put(signed, somePNG))
	assert.Equal(t, http.StatusForbidden, put(address(7*24*60*60+1), somePNG), "for more than a week")
	s.clock.Advance(10 * time.Minute)
	assert.Equal(t, http.StatusForbidden, put(signed, somePNG), "expired")
}

func TestAttachmentsAreReadOutOfTheBucket(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{Bucket: bucket})
	require.Equal(t, http.StatusOK, m.put("download/ok.png", "image/png", somePNG).StatusCode)
	require.Equal(t, http.StatusOK, m.put("download/no.jpg", "image/jpeg", somePNG).StatusCode)
	require.Equal(t, http.StatusOK, m.put("incoming/elsewhere.png", "image/png", somePNG).StatusCode)
	large := append(bytes.Clone(somePNG), make([]byte, 10<<20)...)
	require.Equal(t, http.StatusOK, m.put("download/large.png", "image/png", large).StatusCode)
	submit := func(files ...string) any {
		body := licence(m.resale, "913").with(fieldset{"verified_file_url": files})
		return m.call(http.StatusBadRequest, pathEnterprise, text(t, body))["error_code"]
	}
	assert.Equal(t, "CBC.99005030", submit("missing.png"))
	assert.Equal(t, "CBC.99005030", submit("OK.png"), "names are case-sensitive")
	assert.Equal(t, "CBC.99005030", submit("elsewhere.png"))
	assert.Equal(t, "CBC.99000100", submit("no.jpg"))
	assert.Equal(t, "CBC.99000099", submit("large.png"))
	assert.Equal(t, "CBC.99000099", submit("ok.png", "large.png"))

	require.Equal(t, http.StatusOK, m.administer(http.MethodPut, "/_sim/bucket/uploads", `{"on":false}`).status)
	assert.Equal(t, "CBC.99005030", submit("ok.png"))
	require.Equal(t, http.StatusOK, m.administer(http.MethodPut, "/_sim/bucket/uploads", `{"on":true}`).status)
	m.call(http.StatusOK, pathEnterprise, text(t, licence(m.resale, "913").with(fieldset{"verified_file_url": []string{"ok.png"}})))
	assert.Contains(t, m.administer(http.MethodGet, "/_sim/bucket", "").body, `"key":"download/ok.png"`)
}
