// Package contract holds the published contract of the partner API as OpenAPI
// 3.0 documents, and the error codes of its documentation: the registry, the
// models, the conditions and the simulator are checked against it. It is data for
// tests and for the simulator; the client itself does not link it.
package contract

import _ "embed"

// CN describes the 91 operations of the Chinese mainland site.
//
//go:embed bss.json
var CN []byte

// Intl describes the 54 operations of the international site.
//
//go:embed bssintl.json
var Intl []byte
