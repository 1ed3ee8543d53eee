package bss

import "slices"

//go:generate go run ./internal/modelgen

// Caller says whose credential an operation accepts.
type Caller int

const (
	// ByPartner operations take the partner's keys or token only.
	ByPartner Caller = iota
	// ByDistributor operations are ByPartner, of a partner with resellers below it.
	ByDistributor
	// ByCustomer operations take the customer's token only.
	ByCustomer
	// ByMaster operations are ByCustomer, of the master of an enterprise.
	ByMaster
	// ByEither operations take the partner's credential or a customer's token: see
	// [Client.As].
	ByEither
)

// Customers reports whether only a customer may call: the partner calls with a token
// of that customer.
func (c Caller) Customers() bool { return c == ByCustomer || c == ByMaster }

// Safety says what repeating an operation can do.
type Safety int

const (
	// Read changes nothing: it is retried freely.
	Read Safety = iota
	// Keyed changes something, but a repetition is harmless or is refused by a
	// natural key: it is retried like a Read.
	Keyed
	// Once moves money or sends a message: it is not repeated after a request
	// that may have been received.
	Once
)

func (s Safety) String() string {
	return [...]string{"read", "keyed", "once"}[s]
}

// Operation describes one operation of the API.
type Operation struct {
	// Name is the operation's id in the contract.
	Name   string
	Method string
	// Path is the template of the path, with {parameters}.
	Path   string
	Caller Caller
	Safety Safety
	// Quota is the number of calls a second that an account may make.
	Quota int
	// PageLimit is the largest page of a list, 0 for an operation that is none.
	PageLimit int
	// Doc is the address of the documentation.
	Doc string
	// Sites are those that have the operation.
	Sites Sites
}

// Sites is a set of sites. The European site has what the international one has.
type Sites int

const (
	mainland Sites = 1 << iota
	abroad
	everywhere = mainland | abroad
)

// Has reports whether a site is in the set.
func (s Sites) Has(site Site) bool {
	if site == SiteCN {
		return s&mainland != 0
	}
	return s&abroad != 0
}

// Operations returns the operations that the client offers, in the order of
// their paths.
func Operations() []Operation { return slices.Clone(registry[:]) }

type operationID int

// unknownQuota is for operations whose quota is not published: the documented
// default is 10 a second, and half of it leaves room for others.
const unknownQuota = 5

const docs = "https://support.huaweicloud.com/api-bpconsole/"
