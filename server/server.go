// Package server serves the graph over HTTP: GraphQL at /graphql, the page that tries it at /, and /healthz and /readyz. It carries
// requests, limits, ids and log lines; it reads nothing of the graph itself.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"

	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/server/graphiql"
)

// Config says what is served and within which limits. A limit that is 0 has the default named.
type Config struct {
	Store Store           // read, not closed; nil: it comes with [Server.Open]
	Heads resolvers.Heads // where the newest revision is known from; nil: the store is asked at every operation
	Log   *slog.Logger    // nil: nothing is logged

	Limits    resolvers.Limits // of what an operation may ask for
	MaxBody   int              // bytes of a request's body: 1 MiB
	MaxLength int              // bytes of an operation's text: 64 KiB
	Timeout   time.Duration    // of an operation and its store calls: 10 s
	Drain     time.Duration    // for the requests under way when the server is told to end: 10 s

	// Origins are those whose pages may read answers in a browser, such as "https://example.org". Nil: any; empty: none. Credentials
	// are never asked for.
	Origins []string
}

// Store is the part of [graph.Store] that a server needs.
type Store interface {
	resolvers.Store
	Ping(ctx context.Context) error
}

// Server answers requests. It is an [http.Handler], safe for concurrent use.
type Server struct {
	config  Config
	handler atomic.Pointer[http.Handler]
	store   Store // nil until it is open
	open    atomic.Bool
	log     *slog.Logger
	drain   time.Duration
	timeout time.Duration
}

// New returns a server over a store. It starts nothing. Without a store it says that it is alive and not ready, until it is opened.
func New(c Config) *Server {
	s := &Server{
		config:  c,
		log:     slog.New(slog.DiscardHandler),
		drain:   cmp.Or(c.Drain, 10*time.Second),
		timeout: cmp.Or(c.Timeout, defaultTimeout),
	}
	if c.Log != nil {
		s.log = slog.New(requestHandler{c.Log.Handler()})
	}
	if c.Store != nil {
		s.Open(c.Store, c.Heads)
		return s
	}
	s.route(http.HandlerFunc(notOpen), http.HandlerFunc(graphNotOpen), notOpen)
	return s
}

// Open gives a server that was made without one its store, and where the newest revision is known from (nil: the store is asked).
func (s *Server) Open(store Store, heads resolvers.Heads) {
	c := s.config
	s.store = store
	api := resolvers.NewServer(store, resolvers.Options{Heads: heads, Limits: c.Limits, Log: s.log})
	api.AddTransport(transport{
		log:       s.log,
		maxBody:   cmp.Or(c.MaxBody, defaultBody),
		maxLength: cmp.Or(c.MaxLength, defaultLength),
		timeout:   s.timeout,
		persisted: newPersisted(),
	})
	s.route(graphiql.Handler("graphql"), compressed(api), s.ready)
	s.open.Store(true)
}

// route answers requests from now on with the page, the API and the readiness given.
func (s *Server) route(page, api http.Handler, ready http.HandlerFunc) {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page)
	mux.Handle("GET /assets/", page)
	mux.Handle("/graphql", shared(s.config.Origins, api))
	mux.HandleFunc("GET /healthz", s.alive)
	mux.HandleFunc("GET /readyz", ready)
	handler := s.observe(contain(s.log, secure(mux)))
	s.handler.Store(&handler)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.handler.Load()).ServeHTTP(w, r)
}

// Serve answers on a listener, which it closes, until the context ends. Then it takes no more requests and lets those under way
// finish for as long as Drain; what is not done by then is cut off, and Serve says so. While the server is not open nothing is under way
// that is worth waiting for, and Serve ends at once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler:     s,
		BaseContext: func(net.Listener) context.Context { return requests },
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),

		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      s.timeout + 30*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader - 4096, // net/http takes 4096 more
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if !s.open.Load() {
		cut()
		return server.Close()
	}
	s.log.Info("stopping", "drain", s.drain)
	drain, cancel := context.WithTimeout(requests, s.drain)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		cut()
		return fmt.Errorf("requests were cut off after %s: %w", s.drain, errors.Join(err, server.Close()))
	}
	return nil
}

// compressed sends what is longer than a packet with gzip or zstd, as the client takes it.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400))
	if err != nil { // the options are fixed
		panic(err)
	}
	return wrap(next)
}

// shared lets pages of other origins read the answers. No request carries credentials, so any of its headers is harmless.
func shared(origins []string, next http.Handler) http.Handler {
	if origins == nil {
		origins = []string{"*"}
	}
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{requestID},
		MaxAge:         int((24 * time.Hour).Seconds()),
	}).Handler(next)
}

// secure sets the headers that keep an answer from being taken for a page, a script or a part of another site's page. The page at /
// sets its own policy.
func secure(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	}
}
