package parquetfile

// dictionary has the values of a row group once each, in the order in which they came.
type dictionary struct {
	values  []string
	indexes map[string]uint32
	bytes   int
	last    uint32 // index of the value that was looked for last
}

func (d *dictionary) reset() {
	clear(d.values)
	clear(d.indexes)
	d.values, d.bytes, d.last = d.values[:0], 0, 0
}

// find returns the index of a value, if it is there. Most values are that of the row
// before.
func (d *dictionary) find(value []byte) (uint32, bool) {
	if len(d.values) > 0 && string(value) == d.values[d.last] {
		return d.last, true
	}
	index, known := d.indexes[string(value)]
	if known {
		d.last = index
	}
	return index, known
}

// insert adds a value that is not there.
func (d *dictionary) insert(value []byte) uint32 {
	if d.indexes == nil {
		d.indexes = map[string]uint32{}
	}
	kept := string(value)
	d.last = uint32(len(d.values)) //nolint:gosec // bounded by the rows of a group
	d.values, d.indexes[kept], d.bytes = append(d.values, kept), d.last, d.bytes+len(kept)
	return d.last
}
