package jsonread

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/shopspring/decimal"
)

// What a number may be at most. The API's have at most 18 digits; to print or compare
// 1e1000000000 would take gigabytes, and to read a million digits minutes.
const (
	maxDigits   = 100
	maxExponent = 100
	// maxRun is for digits that stand in a row anywhere, names and ids too.
	maxRun = 4096
)

var errLongNumber = errors.New("a number is too long")

// Unmarshal is json.Unmarshal for texts that somebody else wrote: it fails for numbers
// that are out of bounds.
func Unmarshal(data []byte, into any) error {
	if hasLongRun(data) {
		return errLongNumber
	}
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	return checkDecimals(reflect.ValueOf(into))
}

// hasLongRun looks at a byte in every maxRun: a longer run covers one of them.
func hasLongRun(data []byte) bool {
	for at := 0; at < len(data); at += maxRun {
		from, to := at, at
		for from > 0 && isDigit(data[from-1]) {
			from--
		}
		for to < len(data) && isDigit(data[to]) {
			to++
		}
		if to-from > maxRun {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func checkDecimals(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return checkDecimals(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkDecimals(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for rows := v.MapRange(); rows.Next(); {
			if err := checkDecimals(rows.Value()); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return checkFields(v)
	}
	return nil
}

func checkFields(v reflect.Value) error {
	if v.Type() == reflect.TypeFor[decimal.Decimal]() {
		return checkDecimal(decimalOf(v))
	}
	for i := range v.NumField() {
		if !v.Field(i).CanInterface() { // is not exported, so it was not read
			continue
		}
		if err := checkDecimals(v.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", v.Type().Field(i).Name, err)
		}
	}
	return nil
}

// decimalOf does not copy what has an address: that would allocate.
func decimalOf(v reflect.Value) decimal.Decimal {
	if v.CanAddr() {
		return *v.Addr().Interface().(*decimal.Decimal)
	}
	return v.Interface().(decimal.Decimal)
}

func checkDecimal(d decimal.Decimal) error {
	if e := d.Exponent(); e < -maxExponent || e > maxExponent {
		return fmt.Errorf("a number has the exponent %d, which is beyond ±%d", e, maxExponent)
	}
	if d.NumDigits() > maxDigits {
		return fmt.Errorf("a number has more than %d digits", maxDigits)
	}
	return nil
}
