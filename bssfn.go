// Package bssfn holds what the deployment and the local harness share: the
// description of the functions' routes and schedules.
package bssfn

import _ "embed"

// Template is the AWS SAM template. The harness takes its routes and schedules
// from it, so that what runs on one machine is what is deployed.
//
//go:embed template.yaml
var Template []byte
