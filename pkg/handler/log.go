package handler

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// NewLogger returns a logger that writes one JSON object a line to w, with its
// time in UTC.
func NewLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			}
			return a
		},
	}))
}

// logRequest writes the one line of a request. It names the route's pattern and
// not its path, and never the query: they hold what callers sent.
func (e *Edge) logRequest(ctx context.Context, call *call, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", call.method),
		slog.String("route", call.route),
		slog.Int("status", call.status()),
	}
	if call.caller != "" {
		attrs = append(attrs, slog.String("caller", call.caller))
	}
	if call.problem != nil {
		attrs = append(attrs, slog.String("code", call.problem.Code))
		if call.problem.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
	}
	attrs = append(attrs, e.common(call.id, call.started, err)...)
	e.logger.LogAttrs(ctx, level, "request", attrs...)
}

// logWork writes the one line of a schedule or a message.
func (e *Edge) logWork(ctx context.Context, id string, name slog.Attr, started time.Time, err error) {
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
	}
	attrs := append([]slog.Attr{name}, e.common(id, started, err)...)
	e.logger.LogAttrs(ctx, level, "work", attrs...)
}

// common returns what every line tells.
func (e *Edge) common(id string, started time.Time, err error) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("function", e.function.Name),
		slog.String("request_id", id),
		slog.Int64("duration_ms", e.now().Sub(started).Milliseconds()),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if panicked, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	}
	return attrs
}
