UNWIND $ids AS id
MATCH (s:StatementVersion)
USING INDEX SEEK s:StatementVersion(id, addedIn)
WHERE s.id = id AND s.addedIn <= $revision AND s.removedIn > $revision
RETURN collect([s.id, s.addedIn, s.document]) AS found
