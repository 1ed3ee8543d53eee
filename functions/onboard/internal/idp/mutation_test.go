package idp_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However a query is altered: it is refused, or it says what was signed.
func TestNoMutationOfARequestIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	valid := query()
	want, err := w.ReadRequest(w.sp, valid)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	refusals := 0
	for range 10_000 {
		altered := mutated(random, valid)
		got, err := w.ReadRequest(w.sp, altered)
		if err != nil {
			isQuiet(t, err)
			refusals++
			continue
		}
		require.NoError(t, verifiedAgain(altered, "SAMLRequest"), altered)
		require.Equal(t, want, got, altered)
	}
	assert.Greater(t, refusals, 9_000, "nearly all of a query is signed or its signature")
}

// other are bytes that a query means something by, and some more.
const other = "&=%+/;#AZaz09\x00\xff "

// mutated alters one to three places of a query: a byte becomes another, is taken
// out, doubled, or changes its place with the next.
func mutated(random *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + random.IntN(3) {
		i := random.IntN(len(b) - 1)
		switch random.IntN(4) {
		case 0:
			b[i] = other[random.IntN(len(other))]
		case 1:
			b = append(b[:i], b[i+1:]...)
		case 2:
			b = append(b[:i+1], b[i:]...)
		default:
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
	return string(b)
}
