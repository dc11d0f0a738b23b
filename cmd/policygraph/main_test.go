package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
	"github.com/policygraph/policygraph/resolvers"
)

var update = flag.Bool("update", false, "write the golden files")

// binary is the path of the built binary: what is tested here is what people run.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "policygraph")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "policygraph")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// place is where a command runs: a directory of its own that is the home directory too, and nothing else in the environment.
type place struct {
	t   testing.TB
	dir string
	env []string
}

func newPlace(t testing.TB) place {
	t.Helper()
	dir := t.TempDir()
	return place{t, dir, []string{"HOME=" + dir, "PATH=" + filepath.Dir(binary) + string(filepath.ListSeparator) + os.Getenv("PATH")}}
}

func (p place) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), binary, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// result is what a command left behind.
type result struct {
	Code     int
	Out, Err string
}

func (p place) run(args ...string) result { return p.runWith("", args...) }

func (p place) runWith(in string, args ...string) result {
	p.t.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &out, &errs
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		p.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// write makes files below the directory.
func (p place) write(files map[string]string) {
	p.t.Helper()
	for name, text := range files {
		path := filepath.Join(p.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			p.t.Fatal(err)
		}
	}
}

// records are seed records without faults, in canonical form.
func records() map[string]string {
	return map[string]string{
		"records/datasets/curated.yaml": "title: Curated records\ndescription: What the fixtures say.\npublisher: policygraph\nlicence: CC-BY-4.0\n",
		"records/sources/report.yaml": `name: A report on boards
cite:
  - {source: src:report, at: title page}
`,
		"records/organisations/old-boards.yaml": `name: Old boards
form: CLASS
cite:
  - {source: src:report, at: Table 1}
`,
		"records/organisations/new-boards.yaml": `name: New boards
form: CLASS
cite:
  - {source: src:report, at: Table 2}
statements:
  replaced-old-boards:
    relation: REPLACED
    object: org:old-boards
    when: 2013-04-01
    cite:
      - {source: src:report, at: Table 2}
`,
	}
}

const names = `{ old: organisation(id: "org:old-boards") { name } new: organisation(id: "org:new-boards") { name replaced { totalCount } } revision { number } }`

// masked takes what differs from run to run out of a text.
func (p place) masked(text string) string {
	text = strings.ReplaceAll(text, p.dir, "$HOME")
	text = regexp.MustCompile(`in \d+(\.\d+)?(ms|s)\b`).ReplaceAllString(text, "in TIME")
	return regexp.MustCompile(`\d+ entities, \d+ statements`).ReplaceAllString(text, "N entities, M statements")
}

// served is a `policygraph serve` that runs.
type served struct {
	place
	cmd    *exec.Cmd
	url    string
	before string        // what it said before its address
	read   chan struct{} // closed when its standard error is at its end

	mu   sync.Mutex
	more *sync.Cond
	said string // on its standard error, by whole lines
	over bool   // it says no more
}

// serve starts a server on a free port and waits for its address.
func (p place) serve(args ...string) *served {
	p.t.Helper()
	s := p.start(args...)
	s.ready()
	return s
}

// start starts a server on a free port.
func (p place) start(args ...string) *served {
	p.t.Helper()
	s := &served{place: p, cmd: p.command(append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...), read: make(chan struct{})}
	s.more = sync.NewCond(&s.mu)
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill() // of a test that failed
			_ = s.cmd.Wait()
		}
	})
	go s.listen(errs)
	return s
}

// ready waits for the server's address.
func (s *served) ready() {
	s.t.Helper()
	s.before, s.url = s.await(`serving (http://127\.0\.0\.1:\d+)/`)
}

// listen reads what the server says, at all times: a full pipe would stop it.
func (s *served) listen(r io.Reader) {
	defer close(s.read)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		s.mu.Lock()
		s.said += lines.Text() + "\n"
		s.mu.Unlock()
		s.more.Broadcast()
	}
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.more.Broadcast()
}

// await waits until the server says something, and returns the lines before and what is in the brackets of the pattern.
func (s *served) await(pattern string) (before, match string) {
	s.t.Helper()
	r := regexp.MustCompile(pattern)
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if m := r.FindStringSubmatchIndex(s.said); m != nil {
			if len(m) > 2 {
				match = s.said[m[2]:m[3]]
			}
			return s.said[:strings.LastIndex(s.said[:m[0]], "\n")+1], match
		}
		if s.over {
			s.t.Fatalf("it ended without saying %s: %s", pattern, s.said)
		}
		s.more.Wait()
	}
}

// has says whether it has said something, or says no more.
func (s *served) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over || strings.Contains(s.said, text)
}

// ask sends an operation and returns the answer as text.
func (s *served) ask(operation string) string {
	s.t.Helper()
	text, err := s.post(operation)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// post is ask for goroutines, which may not end a test.
func (s *served) post(operation string) (string, error) {
	body, err := json.Marshal(map[string]string{"query": operation})
	if err != nil {
		return "", err
	}
	response, err := http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// end sends a signal and returns how the server ended, and all that it said.
func (s *served) end(signal os.Signal) (*os.ProcessState, string) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	<-s.read
	if err := s.cmd.Wait(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			s.t.Fatal(err)
		}
	}
	return s.cmd.ProcessState, s.said
}

func TestServe(t *testing.T) {
	p := newPlace(t)
	const question = `query Once { organisation(id: "org:clinical-commissioning-groups") { replaced { edges { when node { id } } } } }`
	const want = `{"data":{"organisation":{"replaced":{"edges":[{"when":"2013-04-01","node":{"id":"org:primary-care-trusts"}}]}}}`

	s := p.serve()
	if got, want := p.masked(s.before), listening(s.url)+"$HOME/.local/share/policygraph was empty: loaded N entities, M statements as revision 1 in TIME\n"; got != want {
		t.Errorf("on an empty directory it says %q, want %q", got, want)
	}
	if got := s.ask(question); !strings.HasPrefix(got, want) {
		t.Errorf("answer %s\nwant %s", got, want)
	}
	state, said := s.end(syscall.SIGTERM)
	if state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
	for _, want := range []string{"operation=Once", "storeCalls=", "revision=1", "status=200", "duration=", "request=", "msg=stopping"} {
		if !strings.Contains(said, want) {
			t.Errorf("the log lacks %s:\n%s", want, said)
		}
	}

	again := p.serve("--log-format", "json")
	if again.before != "" {
		t.Errorf("on its own directory it says %q, want nothing", again.before)
	}
	if got := again.ask(question); !strings.HasPrefix(got, want) {
		t.Errorf("answer after a restart %s\nwant %s", got, want)
	}
	if state, said := again.end(os.Interrupt); state.ExitCode() != 0 {
		t.Errorf("after an interrupt: %s\n%s", state, said)
	}
}

// listening is what a server at a URL says before it fills an empty graph.
func listening(url string) string {
	return "listening on " + url + "/; operations are answered once the graph, which is empty, is filled\n"
}

// TestServeSettings shows that limits and origins reach the server, from flags and from the environment.
func TestServeSettings(t *testing.T) {
	p := newPlace(t)
	p.env = append(p.env, "POLICYGRAPH_MAX_ALIASES=1", "POLICYGRAPH_MAX_DEPTH=1", "POLICYGRAPH_CORS_ORIGIN=https://example.org, https://example.com")
	s := p.serve("--max-depth", "2")
	for _, test := range []struct{ operation, want string }{
		{`{ revision { number } }`, `{"data":{"revision":{"number":1}}`},
		{`{ ontology { relations { name } } }`, `the operation is 3 fields deep, and the limit is 2; nest fewer fields`},
		{`{ a: __typename b: __typename }`, `the operation has 2 aliases, and the limit is 1; send fewer at a time`},
	} {
		if got := s.ask(test.operation); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s\nwant %s", test.operation, got, test.want)
		}
	}
	for origin, want := range map[string]string{"https://example.com": "https://example.com", "https://example.net": ""} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/graphql?query={__typename}", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", origin)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("to a page of %s: Access-Control-Allow-Origin %q, want %q", origin, got, want)
		}
	}
	if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
}

// TestSecondSignal shows that a server that waits for a request ends at once at a second signal.
func TestSecondSignal(t *testing.T) {
	s := newPlace(t).serve()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // it reads the body now
		t.Fatalf("%q, %v", line, err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.await("msg=stopping")
	state, said := s.end(syscall.SIGTERM)
	if status, ok := state.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("after two signals: %s\n%s", state, said)
	}
}

// filling starts a server on an empty directory of which another load has its turn first, and waits until it has said where it listens.
func (p place) filling() (s *served, url string, first graph.Load) {
	p.t.Helper()
	store, err := sqlitestore.Open(p.t.Context(), filepath.Join(p.dir, "data"), sqlitestore.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := store.Close(); err != nil {
			p.t.Error(err)
		}
	})
	first, err = store.Begin(p.t.Context(), graph.LoadSpec{Origin: "first", Time: time.Now()})
	if err != nil {
		p.t.Fatal(err)
	}
	s = p.start("--data", "data")
	_, url = s.await(`listening on (http://127\.0\.0\.1:\d+)/`)
	s.await("waiting for that")
	return s, url, first
}

// TestAliveWhileFilling shows that a server answers while it waits for a graph, and serves it once it is there.
func TestAliveWhileFilling(t *testing.T) {
	s, url, first := newPlace(t).filling()
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/healthz":                    {http.StatusOK, "alive"},
		"/readyz":                     {http.StatusServiceUnavailable, "not ready: the graph is being opened"},
		"/":                           {http.StatusServiceUnavailable, "not ready: the graph is being opened"},
		"/graphql?query={__typename}": {http.StatusServiceUnavailable, `"code":"UNAVAILABLE"`},
	} {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != want.status || !strings.Contains(string(body), want.text) {
			t.Errorf("%s says %d, %s; want %d, %s", path, response.StatusCode, body, want.status, want.text)
		}
	}
	if err := first.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.ready(); s.url != url || !strings.HasPrefix(s.before, listening(url)) {
		t.Errorf("it listened on %s, and serves %s:\n%s", url, s.url, s.before)
	}
	if got := s.ask(`{ revision { origin } }`); !strings.Contains(got, `"origin":"seed"`) || s.readiness() != http.StatusOK {
		t.Errorf("once it is filled: %s", got)
	}
	if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
}

// TestEndWhileFilling shows that a server that has no graph yet ends at once, whatever clients have begun.
func TestEndWhileFilling(t *testing.T) {
	s, url, first := newPlace(t).filling()
	begin(t, url)
	start := time.Now()
	state, said := s.end(os.Interrupt)
	if took := time.Since(start); state.ExitCode() != 1 || !strings.HasSuffix(said, "policygraph: interrupted\n") || took >= drain {
		t.Errorf("after an interrupt: %s in %s\n%s", state, took, said)
	}
	if err := first.Discard(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestStartFails shows that a server whose start fails says so at once and in one line, whatever clients have begun.
func TestStartFails(t *testing.T) {
	s, url, _ := newPlace(t).filling()
	begin(t, url)
	start := time.Now()
	s.execute("data", `DROP TABLE revision`)
	<-s.read
	_ = s.cmd.Wait() // its state is looked at
	if took := time.Since(start); s.cmd.ProcessState.ExitCode() != 1 || took >= drain || !regexp.MustCompile(`\npolicygraph: read the head: .*\n$`).MatchString(s.said) {
		t.Errorf("%s in %s\n%s", s.cmd.ProcessState, took, s.said)
	}
}

// drain is how long a server that is open waits for requests when it ends.
const drain = 10 * time.Second

// begin begins a request and does not end it.
func begin(t *testing.T, url string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
}

// TestLoadWhileServing shows that a server shows what another process loads, and says at its start that its records are not the program's.
func TestLoadWhileServing(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	s := p.serve("--data", "data")
	if got := s.ask(names); !strings.Contains(got, `"data":{"old":null,"new":null,"revision":{"number":1}}`) {
		t.Errorf("before the load: %s", got)
	}
	loaded := p.run("load", "records", "--data", "data", "--author", "A board", "--comment", "Boards")
	if loaded.Code != 0 || !regexp.MustCompile(`^revision 2: \d+ records added, \d+ changed, \d+ withdrawn, \d+ as before, in TIME\n(  \w+: \d+ .*\n)+$`).MatchString(p.masked(loaded.Out)) {
		t.Errorf("load: %+v", loaded)
	}
	const want = `"data":{"old":{"name":"Old boards"},"new":{"name":"New boards","replaced":{"totalCount":1}},"revision":{"number":2}}`
	for got := ""; !strings.Contains(got, want); { // the test's own time limit ends it
		if got = s.ask(names); strings.Contains(got, "errors") {
			t.Fatal(got)
		}
	}
	if got := s.ask(`{ revision { author comment origin } }`); !strings.Contains(got, `{"author":"A board","comment":"Boards","origin":"seed"}`) {
		t.Errorf("the revision says %s", got)
	}
	same := p.run("load", "records", "--data", "data")
	if diff := cmp.Diff(result{0, "nothing changed: revision 2 has these records already\n", ""}, same); diff != "" {
		t.Errorf("loading the same again (-want +got):\n%s", diff)
	}
	if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
	again := p.serve("--data", "data")
	if !regexp.MustCompile("^the graph has the records of revision 2, of .*, and not those that this program carries; `policygraph load` puts these in their place\n$").MatchString(again.before) {
		t.Errorf("with other records it says %q", again.before)
	}
	if state, said := again.end(syscall.SIGTERM); state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
}

// TestServeTogether starts servers on one empty directory at the same time: one loads the records, all serve them.
func TestServeTogether(t *testing.T) {
	p := newPlace(t)
	var servers []*served
	for range 3 {
		servers = append(servers, p.start("--data", "data"))
	}
	loads := 0
	for _, s := range servers {
		s.ready()
		loads += strings.Count(s.before, "was empty: loaded")
		if got := s.ask(`{ organisation(id: "org:primary-care-trusts") { id } revision { number } }`); !strings.HasPrefix(got, `{"data":{"organisation":{"id":"org:primary-care-trusts"},"revision":{"number":1}}`) {
			t.Error(got)
		}
	}
	if loads != 1 {
		t.Errorf("%d of them loaded the records, want one", loads)
	}
	for _, s := range servers {
		if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 {
			t.Errorf("after SIGTERM: %s\n%s", state, said)
		}
	}
}

func TestErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	other := "; --data or POLICYGRAPH_DATA names another\n"
	tests := []struct {
		name  string
		files map[string]string
		env   string
		args  []string
		code  int
		want  string // without "policygraph: "
	}{
		{"port taken", nil, "", []string{"serve", "--addr", taken.Addr().String()}, 1,
			"cannot listen on " + taken.Addr().String() + ": another program listens there; name another address with --addr or POLICYGRAPH_ADDR, such as 127.0.0.1:8081\n"},
		{"port taken, from the environment", nil, "POLICYGRAPH_ADDR=" + taken.Addr().String(), []string{"serve"}, 1,
			"cannot listen on " + taken.Addr().String() + ": another program listens there; name another address with --addr or POLICYGRAPH_ADDR, such as 127.0.0.1:8081\n"},
		{"address without a port", nil, "", []string{"serve", "--addr", "localhost"}, 2,
			"--addr: \"localhost\" is not host:port; give one such as 127.0.0.1:8080, [::1]:8080 or :8080\n"},
		{"flag before the environment", nil, "POLICYGRAPH_ADDR=nonsense", []string{"serve", "--addr", taken.Addr().String()}, 1,
			"cannot listen on " + taken.Addr().String() + ": another program listens there; name another address with --addr or POLICYGRAPH_ADDR, such as 127.0.0.1:8081\n"},
		{"bad value in the environment", nil, "POLICYGRAPH_LOG_LEVEL=loud", []string{"serve"}, 2,
			"POLICYGRAPH_LOG_LEVEL in the environment: \"loud\" is not one of debug, info, warn, error\n"},
		{"bad value of a flag", nil, "", []string{"serve", "--log-format", "xml"}, 2, "--log-format: \"xml\" is not one of text, json\n"},
		{"limit of nothing", nil, "", []string{"serve", "--max-depth", "0"}, 2, "--max-depth: \"0\" is not a whole number above 0\n"},
		{"limit in the environment", nil, "POLICYGRAPH_MAX_COST=much", []string{"serve"}, 2,
			"POLICYGRAPH_MAX_COST in the environment: \"much\" is not a whole number above 0\n"},
		{"time that is none", nil, "", []string{"serve", "--timeout", "10"}, 2, "--timeout: \"10\" is not a time above 0; give one such as 10s or 1m30s\n"},
		{"origin that is none", nil, "", []string{"serve", "--cors-origin", "example.org"}, 2,
			"--cors-origin: \"example.org\" is not the origin of a page; give one such as https://example.org or http://localhost:3000, or * or none\n"},
		{"origins and none", nil, "POLICYGRAPH_CORS_ORIGIN=none,https://example.org", []string{"serve"}, 2,
			"--cors-origin is * or none alone, or names origins; it is given as none, https://example.org\n"},
		{"no home directory", nil, "HOME=", []string{"query", "{ __typename }"}, 2,
			"there is no home directory to keep the graph in: name a directory with --data or POLICYGRAPH_DATA\n"},
		{"data directory cannot be made", nil, "", []string{"serve", "--addr", "127.0.0.1:0", "--data", "/proc/policygraph"}, 1,
			"the directory /proc/policygraph cannot be made: no such file or directory" + other},
		{"data directory is a file", map[string]string{"file": "text"}, "", []string{"query", "{ __typename }", "--data", "file"}, 1,
			"$HOME/file cannot be used: the file is no database" + other},
		{"data directory below a file", map[string]string{"file": "text"}, "", []string{"load", "--data", "file/data"}, 1,
			"file/data cannot be opened: not a directory" + other},
		{"no database", map[string]string{"data/graph.db": "This is text, and long enough to be looked at as a header."}, "", []string{"serve", "--addr", "127.0.0.1:0", "--data", "data"}, 1,
			"$HOME/data/graph.db cannot be used: the file is no database" + other},
		{"no command", nil, "", []string{"serv"}, 2, "there is no command \"serv\"; did you mean serve?\n"},
		{"no command of seed", nil, "", []string{"seed", "frobnicate"}, 2, "there is no command \"frobnicate\"; there are check, fmt\n"},
		{"no flag", nil, "", []string{"serve", "--adr", "x"}, 2, "there is no flag --adr; did you mean --addr?\n"},
		{"no flag near", nil, "", []string{"serve", "--frobnicate"}, 2, "there is no flag --frobnicate; `policygraph serve --help` lists them\n"},
		{"no short flag", nil, "", []string{"query", "-x"}, 2, "there is no flag -x; `policygraph query --help` lists them\n"},
		{"data without a name", nil, "", []string{"query", "{ __typename }", "--data", ""}, 2,
			"--data: the name is empty; name a directory, or leave it out for the default one\n"},
		{"data without a name in the environment", nil, "POLICYGRAPH_DATA=  ", []string{"query", "{ __typename }"}, 2,
			"POLICYGRAPH_DATA in the environment: the name is empty; name a directory, or leave it out for the default one\n"},
		{"password file without a name", nil, "POLICYGRAPH_STORE_AUTH=neo4j/secret", []string{"query", "{ __typename }", "--store", "neo4j://127.0.0.1:1", "--store-auth-file", ""}, 2,
			"--store-auth-file: the name is empty; name a file with user/password, or leave it out\n"},
		{"password file and a directory", nil, "", []string{"load", "--data", "data", "--store-auth-file", "auth"}, 2,
			"--store-auth-file is for a Neo4j server, and none is named: name one with --store or POLICYGRAPH_STORE, or leave it out\n"},
		{"data directory is an empty file", map[string]string{"file": ""}, "", []string{"query", "{ __typename }", "--data", "file"}, 1,
			"file is an empty file, not a directory" + other},
		{"data directory to be made is an empty file", map[string]string{"file": ""}, "", []string{"load", "--data", "file"}, 1,
			"file is an empty file, not a directory: a database file that is to be made has a name that ends in .db" + other},
		{"flag without its value", nil, "", []string{"query", "--data"}, 2, "flag needs an argument: --data\n"},
		{"arguments", nil, "", []string{"serve", "now"}, 2, "policygraph serve takes no arguments, and was given 1; put one with spaces in quotes\n"},
		{"operation not in quotes", nil, "", []string{"query", "{", "revision"}, 2, "policygraph query takes one operation, and was given 2; put one with spaces in quotes\n"},
		{"no operation", nil, "", []string{"query"}, 2,
			"there is no operation: give one as argument, in a file with --file, or on standard input with -; such as policygraph query '{ revision { number } }'\n"},
		{"two operations", nil, "", []string{"query", "{ __typename }", "--file", "x"}, 2, "there are two operations, one as argument and one in --file: give one\n"},
		{"no file", nil, "", []string{"query", "--file", "x.graphql"}, 1, "cannot read x.graphql: no such file or directory\n"},
		{"variables", nil, "", []string{"query", "{ __typename }", "--variables", "[1]"}, 2, "--variables is not a JSON object, such as {\"id\": \"org:primary-care-trusts\"}\n"},
		{"variables in a file", map[string]string{"v.json": "{} {}"}, "", []string{"query", "{ __typename }", "--variables", "@v.json"}, 2,
			"v.json is not a JSON object, such as {\"id\": \"org:primary-care-trusts\"}\n"},
		{"no seed directory", nil, "", []string{"seed", "check"}, 1, "there is no directory seed here; name the directory of the records\n"},
		{"seed directory is a file", map[string]string{"file": "text"}, "", []string{"seed", "check", "file"}, 1, "file is not a directory\n"},
		{"nothing to load there", nil, "", []string{"load", "records"}, 1, "there is no directory or file records here\n"},
		{"load of another file", map[string]string{"file": "text"}, "", []string{"load", "file"}, 1,
			"file:1:1: the first line is not the header of a graph; want {\"format\":\"policygraph\",\"version\":1}\n"},
		{"load of half a file", map[string]string{"file": "{\"format\":\"policygraph\",\"version\":1}\n"}, "", []string{"load", "file"}, 1,
			"file:2:1: the lines break off after 0 records; the last line is {\"records\":0}\n"},
		{"load of no records", map[string]string{"file": "{\"format\":\"policygraph\",\"version\":1}\n{\"records\":0}\n"}, "", []string{"load", "file"}, 1, "file has no records\n"},
		{"load of a broken file", map[string]string{"file": "\x1f\x8b\x08"}, "", []string{"load", "file"}, 1, "cannot read file: unexpected EOF\n"},
		{"dump of no revision", nil, "", []string{"dump", "--revision", "0"}, 2, "--revision: 0 is not a revision; they count from 1, and `policygraph revisions` lists them\n"},
		{"write and diff", nil, "", []string{"seed", "fmt", "--write", "--diff"}, 2, "--write and --diff do not go together: give one\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if strings.Contains(test.want, "/proc/") && runtime.GOOS != "linux" {
				t.Skip("/proc is a directory in which nobody can write on Linux alone")
			}
			p := newPlace(t)
			p.write(test.files)
			p.env = append(p.env, test.env)
			before := p.tree()
			got := p.run(test.args...)
			want := result{test.code, "", "policygraph: " + strings.ReplaceAll(test.want, "$HOME", p.dir)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, p.tree()); diff != "" {
				t.Errorf("it changed files (-before +after):\n%s", diff)
			}
		})
	}
}

// tree is every file in the directory with what is in it.
func (p place) tree() map[string]string {
	p.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(p.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return files
}

// TestDatabases shows databases that are not ours to use: they stay as they are.
func TestDatabases(t *testing.T) {
	tests := []struct{ name, change, want string }{
		{"newer version", fmt.Sprintf("PRAGMA user_version = %d", sqlitestore.Version+1), fmt.Sprintf(
			"was written by a newer policygraph (version %d of the schema, this one knows %d): use that, or another data directory", sqlitestore.Version+1, sqlitestore.Version)},
		{"of another program", "PRAGMA application_id = 7", "is a database of another program, not of policygraph"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t)
			if got := p.run("load", "--data", "data"); got.Code != 0 {
				t.Fatalf("%+v", got)
			}
			p.execute("data", test.change)
			before := p.tree()
			got := p.run("serve", "--addr", "127.0.0.1:0", "--data", "data")
			want := result{1, "", "policygraph: " + filepath.Join(p.dir, "data", "graph.db") + " " + test.want + "; --data or POLICYGRAPH_DATA names another\n"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, p.tree()); diff != "" {
				t.Error("it changed files")
			}
		})
	}
}

// reading are the commands that read a graph.
var reading = [][]string{{"query", "{ __typename }"}, {"dump"}, {"dump", "graph.jsonl"}, {"revisions"}}

// TestNamedPlace shows that commands which read make no graph at a place that somebody named: a mistyped name is told, and nothing is made.
func TestNamedPlace(t *testing.T) {
	none := func(dir, word string) string {
		return fmt.Sprintf("there is no graph in %s yet; `policygraph load --data %s` or `policygraph serve --data %[2]s` puts the records of this build there\n", dir, word)
	}
	opened := func(t *testing.T, p place) *sqlitestore.Store {
		store, err := sqlitestore.Open(t.Context(), filepath.Join(p.dir, "data"), sqlitestore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() }) // a second time for some
		return store
	}
	for _, test := range []struct {
		name string
		make func(t *testing.T, p place)
		env  string
		args []string
		want string
	}{
		{"mistyped", nil, "", []string{"--data", "./dta"}, none("./dta", "./dta")},
		{"with a space", nil, "", []string{"--data", "my data"}, none("my data", "'my data'")},
		{"in the environment", nil, "POLICYGRAPH_DATA=dta", nil, none("dta", "dta")},
		{"empty directory", func(t *testing.T, p place) {
			if err := os.Mkdir(filepath.Join(p.dir, "data"), 0o777); err != nil {
				t.Fatal(err)
			}
		}, "", []string{"--data", "data"}, none("data", "data")},
		{"directory of other files", func(_ *testing.T, p place) { p.write(records()) }, "", []string{"--data", "records"}, none("records", "records")},
		{"no database file", nil, "", []string{"--data", "mine.db"}, none("mine.db", "mine.db")},
		{"nothing loaded", func(t *testing.T, p place) {
			if err := opened(t, p).Close(); err != nil {
				t.Fatal(err)
			}
		}, "", []string{"--data", "data"}, none("data", "data")},
		{"a first load under way", func(t *testing.T, p place) {
			if _, err := opened(t, p).Begin(t.Context(), graph.LoadSpec{Origin: "first", Time: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}, "", []string{"--data", "data"}, "$HOME/data/graph.db has no graph yet, and revision 1 is being loaded by process PID on HOST: wait for its end\n"},
		{"link that leads nowhere", func(t *testing.T, p place) {
			if err := os.Symlink("gone", filepath.Join(p.dir, "link")); err != nil {
				t.Skip(err) // Windows wants a right for it
			}
		}, "", []string{"--data", "link"}, "$HOME/link is a symbolic link that leads nowhere; --data or POLICYGRAPH_DATA names another\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t)
			if test.make != nil {
				test.make(t, p)
			}
			p.env = append(p.env, test.env)
			before := p.names()
			for _, args := range reading {
				got := p.run(append(slices.Clone(args), test.args...)...)
				got.Err = regexp.MustCompile(`process \d+ on [^:]+:`).ReplaceAllString(strings.ReplaceAll(got.Err, p.dir, "$HOME"), "process PID on HOST:")
				if diff := cmp.Diff(result{1, "", "policygraph: " + test.want}, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", args, diff)
				}
				if diff := cmp.Diff(before, p.names()); diff != "" {
					t.Errorf("%s changed files (-before +after):\n%s", args, diff)
				}
			}
		})
	}
}

// TestDefaultPlace shows that the default directory is filled by whichever command comes first.
func TestDefaultPlace(t *testing.T) {
	for _, args := range reading {
		p := newPlace(t)
		got := p.run(args...)
		if got.Code != 0 || p.masked(got.Err) != "$HOME/.local/share/policygraph was empty: loaded N entities, M statements as revision 1 in TIME\n" {
			t.Errorf("%s: %d, %s", args, got.Code, got.Err)
		}
	}
}

// names are the files and directories that there are, with the size of each file.
func (p place) names() map[string]int64 {
	p.t.Helper()
	sizes := map[string]int64{}
	if err := filepath.WalkDir(p.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			sizes[path] = -1
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sizes[path] = info.Size()
		}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return sizes
}

// execute runs SQL on the database in a data directory.
func (p place) execute(data, statement string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, data, "graph.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = db.ExecContext(p.t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		p.t.Fatal(err)
	}
}

func TestQuery(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	p.write(map[string]string{
		"one.graphql": `query Name($id: ID!) { organisation(id: $id) { name } }`,
		"two.graphql": `query A { a: __typename } query B { b: __typename }`,
		"id.json":     `{"id": "org:old-boards"}`,
	})
	p.env = append(p.env, "POLICYGRAPH_DATA="+filepath.Join(p.dir, "data"))
	if got := p.run("load", "records"); got.Code != 0 {
		t.Fatalf("load: %+v", got)
	}
	const old = `{"organisation":{"name":"Old boards"}}`
	tests := []struct {
		name string
		in   string
		args []string
		code int
		want string // the answer's data, or its first error's code
	}{
		{"argument", "", []string{`{ organisation(id: "org:old-boards") { name } }`}, 0, old},
		{"standard input", `{ organisation(id: "org:old-boards") { name } }`, []string{"-"}, 0, old},
		{"file and variables", "", []string{"--file", "one.graphql", "--variables", `{"id": "org:old-boards"}`}, 0, old},
		{"file and file of variables", "", []string{"-f", "one.graphql", "--variables", "@id.json"}, 0, old},
		{"one of two operations", "", []string{"-f", "two.graphql", "--operation", "B"}, 0, `{"b":"Query"}`},
		{"nothing there", "", []string{`{ organisation(id: "org:no-boards") { name } }`}, 0, `{"organisation":null}`},
		{"two operations", "", []string{"-f", "two.graphql"}, 1, "GRAPHQL_VALIDATION_FAILED"},
		{"no such field", "", []string{`{ nothing }`}, 1, "GRAPHQL_VALIDATION_FAILED"},
		{"no such month", "", []string{`{ at(date: "2013-13") { date } }`}, 1, "BAD_USER_INPUT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := p
			p.t = t
			got := p.runWith(test.in, append([]string{"query"}, test.args...)...)
			var answer struct {
				Data   json.RawMessage
				Errors []struct{ Extensions struct{ Code string } }
			}
			if err := json.Unmarshal([]byte(got.Out), &answer); err != nil {
				t.Fatalf("%v in %+v", err, got)
			}
			said := string(answer.Data)
			if len(answer.Errors) > 0 {
				said = answer.Errors[0].Extensions.Code
			}
			if got.Code != test.code || said != test.want || got.Err != "" || strings.Count(got.Out, "\n") != 1 {
				t.Errorf("code %d, %s; want %d, %s: %+v", got.Code, said, test.code, test.want, got)
			}
		})
	}
}

func TestSeed(t *testing.T) {
	p := newPlace(t)
	p.write(records())
	check := func(step string, want result, args ...string) {
		t.Helper()
		got := p.run(args...)
		got.Out, got.Err = p.masked(got.Out), p.masked(got.Err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", step, strings.Join(args, " "), diff)
		}
	}
	check("no faults", result{0, "records: no faults: N entities, M statements\n", ""}, "seed", "check", "records")
	check("canonical", result{0, "", ""}, "seed", "fmt", "records")

	file := filepath.Join("records", "organisations", "old-boards.yaml")
	p.write(map[string]string{"records/organisations/old-boards.yaml": "form: CLASS\nname: \"Old boards\"\ncite: [{source: src:report, at: Table 1}]\n"})
	diff := "--- " + file + "\n+++ " + file + `
@@ -1,3 +1,4 @@
+name: Old boards
 form: CLASS
-name: "Old boards"
-cite: [{source: src:report, at: Table 1}]
+cite:
+  - {source: src:report, at: Table 1}
`
	check("another form", result{1, file + "\n", ""}, "seed", "fmt", "records")
	check("another form", result{1, diff, ""}, "seed", "fmt", "--diff", "records")
	check("another form", result{0, file + "\n", ""}, "seed", "fmt", "--write", "records")
	check("formatted", result{0, "", ""}, "seed", "fmt", "records")
	if diff := cmp.Diff(records()["records/organisations/old-boards.yaml"], p.tree()[filepath.Join(p.dir, file)]); diff != "" {
		t.Errorf("formatted file (-want +got):\n%s", diff)
	}

	p.write(map[string]string{"records/organisations/old-boards.yaml": "name: Old boards\nform: KIND\n  bad\n"})
	p.write(map[string]string{"records/organisations/new-boards.yaml": "nmae: New boards\n"})
	faults := p.run("seed", "check", "records")
	place := regexp.MustCompile(`^records/organisations/(old|new)-boards\.yaml:\d+:\d+: .+$`)
	for line := range strings.Lines(faults.Out) {
		if !place.MatchString(filepath.ToSlash(strings.TrimSuffix(line, "\n"))) {
			t.Errorf("not a fault with its place: %q", line)
		}
	}
	for _, file := range []string{"old-boards", "new-boards"} {
		if !strings.Contains(faults.Out, file+".yaml:") {
			t.Errorf("no fault in %s: %s", file, faults.Out)
		}
	}
	said := fmt.Sprintf("policygraph: %d faults in records\n", strings.Count(faults.Out, "\n"))
	if faults.Code != 1 || faults.Err != said {
		t.Errorf("code %d, %q; want 1, %q", faults.Code, faults.Err, said)
	}
	if got := p.run("seed", "fmt", "records"); got.Code != 1 || !strings.Contains(got.Out, "old-boards.yaml:") {
		t.Errorf("fmt of faulty files: %+v", got)
	}
	if got := p.run("load", "records", "--data", "data"); got.Code != 1 || !strings.Contains(got.Out, "old-boards.yaml:") || got.Err != said {
		t.Errorf("load of faulty files: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "data")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("load of faulty files made the data directory (%v)", err)
	}
}

// TestKill ends loads with SIGKILL in their midst: what was there before is still there, whole. Each load takes up what the one before
// it left, so that the moments spread over a whole load; the last is let be, and the new records are there, whole.
func TestKill(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGKILL")
	}
	p := newPlace(t)
	p.write(records())
	if got := p.run("load", "records", "--data", "data"); got.Code != 0 {
		t.Fatalf("%+v", got)
	}
	old := p.run("query", names, "--data", "data")
	if !strings.Contains(old.Out, `"old":{"name":"Old boards"}`) {
		t.Fatalf("%+v", old)
	}

	// The new records are many, so that there is time between the first and the last of them.
	const bodies = 2500
	many := records()
	many["records/organisations/old-boards.yaml"] = strings.Replace(many["records/organisations/old-boards.yaml"], "Old boards", "Former boards", 1)
	for i := range bodies {
		many[fmt.Sprintf("records/organisations/board-%04d.yaml", i)] = fmt.Sprintf(
			"name: Board %04d\ncite:\n  - {source: src:report, at: Table 3}\nstatements:\n  is-a-new-board:\n    relation: INSTANCE_OF\n    object: org:new-boards\n    cite:\n      - {source: src:report, at: Table 3}\n", i)
	}
	p.write(many)
	const whole = `{ organisation(id: "org:old-boards") { name } boards: organisation(id: "org:new-boards") { instances { totalCount } } }`
	wholeOld := p.run("query", whole, "--data", "data").Out
	wholeNew := fmt.Sprintf(`{"data":{"organisation":{"name":"Former boards"},"boards":{"instances":{"totalCount":%d}}}`, bodies)
	kills := 0
	for p.loadUntil(1<<20, "records") {
		kills++
		got := p.run("query", whole, "--data", "data").Out
		if strings.HasPrefix(got, wholeNew) { // the load had just been published
			break
		}
		if got != wholeOld {
			t.Fatalf("after %d kills: %s\nwant %sor %s", kills, got, wholeOld, wholeNew)
		}
		s := p.serve("--data", "data")
		if got := s.ask(names); got != old.Out {
			t.Errorf("served after %d kills: %s\nwant %s", kills, got, old.Out)
		}
		if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 {
			t.Errorf("after SIGTERM: %s\n%s", state, said)
		}
	}
	if kills < 3 {
		t.Errorf("%d loads were killed, want at least 3", kills)
	}
	if got := p.run("query", whole, "--data", "data"); !strings.HasPrefix(got.Out, wholeNew) {
		t.Errorf("the new graph: %+v\nwant %s", got, wholeNew)
	}
	if got := p.run("load", "records", "--data", "data"); !strings.HasPrefix(got.Out, "nothing changed") {
		t.Errorf("loading the same again: %+v", got)
	}
}

// cutOffSaid is how a command ends that was interrupted while it loaded.
const cutOffSaid = "interrupted: a load that was cut off changes nothing, and the same command begins it again\n"

// TestLoadInterrupted shows what Ctrl-C says in the midst of a load, and that it is true.
func TestLoadInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal for one process")
	}
	p := newPlace(t)
	old, new := generated(t, 11, 100), generated(t, 12, 3000)
	p.write(map[string]string{"old.jsonl": old, "new.jsonl": new})
	p.must("load", "old.jsonl", "--data", "data")
	if ended, said := p.loadUntilSignal(os.Interrupt, 1<<20, "new.jsonl"); !ended || said != "policygraph: "+cutOffSaid {
		t.Errorf("it says %q", said)
	}
	if p.must("dump", "--data", "data") != old {
		t.Error("the graph has changed")
	}
	p.must("load", "new.jsonl", "--data", "data")
	if p.must("dump", "--data", "data") != new {
		t.Error("the same command did not load it")
	}
}

// loadUntil loads records and kills the load when the database's log has grown to a size. It is false where the load ends before.
func (p place) loadUntil(size int64, from string) (killed bool) {
	p.t.Helper()
	killed, _ = p.loadUntilSignal(os.Kill, size, from)
	return killed
}

// loadUntilSignal is loadUntil for any signal, and returns what the load said.
func (p place) loadUntilSignal(signal os.Signal, size int64, from string) (ended bool, said string) {
	p.t.Helper()
	cmd := p.command("load", from, "--data", "data")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			if err != nil {
				p.t.Fatalf("load: %v: %s", err, out.String())
			}
			return false, out.String()
		default:
		}
		if info, err := os.Stat(filepath.Join(p.dir, "data", "graph.db-wal")); err == nil && info.Size() >= size {
			break
		}
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	ended = <-done != nil
	return ended, out.String()
}

// TestSchema shows that what is printed is the schema that is served, so that tools can work with it.
func TestSchema(t *testing.T) {
	printed, err := gqlparser.LoadSchema(&ast.Source{Name: "printed", Input: newPlace(t).must("schema")})
	if err != nil {
		t.Fatal(err)
	}
	text := func(s *ast.Schema) string {
		var b strings.Builder
		formatter.NewFormatter(&b).FormatSchema(s)
		return b.String()
	}
	if diff := cmp.Diff(text(resolvers.Schema()), text(printed)); diff != "" {
		t.Errorf("the schema (-served +printed):\n%s", diff)
	}
}

// commands are all commands with help of our own, as they are typed.
func commands(cmd *cobra.Command) (list [][]string) {
	for _, c := range cmd.Commands() {
		if c.Name() != "completion" && c.Name() != "help" {
			list = append(list, strings.Fields(c.CommandPath())[1:])
			list = append(list, commands(c)...)
		}
	}
	return list
}

func TestHelp(t *testing.T) {
	p := newPlace(t)
	var text strings.Builder
	for _, command := range append([][]string{nil}, commands(newRoot(&program{}))...) {
		args := append(command, "--help")
		got := p.run(args...)
		if got.Code != 0 || got.Err != "" {
			t.Errorf("%s: %+v", strings.Join(args, " "), got)
		}
		out := strings.ReplaceAll(got.Out, defaultDataText(), "DATA") // it differs between systems
		fmt.Fprintf(&text, "$ policygraph %s\n%s\n", strings.Join(args, " "), out)
	}
	const golden = "testdata/help.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("help differs from %s; -update writes it (-want +got):\n%s", golden, diff)
	}
}

// TestExamples runs each example that the help shows, as it stands there.
func TestExamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the examples are for a POSIX shell, and there is none: ", err)
	}
	root := newRoot(&program{})
	for _, command := range append([][]string{nil}, commands(root)...) {
		c, _, err := root.Find(command)
		if err != nil {
			t.Fatal(err)
		}
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			line = strings.TrimSpace(line)
			t.Run(line, func(t *testing.T) {
				p := newPlace(t)
				p.write(records())
				p.write(map[string]string{
					"question.graphql": `query Find($text: String!) { search(text: $text) { totalCount } }`,
					"variables.json":   `{"text": "commissioning"}`,
				})
				for _, dir := range []string{"seed", "my-records"} {
					if err := os.CopyFS(filepath.Join(p.dir, dir), os.DirFS(filepath.Join(p.dir, "records"))); err != nil {
						t.Fatal(err)
					}
				}
				if strings.Contains(line, "neo4j://localhost:7687") {
					server := neo4jtest.Shared(t)
					p.write(map[string]string{"secrets/neo4j-auth": server.User + "/" + server.Password + "\n"})
					line = strings.Replace(line, "localhost:7687", server.Address, 1)
				}
				if strings.HasSuffix(line, "--data ./data") && !strings.HasPrefix(line, "policygraph load") { // of somebody who has a graph there
					p.must("load", "--data", "data")
				}
				if strings.HasPrefix(line, "policygraph ready") {
					addr := strings.TrimPrefix(p.serve().url, "http://")
					p.env = append(p.env, "POLICYGRAPH_ADDR="+addr)
					line = strings.Replace(line, "127.0.0.1:9000", addr, 1)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				shell := exec.CommandContext(ctx, "sh", "-c", strings.Replace(line, "policygraph serve", "exec policygraph serve", 1))
				shell.Dir, shell.Env = p.dir, p.env
				shell.Cancel = func() error { return shell.Process.Signal(syscall.SIGTERM) }
				if strings.Contains(line, "policygraph serve") { // it ends when it is told to
					errs, err := shell.StderrPipe()
					if err != nil {
						t.Fatal(err)
					}
					if err := shell.Start(); err != nil {
						t.Fatal(err)
					}
					said := ""
					for lines := bufio.NewScanner(errs); lines.Scan(); {
						if said += lines.Text() + "\n"; strings.Contains(said, "serving http://") {
							cancel()
						}
					}
					if err := shell.Wait(); !errors.Is(err, context.Canceled) || shell.ProcessState.ExitCode() != 0 {
						if strings.Contains(said, "another program listens there") && os.Getenv("CI") != "true" {
							t.Skip("the example's port is in use on this machine")
						}
						t.Errorf("%v: %s", err, said)
					}
					return
				}
				if out, err := shell.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
	}
}

func TestVersion(t *testing.T) {
	p := newPlace(t)
	got := p.run("version")
	want := regexp.MustCompile(fmt.Sprintf(`^policygraph \S+
commit      .+
built with  %s for %s/%s
database    version %d
records     \d+ entities, \d+ statements, digest [0-9a-f]{64}
$`, regexp.QuoteMeta(runtime.Version()), runtime.GOOS, runtime.GOARCH, sqlitestore.Version))
	if got.Code != 0 || !want.MatchString(got.Out) || got.Err != "" {
		t.Errorf("version: %+v", got)
	}
	if short := p.run("--version"); short.Code != 0 || !strings.HasPrefix(got.Out, short.Out) {
		t.Errorf("--version: %+v", short)
	}
}

func TestCompletion(t *testing.T) {
	p := newPlace(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := p.run("completion", shell); got.Code != 0 || !strings.Contains(got.Out, "policygraph") {
			t.Errorf("%s: code %d, %.100s%s", shell, got.Code, got.Out, got.Err)
		}
	}
	if got := p.run("__complete", "se"); !strings.Contains(got.Out, "serve\t") || !strings.Contains(got.Out, "seed\t") {
		t.Errorf("completion of se: %+v", got)
	}
}
