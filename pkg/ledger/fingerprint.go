package ledger

import (
	"maps"
	"slices"
)

// Fingerprint is what an effect is about, as named fields: customer_id, amount
// and so on. It is stored in clear and conflicts name its fields, so it must
// hold no secret. Write amounts in one form: "10" and "10.00" differ.
type Fingerprint map[string]string

// differing returns the sorted names of the fields that are not the same in
// both.
func (f Fingerprint) differing(other Fingerprint) []string {
	names := map[string]bool{}
	for name, value := range f {
		if got, ok := other[name]; !ok || got != value {
			names[name] = true
		}
	}
	for name := range other {
		if _, ok := f[name]; !ok {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
