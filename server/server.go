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
	"time"

	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/server/graphiql"
)

// Config says what is served and within which limits. A limit that is 0 has the default named.
type Config struct {
	Store Store           // read, not closed
	Heads resolvers.Heads // where the newest revision is known from; nil: the store is asked at every operation
	Log   *slog.Logger    // nil: nothing is logged

	Limits  resolvers.Limits // of what an operation may ask for
	MaxBody int64            // bytes of a request's body: 1 MiB
	Timeout time.Duration    // of an operation and its store calls: 10 s
	Drain   time.Duration    // for the requests under way when the server is told to end: 10 s
}

// Store is the part of [graph.Store] that a server needs.
type Store interface {
	resolvers.Store
	Ping(ctx context.Context) error
}

// Server answers requests. It is an [http.Handler], safe for concurrent use.
type Server struct {
	handler http.Handler
	store   Store
	log     *slog.Logger
	drain   time.Duration
	timeout time.Duration
}

// New returns a server over a store. It starts nothing.
func New(c Config) *Server {
	s := &Server{
		store:   c.Store,
		log:     slog.New(slog.DiscardHandler),
		drain:   cmp.Or(c.Drain, 10*time.Second),
		timeout: cmp.Or(c.Timeout, 10*time.Second),
	}
	if c.Log != nil {
		s.log = slog.New(requestHandler{c.Log.Handler()})
	}
	api := resolvers.NewServer(c.Store, resolvers.Options{Heads: c.Heads, Limits: c.Limits, Log: s.log})
	api.AddTransport(transport{log: s.log, maxBody: cmp.Or(c.MaxBody, 1<<20), timeout: s.timeout})

	mux := http.NewServeMux()
	mux.Handle("/", graphiql.Handler("graphql"))
	mux.Handle("/graphql", api)
	mux.HandleFunc("GET /healthz", s.alive)
	mux.HandleFunc("GET /readyz", s.ready)
	s.handler = s.observe(contain(s.log, secure(mux)))
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers on a listener, which it closes, until the context ends. Then it takes no more requests and lets those under way
// finish for as long as Drain; what is not done by then is cut off, and Serve says so.
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
		MaxHeaderBytes:    64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
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
