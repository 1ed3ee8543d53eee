//go:build race

package chaos_test

// Processes with the race detector start slowly; .ci/run plays more without it.
const runs = 30
