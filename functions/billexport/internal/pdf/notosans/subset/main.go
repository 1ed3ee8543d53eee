// Command subset makes the font of the statements: the glyphs of the characters that
// names, services and regions are written with, out of Noto Sans SC. README.md beside
// the font says how it is run.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/bssfn/bssfn/functions/billexport/internal/truetype"
)

// source is the SHA-256 of the one file that the committed font is made of.
const source = "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: subset FONT.ttf SUBSET.ttf.gz")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "subset:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	file, err := os.ReadFile(from) //nolint:gosec // whoever runs this names it
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != source {
		return fmt.Errorf("%s is not the file that this was written for: its SHA-256 is %x, not %s", from, sum, source)
	}
	f, err := truetype.Parse(file)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	wanted := characters()
	subset, missing := subset(f, wanted)
	packed, err := compress(subset)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d characters, %d bytes, %d packed; the font lacks %q\n",
		len(wanted)-len(missing), len(subset), len(packed), string(missing))
	return os.WriteFile(to, packed, 0o644) //nolint:gosec // a file of the repository
}

// subset is a font of some characters, with the font's own names and licence, and
// those that the font lacks.
func subset(f *truetype.Font, wanted []rune) (file []byte, missing []rune) {
	glyphs, numbers := []uint16{0}, map[rune]uint16{}
	for _, c := range wanted {
		if f.Glyph(c) == 0 {
			missing = append(missing, c)
			continue
		}
		numbers[c] = uint16(len(glyphs)) //nolint:gosec // fewer than 65,536
		glyphs = append(glyphs, f.Glyph(c))
	}
	tables := f.Subset(glyphs)
	tables["cmap"], tables["name"], tables["OS/2"] = truetype.Characters(numbers), f.Table("name"), f.Table("OS/2")
	tables["post"] = f.Table("post")[:32]
	binary.BigEndian.PutUint32(tables["post"], 0x00030000) // glyphs have no names
	return truetype.Assemble(tables), missing
}

func compress(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
