package neo4jstore

import (
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// foundVersion is a version that is purged or tidied.
type foundVersion struct {
	node                       string // the driver's id of it, which counts within its transaction
	id                         string
	addedIn                    int64
	entity, removed            bool
	subject, predicate, object string // of a statement
}

func nodesOf(found []foundVersion) []string {
	nodes := make([]string, len(found))
	for i, v := range found {
		nodes[i] = v.node
	}
	return nodes
}

func (c *change) versions(ctx context.Context, text string, p params) ([]foundVersion, error) {
	records, err := c.run(ctx, text, p)
	if err != nil {
		return nil, err
	}
	if len(records) != 1 {
		return nil, errShape
	}
	list, ok := records[0].Values[0].([]any)
	if !ok {
		return nil, errShape
	}
	found := make([]foundVersion, len(list))
	for i, value := range list {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, errShape
		}
		of := properties(fields)
		found[i] = foundVersion{node: of.text("node"), id: of.text("id"), addedIn: of.integer("addedIn"),
			subject: of.text("subject"), predicate: of.text("predicate"), object: of.text("object")}
		found[i].entity, _ = fields["entity"].(bool)
		found[i].removed, _ = fields["removed"].(bool)
	}
	return found, nil
}

// relationRemovals are texts that delete the relationships of statements, by relation. Both ends are given, so the one with the fewer
// relationships of the type is searched.
var relationRemovals = func() map[string]string {
	texts := make(map[string]string, len(graph.Ontology))
	for _, row := range graph.Ontology {
		texts[string(row.Name)] = fmt.Sprintf(`
			UNWIND $rows AS row
			MATCH (subject:Entity {id: row.subject})
			MATCH (object:Entity {id: row.object})
			MATCH (subject)-[r:%s]->(object)
			WHERE r.statement = row.id AND r.addedIn = row.addedIn
			DELETE r`, row.Name)
	}
	return texts
}()

// removeRelations deletes the typed relationships of versions of statements.
func (c *change) removeRelations(ctx context.Context, found []foundVersion) error {
	rows := make(map[string][]any)
	for _, v := range found {
		if v.object != "" {
			rows[v.predicate] = append(rows[v.predicate], params{"id": v.id, "addedIn": v.addedIn, "subject": v.subject, "object": v.object})
		}
	}
	for predicate, rows := range rows {
		if _, err := c.run(ctx, relationRemovals[predicate], params{"rows": rows}); err != nil {
			return err
		}
	}
	return nil
}

// tidy puts right what the Browser shows after loads were published: the columns of entities, and that what was withdrawn is no longer
// there. It goes on where it was cut off, since each version that it has dealt with loses its mark.
func (s *Store) tidy(ctx context.Context) error {
	more := false
	if err := s.read(ctx, fixed("untidied"), nil, func(r *neo4j.Record) (err error) {
		more, _, err = neo4j.GetRecordValue[bool](r, "left")
		return err
	}); err != nil {
		return err
	}
	for more {
		if err := s.change(ctx, func(ctx context.Context, c *change) error {
			if err := c.lock(ctx, "tidy"); err != nil { // another process may do the same
				return err
			}
			found, err := c.versions(ctx, fixed("tidy_versions"), params{"limit": loadStep})
			if err != nil {
				return err
			}
			more = len(found) == loadStep
			return c.tidy(ctx, found)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) tidy(ctx context.Context, found []foundVersion) error {
	var withdrawn []foundVersion
	var ids []string
	rows := make([]any, len(found))
	for i, v := range found {
		if v.entity {
			ids = append(ids, v.id)
		}
		if v.removed {
			withdrawn = append(withdrawn, v)
		}
		rows[i] = params{"node": v.node, "removed": v.removed}
	}
	if err := c.removeRelations(ctx, withdrawn); err != nil {
		return err
	}
	if ids != nil {
		if _, err := c.run(ctx, fixed("tidy_entities"), params{"ids": distinct(ids)}); err != nil {
			return err
		}
	}
	_, err := c.run(ctx, fixed("tidied"), params{"rows": rows})
	return err
}
