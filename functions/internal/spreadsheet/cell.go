// Package spreadsheet keeps what others wrote from being run by the program that
// opens a CSV file.
package spreadsheet

import "strings"

// Text is a cell of what somebody else wrote, such as the name of a resource: an
// apostrophe goes before what a spreadsheet would take for a formula.
//
// See https://owasp.org/www-community/attacks/CSV_Injection.
func Text(s string) string {
	for _, first := range s {
		if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			return "'" + s
		}
		break
	}
	return s
}
