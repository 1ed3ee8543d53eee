package huawei

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// minBucketPart is the least size of the parts of an upload but the last one.
	// See https://support.huaweicloud.com/api-obs/obs_04_0099.html.
	minBucketPart  = 100 << 10
	maxBucketParts = 10_000
)

// bucketUpload is an object that arrives in parts. It is none of the state: a snapshot
// has what is stored.
type bucketUpload struct {
	key, mediaType string
	parts          map[int][]byte
}

// entityTag is what OBS tells contents apart by.
func entityTag(content []byte) string {
	sum := md5.Sum(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// serveUpload is the upload of an object in parts.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request, key string, body []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.URL.Query().Get("uploadId")
	if r.Method == http.MethodPost && r.URL.Query().Has("uploads") {
		s.beginUpload(w, r, key)
		return
	}
	upload := s.uploads[id]
	if upload == nil || upload.key != key {
		bucketFailure(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	switch r.Method {
	case http.MethodPut:
		number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
		if err != nil || number < 1 || number > maxBucketParts {
			bucketFailure(w, http.StatusBadRequest, "InvalidArgument")
			return
		}
		upload.parts[number] = body
		w.Header().Set("ETag", entityTag(body))
		w.WriteHeader(http.StatusOK)
	case http.MethodPost:
		s.completeUpload(w, id, upload, body, now)
	case http.MethodDelete:
		delete(s.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	default:
		bucketFailure(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (s *Server) beginUpload(w http.ResponseWriter, r *http.Request, key string) {
	type begun struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadId string //nolint:revive // S3's spelling
	}
	s.begunUploads++
	id := "UPLOAD" + strconv.Itoa(s.begunUploads)
	s.uploads[id] = &bucketUpload{key: key, mediaType: r.Header.Get("Content-Type"), parts: map[int][]byte{}}
	bucketAnswer(w, begun{Bucket: s.options.Bucket, Key: key, UploadId: id})
}

// completeUpload makes an object of the parts that are named. It is not known whether
// OBS answers a repetition as S3 does; here the upload is gone.
func (s *Server) completeUpload(w http.ResponseWriter, id string, upload *bucketUpload, body []byte, now time.Time) {
	type part struct {
		PartNumber int
		ETag       string
	}
	var completion struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Parts   []part   `xml:"Part"`
	}
	if err := xml.Unmarshal(body, &completion); err != nil || len(completion.Parts) == 0 {
		bucketFailure(w, http.StatusBadRequest, "MalformedXML")
		return
	}
	if !slices.IsSortedFunc(completion.Parts, func(a, b part) int { return a.PartNumber - b.PartNumber }) {
		bucketFailure(w, http.StatusBadRequest, "InvalidPartOrder")
		return
	}
	var content []byte
	for i, p := range completion.Parts {
		stored, ok := upload.parts[p.PartNumber]
		switch {
		case !ok || entityTag(stored) != p.ETag:
			bucketFailure(w, http.StatusBadRequest, "InvalidPart")
			return
		case len(stored) < minBucketPart && i < len(completion.Parts)-1:
			bucketFailure(w, http.StatusBadRequest, "EntityTooSmall")
			return
		}
		content = append(content, stored...)
	}
	s.store(upload.key, upload.mediaType, content, now)
	delete(s.uploads, id)
	type completed struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		Bucket  string
		Key     string
		ETag    string
	}
	bucketAnswer(w, completed{Bucket: s.options.Bucket, Key: upload.key, ETag: entityTag(content)})
}
