// Package readers has only tests: programs and libraries of others open a published
// export, and what they read must be what its manifest says. It is a module of its own,
// so that nobody who uses this project downloads them.
package readers
