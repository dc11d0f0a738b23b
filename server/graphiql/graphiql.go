// Package graphiql serves the page on which a reader tries the API: GraphiQL with the schema's
// documentation, an explorer that builds operations, and examples. The page and all that it loads
// are in the program, and it makes no request to another origin, so it works without a network.
//
// README.md says how the files in dist are built.
package graphiql

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// ContentSecurityPolicy is what the page is served with. Scripts, workers, fonts and requests are
// of our origin only; nothing is evaluated. Styles may be inline because the editor (Monaco) makes
// style elements and attributes as it runs; images in its styles are data URLs.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed dist
	dist embed.FS

	//go:embed page.html.tmpl
	pageText string
	page     = template.Must(template.New("page").Parse(pageText))
)

// contentTypes are named here, and not taken from the system, so that they are the same everywhere.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".ttf": "font/ttf",
	".txt": "text/plain; charset=utf-8",
}

// Handler serves the page at / and its files below /assets/; every other path is not found. The
// page sends operations to endpoint, a URL that may be relative to the page ("graphql"). Links in
// the page are relative too, so the handler can be mounted below a prefix by http.StripPrefix.
//
// Files with a hash in their name may be cached for ever; the page is checked at each visit.
// Responses are compressed when the client takes gzip, and that work is done once a file.
func Handler(endpoint string) http.Handler {
	mux, err := newMux(endpoint)
	if err != nil { // the files are fixed when the program is built
		panic(fmt.Sprintf("graphiql: the embedded page is broken: %v", err))
	}
	return mux
}

func newMux(endpoint string) (*http.ServeMux, error) {
	var manifest struct{ Script, Style string }
	text, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	var html bytes.Buffer
	err = page.Execute(&html, map[string]any{
		"Script":   manifest.Script,
		"Style":    manifest.Style,
		"Settings": settings{Endpoint: endpoint, Examples: Examples()},
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", newFile(html.Bytes(), "text/html; charset=utf-8", "no-cache", ContentSecurityPolicy))

	entries, err := dist.ReadDir("dist")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		contentType, served := contentTypes[path.Ext(name)]
		if !served {
			continue
		}
		content, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil, err
		}
		caching := "public, max-age=31536000, immutable"
		if name == "LICENCES.txt" { // no hash in its name
			caching = "no-cache"
		}
		// A worker is under the policy of its own file, and needs nothing.
		mux.Handle("GET /assets/"+name, newFile(content, contentType, caching, "default-src 'none'"))
	}
	return mux, nil
}

// settings is what the page reads from its settings element.
type settings struct {
	Endpoint string    `json:"endpoint"`
	Examples []Example `json:"examples"`
}

// file is a response that never changes.
type file struct {
	content                []byte
	gzipped                func() []byte
	contentType, tag       string
	caching, contentPolicy string
}

func newFile(content []byte, contentType, caching, contentPolicy string) *file {
	return &file{
		content: content,
		gzipped: sync.OnceValue(func() []byte {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			// Writing to memory cannot fail.
			_, _ = w.Write(content)
			_ = w.Close()
			return b.Bytes()
		}),
		contentType: contentType, caching: caching, contentPolicy: contentPolicy,
		tag: fmt.Sprintf("%x", sha256.Sum256(content))[:16],
	}
}

func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, tag := f.content, f.tag
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		content, tag = f.gzipped(), tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.caching)
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Content-Security-Policy", f.contentPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func takesGzip(acceptEncoding string) bool {
	for coding := range strings.SplitSeq(acceptEncoding, ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}
