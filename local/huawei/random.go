package huawei

import (
	"math/rand/v2"
	"time"
)

// The streams of one seed. Request ids, tokens, faults and what browsers are given
// draw from streams of their own, so that a refused request, a token, a fault or a
// login does not change the identifiers that come after it.
const (
	streamIdentifiers = iota + 1
	streamRequests
	streamTokens
	streamFaults
	streamHandles
	streamCount = iota
)

const (
	digits       = "0123456789"
	hexadecimals = "0123456789abcdef"
	alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// draw makes the sources, in the order of the streams, the ones that are drawn
// from.
func (s *Server) draw(sources [streamCount]*rand.PCG) {
	s.sources = sources
	of := func(stream int) *rand.Rand { return rand.New(sources[stream-1]) } //nolint:gosec // meant to be predictable
	s.random, s.requestIDs = of(streamIdentifiers), of(streamRequests)
	s.tokenTexts, s.faultChances, s.handles = of(streamTokens), of(streamFaults), of(streamHandles)
}

func newRandom(seed, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream)) //nolint:gosec // what follows from a seed is meant to be predictable
}

func pick(r *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// The methods below draw identifiers in the shapes that Huawei Cloud uses. The
// server's lock must be held.

func (s *Server) newCustomerID() string { return pick(s.random, hexadecimals, 32) }

func (s *Server) newOrderID(now time.Time) string {
	return "CS" + now.In(beijing).Format("0601021504") + pick(s.random, alphanumeric, 5)
}

func (s *Server) newQuotaID() string { return s.newNumber(16) }

func (s *Server) newCouponID() string { return s.newNumber(16) }

// newAllocationID names a transfer from the partner to a customer.
func (s *Server) newAllocationID() string { return "AD200" + pick(s.random, digits, 15) }

// newReclaimID names a transfer back to the partner.
func (s *Server) newReclaimID() string { return "RE" + pick(s.random, digits, 18) }

// newNumber draws n digits of which the first is not zero.
func (s *Server) newNumber(n int) string {
	return pick(s.random, digits[1:], 1) + pick(s.random, digits, n-1)
}

// newHandle draws what a browser or the identity provider is given to bring back:
// 128 bits.
func (s *Server) newHandle() string { return pick(s.handles, hexadecimals, 32) }

// newCode draws a verification code.
func (s *Server) newCode() string { return pick(s.random, digits, 6) }
