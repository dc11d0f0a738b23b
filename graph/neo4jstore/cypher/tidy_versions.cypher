// Versions that a published load added or removed, and after which what the Browser shows was not yet put right.
MATCH (g:PolicyGraph {one: 1})
MATCH (v:Version)
WHERE v.toTidy <= g.head
WITH g, v LIMIT $limit
RETURN collect({node: elementId(v), id: v.id, addedIn: v.addedIn, entity: v:EntityVersion, removed: v.removedIn <= g.head,
  subject: v.subject, predicate: v.predicate, object: v.object}) AS found
