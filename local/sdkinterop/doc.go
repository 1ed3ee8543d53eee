// Package sdkinterop holds tests alone: they compare this project's signature
// and its simulated Huawei Cloud with the vendor's own SDK, unmodified. It is a
// module of its own, so that nobody who uses this project downloads the SDK.
package sdkinterop
