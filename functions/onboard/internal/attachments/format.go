// Package attachments looks at the files that customers prove their real name with,
// and keeps them in an OBS bucket.
//
// A file is what its bytes say: no name and no media type of the caller's is
// believed, and nothing of them becomes part of the object's name. Pixels are never
// decoded and nothing is decompressed, so that a file costs no more than its size.
//
// What is told: the format by its magic bytes at offset 0 and by its header, the
// size, the dimensions, a second format (HTML or a PDF in the first KiB, an archive
// at the end or anywhere), data after the end of a PNG, a BMP or a GIF, and in a PDF
// the names of scripts, of programs to launch, of files inside it and of encryption.
// What is not told: whether the picture shows a certificate, what is inside
// compressed streams of a PDF, and whether a decoder has a mistake that the pixels
// exploit. Data after the end of a JPEG is left alone, since telephones write it.
package attachments

// MaxSize is the largest file in bytes: 10 MB, which the documentation does not say
// to be of 1,000 or of 1,024.
const MaxSize = 10 << 20

// Format is what a file is. Its text is the extension of the object's name.
type Format string

// The formats that Huawei Cloud takes; a jpeg is called jpg.
const (
	JPEG Format = "jpg"
	PNG  Format = "png"
	GIF  Format = "gif"
	BMP  Format = "bmp"
	PDF  Format = "pdf"
)

// MediaType is the format's, such as image/jpeg, and empty for none of the formats.
func (f Format) MediaType() string {
	switch f {
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	case GIF:
		return "image/gif"
	case BMP:
		return "image/bmp"
	case PDF:
		return "application/pdf"
	}
	return ""
}

// Refusal says why a file is not taken.
type Refusal struct {
	// Code is one of the constants here.
	Code string
	// Detail is for the person who chose the file; it holds nothing of the file.
	Detail string
}

// The codes of a Refusal.
const (
	Empty     = "empty"
	TooLarge  = "too_large"
	Unknown   = "unknown_format"
	Malformed = "malformed"
	Suspect   = "suspect"
)

// Error is the detail with its code.
func (r *Refusal) Error() string { return r.Code + ": " + r.Detail }

func refuse(code, detail string) error { return &Refusal{Code: code, Detail: detail} }

func malformed(detail string) error { return refuse(Malformed, detail) }
