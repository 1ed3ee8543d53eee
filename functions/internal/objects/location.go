package objects

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Kind is a kind of store.
type Kind string

// The kinds of stores, as their addresses begin.
const (
	KindFolder Kind = "file"
	KindS3     Kind = "s3"
	KindOBS    Kind = "obs"
	KindGoogle Kind = "gs"
)

// Location says where a store is.
type Location struct {
	Kind Kind
	// Dir is the path of a folder; it is empty for a bucket.
	Dir string
	// Bucket is a bucket, and Prefix what the names of its objects begin with: nothing,
	// or something with a slash at the end.
	Bucket, Prefix string
}

var bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$`)

// ParseLocation reads file:FOLDER, s3://BUCKET/PREFIX, obs://BUCKET/PREFIX or
// gs://BUCKET/PREFIX.
func ParseLocation(address string) (Location, error) {
	if dir, ok := strings.CutPrefix(address, "file:"); ok {
		if dir == "" || strings.HasPrefix(dir, "//") || strings.ContainsRune(dir, 0) {
			return Location{}, fmt.Errorf("%.100q names no folder: write file:FOLDER", address)
		}
		return Location{Kind: KindFolder, Dir: dir}, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return Location{}, malformed(address)
	}
	l := Location{Kind: Kind(u.Scheme), Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	switch {
	case l.Kind != KindS3 && l.Kind != KindOBS && l.Kind != KindGoogle, u.Opaque != "", u.User != nil, strings.ContainsAny(address, "?#"):
		return Location{}, malformed(address)
	case !bucketPattern.MatchString(l.Bucket) || strings.Contains(l.Bucket, ".."):
		return Location{}, fmt.Errorf("%.100q names no bucket: its name has 3 to 222 lower case letters, digits, dots and hyphens", address)
	case l.Prefix == "":
		return l, nil
	case CheckName(l.Prefix) != nil || len(l.Prefix) > maxPrefix:
		return Location{}, fmt.Errorf("%.100q has a prefix that is no path of at most %d bytes", address, maxPrefix)
	}
	l.Prefix += "/"
	return l, nil
}

// maxPrefix leaves room for a name of the longest kind below S3's 1,024 bytes.
const maxPrefix = 100

func malformed(address string) error {
	return fmt.Errorf("%.100q is none of file:FOLDER, s3://BUCKET/PREFIX, obs://BUCKET/PREFIX and gs://BUCKET/PREFIX", address)
}
