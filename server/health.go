package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/policygraph/policygraph/resolvers"
)

// readyWithin is how long the store may take to say that it is there.
const readyWithin = 2 * time.Second

// alive says that the process answers.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "alive") }

// ready says whether operations can be answered: the store can be read, and a graph has been published.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	head, err := s.store.Head(ctx)
	if ping := s.store.Ping(ctx); ping != nil {
		err = ping
	}
	switch {
	case err != nil:
		s.log.DebugContext(ctx, "not ready", "error", err) // as its request: a balancer asks every few seconds
		text(w, http.StatusServiceUnavailable, "not ready: the store cannot be read")
	case head.Number == 0:
		text(w, http.StatusServiceUnavailable, "not ready: nothing has been loaded yet; load a graph with `policygraph load`")
	default:
		text(w, http.StatusOK, fmt.Sprintf("ready: revision %d", head.Number))
	}
}

// notOpen refuses what needs the graph before there is one.
func notOpen(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "1")
	text(w, http.StatusServiceUnavailable, "not ready: "+opening)
}

// graphNotOpen refuses an operation in the same way.
func graphNotOpen(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "1")
	refuse(w, r, mediaGraphQL, refusal{status: http.StatusServiceUnavailable, code: resolvers.CodeUnavailable, message: opening})
}

// opening is why a server that has just started answers nothing yet.
const opening = "the graph is being opened, and filled if it is empty; ask again in a moment"

func text(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, sentence) // a client that has gone is no fault
}
