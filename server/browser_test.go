package server_test

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/policygraph/policygraph/internal/browsertest"
	"github.com/policygraph/policygraph/server"
)

// TestBrowser asks the first example on the page of a real server, with the curated records, and reads its answer there.
func TestBrowser(t *testing.T) {
	url, stop, ended := running(t, server.Config{Store: seededStore(t)})
	page := browsertest.Open(t, url+"/")
	page.Do(
		chromedp.WaitVisible(chromedp.CSS(`.graphiql-query-editor .view-line`)),
		chromedp.Click(chromedp.CSS(`.graphiql-execute-button`)),
		chromedp.Poll[chromedp.Void](answerText+`.includes('"extensions"')`),
	)
	answer := browsertest.Run(page, chromedp.Evaluate[string](answerText))
	if strings.Contains(answer, `"errors"`) {
		t.Errorf("the first example's answer has errors:\n%s", answer)
	}
	for _, want := range []string{"Primary care trusts", "org:clinical-commissioning-groups", "Health and Social Care Act 2012", `"locator"`, `"revision": 1`} {
		if !strings.Contains(answer, want) {
			t.Errorf("the first example's answer lacks %s:\n%s", want, answer)
		}
	}
	if file := os.Getenv("SCREENSHOT"); file != "" {
		if err := os.WriteFile(file, browsertest.Run(page, chromedp.CaptureScreenshot()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if faults := page.Faults(); len(faults) > 0 {
		t.Errorf("the page has faults:\n%s", strings.Join(faults, "\n"))
	}
	if outside := page.Outside(); len(outside) > 0 {
		t.Errorf("the page asked elsewhere:\n%s", strings.Join(outside, "\n"))
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// answerText reads the whole answer in the editor on the right, not only the lines on the screen.
const answerText = `globalThis.__MONACO.editor.getModels().find(m => m.uri.path.endsWith('response.json')).getValue()`
