package objects

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName = 900 // bytes, so that a prefix has room too: S3 takes 1,024
	maxPart = 200 // bytes of a part: file systems take 255
	// tempFolder is where a Folder keeps what is being written.
	tempFolder = ".tmp"
)

// CheckName returns an ErrName unless every store can keep an object of that name and
// none leads anywhere else: 1 to 900 bytes of UTF-8, in parts of 200 bytes at most with
// a slash between, none of them "." or "..", without control characters and
// backslashes, and the first part is not .tmp.
func CheckName(name string) error {
	if len(name) > maxName || !fs.ValidPath(name) || name == "." {
		return fmt.Errorf("%w: %.80q", ErrName, name)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == '\\' || r == utf8.RuneError }) {
		return fmt.Errorf("%w: %.80q has a character that names do not have", ErrName, name)
	}
	for i, part := range strings.Split(name, "/") {
		if len(part) > maxPart || i == 0 && part == tempFolder {
			return fmt.Errorf("%w: %.80q", ErrName, name)
		}
	}
	return nil
}
