package attachments_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/attachments"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/internal/quick"
)

// good is one file of each format.
func good(tb testing.TB) map[attachments.Format][]byte {
	tb.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 16, 9), color.Palette{color.Black, color.White})
	var asJPEG, asPNG, asGIF bytes.Buffer
	require.NoError(tb, jpeg.Encode(&asJPEG, picture, nil))
	require.NoError(tb, png.Encode(&asPNG, picture))
	require.NoError(tb, gif.Encode(&asGIF, picture, nil))
	return map[attachments.Format][]byte{
		attachments.JPEG: asJPEG.Bytes(), attachments.PNG: asPNG.Bytes(), attachments.GIF: asGIF.Bytes(),
		attachments.BMP: bmp(2, 2), attachments.PDF: pdf(""),
	}
}

// bmp is a picture of 24 bits a pixel.
func bmp(width, height int32) []byte {
	row := (width*24 + 31) / 32 * 4
	data := make([]byte, 54+min(max(int64(row)*int64(height), 16), 1<<20))
	copy(data, "BM")
	binary.LittleEndian.PutUint32(data[2:], uint32(len(data)))
	binary.LittleEndian.PutUint32(data[10:], 54)
	binary.LittleEndian.PutUint32(data[14:], 40)
	binary.LittleEndian.PutUint32(data[18:], uint32(width))
	binary.LittleEndian.PutUint32(data[22:], uint32(height))
	binary.LittleEndian.PutUint16(data[26:], 1)
	binary.LittleEndian.PutUint16(data[28:], 24)
	return data
}

func pdf(more string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + more + " >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
}

// pngOf is a PNG of that size whose one chunk of pixels is these bytes.
func pngOf(width, height uint32, pixels []byte) []byte {
	header := binary.BigEndian.AppendUint32(nil, width)
	header = append(binary.BigEndian.AppendUint32(header, height), 8, 2, 0, 0, 0)
	data := []byte("\x89PNG\r\n\x1a\n")
	for _, chunk := range []struct {
		name string
		data []byte
	}{{"IHDR", header}, {"IDAT", pixels}, {"IEND", nil}} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(chunk.data)))
		body := append([]byte(chunk.name), chunk.data...)
		data = binary.BigEndian.AppendUint32(append(data, body...), crc32.ChecksumIEEE(body))
	}
	return data
}

func TestGoodFilesAreRecognized(t *testing.T) {
	t.Parallel()
	for want, data := range good(t) {
		got, err := attachments.Inspect(data)
		require.NoError(t, err, want)
		assert.Equal(t, want, got)
		assert.Equal(t, want.MediaType(), http.DetectContentType(data))
	}
}

// What a telephone or a scanner writes is taken, also where it looks odd.
func TestHarmlessOdditiesAreTaken(t *testing.T) {
	t.Parallel()
	files := good(t)
	xmp := append([]byte("\xff\xd8\xff\xe1\x00\x3a"), []byte("http://ns.adobe.com/xap/1.0/\x00<?xpacket begin=''?><x:xmpmeta")[:56]...)
	for name, data := range map[string][]byte{
		"a JPEG with XMP":                  append(xmp, files[attachments.JPEG][2:]...),
		"a JPEG with a telephone's tail":   append(bytes.Clone(files[attachments.JPEG]), "SEFT"...),
		"a GIF with zeros after its end":   append(bytes.Clone(files[attachments.GIF]), 0, 0),
		"a BMP from the top down":          topDown(bmp(2, 2)),
		"a PDF that opens at a page":       pdf("/OpenAction [3 0 R /Fit]"),
		"a PDF with an escaped, mild name": pdf("/Pag#65s 2 0 R #"),
		"exactly 10 MB":                    pngOf(100, 100, make([]byte, attachments.MaxSize-57)),
	} {
		_, err := attachments.Inspect(data)
		assert.NoError(t, err, name)
	}
}

func topDown(data []byte) []byte {
	height := int32(binary.LittleEndian.Uint32(data[22:]))
	binary.LittleEndian.PutUint32(data[22:], uint32(-height))
	return data
}

// The corpus of attacks: each file is refused, with its code, in no time.
func TestTheCorpusIsRefused(t *testing.T) {
	t.Parallel()
	files := good(t)
	with := func(f attachments.Format, change func([]byte) []byte) []byte { return change(bytes.Clone(files[f])) }
	tail := func(f attachments.Format, more string) []byte { return append(bytes.Clone(files[f]), more...) }
	const zip = "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x35\x00\x00\x00\x1f\x00\x00\x00\x00\x00"
	comment := "<script>alert(1)</script>"
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"nothing":                             {nil, attachments.Empty},
		"10 MB and one byte":                  {pngOf(100, 100, make([]byte, attachments.MaxSize-56)), attachments.TooLarge},
		"a program for Windows":               {[]byte("MZ\x90\x00\x03\x00\x00\x00"), attachments.Unknown},
		"a program for Linux":                 {[]byte("\x7fELF\x02\x01\x01"), attachments.Unknown},
		"a shell script":                      {[]byte("#!/bin/sh\nrm -rf /\n"), attachments.Unknown},
		"a page":                              {[]byte("<!DOCTYPE html><script>alert(1)</script>"), attachments.Unknown},
		"an SVG":                              {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), attachments.Unknown},
		"an archive":                          {[]byte("PK\x03\x04" + zip), attachments.Unknown},
		"a TIFF":                              {[]byte("II*\x00\x08\x00\x00\x00"), attachments.Unknown},
		"a WebP":                              {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), attachments.Unknown},
		"text":                                {[]byte("not a picture.jpg"), attachments.Unknown},
		"zeros":                               {make([]byte, 4096), attachments.Unknown},
		"a PNG after a byte":                  {append([]byte{' '}, files[attachments.PNG]...), attachments.Unknown},
		"a PDF after a line":                  {append([]byte("\n"), files[attachments.PDF]...), attachments.Unknown},
		"a JPEG's magic and no more":          {[]byte("\xff\xd8\xff\xe0"), attachments.Malformed},
		"a JPEG's magic before a program":     {[]byte("\xff\xd8\xffMZ\x90\x00"), attachments.Malformed},
		"a JPEG cut off":                      {with(attachments.JPEG, func(b []byte) []byte { return b[:len(b)-2] }), attachments.Malformed},
		"a PNG's magic and no more":           {[]byte("\x89PNG\r\n\x1a\n"), attachments.Malformed},
		"a PNG cut off":                       {with(attachments.PNG, func(b []byte) []byte { return b[:len(b)-5] }), attachments.Malformed},
		"a PNG whose chunk is longer than it": {with(attachments.PNG, func(b []byte) []byte { b[33] = 0xff; return b }), attachments.Malformed},
		"a PNG with a wrong checksum":         {with(attachments.PNG, func(b []byte) []byte { b[29] ^= 1; return b }), attachments.Malformed},
		"a decompression bomb":                {pngOf(0x7fffffff, 0x7fffffff, []byte("x\xda")), attachments.Malformed},
		"a wide decompression bomb":           {pngOf(200_000, 500, []byte("x\xda")), attachments.Suspect},
		"a square decompression bomb":         {pngOf(19_000, 19_000, []byte("x\xda")), attachments.Suspect},
		"a PNG of no size":                    {pngOf(0, 10, nil), attachments.Malformed},
		"a PNG with a program behind it":      {tail(attachments.PNG, "MZ\x90\x00"), attachments.Suspect},
		"a GIF that does not end":             {with(attachments.GIF, func(b []byte) []byte { return b[:len(b)-1] }), attachments.Malformed},
		"a GIF of the largest size":           {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"), attachments.Suspect},
		"a GIF and an archive (GIFAR)":        {tail(attachments.GIF, zip+";"), attachments.Suspect},
		"a GIF and a script":                  {[]byte("GIF89a/*\x01\x00\x00*/=1;<script src=//x></script>;"), attachments.Suspect},
		"a JPEG and an archive":               {tail(attachments.JPEG, zip), attachments.Suspect},
		"a JPEG and a RAR":                    {tail(attachments.JPEG, "Rar!\x1a\x07\x00"), attachments.Suspect},
		"a JPEG and a 7z":                     {tail(attachments.JPEG, "7z\xbc\xaf\x27\x1c"), attachments.Suspect},
		"a JPEG and PHP": {with(attachments.JPEG, func(b []byte) []byte {
			return append([]byte("\xff\xd8\xff\xfe\x00\x12<?php eval(1)?>"), b[2:]...)
		}), attachments.Suspect},
		"a JPEG and a page": {with(attachments.JPEG, func(b []byte) []byte {
			return append(append([]byte("\xff\xd8\xff\xfe\x00"), append([]byte{byte(len(comment) + 2)}, comment...)...), b[2:]...)
		}), attachments.Suspect},
		"a JPEG and a PDF": {with(attachments.JPEG, func(b []byte) []byte {
			return append([]byte("\xff\xd8\xff\xfe\x00\x0b%PDF-1.7\n"), b[2:]...)
		}), attachments.Suspect},
		"a BMP's magic before text":      {[]byte("BM is not a picture, but it begins like one"), attachments.Malformed},
		"a BMP that is longer than said": {append(bmp(2, 2), 0), attachments.Malformed},
		"a BMP of more than is there":    {bmp(9000, 9000), attachments.Malformed},
		"a BMP of a negative width":      {bmp(-2, 2), attachments.Malformed},
		"a BMP bomb":                     {bmp(30_000, 30_000), attachments.Suspect},
		"a PDF's magic and no more":      {[]byte("%PDF-1.7\n"), attachments.Malformed},
		"a PDF of no version":            {bytes.Replace(pdf(""), []byte("1.7"), []byte("9.9"), 1), attachments.Malformed},
		"a PDF with a script":            {pdf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), attachments.Suspect},
		"a PDF with a hidden script":     {pdf("/OpenAction << /S /J#61vaScr#69pt /JS (1) >>"), attachments.Suspect},
		"a PDF that launches":            {pdf("/OpenAction << /S /Launch /F (cmd.exe) >>"), attachments.Suspect},
		"a PDF with a file inside":       {pdf("/Names << /EmbeddedFiles 2 0 R >>"), attachments.Suspect},
		"a PDF with media":               {pdf("/Annots [<< /Subtype /RichMedia >>]"), attachments.Suspect},
		"an encrypted PDF":               {pdf("/Encrypt 5 0 R"), attachments.Suspect},
		"a PDF and a page":               {pdf("<HTML>"), attachments.Suspect},
		"a PDF and an archive":           {append(pdf(""), zip...), attachments.Suspect},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := attachments.Inspect(c.data)
			refusal := &attachments.Refusal{}
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, c.code, refusal.Code, refusal.Detail)
			assert.NotEmpty(t, refusal.Detail)
			assert.NotContains(t, refusal.Detail, "alert")
			assert.Less(t, quick.Least(func() { _, _ = attachments.Inspect(c.data) }), quick.Limit)
		})
	}
}

// The largest files of each kind take no longer, whatever they are made of.
func TestLargeFilesAreQuick(t *testing.T) {
	t.Parallel()
	files := good(t)
	for name, unit := range map[string]string{"hashes": "#", "escapes": "#41", "tags": "<", "slashes": "/", "archives": "PK\x05", "segments": "\xff\xe0\x00\x02"} {
		filler := strings.Repeat(unit, (attachments.MaxSize-1000)/len(unit))
		for format, data := range files {
			large := append(append(bytes.Clone(data[:9]), filler...), data[9:]...)
			watch := clock.System{}
			began := watch.Now()
			_, _ = attachments.Inspect(large)
			assert.Less(t, watch.Now().Sub(began), 20*time.Second, "%s in %s", name, format) // a busy machine is no finding
		}
	}
}

// Whatever is taken is what a reader of its own finds there, by the first bytes and
// by the header, within the limits.
func FuzzInspect(f *testing.F) {
	for _, data := range good(f) {
		f.Add(data)
	}
	f.Add(pngOf(19_000, 19_000, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		format, err := attachments.Inspect(data)
		require.Equal(t, before, data, "a file is not changed")
		if err != nil {
			refusal := &attachments.Refusal{}
			require.ErrorAs(t, err, &refusal)
			return
		}
		require.Equal(t, format.MediaType(), http.DetectContentType(data))
		require.LessOrEqual(t, len(data), attachments.MaxSize)
		if format == attachments.PDF || format == attachments.BMP {
			return
		}
		header, name, err := image.DecodeConfig(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, strings.Replace(name, "jpeg", "jpg", 1), string(format))
		require.LessOrEqual(t, header.Width*header.Height, 100_000_000)
	})
}
