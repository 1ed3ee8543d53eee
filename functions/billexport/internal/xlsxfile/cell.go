package xlsxfile

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

const (
	// maxCharacters is how much text a cell has at most, in UTF-16, which Excel counts.
	maxCharacters = 32_767
	// maxDigits is how long a number may be; a longer one is a text.
	maxDigits = 64
)

// cell writes a cell of what the API printed. What is not of the column's kind is a
// text.
func (s *sheet) cell(i int, raw []byte) {
	switch s.columns[i].kind {
	case bill.KindCode, bill.KindNumber, bill.KindMoney:
		if isNumber(raw) {
			s.open(i, s.styles.of(s.columns[i].kind))
			s.buffer = append(append(s.buffer, raw...), `</v></c>`...)
			return
		}
	case bill.KindInstant:
		if s.instant(i, raw) {
			return
		}
	case bill.KindText:
	}
	s.text(i, 0, raw)
}

// open begins a cell of a number.
func (s *sheet) open(i, style int) {
	s.place(i, style)
	s.buffer = append(s.buffer, `"><v>`...)
}

// place begins a cell with where it is and its style, of which 0 is none.
func (s *sheet) place(i, style int) {
	s.buffer = append(s.buffer, `<c r="`...)
	s.buffer = append(s.buffer, s.letters[i]...)
	s.buffer = append(s.buffer, s.number...)
	if style != 0 {
		s.buffer = append(s.buffer, `" s="`...)
		s.buffer = strconv.AppendInt(s.buffer, int64(style), 10)
	}
}

// amount writes a cell of money with all its digits.
func (s *sheet) amount(i int, a bill.Amount) {
	s.open(i, s.styles.money)
	s.buffer = appendAmount(s.buffer, a)
	s.buffer = append(s.buffer, `</v></c>`...)
}

// appendAmount writes an amount without needless zeros.
func appendAmount(to []byte, a bill.Amount) []byte {
	const unit = 100_000_000
	value := uint64(a) //nolint:gosec // the two's complement, turned around below
	if a < 0 {
		to, value = append(to, '-'), -value
	}
	to = strconv.AppendUint(to, value/unit, 10)
	fraction := value % unit
	if fraction == 0 {
		return to
	}
	to = append(to, '.')
	for fraction > 0 {
		fraction *= 10
		to = append(to, byte('0'+fraction/unit)) //nolint:gosec // a digit
		fraction %= unit
	}
	return to
}

// epoch is the day number that Excel gives to the first day of 1970.
const epoch = 25_569

// instant writes a cell of a time as Excel has it: days, to the hundred-thousandth of a
// second. It reports whether raw is a time that Excel knows.
func (s *sheet) instant(i int, raw []byte) bool {
	var at time.Time
	if err := at.UnmarshalText(raw); err != nil || at.Unix() < 0 || at.Year() > 9999 {
		return false
	}
	const second, day = 1_000_000_000, 86_400
	const fine = 10_000_000_000 // parts of a day that are written
	nanos := at.Unix()%day*second + int64(at.Nanosecond())
	parts := nanos / day * (fine / second)
	parts += (nanos%day*(fine/second) + day/2) / day
	days := at.Unix()/day + epoch + parts/fine
	s.open(i, s.styles.instant)
	s.buffer = strconv.AppendInt(s.buffer, days, 10)
	if parts %= fine; parts > 0 {
		s.buffer = append(s.buffer, '.')
		for parts > 0 {
			parts *= 10
			s.buffer = append(s.buffer, byte('0'+parts/fine)) //nolint:gosec // a digit
			parts %= fine
		}
	}
	s.buffer = append(s.buffer, `</v></c>`...)
	return true
}

// isNumber reports whether the digits are a number as XML has it and no longer than
// anybody needs.
func isNumber(raw []byte) bool {
	if len(raw) == 0 || len(raw) > maxDigits {
		return false
	}
	mantissa, exponent := bytes.TrimPrefix(raw, []byte("-")), []byte("0")
	if e := bytes.IndexAny(mantissa, "eE"); e >= 0 {
		mantissa, exponent = mantissa[:e], bytes.TrimPrefix(mantissa[e+1:], []byte("-"))
	}
	whole, fraction, pointed := bytes.Cut(mantissa, []byte("."))
	return allDigits(whole) && (!pointed || allDigits(fraction)) && allDigits(exponent) && len(exponent) <= 2
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// text writes a cell of text, whatever the text begins with: it is never a formula.
func (s *sheet) text(i, style int, raw []byte) {
	s.place(i, style)
	s.buffer = append(s.buffer, `" t="inlineStr"><is><t`...)
	if isSpace(raw[0]) || isSpace(raw[len(raw)-1]) {
		s.buffer = append(s.buffer, ` xml:space="preserve"`...)
	}
	s.buffer = append(s.buffer, '>')
	s.buffer = appendText(s.buffer, raw)
	s.buffer = append(s.buffer, `</t></is></c>`...)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// appendText writes what a cell can hold: as much as Excel takes, with a replacement
// character for each that XML does not allow.
func appendText(to, raw []byte) []byte {
	for at, count := 0, 0; at < len(raw); {
		if c := raw[at]; c >= ' ' && c < utf8.RuneSelf && c != '<' && c != '>' && c != '&' && c != '_' {
			if count++; count > maxCharacters {
				return to
			}
			to = append(to, c)
			at++
			continue
		}
		r, size := utf8.DecodeRune(raw[at:])
		if count += utf16Length(r); count > maxCharacters {
			return to
		}
		to = appendRune(to, r, raw[at:])
		at += size
	}
	return to
}

func utf16Length(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func appendRune(to []byte, r rune, rest []byte) []byte {
	switch {
	case r == '<':
		return append(to, "&lt;"...)
	case r == '>':
		return append(to, "&gt;"...)
	case r == '&':
		return append(to, "&amp;"...)
	case r == '\r': // would be read as a line feed
		return append(to, "&#13;"...)
	case r == '_' && isEscape(rest):
		return append(to, "_x005F_"...)
	case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
		return utf8.AppendRune(to, utf8.RuneError)
	}
	return utf8.AppendRune(to, r)
}

// isEscape reports whether text begins as Excel writes characters by their number, such
// as _x0041_; where it is meant literally, its first character is written so.
func isEscape(text []byte) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return err == nil
}
