package attachments

import (
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
)

// namePattern is the only form of an object's name: nothing in it is the customer's.
var namePattern = regexp.MustCompile(`^[0-9a-f]{32}\.(jpg|png|gif|bmp|pdf)$`)

// NewID returns 128 random bits as 32 hexadecimal digits.
func NewID(entropy io.Reader) (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(entropy, id[:]); err != nil {
		return "", fmt.Errorf("make a name for an attachment: %w", err)
	}
	return hex.EncodeToString(id[:]), nil
}

// Name is the name of an object: an id of NewID and the extension of its format.
func Name(id string, f Format) string { return id + "." + string(f) }
