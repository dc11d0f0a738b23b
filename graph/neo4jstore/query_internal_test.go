package neo4jstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/lease"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// TestDeadlock makes a deadlock between a change and another transaction, of which the server ends one: whichever it is, the change comes
// through.
func TestDeadlock(t *testing.T) {
	server := neo4jtest.Shared(t)
	s, err := Open(t.Context(), server.URI("bolt"), Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	nodes := func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, `CREATE (:Entity {id: 'org:a', n: 0}), (:Entity {id: 'org:b', n: 0})`, nil)
		return err
	}
	if err := s.change(ctx, nodes); err != nil {
		t.Fatal(err)
	}
	const add = `MATCH (e:Entity {id: $id}) SET e.n = e.n + 1`

	session := s.session(ctx, neo4j.AccessModeWrite)
	defer closeSession(ctx, session)
	other, err := session.BeginTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Run(ctx, add, params{"id": "org:b"}); err != nil {
		t.Fatal(err)
	}
	theirs := make(chan error, 1)
	tries := 0
	err = s.change(ctx, func(ctx context.Context, c *change) error {
		tries++
		if _, err := c.run(ctx, add, params{"id": "org:a"}); err != nil {
			return err
		}
		if tries == 1 { // the other one now waits for us
			go func() {
				_, err := other.Run(ctx, add, params{"id": "org:a"})
				if err == nil {
					err = other.Commit(ctx)
				}
				theirs <- err
			}()
			waitForBlocked(t, s)
		}
		_, err := c.run(ctx, add, params{"id": "org:b"}) // and we for it
		return err
	})
	if err != nil {
		t.Errorf("the change: %v", err)
	}
	if err := <-theirs; err != nil {
		t.Logf("the other transaction: %v", err)
	} else if tries < 2 {
		t.Errorf("there was no deadlock: both came through at once")
	}
	t.Logf("%d tries", tries)
}

// waitForBlocked waits until a transaction waits for another's lock.
func waitForBlocked(t *testing.T, s *Store) {
	t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; {
		blocked := false
		if err := s.read(t.Context(), `SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status`, nil, func(*neo4j.Record) error {
			blocked = true
			return nil
		}); err != nil {
			t.Error(err)
		}
		if blocked {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("nothing waits")
}

func TestServers(t *testing.T) {
	for name, want := range map[string]string{
		"Neo4j/5.26.0": "", "Neo4j/5.26.30": "", "Neo4j/5.27-aura": "", "Neo4j/2025.06.1": "",
		"Neo4j/5.25.1": "runs Neo4j 5.25; policygraph needs 5.26 or newer",
		"Neo4j/4.4.40": "runs Neo4j 4.4; policygraph needs 5.26 or newer",
		"Memgraph/3.0": `is not a Neo4j server: it calls itself "Memgraph/3.0"`,
		"":             `is not a Neo4j server: it calls itself ""`,
	} {
		err := checkServer(name)
		if want == "" && err != nil || want != "" && (!errors.Is(err, graph.ErrUnsupported) || err.Error() != want) {
			t.Errorf("%q: want %q, got %v", name, want, err)
		}
	}
}

// TestCommitThatSeemedToFail takes each step of a load twice, as where the connection is lost after the server has committed: the second
// time finds what the first did.
func TestCommitThatSeemedToFail(t *testing.T) {
	server := neo4jtest.Shared(t)
	s, err := Open(t.Context(), server.URI("bolt"), Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	newLoad := func(digest string) *load {
		return &load{store: s, spec: graph.LoadSpec{Origin: "first", Digest: digest}, holder: lease.NewHolder(), nodes: map[string]struct{}{}, words: map[string]struct{}{}}
	}
	take := func(l *load) (left bool, number int64) {
		t.Helper()
		for try := range 2 {
			var found bool
			if err := s.change(ctx, func(ctx context.Context, c *change) (err error) {
				found, err = l.take(ctx, c)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if try > 0 && (found != left || l.number != number) {
				t.Errorf("taken twice: to be purged %v, then %v; number %d, then %d", left, found, number, l.number)
			}
			left, number = found, l.number
		}
		return left, number
	}
	first := newLoad("")
	if left, _ := take(first); left {
		t.Errorf("a new load is to be purged")
	}
	b := graph.Batch{Entities: []graph.Entity{{ID: "org:a", Kind: graph.Organisation, Life: graph.Timeless}}}
	for range 2 {
		if err := first.Put(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	r, err := first.moveHead(ctx)
	if want := (graph.RevisionCounts{Added: 1}); err != nil || r.Counts != want {
		t.Errorf("published: %+v, %v", r, err)
	}
	if ours, err := first.isPublished(ctx); !ours || err != nil {
		t.Errorf("it does not find what it published: %v", err)
	}

	dead := newLoad("")
	take(dead)
	if err := s.change(ctx, func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, `MATCH (p:Pending) SET p.expires = 0`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if left, _ := take(newLoad("")); !left {
		t.Errorf("a load without a digest was resumed")
	}
}
