UNWIND $keys AS k
MATCH (e:EntityVersion)
USING INDEX e:EntityVersion(id, addedIn)
WHERE e.id = k.id AND e.addedIn = k.addedIn
RETURN collect([e.id, e.addedIn, e.document]) AS found
