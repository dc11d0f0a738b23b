package resolvers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
)

// headStore is a store whose head is set by the test.
type headStore struct {
	graph.Store
	head graph.Revision
	err  error
}

func (s *headStore) Head(context.Context) (graph.Revision, error) { return s.head, s.err }

func TestHeads(t *testing.T) {
	down := errors.New("no connection to 10.0.0.7")
	store := &headStore{err: down}
	var told []error
	// The interval is longer than the test: only Refresh asks.
	heads := resolvers.NewHeads(t.Context(), store, time.Hour, func(err error) { told = append(told, err) })
	check := func(when string, want int64, wantErr error) {
		t.Helper()
		got, err := heads.Head(t.Context())
		if got.Number != want || !errors.Is(err, wantErr) {
			t.Errorf("%s: head is %d, error %v; want %d, %v", when, got.Number, err, want, wantErr)
		}
	}
	check("store down from the start", 0, graph.ErrUnavailable)
	if len(told) != 1 || !errors.Is(told[0], down) {
		t.Errorf("told of %v; want the store's error", told)
	}
	*store = headStore{head: graph.Revision{Number: 3}}
	check("before it is asked again", 0, graph.ErrUnavailable)
	if err := heads.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("up", 3, nil)
	*store = headStore{err: down}
	if err := heads.Refresh(t.Context()); !errors.Is(err, down) {
		t.Errorf("refresh of a store that is down: %v; want its error", err)
	}
	check("down again", 3, nil)
}

func TestHeadsPoll(t *testing.T) {
	store := &countedHeads{asked: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	told := make(chan error, 3)
	go func() {
		defer close(ended)
		resolvers.NewHeads(ctx, store, time.Nanosecond, func(err error) {
			select {
			case told <- err:
			default:
			}
		})
	}()
	for range 3 { // the first by NewHeads, the others by its goroutine
		<-store.asked
		if err := <-told; err != nil {
			t.Errorf("told of %v; want nil, since the store has answered", err)
		}
	}
	stop()
	<-ended
}

// TestHeadsFrozen has a store that does not answer at all: whoever asks for the head hears of it.
func TestHeadsFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []error
		start := time.Now()
		heads := resolvers.NewHeads(t.Context(), frozenHeads{}, time.Hour, func(err error) { told = append(told, err) })
		if took := time.Since(start); took != 5*time.Second || len(told) != 1 || told[0].Error() != "store is unavailable: no answer within 5s" {
			t.Errorf("told of %v after %s; want that there is no answer, after 5s", told, took)
		}
		// An operation that finds no head was not too long itself.
		if _, err := heads.Head(t.Context()); !errors.Is(err, graph.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the head is not known: %v; want an ErrUnavailable, and no end of an operation's time", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := heads.Refresh(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a refresh whose time is over: %v; want the context's error", err)
		}
	})
}

type frozenHeads struct{ graph.Revisions }

func (frozenHeads) Head(ctx context.Context) (graph.Revision, error) {
	<-ctx.Done()
	return graph.Revision{}, ctx.Err()
}

// countedHeads says each time that it is asked.
type countedHeads struct {
	graph.Revisions
	asked chan struct{}
}

func (s *countedHeads) Head(ctx context.Context) (graph.Revision, error) {
	select {
	case s.asked <- struct{}{}:
	case <-ctx.Done():
	}
	return graph.Revision{Number: 1}, ctx.Err()
}

// testRevisions reads on at one revision while another is published, and refuses the cursor of the one before.
func testRevisions(t *testing.T, s stores) {
	c := newClient(t, s, options(t))
	before := data[struct {
		Revision     struct{ Number int }
		Organisation struct {
			Parts struct {
				TotalCount int
				PageInfo   struct{ EndCursor string }
			}
		}
	}](t, c, `{ revision { number } organisation(id: "org:council") { parts(first: 5) { totalCount pageInfo { endCursor } } } }`)

	next := fixture()
	next.Statements = next.Statements[:len(next.Statements)-3] // the last ward leaves the council
	next.Entities = next.Entities[:len(next.Entities)-1]
	load(t, s, next)

	after := data[struct {
		Revision     struct{ Number int }
		Organisation struct{ Parts struct{ TotalCount int } }
		Node         struct{ Parts struct{ TotalCount int } }
	}](t, c, `{ revision { number } organisation(id: "org:council") { parts { totalCount } }
		node(id: "org:council@;r1") { ... on Organisation { parts { totalCount } } } }`)
	if after.Revision.Number <= before.Revision.Number {
		t.Fatalf("revisions are %d, then %d", before.Revision.Number, after.Revision.Number)
	}
	if b, a, again := before.Organisation.Parts.TotalCount, after.Organisation.Parts.TotalCount, after.Node.Parts.TotalCount; b != 12 || a != 11 || again != 12 {
		t.Errorf("parts are %d, then %d, by the id of the first revision %d; want 12, 11, 12", b, a, again)
	}
	answer := c.Do(t.Context(), graphql.RawParams{Query: `{ organisation(id: "org:council") { parts(first: 5, after: "` + before.Organisation.Parts.PageInfo.EndCursor + `") { edges { cursor } } } }`})
	want := "the cursor in after was given at revision 1, and this is revision 2; to read on where it was given ask under at(revision: 1), else start again at the first page"
	if len(answer.Errors) != 1 || answer.Errors[0].Message != want {
		t.Errorf("errors are %v; want %q", answer.Errors, want)
	}

	on := data[struct {
		At struct {
			Organisation struct {
				Parts struct {
					Edges []struct{ Node struct{ ID string } }
				}
			}
		}
	}](t, c, `{ at(revision: 1) { organisation(id: "org:council") { parts(first: 200, after: "`+before.Organisation.Parts.PageInfo.EndCursor+`") { edges { node { id } } } } } }`)
	if edges := on.At.Organisation.Parts.Edges; len(edges) != 7 || edges[6].Node.ID != "org:ward-l@;r1" {
		t.Errorf("read on at revision 1: %v; want the seven wards that were left", edges)
	}
}

// testKnownAt reads what was known at a time.
func testKnownAt(t *testing.T, s stores) {
	next := fixture()
	next.Statements = next.Statements[:len(next.Statements)-3]
	next.Entities = next.Entities[:len(next.Entities)-1]
	loadAt(t, s, next, time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
	c := newClient(t, s, options(t))
	for _, test := range []struct {
		name, at string
		revision int
		parts    int
	}{
		{"at the moment of the first", `knownAt: "2025-01-02T03:04:05Z"`, 1, 12},
		{"between the two, elsewhere on earth", `knownAt: "2025-06-01T00:59:59+01:00"`, 1, 12},
		{"at the moment of the second", `knownAt: "2025-06-01T00:00:00Z"`, 2, 11},
		{"in time to come", `knownAt: "2999-01-01T00:00:00Z"`, 2, 11},
		{"by number", `revision: 1`, 1, 12},
		{"by number, the newest", `revision: 2`, 2, 11},
		{"with a date", `revision: 1, date: "2001"`, 1, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := data[struct {
				At struct {
					Revision  struct{ Number int }
					Later     *struct{ Number int }
					Revisions struct {
						Edges []struct{ Node struct{ Number int } }
					}
					Organisation struct{ Parts struct{ TotalCount int } }
				}
			}](t, c, `{ at(`+test.at+`) { revision { number } later: revision(number: 2) { number } revisions { edges { node { number } } }
				organisation(id: "org:council") { parts { totalCount } } } }`).At
			if got.Revision.Number != test.revision || got.Organisation.Parts.TotalCount != test.parts {
				t.Errorf("revision %d with %d parts; want revision %d with %d", got.Revision.Number, got.Organisation.Parts.TotalCount, test.revision, test.parts)
			}
			if (got.Later != nil) != (test.revision == 2) || len(got.Revisions.Edges) != test.revision {
				t.Errorf("revision 2 is %v, and revisions are %v; want those up to %d alone", got.Later, got.Revisions.Edges, test.revision)
			}
		})
	}
	pages := data[struct {
		Revisions struct {
			Edges    []struct{ Node struct{ Number int } }
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}](t, c, `{ revisions(first: 1) { edges { node { number } } pageInfo { hasNextPage endCursor } } }`).Revisions
	rest := data[struct {
		Revisions struct {
			Edges    []struct{ Node struct{ Number int } }
			PageInfo struct{ HasNextPage, HasPreviousPage bool }
		}
	}](t, c, `{ revisions(after: "`+pages.PageInfo.EndCursor+`") { edges { node { number } } pageInfo { hasNextPage hasPreviousPage } } }`).Revisions
	if pages.Edges[0].Node.Number != 2 || !pages.PageInfo.HasNextPage || rest.Edges[0].Node.Number != 1 || rest.PageInfo.HasNextPage || !rest.PageInfo.HasPreviousPage {
		t.Errorf("pages of revisions are %+v, then %+v; want 2, then 1", pages, rest)
	}
}
