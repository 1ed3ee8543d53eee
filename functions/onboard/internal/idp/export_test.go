package idp

import "bytes"

// Inflate is tested alone for how much of its source it reads.
var Inflate = inflate

// InflateBytes is Inflate of what is there as a whole.
func InflateBytes(compressed []byte) ([]byte, error) { return inflate(bytes.NewReader(compressed)) }
