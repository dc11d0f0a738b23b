package graphtest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/policygraph/policygraph/graph"
)

var lifeCases = []testCase{
	{"readers during loads see one revision each", readersDuringLoads},
	{"a context that has ended", endedContext},
	{"use after Close", useAfterClose},
	{"every method answers", ping},
}

// readersDuringLoads publishes revisions in which every record says the same number. Readers check that whatever they read at a
// revision says one number, and that a revision never changes its number.
func readersDuringLoads(h *harness) {
	const (
		bodies    = 20
		loads     = 12
		readers   = 4
		dataset   = "curated"
		predicate = "PART_OF"
	)
	version := func(n int) *batch {
		b := base()
		for i := range bodies {
			id := fmt.Sprintf("org:body-%02d", i)
			b.entity(id, fmt.Sprintf("Version %d", n))
			b.relation("r", id, predicate, "src:gazette", func(s *graph.Statement) {
				s.Note = fmt.Sprint(n)
				s.Citations[0].Locator = fmt.Sprint(n)
			})
		}
		return b
	}
	var ids, statements []string
	for i := range bodies {
		ids = append(ids, fmt.Sprintf("org:body-%02d", i))
		statements = append(statements, graph.StatementID(ids[i], "r"))
	}
	h.load(version(0))
	ctx := h.Context()
	var numbers sync.Map // revision to the number that it says
	read := func() error {
		head, err := h.store.Head(ctx)
		if err != nil {
			return err
		}
		v := graph.View{Revision: head.Number}
		entities, err := h.store.Entities(ctx, v, ids)
		if err != nil {
			return err
		}
		found, err := h.store.Statements(ctx, v, statements)
		if err != nil {
			return err
		}
		pages, err := h.store.Edges(ctx, v, []graph.EdgeQuery{{Entities: []string{"src:gazette"}, Direction: graph.In, Page: graph.Page{First: bodies + 1, Total: true}}})
		if err != nil {
			return err
		}
		evidence, err := h.store.Evidence(ctx, v, statements)
		if err != nil {
			return err
		}
		candidates, _, err := h.store.Candidates(ctx, v, graph.SearchQuery{Tokens: []string{"version"}, Limit: bodies + 1})
		if err != nil {
			return err
		}
		list, err := h.store.ListEntities(ctx, v, graph.EntityQuery{Filter: graph.EntityFilter{Name: &graph.TextFilter{StartsWith: "version"}}, Page: everyPage})
		if err != nil {
			return err
		}
		counts, err := h.store.Count(ctx, v, graph.CountQuery{Of: graph.CountStatements, By: graph.CountByRelation, Limit: 1})
		if err != nil {
			return err
		}
		page := pages[0][0]
		if len(page.Edges) != bodies || page.Total != bodies || len(candidates) != bodies || len(list.Entities) != bodies || list.Total != bodies || counts.Total != bodies {
			return fmt.Errorf("revision %d: %d edges, total %d, %d candidates, %d listed, total %d, %d counted; want %d",
				v.Revision, len(page.Edges), page.Total, len(candidates), len(list.Entities), list.Total, counts.Total, bodies)
		}
		first, _ := numbers.LoadOrStore(v.Revision, found[0].Note)
		for i := range bodies {
			edge := page.Edges[i]
			for what, got := range map[string]string{
				"entity": entities[i].Names[0].Text, "statement": "Version " + found[i].Note, "edge": "Version " + edge.Statement.Note,
				"far end": edge.Node.Names[0].Text, "citation": "Version " + evidence[i].Citations[0].Locator, "candidate": candidates[i].Names[0].Text,
				"listed": list.Entities[i].Names[0].Text,
			} {
				if want := "Version " + first.(string); got != want {
					return fmt.Errorf("revision %d: %s %d says %q, want %q", v.Revision, what, i, got, want)
				}
			}
		}
		return nil
	}

	var done atomic.Bool
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for {
				last := done.Load()
				if err := read(); err != nil {
					h.Errorf("read: %v", err)
					return
				}
				if last {
					return
				}
			}
		})
	}
	for n := 1; n <= loads; n++ {
		b := version(n)
		l := h.begin(spec())
		h.put(l, &batch{graph.Batch{Datasets: b.Datasets, Entities: b.Entities}})
		for i := 0; i < len(b.Statements); i += 5 {
			h.put(l, &batch{graph.Batch{Statements: b.Statements[i : i+5]}})
		}
		if n%4 == 0 {
			if err := l.Discard(ctx); err != nil {
				h.Errorf("Discard: %v", err)
			}
			continue
		}
		h.publish(l)
	}
	done.Store(true)
	group.Wait()
}

// reads are all methods that read under a view, with arguments that would succeed.
func (h *harness) reads(ctx context.Context, v graph.View) map[string]error {
	calls := make(map[string]error)
	var err error
	_, err = h.store.Entities(ctx, v, []string{"src:gazette"})
	calls["Entities"] = err
	_, err = h.store.Entities(ctx, v, nil)
	calls["Entities of no ids"] = err
	_, err = h.store.EntitiesByIdentifier(ctx, v, []graph.Identifier{{Scheme: "codes", Value: "Q1"}})
	calls["EntitiesByIdentifier"] = err
	_, err = h.store.Statements(ctx, v, []string{"stm:org:a/x"})
	calls["Statements"] = err
	_, err = h.store.Edges(ctx, v, []graph.EdgeQuery{{Entities: []string{"src:gazette"}, Direction: graph.Out, Page: graph.Page{First: 1}}})
	calls["Edges"] = err
	_, err = h.store.Evidence(ctx, v, []string{"stm:org:a/x"})
	calls["Evidence"] = err
	_, err = h.store.ChangeEvents(ctx, v, []string{"evt:x"})
	calls["ChangeEvents"] = err
	_, err = h.store.Datasets(ctx, v)
	calls["Datasets"] = err
	_, err = h.store.ListEntities(ctx, v, graph.EntityQuery{Page: everyPage})
	calls["ListEntities"] = err
	_, err = h.store.ListStatements(ctx, v, graph.StatementQuery{Page: everyPage})
	calls["ListStatements"] = err
	_, err = h.store.ListChangeEvents(ctx, v, graph.ChangeEventQuery{Page: everyPage})
	calls["ListChangeEvents"] = err
	_, err = h.store.ListConflicts(ctx, v, graph.ConflictQuery{Page: everyPage})
	calls["ListConflicts"] = err
	_, err = h.store.Conflicts(ctx, v, []string{"cfl:x"})
	calls["Conflicts"] = err
	_, err = h.store.ConflictsOf(ctx, v, []string{"stm:org:a/x", "src:gazette"})
	calls["ConflictsOf"] = err
	_, err = h.store.RedirectsTo(ctx, v, []string{"src:gazette"})
	calls["RedirectsTo"] = err
	_, err = h.store.Count(ctx, v, graph.CountQuery{Of: graph.CountEntities, By: graph.CountByKind, Limit: 9})
	calls["Count"] = err
	_, _, err = h.store.Candidates(ctx, v, graph.SearchQuery{Tokens: []string{"a"}, Limit: 1})
	calls["Candidates"] = err
	calls["Dump"] = nil
	for _, err := range h.store.Dump(ctx, v) {
		calls["Dump"] = err
	}
	return calls
}

// calls are all methods of a store but Close, with arguments that would succeed.
func (h *harness) calls(ctx context.Context, v graph.View) map[string]error {
	calls := h.reads(ctx, v)
	var err error
	_, err = h.store.Head(ctx)
	calls["Head"] = err
	_, err = h.store.Revision(ctx, v.Revision)
	calls["Revision"] = err
	_, err = h.store.RevisionAt(ctx, revisionTime)
	calls["RevisionAt"] = err
	_, err = h.store.ListRevisions(ctx, 0, 1)
	calls["ListRevisions"] = err
	calls["Ping"] = h.store.Ping(ctx)
	_, err = h.store.Begin(ctx, spec())
	calls["Begin"] = err
	return calls
}

func endedContext(h *harness) {
	v := h.load(base())
	ctx := ended(h.Context())
	for name, err := range h.calls(ctx, v) {
		h.refuse(name, err, context.Canceled)
	}
	l := h.begin(spec()) // the refused Begin left nothing
	h.refuse("Put", l.Put(ctx, base().Batch), context.Canceled)
	_, err := l.Publish(ctx)
	h.refuse("Publish", err, context.Canceled)
	h.refuse("Discard", l.Discard(ctx), context.Canceled)
	h.put(l, base().entity("org:a", "A")) // the load goes on
	h.equal("counts", graph.RevisionCounts{Added: 1, Unchanged: 4}, h.publish(l).Counts)
}

func useAfterClose(h *harness) {
	v := h.load(base())
	l := h.begin(spec())
	h.put(l, base())
	for range 2 {
		if err := h.store.Close(); err != nil {
			h.Fatalf("Close: %v", err)
		}
	}
	for name, err := range h.calls(h.Context(), v) {
		h.refuse(name, err, graph.ErrClosed)
	}
	h.refuse("Put", l.Put(h.Context(), base().Batch), graph.ErrClosed)
	_, err := l.Publish(h.Context())
	h.refuse("Publish", err, graph.ErrClosed)
	h.refuse("Discard", l.Discard(h.Context()), graph.ErrClosed)
}

func ping(h *harness) {
	for range 2 {
		if err := h.store.Ping(h.Context()); err != nil {
			h.Errorf("Ping: %v", err)
		}
		for name, err := range h.reads(h.Context(), h.load(base())) {
			if err != nil {
				h.Errorf("%s: %v", name, err)
			}
		}
	}
}
