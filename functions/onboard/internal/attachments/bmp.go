package attachments

import (
	"encoding/binary"
	"slices"
)

const (
	bmpFileHeader = 14
	bmpCoreHeader = 12 // the oldest header, whose sizes are of 16 bits
	bmpInfoHeader = 40
)

// checkBMP reads the two headers, which say how long the file is and where the
// pixels lie.
func checkBMP(data []byte) error {
	if len(data) < bmpFileHeader+bmpCoreHeader {
		return malformed("The BMP is shorter than its header.")
	}
	word := func(at int) int { return int(binary.LittleEndian.Uint16(data[at:])) }
	long := func(at int) int64 { return int64(binary.LittleEndian.Uint32(data[at:])) }

	size, pixels, header := long(2), long(10), long(14)
	switch {
	case size != int64(len(data)):
		return malformed("The BMP is not as long as it says.")
	case !slices.Contains([]int64{bmpCoreHeader, bmpInfoHeader, 52, 56, 64, 108, 124}, header),
		int64(len(data)) < bmpFileHeader+header:
		return malformed("The header of the BMP cannot be read.")
	case pixels < bmpFileHeader+header || pixels >= size:
		return malformed("The BMP has no picture.")
	}
	width, height, planes, bits := int64(word(18)), int64(word(20)), word(22), word(24)
	if header >= bmpInfoHeader {
		width, height = int64(int32(long(18))), int64(int32(long(22))) //nolint:gosec // a negative height stands for top down
		planes, bits = word(26), word(28)
	}
	if planes != 1 || !slices.Contains([]int{1, 2, 4, 8, 16, 24, 32}, bits) {
		return malformed("The header of the BMP cannot be read.")
	}
	height = max(height, -height)
	if err := checkSize(int(width), int(height)); err != nil {
		return err
	}
	const uncompressed = 0
	if header < bmpInfoHeader || long(30) == uncompressed {
		row := (width*int64(bits) + 31) / 32 * 4
		if pixels+row*height > size {
			return malformed("The BMP ends before its picture does.")
		}
	}
	return nil
}
