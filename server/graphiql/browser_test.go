package graphiql_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/internal/browsertest"
	"github.com/policygraph/policygraph/server/graphiql"
)

// TestBrowser opens the page in a browser before an API that refuses introspection: what is tested
// is the page by itself. The page with the real API is tested in package server.
func TestBrowser(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("GET /", graphiql.Handler("graphql"))
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"errors":[{"message":"refused"}]}`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	page := browsertest.Open(t, server.URL+"/")
	first, second := graphiql.Examples()[0], graphiql.Examples()[1]

	page.Do(chromedp.WaitVisible(chromedp.CSS(`.graphiql-query-editor .view-line`)))
	if title := browsertest.Run(page, chromedp.Title()); title != "policygraph" {
		t.Errorf("title %q, want policygraph", title)
	}
	if diff := cmp.Diff(first.Query, browsertest.Run(page, editorText)); diff != "" {
		t.Errorf("the editor at first (-want first example +got):\n%s", diff)
	}
	var titles []string
	for _, example := range graphiql.Examples() {
		titles = append(titles, example.Title)
	}
	listed := browsertest.Run(page, chromedp.Evaluate[[]string](`[...document.querySelectorAll('.examples li button')].map(b => b.textContent)`))
	if diff := cmp.Diff(titles, listed); diff != "" {
		t.Errorf("list of examples (-want +got):\n%s", diff)
	}

	page.Do(chromedp.Click(chromedp.CSS(`.examples li:nth-child(2) button`)))
	if diff := cmp.Diff(second.Query, browsertest.Run(page, editorText)); diff != "" {
		t.Errorf("the editor after a click (-want second example +got):\n%s", diff)
	}

	// The reader is shown the refusal.
	page.Do(
		chromedp.Click(chromedp.CSS(`.graphiql-execute-button`)),
		chromedp.Poll[chromedp.Void](`document.querySelector('.result-window').textContent.includes('refused')`),
	)

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
}

// editorText reads the whole operation in the editor, not only the lines on the screen.
var editorText = chromedp.Evaluate[string](`globalThis.__MONACO.editor.getModels().find(m => m.uri.path.endsWith('operation.graphql')).getValue()`)
