package billexport

// Text and Digits are tested on their own too.
var (
	Text   = text
	Digits = digits
)

// CycleText reads a cycle and writes it again.
func CycleText(s string) (string, error) {
	c, err := parseCycle(s)
	if err != nil {
		return "", err
	}
	return c.String(), nil
}
