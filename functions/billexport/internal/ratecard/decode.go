package ratecard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Limits of a card.
const (
	MaxBytes = 4 << 20
	MaxRules = 20_000
	// maxText is the limit that the API has for ids and codes.
	maxText = 64
)

// rule is a rule as the document has it. Percent is a text or a number.
type rule struct {
	CustomerID      string      `json:"customer_id"`
	ServiceTypeCode string      `json:"service_type_code"`
	RegionCode      string      `json:"region_code"`
	Basis           Basis       `json:"basis"`
	Percent         json.Number `json:"percent"`
	ValidFrom       string      `json:"valid_from"`
	ValidTo         string      `json:"valid_to"`
}

func decode(document []byte) ([]rule, error) {
	if len(document) > MaxBytes {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(document), MaxBytes)
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	var card struct {
		Rules []rule `json:"rules"`
	}
	if err := d.Decode(&card); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	if len(card.Rules) == 0 || len(card.Rules) > MaxRules {
		return nil, fmt.Errorf("it has %d rules, not 1 to %d", len(card.Rules), MaxRules)
	}
	return card.Rules, nil
}

func (r rule) read() (who, term, error) {
	for name, text := range map[string]string{"customer_id": r.CustomerID, "service_type_code": r.ServiceTypeCode, "region_code": r.RegionCode} {
		if len(text) > maxText {
			return who{}, term{}, fmt.Errorf("%s is longer than %d characters", name, maxText)
		}
	}
	t, err := r.term()
	return newWho(r.CustomerID, r.ServiceTypeCode, r.RegionCode), t, err
}

func (r rule) term() (term, error) {
	t := term{basis: bill.Official}
	switch r.Basis {
	case Official:
	case Payment:
		t.basis = bill.Payment
	default:
		return t, fmt.Errorf("basis %.40q is neither %s nor %s", r.Basis, Official, Payment)
	}
	var err error
	if t.factor, err = readPercent(r.Percent.String()); err != nil {
		return t, err
	}
	if t.from, err = readCycle("valid_from", r.ValidFrom); err != nil {
		return t, err
	}
	if t.to, err = readCycle("valid_to", r.ValidTo); err != nil {
		return t, err
	}
	if r.ValidFrom != "" && r.ValidTo != "" && t.to.Before(t.from) {
		return t, fmt.Errorf("valid_to %s is before valid_from %s", r.ValidTo, r.ValidFrom)
	}
	return t, nil
}

func readCycle(name, text string) (bill.Cycle, error) {
	if text == "" {
		return bill.Cycle{}, nil
	}
	c, err := bill.ParseCycle(text)
	if err != nil {
		return c, fmt.Errorf("%s %w", name, err)
	}
	return c, nil
}
