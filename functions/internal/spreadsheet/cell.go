// Package spreadsheet keeps what others wrote from being run by the program that
// opens a CSV file.
package spreadsheet

import (
	"strings"
	"unicode/utf8"
)

// Text is a cell of what somebody else wrote, such as the name of a resource: an
// apostrophe goes before what a spreadsheet would take for a formula.
//
// See https://owasp.org/www-community/attacks/CSV_Injection.
func Text(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
