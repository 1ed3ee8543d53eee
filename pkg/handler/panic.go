package handler

import (
	"fmt"
	"runtime/debug"
)

// panicError is a panic of a handler, kept as an error. Its stack is for the log
// alone.
type panicError struct {
	value any
	stack []byte
}

// Error implements error.
func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guarded runs do and returns its panic as an error.
func guarded(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return do()
}
