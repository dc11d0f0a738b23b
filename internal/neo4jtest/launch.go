package neo4jtest

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	//go:embed server/pom.xml
	pom []byte
	//go:embed server/jars.sha256
	jars []byte
	//go:embed server/Server.java
	launcher []byte
)

// running is a server that a launcher runs, as server.json in the run's folder has it.
type running struct {
	Port     string // of Bolt
	Control  string // port on which its users are counted
	Password string
	CA       string
}

func (r running) server() Server {
	return Server{Address: net.JoinHostPort("127.0.0.1", r.Port), User: "neo4j", Password: r.Password, CA: r.CA}
}

// use connects to the launcher: as long as the connection is open the server runs. The system closes it when the process is killed.
func (r running) use() (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", r.Control), time.Minute)
	if err != nil {
		return nil, err
	}
	err = conn.SetDeadline(time.Now().Add(time.Minute))
	if err == nil {
		_, err = io.WriteString(conn, r.Password+"\n")
	}
	if err == nil {
		_, err = io.ReadFull(conn, make([]byte, 1))
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// reuse finds the server that another process of the run has started. The caller holds the folder's lock.
func reuse(folder string) (r running, use net.Conn, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "server.json"))
	if err != nil {
		return r, nil, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, nil, err
	}
	use, err = r.use()
	return r, use, err
}

// boot starts the run's server. The caller holds the folder's lock.
func boot(folder string) (r running, use net.Conn, err error) {
	// Homes of launchers that were killed.
	old, err := filepath.Glob(filepath.Join(folder, "home*"))
	if err != nil {
		return r, nil, err
	}
	for _, home := range old {
		if err := os.RemoveAll(home); err != nil {
			return r, nil, err
		}
	}
	home, err := os.MkdirTemp(folder, "home")
	if err != nil {
		return r, nil, err
	}
	r, use, command, err := launch(home, "0", rand.Text(), idle, lasting)
	if err != nil {
		return r, nil, err
	}
	go func() { _ = command.Wait() }() // it may end before this process does
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "server.json"), text, 0o600)
	}
	if err != nil {
		_ = use.Close()
		return r, nil, err
	}
	return r, use, nil
}

// patience is how long a server may take to answer: many times what it needs on a busy machine.
const patience = 5 * time.Minute

// sort is what a server is for.
type sort struct {
	java      []string // options of the virtual machine
	pageCache int      // MiB
	keep      bool     // its home
	tls       string   // DISABLED, OPTIONAL or REQUIRED
}

// lasting is for a run's tests, most of whose time goes to plan queries: with both compilers half as long.
var lasting = sort{java: []string{"-Xms512m", "-Xmx1g", "-XX:+UseSerialGC"}, pageCache: 128, tls: "OPTIONAL"}

// passing is for a test of its own. The quick compiler alone: half the work to start, and it does not live long enough to gain by the other.
var passing = sort{java: []string{"-Xms128m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}, pageCache: 128, tls: "DISABLED"}

// launch starts a server over a home and waits until it answers. What the server logs is in its home.
func launch(home, port, password string, idle int, of sort) (r running, use net.Conn, command *exec.Cmd, err error) {
	lib, err := libraries()
	if err != nil {
		return r, nil, nil, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return r, nil, nil, missing("this test needs Neo4j, and there is no java to run it: install a JDK, 17 or 21 (Debian: apt-get install default-jdk-headless)")
	}
	var ca string
	if of.tls != "DISABLED" {
		if ca, err = certify(home); err != nil {
			return r, nil, nil, err
		}
	}
	source := filepath.Join(home, "Server.java")
	if err := os.WriteFile(source, launcher, 0o600); err != nil {
		return r, nil, nil, err
	}
	log, err := os.Create(filepath.Join(home, "launcher.log"))
	if err != nil {
		return r, nil, nil, err
	}
	defer func() { _ = log.Close() }() // the launcher has its own handle
	atEnd := "delete"
	if of.keep {
		atEnd = "keep"
	}
	command = exec.Command(java, append(slices.Clone(of.java), "-Djava.awt.headless=true",
		"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
		"-cp", filepath.Join(lib, "*"), source, home, port, fmt.Sprint(idle), fmt.Sprint(of.pageCache), atEnd, of.tls)...)
	command.Env = append(os.Environ(), "NEO4JTEST_PASSWORD="+password)
	command.Dir, command.Stderr = home, log
	// A pipe of our own: `go test` waits until its own are closed.
	out, err := command.StdoutPipe()
	if err != nil {
		return r, nil, nil, err
	}
	if err := command.Start(); err != nil {
		return r, nil, nil, err
	}
	late := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	if ports := strings.Fields(line); err == nil && len(ports) == 2 {
		r = running{Port: ports[0], Control: ports[1], Password: password, CA: ca}
		use, err = r.use()
	}
	if err != nil {
		_ = command.Process.Kill()
		_ = command.Wait()
		told, _ := os.ReadFile(log.Name())
		return r, nil, nil, fmt.Errorf("the launcher failed (%w):\n%s", err, beginning(told))
	}
	return r, use, command, nil
}

// A Process is a server of a test's own, which the test may kill.
type Process struct {
	Server
	t       testing.TB
	home    string
	sort    sort
	command *exec.Cmd // nil while it does not run
	use     net.Conn
}

// Start starts a server for one test, with an empty database, and stops it when the test ends. It takes some ten seconds and half a
// gigabyte, so it is for tests that cannot do with [Shared]. It takes no TLS.
func Start(t testing.TB) *Process {
	t.Helper()
	return start(t, passing)
}

// StartTLS is Start for a server that takes nothing but TLS.
func StartTLS(t testing.TB) *Process {
	t.Helper()
	of := passing
	of.tls = "REQUIRED"
	return start(t, of)
}

func start(t testing.TB, of sort) *Process {
	t.Helper()
	home, err := os.MkdirTemp("", "policygraph-neo4j-")
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{t: t, home: home, sort: of, Server: Server{Password: rand.Text()}}
	p.launch("0")
	t.Cleanup(func() {
		p.Kill()
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Kill ends the server as a crash would, and returns when it is gone.
func (p *Process) Kill() {
	p.t.Helper()
	if p.command == nil {
		return
	}
	if err := p.command.Process.Kill(); err != nil {
		p.t.Errorf("killing Neo4j: %v", err)
	}
	_ = p.command.Wait() // it was killed
	_ = p.use.Close()
	p.command = nil
}

// Freeze makes the server stand still: what it is asked it neither answers nor refuses. Kill ends that.
func (p *Process) Freeze() {
	p.t.Helper()
	if err := freeze(p.command.Process); err != nil {
		p.t.Fatalf("stopping Neo4j for a while: %v", err)
	}
}

// Restart starts the server again after Kill, at the same address over the same data.
func (p *Process) Restart() {
	p.t.Helper()
	_, port, err := net.SplitHostPort(p.Address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.launch(port)
}

func (p *Process) launch(port string) {
	p.t.Helper()
	r, use, command, err := launch(p.home, port, p.Password, 0, p.sort)
	if err != nil {
		giveUp(p.t, err)
	}
	p.Server, p.use, p.command = r.server(), use, command
}

// turn waits until no other process has the server of a name, and gives the folder that its users share.
func turn(what, name string) (folder string, unlock func(), err error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", nil, err
	}
	folder = filepath.Join(cache, fmt.Sprintf("%s-%.6x", what, sha256.Sum256([]byte(name))))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, err
	}
	unlock, err = lock(folder)
	return folder, unlock, err
}

// checkout is the folder of the module whose tests run.
func checkout() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return start, nil
		}
	}
}

func cacheFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", missing(fmt.Sprintf("this test needs a folder to keep Neo4j in: %v", err))
	}
	return filepath.Join(cache, "policygraph", "neo4jtest"), nil
}

// libraries is the folder of the server's jars, which are copied there once. Several processes may do so at the same time.
func libraries() (string, error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	lib := filepath.Join(cache, fmt.Sprintf("lib-%x", sha256.Sum256(slices.Concat(pom, jars)))[:len("lib-")+12])
	if _, err := os.Stat(lib); err == nil {
		return lib, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(cache, "copying")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	found, err := copyLibraries(work)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(found, jars) {
		return "", errors.New("the jars that Maven found are not those of server/jars.sha256 (go test ./internal/neo4jtest -update, if the pom was changed)")
	}
	if err := os.Rename(filepath.Join(work, "lib"), lib); err != nil {
		if _, err := os.Stat(lib); err == nil { // another process was quicker
			return lib, nil
		}
		return "", err
	}
	return lib, nil
}

// copyLibraries copies the jars into a folder's lib, and lists them with their hashes as sha256sum does.
func copyLibraries(folder string) (list []byte, err error) {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return nil, missing("this test needs Neo4j, and there is no mvn to get it: install Maven (Debian: apt-get install maven)")
	}
	file := filepath.Join(folder, "pom.xml")
	if err := os.WriteFile(file, pom, 0o600); err != nil {
		return nil, err
	}
	lib := filepath.Join(folder, "lib")
	command := exec.Command(mvn, "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DoutputDirectory="+lib)
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mvn cannot get Neo4j (%w):\n%s", err, beginning(out))
	}
	entries, err := os.ReadDir(lib)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, e := range entries {
		jar, err := os.ReadFile(filepath.Join(lib, e.Name()))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(jar), e.Name())
	}
	return b.Bytes(), nil
}

// beginning is that of a text: of a chain of exceptions it tells most.
func beginning(text []byte) []byte { return bytes.TrimSpace(text[:min(len(text), 2000)]) }
