package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/graphtest"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/server"
)

// peerOperation is an operation, and how the other peers are asked the same.
type peerOperation struct {
	name, path string
	text       string // with one variable, q
	generated  string // the same of the schema that @neo4j/graphql generates; "": it has no such operation
	pick       string // statement of what may be asked for
}

var peerOperations = []peerOperation{
	{
		"by id", "/by-id",
		`query($q: ID!) { organisation(id: $q) { id name type start end summary } }`,
		generatedText("type start end summary"),
		`MATCH (o:Organisation) WHERE o.inForce RETURN collect(o.id)`,
	},
	{
		"one hop with citations", "/one-hop",
		`query($q: ID!) { organisation(id: $q) { id name ` + peerEdges("replaced", 20, "basis { provision legislation { id name } }", "") +
			peerEdges("partOf", 20, "basis { provision legislation { id name } }", "") + `} }`,
		generatedText(generatedEdges("replaced", 20, "basis { provision legislation { id name } }", "") +
			generatedEdges("partOf", 20, "basis { provision legislation { id name } }", "")),
		`MATCH (o:Organisation)-[:REPLACED|PART_OF]->(:Organisation) WHERE o.inForce RETURN collect(DISTINCT o.id)`,
	},
	{
		"three levels with citations", "/three-levels",
		`query($q: ID!) { organisation(id: $q) { id name ` + nested(peerEdges, "replaced", 3) + nested(peerEdges, "partOf", 3) + `} }`,
		generatedText(nested(generatedEdges, "replaced", 3) + nested(generatedEdges, "partOf", 3)),
		`MATCH (o:Organisation) WHERE o.inForce AND (EXISTS { (o)-[:REPLACED]->()-[:REPLACED]->() } OR EXISTS { (o)-[:PART_OF]->()-[:PART_OF]->() }) RETURN collect(o.id)`,
	},
	{
		"search", "/search",
		`query($q: String!) { search(text: $q, first: 20) { edges { score node { id name } } } }`,
		"", // its full-text queries have Lucene's order, which is another answer
		`MATCH (o:Entity) WHERE o.inForce WITH split(o.name, ' ') AS words WHERE size(words) > 1 RETURN collect(DISTINCT words[-2] + ' ' + words[-1])`,
	},
}

// peerEdges asks for the edges of a relation, with what bears them out.
func peerEdges(relation string, first int, more, of string) string {
	return fmt.Sprintf("%s(first: %d) { edges { when period { text } citations { locator role source { id name } } %s node { id name %s} } } ", relation, first, more, of)
}

// nested asks for the edges of edges' nodes, five of each.
func nested(edges func(relation string, first int, more, of string) string, relation string, n int) string {
	if n == 0 {
		return ""
	}
	return edges(relation, 5, "", nested(edges, relation, n-1))
}

const (
	peerClients   = 8                      // that ask at once, each for the next when it has its answer
	peerVariables = 500                    // different ids that an operation is asked for
	peerSlice     = 700 * time.Millisecond // for which one peer is asked before the next has its turn
	peerWarm      = 8                      // slices of each before any is measured: the virtual machine compiles what it runs often
)

// peer compares the API over Neo4j with a handler that was written by hand and, where it is installed, with @neo4j/graphql: over the same server
// and in turn, with clients of this process.
func (b *bench) peer(ctx context.Context) (err error) {
	n := b.sizes[1]
	db, err := neo4jtest.Keep(filepath.Join(b.dir, fmt.Sprintf("neo4j-%d", n)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := neo4jstore.Open(ctx, db.URI("bolt"), neo4jstore.Options{User: db.User, Password: db.Password})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, err := s.Head(ctx)
	if err == nil && head.Number == 0 {
		start := time.Now()
		if err = graphtest.Fill(ctx, s, n); err == nil {
			fmt.Printf("%d statements were loaded in %s\n\n", n, time.Since(start).Round(time.Second))
		}
	}
	if err != nil {
		return err
	}
	plain, err := neo4jstore.Open(ctx, db.URI("bolt"), neo4jstore.Options{User: db.User, Password: db.Password, Records: -1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	driver, err := neo4j.NewDriverWithContext(db.URI("bolt"), neo4j.BasicAuth(db.User, db.Password, ""))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close(ctx)) }()

	serving, stop := context.WithCancel(ctx)
	defer stop()
	byHand := handler{driver: driver}
	peers := []*peerServer{
		{name: "by hand, ExecuteRead", handler: byHand},
		{name: "by hand, session.Run", handler: handler{driver: driver, auto: true}},
		{name: "policygraph", handler: server.New(server.Config{Store: s, Heads: resolvers.NewHeads(serving, s, time.Second, nil)}), graphql: "/graphql"},
		{name: "policygraph, no record kept", handler: server.New(server.Config{Store: plain, Heads: resolvers.NewHeads(serving, plain, time.Second, nil)}), graphql: "/graphql"},
	}
	for _, p := range peers {
		if err := p.listen(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, p.server.Close()) }()
	}
	generated, err := startGenerated(ctx, db.Server)
	if err != nil {
		return err
	}
	if generated != nil {
		defer func() { err = errors.Join(err, generated.close()) }()
		peers = append(peers, generated.peer())
	}
	type asking struct {
		peerOperation
		values []string
	}
	var all []asking
	for _, o := range peerOperations {
		if !b.only.MatchString(o.name) {
			continue
		}
		found, err := byHand.one(ctx, o.pick, nil)
		if err != nil {
			return err
		}
		values, err := spread(ctx, byHand, o, found[0].([]any))
		if err == nil {
			err = same(asked(peers, o), o, values)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		fmt.Printf("%s: the same answers from all for each of %d\n", o.name, len(values))
		all = append(all, asking{o, values})
	}
	fmt.Println()
	for range peerWarm {
		for _, o := range all {
			for _, p := range asked(peers, o.peerOperation) {
				if _, err := p.load(p.requests(o.peerOperation, o.values)); err != nil {
					return err
				}
			}
		}
	}
	rows := [][]string{{
		"operation", "", "answers a second", "quartiles", "to ExecuteRead", "quartiles", "p50: ms", "p99: ms", "CPU: ms", "Neo4j's: ms",
	}}
	for _, o := range all {
		cells, err := b.turns(o.peerOperation, o.values, asked(peers, o.peerOperation), db.PID)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		rows = append(rows, cells...)
	}
	table(rows)
	return nil
}

// asked are the peers that have an operation.
func asked(peers []*peerServer, o peerOperation) []*peerServer {
	return slices.DeleteFunc(slices.Clone(peers), func(p *peerServer) bool { return p.generated && o.generated == "" })
}

// ranked is how many names the API ranks for one search, at most; the handler ranks all.
const ranked = 2000

// spread is some of the values, from all over the graph. Texts with signs that are no words are left out, which the handler looks for and the
// API passes over; those that find little, since then the API goes on to look for words that are spelt alike; and those that find too much.
func spread(ctx context.Context, h handler, o peerOperation, all []any) ([]string, error) {
	values := make([]string, len(all))
	for i, value := range all {
		values[i] = text(value)
	}
	slices.Sort(values)
	some := make([]string, 0, peerVariables)
	for i := 0; i < 2*peerVariables && len(some) < peerVariables; i++ {
		value := values[i*len(values)/(2*peerVariables)]
		if o.path == "/search" {
			if strings.Join(graph.Tokens(value), " ") != graph.Fold(value) {
				continue
			}
			switch n, err := h.found(ctx, value); {
			case err != nil:
				return nil, err
			case n > ranked:
				continue
			}
			found, err := h.search(ctx, value)
			if err != nil {
				return nil, err
			}
			if n := len(found.Search.Edges); n == 0 || n < peerHits && found.Search.Edges[0].Score < exactScore {
				continue
			}
		}
		if len(some) == 0 || value != some[len(some)-1] {
			some = append(some, value)
		}
	}
	return some, nil
}

// same asks each peer for each id, and fails where they do not all answer the same.
func same(peers []*peerServer, o peerOperation, ids []string) error {
	for i, id := range ids {
		var want any
		for k, p := range peers {
			c, err := p.dial()
			if err != nil {
				return err
			}
			body, err := c.ask(p.requests(o, ids[i:i+1])[0])
			if err := errors.Join(err, c.Close()); err != nil {
				return err
			}
			var got struct{ Data any }
			if err := json.Unmarshal(body, &got); err != nil {
				return err
			}
			if p.generated {
				got.Data = plain(got.Data)
			}
			if k == 0 {
				want = got.Data
			} else if !reflect.DeepEqual(want, got.Data) {
				return fmt.Errorf("%s: %s and %s do not answer the same:\n%v\n%s", id, peers[0].name, p.name, want, body)
			}
		}
		if i == 0 && want == nil {
			return fmt.Errorf("%s: there is no answer", id)
		}
	}
	return nil
}

// turned is what was measured of a peer.
type turned struct {
	rates     []float64 // of each slice
	latencies []time.Duration
	used      time.Duration // of processors: clients, handler and driver
	usedByDB  time.Duration
}

// turns asks the peers one after the other, so often.
func (b *bench) turns(o peerOperation, ids []string, peers []*peerServer, pid int) (rows [][]string, err error) {
	measured := make([]turned, len(peers))
	for round := range b.rounds {
		for k := range peers {
			i := (k + round) % len(peers)
			stop, err := b.profile(fmt.Sprintf("%s %s %d", strings.ReplaceAll(o.name, " ", "-"), strings.ReplaceAll(peers[i].name, " ", "-"), round))
			if err != nil {
				return nil, err
			}
			m := &measured[i]
			used, usedByDB, start := peers[i].processorTime(), processorTimeOf(pid), time.Now()
			latencies, err := peers[i].load(peers[i].requests(o, ids))
			if err := errors.Join(err, stop()); err != nil {
				return nil, fmt.Errorf("%s: %w", peers[i].name, err)
			}
			m.rates = append(m.rates, float64(len(latencies))/time.Since(start).Seconds())
			m.latencies = append(m.latencies, latencies...)
			m.used += peers[i].processorTime() - used
			m.usedByDB += processorTimeOf(pid) - usedByDB
		}
	}
	for i, p := range peers {
		m := &measured[i]
		ratios := make([]float64, len(m.rates)) // to the first peer's in the same round
		for round := range ratios {
			ratios[round] = m.rates[round] / measured[0].rates[round]
		}
		n := time.Duration(len(m.latencies))
		rateLow, rate, rateHigh := quartiles(slices.Clone(m.rates))
		low, ratio, high := quartiles(ratios)
		_, p50, _ := quartiles(m.latencies)
		rows = append(rows, []string{
			o.name, p.name, fmt.Sprintf("%.0f", rate), fmt.Sprintf("%.0f–%.0f", rateLow, rateHigh), fmt.Sprintf("%.2f", ratio), fmt.Sprintf("%.2f–%.2f", low, high),
			ms(p50), ms(m.latencies[len(m.latencies)*99/100]), ms(m.used / n), ms(m.usedByDB / n),
		})
	}
	return rows, nil
}

// processorTimeOf is what another process has used of processors, where the system tells it as Linux does; else 0.
func processorTimeOf(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // behind the name
	var ignored string
	var user, system int64 // hundredths of a second
	at := []any{&ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &user, &system}
	if _, err := fmt.Sscan(string(rest), at...); err != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// peerServer serves one of the peers on this machine.
type peerServer struct {
	name      string
	handler   http.Handler
	graphql   string // path; "": it has a path for each operation
	generated bool   // it is @neo4j/graphql
	pid       int    // of its process, if it is not this one
	server    *http.Server
	address   string
}

// processorTime is what it and the clients have used of processors.
func (p *peerServer) processorTime() time.Duration {
	used := processorTime()
	if p.pid != 0 {
		used += processorTimeOf(p.pid)
	}
	return used
}

func (p *peerServer) listen(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.address = listener.Addr().String()
	p.server = &http.Server{Handler: p.handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(listener) }() // until it is closed
	return nil
}

// requests are an operation for each id, as they go over the wire.
func (p *peerServer) requests(o peerOperation, ids []string) [][]byte {
	out := make([][]byte, len(ids))
	for i, id := range ids {
		if p.graphql == "" {
			out[i] = fmt.Appendf(nil, "GET %s?q=%s HTTP/1.1\r\nHost: %s\r\n\r\n", o.path, url.QueryEscape(id), p.address)
			continue
		}
		text := o.text
		if p.generated {
			text = o.generated
		}
		body, err := json.Marshal(map[string]any{"query": text, "variables": map[string]any{"q": id}})
		if err != nil {
			panic(err) // texts have a JSON form
		}
		out[i] = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", p.graphql, p.address, len(body), body)
	}
	return out
}

// load sends requests with all clients for a slice, and says how long each took.
func (p *peerServer) load(requests [][]byte) ([]time.Duration, error) {
	var clients sync.WaitGroup
	took, failed := make([][]time.Duration, peerClients), make([]error, peerClients)
	end := time.Now().Add(peerSlice)
	for i := range peerClients {
		clients.Go(func() {
			c, err := p.dial()
			if err != nil {
				failed[i] = err
				return
			}
			for at := i * len(requests) / peerClients; err == nil; at++ {
				start := time.Now()
				if start.After(end) {
					break
				}
				if _, err = c.ask(requests[at%len(requests)]); err == nil {
					took[i] = append(took[i], time.Since(start))
				}
			}
			failed[i] = errors.Join(err, c.Close())
		})
	}
	clients.Wait()
	return slices.Concat(took...), errors.Join(failed...)
}

// peerClient is a client that costs little itself: a connection.
type peerClient struct {
	net.Conn
	reader *bufio.Reader
	answer bytes.Buffer
}

func (p *peerServer) dial() (*peerClient, error) {
	conn, err := net.Dial("tcp", p.address)
	if err != nil {
		return nil, err
	}
	return &peerClient{Conn: conn, reader: bufio.NewReader(conn)}, nil
}

// ask sends a request and returns the body of the answer, which stands until the next.
func (c *peerClient) ask(request []byte) ([]byte, error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, err
	}
	c.answer.Reset()
	_, err = io.Copy(&c.answer, response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK || bytes.Contains(c.answer.Bytes(), []byte(`"errors":`)) {
		return nil, fmt.Errorf("%s: %.500s", response.Status, c.answer.Bytes())
	}
	return c.answer.Bytes(), nil
}
