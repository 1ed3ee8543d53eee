package billexport

// Digits is tested on its own too.
var Digits = digits

// CycleText reads a cycle and writes it again.
func CycleText(s string) (string, error) {
	c, err := parseCycle(s)
	if err != nil {
		return "", err
	}
	return c.String(), nil
}
