package huawei

// rateSpan counts the calls of one account to one operation in one second.
type rateSpan struct {
	second int64 // Unix time
	calls  int
}

// spendQuota takes one call from the quota of the operation, which every
// account has for itself, in fixed windows of one second.
func (s *Server) spendQuota(e *endpoint, c *call) error {
	if s.options.QuotaOff {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := e.id + " " + c.caller.customer
	span := s.state.windows[key]
	if span == nil {
		span = &rateSpan{}
		s.state.windows[key] = span
	}
	if second := c.now.Unix(); span.second != second {
		*span = rateSpan{second: second}
	}
	if span.calls >= e.quota {
		return errThrottled(e.quota)
	}
	span.calls++
	return nil
}
