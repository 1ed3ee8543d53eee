package parquetfile

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/format"
)

// column is what a row group has of a column so far: pages that are complete, and the
// values of one that is not.
type column struct {
	Column
	encoder *encoder

	values, nulls int    // of the page
	levels        runs   // of the page: 1 for a value, 0 for null; lacks the last values
	leveled       int    // values that it has
	indexes       runs   // of the page's values in the dictionary, or
	plain         []byte // the values themselves

	indexed    bool // the page's values are in the dictionary
	dictionary dictionary
	pages      []byte
	chunk      format.ColumnMetaData
	bounds     bounds
}

func newColumn(of Column, e *encoder) column {
	c := column{Column: of, encoder: e}
	c.reset()
	return c
}

// reset begins a row group.
func (c *column) reset() {
	c.indexed = c.hasDictionary()
	c.dictionary.reset()
	c.pages, c.bounds = c.pages[:0], bounds{typ: c.Type}
	c.chunk = format.ColumnMetaData{
		Type: physicalTypes[c.Type], Codec: format.Snappy, PathInSchema: []string{c.Name}, Encoding: []format.Encoding{format.Plain},
	}
	if !c.Required {
		c.chunk.Encoding = append(c.chunk.Encoding, format.RLE)
	}
	if c.indexed {
		c.chunk.Encoding = append(c.chunk.Encoding, format.RLEDictionary)
	}
}

func (c *column) null() {
	c.nulls++
	c.level()
	c.levels.add(0)
}

// level adds the values to the levels that these lack.
func (c *column) level() {
	if lacking := c.values - c.leveled; lacking > 0 {
		c.levels = append(c.levels, run{1, uint32(lacking)}) //nolint:gosec // of a page
		c.leveled = c.values
	}
}

// text adds a text and returns how many bytes of it are kept.
func (c *column) text(text []byte) int {
	if c.indexed {
		if index, known := c.dictionary.find(text); known {
			c.index(index)
			return 0
		}
	}
	if !utf8.Valid(text) {
		text = []byte(strings.ToValidUTF8(string(text), "\uFFFD"))
	}
	if c.indexed && c.dictionary.bytes+len(text) > dictionaryMax {
		c.endPage()
		c.indexed = false
	}
	if c.indexed {
		c.index(c.dictionary.insert(text))
	} else {
		c.plain = binary.LittleEndian.AppendUint32(c.plain, uint32(len(text))) //nolint:gosec // of an answer
		c.plain = append(c.plain, text...)
		c.appended()
	}
	return len(text)
}

// code adds a whole number.
func (c *column) code(code uint32) {
	var data [4]byte
	binary.LittleEndian.PutUint32(data[:], code)
	index, known := c.dictionary.find(data[:])
	if !known {
		index = c.dictionary.insert(data[:])
	}
	c.index(index)
}

// index adds a value of the dictionary.
func (c *column) index(index uint32) {
	c.values++
	c.indexes.add(index)
}

// appended says that a value was added to those that are in no dictionary.
func (c *column) appended() {
	c.values++
	if len(c.plain) >= pageBytes {
		c.endPage()
	}
}

// endPage encodes the page, if there is anything in it, and begins another one.
func (c *column) endPage() {
	if c.values+c.nulls == 0 {
		return
	}
	page := c.encoder.page[:0]
	if !c.Required {
		c.level()
		page = c.encoder.hybrid(append(page, 0, 0, 0, 0), c.levels, 1)
		binary.LittleEndian.PutUint32(page, uint32(len(page)-4)) //nolint:gosec // of a page
	}
	encoding := format.Plain
	if c.indexed {
		encoding = format.RLEDictionary
		width := max(1, bits.Len(uint(max(0, len(c.dictionary.values)-1))))
		page = c.encoder.hybrid(append(page, byte(width)), c.indexes, width) //nolint:gosec // 32 at the most
	} else {
		page = append(page, c.plain...)
		c.bounds.includeEach(c.plain)
	}
	c.encoder.page = page
	c.pages = c.add(c.pages, format.DataPage, encoding, c.values+c.nulls)
	c.chunk.NumValues += int64(c.values + c.nulls)
	c.chunk.Statistics.NullCount += int64(c.nulls)
	c.values, c.nulls, c.leveled = 0, 0, 0
	c.levels, c.indexes, c.plain = c.levels[:0], c.indexes[:0], c.plain[:0]
}

// end encodes what is left of the row group, and returns what the file says about it
// and the page of the dictionary, which goes before the others and is valid until
// another column ends.
func (c *column) end() (chunk format.ColumnMetaData, dictionary []byte) {
	c.endPage()
	if c.hasDictionary() {
		c.encoder.page = c.encoder.page[:0]
		for _, value := range c.dictionary.values {
			if c.Type == Text {
				c.encoder.page = binary.LittleEndian.AppendUint32(c.encoder.page, uint32(len(value))) //nolint:gosec // of an answer
			}
			c.encoder.page = append(c.encoder.page, value...)
			c.bounds.include([]byte(value))
		}
		c.encoder.dictionary = c.add(c.encoder.dictionary[:0], format.DictionaryPage, format.Plain, len(c.dictionary.values))
		dictionary = c.encoder.dictionary
	}
	c.chunk.Statistics.MinValue, c.chunk.Statistics.MaxValue = c.bounds.least, c.bounds.greatest
	return c.chunk, dictionary
}

// add appends the encoder's page to others.
func (c *column) add(pages []byte, kind format.PageType, encoding format.Encoding, values int) []byte {
	before := len(pages)
	pages, header := c.encoder.appendPage(pages, kind, encoding, values)
	c.chunk.TotalUncompressedSize += int64(header + len(c.encoder.page))
	c.chunk.TotalCompressedSize += int64(len(pages) - before)
	for i := range c.chunk.EncodingStats {
		if s := &c.chunk.EncodingStats[i]; s.PageType == kind && s.Encoding == encoding {
			s.Count++
			return pages
		}
	}
	c.chunk.EncodingStats = append(c.chunk.EncodingStats, format.PageEncodingStats{PageType: kind, Encoding: encoding, Count: 1})
	return pages
}
