package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

const (
	secretPrefix   = "whsec_"
	minSecretBytes = 24
	maxSecretBytes = 64
	hidden         = "[redacted]"
)

// Secret is a symmetric signing key of 24 to 64 bytes. Its text never appears
// in logs, JSON or formatted output; the zero value is no secret at all. The
// key is behind a pointer, so that it stays hidden even where fmt prints an
// unexported field without asking for its String method.
type Secret struct {
	key *[]byte
}

// ParseSecret reads a secret in its written form, "whsec_" followed by the key
// in standard base64. The error never repeats the text.
func ParseSecret(text string) (Secret, error) {
	encoded, found := strings.CutPrefix(text, secretPrefix)
	if !found {
		return Secret{}, errors.New(`webhook secret: it must begin with "whsec_"`)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Secret{}, errors.New(`webhook secret: what follows "whsec_" is not standard base64`)
	}
	if len(key) < minSecretBytes || len(key) > maxSecretBytes {
		return Secret{}, fmt.Errorf("webhook secret: the key has %d bytes, want %d to %d",
			len(key), minSecretBytes, maxSecretBytes)
	}
	return Secret{key: &key}, nil
}

// UnmarshalText reads the written form, so that a Secret can be a field of a
// configuration. See ParseSecret.
func (s *Secret) UnmarshalText(text []byte) error {
	parsed, err := ParseSecret(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// IsZero reports whether s holds no key.
func (s Secret) IsZero() bool { return s.key == nil }

// String returns a placeholder instead of the key.
func (s Secret) String() string { return hidden }

// Format writes a placeholder instead of the key, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue returns a placeholder instead of the key.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns a placeholder instead of the key.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

func (s Secret) bytes() []byte {
	if s.key == nil {
		return nil
	}
	return *s.key
}
