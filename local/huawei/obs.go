package huawei

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// bucketPath is where the simulated OBS has its buckets. They are a part of the
	// path: loopback addresses have no names below them.
	bucketPath = "/_obs/"
	// maxObject is what the bucket takes, which is more than an attachment may have.
	maxObject = 16 << 20
)

// storedObject is what the index of the bucket says of an object. Contents are not
// part of the state, so that snapshots stay small.
type storedObject struct {
	key       string // below the bucket, as download/a.jpg
	size      int
	mediaType string // as it was declared
	format    string // as its bytes say
	sha256    string
	storedOn  time.Time
}

// Object is an object of the bucket.
type Object struct {
	Key       string    `json:"key"`
	Size      int       `json:"size"`
	MediaType string    `json:"media_type"`
	Format    string    `json:"format"` // as its bytes say, such as image/png
	SHA256    string    `json:"sha256"`
	StoredOn  time.Time `json:"stored_on"`
}

// Objects returns what is in the bucket, in the order of its storing.
func (s *Server) Objects() []Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Object, 0, len(s.state.objects))
	for _, o := range s.state.objects {
		all = append(all, Object{o.key, o.size, o.mediaType, o.format, o.sha256, o.storedOn})
	}
	return all
}

// SwitchUploads turns the upload of real-name attachments on or off, as the access
// configuration of the partner centre does. It is on in the beginning.
func (s *Server) SwitchUploads(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.uploadsOff = !on
}

type newUploads struct {
	On bool `json:"on"`
}

func (s *Server) bucketRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/bucket": adminView(func() any { return map[string]any{"name": s.options.Bucket, "objects": s.Objects()} }),
		"PUT /_sim/bucket/uploads": adminAction(func(_ context.Context, in newUploads) (any, error) {
			s.SwitchUploads(in.On)
			return done(nil)
		}),
	}
}

// serveBucket is OBS by its S3-compatible interface, as far as attachments and exports
// need it.
func (s *Server) serveBucket(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxObject))
	if err != nil {
		bucketFailure(w, http.StatusBadRequest, "EntityTooLarge")
		return
	}
	now := s.now()
	if code := s.verifyBucketRequest(r, body, now); code != "" {
		bucketFailure(w, http.StatusForbidden, code)
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, bucketPath), "/")
	switch {
	case s.options.Bucket == "" || bucket != s.options.Bucket:
		bucketFailure(w, http.StatusNotFound, "NoSuchBucket")
	case key == "" && r.Method == http.MethodGet:
		s.listBucket(w, r)
	case key == "":
		bucketFailure(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	case r.URL.Query().Has("uploads") || r.URL.Query().Has("uploadId"):
		s.serveUpload(w, r, key, body, now)
	case r.Header.Get("X-Amz-Acl") != "":
		bucketFailure(w, http.StatusForbidden, "AccessDenied") // attachments are nobody else's
	default:
		s.serveObject(w, r, key, body, now)
	}
}

func (s *Server) serveObject(w http.ResponseWriter, r *http.Request, key string, body []byte, now time.Time) {
	switch r.Method {
	case http.MethodPut:
		w.Header().Set("ETag", entityTag(body))
		s.mu.Lock()
		s.store(key, r.Header.Get("Content-Type"), body, now)
		s.mu.Unlock()
		w.WriteHeader(http.StatusOK)
	case http.MethodDelete:
		s.mu.Lock()
		s.state.objects = slices.DeleteFunc(s.state.objects, func(o *storedObject) bool { return o.key == key })
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet, http.MethodHead:
		s.serveContent(w, r, key)
	default:
		bucketFailure(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

// serveContent heeds ranges and conditions. A reader may be slow, or call the API
// between two of its bytes, so nothing is locked while it reads.
func (s *Server) serveContent(w http.ResponseWriter, r *http.Request, key string) {
	s.mu.Lock()
	var content []byte
	found := s.state.object(key)
	if found != nil {
		content = s.contents[found.sha256]
	}
	s.mu.Unlock()
	if content == nil {
		bucketFailure(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("Content-Type", found.mediaType)
	w.Header().Set("ETag", entityTag(content))
	http.ServeContent(w, r, "", found.storedOn, bytes.NewReader(content))
}

func (s *Server) store(key, mediaType string, body []byte, now time.Time) {
	sum := sha256.Sum256(body)
	stored := &storedObject{
		key: key, size: len(body), mediaType: mediaType, format: http.DetectContentType(body),
		sha256: hex.EncodeToString(sum[:]), storedOn: now,
	}
	s.contents[stored.sha256] = body
	s.state.objects = slices.DeleteFunc(s.state.objects, func(o *storedObject) bool { return o.key == key })
	s.state.objects = append(s.state.objects, stored)
}

// object finds an object of the bucket; nil if there is none.
func (s *state) object(key string) *storedObject {
	for _, o := range s.objects {
		if o.key == key {
			return o
		}
	}
	return nil
}

// bucketFailure answers as S3 does.
func bucketFailure(w http.ResponseWriter, status int, code string) {
	type failure struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}
	body, err := xml.Marshal(failure{Code: code})
	if err != nil {
		body = nil // cannot be: it is a text
	}
	reply{status: status, contentType: "application/xml", body: body}.send(w)
}
