package huawei

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// What became of a budget.
const (
	budgetSet     = "SETTING"
	budgetDeleted = "DELETE" // the customer left the partner
)

// bySystem is who changes a budget where no partner does.
const bySystem = "system"

// budgetRecord says how a budget was set, and that it ended.
type budgetRecord struct {
	customerID string
	reseller   string // whose customer it was; empty: the partner's own
	amount     decimal.Decimal
	kind       string
	operation  string
	operator   string
	time       time.Time
}

func (s *Server) recordBudget(reseller string, b *budget, operation, operator string, now time.Time) {
	s.state.budgetRecords = append(s.state.budgetRecords, budgetRecord{
		b.customerID, reseller, b.amount, b.kind, operation, operator, now,
	})
}

type budgetRecordRow struct {
	Amount      money  `json:"budget_amount"`
	Operation   string `json:"operation_type"`
	Time        string `json:"operation_time"`
	Operator    string `json:"operator"`
	Kind        string `json:"budget_type"`
	CorpName    string `json:"partner_corp_name"`
	AccountName string `json:"partner_account_name"`
}

// listBudgetRecords answers the records of one customer, oldest first, also after
// it left the partner. Somebody else's customer has none.
func listBudgetRecords(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	if err := c.checkWord("operation_type", budgetSet, budgetDeleted); err != nil {
		return nil, err
	}
	if err := c.checkWord("budget_type", budgetMonthly, budgetPackage); err != nil {
		return nil, err
	}
	rows := []budgetRecordRow{}
	for _, r := range s.state.budgetRecords {
		if r.customerID == c.query.Get("customer_id") && r.reseller == c.reseller && s.recordVisible(r.time, c.now) &&
			c.filtered("operation_type", r.operation) && c.filtered("budget_type", r.kind) {
			rows = append(rows, s.budgetRecordRow(r))
		}
	}
	return map[string]any{
		"record_list": window(rows, c.page()), "total_count": len(rows), "measure_id": measureYuan, "currency": s.currency(),
	}, nil
}

// checkWord refuses a filter that is there and is none of the words; also the
// empty text is none.
func (c *call) checkWord(name string, words ...string) error {
	if c.query.Has(name) && !slices.Contains(words, c.query.Get(name)) {
		return errParameter(name + " is neither " + words[0] + " nor " + words[1])
	}
	return nil
}

func (s *Server) budgetRecordRow(r budgetRecord) budgetRecordRow {
	row := budgetRecordRow{
		Amount: money(r.amount), Operation: r.operation, Time: instant(r.time), Operator: r.operator, Kind: r.kind,
		CorpName: s.options.Operator.Domain, AccountName: s.options.Operator.Domain,
	}
	if names := s.state.reseller(r.reseller); names != nil {
		row.CorpName, row.AccountName = names.name, names.accountName
	}
	return row
}
