UNWIND $ids AS id
MATCH (e:EntityVersion)
USING INDEX SEEK e:EntityVersion(id, addedIn)
WHERE e.id = id AND e.addedIn <= $revision AND e.removedIn > $revision
RETURN collect([e.id, e.addedIn, e.document]) AS found
