package subscribed

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Why an archive is refused. The messages that wrap these say where.
var (
	// ErrMalformed: it is no tar.gz, or a broken one.
	ErrMalformed = errors.New("the archive is malformed")
	// ErrTooLarge: it holds more than Limits allow.
	ErrTooLarge = errors.New("the archive is too large")
	// ErrBomb: it unpacks to more than Limits.Ratio times its size.
	ErrBomb = errors.New("the archive unpacks to far more than it is")
	// ErrPart: something in it is not a part of the month, or no plain file.
	ErrPart = errors.New("the archive holds something that is no part of the month")
	// ErrTwice: a part is there twice.
	ErrTwice = errors.New("the archive has a part twice")
	// ErrGap: the numbers of the parts have a gap, or there are none.
	ErrGap = errors.New("a part of the archive is missing")
	// ErrTrailing: something comes after its end.
	ErrTrailing = errors.New("something comes after the end of the archive")
	// ErrHeader: the columns of a part are not the expected ones.
	ErrHeader = errors.New("a part has other columns")
	// ErrRow: a row is not one of its kind.
	ErrRow = errors.New("a row of a part is malformed")
)

func reasons() []error {
	return []error{ErrMalformed, ErrTooLarge, ErrBomb, ErrPart, ErrTwice, ErrGap, ErrTrailing, ErrHeader, ErrRow}
}

// Reason is which of the errors of this package an archive was refused for; nil where
// it was not.
func Reason(err error) error {
	for _, reason := range reasons() {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

// Limits bound what an archive may be.
type Limits struct {
	// Packed and Unpacked are bytes; Ratio is how many times the former the latter may
	// be, once the latter is a megabyte.
	Packed, Unpacked, Ratio int64
	// Parts is how many there may be, and Held how many lines are in memory at the most.
	Parts, Held int
}

// StandardLimits allow ten million records. The lines that are held take some 30 MB.
func StandardLimits() Limits {
	return Limits{Packed: 2 << 30, Unpacked: 16 << 30, Ratio: 200, Parts: 100, Held: 50_000}
}

// freeRatio is below which no ratio is counted: a short file of equal rows packs well.
const freeRatio = 1 << 20

// maxRow is how long a row may be.
const maxRow = 16 << 10

// read goes through an archive as it arrives and gives the rows of its parts to add. It
// ends at the first thing that is not as it should be.
func read(packed *countingReader, kind Kind, cycle bill.Cycle, limits Limits, add func(fields []string) error) (parts int, err error) {
	plain := bufio.NewReader(packed)
	unzip, err := gzip.NewReader(plain)
	if err != nil {
		return 0, malformed(err)
	}
	unzip.Multistream(false)
	unpacked := &countingReader{from: unzip, most: limits.Unpacked, over: ErrTooLarge, packed: packed, ratio: limits.Ratio}
	numbers, err := readParts(tar.NewReader(unpacked), kind, cycle, limits, add)
	if err != nil {
		return 0, err
	}
	if err := atEnd(unpacked); err != nil {
		return 0, err
	}
	if _, err := plain.ReadByte(); !errors.Is(err, io.EOF) {
		return 0, trailing(err)
	}
	return len(numbers), contiguous(numbers)
}

func readParts(files *tar.Reader, kind Kind, cycle bill.Cycle, limits Limits, add func([]string) error) ([]int, error) {
	pattern := kind.partPattern(cycle)
	var numbers []int
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return numbers, nil
		}
		if err != nil {
			return nil, malformed(err)
		}
		match := pattern.FindStringSubmatch(header.Name)
		if match == nil || header.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%w: %.100q", ErrPart, header.Name)
		}
		number, _ := strconv.Atoi(match[1]) // four digits always can
		if slices.Contains(numbers, number) {
			return nil, fmt.Errorf("%w: %s", ErrTwice, header.Name)
		}
		if numbers = append(numbers, number); len(numbers) > limits.Parts {
			return nil, fmt.Errorf("%w: more than %d parts", ErrTooLarge, limits.Parts)
		}
		if err := readPart(files, kind, add); err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

// atEnd refuses what follows the end of the tar file but for its padding of zeros.
func atEnd(r io.Reader) error {
	padding := make([]byte, 4096)
	for {
		n, err := r.Read(padding)
		if slices.ContainsFunc(padding[:n], func(b byte) bool { return b != 0 }) {
			return ErrTrailing
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return malformed(err)
		}
	}
}

// contiguous refuses numbers that do not begin with 0 or 1, or have gaps.
func contiguous(numbers []int) error {
	if len(numbers) == 0 {
		return fmt.Errorf("%w: there are none", ErrGap)
	}
	slices.Sort(numbers)
	first := numbers[0]
	for i, number := range numbers {
		if first > 1 || number != first+i {
			return fmt.Errorf("%w: number %04d", ErrGap, min(first, 1)+i)
		}
	}
	return nil
}

// malformed keeps the errors that say more.
func malformed(err error) error {
	for _, known := range []error{ErrTooLarge, ErrBomb, errReading} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// trailing is what stands in the way of the end: an error, or more bytes.
func trailing(err error) error {
	if err != nil {
		return malformed(err)
	}
	return ErrTrailing
}

// errReading says that the store, and not the archive, is at fault.
var errReading = errors.New("reading the archive failed")

// countingReader ends with an error once more than it should was read.
type countingReader struct {
	from   io.Reader
	read   int64
	most   int64
	over   error
	packed *countingReader // what it was unpacked from
	ratio  int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read += int64(n)
	switch {
	case c.read > c.most:
		return 0, fmt.Errorf("%w: more than %d bytes", c.over, c.most)
	case c.packed != nil && c.read > freeRatio && c.read > c.ratio*c.packed.read:
		return 0, fmt.Errorf("%w: more than %d times", ErrBomb, c.ratio)
	case c.packed == nil && err != nil && !errors.Is(err, io.EOF):
		return n, fmt.Errorf("%w: %w", errReading, err)
	}
	return n, err
}
