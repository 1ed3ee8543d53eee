package outbox_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/outbox"
)

func TestAddressesThatEventsMayGoTo(t *testing.T) {
	t.Parallel()
	for address, refusal := range map[string]string{
		"8.8.8.8":            "",
		"100.63.255.255":     "",
		"100.128.0.0":        "",
		"172.15.255.255":     "",
		"172.32.0.0":         "",
		"223.255.255.255":    "",
		"2606:4700::1111":    "",
		"::ffff:8.8.8.8":     "",
		"64:ff9b::8.8.8.8":   "",
		"10.0.0.1":           "private",
		"172.16.0.1":         "private",
		"172.31.255.255":     "private",
		"192.168.1.1":        "private",
		"::ffff:10.0.0.1":    "private",
		"64:ff9b::10.0.0.1":  "private",
		"fc00::1":            "private",
		"fdff::1":            "private",
		"127.0.0.1":          "loopback",
		"127.255.255.255":    "loopback",
		"::1":                "loopback",
		"::ffff:127.0.0.1":   "loopback",
		"64:ff9b::127.0.0.1": "loopback",
		"0.0.0.0":            "unspecified",
		"0.1.2.3":            "unspecified",
		"::":                 "unspecified",
		"::ffff:0.0.0.0":     "unspecified",
		"169.254.1.1":        "link-local",
		"fe80::1":            "link-local",
		"fe80::1%eth0":       "link-local",
		"::ffff:169.254.1.1": "link-local",
		"169.254.169.254":    "metadata",
		"64:ff9b::a9fe:a9fe": "metadata",
		"168.63.129.16":      "metadata",
		"fd00:ec2::254":      "metadata",
		"100.64.0.1":         "shared",
		"100.127.255.255":    "shared",
		"224.0.0.1":          "multicast",
		"239.255.255.255":    "multicast",
		"ff02::1":            "multicast",
		"240.0.0.1":          "reserved",
		"255.255.255.255":    "reserved",
		"192.0.0.8":          "protocol",
		"192.0.2.1":          "documentation",
		"198.51.100.1":       "documentation",
		"203.0.113.1":        "documentation",
		"198.18.0.1":         "benchmark",
		"198.19.255.255":     "benchmark",
		"192.88.99.1":        "6to4",
		"2002:0a00:0001::1":  "6to4",
		"2001::1":            "protocol", // Teredo
		"2001:db8::1":        "documentation",
		"3fff::1":            "documentation",
		"::8.8.8.8":          "reserved", // compatible with IPv4 of old
		"::ffff:0:8.8.8.8":   "reserved", // translated
		"64:ff9b:1::8.8.8.8": "reserved", // NAT64 of a network's own
		"100::1":             "reserved", // discard
		"fec0::1":            "reserved", // site-local
		"4000::1":            "reserved",
		"5f00::1":            "reserved",
		"fe00::1":            "reserved",
	} {
		ip := netip.MustParseAddr(address)
		err := outbox.CheckAddress(ip, false)
		if refusal == "" {
			assert.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, refusal, address)
		assert.ErrorContains(t, err, ip.String())
	}
}

func TestPrivateAddressesCanBeAllowed(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{
		"8.8.8.8": true, "10.1.2.3": true, "172.16.0.1": true, "192.168.1.1": true, "fd12::1": true,
		"::ffff:10.0.0.1": true, "64:ff9b::10.0.0.1": true,
		"127.0.0.1": false, "::1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "::": false,
		"224.0.0.1": false, "fe80::1": false, "fd00:ec2::254": false, "100.100.100.200": false,
	} {
		err := outbox.CheckAddress(netip.MustParseAddr(address), true)
		assert.Equal(t, allowed, err == nil, "%s: %v", address, err)
	}
}

func TestWhatIsDialledIsChecked(t *testing.T) {
	t.Parallel()
	require.NoError(t, outbox.Control("8.8.8.8:443"))
	for address, refusal := range map[string]string{
		"127.0.0.1:443":      "loopback",
		"[::1]:443":          "loopback",
		"[fe80::1%eth0]:443": "link-local",
		"example.com:443":    "example.com", // the dialler has resolved it by then
		"nonsense":           "nonsense",
	} {
		assert.ErrorContains(t, outbox.Control(address), refusal)
	}
}
