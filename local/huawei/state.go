package huawei

import (
	"time"

	"github.com/shopspring/decimal"
)

// Association types of a customer with the partner.
const (
	AssociationReferral = "1" // the customer pays Huawei Cloud itself
	AssociationResale   = "2" // the customer consumes what the partner allocates; mainland only
	AssociationReseller = "3" // the partner is billed for what the customer consumes; not on the mainland
)

// customer is a Huawei Cloud account. It is the partner's customer from
// associatedOn on; until then (and where it is zero) the partner cannot see it.
type customer struct {
	id           string // customer_id, also called domain_id; 32 hexadecimal digits
	accountName  string // domain_name, the login name
	name         string // real name, where known
	mobile       string // digits only, without country code
	email        string
	password     string // by which it is bound on the login page
	label        string
	xAccountID   string // the sales platform's id, where bound
	xUserID      string
	association  string // AssociationReferral and so on
	associatedOn time.Time
	createdOn    time.Time
	freeze       freeze
	realName     realName
	conditions   Conditions
	reseller     string // indirect_partner_id, where it is the customer of a reseller

	// funds, in the site's currency
	cash        decimal.Decimal
	debt        decimal.Decimal
	expenditure decimal.Decimal // how much it may spend in a month, where that is limited
}

// beijing is the zone of billing cycles and order numbers.
var beijing = time.FixedZone("GMT+8", 8*60*60)

// timeLayout is how the API writes instants, in UTC.
const timeLayout = "2006-01-02T15:04:05Z"

// state is everything the simulated Huawei Cloud knows. The server's lock guards
// it.
type state struct {
	partnerID     string // domain_id of the partner
	journal       []Effect
	outbox        []Message
	codes         []*code
	temporaryKeys map[string]*temporaryKey // by access key
	tokens        map[string]*token        // by the token's text
	lockouts      map[string]*lockout      // by access key
	windows       map[string]*rateSpan     // by operation and account
	faults        []*Fault
	lastFault     int // number of the fault that was added last

	customers     []*customer // in the order of their creation
	orders        []*order
	quotas        []*couponQuota
	coupons       []*coupon
	records       []*couponRecord
	partner       partnerAccount
	adjusts       []*adjustRecord
	entries       []accountEntry
	subscriptions subscriptions
	bills         []*customerBills
	bandwidths    []*bandwidth
	discounts     []*priceDiscount
	packages      []*resourcePackage
	enterprise    enterprises
	quotaRecords  []*quotaRecord
	resellers     []*reseller
	partnerState  PartnerState
	users         []*user
	refusals      []*orderedRefusal
	qrCodes       []*realNameQRCode
	objects       []*storedObject // of the bucket
	uploadsOff    bool            // of real-name attachments
	budgets       []*budget
	budgetRecords []budgetRecord
	postpaid      postpaid
	sso           singleSignOn
	rotation      int // the step of a change of the key
}

func newState() state {
	return state{
		temporaryKeys: map[string]*temporaryKey{},
		tokens:        map[string]*token{},
		lockouts:      map[string]*lockout{},
		windows:       map[string]*rateSpan{},
		postpaid:      postpaid{quota: standardConsumptionQuota},
		sso:           newSingleSignOn(),
	}
}

// customer finds a customer by id, associated or not; nil if there is none.
func (s *state) customer(id string) *customer {
	for _, c := range s.customers {
		if c.id == id {
			return c
		}
	}
	return nil
}

// customersByID are all customers, for who looks many of them up.
func (s *state) customersByID() map[string]*customer {
	all := make(map[string]*customer, len(s.customers))
	for _, c := range s.customers {
		all[c.id] = c
	}
	return all
}

// associated reports whether the partner sees the customer at that instant.
func (c *customer) associated(now time.Time) bool {
	return c.association != "" && !c.associatedOn.IsZero() && !now.Before(c.associatedOn)
}
