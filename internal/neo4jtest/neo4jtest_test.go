package neo4jtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

var update = flag.Bool("update", false, "write server/jars.sha256 anew")

func TestMain(m *testing.M) {
	switch flag.Parse(); {
	case os.Getenv(childVariable) != "":
		child(os.Getenv(childVariable))
	case *update:
		folder, err := os.MkdirTemp("", "neo4jtest")
		if err == nil {
			if jars, err = copyLibraries(folder); err == nil {
				err = os.WriteFile("server/jars.sha256", jars, 0o644)
			}
			err = errors.Join(err, os.RemoveAll(folder))
		}
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// childVariable makes the test's program another process of the run: it takes a server, says where it is, and holds it until it is killed.
const childVariable = "NEO4JTEST_CHILD"

func child(what string) {
	var address string
	var err error
	if what == "shared" {
		var server Server
		server, _, err = acquire()
		address = server.Address
	} else {
		var r running
		r, _, _, err = launch(what, "0", rand.Text(), 0, passing)
		address = r.server().Address
	}
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString(address + "\n")
	time.Sleep(time.Hour)
}

// startChild starts such a process in a folder. It returns the address of its server, and what kills it.
func startChild(t *testing.T, what, folder string) (address string, kill func()) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary)
	command.Dir = folder
	command.Env = append(os.Environ(), childVariable+"="+what)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = command.Process.Kill()
			_ = command.Wait()
		}
	}
	t.Cleanup(kill)
	line := make([]byte, 100)
	n, err := out.Read(line)
	if err != nil {
		t.Fatalf("the other process took no server: %v", err)
	}
	return string(bytes.TrimSpace(line[:n])), kill
}

// ask runs a statement and returns its values, a record in a slice.
func ask(t *testing.T, s Server, text string) [][]any {
	t.Helper()
	rows, err := try(t.Context(), s, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return rows
}

func try(ctx context.Context, s Server, text string) ([][]any, error) {
	driver, err := neo4j.NewDriverWithContext(s.URI("neo4j"), neo4j.BasicAuth(s.User, s.Password, ""))
	if err != nil {
		return nil, err
	}
	defer func() { _ = driver.Close(ctx) }()
	result, err := neo4j.ExecuteQuery(ctx, driver, text, nil, neo4j.EagerResultTransformer)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, r := range result.Records {
		rows = append(rows, r.Values)
	}
	return rows, nil
}

func TestShared(t *testing.T) {
	const things, indexes = `MATCH (n) RETURN count(n)`, `SHOW INDEXES YIELD type WHERE type <> 'LOOKUP' RETURN count(*)`
	var first Server
	t.Run("is filled", func(t *testing.T) {
		first = Shared(t)
		if n := ask(t, first, indexes)[0][0].(int64); n != 0 {
			t.Errorf("the first test of the process finds %d indexes", n)
		}
		ask(t, first, `CREATE INDEX thing_name FOR (t:Thing) ON (t.name)`)
		ask(t, first, `CREATE CONSTRAINT thing_id FOR (t:Thing) REQUIRE t.id IS UNIQUE`)
		ask(t, first, `UNWIND range(1, 20000) AS i CREATE (:Thing {id: i})-[:FOLLOWS]->(:Thing)`)
	})
	t.Run("is empty again, with a schema", func(t *testing.T) {
		s := Shared(t)
		if s != first {
			t.Errorf("the server is another one")
		}
		if n := ask(t, s, things)[0][0].(int64); n != 0 {
			t.Errorf("%d nodes were left", n)
		}
		if n := ask(t, s, indexes)[0][0].(int64); n == 0 { // two, or those of another process that had its turn
			t.Error("no index was left")
		}
	})
	t.Run("asks for the password", func(t *testing.T) {
		s := Shared(t)
		s.Password = "neo4j"
		if _, err := try(t.Context(), s, things); err == nil || !strings.Contains(err.Error(), "Unauthorized") {
			t.Errorf("the password neo4j: %v", err)
		}
	})
	t.Run("serves other processes in turn", func(t *testing.T) {
		address, kill := startChild(t, "shared", ".")
		if address != first.Address {
			t.Errorf("another process was given %s, this one %s", address, first.Address)
		}
		awaitTurn(t, kill)
	})
}

// TestNamed holds that processes which name a server take turns, though each is of a checkout of its own, and wait for no other server's.
func TestNamed(t *testing.T) {
	const address = "127.0.0.1:1" // nobody answers there, and nobody asks
	t.Setenv(Variable, "bolt://neo4j:one@"+address)
	home := t.TempDir() // where the locks are
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	_, release, err := acquire()
	if err != nil {
		giveUp(t, err)
	}
	release()
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, kill := startChild(t, "shared", elsewhere)
	if got != address {
		t.Errorf("the other process was given %s, not %s", got, address)
	}
	t.Run("another server", func(t *testing.T) {
		t.Setenv(Variable, "bolt://neo4j:one@127.0.0.1:2")
		_, release, err := acquire()
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
	t.Setenv(Variable, "bolt://reader:two@"+address)
	awaitTurn(t, kill)
}

// awaitTurn takes the server, which another process has until it is killed.
func awaitTurn(t *testing.T, kill func()) {
	t.Helper()
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		if _, release, err := acquire(); err != nil {
			t.Error(err)
		} else {
			release()
		}
	}()
	select {
	case <-taken:
		t.Error("two processes had the server at once")
	case <-time.After(200 * time.Millisecond):
	}
	kill()
	<-taken
}

// TestStart holds a server of one's own to come back with what it held, and to go with the process that started it.
func TestStart(t *testing.T) {
	p := Start(t)
	ask(t, p.Server, `CREATE (:Thing)`)
	address := p.Server
	p.Kill()
	if _, err := net.Dial("tcp", p.Address); err == nil {
		t.Error("the server answers after Kill")
	}
	p.Restart()
	if p.Server != address {
		t.Errorf("it came back as %s, not %s", p.Address, address.Address)
	}
	if n := ask(t, p.Server, `MATCH (t:Thing) RETURN count(t)`)[0][0].(int64); n != 1 {
		t.Errorf("%d of 1 nodes came back", n)
	}
	p.Kill()

	home := t.TempDir()
	orphan, kill := startChild(t, home, ".")
	kill()
	// The last that goes is the home.
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(home); errors.Is(err, os.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the server outlives the process that started it")
		}
	}
	if _, err := net.Dial("tcp", orphan); err == nil {
		t.Error("the server answers after its home is gone")
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		address string
		want    Server
		ok      bool
	}{
		{"bolt://neo4j:p%40ss@db.example:7687", Server{Address: "db.example:7687", User: "neo4j", Password: "p@ss"}, true},
		{"bolt://db.example:7687", Server{}, false},
		{"neo4j:secret@db.example", Server{}, false},
		{"bolt://neo4j:sec ret%@db.example:7687", Server{}, false},
	} {
		got, err := parse(test.address)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%s: want %+v, got %+v, %v", test.address, test.want, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "ret") {
			t.Errorf("%s: the message shows the password: %v", test.address, err)
		}
	}
}
