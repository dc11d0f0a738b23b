package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/server"
)

// limitEdges are, for each limit, a value to which the server is set ("" where it cannot be) and the requests at it and one over it.
var limitEdges = map[string]struct {
	value    string
	at, over func() *http.Request
}{
	"body": {"1000", bodyOf(1000), bodyOf(1001)},
	"length": {"100",
		func() *http.Request { return post("{ __typename }" + strings.Repeat(" ", 86)) },
		func() *http.Request { return post("{ __typename }" + strings.Repeat(" ", 87)) }},
	"tokens":  {"4", asked("{ __typename __typename }"), asked("{ a: __typename __typename }")},
	"fields":  {"2", asked("{ __typename __typename }"), asked("{ __typename __typename __typename }")},
	"depth":   {"2", asked("{ revision { number } }"), asked(`{ organisation(id: "org:x") { replaced { totalCount } } }`)},
	"aliases": {"1", asked("{ a: __typename }"), asked("{ a: __typename b: __typename }")},
	"cost":    {"2", asked("{ revision { number } }"), asked("{ revision { number time } }")},
	"page": {"",
		asked(`{ search(text: "care", first: 200) { totalCount } }`),
		asked(`{ search(text: "care", first: 201) { totalCount } }`)},
	"filter depth":      {"", nested(8), nested(9)},
	"filter nodes":      {"", filters(99, "{}"), filters(100, "{}")},
	"filter conditions": {"", filters(60, "{kinds: [PLACE]}"), filters(61, "{kinds: [PLACE]}")},
	"filter values":     {"", listed(200), listed(201)},
	"search text": {"",
		asked(`{ search(text: "` + strings.Repeat("x", 500) + `") { totalCount } }`),
		asked(`{ search(text: "` + strings.Repeat("x", 501) + `") { totalCount } }`)},
}

// asked is a POST of an operation.
func asked(query string) func() *http.Request { return func() *http.Request { return post(query) } }

// nested is a list with a filter of so many levels.
func nested(n int) func() *http.Request {
	return asked("{ entities(where: " + strings.Repeat("{not: ", n-1) + "{kinds: [PLACE]}" + strings.Repeat("}", n-1) + ") { totalCount } }")
}

// filters is a list with a filter of so many others.
func filters(n int, filter string) func() *http.Request {
	return asked("{ entities(where: {or: [" + strings.Repeat(filter+" ", n) + "]}) { totalCount } }")
}

// listed is a list with a filter of so many ids.
func listed(n int) func() *http.Request {
	var ids strings.Builder
	for i := range n {
		fmt.Fprintf(&ids, `"org:x%d" `, i)
	}
	return asked("{ entities(where: {ids: [" + ids.String() + "]}) { totalCount } }")
}

// bodyOf is a POST whose body has so many bytes.
func bodyOf(n int) func() *http.Request {
	const body = `{"query": "{ __typename }"}`
	return func() *http.Request { return postBody(body + strings.Repeat(" ", n-len(body))) }
}

// TestLimits shows that a request at a limit is answered, and that the refusal of one over it has the status and the code of the table
// and says what to lower.
func TestLimits(t *testing.T) {
	store := seededStore(t)
	for _, limit := range server.Limits() {
		if limit.Name == "header" || limit.Name == "time" { // TestHeaderLimit, TestTimeLimit
			continue
		}
		t.Run(limit.Name, func(t *testing.T) {
			edges, ok := limitEdges[limit.Name]
			if !ok || (edges.value == "") != (limit.Flag == "") {
				t.Fatal("the limit has no edges here")
			}
			c := server.Config{Store: store}
			if edges.value != "" {
				if err := limit.Set(&c, edges.value); err != nil {
					t.Fatal(err)
				}
			}
			s := server.New(c)
			if got, body := read(t, do(s, edges.at())); len(got.Errors) > 0 {
				t.Errorf("at the limit: %s", body)
			}
			response := do(s, edges.over())
			got, body := read(t, response)
			if len(got.Errors) != 1 {
				t.Fatalf("over the limit: want one error: %s", body)
			}
			e := got.Errors[0]
			if answer := fmt.Sprintf("%d %s", response.StatusCode, e.code()); answer != limit.Answer {
				t.Errorf("over the limit: %s, want %s: %s", answer, limit.Answer, body)
			}
			if e.code() == "LIMIT_EXCEEDED" && !strings.HasSuffix(e.Message, limit.Lower) {
				t.Errorf("it does not say what to lower, %q: %s", limit.Lower, body)
			}
			if response.StatusCode >= 400 && e.Extensions["limit"] != limit.Name {
				t.Errorf("it does not name the limit %q: %s", limit.Name, body)
			}
		})
	}
}

// TestLimitValues shows what a limit can be set to.
func TestLimitValues(t *testing.T) {
	for _, limit := range server.Adjustable() {
		t.Run(limit.Flag, func(t *testing.T) {
			var c server.Config
			if err := limit.Set(&c, limit.Default); err != nil {
				t.Errorf("its own default: %v", err)
			}
			for _, value := range []string{"", "0", "-1", "many", "1.5", "0s", "-10s", "99999999999999999999999s"} {
				if err := limit.Set(&c, value); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("%q is not a ", value)) {
					t.Errorf("%q: %v", value, err)
				}
			}
		})
	}
}

// TestHeaderLimit sends headers over a connection: net/http itself refuses them.
func TestHeaderLimit(t *testing.T) {
	url, stop, ended := running(t, server.Config{Store: emptyStore(t)})
	limit := server.Limits()[slices.IndexFunc(server.Limits(), func(l server.Limit) bool { return l.Name == "header" })]
	var most int
	if err := json.Unmarshal([]byte(limit.Default), &most); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		size   int
		status string
	}{
		{"at the limit", most, "200"},
		{"over the limit", most + 1, limit.Answer},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			const start, end = "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", "\r\n\r\n"
			if _, err := io.WriteString(conn, start+strings.Repeat("x", test.size-len(start)-len(end))+end); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if got := fmt.Sprint(response.StatusCode); got != test.status {
				t.Errorf("a header of %d bytes: %s, want %s", test.size, got, test.status)
			}
		})
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// busy counts the reads of entities that are under way; each waits for the end of its context.
type busy struct {
	graph.Store
	begun, running atomic.Int64
}

func (s *busy) Entities(ctx context.Context, _ graph.View, _ []string) ([]*graph.Entity, error) {
	s.begun.Add(1)
	s.running.Add(1)
	defer s.running.Add(-1)
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestTimeLimit shows that the time of an operation ends its store calls: when the answer is there none is left.
func TestTimeLimit(t *testing.T) {
	limit := server.Limits()[slices.IndexFunc(server.Limits(), func(l server.Limit) bool { return l.Name == "time" })]
	store := &busy{Store: seededStore(t)}
	c := server.Config{Store: store}
	if err := limit.Set(&c, "1s"); err != nil {
		t.Fatal(err)
	}
	s := server.New(c)
	start := time.Now()
	response := do(s, post(`{ a: organisation(id: "org:primary-care-trusts") { id } b: node(id: "org:nhs-england") { id } c: nodes(ids: ["org:nhs-england"]) { id } }`))
	got, body := read(t, response)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(got.Errors) != 3 {
		t.Fatalf("want an error for each field: %s", body)
	}
	for _, e := range got.Errors {
		if answer := fmt.Sprintf("%d %s", response.StatusCode, e.code()); answer != limit.Answer || !strings.HasSuffix(e.Message, "; "+limit.Lower) {
			t.Errorf("%s, want %s: %s", answer, limit.Answer, e.Message)
		}
	}
	if store.begun.Load() == 0 || store.running.Load() != 0 {
		t.Errorf("%d store calls were begun, %d are left", store.begun.Load(), store.running.Load())
	}
	if got, body := read(t, do(s, post(`{ __typename }`))); len(got.Errors) > 0 {
		t.Errorf("the next operation: %s", body)
	}
}
