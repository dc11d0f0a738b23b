UNWIND $ids AS id
MATCH (c:ConflictVersion)
USING INDEX SEEK c:ConflictVersion(id, addedIn)
WHERE c.id = id AND c.addedIn <= $revision AND c.removedIn > $revision
RETURN collect([c.id, c.addedIn, c.document]) AS found
