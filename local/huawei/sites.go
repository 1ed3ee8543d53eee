package huawei

import (
	"fmt"

	"github.com/bssfn/bssfn/pkg/bss"
)

// abroad reports whether the international or the European site is simulated,
// which have the same operations.
func (s *Server) abroad() bool { return s.options.Site != bss.SiteCN }

// currency of all amounts of the site.
func (s *Server) currency() string {
	if s.abroad() {
		return "USD"
	}
	return "CNY"
}

// selling is how a new customer is associated: the partner sells to it.
func (s *Server) selling() string {
	if s.abroad() {
		return AssociationReseller
	}
	return AssociationResale
}

// associations are those that the site knows.
func (s *Server) associations() []string { return []string{AssociationReferral, s.selling()} }

func endpointsOf(site bss.Site) ([]*endpoint, error) {
	switch site {
	case bss.SiteCN:
		return mainlandEndpoints()
	case bss.SiteIntl, bss.SiteEU:
		return abroadEndpoints()
	}
	return nil, fmt.Errorf("the site %q is unknown: use cn, intl or eu", string(site))
}

// operationsOf are the operations that the site has. Those of no site at all
// stay, to be found.
func (s *Server) operationsOf(all map[string]operation) (map[string]operation, error) {
	other := bss.SiteIntl
	if s.abroad() {
		other = bss.SiteCN
	}
	elsewhere, err := endpointsOf(other)
	if err != nil {
		return nil, err
	}
	for _, e := range elsewhere {
		if !s.knows(e.id) {
			delete(all, e.id)
		}
	}
	return all, nil
}
