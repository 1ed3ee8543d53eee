package harness

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"sync"
)

// seeded is a source of bytes, numbers and ids that a seed determines. It is safe
// for concurrent use.
type seeded struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func newSeeded(seed uint64) *seeded {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &seeded{source: rand.NewChaCha8(key)}
}

// Read fills p.
func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

// float gives a number in [0, 1).
func (s *seeded) float() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rand.New(s.source).Float64()
}

// id gives 16 random hexadecimal digits.
func (s *seeded) id() string {
	var b [8]byte
	_, _ = s.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
