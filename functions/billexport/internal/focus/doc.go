// Package focus writes fee records as the FinOps Open Cost and Usage Specification
// (FOCUS) 1.2 wants them, in the view of the partner who resells: docs/focus.md says
// which column is made of what.
package focus
