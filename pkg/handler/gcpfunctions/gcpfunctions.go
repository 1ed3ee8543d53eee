// Package gcpfunctions serves a function on Google Cloud through the Functions
// Framework. One deployment serves either HTTP or the events of a Pub/Sub topic:
// HTTP requests prove themselves by their signature and may come from anywhere,
// events are proved by the platform (an invoker's identity) and must not.
//
// Documentation: https://cloud.google.com/functions/docs/functions-framework
package gcpfunctions

import (
	"context"
	"fmt"
	"os"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"

	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// signatureVariable is set by Google Cloud to what a deployment is for:
	// "http" or "cloudevent". Where nothing sets it, it is HTTP.
	signatureVariable = "FUNCTION_SIGNATURE_TYPE"
	signatureEvents   = "cloudevent"
	portVariable      = "PORT"
	defaultPort       = "8080"
)

// Start registers the edge's function for what FUNCTION_SIGNATURE_TYPE says and
// serves it on PORT until the process ends.
func Start(ctx context.Context, edge *handler.Edge) error {
	register := RegisterHTTP
	if os.Getenv(signatureVariable) == signatureEvents {
		register = RegisterEvents
	}
	if err := register(ctx, "/", edge); err != nil {
		return err
	}
	port := os.Getenv(portVariable)
	if port == "" {
		port = defaultPort
	}
	if err := funcframework.Start(port); err != nil {
		return fmt.Errorf("serve function %s on port %s: %w", edge.Function().Name, port, err)
	}
	return nil
}

// RegisterHTTP registers the function's HTTP routes under path with the
// framework.
func RegisterHTTP(ctx context.Context, path string, edge *handler.Edge) error {
	if err := funcframework.RegisterHTTPFunctionContext(ctx, path, edge.ServeHTTP); err != nil {
		return fmt.Errorf("register function %s for HTTP: %w", edge.Function().Name, err)
	}
	return nil
}

// RegisterEvents registers the function's schedules and queues under path with
// the framework. Only the platform may reach that path.
func RegisterEvents(ctx context.Context, path string, edge *handler.Edge) error {
	if err := funcframework.RegisterCloudEventFunctionContext(ctx, path, Events(edge)); err != nil {
		return fmt.Errorf("register function %s for events: %w", edge.Function().Name, err)
	}
	return nil
}
