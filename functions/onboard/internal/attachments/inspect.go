package attachments

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
)

// A picture of more pixels is no photo of a certificate, and whoever decodes it
// pays for it.
const (
	maxSide   = 20_000
	maxPixels = 100_000_000
)

// Inspect tells the format of a file, or refuses it with a *Refusal.
func Inspect(data []byte) (Format, error) {
	switch {
	case len(data) == 0:
		return "", refuse(Empty, "The file is empty.")
	case len(data) > MaxSize:
		return "", refuse(TooLarge, fmt.Sprintf("The file is larger than %d bytes.", MaxSize))
	}
	format, check := recognize(data)
	if check == nil {
		return "", refuse(Unknown, "The file is none of jpg, png, gif, bmp and pdf.")
	}
	if err := check(data); err != nil {
		return "", err
	}
	if err := checkAlone(format, data); err != nil {
		return "", err
	}
	return format, nil
}

// recognize finds the format by the bytes at offset 0.
func recognize(data []byte) (Format, func([]byte) error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return JPEG, checkJPEG
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return PNG, checkPNG
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return GIF, checkGIF
	case bytes.HasPrefix(data, []byte("BM")):
		return BMP, checkBMP
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return PDF, checkPDF
	}
	return "", nil
}

// checkSize bounds the dimensions of a picture.
func checkSize(width, height int) error {
	switch {
	case width < 1 || height < 1:
		return malformed("The picture has no width or no height.")
	case width > maxSide || height > maxSide || width*height > maxPixels:
		return refuse(Suspect, fmt.Sprintf("The picture has more than %d pixels a side or %d in all.", maxSide, maxPixels))
	}
	return nil
}

func checkJPEG(data []byte) error {
	header, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return malformed("The header of the JPEG cannot be read.")
	}
	if !bytes.Contains(data, []byte("\xff\xda")) || !bytes.Contains(data, []byte("\xff\xd9")) {
		return malformed("The JPEG ends before its picture does.")
	}
	return checkSize(header.Width, header.Height)
}

func checkGIF(data []byte) error {
	header, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return malformed("The header of the GIF cannot be read.")
	}
	if !bytes.HasSuffix(bytes.TrimRight(data, "\x00"), []byte(";")) {
		return malformed("The GIF does not end as a GIF does.")
	}
	return checkSize(header.Width, header.Height)
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// checkPNG walks the chunks: the first is IHDR, the last IEND, which the file ends
// with.
func checkPNG(data []byte) error {
	header, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return malformed("The header of the PNG cannot be read.")
	}
	rest, pixels := data[len(pngSignature):], false
	for {
		chunk, after, ok := nextChunk(rest)
		switch {
		case !ok:
			return malformed("The PNG ends before its last chunk does.")
		case chunk == "IDAT":
			pixels = true
		case chunk == "IEND" && !pixels:
			return malformed("The PNG has no picture.")
		case chunk == "IEND" && len(after) > 0:
			return refuse(Suspect, "Something follows the end of the PNG.")
		case chunk == "IEND":
			return checkSize(header.Width, header.Height)
		}
		rest = after
	}
}

// nextChunk cuts one chunk off: its length, its name, its data and a checksum.
func nextChunk(data []byte) (name string, rest []byte, ok bool) {
	const around = 12
	if len(data) < around {
		return "", nil, false
	}
	length := int64(binary.BigEndian.Uint32(data))
	if length > int64(len(data)-around) {
		return "", nil, false
	}
	return string(data[4:8]), data[around+length:], true
}

// markup begins pages and scripts, in lower case. XMP, which pictures carry, begins
// with none of these.
var markup = [][]byte{
	[]byte("<html"), []byte("<!doctype"), []byte("<script"), []byte("<svg"), []byte("<iframe"), []byte("<body"), []byte("<?php"), []byte("<%@"),
}

// firstKiB is where a reader that guesses looks for something else.
const firstKiB = 1 << 10

// checkAlone refuses a file that somebody else could take for another one.
func checkAlone(format Format, data []byte) error {
	head := data[:min(len(data), firstKiB)]
	lower := bytes.ToLower(head)
	if slices.ContainsFunc(markup, func(m []byte) bool { return bytes.Contains(lower, m) }) {
		return refuse(Suspect, "The file begins with markup or a script.")
	}
	if bytes.Contains(head[1:], []byte("%PDF-")) {
		return refuse(Suspect, "There is a PDF inside the file.")
	}
	// The end of a zip's directory lies in its last 64 KiB, behind it a comment.
	const endOfZip = 22 + 1<<16
	tail := data[max(0, len(data)-endOfZip):]
	if bytes.Contains(tail, []byte("PK\x05\x06")) || bytes.Contains(data, []byte("Rar!\x1a\x07")) || bytes.Contains(data, []byte("7z\xbc\xaf\x27\x1c")) {
		return refuse(Suspect, "There is an archive inside the "+string(format)+" file.")
	}
	return nil
}
