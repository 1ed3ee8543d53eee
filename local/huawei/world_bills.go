package huawei

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type billsToAdd struct {
	Cycle      string `json:"cycle"`
	CustomerID string `json:"customer_id"`
	Rows       int    `json:"rows"`
}

func (s *Server) addBills(_ context.Context, in billsToAdd) (any, error) {
	return done(s.AddBills(in.Cycle, in.CustomerID, in.Rows))
}

func (s *Server) spoilBill(_ context.Context, in Spoil) (any, error) { return done(s.Spoil(in)) }

type newConsumers struct {
	Cycle     string `json:"cycle"`
	Customers int    `json:"customers"`
	Rows      int    `json:"rows"` // of each
}

func (s *Server) addConsumers(_ context.Context, in newConsumers) (any, error) {
	ids, err := s.AddConsumers(in.Cycle, in.Customers, in.Rows)
	return map[string]any{"customer_ids": list(ids)}, err
}

// AddBills gives a customer fee records in a cycle, a month of GMT+8 such as
// "2024-05" that has begun. They follow from the seed, the cycle and the
// customer. Called again, it adds later ones.
func (s *Server) AddBills(cycle, customerID string, rows int) error {
	start, err := checkNewBills(cycle, rows)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(customerID)
	if err != nil {
		return err
	}
	if c.association == "" {
		return fmt.Errorf("huawei: adding bills: customer %s is not associated with the partner", customerID)
	}
	return s.bill(cycle, c, rows, start)
}

func checkNewBills(cycle string, rows int) (start time.Time, err error) {
	if start, err = time.ParseInLocation(cycleLayout, cycle, beijing); err != nil {
		return start, fmt.Errorf("huawei: adding bills: the cycle is not a month like 2024-05: %w", err)
	}
	if rows <= 0 {
		return start, errors.New("huawei: adding bills: the number of rows is not positive")
	}
	return start, nil
}

// bill gives the customer records; start is that of the cycle.
func (s *Server) bill(cycle string, c *customer, rows int, start time.Time) error {
	b := s.state.billsOf(cycle, c.id)
	if b == nil {
		b = s.newCustomerBills(cycle, c)
	}
	now := s.now()
	if err := b.add(rows, start, now); err != nil {
		return err
	}
	if len(b.batches) == 1 {
		s.state.bills = append(s.state.bills, b)
	}
	if c.settledMonthly() {
		s.chargeRecords(b, len(b.batches)-1, now)
	}
	s.record(Effect{Time: now, Operation: "AddBills", CustomerID: c.id, Reference: cycle})
	return nil
}

// maxConsumers bounds how many customers there may be after AddConsumers.
const maxConsumers = 20_000

// AddConsumers adds so many customers, to whom the partner sells, each with so many
// fee records in a cycle, and returns their ids. It takes little time and memory
// however many the records are.
func (s *Server) AddConsumers(cycle string, customers, rows int) ([]string, error) {
	start, err := checkNewBills(cycle, rows)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := len(s.state.customers); customers <= 0 || before+customers > maxConsumers {
		return nil, fmt.Errorf("huawei: adding consumers: %d of them beside %d are none or more than %d", customers, before, maxConsumers)
	}
	if !start.Before(s.now()) {
		return nil, fmt.Errorf("huawei: adding consumers: %s has not begun", cycle)
	}
	association := AssociationResale
	if s.abroad() {
		association = AssociationReseller
	}
	ids := make([]string, 0, customers)
	for range customers {
		c := s.newConsumer(association)
		ids = append(ids, c.id)
		if err := s.bill(cycle, c, rows, start); err != nil {
			return ids, err
		}
	}
	return ids, nil
}

// newConsumer is a customer that the partner sees at once, under a name that nobody
// has.
func (s *Server) newConsumer(association string) *customer {
	now := s.now()
	number := len(s.state.customers) + 1
	for s.state.account(consumerName(number)) != nil {
		number++
	}
	c := &customer{
		id: s.newCustomerID(), accountName: consumerName(number), password: AccountPassword,
		association: association, createdOn: now, associatedOn: now,
	}
	s.state.customers = append(s.state.customers, c)
	s.record(Effect{Time: now, Operation: "AddAccount", CustomerID: c.id})
	return c
}

func consumerName(number int) string { return fmt.Sprintf("consumer-%05d", number) }
