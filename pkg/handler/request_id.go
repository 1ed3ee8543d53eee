package handler

import "context"

type requestIDKey struct{}

// WithRequestID returns a context in which a door tells the edge the platform's
// id of a request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request that ctx belongs to, and "" outside
// one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func (e *Edge) requestID(ctx context.Context) string {
	if id := RequestID(ctx); id != "" {
		return id
	}
	return e.newID()
}
