// Package neo4jtest gives tests a real Neo4j server, without Docker: the Community kernel with its Bolt connector, from Maven Central,
// run by a launcher of this package. It needs a JDK (17 or 21) and, the first time, Maven.
//
// [Shared] is one server for all tests of a run. `go test ./...` tests packages in processes of their own, several at a time: the first
// that needs the server starts it, each test has it to itself, and the server stops when nobody has used it for a while. It takes plain
// connections and TLS. [Start] and [StartTLS] are for tests that kill their server.
//
// The environment's POLICYGRAPH_TEST_NEO4J (bolt://user:password@host:port) names another server for Shared. What is in its database is
// deleted. Tests of one user that name it by the same host and port take turns, of whatever checkout they are.
package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// A Server is where a server is and how to enter it.
type Server struct {
	Address        string // host:port
	User, Password string
	// CA is a file with the authority that signed its certificate, which is for localhost alone; empty where it takes no TLS, or that is not known.
	CA string
}

// URI is the server's address with one of the driver's schemes.
func (s Server) URI(scheme string) string { return scheme + "://" + s.Address }

// driver is for a user of the server.
func (s Server) driver() (neo4j.DriverWithContext, error) {
	scheme := "bolt"
	if s.CA != "" {
		scheme = "bolt+ssc"
	}
	return neo4j.NewDriverWithContext(s.URI(scheme), neo4j.BasicAuth(s.User, s.Password, ""))
}

// Ask runs a statement as a user of the database would, and returns the first column of what it finds.
func (s Server) Ask(t testing.TB, text string) (column []any) {
	t.Helper()
	driver, err := s.driver()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = driver.Close(context.WithoutCancel(t.Context())) }()
	result, err := neo4j.ExecuteQuery(t.Context(), driver, text, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, r := range result.Records {
		column = append(column, r.Values[0])
	}
	return column
}

// Empty deletes every node, and leaves constraints and indexes.
func (s Server) Empty(t testing.TB) {
	t.Helper()
	if err := clear(t.Context(), s, false); err != nil {
		t.Fatal(err)
	}
}

// Variable is the environment variable that names a server to use.
const Variable = "POLICYGRAPH_TEST_NEO4J"

// idle is for how many seconds the shared server may be out of use: longer than it takes to compile the next package's tests, or to run
// those with a server of their own. One that starts anew has all to plan again, slowly at first.
const idle = 120

var shared struct {
	sync.Mutex
	cleared bool // in this process
}

// Shared gives the run's server with an empty database to a test and its subtests alone, until they end. It waits while another test has
// it. Indexes and constraints are those that the test before it left, be it of another process; the first of a process finds none. Where
// there is no JDK it skips the test, or with CI=true fails it.
func Shared(t testing.TB) Server {
	t.Helper()
	shared.Lock()
	t.Cleanup(shared.Unlock)
	server, release, err := acquire()
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(release)
	if err := clear(t.Context(), server, !shared.cleared); err != nil {
		t.Fatalf("emptying the database of Neo4j at %s: %v", server.Address, err)
	}
	shared.cleared = true
	return server
}

// acquire takes the server for this process; release lets the next have it.
func acquire() (server Server, release func(), err error) {
	if address := os.Getenv(Variable); address != "" {
		if server, err = parse(address); err == nil {
			_, release, err = turn("at", server.Address)
		}
		return server, release, err
	}
	root, err := checkout()
	if err != nil {
		return Server{}, nil, err
	}
	folder, unlock, err := turn("run", root)
	if err != nil {
		return Server{}, nil, err
	}
	r, use, err := reuse(folder)
	if err != nil {
		if r, use, err = boot(folder); err != nil {
			unlock()
			return Server{}, nil, err
		}
	}
	return r.server(), func() {
		_ = use.Close() // the launcher sees that it is gone
		unlock()
	}, nil
}

// parse reads the environment's address.
func parse(address string) (Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User == nil {
		return Server{}, fmt.Errorf("%s is not of the form bolt://user:password@host:port", Variable) // its text may hold a password
	}
	password, _ := u.User.Password()
	return Server{Address: u.Host, User: u.User.Username(), Password: password}, nil
}

// clear deletes what is in the database; with its schema, the indexes and constraints too.
func clear(ctx context.Context, server Server, schema bool) (err error) {
	driver, err := server.driver()
	if err != nil {
		return err
	}
	session := driver.NewSession(ctx, neo4j.SessionConfig{})
	defer func() { err = errors.Join(err, session.Close(ctx), driver.Close(ctx)) }()
	run := func(text string) ([]*neo4j.Record, error) {
		result, err := session.Run(ctx, text, nil)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	}
	if _, err := run(`MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`); err != nil || !schema {
		return err
	}
	drops, err := run(`SHOW CONSTRAINTS YIELD name RETURN 'DROP CONSTRAINT ' + name`)
	if err != nil {
		return err
	}
	for _, drop := range drops {
		if _, err := run(drop.Values[0].(string)); err != nil {
			return err
		}
	}
	if drops, err = run(`SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN 'DROP INDEX ' + name`); err != nil {
		return err
	}
	for _, drop := range drops {
		if _, err := run(drop.Values[0].(string)); err != nil {
			return err
		}
	}
	return nil
}

// A missing error says what this machine lacks and how to get it.
type missing string

func (m missing) Error() string { return string(m) }

// giveUp ends a test that has no server: what is missing on the machine skips it, but not in CI.
func giveUp(t testing.TB, err error) {
	t.Helper()
	var m missing
	if errors.As(err, &m) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	t.Fatalf("starting Neo4j: %v", err)
}
