package huawei

// Replace puts another handler in the place of an operation's.
func (s *Server) Replace(operationID string, do func() (any, error)) {
	s.operations[operationID] = func(*Server, *call) (any, error) { return do() }
}

// Forget takes the handler of an operation away.
func (s *Server) Forget(operationID string) { delete(s.operations, operationID) }

// CheckOperations finds handlers of operations that the contract does not know.
func (s *Server) CheckOperations() error { return s.checkOperations() }

// Has reports whether the server answers an operation.
func (s *Server) Has(operationID string) bool { return s.operations[operationID] != nil }
