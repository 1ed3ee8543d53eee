package browser_test

import "testing"

func TestJourney(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.goTo(v.PlatformURL)
	v.signsIn("platform-2001")
	v.sees("#huawei-cloud")
	v.shot("platform-account")
	v.presses("#huawei-cloud")
	v.sees("main h1")
}
