// Package notosans has the font of what is printed: Noto Sans SC, as far as Chinese
// and English names need it. README.md says where it is from.
package notosans

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/bssfn/bssfn/functions/billexport/internal/truetype"
)

//go:generate go run ./subset NotoSansSC-Regular.ttf NotoSansSC-subset.ttf.gz

//go:embed NotoSansSC-subset.ttf.gz
var packed []byte

// Font is the font, read when it is first asked for: a function that prints nothing
// starts without it.
var Font = sync.OnceValues(read)

func read() (*truetype.Font, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack the font: %w", err)
	}
	file := make([]byte, binary.LittleEndian.Uint32(packed[len(packed)-4:])) // where gzip says the size
	if _, err := io.ReadFull(r, file); err != nil {
		return nil, fmt.Errorf("unpack the font: %w", err)
	}
	return truetype.Parse(file)
}
