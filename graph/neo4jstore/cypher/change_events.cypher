// Change events, and the entities that their citations and bases name.
UNWIND $ids AS id
MATCH (e:ChangeEventVersion)
USING INDEX SEEK e:ChangeEventVersion(id, addedIn)
WHERE e.id = id AND e.addedIn <= $revision AND e.removedIn > $revision
WITH collect(e) AS found
CALL (found) {
  UNWIND found AS e
  MATCH (e)-[:SUPPORTED_BY|UNDER]->(named:Entity)
  WITH DISTINCT named.id AS id
  MATCH (v:EntityVersion)
  USING INDEX SEEK v:EntityVersion(id, addedIn)
  WHERE v.id = id AND v.addedIn <= $revision AND v.removedIn > $revision
  RETURN collect([v.id, v.addedIn, v.document]) AS named
}
RETURN [e IN found | [e.id, e.addedIn, e.document]] AS found, named
