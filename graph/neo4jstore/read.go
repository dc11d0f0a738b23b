package neo4jstore

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/cache"
)

// Each method here is at most one round trip, and so is every list; edges are if nothing follows them or their shape is known (see
// [Options.JoinAfter]). The first read of a revision makes two more: whether it is published, and where ids redirect.

// maxText is how long a text becomes, in bytes, with the largest filters that the graph allows, and with many queries of edges at once: the
// server may take seconds to plan it, which no deadline stops.
const maxText = 32 << 10

// lists runs a statement that returns one record of lists.
func (s *Store) lists(ctx context.Context, text string, p params, n int) ([][]any, error) {
	var out [][]any
	err := s.read(ctx, text, p, func(r *neo4j.Record) error {
		out = make([][]any, len(r.Values))
		for i, value := range r.Values {
			list, ok := value.([]any)
			if !ok {
				return errShape
			}
			out[i] = list
		}
		return nil
	})
	if err == nil && len(out) != n {
		err = errShape
	}
	return out, err
}

// byID reads the records of ids by a fixed text. Missing ones are nil.
func byID[T any](ctx context.Context, s *Store, name string, c *cache.Of[versionKey, *T], v graph.View, ids []string, id func(*T) string) ([]*T, error) {
	out := make([]*T, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := s.lists(ctx, fixed(name), params{"ids": distinct(ids), "revision": v.Revision}, 1)
	if err != nil {
		return nil, err
	}
	records, err := decodedRows(c, found[0])
	if err != nil {
		return nil, err
	}
	align(out, ids, records, id)
	return out, nil
}

// align puts the record of each id into its place.
func align[T any](out []*T, ids []string, records []*T, id func(*T) string) {
	at := make(map[string]*T, len(records))
	for _, r := range records {
		at[id(r)] = r
	}
	for i := range ids {
		out[i] = at[ids[i]]
	}
}

func statementID(s *graph.Statement) string     { return s.ID }
func changeEventID(e *graph.ChangeEvent) string { return e.ID }
func conflictID(c *graph.Conflict) string       { return c.ID }

// Entities implements [graph.Reader].
func (s *Store) Entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.entities(ctx, v, r.followed(ids))
	return found, wrap(ctx, "read entities", err)
}

func (s *Store) entities(ctx context.Context, v graph.View, ids []string) ([]*graph.Entity, error) {
	return known(s.entitiesKnown, v.Revision, ids, func(ids []string) (map[string]*graph.Entity, error) {
		found, err := s.lists(ctx, fixed("entities"), params{"ids": ids, "revision": v.Revision}, 1)
		if err != nil {
			return nil, err
		}
		return s.named(found[0])
	})
}

// EntitiesByIdentifier implements [graph.Reader].
func (s *Store) EntitiesByIdentifier(ctx context.Context, v graph.View, identifiers []graph.Identifier) ([][]*graph.Entity, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.entitiesByIdentifier(ctx, v, identifiers)
	return found, wrap(ctx, "read entities by identifier", err)
}

func (s *Store) entitiesByIdentifier(ctx context.Context, v graph.View, identifiers []graph.Identifier) ([][]*graph.Entity, error) {
	out := make([][]*graph.Entity, len(identifiers))
	if len(identifiers) == 0 {
		return out, nil
	}
	from, to := int64(math.MinInt64), int64(math.MaxInt64) // whenever it was borne
	if v.Dated() {
		q0, q1 := v.Date.Span()
		from, to = int64(q0), int64(q1)
	}
	found, err := s.lists(ctx, fixed("identifiers"), params{"keys": identifierKeys(identifiers), "revision": v.Revision, "from": from, "to": to}, 1)
	if err != nil {
		return nil, err
	}
	if len(found[0]) != len(identifiers) {
		return nil, errShape
	}
	for i, value := range found[0] {
		rows, ok := value.([]any)
		if !ok {
			return nil, errShape
		}
		if out[i], err = decodedRows(s.entityCache, rows); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Statements implements [graph.Reader].
func (s *Store) Statements(ctx context.Context, v graph.View, ids []string) ([]*graph.Statement, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := byID(ctx, s, "statements", s.statementCache, v, ids, statementID)
	return found, wrap(ctx, "read statements", err)
}

// Evidence implements [graph.Reader].
func (s *Store) Evidence(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.evidence(ctx, v, ids)
	return found, wrap(ctx, "read evidence", err)
}

func (s *Store) evidence(ctx context.Context, v graph.View, ids []string) ([]graph.Evidence, error) {
	return known(s.evidenceKnown, v.Revision, ids, func(ids []string) (map[string]graph.Evidence, error) { return s.readEvidence(ctx, v, ids) })
}

// readEvidence is that of statements, by id.
func (s *Store) readEvidence(ctx context.Context, v graph.View, ids []string) (map[string]graph.Evidence, error) {
	found, err := s.lists(ctx, fixed("evidence"), params{"ids": ids, "revision": v.Revision}, 2)
	if err != nil {
		return nil, err
	}
	statements, err := decodedRows(s.statementCache, found[0])
	if err != nil {
		return nil, err
	}
	named, err := s.named(found[1])
	if err != nil {
		return nil, err
	}
	out := make(map[string]graph.Evidence, len(statements))
	for i, statement := range statements {
		if out[statement.ID], err = s.evidenceOf(statement, found[0][i], named); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// evidenceOf is that of a statement, of its row [id, addedIn, …, citations], with the entities that it names.
func (s *Store) evidenceOf(statement *graph.Statement, row any, named entitiesNamed) (e graph.Evidence, err error) {
	fields, ok := row.([]any)
	if !ok || len(fields) < 3 {
		return e, errShape
	}
	citations, err := decodedRow(s.citationCache, []any{fields[0], fields[1], fields[len(fields)-1]})
	if err != nil {
		return e, err
	}
	e.AttributedTo = named[statement.AttributedTo]
	e.Citations, e.Basis = named.fill(*citations, statement.Basis)
	return e, nil
}

// entitiesNamed are the entities that evidence names, by id.
type entitiesNamed map[string]*graph.Entity

// named are the entities of rows.
func (s *Store) named(rows []any) (entitiesNamed, error) {
	found, err := decodedRows(s.entityCache, rows)
	if err != nil {
		return nil, err
	}
	named := make(entitiesNamed, len(found))
	for _, e := range found {
		named[e.ID] = e
	}
	return named, nil
}

// fill copies citations and bases, with the entities that they name: what is cached has none, since they depend on the revision.
func (n entitiesNamed) fill(citations []graph.Citation, basis []graph.Basis) ([]graph.Citation, []graph.Basis) {
	citations, basis = slices.Clone(citations), slices.Clone(basis)
	for i := range citations {
		citations[i].Source = n[citations[i].SourceID]
	}
	for i := range basis {
		basis[i].Legislation = n[basis[i].LegislationID]
	}
	return citations, basis
}

// ChangeEvents implements [graph.Reader].
func (s *Store) ChangeEvents(ctx context.Context, v graph.View, ids []string) ([]*graph.ChangeEvent, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	out := make([]*graph.ChangeEvent, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := s.lists(ctx, fixed("change_events"), params{"ids": distinct(ids), "revision": v.Revision}, 2)
	if err != nil {
		return nil, wrap(ctx, "read change events", err)
	}
	events, err := s.changeEvents(found[0], found[1])
	if err != nil {
		return nil, wrap(ctx, "read change events", err)
	}
	align(out, ids, events, changeEventID)
	return out, nil
}

// changeEvents are those of rows, filled in with the entities of others.
func (s *Store) changeEvents(rows, entities []any) ([]*graph.ChangeEvent, error) {
	events, err := decodedRows(s.changeEventCache, rows)
	if err != nil {
		return nil, err
	}
	named, err := s.named(entities)
	if err != nil {
		return nil, err
	}
	for i, e := range events {
		filled := *e
		filled.Citations, filled.Basis = named.fill(e.Citations, e.Basis)
		events[i] = &filled
	}
	return events, nil
}

// Datasets implements [graph.Reader].
func (s *Store) Datasets(ctx context.Context, v graph.View) ([]graph.Dataset, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.lists(ctx, fixed("datasets"), params{"revision": v.Revision}, 1)
	if err != nil {
		return nil, wrap(ctx, "read data sets", err)
	}
	out := make([]graph.Dataset, len(found[0]))
	for i, value := range found[0] {
		document, ok := value.(string)
		if !ok {
			return nil, wrap(ctx, "read data sets", errShape)
		}
		if err := json.Unmarshal([]byte(document), &out[i]); err != nil {
			return nil, wrap(ctx, "read data sets", err)
		}
	}
	slices.SortFunc(out, func(a, b graph.Dataset) int { return strings.Compare(a.ID, b.ID) }) // their ids may have any letters, see [inUnits]
	return out, nil
}

// Conflicts implements [graph.Lister].
func (s *Store) Conflicts(ctx context.Context, v graph.View, ids []string) ([]*graph.Conflict, error) {
	if err := s.see(ctx, v); err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := byID(ctx, s, "conflicts", s.conflictCache, v, ids, conflictID)
	return found, wrap(ctx, "read conflicts", err)
}

// ConflictsOf implements [graph.Lister].
func (s *Store) ConflictsOf(ctx context.Context, v graph.View, ids []string) ([][]*graph.Conflict, error) {
	r, err := s.seeRedirects(ctx, v)
	if err != nil {
		return nil, err
	}
	defer s.leave()
	found, err := s.conflictsOf(ctx, v, ids, r.followed(ids))
	return found, wrap(ctx, "read conflicts", err)
}

func (s *Store) conflictsOf(ctx context.Context, v graph.View, ids, nodes []string) ([][]*graph.Conflict, error) {
	out := make([][]*graph.Conflict, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	at := make(map[string][]int) // places of an id, of a statement or an entity
	for i := range ids {
		at[nodes[i]] = append(at[nodes[i]], i)
	}
	found, err := s.lists(ctx, fixed("conflicts_of"), params{"ids": distinct(ids), "nodes": distinct(nodes), "revision": v.Revision}, 1)
	if err != nil {
		return nil, err
	}
	for _, row := range found[0] {
		c, err := decodedRow(s.conflictCache, row)
		if err != nil {
			return nil, err
		}
		members, ok := row.([]any)[3].([]any)
		if !ok {
			return nil, errShape
		}
		var places []int
		for _, value := range members {
			named, ok := value.([]any)
			if !ok {
				return nil, errShape
			}
			for _, name := range named {
				id, _ := name.(string) // a property has no object
				places = append(places, at[id]...)
			}
		}
		slices.Sort(places)
		for _, i := range slices.Compact(places) {
			out[i] = append(out[i], c)
		}
	}
	return out, nil
}
