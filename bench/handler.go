package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// handler is what somebody would write by hand who needs the operations of [peerOperations] and nothing else: for each one statement, over
// the nodes and typed relationships that show the newest revision, and structs for encoding/json.
type handler struct {
	driver neo4j.DriverWithContext
	auto   bool // session.Run, which is one round trip and has no retries, in place of ExecuteRead
}

// The statements. What the answer lists comes in one record.
var (
	byIDText        = "MATCH (o:Entity {id: $q}) WHERE o.inForce\nRETURN o.id, o.name, o.type, o.start, o.`end`, o.summary"
	oneHopText      = organisationText(1, 20, true)
	threeLevelsText = organisationText(3, 5, false)
)

func organisationText(levels, first int, bases bool) string {
	return fmt.Sprintf("MATCH (o:Entity {id: $q}) WHERE o.inForce\nRETURN o.id, o.name, %s, %s",
		edgesText("o", "REPLACED", levels, first, bases), edgesText("o", "PART_OF", levels, first, bases))
}

// edgesText lists the edges of a relation from a node, with what bears them out, through so many levels.
func edgesText(from, relation string, levels, first int, bases bool) string {
	const statement = "(:StatementVersion {id: r%[1]d.statement, addedIn: r%[1]d.addedIn})"
	row := "r%[1]d.when, r%[1]d.period, n%[1]d.id, n%[1]d.name,\n  COLLECT { MATCH " + statement + "-[c:SUPPORTED_BY]->(x) WITH c, x ORDER BY c.ordinal RETURN [c.locator, c.role, x.id, x.name] }"
	if bases {
		row += ",\n  COLLECT { MATCH " + statement + "-[u:UNDER]->(x) RETURN [u.provision, x.id, x.name] }"
	}
	row = fmt.Sprintf(row, levels)
	if levels > 1 {
		row += ",\n  " + edgesText(fmt.Sprintf("n%d", levels), relation, levels-1, first, bases)
	}
	return fmt.Sprintf(`COLLECT { MATCH (%[1]s)-[r%[2]d:%[3]s]->(n%[2]d)
  WITH r%[2]d, n%[2]d ORDER BY r%[2]d.startLo, r%[2]d.startHi, r%[2]d.statement LIMIT %[4]d
  RETURN [%[5]s] }`, from, levels, relation, first, strings.ReplaceAll(row, "\n", "\n  "))
}

// searchText scores names by the rules of the API, but for those that are only like the text.
var searchText = fmt.Sprintf(`CALL db.index.fulltext.queryNodes('entity_names', $lucene) YIELD node AS e
WHERE e.removedIn = 9223372036854775807
UNWIND range(0, size(e.names) - 1) AS i
WITH e, e.names[i] AS name, e.nameUse[i] AS use
WHERE all(t IN $tokens WHERE ' ' + name CONTAINS ' ' + t)
WITH e, name, use, size(split(name, ' ')) - size($tokens) AS beyond
WITH e, max(CASE
  WHEN name = $text AND use = %d THEN 600
  WHEN name = $text THEN %d
  ELSE CASE
    WHEN name STARTS WITH $text + ' ' THEN 500
    WHEN name STARTS WITH $text THEN 400
    WHEN all(t IN $tokens WHERE ' ' + name + ' ' CONTAINS ' ' + t + ' ') THEN 300
    ELSE 200
  END - CASE WHEN beyond < 0 THEN 0 WHEN beyond > 49 THEN 49 ELSE beyond END
END) AS score
ORDER BY score DESC, e.id LIMIT $first
MATCH (n:Entity {id: e.id})
WITH score, n ORDER BY score DESC, n.id
RETURN collect([score, n.id, n.name])`, graph.AcronymUse, exactScore)

const exactScore = 700

// found is how many names the index finds for a text.
func (h handler) found(ctx context.Context, asked string) (int64, error) {
	v, err := h.one(ctx, `CALL db.index.fulltext.queryNodes('entity_names', $lucene) YIELD node RETURN count(node)`,
		map[string]any{"lucene": lucene(strings.Fields(graph.Fold(asked)))})
	if v == nil {
		return 0, err
	}
	return v[0].(int64), nil
}

// lucene is a query for names with words that begin so.
func lucene(tokens []string) string { return "+" + strings.Join(tokens, "* +") + "*" }

// ServeHTTP answers /by-id?q=…, and the others likewise.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	read := map[string]func(context.Context, string) (any, error){
		"/by-id":   h.byID,
		"/one-hop": func(ctx context.Context, q string) (any, error) { return h.related(ctx, oneHopText, q, 1, true) },
		"/three-levels": func(ctx context.Context, q string) (any, error) {
			return h.related(ctx, threeLevelsText, q, 3, false)
		},
		"/search": func(ctx context.Context, q string) (any, error) { return h.search(ctx, q) },
	}[r.URL.Path]
	if read == nil {
		http.NotFound(w, r)
		return
	}
	found, err := read(r.Context(), r.URL.Query().Get("q"))
	if err != nil {
		http.Error(w, "the graph cannot be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer{found}) // it has nothing that JSON has not; a client may be gone
}

// one runs a statement that returns one record; nil if it returns none.
func (h handler) one(ctx context.Context, text string, parameters map[string]any) (values []any, err error) {
	session := h.driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: neo4j.AccessModeRead, DatabaseName: "neo4j"})
	defer func() { _ = session.Close(ctx) }() // what was to be read was read, or failed
	read := func(r neo4j.ResultWithContext, err error) ([]any, error) {
		if err != nil {
			return nil, err
		}
		var record *neo4j.Record
		var values []any
		for r.NextRecord(ctx, &record) {
			values = record.Values
		}
		return values, r.Err()
	}
	if h.auto {
		return read(session.Run(ctx, text, parameters))
	}
	return neo4j.ExecuteRead(ctx, session, func(tx neo4j.ManagedTransaction) ([]any, error) { return read(tx.Run(ctx, text, parameters)) })
}

func (h handler) byID(ctx context.Context, q string) (any, error) {
	v, err := h.one(ctx, byIDText, map[string]any{"q": q})
	if v == nil {
		return data{}, err
	}
	return data{organisation{named{text(v[0]), text(v[1])}, optional(v[2]), optional(v[3]), optional(v[4]), optional(v[5])}}, nil
}

func (h handler) related(ctx context.Context, statement, id string, levels int, bases bool) (any, error) {
	v, err := h.one(ctx, statement, map[string]any{"q": id})
	if v == nil {
		return data{}, err
	}
	return data{related{named{text(v[0]), text(v[1])}, edgesOf(v[2], "REPLACED", levels, bases), edgesOf(v[3], "PART_OF", levels, bases)}}, nil
}

const peerHits = 20

func (h handler) search(ctx context.Context, asked string) (out hits, err error) {
	tokens := strings.Fields(graph.Fold(asked))
	v, err := h.one(ctx, searchText, map[string]any{
		"text": strings.Join(tokens, " "), "tokens": tokens, "lucene": lucene(tokens), "first": peerHits,
	})
	if v == nil {
		return out, err
	}
	out.Search.Edges = listOf(v[0], func(h []any) hit { return hit{h[0].(int64), named{text(h[1]), text(h[2])}} })
	return out, nil
}

// edgesOf is what edgesText returns.
func edgesOf(value any, relation string, levels int, bases bool) *edges {
	rows := value.([]any)
	out := &edges{make([]edge, len(rows))}
	for i, row := range rows {
		v := row.([]any)
		e := &out.Edges[i]
		e.When = optional(v[0])
		if told := optional(v[1]); told != nil {
			e.Period = &period{*told}
		}
		e.Node.named = named{text(v[2]), text(v[3])}
		e.Citations = listOf(v[4], func(c []any) citation { return citation{optional(c[0]), text(c[1]), named{text(c[2]), text(c[3])}} })
		if bases {
			list := listOf(v[5], func(b []any) basis { return basis{optional(b[0]), named{text(b[1]), text(b[2])}} })
			e.Basis = &list
		}
		if levels > 1 {
			further := edgesOf(v[len(v)-1], relation, levels-1, bases)
			if relation == "REPLACED" {
				e.Node.Replaced = further
			} else {
				e.Node.PartOf = further
			}
		}
	}
	return out
}

func listOf[T any](value any, of func([]any) T) []T {
	rows := value.([]any)
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = of(row.([]any))
	}
	return out
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// optional is nil for a text that is not there or empty.
func optional(value any) *string {
	if s := text(value); s != "" {
		return &s
	}
	return nil
}

// What it answers.
type (
	answer struct {
		Data any `json:"data"`
	}
	data struct {
		Organisation any `json:"organisation"`
	}
	named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	organisation struct {
		named
		Type    *string `json:"type"`
		Start   *string `json:"start"`
		End     *string `json:"end"`
		Summary *string `json:"summary"`
	}
	related struct {
		named
		Replaced *edges `json:"replaced,omitempty"`
		PartOf   *edges `json:"partOf,omitempty"`
	}
	edges struct {
		Edges []edge `json:"edges"`
	}
	edge struct {
		When      *string    `json:"when"`
		Period    *period    `json:"period"`
		Citations []citation `json:"citations"`
		Basis     *[]basis   `json:"basis,omitempty"`
		Node      related    `json:"node"`
	}
	period struct {
		Text string `json:"text"`
	}
	hits struct {
		Search struct {
			Edges []hit `json:"edges"`
		} `json:"search"`
	}
	hit struct {
		Score int64 `json:"score"`
		Node  named `json:"node"`
	}
	citation struct {
		Locator *string `json:"locator"`
		Role    string  `json:"role"`
		Source  named   `json:"source"`
	}
	basis struct {
		Provision   *string `json:"provision"`
		Legislation named   `json:"legislation"`
	}
)
