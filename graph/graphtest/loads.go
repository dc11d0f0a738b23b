package graphtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygraph/policygraph/graph"
)

var loadCases = []testCase{
	{"an empty store", emptyStore},
	{"revisions and their counts", revisions},
	{"the same load twice", sameTwice},
	{"a load that makes no graph", emptyLoads},
	{"changed, withdrawn and put back", versions},
	{"changed citations make a version", changedCitations},
	{"several origins", origins},
	{"a pending load is not seen", pendingUnseen},
	{"many puts and references in any order", manyPuts},
	{"one load at a time", oneLoad},
	{"a load given up", discard},
	{"a load left behind, begun again with its digest", resumed},
	{"a load left behind, begun again with another digest", purged("same", "first", "other")},
	{"a load left behind, then one of another origin", purged("same", "second", "same")},
	{"a load left behind, begun again without a digest", purged("", "first", "")},
	{"a load whose lease was taken over", overtaken},
	{"a lease is renewed by Put", renewed},
	{"one record put twice", putTwice},
	{"a put is all or nothing", putWhole},
	{"references that do not resolve", danglingReferences},
	{"references to what is withdrawn", withdrawnTargets},
	{"records that break a rule", badRecords},
	{"loads that break a rule", badLoads},
}

func emptyStore(h *harness) {
	h.equal("head", graph.Revision{}, h.head())
	r, err := h.store.Revision(h.Context(), 1)
	if r != nil || err != nil {
		h.Errorf("Revision(1): want nil, got %+v, %v", r, err)
	}
}

func revisions(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b").relation("p", "org:a", "PART_OF", "org:b")
	s := spec()
	s.Time = time.Date(2031, 5, 6, 9, 8, 9, 999, time.FixedZone("east", 2*3600))
	s.Digest = "digest of the input"
	l := h.begin(s)
	h.put(l, b)
	first := h.publish(l)
	want := graph.Revision{
		Number: l.Number(), Time: revisionTime, Origin: "first", Author: "suite", Comment: "a comment", Digest: "digest of the input",
		Counts: graph.RevisionCounts{Added: 8},
	}
	h.equal("first", want, first)
	if first.Number < 1 || first.Time.Location() != time.UTC {
		h.Errorf("number from 1 and time in UTC: %+v", first)
	}
	h.equal("head", first, h.head())

	// Two changed, two withdrawn, one added, the rest as they were.
	next := b.without("org:b", "stm:org:a/r", "stm:org:a/p").entity("org:c", "C").relation("r", "org:a", "REPLACED", "org:c")
	next.Datasets[0].Title = "Another title"
	l = h.begin(spec())
	h.put(l, next)
	second := h.publish(l)
	h.equal("counts", graph.RevisionCounts{Added: 1, Changed: 2, Withdrawn: 2, Unchanged: 4}, second.Counts)
	if second.Number <= first.Number {
		h.Errorf("numbers rise: %d after %d", second.Number, first.Number)
	}
	for _, want := range []graph.Revision{first, second} {
		got, err := h.store.Revision(h.Context(), want.Number)
		if err != nil || got == nil {
			h.Fatalf("Revision(%d): %+v, %v", want.Number, got, err)
		}
		h.equal("revision", want, *got)
	}
	h.equal("head", second, h.head())
}

func sameTwice(h *harness) {
	b := everything()
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:full"}}
	v := h.load(b)
	head := h.head()
	slices.Reverse(b.Statements) // order is nothing
	slices.Reverse(b.Entities)
	again := h.publishAgain(b)
	head.Counts = graph.RevisionCounts{Unchanged: head.Counts.Added}
	h.equal("the head as it was, with what the load counted", head, again)
	h.equal("head", v.Revision, h.head().Number)
	if next := h.load(b.without().entity("org:new", "New")); next.Revision <= v.Revision {
		h.Errorf("numbers rise: %d after %d", next.Revision, v.Revision)
	}
}

func emptyLoads(h *harness) {
	h.equal("nothing into nothing", graph.Revision{}, h.publish(h.begin(spec())))
	v := h.load(base())
	r := h.publish(h.begin(spec()))
	h.equal("an empty load withdraws all", graph.RevisionCounts{Withdrawn: 4}, r.Counts)
	h.equal("then", []string{"-"}, entityIDs(h.entities(graph.View{Revision: r.Number}, "src:gazette")))
	h.equal("before", []string{"src:gazette"}, entityIDs(h.entities(v, "src:gazette")))
}

// reading is what a view shows of a small graph of org:a and org:b, as text.
func (h *harness) reading(v graph.View) string {
	h.Helper()
	var out []string
	for _, e := range h.entities(v, "org:a", "org:b") {
		if e != nil {
			out = append(out, e.ID+"="+e.Names[0].Text)
		}
	}
	for _, s := range h.statements(v, "stm:org:a/r") {
		if s != nil {
			out = append(out, s.ID+"="+s.Note)
		}
	}
	for _, p := range h.edges(v, graph.EdgeQuery{Entities: []string{"org:a", "org:b"}, Direction: graph.Both, Page: graph.Page{First: 9, Total: true}}) {
		for _, e := range p.Edges {
			out = append(out, fmt.Sprintf("%s %s", e.Direction, e.Statement.Note))
		}
		out = append(out, fmt.Sprint(p.Total))
	}
	return strings.Join(out, ", ")
}

func versions(h *harness) {
	graphs := []*batch{
		base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b").noted("stm:org:a/r", "one"),
		nil, nil, nil, nil,
	}
	graphs[1] = graphs[0].noted("stm:org:a/r", "two")                    // changed
	graphs[2] = graphs[1].without("stm:org:a/r", "org:b")                // withdrawn
	graphs[3] = graphs[0].without("org:a").entity("org:a", "A, renamed") // put back as it first was, and another changed
	graphs[4] = graphs[0]                                                // all as at first
	want := []string{
		"org:a=A, org:b=B, stm:org:a/r=one, OUT one, 1, IN one, 1",
		"org:a=A, org:b=B, stm:org:a/r=two, OUT two, 1, IN two, 1",
		"org:a=A, 0, 0",
		"org:a=A, renamed, org:b=B, stm:org:a/r=one, OUT one, 1, IN one, 1",
		"org:a=A, org:b=B, stm:org:a/r=one, OUT one, 1, IN one, 1",
	}
	counts := []graph.RevisionCounts{{Added: 7}, {Changed: 1, Unchanged: 6}, {Withdrawn: 2, Unchanged: 5}, {Added: 2, Changed: 1, Unchanged: 4}, {Changed: 1, Unchanged: 6}}
	var views []graph.View
	for i, b := range graphs {
		r := h.publishAgain(b)
		h.equal(fmt.Sprintf("counts of graph %d", i), counts[i], r.Counts)
		views = append(views, graph.View{Revision: r.Number})
		for j, v := range views { // each earlier revision reads as it did
			h.equal(fmt.Sprintf("graph %d after graph %d", j, i), want[j], h.reading(v))
		}
	}
}

func changedCitations(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b")
	v1 := h.load(b)
	changed := b.without()
	changed.Statements[0].Citations = []graph.Citation{citation("src:almanac", graph.AspectRelation)}
	r := h.publishAgain(changed)
	h.equal("counts", graph.RevisionCounts{Changed: 1, Unchanged: 6}, r.Counts)
	for v, want := range map[graph.View]string{v1: "src:gazette", {Revision: r.Number}: "src:almanac"} {
		found, err := h.store.Evidence(h.Context(), v, []string{"stm:org:a/r"})
		if err != nil || len(found[0].Citations) != 1 {
			h.Fatalf("Evidence: %+v, %v", found, err)
		}
		h.equal("source", want, found[0].Citations[0].Source.ID)
	}
}

func origins(h *harness) {
	first := base().entity("org:a", "A")
	h.load(first)
	other := spec()
	other.Origin = "second"
	theirs := new(batch).entity("org:b", "B").relation("r", "org:b", "REPLACED", "org:a")
	v := h.load(theirs, other)
	h.equal("a load withdraws of its own origin alone", []string{"org:a", "org:b"}, entityIDs(h.entities(v, "org:a", "org:b")))
	h.equal("origin", "second", h.head().Origin)

	for name, b := range map[string]*batch{
		"another's entity":   theirs.without().entity("org:a", "A, ours now"),
		"another's as it is": theirs.without().entity("org:a", "A"),
		"another's data set": {graph.Batch{Datasets: first.Datasets}},
	} {
		l := h.begin(other)
		h.refuse(name, l.Put(h.Context(), b.Batch), graph.ErrInvalid, "first")
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}

	// What another origin refers to cannot be withdrawn.
	l := h.begin(spec())
	h.put(l, first.without("org:a"))
	_, err := l.Publish(h.Context())
	h.refuse("withdrawing what another origin needs", err, graph.ErrInvalid, "org:a", "stm:org:b/r")
	if err := l.Discard(h.Context()); err != nil {
		h.Fatalf("Discard: %v", err)
	}
	h.equal("nothing changed", v.Revision, h.head().Number)

	// Once withdrawn, an id is free.
	v = h.load(new(batch), other)
	h.equal("withdrawn", []string{"org:a", "-"}, entityIDs(h.entities(v, "org:a", "org:b")))
	v = h.load(first.without().entity("org:b", "B"))
	h.equal("taken by the first", []string{"org:a", "org:b"}, entityIDs(h.entities(v, "org:a", "org:b")))
}

func pendingUnseen(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b").noted("stm:org:a/r", "old")
	v := h.load(b)
	before, head := h.reading(v), h.head()
	l := h.begin(spec())
	look := func(when string) {
		h.Helper()
		h.equal(when+": reading", before, h.reading(v))
		h.equal(when+": head", head, h.head())
		found, _ := h.candidates(v, graph.SearchQuery{Tokens: []string{"fresh"}, Limit: 9})
		h.equal(when+": search", 0, len(found))
	}
	look("begun")
	changed := b.noted("stm:org:a/r", "new").without("org:b").entity("org:b", "Fresh B").entity("org:c", "Fresh C")
	h.put(l, changed)
	look("put")
	r := h.publish(l)
	look2 := h.reading(v)
	h.equal("the earlier revision once published", before, look2)
	h.equal("the new revision", "org:a=A, org:b=Fresh B, stm:org:a/r=new, OUT new, 1, IN new, 1", h.reading(graph.View{Revision: r.Number}))
	h.equal("head", r, h.head())
}

func manyPuts(h *harness) {
	b := everything()
	l := h.begin(spec())
	if err := l.Put(h.Context(), graph.Batch{}); err != nil {
		h.Fatalf("an empty Put: %v", err)
	}
	// What refers goes before what it refers to, a record at a time.
	for i := range b.Conflicts {
		h.put(l, &batch{graph.Batch{Conflicts: b.Conflicts[i : i+1]}})
	}
	for i := range b.Statements {
		h.put(l, &batch{graph.Batch{Statements: b.Statements[i : i+1]}})
	}
	for i := range b.ChangeEvents {
		h.put(l, &batch{graph.Batch{ChangeEvents: b.ChangeEvents[i : i+1]}})
	}
	for i := range b.Entities {
		h.put(l, &batch{graph.Batch{Entities: b.Entities[i : i+1]}})
	}
	h.put(l, &batch{graph.Batch{Datasets: b.Datasets}})
	r := h.publish(l)
	n := len(b.Datasets) + len(b.Entities) + len(b.Statements) + len(b.ChangeEvents) + len(b.Conflicts)
	h.equal("counts", graph.RevisionCounts{Added: n}, r.Counts)
	p := h.edges(graph.View{Revision: r.Number}, graph.EdgeQuery{
		Entities: []string{"org:full"}, Direction: graph.Out, Filter: graph.StatementFilter{Statuses: graph.Statuses}, Page: graph.Page{First: 9},
	})
	h.equal("edges", []string{"dated OUT -", "full OUT org:other"}, sorted(edgeKeys(p[0])))
}

func sorted(list []string) []string { slices.Sort(list); return list }

func oneLoad(h *harness) {
	l := h.begin(spec())
	h.put(l, base())
	for _, origin := range []string{"first", "second"} {
		s := spec()
		s.Origin = origin
		_, err := h.store.Begin(h.Context(), s)
		h.refuse("a second Begin of "+origin, err, graph.ErrConflict)
	}
	h.put(l, new(batch).entity("org:a", "A")) // the first goes on
	h.publish(l)
	h.load(base())
}

func discard(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b").noted("stm:org:a/r", "kept")
	v := h.load(b)
	before, head := h.reading(v), h.head()
	l := h.begin(spec())
	h.put(l, b.noted("stm:org:a/r", "lost").without("org:b").entity("org:b", "Lost").entity("org:c", "Lost too"))
	for range 2 {
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}
	h.refuse("Put after Discard", l.Put(h.Context(), b.Batch), graph.ErrInvalid)
	_, err := l.Publish(h.Context())
	h.refuse("Publish after Discard", err, graph.ErrInvalid)
	h.equal("reading", before, h.reading(v))
	h.equal("head", head, h.head())

	next := h.begin(spec())
	if next.Number() <= l.Number() {
		h.Errorf("a number is used again: %d after %d", next.Number(), l.Number())
	}
	h.put(next, b)
	r := h.publish(next)
	h.equal("nothing is left of it", graph.RevisionCounts{Unchanged: 7}, r.Counts)
	if err := next.Discard(h.Context()); err != nil {
		h.Errorf("Discard after Publish: %v", err)
	}
	h.equal("head after that", head, h.head())
	h.refuse("Put after Publish", next.Put(h.Context(), b.Batch), graph.ErrInvalid)
}

// leftBehind is a store with one published revision, and a load of it that changes a statement and adds an entity, and whose process died.
func (h *harness) leftBehind(digest string) (b, next *batch, v graph.View, dead graph.Load) {
	h.Helper()
	b = base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b").noted("stm:org:a/r", "old")
	next = b.noted("stm:org:a/r", "new").entity("org:c", "C")
	v = h.load(b)
	s := spec()
	s.Digest = digest
	dead = h.begin(s)
	h.put(dead, &batch{graph.Batch{Statements: next.Statements, Entities: next.Entities[2:]}}) // all but the sources and data sets
	h.clock.advance(pastLeases)
	return b, next, v, dead
}

func resumed(h *harness) {
	_, next, v, dead := h.leftBehind("same")
	before := h.reading(v)
	s := spec()
	s.Digest = "same"
	l := h.begin(s)
	h.equal("number", dead.Number(), l.Number())
	h.put(l, next) // from the start: the caller does not know that it resumes
	h.equal("unseen", before, h.reading(v))
	r := h.publish(l)
	h.equal("counts", graph.RevisionCounts{Added: 1, Changed: 1, Unchanged: 6}, r.Counts)
	h.equal("reading", "org:a=A, org:b=B, stm:org:a/r=new, OUT new, 1, IN new, 1", h.reading(graph.View{Revision: r.Number}))
	h.equal("before", before, h.reading(v))
}

// purged leaves a load behind with a digest, and begins another.
func purged(left, origin, digest string) func(h *harness) {
	return func(h *harness) {
		b, _, v, dead := h.leftBehind(left)
		before := h.reading(v)
		s := spec()
		s.Origin, s.Digest = origin, digest
		l := h.begin(s)
		if l.Number() <= dead.Number() {
			h.Errorf("a number is used again: %d after %d", l.Number(), dead.Number())
		}
		h.equal("unseen", before, h.reading(v))
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
		r := h.publishAgain(b)
		h.equal("nothing is left of it", graph.RevisionCounts{Unchanged: 7}, r.Counts)
	}
}

func overtaken(h *harness) {
	b, next, _, slow := h.leftBehind("")
	l := h.begin(spec())
	h.put(l, b)
	h.refuse("Put", slow.Put(h.Context(), next.Batch), graph.ErrConflict)
	_, err := slow.Publish(h.Context())
	h.refuse("Publish", err, graph.ErrConflict)
	if err := slow.Discard(h.Context()); err != nil {
		h.Errorf("Discard: %v", err)
	}
	r := h.publish(l)
	h.equal("the other load is whole", graph.RevisionCounts{Unchanged: 7}, r.Counts)
}

func renewed(h *harness) {
	// The lease is shorter than pastLeases and longer than a second.
	l := h.begin(spec())
	for range 3 {
		h.clock.advance(time.Second)
		h.put(l, base())
		_, err := h.store.Begin(h.Context(), spec())
		h.refuse("Begin", err, graph.ErrConflict)
	}
	h.clock.advance(pastLeases)
	h.put(l, base()) // nobody has taken it
	_, err := h.store.Begin(h.Context(), spec())
	h.refuse("Begin after the lease was taken up again", err, graph.ErrConflict)
	h.publish(l)
}

func putTwice(h *harness) {
	b := everything()
	b.Redirects = []graph.Redirect{{From: "org:old", To: "org:full"}}
	l := h.begin(spec())
	h.put(l, b)
	h.put(l, b)
	twice := &batch{graph.Batch{Entities: []graph.Entity{b.Entities[0], b.Entities[0]}}}
	h.put(l, twice)
	differ := everything()
	differ.Redirects = []graph.Redirect{{From: "org:old", To: "org:other"}}
	differ.Datasets[0].Title, differ.Entities[0].Summary, differ.Statements[0].Note = "x", "x", "x"
	differ.ChangeEvents[0].Note, differ.Conflicts[0].Explanation = "x", "x"
	parts := map[string]graph.Batch{
		"curated":         {Datasets: differ.Datasets[:1]},
		"src:gazette":     {Entities: differ.Entities[:1]},
		"stm:org:full":    {Statements: differ.Statements[:1]},
		"evt:full":        {ChangeEvents: differ.ChangeEvents},
		"cfl:full":        {Conflicts: differ.Conflicts},
		"org:old":         {Redirects: differ.Redirects},
		"stm:org:full/fu": {Statements: append(b.Statements[:1:1], differ.Statements[0])},
	}
	for id, part := range parts {
		h.refuse("a different "+id, l.Put(h.Context(), part), graph.ErrInvalid, id)
	}
	r := h.publish(l)
	n := len(b.Datasets) + len(b.Entities) + len(b.Statements) + len(b.ChangeEvents) + len(b.Conflicts) + len(b.Redirects)
	h.equal("counts", graph.RevisionCounts{Added: n}, r.Counts)

	l = h.begin(spec())
	h.put(l, b)
	h.put(l, b)
	for id, part := range parts { // unchanged at first, then different
		h.refuse("a different "+id, l.Put(h.Context(), part), graph.ErrInvalid, id)
	}
	h.equal("counts of the second", graph.RevisionCounts{Unchanged: n}, h.publish(l).Counts)
}

func putWhole(h *harness) {
	b := base().entity("org:a", "A").entity("org:b", "B").relation("r", "org:a", "REPLACED", "org:b")
	h.load(b)
	l := h.begin(spec())
	h.put(l, base())
	bad := b.without("org:b").entity("org:b", "B, renamed").entity("org:c", "C").relation("s", "org:c", "REPLACED", "org:b")
	bad.Entities = append(bad.Entities, graph.Entity{ID: "org:c", Kind: graph.Organisation, Summary: "another"})
	h.refuse("Put", l.Put(h.Context(), bad.Batch), graph.ErrInvalid, "org:c")
	h.put(l, b)
	h.equal("nothing of the bad batch", graph.RevisionCounts{Unchanged: 7}, h.publish(l).Counts)
}

func danglingReferences(h *harness) {
	good := everything()
	h.load(good)
	head := h.head()
	for _, test := range []struct {
		name   string
		bend   func(b *batch)
		target string
		by     string
	}{
		{"subject", func(b *batch) { b.relation("x", "org:none", "REPLACED", "org:full") }, "org:none", "stm:org:none/x"},
		{"object", func(b *batch) { b.relation("x", "org:full", "REPLACED", "org:none") }, "org:none", "stm:org:full/x"},
		{"source", func(b *batch) { b.Statements[0].Citations[0].SourceID = "src:none" }, "src:none", "stm:org:full/full"},
		{"data set", func(b *batch) { b.Statements[0].Citations[0].Dataset = "none" }, "none", "stm:org:full/full"},
		{"legislation", func(b *batch) { b.Statements[0].Basis[0].LegislationID = "leg:none" }, "leg:none", "stm:org:full/full"},
		{"attribution", func(b *batch) { b.Statements[0].AttributedTo = "per:none" }, "per:none", "stm:org:full/full"},
		{"value", func(b *batch) { b.Statements[1].Value = graph.Value{Kind: graph.EntityValue, Entity: "org:none"} }, "org:none", "stm:org:full/dated"},
		{"qualifier", func(b *batch) { b.Statements[0].Qualifiers[1].Value.Entity = "org:none" }, "org:none", "stm:org:full/full"},
		{"change event", func(b *batch) { b.Statements[0].ChangeEvent = "evt:none" }, "evt:none", "stm:org:full/full"},
		{"input", func(b *batch) { b.ChangeEvents[0].Inputs[0] = "org:none" }, "org:none", "evt:full"},
		{"output", func(b *batch) { b.ChangeEvents[0].Outputs[0] = "org:none" }, "org:none", "evt:full"},
		{"pair", func(b *batch) { b.ChangeEvents[0].Pairs[0].From = "org:none" }, "org:none", "evt:full"},
		{"responsibility", func(b *batch) { b.ChangeEvents[0].Responsibilities[0] = "res:none" }, "res:none", "evt:full"},
		{"legislation of an event", func(b *batch) { b.ChangeEvents[0].Basis[0].LegislationID = "leg:none" }, "leg:none", "evt:full"},
		{"source of an event", func(b *batch) { b.ChangeEvents[0].Citations[0].SourceID = "src:none" }, "src:none", "evt:full"},
		{"data set of an event", func(b *batch) { b.ChangeEvents[0].Citations[0].Dataset = "none" }, "none", "evt:full"},
		{"member", func(b *batch) { b.Conflicts[0].Members[0] = "stm:org:none/x" }, "stm:org:none/x", "cfl:full"},
		{"preferred member", func(b *batch) { b.Conflicts[0].Preferred = "stm:org:none/x" }, "stm:org:none/x", "cfl:full"},
		{"redirect", func(b *batch) { b.Redirects = []graph.Redirect{{From: "org:old", To: "org:none"}} }, "org:none", "org:old"},
		{"an id that redirects", func(b *batch) {
			b.Redirects = []graph.Redirect{{From: "org:old", To: "org:full"}}
			b.relation("x", "org:full", "REPLACED", "org:old")
		}, "org:old", "stm:org:full/x"},
	} {
		b := everything()
		test.bend(b)
		l := h.begin(spec())
		h.put(l, b)
		_, err := l.Publish(h.Context())
		h.refuse(test.name, err, graph.ErrInvalid, test.target, test.by)
		h.equal(test.name+": head", head, h.head())
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}

	// Publish fails, and the load goes on.
	l := h.begin(spec())
	h.put(l, good.without("org:full"))
	_, err := l.Publish(h.Context())
	h.refuse("Publish", err, graph.ErrInvalid, "org:full")
	h.put(l, &batch{graph.Batch{Entities: good.Entities}})
	if r := h.publish(l); !r.Counts.Nothing() {
		h.Errorf("all as it was: %+v", r.Counts)
	}
}

func withdrawnTargets(h *harness) {
	b := everything()
	h.load(b)
	for _, id := range []string{"org:full", "org:other", "leg:act", "per:speaker", "src:gazette", "src:almanac", "curated", "background", "evt:full", "stm:org:full/full"} {
		l := h.begin(spec())
		h.put(l, b.without(id))
		_, err := l.Publish(h.Context())
		h.refuse("without "+id, err, graph.ErrInvalid, id)
		if err := l.Discard(h.Context()); err != nil {
			h.Fatalf("Discard: %v", err)
		}
	}
	l := h.begin(spec())
	h.put(l, b.without("cfl:full", "full"))
	h.equal("what nobody refers to goes", graph.RevisionCounts{Withdrawn: 2, Unchanged: 11}, h.publish(l).Counts)
}

func badRecords(h *harness) {
	l := h.begin(spec())
	for _, test := range []struct {
		name string
		bend func(b *batch)
		word string
	}{
		{"kind that is not the id's", func(b *batch) { b.Entities[0].Kind = graph.Person }, "src:gazette"},
		{"statement without a relation or property", func(b *batch) { b.Statements[0].Relation = "" }, "stm:org:full/full"},
		{"statement with both", func(b *batch) { b.Statements[0].Property = "AIM" }, "stm:org:full/full"},
		{"relation without an object", func(b *batch) { b.Statements[0].Object = "" }, "stm:org:full/full"},
		{"property with an object", func(b *batch) { b.Statements[1].Object = "org:other" }, "stm:org:full/dated"},
		{"unknown relation", func(b *batch) { b.Statements[0].Relation = "ADMIRED" }, "ADMIRED"},
		{"inverse relation", func(b *batch) { b.Statements[0].Relation = "REPLACED_BY" }, "REPLACED_BY"},
		{"unknown property", func(b *batch) { b.Statements[1].Property = "SHOE_SIZE" }, "SHOE_SIZE"},
		{"subject that is no entity", func(b *batch) { b.Statements[0].Subject = "stm:org:full/full" }, "stm:org:full/full"},
		{"source that is not citable", func(b *batch) { b.Statements[0].Citations[0].SourceID = "org:full" }, "org:full"},
		{"citation without an aspect", func(b *batch) { b.Statements[0].Citations[0].Aspects = nil }, "src:gazette"},
		{"bounds out of order", func(b *batch) { b.Statements[0].Bounds = graph.Bounds{StartLo: 2, StartHi: 1, EndLo: 3, EndHi: 3} }, "stm:org:full/full"},
		{"bounds of a life out of order", func(b *batch) { b.Entities[0].Life = graph.Bounds{StartLo: 2, StartHi: 1, EndLo: 3, EndHi: 3} }, "src:gazette"},
		{"a name that is too long", func(b *batch) { b.entity("org:x", strings.Repeat("n", graph.MaxNameLength+1)) }, "org:x"},
		{"an identifier that is too long", func(b *batch) {
			b.entityWith("org:x", func(e *graph.Entity) {
				e.Identifiers = []graph.Identifier{{Scheme: "codes", Value: strings.Repeat("n", graph.MaxNameLength+1), Bounds: graph.Timeless}}
			})
		}, "org:x"},
		{"subject whose id is too long", func(b *batch) { b.Statements[0].Subject = "org:" + strings.Repeat("l", graph.MaxIDLength) }, "stm:org:full/full"},
		{"source whose id is too long", func(b *batch) {
			b.Statements[0].Citations[0].SourceID = "src:" + strings.Repeat("l", graph.MaxIDLength)
		}, "stm:org:full/full"},
		{"statement's id", func(b *batch) { b.Statements[0].ID = "org:full" }, "org:full"},
		{"change event's id", func(b *batch) { b.ChangeEvents[0].ID = "org:full" }, "org:full"},
		{"conflict's id", func(b *batch) { b.Conflicts[0].ID = "evt:full" }, "evt:full"},
		{"data set's id", func(b *batch) { b.Datasets[0].ID = "" }, "data set"},
		{"redirect's id", func(b *batch) { b.Redirects = []graph.Redirect{{From: "evt:full", To: "org:full"}} }, "evt:full"},
	} {
		b := everything()
		test.bend(b)
		h.refuse(test.name, l.Put(h.Context(), b.Batch), graph.ErrInvalid, test.word)
	}
	h.equal("nothing was put", graph.Revision{}, h.publish(l))
}

func badLoads(h *harness) {
	_, err := h.store.Begin(h.Context(), graph.LoadSpec{Time: revisionTime})
	h.refuse("no origin", err, graph.ErrInvalid, "origin")
	h.load(base()) // nothing is pending
}
