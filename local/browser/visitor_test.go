package browser_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
)

// patience bounds one thing that the browser does, on a busy machine too.
const patience = 30 * time.Second

// visitor is a person at a browser, before a harness of its own, whose clock stands
// still.
type visitor struct {
	*harness.Harness
	*watch
	t     *testing.T
	tab   context.Context
	clock *clock.Simulated
	shots int
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{t: t, watch: &watch{}, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	const free = "127.0.0.1:0"
	h, err := harness.Start(t.Context(), harness.Options{
		Addr: free, SimAddr: free, AdminAddr: free, PlatformAddr: free, Clock: v.clock, Seed: 1, ExportDir: t.TempDir(),
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	require.NoError(t, err)
	v.Harness = h
	v.open(t)
	return v
}

// open gives the visitor a tab in a profile without cookies. What the tab did that no
// page may do fails the test at its end.
func (v *visitor) open(t *testing.T) {
	t.Helper()
	tab, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(v.hear))
	require.NoError(t, chromedp.Do(tab))
	v.tab = tab
	require.NoError(t, os.RemoveAll(v.folder()))
	require.NoError(t, os.MkdirAll(v.folder(), 0o755))
	t.Cleanup(func() {
		if t.Failed() {
			v.shot("failed")
		}
		cancel()
		assert.NoError(t, v.Close(context.WithoutCancel(t.Context())))
		assert.Empty(t, v.found(), "what no page may do")
	})
}

func (v *visitor) folder() string {
	return filepath.Join(artifacts(), strings.TrimPrefix(v.t.Name(), "Test"))
}

func (v *visitor) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		require.NoError(v.t, err, "%s, at %s", what, v.location())
	}
}

func (v *visitor) goTo(address string) {
	v.t.Helper()
	v.do("go to "+address, chromedp.Navigate(address))
}

// sees waits until an element is there.
func (v *visitor) sees(selector string) {
	v.t.Helper()
	v.do("see "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

func (v *visitor) reads(selector string) string {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	require.NoError(v.t, err, selector)
	return text
}

// fills types into the fields of a form.
func (v *visitor) fills(form string, fields map[string]string) {
	v.t.Helper()
	v.sees(form)
	for name, text := range fields {
		input := chromedp.CSS(fmt.Sprintf("%s input[name=%s]", form, name))
		v.do("fill in "+name, chromedp.Clear(input), chromedp.SendKeys(input, text))
	}
}

// presses clicks a form's button.
func (v *visitor) presses(form string) {
	v.t.Helper()
	v.sees(form)
	v.do("press the button of "+form, chromedp.Click(chromedp.CSS(form+" button")))
}

func (v *visitor) location() string {
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "an unknown address"
	}
	return address
}

// shot keeps a picture of the page, numbered in the order of the journey.
func (v *visitor) shot(name string) {
	v.t.Helper()
	v.shots++
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if !assert.NoError(v.t, err) {
		return
	}
	file := filepath.Join(v.folder(), fmt.Sprintf("%02d-%s.png", v.shots, name))
	assert.NoError(v.t, os.WriteFile(file, picture, 0o644))
}

func (v *visitor) signsIn(account string) {
	v.t.Helper()
	v.fills("#sign-in", map[string]string{"account": account, "password": harness.CustomerPassword})
	v.shot("platform-sign-in")
	v.presses("#sign-in")
}
