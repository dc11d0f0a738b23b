// Statements with their citations, and the entities that these, the bases and who says it name.
UNWIND $ids AS id
MATCH (s:StatementVersion)
USING INDEX SEEK s:StatementVersion(id, addedIn)
WHERE s.id = id AND s.addedIn <= $revision AND s.removedIn > $revision
WITH collect(s) AS found
CALL (found) {
  UNWIND found AS s
  MATCH (s)-[:SUPPORTED_BY|UNDER|NAMES]->(named:Entity)
  WITH DISTINCT named.id AS id
  MATCH (e:EntityVersion)
  USING INDEX SEEK e:EntityVersion(id, addedIn)
  WHERE e.id = id AND e.addedIn <= $revision AND e.removedIn > $revision
  RETURN collect([e.id, e.addedIn, e.document]) AS named
}
RETURN [s IN found | [s.id, s.addedIn, s.document, s.citations]] AS found, named
