//go:build !race

package chaos_test

const runs = 150
