package neo4jstore_test

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// inside matches what no message may show.
var inside = regexp.MustCompile(`(?i)neo4jerror|connectivity|MATCH|127\.0\.0\.1|EOF|dial`)

// TestServerKilled kills the server in the middle of a load. Reads fail in time with a sentence; the load waits for the server, goes on, and
// ends with the counts that it would have had. What was published is there. The store is not opened again. All of it is over TLS, without
// which this server serves nobody.
func TestServerKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server three times")
	}
	server := neo4jtest.StartTLS(t)
	o := neo4jstore.Options{User: server.User, Password: server.Password, ReadRetry: 200 * time.Millisecond, WriteRetry: 5 * time.Minute}
	for _, scheme := range []string{"bolt", "neo4j"} {
		refused(t, server.URI(scheme), o, graph.ErrUnavailable, "cannot be used: the server takes nothing but TLS: use "+scheme+"+s://")
	}
	s, err := neo4jstore.Open(t.Context(), server.URI("neo4j+ssc"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	loadGenerated(t, s, "one")
	old := dump(t, s)

	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated", Digest: "two"})
	if err != nil {
		t.Fatal(err)
	}
	all := parts(generated("two"))
	for _, part := range all[:2] {
		if err := l.Put(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // far below WriteRetry
	defer cancel()
	for range 3 {
		if _, err := s.Head(ctx); !errors.Is(err, graph.ErrUnavailable) || inside.MatchString(err.Error()) {
			t.Errorf("a read without a server: want an ErrUnavailable in words for a caller, got %v", err)
		}
	}
	put := make(chan error)
	go func() { put <- l.Put(t.Context(), all[2]) }()
	server.Restart()
	if err := <-put; err != nil {
		t.Errorf("the Put that waited: %v", err)
	}
	checkDump(t, "what was published", old, dump(t, s))
	for _, part := range all[3:] {
		if err := l.Put(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	r, err := l.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	naive := naively(t, "one")
	if want := loadGenerated(t, naive, "two").Counts; r.Counts != want {
		t.Errorf("counts %+v, want %+v", r.Counts, want)
	}
	checkDump(t, "the second graph", dump(t, naive), dump(t, s))

	// A server that goes away for good, at the very end of a load: once the tries are over nobody waits as long again to give it up.
	o.WriteRetry = 4 * time.Second
	impatient, err := neo4jstore.Open(t.Context(), server.URI("neo4j+ssc"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := impatient.Close(); err != nil {
			t.Error(err)
		}
	}()
	l, err = impatient.Begin(t.Context(), graph.LoadSpec{Origin: "generated", Digest: "three"})
	if err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := l.Put(t.Context(), all[0]); !errors.Is(err, graph.ErrUnavailable) || inside.MatchString(err.Error()) {
		t.Errorf("a Put without a server: want an ErrUnavailable in words for a caller, got %v", err)
	}
	if err := l.Discard(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a Discard without a server: want the end of its own time, which is less than that of the tries, got %v", err)
	}
}
