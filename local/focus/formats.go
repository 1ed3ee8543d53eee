package focus

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
)

// isNumeric reports whether a text is a number as the numeric format has it: digits, one
// point, a minus but no plus, an exponent after E.
func isNumeric(text string) bool {
	mantissa, exponent, scientific := strings.Cut(text, "E")
	if scientific && !isDigits(strings.TrimPrefix(exponent, "-")) {
		return false
	}
	whole, fraction, point := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	return len(exponent) < 5 && isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// isInstant reports whether a text is an instant as the Date/Time format has it.
func isInstant(text string) bool {
	_, ok := instantIn(text)
	return ok
}

func instantIn(text string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	return t, err == nil && len(text) == len("2006-01-02T15:04:05Z")
}

// pair is a key of an object and what it has.
type pair struct {
	key   string
	value json.Token
}

// pairsOf reads a JSON object of scalars with no key twice.
func pairsOf(text string) ([]pair, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	var pairs []pair
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, isText := key.(string)
		if err != nil || !isText || seen[name] {
			return nil, false
		}
		value, err := d.Token()
		if _, nested := value.(json.Delim); err != nil || nested {
			return nil, false
		}
		seen[name] = true
		pairs = append(pairs, pair{name, value})
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	_, err := d.Token()
	return pairs, errors.Is(err, io.EOF)
}

var (
	pascalCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	dataUnit   = regexp.MustCompile(`^([KMGTPE]i?)?[bB]$`)
	countUnit  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	quantities = regexp.MustCompile(`^[1-9][0-9]* `)
)

var timeUnits = map[string]bool{"Year": true, "Month": true, "Day": true, "Hour": true, "Minute": true, "Second": true}

// isUnit reports whether a text has the unit format: what is counted, perhaps by a time
// that it is multiplied with or divided by.
func isUnit(text string) bool {
	text = quantities.ReplaceAllString(text, "")
	if what, per, ok := strings.Cut(text, "/"); ok {
		if by := quantities.FindString(per); by != "" {
			return isThing(what) && timeUnits[strings.TrimSuffix(strings.TrimPrefix(per, by), "s")]
		}
		return isThing(what) && timeUnits[per]
	}
	if what, times, ok := strings.Cut(text, "-"); ok {
		return isThing(what) && strings.HasSuffix(times, "s") && timeUnits[strings.TrimSuffix(times, "s")]
	}
	return isThing(text)
}

func isThing(text string) bool {
	return dataUnit.MatchString(text) || countUnit.MatchString(text) && !timeUnits[text]
}

// isPlaceholder reports whether a text stands for no value, for which there is null.
func isPlaceholder(text string) bool {
	switch strings.ToLower(text) {
	case "n/a", "na", "not applicable", "null", "nil", "none", "-", "unknown", "undefined":
		return true
	}
	return false
}
