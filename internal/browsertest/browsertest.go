// Package browsertest opens pages in a real browser for tests: Chromium without a window, with an
// empty profile, and without a way to other hosts than that of the page. It does not drive other browsers.
package browsertest

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// limit is how long a browser may live: many times what a page needs on a busy machine.
const limit = 2 * time.Minute

// Page is a page in a browser of its own, with what it wrote to the console and what it asked for
// since it was opened. It is for one goroutine.
type Page struct {
	t       testing.TB
	ctx     context.Context
	origin  *url.URL
	console func() (chromedp.ConsoleMessage, error, bool)
	faults  []string
	marks   int

	mu       sync.Mutex // see is called by the reader of the browser's messages
	requests []string
}

// Open starts a browser, loads address, and closes the browser when the test ends. Where there is
// no Chromium it skips the test, or with CI=true fails it.
func Open(t testing.TB, address string) *Page {
	t.Helper()
	program := find(t)
	origin, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{t: t, origin: origin}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE "+origin.Hostname()),
		chromedp.WindowSize(1400, 900),
	}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-default-apps", "disable-extensions", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(name, true))
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	ctx, closeAllocator := chromedp.NewExecAllocator(ctx, options...)
	p.ctx, _ = chromedp.NewContext(ctx, chromedp.WithListener(p.see)) // Cancel, below, ends it
	console, closeConsole := iter.Pull2(chromedp.Console(p.ctx))
	p.console = console
	t.Cleanup(func() {
		closeConsole()
		if err := chromedp.Cancel(p.ctx); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
		closeAllocator()
		stop()
	})
	p.Do(chromedp.Navigate(address))
	return p
}

// Do runs steps in the page, and ends the test if one of them fails.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Run runs an action in the page and returns its value, and ends the test if it fails.
func Run[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, action)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	return value
}

// Faults returns the warnings and errors on the page's console until now, in their order:
// exceptions, requests that failed, and what its security policy refused among them.
func (p *Page) Faults() []string {
	p.t.Helper()
	p.marks++
	mark := fmt.Sprintf("browsertest: mark %d", p.marks)
	p.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("console.info(%q)", mark)))
	for {
		switch m, err, ok := p.console(); {
		case !ok || err != nil:
			p.t.Fatalf("browser: the console ended (%v)", err)
		case m.Text == mark:
			return slices.Clone(p.faults)
		case m.Type != chromedp.ConsoleLog && m.Type != chromedp.ConsoleDebug && m.Type != chromedp.ConsoleInfo:
			p.faults = append(p.faults, fmt.Sprintf("%s (%s:%d)", m, m.URL, m.Line+1))
		}
	}
}

// Outside returns the addresses at other origins that the page asked for, or tried to. What the
// browser itself does in the background is not in it (and cannot leave the machine).
func (p *Page) Outside() []string {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) == 0 {
		p.t.Fatal("browser: no request was seen, not even the page's own")
	}
	var outside []string
	for _, address := range p.requests {
		u, err := url.Parse(address)
		own := err == nil && (u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == p.origin.Scheme && u.Host == p.origin.Host)
		if !own {
			outside = append(outside, address)
		}
	}
	return outside
}

func (p *Page) see(event any) {
	if e, ok := event.(*network.EventRequestWillBeSent); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, e.Request.URL)
	}
}

// find returns the path of Chromium: $CHROMIUM, or one of the names it is installed under.
func find(t testing.TB) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "chrome"}
	if name := os.Getenv("CHROMIUM"); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	message := fmt.Sprintf("this test needs Chromium, and there is none of %q: install it "+
		"(Debian: apt-get install chromium), or name the program in CHROMIUM", names)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}
