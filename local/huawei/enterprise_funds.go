package huawei

import (
	"net/http"
	"regexp"
	"time"

	"github.com/shopspring/decimal"
)

var fenAmount = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,2})?$`)

// enterpriseTransfer is money that went from a master to a member; a negative
// amount came back.
type enterpriseTransfer struct {
	id     string
	master *customer
	member *customer
	amount decimal.Decimal
	time   time.Time
}

type memberTransfer struct {
	CustomerID  string  `json:"customer_id"`
	Amount      string  `json:"amount"`
	TransID     string  `json:"trans_id"`
	BalanceType *string `json:"balance_type"` // absent: cash
}

// transferToMember moves money from the master's cash to a member's.
// https://support.huaweicloud.com/api-oce/ep_00016.html
func transferToMember(s *Server, c *call) (any, error) {
	r, x, m, err := s.memberTransfer(c)
	if err != nil {
		return nil, err
	}
	amount := decimal.RequireFromString(r.Amount)
	if amount.GreaterThan(x.master.cash) {
		return nil, errInsufficient()
	}
	s.carryTransfer(c, r, x, enterpriseTransfer{master: x.master, member: m.customer, amount: amount})
	return nil, nil
}

// retrieveFromMember moves money back that the master had transferred.
// https://support.huaweicloud.com/api-oce/ep_00017.html
func retrieveFromMember(s *Server, c *call) (any, error) {
	r, x, m, err := s.memberTransfer(c)
	if err != nil {
		return nil, err
	}
	amount := decimal.RequireFromString(r.Amount)
	if amount.GreaterThan(s.state.enterprise.retrievable(m.customer)) {
		return nil, errInsufficient()
	}
	s.carryTransfer(c, r, x, enterpriseTransfer{master: x.master, member: m.customer, amount: amount.Neg()})
	return nil, nil
}

// memberTransfer reads a transfer or its reverse and refuses what both refuse.
// A trans_id that was used comes first, so that who repeats a request whose
// answer was lost learns that it was carried out.
func (s *Server) memberTransfer(c *call) (r memberTransfer, x *enterprise, m *member, err error) {
	if err := c.decode(&r); err != nil {
		return r, nil, nil, err
	}
	if x, err = s.master(c); err != nil {
		return r, nil, nil, err
	}
	if err := checkFenAmount(r.Amount); err != nil {
		return r, nil, nil, err
	}
	if r.BalanceType != nil {
		if *r.BalanceType == balanceCredit && x.master.conditions.CreditExpired {
			return r, nil, nil, refuse(http.StatusBadRequest, "CBC.99007181", "the credit to be moved has expired")
		}
		if err := checkBalanceType(*r.BalanceType); err != nil {
			return r, nil, nil, err
		}
	}
	if err := x.checkTransID(r.TransID); err != nil {
		return r, nil, nil, err
	}
	if m = x.member(r.CustomerID); m == nil {
		return r, nil, nil, refuse(http.StatusBadRequest, "CBC.99007001", "the member is not associated with the master")
	}
	return r, x, m, x.checkMovable(m, c.now)
}

func checkFenAmount(amount string) error {
	if !fenAmount.MatchString(amount) || !decimal.RequireFromString(amount).IsPositive() {
		return errParameter("amount is not greater than 0 with at most 2 decimals")
	}
	return nil
}

// checkBalanceType refuses credit accounts, which nobody has, and what is no
// account at all.
func checkBalanceType(kind string) error {
	switch kind {
	case balanceDebit:
		return nil
	case balanceCredit:
		return refuse(http.StatusBadRequest, "CBC.99000047", "the account does not exist")
	}
	return errParameter("balance_type is neither BALANCE_TYPE_DEBIT nor BALANCE_TYPE_CREDIT")
}

func (x *enterprise) checkTransID(id string) error {
	if x.used[id] {
		return refuse(http.StatusBadRequest, "CBC.99007009", "the transaction id is a duplicate")
	}
	return nil
}

// use notes the trans_id of what was carried out; an empty one is Huawei Cloud's
// own and never repeated.
func (x *enterprise) use(transID string) {
	if transID != "" {
		x.used[transID] = true
	}
}

func (x *enterprise) checkMovable(m *member, now time.Time) error {
	switch {
	case m.custody:
		return refuse(http.StatusBadRequest, "CBC.99000086", "the member's finances are not independent of the master's")
	case m.status(now) != memberNormal:
		return errBusinessCheck("the member is still being created")
	case m.customer.frozen() || x.master.frozen():
		return errBusinessCheck("the account is frozen")
	}
	return nil
}

func (s *Server) carryTransfer(c *call, r memberTransfer, x *enterprise, t enterpriseTransfer) {
	t.id, t.time = "EM"+s.newNumber(18), c.now
	s.move(t.master, t.amount.Neg(), t.id, c.now)
	s.move(t.member, t.amount, t.id, c.now)
	s.state.enterprise.transfers = append(s.state.enterprise.transfers, t)
	x.use(r.TransID)
	e := c.effect(t.member.id, t.id)
	e.Amount, e.Currency = t.amount.Abs(), s.currency()
	s.record(e)
}

// retrievable is what is left with the member of what its master transferred.
func (e *enterprises) retrievable(member *customer) decimal.Decimal {
	given := sumOf(e.transfers, func(t enterpriseTransfer) decimal.Decimal {
		if t.member == member {
			return t.amount
		}
		return decimal.Zero
	})
	return decimal.Min(given, member.cash)
}

type movableRow struct {
	Transferable *money `json:"avail_transfer_amount,omitempty"`
	Retrievable  *money `json:"avail_retrieve_amount,omitempty"`
	MeasureID    int    `json:"measure_id"`
	Currency     string `json:"currency"`
}

// movable answers the one row of a cash account, which has no pages.
func (s *Server) movable(row movableRow) any {
	row.MeasureID, row.Currency = measureYuan, s.currency()
	return map[string]any{"amount_infos": []movableRow{row}, "total_count": 1}
}

// showTransferable answers what the master can transfer.
func showTransferable(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	if err := checkBalanceType(c.query.Get("balance_type")); err != nil {
		return nil, err
	}
	return s.movable(movableRow{Transferable: numberPointer(x.master.cash)}), nil
}

// showRetrievable answers what the master can take back from a member.
func showRetrievable(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	if err := checkBalanceType(c.query.Get("balance_type")); err != nil {
		return nil, err
	}
	m := x.member(c.query.Get("sub_customer_id"))
	if m == nil {
		return nil, refuse(http.StatusBadRequest, "CBC.99000047", "the account does not exist")
	}
	return s.movable(movableRow{Retrievable: numberPointer(s.state.enterprise.retrievable(m.customer))}), nil
}
