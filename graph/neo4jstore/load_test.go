package neo4jstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// What the environment of a child process says: this test binary then loads a generated graph, and says each step it has made.
const (
	childAddress  = "NEO4JSTORE_TEST_ADDRESS"
	childUser     = "NEO4JSTORE_TEST_USER"
	childPassword = "NEO4JSTORE_TEST_PASSWORD"
	childSeed     = "NEO4JSTORE_TEST_SEED"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		if err := child(context.Background(), address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(ctx context.Context, address string) error {
	s, err := neo4jstore.Open(ctx, address, neo4jstore.Options{User: os.Getenv(childUser), Password: os.Getenv(childPassword)})
	if err != nil {
		return err
	}
	fmt.Println("opened")
	seed := os.Getenv(childSeed)
	if seed == "" {
		return s.Close()
	}
	l, err := s.Begin(ctx, graph.LoadSpec{Origin: "generated", Digest: seed})
	if err != nil {
		return err
	}
	fmt.Println("begun")
	for i, part := range parts(generated(seed)) {
		if err := l.Put(ctx, part); err != nil {
			return err
		}
		fmt.Println("put", i)
	}
	if _, err := l.Publish(ctx); err != nil {
		return err
	}
	fmt.Println("published")
	return s.Close()
}

// generated is the graph of a name.
func generated(seed string) graph.Batch {
	n := uint64(0)
	for _, c := range seed {
		n = 31*n + uint64(c)
	}
	return graphtest.Generate(n, 300)
}

// parts cuts a batch into puts.
func parts(b graph.Batch) []graph.Batch {
	out := []graph.Batch{{Datasets: b.Datasets, ChangeEvents: b.ChangeEvents, Conflicts: b.Conflicts, Redirects: b.Redirects}}
	for part := range slices.Chunk(b.Entities, 40) {
		out = append(out, graph.Batch{Entities: part})
	}
	for part := range slices.Chunk(b.Statements, 80) {
		out = append(out, graph.Batch{Statements: part})
	}
	return out
}

// loadGenerated loads the graph of a name, and checks what it counted.
func loadGenerated(t *testing.T, s graph.Writer, seed string) graph.Revision {
	t.Helper()
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated", Digest: seed})
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	for _, part := range parts(generated(seed)) {
		if err := l.Put(t.Context(), part); err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	r, err := l.Publish(t.Context())
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	return r
}

// dump is every record of a store's head.
func dump(t *testing.T, s graph.Store) []graph.Record {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatalf("Head: %v", err)
	}
	var out []graph.Record
	for r, err := range s.Dump(t.Context(), graph.View{Revision: head.Number}) {
		if err != nil {
			t.Fatalf("Dump: %v", err)
		}
		out = append(out, r)
	}
	return out
}

func checkDump(t *testing.T, what string, want, got []graph.Record) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b graph.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%.4000s", what, diff)
	}
}

// naively is a store by the letter of the contract with the graph of a name.
func naively(t *testing.T, seed string) graph.Store {
	s := graphtest.NewNaive(time.Now)
	loadGenerated(t, s, seed)
	return s
}

// TestKill kills a loading process at any moment: then the graph is the old one or the new one, whole, and the next load goes on at once, be
// it of the same records, with the same counts as if nothing had happened, or of others.
func TestKill(t *testing.T) {
	server := neo4jtest.Shared(t)
	random := rand.New(rand.NewPCG(20, 26))
	s := open(t, server, neo4jstore.Options{})
	old := "old"
	loadGenerated(t, s, old)
	rounds := 6 // each way to die, before each way to go on
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		seed := fmt.Sprintf("round%d", round)
		all := 2 + len(parts(generated(seed)))
		steps := random.IntN(all)
		if round%3 == 1 {
			steps = all // and dies in publishing
		}
		last := killChild(t, server, seed, steps)
		t.Logf("killed after: %s", last)
		head := dump(t, s)
		before := dump(t, naively(t, old))
		if published := len(head) > 0 && !cmp.Equal(len(before), len(head)) || last == "published"; published {
			old = seed
			before = dump(t, naively(t, old))
		}
		checkDump(t, "after the kill", before, head)

		resumed := round%2 == 1
		if !resumed {
			seed = fmt.Sprintf("after%d", round) // other input: what the dead process put is purged
		}
		both := graphtest.NewNaive(time.Now)
		loadGenerated(t, both, old)
		want := loadGenerated(t, both, seed).Counts
		if got := loadGenerated(t, s, seed).Counts; got != want {
			t.Errorf("round %d, resumed %v: counts %+v, want %+v", round, resumed, got, want)
		}
		old = seed
		checkDump(t, "after the next load", dump(t, naively(t, old)), dump(t, s))
		checkBrowser(t, server, generated(old))
	}
}

// killChild starts a child and kills it once it has made so many steps, while it makes the next. It returns the last step.
func killChild(t *testing.T, server neo4jtest.Server, seed string, steps int) (last string) {
	t.Helper()
	command := childCommand(t, server, "bolt", seed)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	last = "nothing"
	for range steps {
		if !lines.Scan() {
			break
		}
		last = lines.Text()
	}
	if err := command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	for lines.Scan() { // what it still said
		last = lines.Text()
	}
	if err := command.Wait(); err == nil && last != "published" {
		t.Errorf("the child ended by itself after: %s", last)
	}
	return last
}

func childCommand(t *testing.T, server neo4jtest.Server, scheme, seed string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), childAddress+"="+server.URI(scheme), childUser+"="+server.User, childPassword+"="+server.Password, childSeed+"="+seed)
	command.Stderr = os.Stderr
	return command
}

// TestLoadersInTurn has several processes' worth of loaders at once: each waits for its turn, and all loads come through.
func TestLoadersInTurn(t *testing.T) {
	server := neo4jtest.Shared(t)
	const loaders, loads = 3, 3
	var group sync.WaitGroup
	for i := range loaders {
		s := open(t, server, neo4jstore.Options{})
		group.Go(func() {
			for n := range loads {
				if err := loadInTurn(t.Context(), s, fmt.Sprint("loader", i), n); err != nil {
					t.Errorf("loader %d, load %d: %v", i, n, err)
					return
				}
			}
		})
	}
	group.Wait()
	s := open(t, server, neo4jstore.Options{})
	revisions, err := s.ListRevisions(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(revisions) != loaders*loads {
		t.Errorf("%d revisions, want %d", len(revisions), loaders*loads)
	}
	if got := len(dump(t, s)); got != loaders*50 {
		t.Errorf("%d records, want %d", got, loaders*50)
	}
}

// loadInTurn loads fifty entities of an origin, when no other load is under way.
func loadInTurn(ctx context.Context, s *neo4jstore.Store, origin string, n int) error {
	for {
		l, err := s.Begin(ctx, graph.LoadSpec{Origin: origin})
		if errors.Is(err, graph.ErrConflict) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		var b graph.Batch
		for i := range 50 {
			b.Entities = append(b.Entities, graph.Entity{ID: fmt.Sprintf("org:%s-%d", origin, i), Kind: graph.Organisation, Summary: fmt.Sprint(n), Life: graph.Timeless})
		}
		for part := range slices.Chunk(b.Entities, 10) {
			if err := l.Put(ctx, graph.Batch{Entities: part}); err != nil {
				return err
			}
		}
		_, err = l.Publish(ctx)
		return err
	}
}

// TestBrowser holds what a user of the Browser finds to the records, after a change, a withdrawal and a new load.
func TestBrowser(t *testing.T) {
	server := neo4jtest.Shared(t)
	s := open(t, server, neo4jstore.Options{})
	for _, seed := range []string{"one", "two", "one"} {
		loadGenerated(t, s, seed)
		checkBrowser(t, server, generated(seed))
	}
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkBrowser(t, server, graph.Batch{})
}

// TestBrowserAfterDeath has a process die between the publication of a load, which adds, changes and withdraws, and the tidying: the next
// Open, or the next load, makes up for it.
func TestBrowserAfterDeath(t *testing.T) {
	server := neo4jtest.Shared(t)
	s := open(t, server, neo4jstore.Options{})
	one, two := generated("one"), generated("two")
	two.Entities, two.Statements = slices.Clone(one.Entities), slices.Clone(one.Statements)
	two.ChangeEvents, two.Conflicts = one.ChangeEvents, one.Conflicts
	var changed, withdrawn int
	named := make(map[string]bool) // statements that something needs
	for _, c := range one.Conflicts {
		for _, id := range c.Members {
			named[id] = true
		}
	}
	kept := two.Statements[:0]
	for i, st := range two.Statements {
		switch {
		case st.Relation == "":
		case i%3 == 0 && !named[st.ID]:
			withdrawn++
			continue
		case i%3 == 1:
			changed++
			st.Subject, st.Object = st.Object, st.Subject
		}
		kept = append(kept, st)
	}
	two.Statements = kept
	for i := range two.Entities {
		if i%2 == 0 {
			two.Entities[i].Names = []graph.Name{{Text: fmt.Sprint("Renamed ", i), Use: graph.Official, Bounds: graph.Timeless, Rank: graph.Normal}}
		}
	}
	if changed == 0 || withdrawn == 0 {
		t.Fatal("the second graph does not change and withdraw relations")
	}
	die := func(b graph.Batch) {
		t.Helper()
		l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated"})
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts(b) {
			if err := l.Put(t.Context(), part); err != nil {
				t.Fatal(err)
			}
		}
		if err := neo4jstore.PublishAndDie(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		if left := ask(t, server, `MATCH (v:Version) WHERE v.toTidy IS NOT NULL RETURN v.id`); len(left) == 0 {
			t.Fatal("nothing was left to tidy")
		}
	}
	loadGenerated(t, s, "one")
	die(two)
	open(t, server, neo4jstore.Options{})
	checkBrowser(t, server, two)

	die(one)
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated"})
	if err != nil {
		t.Fatal(err)
	}
	checkBrowser(t, server, one)
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// checkBrowser compares what stands in the database beside the versions with the records in force.
func checkBrowser(t *testing.T, server neo4jtest.Server, b graph.Batch) {
	t.Helper()
	want := make(map[string]int)
	for i := range b.Entities {
		e := &b.Entities[i]
		info, _ := e.Kind.Info()
		want[fmt.Sprintf("%s %s %s", info.Type, e.ID, e.NameAt(graph.Date{}))]++
	}
	for i := range b.Statements {
		st := &b.Statements[i]
		if st.Relation != "" && st.Status == graph.InEffect && st.Rank != graph.Deprecated {
			want[fmt.Sprintf("%s %s %s %s", st.Subject, st.Relation, st.Object, st.ID)]++
		}
		want["about "+st.Subject+" "+st.ID]++
		for _, c := range st.Citations {
			want[fmt.Sprintf("%s cites %s %s %s", st.ID, c.SourceID, c.Role, c.Locator)]++
		}
		for _, basis := range st.Basis {
			want[fmt.Sprintf("%s under %s %s", st.ID, basis.LegislationID, basis.Provision)]++
		}
	}
	for i := range b.ChangeEvents {
		want["change "+b.ChangeEvents[i].ID]++
	}
	got := make(map[string]int)
	for _, text := range []string{
		`MATCH (e:Entity) WHERE e.inForce RETURN [l IN labels(e) WHERE l <> 'Entity'][0] + ' ' + e.id + ' ' + e.name`,
		`MATCH (a:Entity)-[r]->(b:Entity) RETURN a.id + ' ' + type(r) + ' ' + b.id + ' ' + r.statement`,
		`MATCH (s:Statement)-[:SUBJECT]->(e:Entity) RETURN 'about ' + e.id + ' ' + s.id`,
		`MATCH (s:Statement)-[c:SUPPORTED_BY]->(e:Entity) RETURN s.id + ' cites ' + e.id + ' ' + c.role + ' ' + c.locator`,
		`MATCH (s:Statement)-[u:UNDER]->(act:Legislation) RETURN s.id + ' under ' + act.id + ' ' + u.provision`,
		`MATCH (c:ChangeEvent) RETURN 'change ' + c.id`,
	} {
		for _, line := range ask(t, server, text) {
			got[line.(string)]++
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("in the Browser (-want +got):\n%.4000s", diff)
	}
	if left := ask(t, server, `MATCH (v:Version) WHERE v.toTidy IS NOT NULL RETURN v.id`); len(left) > 0 {
		t.Errorf("not tidied: %v", left)
	}
}

// ask runs a query as a user of the database would, and returns the first column.
func ask(t testing.TB, server neo4jtest.Server, text string) (out []any) {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(server.URI("bolt"), neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = driver.Close(context.WithoutCancel(t.Context())) }()
	result, err := neo4j.ExecuteQuery(t.Context(), driver, text, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, r := range result.Records {
		out = append(out, r.Values[0])
	}
	return out
}

// TestDiscardLeavesNothing compares the whole database before a load and after it was given up.
func TestDiscardLeavesNothing(t *testing.T) {
	server := neo4jtest.Shared(t)
	s := open(t, server, neo4jstore.Options{})
	loadGenerated(t, s, "one")
	count := func() map[string]int {
		out := make(map[string]int)
		for _, line := range ask(t, server,
			`CALL () { MATCH (n) RETURN reduce(all = '', l IN labels(n) | all + ':' + l) AS line UNION ALL MATCH ()-[r]->() RETURN type(r) AS line } RETURN line`) {
			out[line.(string)]++
		}
		return out
	}
	before := count()
	l, err := s.Begin(t.Context(), graph.LoadSpec{Origin: "generated"})
	if err != nil {
		t.Fatal(err)
	}
	other := generated("two")
	other.Redirects = append(other.Redirects, graph.Redirect{From: "org:gone", To: "org:new"})
	for _, part := range parts(other) {
		if err := l.Put(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if during := count(); during["SUBJECT"] <= before["SUBJECT"] || during["REDIRECTS_TO"] <= before["REDIRECTS_TO"] {
		t.Fatalf("the load added nothing: %v, then %v", before, during)
	}
	if err := l.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, count()); diff != "" {
		t.Errorf("nodes and relationships (-before +after):\n%s", diff)
	}
	marks := ask(t, server, `MATCH (v:Version) WHERE v.removedIn <> 9223372036854775807 OR v.toTidy IS NOT NULL RETURN v.id`)
	if len(marks) > 0 {
		t.Errorf("marks that were left: %v", marks)
	}
}
