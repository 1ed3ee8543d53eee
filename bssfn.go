// Package bssfn holds what describes the functions to others: the deployment's
// routes and schedules, which the local harness shares, and the contract of the
// routes for those who call them.
package bssfn

import _ "embed"

// Template is the AWS SAM template. The harness takes its routes and schedules
// from it, so that what runs on one machine is what is deployed.
//
//go:embed template.yaml
var Template []byte

// OpenAPI is the OpenAPI 3.1 document of all routes, their problems and the events
// that the functions send.
//
//go:embed openapi.yaml
var OpenAPI []byte
