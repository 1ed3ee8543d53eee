package pdf

import "strconv"

// Unit is a hundredth of a point, of which an inch has 72. Places on a page are
// measured from its upper left corner.
type Unit int

// Units of length.
const (
	Point Unit = 100
	// A4Width is that of a sheet of A4.
	A4Width Unit = 59528
	// A4Height is that of a sheet of A4.
	A4Height Unit = 84189
)

// String is the length in points.
func (u Unit) String() string { return string(u.append(nil)) }

func (u Unit) append(b []byte) []byte {
	if u < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendInt(b, int64(u/Point), 10)
	if rest := u % Point; rest != 0 {
		b = append(b, '.', byte('0'+rest/10))
		if rest%10 != 0 {
			b = append(b, byte('0'+rest%10))
		}
	}
	return b
}

// Color is one of red, green and blue, a byte each: 0xRRGGBB.
type Color int

func (c Color) append(b []byte, operator string) []byte {
	for shift := 16; shift >= 0; shift -= 8 {
		thousandths := (int(c>>shift)&0xFF)*1000/255 + 1000 // the leading 1 keeps the zeros
		if thousandths == 2000 {
			b = append(b, "1 "...)
			continue
		}
		b = append(append(b, '.'), strconv.Itoa(thousandths)[1:]...)
		b = append(b, ' ')
	}
	return append(append(b, operator...), '\n')
}

// Style is how text looks.
type Style struct {
	Size  Unit
	Color Color
	Bold  bool
}

// Text writes a line of text that begins at x and stands on y. Nothing cuts it.
func (d *Document) Text(x, y Unit, s Style, line string) {
	if line == "" {
		return
	}
	b := d.inStyle(d.drawn.AvailableBuffer(), s)
	b = append(x.append(append(b, "BT "...)), ' ')
	b = append(d.fromBelow(y).append(b), " Td<"...)
	for _, c := range line {
		b = append4(b, d.font.number(c))
	}
	d.drawn.Write(append(b, ">Tj ET\n"...))
}

// inStyle changes what is not yet as the style wants it.
func (d *Document) inStyle(b []byte, s Style) []byte {
	b = d.inColor(b, s.Color)
	if s.Size != d.style.Size {
		b = append(s.Size.append(append(b, "/F "...)), " Tf\n"...)
	}
	switch {
	case s.Bold: // the font has one weight: the outline of its letters is drawn as well
		b = s.Color.append(b, "RG")
		b = append((s.Size / 32).append(b), " w 2 Tr\n"...)
	case d.style.Bold:
		b = append(b, "0 Tr\n"...)
	}
	d.style = s
	return b
}

// inColor changes the colour that is filled with.
func (d *Document) inColor(b []byte, c Color) []byte {
	if c == d.style.Color {
		return b
	}
	d.style.Color = c
	return c.append(b, "rg")
}

// append4 appends a number of four hexadecimal digits.
func append4(b []byte, n uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15])
}

// Right writes a line of text that ends at x.
func (d *Document) Right(x, y Unit, s Style, line string) {
	d.Text(x-d.Width(s.Size, line), y, s, line)
}

// Fill paints a rectangle whose upper left corner is at x and y.
func (d *Document) Fill(x, y, width, height Unit, c Color) {
	b := d.inColor(d.drawn.AvailableBuffer(), c)
	d.drawn.Write(append(d.rectangle(b, x, y, width, height), " re f\n"...))
}

// Frame draws the edge of a rectangle, half a point wide.
func (d *Document) Frame(x, y, width, height Unit, c Color) {
	b := append(c.append(d.drawn.AvailableBuffer(), "RG"), ".5 w "...)
	d.drawn.Write(append(d.rectangle(b, x, y, width, height), " re S\n"...))
}

func (d *Document) rectangle(b []byte, x, y, width, height Unit) []byte {
	for _, u := range []Unit{x, d.fromBelow(y + height), width, height} {
		b = append(u.append(b), ' ')
	}
	return b
}

// fromBelow is how PDF measures a height: from the lower edge of the page.
func (d *Document) fromBelow(y Unit) Unit { return d.height - y }
