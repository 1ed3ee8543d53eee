package huawei

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	bucketAlgorithm = "AWS4-HMAC-SHA256"
	bucketTime      = "20060102T150405Z"
	unsignedPayload = "UNSIGNED-PAYLOAD"
	// bucketSkew is how far a signature's time may be off.
	bucketSkew = 15 * time.Minute
	// maxBucketExpiry is the longest life of an address in seconds, 7 days.
	maxBucketExpiry = 7 * 24 * 60 * 60
)

// bucketSignature is what a request to OBS says of its signature (AWS signature
// version 4), in its header or in its query.
type bucketSignature struct {
	credential, headers, signature, at, payload string
	expires                                     time.Duration // of an address; 0 in a header
}

// verifyBucketRequest returns S3's code of what is wrong with the signature, empty
// where it is right.
func (s *Server) verifyBucketRequest(r *http.Request, body []byte, now time.Time) string {
	sig, ok := readBucketSignature(r)
	if !ok {
		return "AccessDenied"
	}
	at, err := time.Parse(bucketTime, sig.at)
	scope := strings.Split(sig.credential, "/") // key, day, region, service, aws4_request
	switch {
	case err != nil || len(scope) != 5 || scope[1] != sig.at[:8] || scope[3] != "s3" || scope[4] != "aws4_request":
		return "AuthorizationHeaderMalformed"
	case scope[0] != s.options.BucketKeys.AccessKey:
		return "InvalidAccessKeyId"
	case sig.expires == 0 && (now.Sub(at) > bucketSkew || at.Sub(now) > bucketSkew):
		return "RequestTimeTooSkewed"
	case sig.expires > 0 && (at.Sub(now) > bucketSkew || !now.Before(at.Add(sig.expires))):
		return "AccessDenied"
	case sig.payload != unsignedPayload && sig.payload != hexSum(body), sig.expires == 0 && sig.payload == unsignedPayload:
		return "XAmzContentSHA256Mismatch"
	}
	signed := strings.Split(sig.headers, ";")
	if !slices.Contains(signed, "host") || r.Method == http.MethodPut && r.Header.Get("Content-Type") != "" && !slices.Contains(signed, "content-type") {
		return "AccessDenied"
	}
	key := []byte("AWS4" + s.options.BucketKeys.SecretKey)
	for _, part := range scope[1:] {
		key = hmacSum(key, part)
	}
	text := strings.Join([]string{bucketAlgorithm, sig.at, strings.Join(scope[1:], "/"), hexSum([]byte(canonicalBucketRequest(r, signed, sig.payload)))}, "\n")
	if !equal(hex.EncodeToString(hmacSum(key, text)), sig.signature) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func readBucketSignature(r *http.Request) (bucketSignature, bool) {
	if q := r.URL.Query(); q.Get("X-Amz-Algorithm") == bucketAlgorithm {
		seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
		return bucketSignature{
			credential: q.Get("X-Amz-Credential"), headers: q.Get("X-Amz-SignedHeaders"), signature: q.Get("X-Amz-Signature"),
			at: q.Get("X-Amz-Date"), payload: unsignedPayload, expires: time.Duration(seconds) * time.Second,
		}, err == nil && seconds > 0 && seconds <= maxBucketExpiry
	}
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), bucketAlgorithm+" ")
	sig := bucketSignature{at: r.Header.Get("X-Amz-Date"), payload: r.Header.Get("X-Amz-Content-Sha256")}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			sig.credential = value
		case "SignedHeaders":
			sig.headers = value
		case "Signature":
			sig.signature = value
		}
	}
	return sig, ok && sig.payload != ""
}

func canonicalBucketRequest(r *http.Request, signed []string, payload string) string {
	var headers strings.Builder
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	return strings.Join([]string{
		r.Method, cmp.Or(r.URL.EscapedPath(), "/"), canonicalBucketQuery(r.URL.Query()),
		headers.String(), strings.Join(signed, ";"), payload,
	}, "\n")
}

func canonicalBucketQuery(q url.Values) string {
	q.Del("X-Amz-Signature")
	return strings.ReplaceAll(q.Encode(), "+", "%20")
}

func hmacSum(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
