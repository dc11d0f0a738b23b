package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// on makes commands keep their graph on a server.
func (p place) on(server neo4jtest.Server) place {
	p.t.Helper()
	p.write(map[string]string{"neo4j-auth": server.User + "/" + server.Password + "\n"})
	p.env = append(p.env, "POLICYGRAPH_STORE="+server.URI("neo4j"), "POLICYGRAPH_STORE_AUTH_FILE="+filepath.Join(p.dir, "neo4j-auth"))
	return p
}

// asked are operations on the records that the program carries.
var asked = []string{
	`{ organisation(id: "org:primary-care-trusts") { name start end replacedBy { totalCount edges { when node { name } citations { locator source { name } } } } } }`,
	`{ at(date: "2008") { organisation(id: "org:primary-care-trusts") { existence responsibilities { edges { holds node { name } } } } } }`,
	`{ search(text: "primary care") { totalCount edges { score node { id name } } } }`,
	`{ statements(first: 20, orderBy: {field: DATE}) { totalCount edges { cursor node { id when } citations { locator } } } statistics { entities(by: KIND) { groups { key count } } } }`,
}

// TestNeo4j keeps one graph in a directory and on a Neo4j server: the same bytes come out.
func TestNeo4j(t *testing.T) {
	file := newPlace(t)
	file.must("load", "--data", "data", "--author", "A board", "--comment", "From a dump")
	dumped := file.must("dump", "--data", "data")
	file.write(map[string]string{"graph.jsonl": dumped})

	t.Run("filled by servers", func(t *testing.T) {
		file := place{t, file.dir, file.env}
		server := neo4jtest.Shared(t)
		p := newPlace(t).on(server)
		servers := []*served{p.start("--timeout", "1m"), p.start("--timeout", overdue.String())}
		for !servers[0].has("serving http") || !servers[1].has("serving http") {
			for _, compared := range server.Ask(t, `MATCH (p:Pending) WHERE p.number > 1 AND p.unchanged > 0 RETURN p.unchanged`) {
				t.Fatalf("a server that waited for the other loads too: it has compared %v records", compared)
			}
		}
		loads := 0
		for _, s := range servers {
			s.ready()
			loads += strings.Count(s.before, "was empty: loaded")
			if strings.Contains(s.before, "was empty: loaded") {
				t.Log(s.before)
			}
		}
		if loads != 1 {
			t.Errorf("%d of two servers loaded the records, want one", loads)
		}
		for _, operation := range asked {
			want := file.must("query", "--data", "data", operation)
			if got := servers[0].ask(operation); got+"\n" != want && got != want {
				t.Errorf("%s\nis answered (-SQLite +Neo4j):\n%s", operation, cmp.Diff(want, got))
			}
			if got := p.must("query", operation); got != want {
				t.Errorf("query %s\nprints (-SQLite +Neo4j):\n%s", operation, cmp.Diff(want, got))
			}
		}
		if p.must("dump") != dumped {
			t.Error("the dumps of the two stores differ")
		}
		if got := p.must("load"); got != "nothing changed: revision 1 has these records already\n" {
			t.Errorf("loaded again: %s", got)
		}
		p.must("dump", "graph.jsonl.gz")
		copied := place{t, p.dir, file.env}
		copied.must("load", "graph.jsonl.gz", "--data", "copy")
		if copied.must("dump", "--data", "copy") != dumped {
			t.Error("the dump of Neo4j, loaded into a directory, is dumped otherwise")
		}
		testOverdue(t, server, servers[1])
		for _, s := range servers {
			if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 || strings.Contains(said, server.Password) {
				t.Errorf("after SIGTERM: %s\n%s", state, said)
			}
		}
	})
	t.Run("filled from a dump", func(t *testing.T) {
		p := newPlace(t).on(neo4jtest.Shared(t))
		file := place{t, file.dir, file.env}
		if got := p.must("load", filepath.Join(file.dir, "graph.jsonl"), "--author", "A board", "--comment", "From a dump"); !strings.HasPrefix(got, "revision 1: ") {
			t.Errorf("load: %s", got)
		}
		if p.must("dump") != dumped {
			t.Error("the dump of SQLite, loaded into Neo4j, is dumped otherwise")
		}
		p.write(records())
		file.write(records())
		p.must("load", "records", "--comment", "Boards")
		file.must("load", "records", "--comment", "Boards", "--data", "data")
		if p.must("dump") != file.must("dump", "--data", "data") || p.must("dump", "--revision", "1") != dumped {
			t.Error("after a second load the dumps of the two stores differ")
		}
		times := regexp.MustCompile(`"time":"[^"]*"`)
		want, got := file.must("revisions", "--json", "--data", "data"), p.must("revisions", "--json")
		if diff := cmp.Diff(times.ReplaceAllString(want, "TIME"), times.ReplaceAllString(got, "TIME")); diff != "" {
			t.Errorf("revisions (-SQLite +Neo4j):\n%s", diff)
		}
	})
}

// busy is how much longer than it should anything may take on a machine that has other work.
const busy = 20 * time.Second

// overdue is the time limit of a server that testOverdue asks.
const overdue = 3 * time.Second

// testOverdue asks what takes Neo4j far longer than the server's time limit: the client is told so in time, and the server does not work
// on. Graph databases are slow at what cannot be found by an index and has many ways.
func testOverdue(t *testing.T, server neo4jtest.Server, s *served) {
	const hops = 3 // both ways; a filter may not have more
	way := strings.Repeat(`{related: [{some: {node: `, hops) + `{name: {contains: "nowhere"}}` + strings.Repeat(`}}]}`, hops)
	start := time.Now()
	answer := make(chan string, 1)
	go func() {
		got, err := s.post(`{ statements(where: {subject: ` + way + `}) { totalCount } }`)
		if err != nil {
			got = err.Error()
		}
		answer <- got
	}()
	// All else that is asked takes no time. While a query is planned the server does not tell its text.
	await := func(running bool, within time.Duration) {
		t.Helper()
		var found []any
		for start := time.Now(); time.Since(start) < within; {
			found = server.Ask(t, `SHOW TRANSACTIONS YIELD currentQuery, elapsedTime WHERE elapsedTime.milliseconds > 500 RETURN currentQuery`)
			if len(found) > 0 == running {
				return
			}
		}
		t.Errorf("after %s these run in Neo4j: %q", within, found)
	}
	await(true, overdue)
	got := <-answer
	if took := time.Since(start); !strings.Contains(got, `"code":"TIMEOUT"`) || took > overdue+busy {
		t.Errorf("after %s of a limit of %s: %s", took, overdue, got)
	}
	await(false, busy)
}

// TestNeo4jKilled kills the Neo4j server under a server of ours: in the midst of a query, and for twenty seconds under load. Every answer
// is right or says in time that the graph cannot be read. When Neo4j is back, all is as it was.
func TestNeo4jKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Neo4j twice, and waits for twenty seconds between")
	}
	server := neo4jtest.Start(t)
	p := newPlace(t).on(server.Server)
	for _, scheme := range []string{"bolt", "neo4j"} {
		without := result{1, "", "policygraph: " + server.URI(scheme+"+s") + " cannot be used: the server takes no TLS: set it up there, or use " + scheme +
			"://, which encrypts nothing; --store or POLICYGRAPH_STORE names another\n"}
		if diff := cmp.Diff(without, p.run("revisions", "--store", server.URI(scheme+"+s"))); diff != "" {
			t.Errorf("TLS with a server that takes none (-want +got):\n%s", diff)
		}
	}
	// A server that ends while it fills a database that stands still waits for nothing. The next one fills it.
	s := p.start()
	s.await("listening on")
	for len(server.Ask(t, `MATCH (p:Pending) WHERE p.added > 0 RETURN p.added`)) == 0 { // the test's own time limit ends it
		time.Sleep(20 * time.Millisecond)
	}
	server.Freeze()
	start := time.Now()
	if state, said := s.end(os.Interrupt); state.ExitCode() != 1 || !strings.HasSuffix(said, "policygraph: "+cutOffSaid) || !strings.Contains(said, "msg=stopping") {
		t.Errorf("after an interrupt: %s\n%s", state, said)
	}
	if took := time.Since(start); took > 10*time.Second { // after which Docker kills
		t.Errorf("it took %s to end", took)
	} else {
		t.Logf("ended after %s, with Neo4j frozen in the middle of the fill", took.Round(time.Millisecond))
	}
	server.Kill()
	server.Restart()

	const limit = time.Minute // for an operation: a server that has just started plans its first queries slowly
	s = p.serve("--timeout", limit.String())
	want := make([]string, len(asked))
	for i, operation := range asked {
		if want[i] = s.ask(operation); strings.Contains(want[i], `"errors"`) {
			t.Fatalf("%s: %s", operation, want[i])
		}
	}
	dump, revisions := p.must("dump"), p.must("revisions")
	s.awaitReadiness(http.StatusOK, busy)

	const clients = 4
	var right, unavailable atomic.Int64
	var under sync.WaitGroup
	stop := make(chan struct{})
	for client := range clients {
		under.Go(func() {
			for i := client; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(10 * time.Millisecond):
				}
				start := time.Now()
				got, err := s.post(asked[i%len(asked)])
				switch took := time.Since(start); {
				case err != nil || took > limit+busy:
					t.Errorf("after %s: %v %s", took, err, got)
				case got == want[i%len(asked)]:
					right.Add(1)
				case isUnavailable(got):
					unavailable.Add(1)
				default:
					t.Errorf("answered with %s\nwant %s", got, want[i%len(asked)])
				}
			}
		})
	}
	end := sync.OnceFunc(func() { close(stop); under.Wait() })
	defer end()

	await := func() { // until clients have right answers
		t.Helper()
		start := time.Now()
		for want := right.Load() + 2*clients; right.Load() < want; time.Sleep(10 * time.Millisecond) {
			if time.Since(start) > 2*limit {
				t.Fatal("no right answers")
			}
		}
	}
	await()

	// Only a query that stands still is surely in its midst.
	server.Freeze()
	answer := make(chan string, 1)
	go func() {
		got, err := s.post(asked[0])
		if err != nil {
			got = err.Error()
		}
		answer <- got
	}()
	s.awaitReadiness(http.StatusServiceUnavailable, busy)
	select {
	case got := <-answer:
		t.Errorf("answered by a server that stands still: %s", got)
	default:
	}
	server.Kill()
	killed := time.Now()
	if got := <-answer; !isUnavailable(got) {
		t.Errorf("a query whose server was killed: %s", got)
	} else if took := time.Since(killed); took > limit+busy {
		t.Errorf("a query whose server was killed is answered after %s", took)
	}
	s.awaitReadiness(http.StatusServiceUnavailable, busy)
	<-time.After(time.Until(killed.Add(20 * time.Second)))
	server.Restart()
	server.Ask(t, `MATCH (g:PolicyGraph) RETURN g.head`)
	back := time.Now()
	s.awaitReadiness(http.StatusOK, 5*time.Second)
	t.Logf("ready %s after Neo4j, which was away for %s", time.Since(back).Round(time.Millisecond), back.Sub(killed).Round(time.Second))
	await()
	end()
	t.Logf("%d right answers, %d that the graph cannot be read", right.Load(), unavailable.Load())
	if unavailable.Load() == 0 || right.Load() == 0 {
		t.Error("the load did not meet the fault")
	}
	for i, operation := range asked {
		if got := s.ask(operation); got != want[i] {
			t.Errorf("afterwards %s: %s\nwant %s", operation, got, want[i])
		}
	}
	if p.must("dump") != dump || p.must("revisions") != revisions {
		t.Error("the graph is not what it was")
	}
	state, said := s.end(syscall.SIGTERM)
	if state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
	if begun, over := strings.Count(said, `msg="the newest revision is not known"`), strings.Count(said, `msg="the newest revision is known again"`); begun < 1 || begun > 2 || over != begun { // a busy Neo4j may be slow once more after its start
		t.Errorf("the log tells %d times that the outage begins, and %d times that it is over; want it once, and as often", begun, over)
	}
	if leak := inside.FindString(said); leak != "" || strings.Contains(said, server.Password) {
		t.Errorf("the log shows %q, or the password:\n%.3000s", leak, said)
	}
}

// inside matches what the driver and Neo4j say.
var inside = regexp.MustCompile(`(?i)neo4jerror|neo\.\w+error|connectivityerror|\bMATCH \(|\bEOF\b|dial tcp`)

// isUnavailable says whether all errors of an answer say that the graph cannot be read now.
func isUnavailable(text string) bool {
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal([]byte(text), &answer) != nil {
		return false
	}
	for _, e := range answer.Errors {
		if e.Extensions.Code != "UNAVAILABLE" {
			return false
		}
	}
	return len(answer.Errors) > 0
}

// readiness is the status of /readyz.
func (s *served) readiness() int {
	s.t.Helper()
	response, err := http.Get(s.url + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func (s *served) awaitReadiness(want int, within time.Duration) {
	s.t.Helper()
	got, start := 0, time.Now()
	for time.Since(start) < within {
		if got = s.readiness(); got == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Errorf("/readyz says %d after %s, want %d", got, within, want)
}

// TestNeo4jErrors holds what is said where the server cannot be used: one sentence with what to do next, and nothing is changed.
func TestNeo4jErrors(t *testing.T) {
	const (
		another = "; --store or POLICYGRAPH_STORE names another\n"
		refused = " cannot be used: the database refuses the user's name or password; "
	)
	check := func(t *testing.T, p place, want string, args ...string) {
		t.Helper()
		if diff := cmp.Diff(result{1, "", "policygraph: " + want}, p.run(args...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", strings.Join(args, " "), diff)
		}
	}
	commands := [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"load"}, {"dump"}, {"query", "{ __typename }"}, {"revisions"}}

	t.Run("unreachable", func(t *testing.T) {
		p := newPlace(t).on(neo4jtest.Server{Address: "127.0.0.1:1", User: "neo4j", Password: "hidden"})
		for _, args := range commands {
			check(t, p, "neo4j://127.0.0.1:1 cannot be used: nothing listens there: start Neo4j, or give the address of Neo4j's Bolt connector (port 7687, unless it was changed)"+another, args...)
		}
	})
	t.Run("old version", func(t *testing.T) {
		address := oldNeo4j(t)
		p := newPlace(t).on(neo4jtest.Server{Address: address, User: "neo4j", Password: "hidden"})
		for _, args := range commands {
			check(t, p, "bolt://"+address+" runs Neo4j 4.4; policygraph needs 5.26 or newer"+another, append(args, "--store", "bolt://"+address)...)
		}
	})
	t.Run("password", func(t *testing.T) {
		server := neo4jtest.Shared(t)
		for _, user := range []neo4jtest.Server{
			{Address: server.Address, User: server.User, Password: "hidden"},
			{Address: server.Address, User: "nobody", Password: server.Password},
		} {
			p := newPlace(t).on(user)
			check(t, p, user.URI("neo4j")+refused+"user and password are those of "+filepath.Join(p.dir, "neo4j-auth")+", which POLICYGRAPH_STORE_AUTH_FILE names\n", commands[0]...)
		}
		p := newPlace(t)
		check(t, p, server.URI("bolt")+refused+"none were given: --store-auth-file or POLICYGRAPH_STORE_AUTH_FILE names a file with user/password\n", "load", "--store", server.URI("bolt"))
		p.env = append(p.env, "POLICYGRAPH_STORE_AUTH=neo4j/hidden")
		check(t, p, server.URI("bolt")+refused+"user and password are those of $POLICYGRAPH_STORE_AUTH\n", "load", "--store", server.URI("bolt"))
		p = newPlace(t).on(server)
		check(t, p, server.URI("neo4j")+" cannot be used: the server has no database of this name"+another, "dump", "--store", server.URI("neo4j")+"/nothere")
	})
	t.Run("foreign", func(t *testing.T) {
		server := neo4jtest.Shared(t)
		server.Ask(t, `CREATE (:Film {title: 'x'})-[:BY]->(:Person {name: 'y'}) RETURN 1`)
		before := whole(t, server)
		p := newPlace(t).on(server)
		for _, args := range commands {
			check(t, p, server.URI("neo4j")+" has a database with nodes of another program, not of policygraph: use an empty database"+another, args...)
		}
		if diff := cmp.Diff(before, whole(t, server)); diff != "" {
			t.Errorf("the database (-before +after):\n%s", diff)
		}
	})
	t.Run("no graph", func(t *testing.T) {
		server := neo4jtest.Shared(t)
		p := newPlace(t).on(server)
		unchanged := func(want string) {
			t.Helper()
			before := whole(t, server)
			for _, args := range reading {
				check(t, p, want, args...)
			}
			if diff := cmp.Diff(before, whole(t, server)); diff != "" {
				t.Errorf("the database (-before +after):\n%s", diff)
			}
		}
		address := server.URI("neo4j")
		unchanged(fmt.Sprintf("there is no graph at %s yet; `policygraph load --store %[1]s` or `policygraph serve --store %[1]s` puts the records of this build there\n", address))
		check(t, p, fmt.Sprintf("there is no graph at %s yet; `policygraph load --store %[1]s --store-auth-file neo4j-auth` or "+
			"`policygraph serve --store %[1]s --store-auth-file neo4j-auth` puts the records of this build there\n", server.URI("bolt")),
			"revisions", "--store", server.URI("bolt"), "--store-auth-file", "neo4j-auth")

		store, err := neo4jstore.Open(t.Context(), address, neo4jstore.Options{User: server.User, Password: server.Password})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		l, err := store.Begin(t.Context(), graph.LoadSpec{Origin: "first", Time: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		host, err := os.Hostname()
		if err != nil {
			t.Fatal(err)
		}
		unchanged(fmt.Sprintf("%s has no graph yet, and revision 1 is being loaded by process %d on %s: wait for its end\n", address, os.Getpid(), host))
		if err := l.Discard(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.must("load")
		for _, args := range reading {
			p.must(args...)
		}
		check(t, p, fmt.Sprintf("there is no revision 7; `policygraph revisions --store %s` lists those that there are\n", address), "dump", "--revision", "7")

		dump := p.must("dump")
		server.Empty(t) // as docs/operations.md says
		if got := p.run("dump"); got.Code != 1 || !strings.Contains(got.Err, "there is no graph") {
			t.Errorf("a dump of a database that was emptied: %d %s", got.Code, got.Err)
		}
		p.must("load")
		if p.must("dump") != dump {
			t.Error("a database that was emptied is filled otherwise than a new one")
		}
	})
}

// whole is all that stands in a database.
func whole(t *testing.T, server neo4jtest.Server) (all []any) {
	t.Helper()
	for _, text := range []string{`MATCH (n) RETURN n {.*, labels: labels(n)}`, `MATCH ()-[r]->() RETURN type(r)`,
		`SHOW INDEXES YIELD name RETURN name`, `SHOW CONSTRAINTS YIELD name RETURN name`} {
		all = append(all, server.Ask(t, text)...)
	}
	return all
}

// oldNeo4j is the address of a server that speaks Bolt 4.4 as far as a client that asks for its version can tell.
func oldNeo4j(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.Close()
				if err := speakBolt(conn); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the server of Bolt: %v", err)
				}
			})
		}
	})
	return listener.Addr().String()
}

// speakBolt says yes to all (https://neo4j.com/docs/bolt/current/bolt/handshake/ and …/message/).
func speakBolt(conn net.Conn) error {
	if _, err := io.ReadFull(conn, make([]byte, 4+4*4)); err != nil { // the preamble, and four versions
		return err
	}
	if _, err := conn.Write([]byte{0, 0, 4, 4}); err != nil {
		return err
	}
	const success = "\xB1\x70\xA2\x86server\x8CNeo4j/4.4.30\x8Dconnection_id\x86bolt-1" // a structure of one map of two texts
	for {
		for length := 1; length > 0; { // the chunks of a message, the last of which is empty
			var head [2]byte
			if _, err := io.ReadFull(conn, head[:]); err != nil {
				return err
			}
			length = int(head[0])<<8 | int(head[1])
			if _, err := io.CopyN(io.Discard, conn, int64(length)); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(conn, "\x00"+string(rune(len(success)))+success+"\x00\x00"); err != nil {
			return err
		}
	}
}
