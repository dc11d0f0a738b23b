package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/sqlitestore"
	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/server"
)

// An operation is one that users send, with the variables of its i-th turn.
type operation struct {
	name, text string
	variables  func(i int) map[string]any
	pages      int // how many it asks for one after the other; each takes the cursor of the one before
}

// operations are the reads of [graphtest.Sample.Reads] as GraphQL.
func operations(s graphtest.Sample) []operation {
	some := func(n int) func(i int) map[string]any {
		return func(i int) map[string]any {
			at := i * n % (len(s.Bodies) - n)
			return map[string]any{"id": s.Bodies[at], "ids": s.Bodies[at : at+n]}
		}
	}
	none := func(int) map[string]any { return map[string]any{} }
	const entities = `query($after: String) { page: organisations(first: %d, after: $after) { edges { cursor node { id name type start end } } pageInfo { endCursor } } }`
	const statements = `query($after: String) { page: statements(first: %d, after: $after) { edges { cursor node { id relation property subject { id name } object { id name } when from to } } pageInfo { endCursor } } }`
	return []operation{
		{"by id", `query($id: ID!) { organisation(id: $id) { id name type start end summary identifiers { scheme value } } }`, some(1), 1},
		{"one hop of 50 with citations", `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Organisation { id name statements(first: 20) { edges {
			when from to citations { locator role source { id name } } node { id relation property object { id name } } } } } } }`, some(50), 1},
		{"three levels with citations", `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Organisation { id name ` + levels("partOf", 3) + levels("replaced", 3) + ` } } }`, some(5), 1},
		{"search", `{ search(text: "northford", first: 20) { edges { score node { id name } } } }`, none, 1},
		{"100 organisations", fmt.Sprintf(entities, 100), none, 1},
		{"1,000 organisations, in five pages", fmt.Sprintf(entities, 200), none, 5},
		{"100 statements", fmt.Sprintf(statements, 100), none, 1},
		{"1,000 statements, in five pages", fmt.Sprintf(statements, 200), none, 5},
	}
}

// levels asks for a relation through so many levels.
func levels(relation string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(`%s(first: 5) { edges { certainty citations { locator role source { id name } } node { id name %s } } } `, relation, levels(relation, n-1))
}

// http sends operations to a server as the program runs it, on this machine, and says how much of each is the store's.
func (b *bench) http(ctx context.Context) error {
	for _, n := range b.sizes {
		fmt.Printf("%d statements:\n\n", n)
		if err := b.httpOne(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) httpOne(ctx context.Context, statements int) (err error) {
	s, err := b.open(ctx, statements, sqlitestore.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	sample, err := graphtest.TakeSample(ctx, s)
	if err != nil {
		return err
	}
	store := &watched{Store: s}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	heads := resolvers.NewHeads(serving, s, time.Second, func(error) {})
	go func() { done <- server.New(server.Config{Store: store, Heads: heads}).Serve(serving, listener) }()
	defer func() {
		stop()
		err = errors.Join(err, <-done)
	}()
	c := client{url: "http://" + listener.Addr().String() + "/graphql", http: &http.Client{Transport: &http.Transport{DisableCompression: true}}}
	defer c.http.CloseIdleConnections()

	rows := [][]string{{"operation", "answer: kB", "HTTP: ms", "quartiles", "of it the store: ms", "CPU: ms", "store calls", "rows", "allocations", "of them the store's"}}
	for _, o := range operations(sample) {
		if !b.only.MatchString(o.name) {
			continue
		}
		row, err := b.watch(ctx, c, store, o)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		rows = append(rows, append([]string{o.name}, row...))
	}
	table(rows)
	return nil
}

// watch sends an operation so often, after as many times without a clock, and then some times to count allocations.
func (b *bench) watch(ctx context.Context, c client, store *watched, o operation) ([]string, error) {
	for i := range b.rounds {
		if _, err := c.ask(ctx, o, i); err != nil {
			return nil, err
		}
	}
	profile, err := b.profile(o.name)
	if err != nil {
		return nil, err
	}
	var all, ofStore []time.Duration
	size, before, used := 0, store.seen, processorTime()
	for i := range b.rounds {
		inStore := store.seen.took
		start := time.Now()
		n, err := c.ask(ctx, o, i)
		if err != nil {
			return nil, err
		}
		all, ofStore = append(all, time.Since(start)), append(ofStore, store.seen.took-inStore)
		size += n
	}
	used = processorTime() - used
	if err := profile(); err != nil {
		return nil, err
	}
	n := float64(b.rounds)
	calls, rows := float64(store.seen.calls-before.calls)/n, float64(store.seen.rows-before.rows)/n

	const counted = 20
	store.counting = true
	before = store.seen
	allocated := allocations()
	for i := range counted {
		if _, err := c.ask(ctx, o, i); err != nil {
			return nil, err
		}
	}
	allocated = allocations() - allocated
	store.counting = false
	low, median, high := quartiles(all)
	_, part, _ := quartiles(ofStore)
	return []string{
		fmt.Sprintf("%.1f", float64(size)/n/1000), ms(median), ms(low) + "–" + ms(high), ms(part), ms(used / time.Duration(b.rounds)), fmt.Sprintf("%.0f", calls), fmt.Sprintf("%.0f", rows),
		fmt.Sprint(allocated / counted), fmt.Sprint((store.seen.allocations - before.allocations) / counted),
	}, nil
}

// profile writes where the time goes, if that is asked for.
func (b *bench) profile(name string) (stop func() error, err error) {
	if b.profiles == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(fmt.Sprintf("%s/%s.pprof", b.profiles, name))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

// client sends operations.
type client struct {
	url  string
	http *http.Client
}

// ask sends the i-th turn of an operation and returns the size of its answers, which must have no errors.
func (c client) ask(ctx context.Context, o operation, i int) (size int, err error) {
	variables := o.variables(i)
	for range o.pages {
		text, err := json.Marshal(map[string]any{"query": o.text, "variables": variables})
		if err != nil {
			return 0, err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(text))
		if err != nil {
			return 0, err
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := c.http.Do(request)
		if err != nil {
			return 0, err
		}
		answer, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return 0, err
		}
		if response.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors":`)) {
			return 0, fmt.Errorf("%s: %.500s", response.Status, answer)
		}
		size += len(answer)
		if o.pages > 1 {
			_, cursor, _ := bytes.Cut(answer, []byte(`"endCursor":"`))
			cursor, _, _ = bytes.Cut(cursor, []byte(`"`))
			variables["after"] = string(cursor)
		}
	}
	return size, nil
}

// watched is a store with what was asked of it. Operations come one at a time, and none asks for two things at once.
type watched struct {
	graph.Store
	counting bool // of allocations, which stops the world
	seen     seen
}

type seen struct {
	calls, rows int
	allocations uint64
	took        time.Duration
}

func allocations() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// call times a call, which returns how many rows it read.
func (s *watched) call(read func() int) {
	var before uint64
	if s.counting {
		before = allocations()
	}
	start := time.Now()
	rows := read()
	s.seen.took += time.Since(start)
	if s.counting {
		s.seen.allocations += allocations() - before
	}
	s.seen.calls++
	s.seen.rows += rows
}

func (s *watched) Entities(ctx context.Context, v graph.View, ids []string) (found []*graph.Entity, err error) {
	s.call(func() int { found, err = s.Store.Entities(ctx, v, ids); return len(found) })
	return found, err
}

func (s *watched) Edges(ctx context.Context, v graph.View, q []graph.EdgeQuery) (found [][]graph.EdgePage, err error) {
	s.call(func() (n int) {
		found, err = s.Store.Edges(ctx, v, q)
		for _, pages := range found {
			n += rowsIn(pages)
		}
		return n
	})
	return found, err
}

// rowsIn counts edges, their citations, and those that follow them.
func rowsIn(pages []graph.EdgePage) (n int) {
	for _, page := range pages {
		for _, e := range page.Edges {
			n += 1 + rowsIn(e.Then)
			if e.Evidence != nil {
				n += len(e.Evidence.Citations)
			}
		}
	}
	return n
}

func (s *watched) Evidence(ctx context.Context, v graph.View, ids []string) (found []graph.Evidence, err error) {
	s.call(func() (n int) {
		found, err = s.Store.Evidence(ctx, v, ids)
		for _, e := range found {
			n += len(e.Citations)
		}
		return n
	})
	return found, err
}

func (s *watched) Candidates(ctx context.Context, v graph.View, q graph.SearchQuery) (found []*graph.Entity, truncated bool, err error) {
	s.call(func() int { found, truncated, err = s.Store.Candidates(ctx, v, q); return len(found) })
	return found, truncated, err
}

func (s *watched) ListEntities(ctx context.Context, v graph.View, q graph.EntityQuery) (page graph.EntityPage, err error) {
	s.call(func() int { page, err = s.Store.ListEntities(ctx, v, q); return len(page.Entities) })
	return page, err
}

func (s *watched) ListStatements(ctx context.Context, v graph.View, q graph.StatementQuery) (page graph.EdgePage, err error) {
	s.call(func() int { page, err = s.Store.ListStatements(ctx, v, q); return len(page.Edges) })
	return page, err
}
