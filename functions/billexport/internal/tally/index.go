package tally

// index numbers texts from 0 in the order in which they come.
type index struct {
	numbers map[string]int32
	texts   []string
	last    int32
}

func newIndex() index { return index{numbers: map[string]int32{}} }

// number is that of a text, the next one where it is new. Records come sorted, so it is
// mostly that of the text before.
func (x *index) number(text []byte) int32 {
	if len(x.texts) > 0 && x.texts[x.last] == string(text) {
		return x.last
	}
	n, ok := x.numbers[string(text)]
	if !ok {
		n = int32(len(x.texts)) //nolint:gosec // two billion do not fit into memory
		x.texts = append(x.texts, string(text))
		x.numbers[x.texts[n]] = n
	}
	x.last = n
	return n
}

// names are those of codes. Where a code has several, as when records are in two
// languages, the first in the order of the alphabet counts, whichever came first.
type names map[string]string

func (n names) add(code, name string) {
	if known := n[code]; name != "" && (known == "" || name < known) {
		n[code] = name
	}
}

func (n names) merge(o names) {
	for code, name := range o {
		n.add(code, name)
	}
}
