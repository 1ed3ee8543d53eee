package huawei

// States of a stored-value card in its list.
const (
	cardUsable = 1
	cardUsedUp = 2
)

const storedCardName = "储值卡"

type storedCardRow struct {
	ID            string `json:"card_id"`
	Name          string `json:"card_name"`
	Status        int    `json:"status"`
	FaceValue     string `json:"face_value"`
	Balance       string `json:"balance"`
	EffectiveTime string `json:"effective_time"`
	ExpireTime    string `json:"expire_time"`
}

// listStoredCards answers the stored-value cards of the customer who calls. One
// that has expired is neither usable nor used up: no status finds it.
func listStoredCards(s *Server, c *call) (any, error) {
	rows := []storedCardRow{}
	for _, p := range s.state.coupons {
		status := p.cardStatus()
		if p.customerID == c.caller.customer && status != 0 &&
			c.filteredNumber("status", status) && c.filtered("card_id", p.id) {
			rows = append(rows, storedCardRow{
				ID: p.id, Name: storedCardName, Status: status,
				FaceValue: p.faceValue.StringFixed(2), Balance: p.balance.StringFixed(2),
				EffectiveTime: instant(p.valid), ExpireTime: instant(p.expires),
			})
		}
	}
	return map[string]any{"stored_value_cards": window(rows, c.page()), "total_count": len(rows)}, nil
}

// cardStatus is 0 for what is no card or has expired.
func (p *coupon) cardStatus() int {
	switch {
	case p.kind != CouponStoredCard:
		return 0
	case p.status == couponUsable:
		return cardUsable
	case p.status == couponUsed:
		return cardUsedUp
	}
	return 0
}
