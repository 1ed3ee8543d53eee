package huawei

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxListed is the largest page of a list.
const maxListed = 1000

type listedObject struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
}

type bucketList struct {
	XMLName               xml.Name `xml:"http://obs.myhwclouds.com/doc/2015-06-30/ ListBucketResult"`
	Name                  string
	Prefix                string
	EncodingType          string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listedObject
}

// listBucket is the second version of S3's list, without delimiters.
func (s *Server) listBucket(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit := maxListed
	if text := q.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			bucketFailure(w, http.StatusBadRequest, "InvalidArgument")
			return
		}
		limit = min(n, maxListed)
	}
	encoding := q.Get("encoding-type")
	if q.Get("list-type") != "2" || q.Get("delimiter") != "" || encoding != "" && encoding != "url" {
		bucketFailure(w, http.StatusBadRequest, "InvalidArgument")
		return
	}
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	list := bucketList{Name: s.options.Bucket, Prefix: q.Get("prefix"), EncodingType: encoding, MaxKeys: limit}
	found := s.listed(q.Get("prefix"), after, limit+1)
	if len(found) > limit {
		found = found[:limit]
		list.IsTruncated, list.NextContinuationToken = true, found[limit-1].Key
	}
	list.KeyCount, list.Contents = len(found), found
	if encoding == "url" {
		list.Prefix = url.QueryEscape(list.Prefix)
		for i := range found {
			found[i].Key = strings.ReplaceAll(url.QueryEscape(found[i].Key), "%2F", "/")
		}
	}
	bucketAnswer(w, list)
}

// listed are the first objects with a prefix that come after a key.
func (s *Server) listed(prefix, after string, limit int) []listedObject {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*storedObject
	for _, o := range s.state.objects {
		if strings.HasPrefix(o.key, prefix) && o.key > after {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b *storedObject) int { return strings.Compare(a.key, b.key) })
	listed := []listedObject{}
	for _, o := range found[:min(limit, len(found))] {
		listed = append(listed, listedObject{o.key, o.storedOn.UTC().Format("2006-01-02T15:04:05.000Z"), entityTag(s.contents[o.sha256]), o.size})
	}
	return listed
}

func bucketAnswer(w http.ResponseWriter, answer any) {
	body, err := xml.Marshal(answer)
	if err != nil {
		bucketFailure(w, http.StatusInternalServerError, "InternalError")
		return
	}
	reply{status: http.StatusOK, contentType: "application/xml", body: body}.send(w)
}
