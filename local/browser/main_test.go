package browser_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the context of the one browser of this process; each test has a profile
// of its own in it.
var chromium context.Context

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	path, err := executable()
	if err != nil {
		return 1, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("headless", "new"),
		// CI is root, for whom Chromium has no sandbox. It sees this machine's pages only:
		chromedp.NoSandbox,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.WindowSize(1000, 800),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		return 1, fmt.Errorf("%s does not start: %w", path, err)
	}
	chromium = ctx
	return m.Run(), nil
}

// executable finds the browser. Without one nothing is tested, so that is a failure.
func executable() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no browser: install Debian's package chromium (.ci/browser.sh does), or set CHROMIUM to the path of one")
}

// artifacts is the folder where the screenshots are kept.
func artifacts() string {
	return cmp.Or(os.Getenv("BROWSER_ARTIFACTS"), filepath.Join("..", "..", ".ci", "artifacts", "browser"))
}
