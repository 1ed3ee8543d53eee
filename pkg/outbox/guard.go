package outbox

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// guard keeps connections away from addresses that no receiver has: an event must
// not be a way into the network that the function runs in.
type guard struct {
	allowPrivate  bool
	allowLoopback bool // the target names a loopback address
}

// control is called with the address that is about to be dialled.
func (g guard) control(network, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("dial %s %s: %w", network, address, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("dial %s %s: %w", network, address, err)
	}
	return g.check(ip)
}

// check refuses an address that is not public. An IPv4 address that is written
// within an IPv6 one counts as itself.
func (g guard) check(ip netip.Addr) error {
	inner := embedded(ip.WithZone("").Unmap())
	switch {
	case isMetadata(inner):
		return fmt.Errorf("%s is the metadata service of a cloud, which takes no events", ip)
	case inner.IsLoopback() && g.allowLoopback:
		return nil
	case inner.IsPrivate() && g.allowPrivate:
		return nil
	case inner.IsPrivate():
		return fmt.Errorf("%s is a private address, which is not allowed here", ip)
	}
	if name := special(inner); name != "" {
		return fmt.Errorf("%s is %s address, which takes no events", ip, name)
	}
	return nil
}

// embedded returns the IPv4 address behind one of NAT64's well-known prefix
// (RFC 6052), through which networks of IPv6 alone reach the others.
func embedded(ip netip.Addr) netip.Addr {
	if !netip.MustParsePrefix("64:ff9b::/96").Contains(ip) {
		return ip
	}
	bytes := ip.As16()
	return netip.AddrFrom4([4]byte(bytes[12:]))
}

// isMetadata knows the addresses of metadata services that would pass for private
// or public ones.
func isMetadata(ip netip.Addr) bool {
	for _, known := range []string{"169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"} {
		if ip == netip.MustParseAddr(known) {
			return true
		}
	}
	return false
}

// special says which kind of special-purpose address ip is, with its article, or
// nothing for a public one. The blocks are those of the IANA registries
// (https://www.iana.org/assignments/iana-ipv4-special-registry and
// iana-ipv6-special-registry); of IPv6 only 2000::/3 is given out at all.
func special(ip netip.Addr) string {
	for _, block := range []struct{ prefix, name string }{
		{"0.0.0.0/8", "an unspecified"},
		{"100.64.0.0/10", "a carrier's shared"},
		{"127.0.0.0/8", "a loopback"},
		{"169.254.0.0/16", "a link-local"},
		{"192.0.0.0/24", "a protocol's"},
		{"192.0.2.0/24", "a documentation"},
		{"192.88.99.0/24", "a 6to4 relay's"},
		{"198.18.0.0/15", "a benchmark's"},
		{"198.51.100.0/24", "a documentation"},
		{"203.0.113.0/24", "a documentation"},
		{"224.0.0.0/4", "a multicast"},
		{"240.0.0.0/4", "a reserved"},
		{"::/128", "an unspecified"},
		{"::1/128", "a loopback"},
		{"fe80::/10", "a link-local"},
		{"ff00::/8", "a multicast"},
		{"2001::/23", "a protocol's"},
		{"2001:db8::/32", "a documentation"},
		{"2002::/16", "a 6to4"},
		{"3fff::/20", "a documentation"},
	} {
		if netip.MustParsePrefix(block.prefix).Contains(ip) {
			return block.name
		}
	}
	if ip.Is6() && !netip.MustParsePrefix("2000::/3").Contains(ip) {
		return "a reserved"
	}
	return ""
}
