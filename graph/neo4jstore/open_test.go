package neo4jstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "localhost:7687", "http://localhost:7474", "neo4j://", "bolt://user:secret@localhost", "neo4j+x://host"} {
		_, err := neo4jstore.Open(t.Context(), address, neo4jstore.Options{})
		if !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q: want an ErrInvalid, got %v", address, err)
		}
		if regexp.MustCompile(`secret`).MatchString(fmt.Sprint(err)) {
			t.Errorf("the message shows a password: %v", err)
		}
	}
}

// refused checks that a store does not open, with which sentence.
func refused(t *testing.T, address string, o neo4jstore.Options, kind error, want string) {
	t.Helper()
	s, err := neo4jstore.Open(t.Context(), address, o)
	if s != nil {
		_ = s.Close()
	}
	if want = address + " " + want; !errors.Is(err, kind) || err.Error() != want {
		t.Errorf("want the error %q of the kind %q, got %v", want, kind, err)
	}
}

func TestWrongPassword(t *testing.T) {
	server := neo4jtest.Shared(t)
	for _, scheme := range []string{"bolt", "neo4j"} {
		refused(t, server.URI(scheme), neo4jstore.Options{User: server.User, Password: "wrong"}, graph.ErrUnavailable,
			"cannot be used: the database refuses the user's name or password")
	}
	refused(t, server.URI("neo4j"), neo4jstore.Options{User: server.User, Password: server.Password, Database: "system"}, graph.ErrUnsupported,
		"cannot be used: its database refuses what a graph is kept with (Neo.ClientError.Statement.SemanticError); use another database")
	refused(t, server.URI("neo4j"), neo4jstore.Options{User: server.User, Password: server.Password, Database: "nothere"}, graph.ErrUnavailable,
		"cannot be used: the server has no database of this name")
}

// TestPasswordChanged changes the password of a store's user under it. The store does not try the old one again and again, by which the server
// would refuse those too who have the new one; after a while it does, and goes on if it is right.
func TestPasswordChanged(t *testing.T) {
	server := neo4jtest.Shared(t)
	manage := func(text string) []*neo4j.Record {
		t.Helper()
		driver, err := neo4j.NewDriverWithContext(server.URI("bolt"), neo4j.BasicAuth(server.User, server.Password, ""))
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.WithoutCancel(t.Context())
		defer func() { _ = driver.Close(ctx) }()
		result, err := neo4j.ExecuteQuery(ctx, driver, text, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase("system"))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return result.Records
	}
	manage(`CREATE OR REPLACE USER keeper SET PASSWORD 'the-first-one' CHANGE NOT REQUIRED`)
	t.Cleanup(func() { manage(`DROP USER keeper IF EXISTS`) })
	disconnect := func() {
		t.Helper()
		for _, r := range manage(`CALL dbms.listConnections() YIELD connectionId, username`) {
			if r.Values[1] == "keeper" {
				manage(fmt.Sprintf(`CALL dbms.killConnection('%s')`, r.Values[0]))
			}
		}
	}

	var later atomic.Int64 // how far the store's clock is ahead
	keeper := server
	keeper.User, keeper.Password = "keeper", "the-first-one"
	s := open(t, keeper, neo4jstore.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	manage(`ALTER USER keeper SET PASSWORD 'the-second-one'`)
	disconnect()
	const refusal = "read the head: the database refuses the user's name or password"
	for range 20 { // a balancer asks often
		if _, err := s.Head(t.Context()); !errors.Is(err, neo4jstore.ErrRefused) || err.Error() != refusal {
			t.Fatalf("want %q, got %v", refusal, err)
		}
		if _, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "x"}); !errors.Is(err, neo4jstore.ErrRefused) {
			t.Fatalf("Begin: want an ErrRefused, got %v", err)
		}
	}
	keeper.Password = "the-second-one"
	open(t, keeper, neo4jstore.Options{}) // it is let in
	manage(`ALTER USER keeper SET PASSWORD 'the-first-one'`)
	if _, err := s.Head(t.Context()); !errors.Is(err, neo4jstore.ErrRefused) {
		t.Errorf("soon afterwards: want an ErrRefused, got %v", err)
	}
	later.Store(int64(time.Minute))
	if _, err := s.Head(t.Context()); err != nil {
		t.Errorf("with the right password again: %v", err)
	}
}

// TestForeign opens databases that are not ours, and finds them as they were.
func TestForeign(t *testing.T) {
	for name, test := range map[string]struct{ make, want string }{
		"of another program": {`CREATE (:Film {title: 'x'})`, "has a database with nodes of another program, not of policygraph: use an empty database"},
		"with a mark that is not ours": {`CREATE (:PolicyGraph {one: 1, program: 'other'}), (:Film)`,
			"has a database with nodes of another program, not of policygraph: use an empty database"},
		"of a newer version": {`CREATE (:PolicyGraph {one: 1, program: 'policygraph', schema: 99})`,
			fmt.Sprintf("has a graph that was written by a newer policygraph (version 99 of the schema, this one knows %d): use that, or another database", neo4jstore.Version)},
	} {
		t.Run(name, func(t *testing.T) {
			server := neo4jtest.Shared(t)
			dropSchema(t, server)
			ask(t, server, test.make+` RETURN 1`)
			refused(t, server.URI("bolt"), neo4jstore.Options{User: server.User, Password: server.Password}, graph.ErrUnsupported, test.want)
			if got := ask(t, server, `SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name`); len(got) > 0 {
				t.Errorf("indexes were made: %v", got)
			}
		})
	}
}

// TestMustExist opens databases where a graph must be: those that have none stay as they are, and one that has one opens.
func TestMustExist(t *testing.T) {
	server := neo4jtest.Shared(t)
	dropSchema(t, server)
	options := neo4jstore.Options{User: server.User, Password: server.Password, MustExist: true}
	address := server.URI("bolt")
	whole := func() (all []any) {
		for _, text := range []string{`MATCH (n) RETURN n {.*, labels: labels(n)}`, `SHOW INDEXES YIELD name RETURN name`,
			`SHOW CONSTRAINTS YIELD name RETURN name`} {
			all = append(all, ask(t, server, text)...)
		}
		return all
	}
	unchanged := func(when string, f func()) {
		t.Helper()
		before := whole()
		f()
		if diff := cmp.Diff(before, whole()); diff != "" {
			t.Errorf("%s: the database (-before +after):\n%s", when, diff)
		}
	}
	none := func(when string) {
		t.Helper()
		unchanged(when, func() { refused(t, address, options, graph.ErrNoGraph, "has no graph yet") })
	}
	none("an empty database")
	ask(t, server, `CREATE (:PolicyGraph {one: 1, program: 'policygraph', schema: 0, head: 0, last: 0}) RETURN 1`)
	none("claimed and no more, as by a process that was killed")

	s := open(t, server, neo4jstore.Options{Lease: time.Hour})
	none("nothing loaded")
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "x"})
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	unchanged("a first load under way", func() {
		for _, kind := range []error{graph.ErrNoGraph, graph.ErrUnavailable} {
			refused(t, address, options, kind,
				fmt.Sprintf("has no graph yet, and revision 1 is being loaded by process %d on %s: wait for its end", os.Getpid(), host))
		}
	})
	options.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	none("a first load that was left")
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}

	loadGenerated(t, s, "one")
	if _, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "x"}); err != nil { // a load beside a graph is no matter
		t.Fatal(err)
	}
	if head, err := open(t, server, neo4jstore.Options{MustExist: true}).Head(t.Context()); err != nil || head.Number == 0 {
		t.Errorf("Head: %d, %v", head.Number, err)
	}
}

// dropSchema takes away what an earlier test made.
func dropSchema(t *testing.T, server neo4jtest.Server) {
	t.Helper()
	for _, drop := range append(ask(t, server, `SHOW CONSTRAINTS YIELD name RETURN 'DROP CONSTRAINT ' + name`),
		ask(t, server, `SHOW INDEXES YIELD name, type, owningConstraint WHERE type <> 'LOOKUP' AND owningConstraint IS NULL RETURN 'DROP INDEX ' + name`)...) {
		ask(t, server, drop.(string))
	}
}

// TestMigrateTogether has processes open an empty database at once: all come up, and one schema stands.
func TestMigrateTogether(t *testing.T) {
	server := neo4jtest.Shared(t)
	dropSchema(t, server)
	const processes = 3
	ended := make(chan error, processes)
	for range processes {
		command := childCommand(t, server, "bolt", "")
		go func() {
			out, err := command.Output()
			if err == nil && string(out) != "opened\n" {
				err = fmt.Errorf("the child said %q", out)
			}
			ended <- err
		}()
	}
	for range processes {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got := ask(t, server, `MATCH (g:PolicyGraph) RETURN g.schema`); len(got) != 1 || got[0] != int64(neo4jstore.Version) {
		t.Errorf("the schema's version: %v", got)
	}
	loadGenerated(t, open(t, server, neo4jstore.Options{}), "one")
}

// TestDeadline has a call run into its deadline while another transaction holds what it needs: it ends in time, and nothing of it is left
// running in the server.
func TestDeadline(t *testing.T) {
	server := neo4jtest.Shared(t)
	s := open(t, server, neo4jstore.Options{})
	driver, err := neo4j.NewDriverWithContext(server.URI("bolt"), neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = driver.Close(context.WithoutCancel(t.Context())) }()
	session := driver.NewSession(t.Context(), neo4j.SessionConfig{})
	other, err := session.BeginTransaction(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Run(t.Context(), `MATCH (g:PolicyGraph) SET g.held = true`, nil); err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]func() (context.Context, context.CancelFunc, error){
		"deadline": func() (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			return ctx, cancel, context.DeadlineExceeded
		},
		"cancelled": func() (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			return ctx, cancel, context.Canceled
		},
	} {
		ctx, cancel, want := end()
		start := time.Now()
		_, err = s.Begin(ctx, graph.LoadSpec{Origin: "x"})
		if took := time.Since(start); !errors.Is(err, want) || took > 30*time.Second {
			t.Errorf("%s: want %v soon, got %v after %v", name, want, err, took)
		}
		cancel()
	}
	left := 0
	for start := time.Now(); time.Since(start) < time.Minute; { // the server looks at its limits now and then
		if left = len(ask(t, server, `SHOW TRANSACTIONS YIELD currentQuery, status WHERE currentQuery CONTAINS 'g.writer' AND NOT currentQuery STARTS WITH 'SHOW' RETURN currentQuery + status`)); left == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if left > 0 {
		t.Errorf("%d transactions still wait in the server", left)
	}
	if err := other.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "x"}); err != nil {
		t.Errorf("Begin once the lock is free: %v", err)
	}
}
