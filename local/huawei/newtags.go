package huawei

import (
	"slices"
	"time"
)

// New-customer tags.
const (
	tagNew          = "Y"
	tagNotNew       = "N"
	tagUndetermined = "UNDETERMINED" // may still become a new customer
	tagSMB          = "SMB"
)

// newCustomerMonths is how long a customer is a new one. Neither that nor what
// makes it one is published; here it is the first paid order.
const newCustomerMonths = 12

type newCustomerTag struct {
	CustomerID    string `json:"customer_id"`
	TagType       string `json:"customer_tag_type"`
	Tag           string `json:"new_customer_tag"` // empty without a real name
	EffectiveTime string `json:"effective_time,omitempty"`
	ExpireTime    string `json:"expire_time,omitempty"`
}

// listNewCustomerTags leaves out, without a word, who is not a customer of the
// partner, or of the reseller for whom it acts.
// https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001684055189.html
func listNewCustomerTags(s *Server, c *call) (any, error) {
	var q struct {
		CustomerIDs     []string `json:"customer_ids"`
		Offset          int      `json:"offset"`
		Limit           *int     `json:"limit"`
		IndirectPartner string   `json:"indirect_partner_id"`
	}
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if err := s.actFor(c, q.IndirectPartner); err != nil {
		return nil, err
	}
	tags := []newCustomerTag{}
	for _, customer := range s.state.customers {
		if c.serves(customer) && (len(q.CustomerIDs) == 0 || slices.Contains(q.CustomerIDs, customer.id)) {
			tags = append(tags, s.state.newCustomerTag(customer, c.now))
		}
	}
	return map[string]any{"new_customer_tags": window(tags, bodyPage(q.Offset, q.Limit))}, nil
}

func (s *state) newCustomerTag(c *customer, now time.Time) newCustomerTag {
	tag := newCustomerTag{CustomerID: c.id, TagType: tagSMB}
	if c.verification(now).status != realNameVerified {
		return tag
	}
	first := s.firstPayment(c.id)
	if first.IsZero() {
		tag.Tag = tagUndetermined
		return tag
	}
	from := monthOf(first)
	until := from.AddDate(0, newCustomerMonths-1, 0) // the last month that counts
	tag.EffectiveTime, tag.ExpireTime = from.Format(cycleLayout), until.Format(cycleLayout)
	tag.Tag = tagNew
	if monthOf(now).After(until) {
		tag.Tag = tagNotNew
	}
	return tag
}

// firstPayment is when the customer first paid an order; zero if never.
func (s *state) firstPayment(customerID string) time.Time {
	var first time.Time
	for _, o := range s.orders {
		if o.customerID == customerID && !o.paid.IsZero() && (first.IsZero() || o.paid.Before(first)) {
			first = o.paid
		}
	}
	return first
}

// monthOf is the beginning of the billing month.
func monthOf(t time.Time) time.Time {
	t = t.In(beijing)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, beijing)
}
