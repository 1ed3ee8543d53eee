package outbox

import "net/netip"

// CheckAddress is the guard of a target that names no loopback address.
func CheckAddress(ip netip.Addr, allowPrivate bool) error {
	return guard{allowPrivate: allowPrivate}.check(ip)
}

// Control is what that guard is asked at the moment of dialling.
func Control(address string) error { return guard{}.control("tcp", address, nil) }
