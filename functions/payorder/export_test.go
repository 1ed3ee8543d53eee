package payorder

// MustBePayable says why an order cannot be paid at an instant.
var MustBePayable = mustBePayable

// RefusalOf is refusalOf.
var RefusalOf = refusalOf

// FindPayment tells by an order what became of a payment.
var FindPayment = findPayment

// Hints are the order ids that a return's query may be asked for.
var Hints = hints
