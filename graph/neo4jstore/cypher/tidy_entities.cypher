// Entities show what their version at the head says.
MATCH (g:PolicyGraph {one: 1})
UNWIND $ids AS id
MATCH (e:Entity {id: id})
OPTIONAL MATCH (v:EntityVersion) WHERE v.id = id AND v.addedIn <= g.head AND v.removedIn > g.head
SET e.inForce = v IS NOT NULL, e += CASE WHEN v IS NULL THEN {} ELSE v {.name, .form, .type, .summary, .start, .end} END
